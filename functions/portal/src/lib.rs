//! `/portal/{proxy+}`: the customer's web pages. Each answers without JavaScript; a POST ends in a
//! redirect; nothing is asked of any other site. Addresses are relative, so that they are right
//! under any stage or domain name.

mod due;
mod pages;
mod pay;
mod purchase;
mod receipt;
#[cfg(test)]
mod tests;
mod words;

pub use pages::out_of_time;

use domain::account::{
    Account, AccountStore, MailedToken, NewPassword, PasswordHasher, Session, TokenDigest,
};
use domain::contact::{Channel, Preferences, Topic};
use domain::ports::{BankAccounts, ContactStore, Message, PaymentGateway, Queues, SaleStore};
use domain::seller::Sellers;
use domain::use_cases::read_expediente::{list_expedientes, read_expediente};
use domain::use_cases::{activate_account, change_password, log_in, reset_password};
use domain::{AttemptId, CustomerKey, EmailAddress, SaleId};
use edge::http::Page;
use edge::{ProblemType, Request, session};
use jiff::Timestamp;
use pages::{Door, Frame};
use purchase::Purchase;
use web::{Form, MAX_FORM, from_another_site, language};
use words::Words;

/// The style sheet's and the script's version: a change of theirs needs another.
pub(crate) const ASSETS_VERSION: &str = "5";

/// What the pages need.
#[derive(Debug, Clone, Copy)]
pub struct Portal<'a, A, S, G, Q, H> {
    /// The accounts, and how their owners are told.
    pub accounts: &'a A,
    /// Where the customers' purchases are.
    pub store: &'a S,
    /// The payment gateway.
    pub gateway: &'a G,
    /// The queues, of which only a forgotten password needs one.
    pub queues: &'a Q,
    /// What can be debited from an account at most, in minor units.
    pub debit_limit: u64,
    /// Who receipts are from.
    pub sellers: &'a Sellers,
    /// Hashes passwords, and compares them with their hashes.
    pub hasher: &'a H,
    /// Where browsers find the pages.
    pub url: &'a str,
}

/// What a request may need that nobody can guess.
#[derive(Debug)]
pub struct Fresh {
    /// A random token of 256 bits: a session's, or a payment form's idempotency key.
    pub token: String,
    /// An attempt's id.
    pub attempt: AttemptId,
}

/// Something is out of order for the moment.
struct Unavailable;

impl<T: std::error::Error> From<T> for Unavailable {
    fn from(fault: T) -> Self {
        tracing::warn!(%fault, "a page can't be made");
        Self
    }
}

