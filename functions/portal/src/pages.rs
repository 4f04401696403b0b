//! The pages' frames, templates and headers.

use crate::due::{Due, Waiting};
use crate::purchase::{Progress, Purchase};
use crate::receipt::{self, Receipt};
use crate::words::{self, Words};
use askama::Template;
use domain::Language;
use domain::account::Account;
use domain::contact::{Channel, Preferences, Topic};
use domain::sale::PaymentMethod;
use domain::seller::Seller;
use edge::http::Page;
use web::{Chrome, page};

const SCRIPT: &str = include_str!("../assets/app.js");

/// The style sheet or the script.
pub(crate) fn asset(path: &str) -> Option<Page> {
    match path {
        "style.css" => Some(web::style_sheet(web::STYLE.to_owned())),
        "app.js" => Some(web::script(SCRIPT.to_owned())),
        _ => None,
    }
}

/// What is answered when nothing else can be in time.
pub fn out_of_time() -> Page {
    let frame = Frame::new(Language::En, 0);
    frame.message(503, frame.chrome.unavailable, "")
}

/// The pages with a form for a password or an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    LogIn,
    Forgot,
    Activate,
    Reset,
    Account,
}

/// What all pages have in common.
#[derive(Clone)]
pub(crate) struct Frame {
    pub(crate) language: Language,
    pub(crate) words: &'static Words,
    pub(crate) chrome: &'static Chrome,
    /// From the page's folder to the portal's.
    root: String,
    pub(crate) signed_in: bool,
    notice: Option<&'static str>,
    fault: Option<&'static str>,
}

impl Frame {
    pub(crate) fn new(language: Language, depth: usize) -> Self {
        Self {
            language,
            words: words::of(language),
            chrome: Chrome::of(language),
            root: "../".repeat(depth),
            signed_in: false,
            notice: None,
            fault: None,
        }
    }

    /// In the customer's own language, unless the address asks for another.
    pub(crate) fn signed_in(self, account: &Account, language_asked: bool) -> Self {
        let language = if language_asked { self.language } else { account.recipient.language };
        let (words, chrome) = (words::of(language), Chrome::of(language));
        Self { language, words, chrome, signed_in: true, ..self }
    }

