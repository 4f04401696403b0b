//! The last second before the deadline: payments, their webhooks, a manager who gives more time and
//! the timeout of one sale at the same moment, thousands of times, with real concurrency over the
//! real table. The vehicle and the money always end where the sale says.

use crate::Table;
use adapters::DynamoSales;
use domain::ids::{GatewayPaymentId, PaymentMethodToken, RefundId, ShortDigest};
use domain::ports::{
    Charge, NewSale, PartnerError, PaymentGateway, Registered, RequestKey, SaleStore,
    UnpaidReservations,
};
use domain::sale::{
    Answer, AttemptState, Command, Decline, FactKind, Means, Milestone, MoneyBack, Order,
    PaymentKind, PaymentOutcome, Refund, RefundState, Rejection, Sale, Stage, Status,
    vehicle_change,
};
use domain::use_cases::pay::{
    Asker, Input, PayError, PaymentNews, PaymentUpdateError, Update, pay, take_payment_update,
};
use domain::use_cases::refund::refund_payments;
use domain::use_cases::time_out::{Next, unassign_vehicle};
use domain::use_cases::{ChangeError, extend_deadline};
use domain::{AttemptId, EmployeeId, Money, OrderId, Reason, SaleId, Vin};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use testkit::contract::{Outcome, Sample, after, fresh_attempt_id, registered_at};
use testkit::rng::Rng;
use tokio::sync::{Barrier, mpsc};
use tokio::task::JoinSet;

/// How many sales race.
const SALES: u64 = 2_000;
/// How many of them at once.
const AT_ONCE: usize = 8;
/// Payments that begin at the last moment: a request, its copy, and another one with another card.
const REQUESTS: [u8; 3] = [0, 0, 1];

type Fault = Box<dyn Error + Send + Sync>;

/// A payment in the gateway's books.
#[derive(Debug, Clone)]
struct Payment {
    id: GatewayPaymentId,
    /// What its charge was answered.
    first: PaymentOutcome,
    /// What became of it.
    outcome: PaymentOutcome,
    /// What will become of it.
    later: Option<PaymentOutcome>,
    refunds: Vec<Refund>,
}

/// A gateway that honours its keys and says which payments it has news of.
#[derive(Debug)]
struct Gateway {
    payments: Mutex<BTreeMap<AttemptId, Payment>>,
    /// `None` once the race is over.
    news: Mutex<Option<mpsc::UnboundedSender<AttemptId>>>,
}

impl Gateway {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<AttemptId, Payment>) -> T) -> T {
        act(&mut self.payments.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets the bank decide what it still has to; answers what became of the payment.
    fn settle(&self, attempt: AttemptId) -> Option<PaymentOutcome> {
        self.with(|payments| {
            let payment = payments.get_mut(&attempt)?;
            payment.outcome = payment.later.take().unwrap_or_else(|| payment.outcome.clone());
            Some(payment.outcome.clone())
        })
    }

    /// How many payments were captured, and how often money went back.
    fn totals(&self) -> (usize, usize) {
        self.with(|payments| {
            let captured = payments
                .values()
                .filter(|payment| matches!(payment.outcome, PaymentOutcome::Captured(_)));
            (captured.count(), payments.values().map(|payment| payment.refunds.len()).sum())
        })
    }
}

impl PaymentGateway for Gateway {
    async fn charge(&self, charge: &Charge) -> Result<PaymentOutcome, PartnerError> {
        let id =
            GatewayPaymentId::parse(&format!("pi_{}", charge.attempt)).map_err(|_| PartnerError)?;
        let captured = PaymentOutcome::Captured(id.clone());
        let Means::Card(token) = &charge.means else { return Err(PartnerError) };
        let (outcome, later) = match token.as_str() {
            "pm_declined" => (PaymentOutcome::Declined(Decline::InsufficientFunds), None),
            // Its bank lets it through after all.
            "pm_fickle" => (PaymentOutcome::Declined(Decline::Declined), Some(captured)),
            "pm_bank" => (PaymentOutcome::Processing(id.clone()), Some(captured)),
            _ => (captured, None),
        };
        let first = Payment { id, first: outcome.clone(), outcome, later, refunds: Vec::new() };
        let outcome =
            self.with(|payments| payments.entry(charge.attempt).or_insert(first).outcome.clone());
        if let Some(news) = &*self.news.lock().unwrap_or_else(PoisonError::into_inner) {
            news.send(charge.attempt).map_err(|_| PartnerError)?;
        }
        Ok(outcome)
    }

