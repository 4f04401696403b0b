//! The parsers, each with inputs that it takes.

mod accounts;
mod handlers;
mod messages;
mod requests;
mod sales;
mod samples;
mod values;

use samples::{EVENT, FACTORY_BODY, GATEWAY_BODY, PLAN_BODY, SALE, SALE_BODY};

/// A parser, and what it takes.
#[derive(Debug)]
pub struct Target {
    /// Its name.
    pub name: &'static str,
    /// Good inputs.
    pub seeds: &'static [&'static str],
    /// Reads an input; what is wrong with how it did.
    pub run: fn(&[u8]) -> Result<(), String>,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    Target {
        name: "ids",
        seeds: &[
            SALE,
            "MAD-01",
            "e-17",
            "F-2026-000123",
            "WVWZZZE1ZMP012345",
            "wvw zzze1z mp012345",
            "28/2026/004512",
            "AA·12·AB",
            "1234 BBC",
            "pm_1Q0abc",
        ],
        run: values::ids,
    },
    Target {
        name: "customer's fields",
        seeds: &[
            "Ana García Peña",
            "ana.garcia+caas@example.com",
            "info@autohaus-müller.example",
            "+34600111222",
            "Calle Mayor 1, 2.º B",
            "28013",
            "ES",
            "es",
        ],
        run: values::customer,
    },
    Target {
        name: "phone and tax numbers",
        seeds: &[
            "ES\n+33 (0)6 12 34 56 78",
            "ES\n600 111 222",
            "PT\n0034 600 111 222",
            "DE\n+49 (0) 30 901820",
            "ES\nB12345674",
            "ES\nX-1234567-L",
            "PT\n501964843",
            "FR\n732 829 320",
            "DE\nDE136695976",
            "IT\nRCCMNL83S18D969H",
        ],
        run: values::numbers,
    },
    Target {
        name: "a name on a receipt",
        seeds: &["Łukasz Żółć", "Ñandú Íñiguez", "Γιώργος", "李小龍 العربية", "a\u{301}\u{200d}👩‍👩‍👧"],
        run: values::paper,
    },
    Target {
        name: "text as it is pasted",
        seeds: &["Irene \u{202e}oiñibrU\u{200b}", "Pen\u{303}a \u{a0} Ruiz", "\u{feff}李"],
        run: values::text,
    },
    Target {
        name: "money",
        seeds: &["EUR 3250000 100000", "GBP 1 1", "CHF 9007199254740991 1"],
        run: values::money,
    },
    Target {
        name: "passwords and tokens",
        seeds: &[
            "correct horse battery",
            "0123456789abcdef0123456789abcdefAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "192.0.2.1",
            "2001:db8::1",
        ],
        run: values::secrets,
    },
    Target {
        name: "JSON",
        seeds: &[SALE_BODY, "{\"b\":[1,{\"d\":null,\"c\":\"\\u00e9\"}],\"a\":-1.5e3}"],
        run: requests::reader,
    },
    Target { name: "API Gateway's event", seeds: &[EVENT], run: requests::event },
    Target {
        name: "an address and its answer",
        seeds: &[
            "GET\nhttps\napi.example:443\n/prod/sales/1\nlimit=5&from=2026-03-02",
            "BREW\nhttp\n[2001:db8::1]\n/a b/\u{e9}\na=%22b%22&a=+",
        ],
        run: requests::address,
    },
    Target {
        name: "headers and cookies",
        seeds: &["Bearer abc", "a=b; __Host-session=abc; c=d", "key-1"],
        run: requests::headers,
    },
    Target { name: "a sale's body", seeds: &[SALE_BODY], run: sales::register },
    Target { name: "a plan's body", seeds: &[PLAN_BODY], run: sales::put_plan },
    Target {
        name: "a payment's body",
        seeds: &["{\"method\":\"card\",\"payment_method\":\"pm_1Q0abc\"}"],
        run: sales::pay,
    },
    Target {
        name: "a cancellation's body",
        seeds: &["{\"reason\":\"changed her mind\"}"],
        run: sales::cancel,
    },
    Target {
        name: "a correction's body",
        seeds: &[
            "{\"reason\":\"mistyped\",\"full_name\":\"Ana Peña\",\"email\":\"b@example.com\",\"phone\":\"600111222\",\"language\":\"en\",\"tax_id\":\"12345678Z\",\"known_customer\":true,\"address\":{\"street\":\"x\",\"postal_code\":\"28013\",\"city\":\"Madrid\",\"country\":\"ES\"}}",
        ],
        run: sales::correct,
    },
    Target {
        name: "an extension's body",
        seeds: &["{\"pay_by\":\"2026-06-22T08:00:00Z\",\"reason\":\"the bank is slow\"}"],
        run: sales::extend,
    },
    Target {
        name: "a prepared delivery's body",
        seeds: &[
            "{\"checks\":[\"cleaning\"],\"appointment\":{\"date\":\"2026-06-22\",\"place\":\"dealership\"}}",
        ],
        run: sales::prepare,
    },
    Target {
        name: "preferences",
        seeds: &[
            "{\"progress\":[],\"payment\":[\"email\",\"sms\"],\"delivery\":[\"email\",\"push\"]}",
        ],
        run: accounts::preferences,
    },
    Target {
        name: "a mail's event",
        seeds: &[
            "{\"eventType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"bouncedRecipients\":[{\"emailAddress\":\"ana@example.com\"}]}}",
            "{\"eventType\":\"Complaint\",\"complaint\":{\"complainedRecipients\":[{\"emailAddress\":\"ana@example.com\"}]}}",
        ],
        run: messages::mail_event,
    },
    Target {
        name: "an activation's body",
        seeds: &[
            "{\"token\":\"0123456789abcdef0123456789abcdefAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"initial_password\":\"initial\",\"new_password\":\"correct horse battery\"}",
        ],
        run: accounts::activation,
    },
    Target {
        name: "a log-in's body",
        seeds: &["{\"username\":\"ana@example.com\",\"password\":\"correct horse battery\"}"],
        run: accounts::log_in,
    },
    Target {
        name: "a password change's body",
        seeds: &[
            "{\"current_password\":\"correct horse battery\",\"new_password\":\"another horse battery\"}",
        ],
        run: accounts::change,
    },
    Target {
        name: "a reset request's body",
        seeds: &["{\"username\":\"ana@example.com\"}"],
        run: accounts::ask_for_reset,
    },
    Target {
        name: "a reset's body",
        seeds: &[
            "{\"token\":\"0123456789abcdef0123456789abcdefAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",\"new_password\":\"another horse battery\"}",
        ],
        run: accounts::reset,
    },
    Target {
        name: "the factory's signature",
        seeds: &["msg_1\n1800000000\nv1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4= v1a,x"],
        run: messages::factory_signature,
    },
    Target {
        name: "the gateway's signature",
        seeds: &["t=1800000000,v1=00ff00ff,v0=6ffbb59b", "t=1800000000,v1=00,v1=01"],
        run: messages::gateway_signature,
    },
    Target {
        name: "the factory's message",
        seeds: &[FACTORY_BODY],
        run: messages::factory_message,
    },
    Target { name: "the gateway's event", seeds: &[GATEWAY_BODY], run: messages::gateway_event },
    Target {
        name: "a queue's message",
        seeds: &[
            "{\"message\":\"issue_credentials\",\"customer\":\"0123456789abcdef0123456789abcdef\"}",
            "{\"message\":\"refund\",\"sale\":\"01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e\"}",
        ],
        run: messages::message,
    },
];
