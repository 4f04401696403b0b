//! The customers: whether and when they pay, and by what.

use super::engine::Simulation;
use super::events::{Act, Event, Payment};
use super::processes::{Caller, Outcome};
use super::record::ClientAnswer;
use super::scenario::Script;
use super::settings::{DAY, HOUR, MINUTE, SECOND, WINDOW};
use crate::memory::{Ports, short};
use domain::ids::{PaymentMethodToken, ShortDigest};
use domain::ports::RequestKey;
use domain::sale::{Acceptance, Answer, Means, PaymentKind, Rejection};
use domain::use_cases::{ChangeError, pay};
use domain::{AttemptId, DealershipId, SaleId};

impl Simulation<'_> {
    pub(super) fn customer_begins(&mut self, sale: SaleId) {
        let payment = self.first_payment(sale, PaymentKind::Signal);
        let window = i64::try_from(WINDOW.as_millis()).unwrap_or(DAY);
        let wait = match self.script {
            Some(Script::NeverPaysSignal) => return,
            Some(_) => MINUTE,
            None => match self.rng.below(10) {
                0..=6 => self.chance(window / 2),
                7 | 8 => window.saturating_sub(3 * SECOND).saturating_add(self.chance(6 * SECOND)),
                _ => return,
            },
        };
        if self.script.is_none() && self.rng.percent(15) {
            // Whenever, at the moment of the payment, or while a bank works on it.
            let cancelled = match self.rng.below(3) {
                0 => self.chance(3 * DAY),
                1 => wait.saturating_sub(SECOND).saturating_add(self.chance(3 * SECOND)),
                _ => wait.saturating_add(self.chance(2 * DAY)),
            };
            self.after(cancelled, Event::Manage { act: Act::Cancel(sale), tries: 0 });
        }
        self.after(wait, Event::Pay(payment));
        self.after(wait + DAY, Event::PollForBalance { sale, looks: 0 });
    }

    /// A customer who knows that the balance is due decides when to pay it, if ever.
    pub(super) fn consider_balance(&mut self, sale: SaleId, looks: u32) {
        let stage =
            self.world.with(|state| state.sales.get(&sale).map(|row| row.sale.stage.clone()));
        let Some(stage) = stage else { return };
        let domain::sale::Stage::FinalPaymentPending { pay_by, .. } = stage else {
            if looks < 400 {
                self.after(DAY / 4, Event::PollForBalance { sale, looks: looks.saturating_add(1) });
            }
            return;
        };
        if self.script.is_none() && self.rng.percent(15) {
            // A manager gives more time, now or at the last second, and the customer thinks again.
            let now = self.world.with(|state| state.now);
            let wait = if self.rng.percent(50) {
                0
            } else {
                pay_by.as_millisecond().saturating_sub(now + 2 * SECOND).max(0)
            };
            let later = pay_by.as_millisecond().saturating_add(DAY + self.chance(8 * DAY));
            self.after(wait, Event::Manage { act: Act::Extend(sale, later), tries: 0 });
            self.after(
                wait.saturating_add(HOUR),
                Event::PollForBalance { sale, looks: looks.saturating_add(100) },
            );
            return;
        }
        let mut payment = self.first_payment(sale, PaymentKind::Balance);
        let left =
            pay_by.as_millisecond().saturating_sub(self.world.with(|state| state.now)).max(1);
        let wait = match self.script {
            Some(Script::NeverPaysBalance) => return,
            Some(_) => MINUTE,
            None => match self.rng.below(10) {
                0..=5 => self.chance(left),
                6 | 7 => {
                    payment.tries = 0;
                    left.saturating_sub(3 * SECOND).saturating_add(self.chance(6 * SECOND))
                }
                _ => return,
            },
        };
        self.after(wait, Event::Pay(payment));
    }

    pub(super) fn pay(&mut self, payment: Payment) {
        let attempt = AttemptId::new(self.rng.uuid());
        let caller = Caller::Payer(payment);
        self.spawn(caller, |world, now| {
            Box::pin(async move {
                let ports = Ports::new(world, "pay");
                let (Ok(dealership), Ok(means)) =
                    (DealershipId::parse("MAD-01"), means(payment.token))
                else {
                    return Outcome::Died;
                };
                let request = RequestKey {
                    key: ShortDigest::of(&[&payment.key.to_be_bytes()]),
                    fingerprint: ShortDigest::of(&[payment.token.as_bytes()]),
                };
                let (sale, kind) = (payment.sale, payment.kind);
                let input = pay::Input {
                    sale,
                    asker: pay::Asker::Dealership(dealership),
                    kind,
                    attempt,
                    request,
                    means,
                    debit_limit: u64::MAX,
                };
                Outcome::Paid(
                    pay::pay(&ports, &ports, input, now).await.map(|(_, _, answer)| answer),
                )
            })
        });
    }

    pub(super) fn payer_reads(&mut self, payment: Payment, outcome: &Outcome) {
        let Payment { sale, kind, key, tries, cards, .. } = payment;
        let patient = |this: &mut Self, payment: Payment| {
            if tries < 8 && !this.rng.percent(10) {
                let wait = 2 * SECOND + this.chance(MINUTE);
                this.after(wait, Event::Pay(Payment { tries: tries.saturating_add(1), ..payment }));
            }
        };
        match outcome {
            Outcome::Paid(Ok(answer)) => {
                self.note("employee", || {
                    format!("{}: {} is answered {answer:?}", short(sale), kind.as_str())
                });
                self.answers.push(ClientAnswer::Paid { key, sale, kind, answer: *answer });
                // Some think better of how they pay, while a page or an account waits for them.
                let changes_mind = *answer == Answer::AwaitsCustomer
                    && self.script.is_none()
                    && self.rng.percent(15);
                if (matches!(answer, Answer::Declined(_)) || changes_mind) && cards < 3 {
                    let next = Payment {
                        key: self.rng.bits(),
                        token: "pm_card",
                        tries: 0,
                        cards: cards.saturating_add(1),
                        ..payment
                    };
                    let wait = MINUTE + self.chance(HOUR);
                    self.after(wait, Event::Pay(next));
                } else if self.rng.percent(10) {
                    // The desk's client repeats a request that was answered: the answer must be the
                    // same.
                    let wait = self.chance(HOUR);
                    self.after(wait, Event::Pay(Payment { tries: 99, ..payment }));
                }
            }
            // Nothing is known: the same request again, under the same key.
            Outcome::Died
            | Outcome::Paid(Err(
                pay::PayError::OutcomeUnknown
                | pay::PayError::Failed(
                    ChangeError::Rejected(Rejection::PaymentInProgress)
                    | ChangeError::Store(_)
                    | ChangeError::Contended,
                ),
            )) => patient(self, payment),
            _ => {}
        }
    }

    fn first_payment(&mut self, sale: SaleId, kind: PaymentKind) -> Payment {
        let token = match self.script {
            Some(Script::PaysByBank) => "pm_bank",
            Some(Script::ConfirmsCard) => "pm_challenge",
            Some(Script::PaysOnPage) => "checkout",
            Some(Script::Transfers) => "transfer",
            Some(_) => "pm_card",
            None => match self.rng.below(100) {
                0..=39 => "pm_card",
                40..=49 => "pm_declined",
                50..=59 => "pm_challenge",
                60..=73 => "checkout",
                74..=87 => "transfer",
                88..=95 => "pm_bank",
                _ => "pm_bank_fails",
            },
        };
        Payment { sale, kind, key: self.rng.bits(), token, tries: 0, cards: 0 }
    }
}

/// The way to pay that a payment's word stands for.
fn means(word: &'static str) -> Result<Means, domain::ids::IdError> {
    let token = || PaymentMethodToken::parse(word);
    Ok(match word {
        "checkout" => Means::Checkout,
        "transfer" => Means::BankTransfer,
        "pm_bank" | "pm_bank_fails" => Means::SepaDebit(token()?, Acceptance::Offline),
        _ => Means::Card(token()?),
    })
}