    async fn look_up(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError> {
        let known = self
            .with(|payments| payments.values().find(|known| known.id == *payment).cloned())
            .ok_or(PartnerError)?;
        Ok(known.outcome)
    }

    /// Nor does anything wait for a customer.
    async fn end(&self, payment: &GatewayPaymentId) -> Result<PaymentOutcome, PartnerError> {
        self.look_up(payment).await
    }

    /// Nobody disputes anything in the last second.
    async fn owner(
        &self,
        _: &GatewayPaymentId,
    ) -> Result<Option<(SaleId, AttemptId)>, PartnerError> {
        Ok(None)
    }

    async fn money_back(&self, payment: &GatewayPaymentId) -> Result<MoneyBack, PartnerError> {
        let refunds = self.with(|payments| {
            let known = payments.values().find(|known| known.id == *payment);
            known.map(|known| known.refunds.clone())
        });
        Ok(MoneyBack { refunds: refunds.ok_or(PartnerError)?, ..MoneyBack::default() })
    }

    async fn refund(
        &self,
        payment: &GatewayPaymentId,
        amount: Money,
        number: usize,
    ) -> Result<Refund, PartnerError> {
        let refund = Refund {
            id: RefundId::parse(&format!("re_{payment}_{number}")).map_err(|_| PartnerError)?,
            amount: amount.minor(),
            state: RefundState::Succeeded,
            made_at: Timestamp::UNIX_EPOCH,
        };
        self.with(|payments| {
            let known = payments.values_mut().find(|known| known.id == *payment);
            known.map(|known| known.refunds.push(refund.clone()))
        });
        Ok(refund)
    }
}

/// A sale whose customer was told to pay, the last moment to do so, and its vehicle.
async fn awaiting_payment(
    store: &DynamoSales,
    number: u64,
) -> Result<(Sale, Timestamp, Vin), Box<dyn Error>> {
    let sample = Sample::new()?;
    let attempt = fresh_attempt_id();
    let vehicle = Vin::parse(&format!("VSS{number:014}"))?;
    let order = Order { id: OrderId::parse(&format!("F-{number}"))?, estimated_delivery: None };
    let report = |milestone| Command::ReportMilestone {
        order: order.id.clone(),
        milestone,
        vehicle: Some(vehicle.clone()),
        estimated_delivery: None,
        final_payment_window: SignedDuration::from_hours(1),
    };
    let commands = [
        Command::StartPayment {
            kind: PaymentKind::Signal,
            attempt,
            key: ShortDigest::of(&[b"signal"]),
            fingerprint: ShortDigest::of(&[b"content"]),
            at_desk: false,
            means: Means::Card(PaymentMethodToken::parse("pm_card")?),
        },
        Command::RecordPayment {
            attempt,
            outcome: PaymentOutcome::Captured(GatewayPaymentId::parse("pi_signal")?),
            answers_request: true,
        },
        Command::RequestOrder,
        Command::ConfirmOrder(order.clone()),
        report(Milestone::InTransit),
    ];
    let shipped = after(&sample.sale, commands, registered_at())?.pop().ok_or("no step")?;
    let registered = store.register(NewSale { sale: &shipped, ..sample.registration() }).await?;
    assert_eq!(registered, Registered::Stored);
    store.release(&shipped).await?;
    let there = after(&shipped, [report(Milestone::AvailableForCustomer)], registered_at())?
        .pop()
        .ok_or("no step")?;
    store.commit(&there, vehicle_change(&shipped, &there).as_ref()).await?;
    let Stage::FinalPaymentPending { pay_by, .. } = there.stage else {
        return Err("it is not due".into());
    };
    Ok((there, pay_by, vehicle))
}

/// What one race came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Ending {
    status: Status,
    extended: bool,
    captured: usize,
    refunded: usize,
}

/// One sale's last second. Everybody starts at once, and hesitates by chance.
async fn race(table: Arc<Table>, number: u64) -> Result<Ending, Fault> {
    let (sale, pay_by, vehicle) =
        awaiting_payment(&table.store, number).await.map_err(|fault| fault.to_string())?;
    let mut chance = Rng::new(number);
    let (news, mut webhooks) = mpsc::unbounded_channel();
    let gateway = Arc::new(Gateway { payments: Mutex::default(), news: Mutex::new(Some(news)) });
    let start = Arc::new(Barrier::new(REQUESTS.len() + 2));
    let mut racers = JoinSet::new();
    let tokens = REQUESTS.map(|_| {
        *chance.pick(&["pm_card", "pm_declined", "pm_fickle", "pm_bank"]).unwrap_or(&"pm_card")
    });
    let id = sale.id;
    for request in REQUESTS {
        let token = tokens.get(usize::from(request)).copied().unwrap_or("pm_card");
        let input = Input {
            sale: sale.id,
            asker: Asker::Dealership(sale.dealership.clone()),
            kind: PaymentKind::Balance,
            attempt: fresh_attempt_id(),
            request: RequestKey {
                key: ShortDigest::of(&[&[request]]),
                fingerprint: ShortDigest::of(&[b"content"]),
            },
            means: Means::Card(PaymentMethodToken::parse(token)?),
            debit_limit: u64::MAX,
        };
        let (table, gateway, start, hesitation) =
            (Arc::clone(&table), Arc::clone(&gateway), Arc::clone(&start), chance.below(12));
        racers.spawn(async move {
            start.wait().await;
            hesitate(hesitation).await;
            match pay(&table.store, &*gateway, input, pay_by).await {
                Ok((_, attempt, answer)) => answered(&gateway, attempt.id, answer),
                Err(PayError::Failed(ChangeError::Rejected(
                    Rejection::Ended(_) | Rejection::AlreadyPaid | Rejection::PaymentInProgress,
                ))) => Ok(()),
                // The copy of a request that is under way, of a payment that was made meanwhile:
                // it sends nothing again that might charge.
                Err(PayError::OutcomeUnknown) => {
                    let sale = table.store.sale(id).await?.ok_or("the sale is gone")?;
                    let is_due = sale.payment_deadline(PaymentKind::Balance).is_some();
                    if is_due { Err("nothing is known of what is due".into()) } else { Ok(()) }
                }
                Err(failure) => Err(failure.into()),
            }
        });
    }
    let (theirs, their_gateway, hesitation) =
        (Arc::clone(&table), Arc::clone(&gateway), chance.below(12));
    let late = pay_by.checked_add(SignedDuration::from_millis(1))?;
    let (starts, hesitates) = (Arc::clone(&start), chance.below(12));
    racers.spawn(async move {
        starts.wait().await;
        hesitate(hesitates).await;
        let mut now = late;
        // The workflow asks again for as long as money is on its way, and once more after a later
        // deadline.
        while unassign_vehicle(&theirs.store, &*their_gateway, id, SignedDuration::ZERO, now)
            .await?
            == Next::Wait
        {
            if let Some(Sale { stage: Stage::FinalPaymentPending { pay_by, .. }, .. }) =
                theirs.store.sale(id).await?
            {
                now = now.max(pay_by.checked_add(SignedDuration::from_millis(1))?);
            }
        }
        Ok(())
    });
    let more = extend_deadline::Input {
        sale: id,
        dealership: sale.dealership.clone(),
        by: EmployeeId::parse("m-1")?,
        reason: Reason::parse("as the customer asked")?,
        pay_by: pay_by.checked_add(SignedDuration::from_hours(1))?,
        max_extension: SignedDuration::from_hours(1),
    };
    let theirs = Arc::clone(&table);
    racers.spawn(async move {
        start.wait().await;
        hesitate(hesitation).await;
        match extend_deadline::extend_deadline(&theirs.store, more, pay_by).await {
            // Too late: the sale is paid, or lost.
            Ok(_) | Err(ChangeError::Rejected(Rejection::NoDeadline(_) | Rejection::Ended(_))) => {
                Ok(())
            }
            Err(failure) => Err(failure.into()),
        }
    });
    let (theirs, their_gateway, amount) =
        (Arc::clone(&table), Arc::clone(&gateway), sale.amount_due(PaymentKind::Balance));
    let postman = tokio::spawn(async move {
        let mut again = Vec::new();
        while let Some(attempt) = webhooks.recv().await {
            let Some(outcome) = their_gateway.settle(attempt) else { continue };
            for _ in 0..2 {
                let news = match &outcome {
                    PaymentOutcome::Captured(payment) => {
                        PaymentNews::Captured(payment.clone(), amount)
                    }
                    PaymentOutcome::Declined(_) => PaymentNews::Failed,
                    _ => PaymentNews::Moved,
                };
                let update = Update { sale: id, attempt, news };
                match take_payment_update(&theirs.store, &*their_gateway, update.clone(), late)
                    .await
                {
                    // Its request has not been answered yet, and nothing that might charge is asked
                    // for a payment that isn't due any more: the gateway sends it again.
                    Err(PaymentUpdateError::PartnerError(_)) => again.push(update),
                    taken => drop(taken?),
                }
            }
        }
        for update in again {
            take_payment_update(&theirs.store, &*their_gateway, update, late).await?;
        }
        Ok::<_, Fault>(())
    });
    while let Some(racer) = racers.join_next().await {
        racer??;
    }
    // The last webhooks come when all is over; then what is due goes back.
    gateway.news.lock().unwrap_or_else(PoisonError::into_inner).take();
    postman.await??;
    refund_payments(&table.store, &*gateway, id, late).await?;
    judge(&table, &gateway, id, &vehicle).await
}

async fn hesitate(turns: u64) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

/// Protects the desk: what a request was answered is what the gateway did.
fn answered(gateway: &Gateway, attempt: AttemptId, answer: Answer) -> Result<(), Fault> {
    let payment = gateway
        .with(|payments| payments.get(&attempt).cloned())
        .ok_or("a request was answered without a charge")?;
    let said = [Answer::of(&payment.first), Answer::of(&payment.outcome)];
    assert!(said.contains(&answer), "{answer:?} for {payment:?}");
    Ok(())
}

/// Protects invariants 1 and 2: a paid sale has its vehicle and one payment, a lost one has
/// neither.
async fn judge(
    table: &Table,
    gateway: &Gateway,
    id: SaleId,
    vehicle: &Vin,
) -> Result<Ending, Fault> {
    let sale = table.store.sale(id).await?.ok_or("the sale is gone")?;
    let record =
        table.item(&format!("VEHICLE#{vehicle}"), "VEHICLE").map_err(|fault| fault.to_string())?;
    let holder = record.and_then(|record| Some(record.pointer("/sale_id/S")?.as_str()?.to_owned()));
    let (captured, refunded) = gateway.totals();
    let books = sale.attempts(PaymentKind::Balance).iter();
    let kept = books.filter(|attempt| matches!(attempt.state, AttemptState::Captured(_))).count();
    assert_eq!(kept, captured - refunded, "the sale and the gateway disagree: {sale:#?}");
    match sale.status() {
        Status::PaymentReceived => {
            assert_eq!((kept, holder), (1, Some(id.to_string())), "{sale:#?}");
        }
        Status::SinAsignar => assert_eq!((kept, holder), (0, None), "{sale:#?}"),
        status => return Err(format!("a race ended in {status}").into()),
    }
    assert!(sale.all_attempts().all(|(_, attempt)| !attempt.state.is_open()), "{sale:#?}");
    let lost_at = sale.facts.iter().find(|fact| fact.0 == FactKind::SinAsignar).map(|fact| fact.1);
    let promised = sale.extensions.last().map(|extension| extension.to);
    assert!(
        lost_at.is_none_or(|lost| Some(lost) > promised),
        "lost before the deadline that a manager gave: {sale:#?}"
    );
    Ok(Ending { status: sale.status(), extended: promised.is_some(), captured, refunded })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn payments_a_later_deadline_and_the_timeout_at_the_same_moment_end_in_one_of_two_ways()
-> Outcome {
    let table = Arc::new(Table::new().await?);
    let mut endings: BTreeMap<Ending, u64> = BTreeMap::new();
    let mut races: JoinSet<Result<Ending, Fault>> = JoinSet::new();
    for number in 0..SALES {
        if races.len() == AT_ONCE {
            let ended = races.join_next().await.ok_or("no race")?;
            *endings.entry(ended?.map_err(|fault| fault.to_string())?).or_default() += 1;
        }
        races.spawn(race(Arc::clone(&table), number));
    }
    while let Some(ended) = races.join_next().await {
        *endings.entry(ended?.map_err(|fault| fault.to_string())?).or_default() += 1;
    }
    for (Ending { status, extended, captured, refunded }, times) in &endings {
        let more = if *extended { "with more time" } else { "in the first time" };
        println!(
            "{times} of {SALES} sales: {status} {more}, {captured} captured, {refunded} given back"
        );
    }
    assert_eq!(endings.values().sum::<u64>(), SALES);
    assert!(endings.keys().any(|ending| ending.refunded > 0), "nothing came too late");
    // Each happens, and often: else nothing raced.
    for (status, extended) in [Status::PaymentReceived, Status::SinAsignar]
        .into_iter()
        .flat_map(|s| [(s, true), (s, false)])
    {
        let same =
            |(ending, _): &(&Ending, &u64)| (ending.status, ending.extended) == (status, extended);
        let times: u64 = endings.iter().filter(same).map(|(_, times)| times).sum();
        assert!(
            times > SALES / 100,
            "{status}, extended: {extended}, only {times} times of {SALES}"
        );
    }
    Ok(())
}