impl<A, S, G, Q, H> Portal<'_, A, S, G, Q, H>
where
    A: AccountStore + ContactStore,
    S: SaleStore,
    G: PaymentGateway + BankAccounts,
    Q: Queues,
    H: PasswordHasher,
{
    /// Answers a request for a page.
    pub async fn handle(&self, fresh: Fresh, request: &Request) -> Page {
        let path = request
            .path()
            .rsplit_once("/portal/")
            .map_or("", |(_, page)| page)
            .trim_end_matches('/');
        let segments: Vec<&str> = path.split('/').collect();
        let frame = Frame::new(language(request), segments.len().saturating_sub(1));
        if let Some(asset) = pages::asset(path) {
            return asset;
        }
        let is_post = request.method() == "POST";
        let form = if is_post { Form::read(request, self.url, MAX_FORM) } else { None };
        let answer = match (is_post, form) {
            (false, _) => self.show(frame.clone(), &segments, fresh, request).await,
            (true, Some(form)) => self.take(frame.clone(), &segments, fresh, request, &form).await,
            (true, None) => Ok(frame.message(403, frame.chrome.refused, "")),
        };
        answer.unwrap_or_else(|Unavailable| frame.message(503, frame.chrome.unavailable, ""))
    }

    /// A GET: the page of this path, which changes nothing but the session's last use. Who comes back
    /// from paying has the gateway asked, too, as the schedule does: from whom the link is makes no
    /// difference to what it answers.
    async fn show(
        &self,
        frame: Frame,
        segments: &[&str],
        fresh: Fresh,
        request: &Request,
    ) -> Result<Page, Unavailable> {
        let notice = request.query("notice");
        let door = match segments {
            ["login"] => Some(Door::LogIn),
            ["forgot"] => Some(Door::Forgot),
            ["activate"] => Some(Door::Activate),
            ["reset-password"] => Some(Door::Reset),
            _ => None,
        };
        // Whoever is logged in has come for the purchases, unless there is something to be read.
        let asks_in = door == Some(Door::LogIn) && notice.is_none();
        if asks_in && self.customer(request).await?.is_some() {
            return Ok(frame.redirect("expediente"));
        }
        if let Some(door) = door {
            return Ok(frame.clone().notice(notice).door(200, door, ""));
        }
        if segments == ["paid"] {
            return self.paid(frame, request).await;
        }
        let Some((session, account)) = self.customer(request).await? else {
            let asks_again = from_another_site(request);
            return Ok(if asks_again { frame.again() } else { frame.redirect("login") });
        };
        let now = request.now();
        let frame = frame.signed_in(&account, request.query("lang").is_some()).notice(notice);
        match segments {
            ["account"] => Ok(frame.door(200, Door::Account, "")),
            ["preferences"] => {
                let contact = self.accounts.contact(&session.customer).await?.unwrap_or_default();
                Ok(frame.preferences(contact.preferences))
            }
            ["expediente"] => {
                let found = list_expedientes(self.store, &session.customer).await?;
                let purchases = found
                    .iter()
                    .map(|(sale, details)| Purchase::new(sale, details, frame.language, now))
                    .collect();
                Ok(frame.list(purchases))
            }
            ["expediente", id, rest @ ..] => {
                let Some(purchase) = self.purchase(&frame, &session, id, now).await? else {
                    return Ok(frame.nothing());
                };
                match rest {
                    [] => Ok(frame.purchase(purchase)),
                    ["pay"] => {
                        Ok(self.pay_form(200, frame, &purchase, &Form::default(), fresh.token))
                    }
                    ["receipt", number] => {
                        let seller = self.sellers.of(purchase.country);
                        Ok(frame.receipt(&purchase, number, seller))
                    }
                    _ => Ok(frame.nothing()),
                }
            }
            _ => Ok(frame.nothing()),
        }
    }

    /// A POST of a form that our own page showed: does what it asks, then redirects.
    async fn take(
        &self,
        frame: Frame,
        segments: &[&str],
        fresh: Fresh,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Unavailable> {
        match segments {
            ["login"] => self.log_in(frame, fresh, request, form).await,
            ["forgot"] => {
                if let Ok(email) = EmailAddress::parse(form.field("email")) {
                    self.queues
                        .send(&Message::ResetPassword { customer: CustomerKey::of(&email) })
                        .await?;
                }
                Ok(frame.redirect("login?notice=link"))
            }
            ["activate"] => self.activate(frame, request, form).await,
            ["reset-password"] => self.reset(frame, request, form).await,
            ["logout"] => {
                if let Ok(token) = session::token(request.headers()) {
                    // A browser is no device of ours.
                    self.accounts.end_session(&token).await?;
                }
                Ok(frame.redirect("login").with("set-cookie", session::no_cookie()))
            }
            ["account"] => self.change_password(frame, request, form).await,
            ["preferences"] => {
                let Some((session, _)) = self.customer(request).await? else {
                    return Ok(frame.redirect("login"));
                };
                self.accounts.set_preferences(&session.customer, chosen(form)).await?;
                Ok(frame.redirect("preferences?notice=saved"))
            }
            ["expediente", id, "pay"] => self.pay(frame, id, fresh, request, form).await,
            _ => Ok(frame.nothing()),
        }
    }

    async fn log_in(
        &self,
        frame: Frame,
        fresh: Fresh,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Unavailable> {
        let email = form.field("email");
        let Ok(password) = session::password(form.field("password")) else {
            return Ok(frame.clone().fault(frame.words.wrong_credentials).door(
                422,
                Door::LogIn,
                email,
            ));
        };
        let (username, token) = (EmailAddress::parse(email).ok(), TokenDigest::of(&fresh.token));
        let input = log_in::Input {
            username,
            password: &password,
            source: request.source().clone(),
            token,
        };
        let (status, fault) =
            match log_in::log_in(self.accounts, self.hasher, input, request.now()).await {
                Ok(_) => {
                    return Ok(frame
                        .redirect("expediente")
                        .with("set-cookie", session::cookie(&fresh.token)));
                }
                Err(log_in::Error::Refused) => (401, frame.words.wrong_credentials),
                Err(log_in::Error::TooSoon(_)) => (429, frame.words.too_soon),
                Err(log_in::Error::Store(fault)) => return Err(fault.into()),
            };
        Ok(frame.fault(fault).door(status, Door::LogIn, email))
    }

    async fn activate(
        &self,
        frame: Frame,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Unavailable> {
        use activate_account::{Error, Input, activate_account};
        let (Ok(initial), new) =
            (session::password(form.field("initial")), NewPassword::parse(form.field("new")))
        else {
            return Ok(frame.clone().fault(frame.words.wrong_link).door(422, Door::Activate, ""));
        };
        let Ok(new_password) = new else {
            return Ok(frame.clone().fault(frame.words.weak_password).door(
                422,
                Door::Activate,
                "",
            ));
        };
        let token = MailedToken::parse(form.field("code").trim());
        let input = Input { token, initial_password: &initial, new_password };
        let (status, fault) =
            match activate_account(self.accounts, self.hasher, input, request.now()).await {
                Ok(()) => return Ok(frame.redirect("login?notice=activated")),
                Err(Error::Refused) => (401, frame.words.wrong_link),
                Err(Error::Password(_)) => (422, frame.words.weak_password),
                Err(Error::Store(fault)) => return Err(fault.into()),
            };
        Ok(frame.fault(fault).door(status, Door::Activate, ""))
    }

    async fn reset(
        &self,
        frame: Frame,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Unavailable> {
        use reset_password::{Error, reset_password};
        let token = MailedToken::parse(form.field("code").trim());
        let (status, fault) = match NewPassword::parse(form.field("new")) {
            Err(_) => (422, frame.words.weak_password),
            Ok(new) => {
                match reset_password(self.accounts, self.hasher, token, &new, request.now()).await {
                    Ok(()) => return Ok(frame.redirect("login?notice=changed")),
                    Err(Error::Refused) => (401, frame.words.wrong_link),
                    Err(Error::Password(_)) => (422, frame.words.weak_password),
                    Err(Error::Store(fault)) => return Err(fault.into()),
                }
            }
        };
        Ok(frame.fault(fault).door(status, Door::Reset, ""))
    }

    async fn change_password(
        &self,
        frame: Frame,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Unavailable> {
        use change_password::{Error, change_password};
        let Some((session, account)) = self.customer(request).await? else {
            return Ok(frame.redirect("login"));
        };
        let frame = frame.signed_in(&account, request.query("lang").is_some());
        let (old, new) =
            (session::password(form.field("current")), NewPassword::parse(form.field("new")));
        let (status, fault) = match (old, new) {
            (Err(_), _) => (422, frame.words.wrong_current),
            (_, Err(_)) => (422, frame.words.weak_password),
            (Ok(old), Ok(new)) => {
                let (session, source) = ((session, &account), request.source());
                match change_password(
                    self.accounts,
                    self.hasher,
                    session,
                    (&old, &new),
                    source,
                    request.now(),
                )
                .await
                {
                    Ok(()) => return Ok(frame.redirect("account?notice=changed")),
                    Err(Error::Refused) => (401, frame.words.wrong_current),
                    Err(Error::TooSoon(_)) => (429, frame.words.too_soon),
                    Err(Error::Password(_)) => (422, frame.words.weak_password),
                    Err(Error::Store(fault)) => return Err(fault.into()),
                }
            }
        };
        Ok(frame.fault(fault).door(status, Door::Account, ""))
    }

    async fn customer(&self, request: &Request) -> Result<Option<(Session, Account)>, Unavailable> {
        match session::customer(self.accounts, request).await {
            Ok(found) => Ok(Some(found)),
            Err(problem) if problem.kind() == ProblemType::Unauthenticated => Ok(None),
            Err(_) => Err(Unavailable),
        }
    }

    /// An own purchase.
    async fn purchase(
        &self,
        frame: &Frame,
        session: &Session,
        id: &str,
        now: Timestamp,
    ) -> Result<Option<Purchase>, Unavailable> {
        let Ok(id) = SaleId::parse(id) else { return Ok(None) };
        let found = read_expediente(self.store, id, &session.customer).await?;
        let shown = |(sale, details)| Purchase::new(&sale, &details, frame.language, now);
        Ok(found.map(shown))
    }
}

/// The channels that the form has ticked; a box that isn't, isn't sent.
fn chosen(form: &Form) -> Preferences {
    let ticked = |topic| {
        Channel::ALL
            .into_iter()
            .filter(move |channel| form.field(&pages::field(topic, *channel)) == "on")
    };
    Topic::ALL
        .into_iter()
        .fold(Preferences::default(), |all, topic| all.with(topic, ticked(topic).collect()))
}

impl Words {
    fn notice(&self, name: &str) -> Option<&'static str> {
        match name {
            "activated" => Some(self.activated),
            "changed" => Some(self.password_changed),
            "saved" => Some(self.preferences_saved),
            "link" => Some(self.link_sent),
            "bank" => Some(self.paying.closed_lead),
            _ => None,
        }
    }
}
