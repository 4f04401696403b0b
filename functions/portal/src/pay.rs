//! A payment by the customer: the form of the pay page, and the way back from the gateway's page.

use crate::due::open_page;
use crate::pages::{Frame, PayForm};
use crate::purchase::Purchase;
use crate::{Fresh, Portal, Unavailable};
use domain::account::{AccountStore, PasswordHasher};
use domain::customer::Iban;
use domain::ids::ShortDigest;
use domain::ports::{BankAccounts, ContactStore, PaymentGateway, Queues, RequestKey, SaleStore};
use domain::sale::{Answer, Means, PaymentKind, PaymentMethod};
use domain::use_cases::pay::{Asker, Input, News, PayError, find_out, pay};
use domain::use_cases::read_expediente::list_expedientes;
use edge::Request;
use edge::http::Page;
use web::{Form, from_another_site};

/// The longest key of a form that is taken, in bytes.
const LONGEST_KEY: usize = 64;

impl<A, S, G, Q, H> Portal<'_, A, S, G, Q, H>
where
    A: AccountStore + ContactStore,
    S: SaleStore,
    G: PaymentGateway + BankAccounts,
    Q: Queues,
    H: PasswordHasher,
{
    /// The form to pay what is due of this purchase; without a payment that is due, its page.
    pub(crate) fn pay_form(
        &self,
        status: u16,
        frame: Frame,
        purchase: &Purchase,
        form: &Form,
        key: String,
    ) -> Page {
        let Some(due) = &purchase.due else {
            return frame.redirect(&format!("expediente/{}", purchase.id));
        };
        let takes_debit = due.minor <= self.debit_limit;
        let chosen = method(form).filter(|method| match method {
            PaymentMethod::SepaDebit => takes_debit && !form.is_empty(),
            _ => true,
        });
        let method = chosen.unwrap_or(PaymentMethod::Checkout);
        let iban = form.field("iban");
        frame.pay(status, PayForm { purchase, due, takes_debit, method, key, iban })
    }

    /// What the form asks for. One that is sent twice has one key, and is one attempt; another way
    /// to pay is another.
    pub(crate) async fn pay(
        &self,
        frame: Frame,
        id: &str,
        fresh: Fresh,
        request: &Request,
        form: &Form,
    ) -> Result<Page, Unavailable> {
        let Some((session, account)) = self.customer(request).await? else {
            return Ok(frame.redirect("login"));
        };
        let frame = frame.signed_in(&account, request.query("lang").is_some());
        let Some(purchase) = self.purchase(&frame, &session, id, request.now()).await? else {
            return Ok(frame.nothing());
        };
        let home = frame.redirect(&format!("expediente/{id}"));
        // A form that comes again when its payment is made asks for that one all the same.
        let due = purchase.due.as_ref();
        let Some(kind) = kind(form).or(due.map(|due| due.kind)) else { return Ok(home) };
        let words = frame.words;
        let Fresh { token, attempt } = fresh;
        let sale = purchase.id;
        let is_too_much = due.is_some_and(|due| due.minor > self.debit_limit);
        let again = |status, fault| {
            Ok(self.pay_form(status, frame.clone().fault(fault), &purchase, form, token))
        };
        let (key, written) = (form.field("key"), form.field("iban"));
        if key.is_empty() || key.len() > LONGEST_KEY {
            return again(422, frame.chrome.refused);
        }
        let Some(method) = method(form) else { return again(422, frame.chrome.refused) };
        let (means, debited) = match method {
            PaymentMethod::BankTransfer => (Means::BankTransfer, None),
            PaymentMethod::SepaDebit if is_too_much => {
                return again(402, words.paying.declines.other_way);
            }
            PaymentMethod::SepaDebit => {
                let Ok(iban) = Iban::parse(written) else { return again(422, words.wrong_iban) };
                let Some(token) = self.gateway.bank_account(&iban, &account.recipient).await?
                else {
                    return again(402, words.paying.declines.declined);
                };
                (Means::SepaDebit(token, edge::payment::online(request)), Some(iban))
            }
            PaymentMethod::Checkout | PaymentMethod::Card => (Means::Checkout, None),
        };
        let customer = session.customer.to_string();
        let way = method.as_str().as_bytes();
        let debited = debited.as_ref().map_or("", Iban::as_str);
        let request_key = RequestKey {
            key: ShortDigest::of(&[b"portal", customer.as_bytes(), key.as_bytes(), way]),
            fingerprint: ShortDigest::of(&[b"portal", id.as_bytes(), debited.as_bytes()]),
        };
        let input = Input {
            sale,
            asker: Asker::Customer(session.customer),
            kind,
            attempt,
            request: request_key,
            means,
            debit_limit: self.debit_limit,
        };
        match pay(self.store, self.gateway, input, request.now()).await {
            Ok((_, _, Answer::Captured | Answer::Processing)) => Ok(home),
            Ok((sale, attempt, Answer::AwaitsCustomer)) => {
                let page = open_page(&sale, kind, &attempt, request.now());
                Ok(page.map_or(home, |url| frame.leave_for(url)))
            }
            Ok((_, _, Answer::Declined(decline))) | Err(PayError::NotTaken(decline)) => {
                again(402, words.paying.declines.of(decline))
            }
            Err(PayError::OutcomeUnknown) => Ok(frame.message(503, words.pay_unknown, "")),
            Err(failure) => match edge::Problem::from(failure).kind().status() {
                500.. => Err(Unavailable),
                status => Ok(frame.message(status, words.pay_not_possible, "")),
            },
        }
    }

    /// Where the gateway sends the customer back to, perhaps on another's device: whoever has a
    /// session sees the purchase that was paid for last. What became of the payment, the gateway is
    /// asked: its news may take longer than the customer.
    pub(crate) async fn paid(&self, frame: Frame, request: &Request) -> Result<Page, Unavailable> {
        let Some((session, _)) = self.customer(request).await? else {
            let closed = &frame.words.paying;
            return Ok(if from_another_site(request) {
                frame.again()
            } else {
                frame.message(200, closed.closed, closed.closed_lead)
            });
        };
        let purchases = list_expedientes(self.store, &session.customer).await?;
        let newest = purchases.into_iter().max_by_key(|(sale, _)| {
            sale.all_attempts().map(|(_, attempt)| attempt.started_at).max()
        });
        let Some((sale, _)) = newest else { return Ok(frame.redirect("expediente")) };
        let purchase = format!("expediente/{}", sale.id);
        let news = find_out(self.store, self.gateway, sale, request.now()).await;
        if let Err(fault) = &news {
            // The gateway's webhook and the schedule find out the same.
            tracing::warn!(%fault, "what became of a payment isn't known yet");
        }
        Ok(match news {
            Ok(News::Known) => frame.redirect(&purchase),
            Ok(News::Awaited) | Err(_) => frame.redirect(&format!("{purchase}?notice=bank")),
        })
    }
}

/// Which payment the form is for.
fn kind(form: &Form) -> Option<PaymentKind> {
    PaymentKind::ALL.into_iter().find(|kind| kind.as_str() == form.field("payment"))
}

/// The way to pay that is chosen; an IBAN alone is a debit.
fn method(form: &Form) -> Option<PaymentMethod> {
    match form.field("method") {
        "checkout" => Some(PaymentMethod::Checkout),
        "bank_transfer" => Some(PaymentMethod::BankTransfer),
        "sepa_debit" | "" => Some(PaymentMethod::SepaDebit),
        _ => None,
    }
}
