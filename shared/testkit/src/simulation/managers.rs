//! The managers: cancellations, deadlines, cases, documents and the delivery's preparation.

use super::employees::documents;
use super::engine::Simulation;
use super::events::{Act, Event};
use super::processes::{Caller, Outcome};
use super::record::ClientAnswer;
use super::settings::{DAY, HOUR, MAX_EXTENSION, SECOND};
use crate::memory::{Ports, State, has};
use domain::sale::{CaseKind, CheckKind, Closure, DeliveryPlace, FactKind, PaymentOutcome, Slot};
use domain::use_cases::{
    ChangeError, cancel_sale, close_case, extend_deadline, pay, prepare_delivery, record_documents,
    relay, resubmit_registration,
};
use domain::{AttemptId, DealershipId, EmployeeId, Reason, SaleId, Vin};
use jiff::Timestamp;
use jiff::tz::TimeZone;

impl Simulation<'_> {
    /// A manager's request.
    pub(super) fn manage(&mut self, act: Act, tries: u32) {
        if let Act::Close(sale, CaseKind::PaymentReversed) = act {
            let now = self.world.with(|state| state.now);
            self.closures.entry(sale).or_insert(now);
        }
        self.spawn(Caller::Manager { act, tries }, |world, now| {
            Box::pin(async move {
                let (Ok(dealership), Ok(by), Ok(reason)) = (
                    DealershipId::parse("MAD-01"),
                    EmployeeId::parse("manager-1"),
                    Reason::parse("as the customer asked"),
                ) else {
                    return Outcome::Died;
                };
                let done = match act {
                    Act::Record(sale) => {
                        let ports = Ports::new(world, "record-documents");
                        let input = record_documents::Input {
                            sale,
                            dealership,
                            by,
                            documents: documents(),
                        };
                        match record_documents::record_documents(&ports, input, now).await {
                            Ok((sale, _)) => Ok(sale),
                            Err(record_documents::RecordDocumentsError::Failed(failure)) => {
                                Err(failure)
                            }
                            Err(record_documents::RecordDocumentsError::TooMany) => {
                                Err(ChangeError::Contended)
                            }
                        }
                    }
                    Act::Resubmit(sale) => {
                        let ports = Ports::new(world, "resubmit-registration");
                        let input = resubmit_registration::Input {
                            sale,
                            dealership,
                            closure: Closure { by, reason },
                        };
                        resubmit_registration::resubmit_registration(&ports, input, now).await
                    }
                    Act::Prepare(sale, days, done) => {
                        let ports = Ports::new(world, "prepare-delivery");
                        let checks = CheckKind::ALL.into_iter().take(done).collect();
                        let date = now
                            .to_zoned(TimeZone::fixed(jiff::tz::offset(2)))
                            .date()
                            .saturating_add(jiff::Span::new().days(days));
                        let time = Some(jiff::civil::time(10, 30, 0, 0));
                        let slot = Slot { date, time, place: DeliveryPlace::Dealership };
                        // No days: as it was arranged before.
                        let appointment = Some(slot).filter(|_| days > 0);
                        let input =
                            prepare_delivery::Input { sale, dealership, by, checks, appointment };
                        prepare_delivery::prepare_delivery(&ports, input, now).await
                    }
                    Act::Cancel(sale) => {
                        let ports = Ports::new(world, "cancel-sale");
                        cancel_sale::cancel_sale(
                            &ports,
                            &ports,
                            cancel_sale::Input { sale, dealership, by, reason },
                            now,
                        )
                        .await
                        .map_err(|error| match error {
                            pay::EndError::PartnerError(_) => ChangeError::Contended,
                            pay::EndError::Failed(failure) => failure,
                        })
                    }
                    Act::Extend(sale, pay_by) => {
                        let ports = Ports::new(world, "extend-deadline");
                        let pay_by = Timestamp::from_millisecond(pay_by).unwrap_or(now);
                        let max_extension = MAX_EXTENSION;
                        let input = extend_deadline::Input {
                            sale,
                            dealership,
                            by,
                            reason,
                            pay_by,
                            max_extension,
                        };
                        extend_deadline::extend_deadline(&ports, input, now).await
                    }
                    Act::Close(sale, kind) => {
                        let ports = Ports::new(world, "close-case");
                        let closure = Closure { by, reason };
                        let vehicle = world.with(|state| vehicle_there(state, sale));
                        let vehicle = vehicle.filter(|_| kind == CaseKind::VehicleUnclear);
                        let input = close_case::Input { sale, dealership, kind, vehicle, closure };
                        close_case::close_case(&ports, input, now).await
                    }
                };
                Outcome::Managed(done.map(drop))
            })
        });
    }

    /// A manager looks at what lies open, and closes it or waits for better news; at last it is
    /// closed.
    pub(super) fn manager_looks(&mut self, sale: SaleId, looks: u32) {
        let open: Vec<CaseKind> = self.world.with(|state| {
            let sale = state.sales.get(&sale).map(|row| &row.sale);
            sale.map(|sale| sale.open_cases().map(|case| case.kind).collect()).unwrap_or_default()
        });
        if open.is_empty() {
            return;
        }
        for kind in open {
            if looks > 4 || self.rng.percent(40) {
                if kind == CaseKind::PaymentUnsettled && self.is_at_the_gateway(sale) {
                    continue;
                }
                let act = match kind {
                    CaseKind::DocumentsMissing => Act::Record(sale),
                    CaseKind::RegistrationRefused => Act::Resubmit(sale),
                    CaseKind::OrderCancelled => Act::Cancel(sale),
                    _ => Act::Close(sale, kind),
                };
                self.after(0, Event::Manage { act, tries: 0 });
            }
        }
        self.after(5 * DAY, Event::ManagerLooks { sale, looks: looks.saturating_add(1) });
    }

    /// Looks for open payments in the gateway's books. One that is paid there, or may be, is not given
    /// up: the gateway is made to send its news again.
    fn is_at_the_gateway(&mut self, sale: SaleId) -> bool {
        let found: Vec<AttemptId> = self.world.with(|state| {
            let may_be_paid = |attempt: &AttemptId| {
                state.payments.get(&attempt.to_string()).is_some_and(|known| {
                    matches!(
                        known.outcome,
                        PaymentOutcome::Captured(_) | PaymentOutcome::Processing(_)
                    )
                })
            };
            let attempts =
                state.sales.get(&sale).into_iter().flat_map(|row| row.sale.all_attempts());
            let open = attempts.filter(|(_, attempt)| attempt.state.is_open());
            open.map(|(_, attempt)| attempt.id).filter(may_be_paid).collect()
        });
        for attempt in &found {
            self.after(0, Event::GatewayTells { attempt: *attempt, tries: 1 });
        }
        !found.is_empty()
    }

    /// The dealership prepares a vehicle within days of its registration: by and by, and most of
    /// them to the end.
    pub(super) fn prepare_delivery(&mut self, change: &relay::Change) {
        let has = |sale: &domain::Sale| has(sale, FactKind::ReadyForDelivery);
        if !has(&change.new) || change.old.as_ref().is_some_and(has) {
            return;
        }
        let sale = change.new.id;
        let arranged = self.chance(5 * DAY);
        self.after(
            arranged,
            Event::Manage { act: Act::Prepare(sale, 9, CheckKind::ALL.len() / 2), tries: 0 },
        );
        if self.rng.percent(90) {
            // Some forget that the day is over; it is arranged anew then.
            let late = self.rng.percent(10);
            let done = arranged + if late { 11 * DAY } else { self.chance(DAY) };
            if late {
                let act = Act::Prepare(sale, 0, CheckKind::ALL.len());
                self.after(done - HOUR, Event::Manage { act, tries: 0 });
            }
            self.after(
                done,
                Event::Manage { act: Act::Prepare(sale, 9, CheckKind::ALL.len()), tries: 0 },
            );
        }
    }

    /// A manager is answered, and asks again unless the sale refuses.
    pub(super) fn manager_reads(&mut self, act: Act, tries: u32, outcome: &Outcome) {
        if matches!(outcome, Outcome::Managed(Ok(()))) {
            self.answers.extend(match act {
                Act::Cancel(sale) => Some(ClientAnswer::Cancelled { sale }),
                Act::Extend(sale, pay_by) => Some(ClientAnswer::Extended { sale, pay_by }),
                Act::Close(sale, kind) => Some(ClientAnswer::CaseClosed { sale, kind }),
                Act::Record(_) | Act::Resubmit(_) | Act::Prepare(..) => None,
            });
            return;
        }
        let refused = matches!(outcome, Outcome::Managed(Err(ChangeError::Rejected(_))));
        if !refused && tries < 5 {
            let wait = SECOND + self.chance(30 * SECOND);
            self.after(wait, Event::Manage { act, tries: tries.saturating_add(1) });
        }
    }
}

/// What a manager reads on the vehicle itself; once it is registered, no word changes it.
fn vehicle_there(state: &State, sale: SaleId) -> Option<Vin> {
    let registered = state.sales.get(&sale).is_some_and(|row| row.sale.registration().is_some());
    let order = state.orders.get(&sale.to_string()).filter(|_| !registered);
    order.map(|order| order.vehicle.clone())
}
