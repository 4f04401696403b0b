//! `cargo xtask run`: the local stack, kept up, and how to use it.

use crate::dealership::{AT_ONCE, DEALERSHIP, miss, sell};
use crate::demo::GOOD_CARD;
use crate::settings::Settings;
use crate::stack::Stack;
use anyhow::Result;
use std::time::Duration;
use tools::narrator::Narrator;

/// How many sales there are before anybody looks.
const AT_FIRST: usize = 40;
/// How many there are at last.
const SALES: usize = 200;

/// How long the factory takes from one milestone to the next of what is sold by hand, in
/// milliseconds: long enough to be seen.
const BUILT_EVERY: u64 = 8_000;

/// Starts the stack, fills a dealership, says how to use it, and stays until it is told to stop.
pub async fn run() -> Result<()> {
    let narrator = Narrator::default();
    let of_seconds = Settings {
        signal_payment_window: 20,
        final_payment_window: 9,
        recheck: 2,
        ..Settings::default()
    };
    let mut stack = Stack::start(&of_seconds, &narrator).await?;
    narrator.say("making sales whose customers don't pay in time: their vehicles are stock");
    if let Err(fault) = miss(&stack, SALES).await {
        narrator.say(format_args!("{fault:#}"));
    }
    narrator.say("deploying again, with deadlines eight hours away");
    // As long as a day at the desk: who looks round loses no sale meanwhile.
    let window = 8 * 60 * 60;
    let settings = Settings {
        signal_payment_window: window,
        final_payment_window: window,
        ..Settings::default()
    };
    stack.deploy(&settings)?;
    stack.partners.pace(Some(BUILT_EVERY), None).await?;
    narrator.say(format_args!("making {AT_FIRST} sales, in every status"));
    for from in (0..AT_FIRST).step_by(AT_ONCE) {
        make(&stack, &narrator, from).await;
    }
    println!("{}", guide(&stack));
    for from in (AT_FIRST..SALES).step_by(AT_ONCE) {
        make(&stack, &narrator, from).await;
        stack.check_processes()?;
        let made = from + AT_ONCE;
        if made.is_multiple_of(40) {
            narrator.say(format_args!("{made} of {SALES} sales are made"));
        }
    }
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        stack.check_processes()?;
    }
}

/// The next few sales. One that can't be made leaves the stack as it is.
async fn make(stack: &Stack, narrator: &Narrator, from: usize) {
    if let Err(fault) = sell(stack, from..from + AT_ONCE).await {
        narrator.say(format_args!("{fault:#}"));
    }
}

fn guide(stack: &Stack) -> String {
    let (api, partners) = (&stack.api_url, stack.partners.url());
    let (gateway, logs) = (&stack.gateway_url, stack.folder().display());
    let sale = crate::demo::sale("ana@example.com");
    let (documents, prepared) =
        (serde_json::json!({ "documents": crate::demo::documents() }), crate::demo::prepared());
    format!(
        r#"
The stack is up. Ctrl-C stops all of it. docs/walk.md goes through it with a browser, click by click.

  Desk       {api}/desk      (the people of {DEALERSHIP}, which has sales in every status: log in as whoever you like)
  Portal     {api}/portal/login      (customers: the credentials are in their mails)
  API        {api}
  Mails      {partners}/mailbox      (what any customer was mailed)
  Partners   {partners}/_control      (factory, registries, issuer: what they can be told)
  Gateway    {gateway}                (payment methods as at Stripe; secret key sk_test_local)
  Card       4242 4242 4242 4242, 12/34, 123      (for the payment page; others as at Stripe)
  Logs       {logs}

Paste these in a shell, in this order:

  API={api}
  # The token of somebody who sells, and runs the dealership
  TOKEN=$(curl -s {partners}/issuer/token -H 'content-type: application/json' \
    -d '{{"sub":"e-17","roles":["sales","dealership-manager"],"dealership_id":"MAD-01","country":"ES"}}' | python3 -c 'import json,sys; print(json.load(sys.stdin)["access_token"])')

  # See what is sold, and for how much
  curl -s $API/plans -H "authorization: Bearer $TOKEN" | python3 -m json.tool

  # Register a sale
  SALE=$(curl -s $API/sales -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -H "idempotency-key: sale-$RANDOM" \
    -d '{sale}' | tee /dev/stderr | python3 -c 'import json,sys; print(json.load(sys.stdin)["sale_id"])')

  # Pay the señal; the factory order goes out by itself
  curl -s $API/sales/$SALE/signal-payment -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -H "idempotency-key: signal-$SALE" -d '{{"method":"card","payment_method":"{GOOD_CARD}"}}'

  # See the sale
  curl -s $API/sales/$SALE -H "authorization: Bearer $TOKEN" | python3 -m json.tool

  # The factory builds the vehicle and brings it to the dealership (signed webhooks to $API/webhooks/factory): a step each
  # eight seconds, or all of them at once
  ORDER=$(curl -s $API/sales/$SALE -H "authorization: Bearer $TOKEN" | python3 -c 'import json,sys; print(json.load(sys.stdin)["order"]["order_id"])')
  curl -s {partners}/_control/orders/$ORDER/advance -H 'content-type: application/json' -d '{{"to":"AvailableForCustomer"}}'

  # Pay the rest within eight hours, or the vehicle is sin asignar
  curl -s $API/sales/$SALE/final-payment -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \
    -H "idempotency-key: final-$SALE" -d '{{"method":"card","payment_method":"{GOOD_CARD}"}}'

  # Put on file what the authority wants; the registration goes on by itself
  curl -s $API/sales/$SALE/documents -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{documents}'

  # Once it has its plates: prepare the vehicle, set the day, and hand the sale over
  curl -s $API/sales/$SALE/delivery -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' -d '{prepared}'

  # A webhook that nobody signed is refused; so is one of the gateway's
  curl -s $API/webhooks/factory -H 'content-type: application/json' -d '{{}}'
  curl -s $API/webhooks/payments -H 'content-type: application/json' -d '{{}}'
"#
    )
}