    /// The version of style sheet and script.
    #[expect(clippy::unused_self, reason = "templates call it of a frame")]
    fn assets(&self) -> &'static str {
        crate::ASSETS_VERSION
    }

    pub(crate) fn notice(self, name: Option<&str>) -> Self {
        Self { notice: name.and_then(|name| self.words.notice(name)), ..self }
    }

    pub(crate) fn fault(self, fault: &'static str) -> Self {
        Self { fault: Some(fault), ..self }
    }

    pub(crate) fn door(self, status: u16, kind: Door, email: &str) -> Page {
        let words = self.words;
        let (title, lead, button) = match kind {
            Door::LogIn => (words.log_in, words.log_in_lead, words.log_in),
            Door::Forgot => (words.forgot, words.forgot_lead, words.send_link),
            Door::Activate => (words.activate, words.activate_lead, words.activate),
            Door::Reset => (words.reset, "", words.reset),
            Door::Account => (words.change_password, "", words.change_password),
        };
        page(status, &DoorPage { frame: self, kind, title, lead, button, email })
    }

    pub(crate) fn preferences(self, preferences: Preferences) -> Page {
        let words = self.words;
        let topic = |topic: Topic| {
            let choice = |channel: Channel| Choice {
                field: field(topic, channel),
                name: match channel {
                    Channel::Email => words.by_email,
                    Channel::Push => words.by_app,
                    Channel::Sms => words.by_sms,
                },
                chosen: preferences.channels(topic).has(channel),
                always: topic.needs(channel),
            };
            let name = match topic {
                Topic::Progress => words.progress,
                Topic::Payment => words.payment_news,
                Topic::Delivery => words.delivery_news,
            };
            Choices { name, choices: Channel::ALL.map(choice) }
        };
        page(200, &PreferencesPage { frame: self, topics: Topic::ALL.map(topic) })
    }

    pub(crate) fn list(self, purchases: Vec<Purchase>) -> Page {
        page(200, &ListPage { frame: self, purchases })
    }

    pub(crate) fn purchase(self, purchase: Purchase) -> Page {
        page(200, &PurchasePage { frame: self, purchase })
    }

    pub(crate) fn pay(self, status: u16, form: PayForm<'_>) -> Page {
        let paying = &self.words.paying;
        let way = |method, name, hint| Way { method, name, hint };
        let mut ways = vec![
            way(PaymentMethod::Checkout, paying.by_card, paying.by_card_hint),
            way(PaymentMethod::BankTransfer, paying.by_transfer, paying.by_transfer_hint),
        ];
        if form.takes_debit {
            ways.push(way(PaymentMethod::SepaDebit, paying.by_debit, paying.by_debit_hint));
        }
        page(status, &PayPage { frame: self, form, ways })
    }

    /// A page that takes the browser to the bank's or the gateway's. A redirect of the form would
    /// be blocked: the policy lets forms lead to ourselves alone.
    pub(crate) fn leave_for(&self, url: &str) -> Page {
        page(200, &LeavePage { frame: self.clone(), url })
    }

    /// A receipt's page, or its file where the number has `.pdf` behind it.
    pub(crate) fn receipt(
        self,
        purchase: &Purchase,
        number: &str,
        seller: Option<&Seller>,
    ) -> Page {
        let bare = number.strip_suffix(".pdf");
        let words = self.words;
        let Some(receipt) = purchase.receipt(bare.unwrap_or(number)) else {
            return self.nothing();
        };
        if bare.is_none() {
            let from = receipt::from(seller, words);
            return page(200, &ReceiptPage { frame: self, purchase, receipt, from });
        }
        match receipt.pdf(seller, self.language, words) {
            Ok(file) => {
                let name = format!("attachment; filename=\"caas-{}.pdf\"", receipt.number);
                let page = Page { file: Some(file), ..web::headed(200, String::new()) };
                page.with("content-type", "application/pdf".to_owned())
                    .with("content-disposition", name)
            }
            Err(fault) => {
                tracing::error!(%fault, "a receipt can't be written");
                self.message(500, self.chrome.unavailable, "")
            }
        }
    }

    pub(crate) fn message(&self, status: u16, title: &'static str, lead: &'static str) -> Page {
        page(status, &MessagePage { frame: self.clone(), title, lead })
    }

    pub(crate) fn nothing(&self) -> Page {
        self.message(404, self.chrome.not_found, "")
    }

    /// 303 to an address in the portal's folder.
    pub(crate) fn redirect(&self, to: &str) -> Page {
        web::redirect(format!("{}{to}", self.root))
    }

    /// A page that asks for itself again.
    pub(crate) fn again(&self) -> Page {
        web::again(self.words.expediente, "")
    }
}

#[derive(Template)]
#[template(path = "door.html")]
struct DoorPage<'a> {
    frame: Frame,
    kind: Door,
    title: &'static str,
    lead: &'static str,
    button: &'static str,
    email: &'a str,
}

/// The name of the field with this choice.
pub(crate) fn field(topic: Topic, channel: Channel) -> String {
    format!("{}-{}", topic.as_str(), channel.as_str())
}

/// The channels of a topic.
struct Choices {
    name: &'static str,
    choices: [Choice; 3],
}

/// A channel that can be chosen, unless the contract needs it.
struct Choice {
    field: String,
    name: &'static str,
    chosen: bool,
    always: bool,
}

#[derive(Template)]
#[template(path = "preferences.html")]
struct PreferencesPage {
    frame: Frame,
    topics: [Choices; 3],
}

#[derive(Template)]
#[template(path = "list.html")]
struct ListPage {
    frame: Frame,
    purchases: Vec<Purchase>,
}

#[derive(Template)]
#[template(path = "purchase.html")]
struct PurchasePage {
    frame: Frame,
    purchase: Purchase,
}

#[derive(Template)]
#[template(path = "pay.html")]
struct PayPage<'a> {
    frame: Frame,
    form: PayForm<'a>,
    ways: Vec<Way>,
}

/// What the form to pay is made of.
pub(crate) struct PayForm<'a> {
    pub(crate) purchase: &'a Purchase,
    pub(crate) due: &'a Due,
    pub(crate) takes_debit: bool,
    /// The way that is chosen.
    pub(crate) method: PaymentMethod,
    pub(crate) key: String,
    pub(crate) iban: &'a str,
}

/// A way to pay.
struct Way {
    method: PaymentMethod,
    name: &'static str,
    hint: &'static str,
}

#[derive(Template)]
#[template(path = "leave.html")]
struct LeavePage<'a> {
    frame: Frame,
    url: &'a str,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage<'a> {
    frame: Frame,
    purchase: &'a Purchase,
    receipt: &'a Receipt,
    from: Vec<String>,
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    frame: Frame,
    title: &'static str,
    lead: &'static str,
}
