//! The state: every object, what is still to happen by itself, and what idempotency keys answered.

use crate::clock::Clock;
use crate::objects::{
    BalanceTransaction, CashTransaction, Charge, Customer, Dispute, Endpoint, Event, Id, Intent,
    Mandate, Object, PaymentMethod, Refund, Session, Shelf, TransactionOwn,
};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// What doesn't change while the gateway runs.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    /// Where its pages are, without a slash at the end.
    pub(crate) base_url: String,
    /// How long a direct debit takes, in milliseconds; `None`: until a control call settles it.
    pub(crate) debit_millis: Option<i64>,
    /// The version of Stripe's API that calls without `Stripe-Version` are for, and events.
    pub(crate) api_version: String,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            base_url: String::new(),
            debit_millis: Some(1000),
            // The last one that takes both the old and the new list of payment method types.
            api_version: "2026-08-26.dahlia".to_owned(),
        }
    }
}

/// An object that the books have a shelf for.
pub(crate) trait Kept: Object + Sized + 'static {
    fn shelf(shelves: &Shelves) -> &Shelf<Self>;
    fn shelf_mut(shelves: &mut Shelves) -> &mut Shelf<Self>;
}

macro_rules! shelves {
    ($($field:ident: $kind:ty,)*) => {
        /// The objects of each kind.
        #[derive(Debug, Default, Serialize, Deserialize)]
        #[serde(default)]
        pub(crate) struct Shelves { $($field: Shelf<$kind>,)* }

        $(impl Kept for $kind {
            fn shelf(shelves: &Shelves) -> &Shelf<Self> { &shelves.$field }
            fn shelf_mut(shelves: &mut Shelves) -> &mut Shelf<Self> { &mut shelves.$field }
        })*

        impl Shelves {
            fn show(&self, id: &str) -> Option<Value> {
                $(if id.strip_prefix(<$kind>::PREFIX).is_some_and(|rest| rest.starts_with('_')) {
                    return self.$field.find(id).map(Object::shown);
                })*
                None
            }
        }
    };
}

shelves! {
    customers: Customer,
    cash: CashTransaction,
    methods: PaymentMethod,
    intents: Intent,
    mandates: Mandate,
    charges: Charge,
    refunds: Refund,
    disputes: Dispute,
    transactions: BalanceTransaction,
    sessions: Session,
    events: Event,
    endpoints: Endpoint,
}

/// What happens by itself at its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Chore {
    SettleDebit(Id),
    SettleRefund(Id),
    FailRefund(Id),
    ExpireSession(Id),
}

/// What a control call asked of the next refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundFate {
    /// Pending, until it is settled.
    Pending,
    /// Succeeded, and failed later by a control call.
    Succeeded,
    /// Failed at once.
    Failed,
    /// Waits for the customer's account.
    RequiresAction,
}

/// An answer that is kept for its idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct KeptAnswer {
    pub(crate) key: String,
    pub(crate) fingerprint: String,
    pub(crate) status: u16,
    pub(crate) body: String,
    /// In seconds since 1970.
    pub(crate) at: i64,
    pub(crate) request_id: String,
}

/// Everything that outlives the process, if it is to.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Books {
    #[serde(skip)]
    pub(crate) setting: Setting,
    /// The call that is being answered, as its events name it.
    #[serde(skip)]
    pub(crate) request: Value,
    /// The parameters that calls had, by their operation, since the start.
    #[serde(skip)]
    pub(crate) requests: BTreeMap<String, BTreeSet<String>>,
    pub(crate) clock: Clock,
    shelves: Shelves,
    serial: u64,
    chores: Vec<(i64, Chore)>,
    pub(crate) answers: Vec<KeptAnswer>,
    pub(crate) refund_fates: VecDeque<RefundFate>,
    /// Whether events wait for a control call.
    pub(crate) is_holding: bool,
    pub(crate) held: Vec<Id>,
}

/// A line in the account's books.
pub(crate) struct Entry<'a> {
    pub(crate) kind: &'a str,
    pub(crate) category: &'a str,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) source: &'a str,
    pub(crate) payment_intent: &'a str,
}

impl Books {
    /// Seconds since 1970.
    pub(crate) fn now(&self) -> i64 {
        self.clock.seconds()
    }

    /// The next number of its kind: never given out again.
    pub(crate) fn number(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }

    /// A new id with this prefix.
    pub(crate) fn id(&mut self, prefix: &str) -> Id {
        format!("{prefix}_3L{:06}{}", self.number(), random(16))
    }

    pub(crate) fn all<T: Kept>(&self) -> impl DoubleEndedIterator<Item = &T> {
        T::shelf(&self.shelves).all()
    }

    pub(crate) fn all_mut<T: Kept>(&mut self) -> impl Iterator<Item = &mut T> {
        T::shelf_mut(&mut self.shelves).all_mut()
    }

    pub(crate) fn find<T: Kept>(&self, id: &str) -> Option<&T> {
        T::shelf(&self.shelves).find(id)
    }

    /// The object of this id, which an address names, or another object.
    pub(crate) fn get<T: Kept>(&self, id: &str) -> Result<&T, Refusal> {
        self.find(id).ok_or_else(|| Refusal::not_found(T::PARAM, T::NAME, id))
    }

    pub(crate) fn get_mut<T: Kept>(&mut self, id: &str) -> Result<&mut T, Refusal> {
        T::shelf_mut(&mut self.shelves)
            .find_mut(id)
            .ok_or_else(|| Refusal::not_found(T::PARAM, T::NAME, id))
    }

    /// The object of this id, which a parameter names.
    pub(crate) fn named<T: Kept>(&self, param: &str, id: &str) -> Result<&T, Refusal> {
        self.find(id).ok_or_else(|| Refusal::unknown(param, T::NAME, id))
    }

    pub(crate) fn add<T: Kept>(&mut self, object: T) {
        T::shelf_mut(&mut self.shelves).add(object);
    }

    pub(crate) fn remove<T: Kept>(&mut self, id: &str) {
        T::shelf_mut(&mut self.shelves).remove(id);
    }

    /// Whatever has this id, as the API shows it.
    pub(crate) fn show(&self, id: &str) -> Option<Value> {
        self.shelves.show(id)
    }

    /// Writes a line into the books. Answers its id.
    pub(crate) fn book(&mut self, entry: &Entry<'_>) -> Id {
        let (id, created) = (self.id(BalanceTransaction::PREFIX), self.now());
        self.add(BalanceTransaction {
            id: id.clone(),
            created,
            amount: entry.amount,
            available_on: created,
            currency: "eur".to_owned(),
            description: None,
            fee: entry.fee,
            reporting_category: entry.category.to_owned(),
            source: entry.source.to_owned(),
            kind: entry.kind.to_owned(),
            own: TransactionOwn { payment_intent: entry.payment_intent.to_owned() },
        });
        id
    }

    /// Has it done so many milliseconds from now.
    pub(crate) fn plan(&mut self, millis: i64, chore: Chore) {
        self.chores.push((self.clock.millis() + millis, chore));
    }

    /// The next chore whose time has come.
    pub(crate) fn next_chore(&mut self) -> Option<Chore> {
        let now = self.clock.millis();
        let due = self.chores.iter().enumerate().filter(|(_, (at, _))| *at <= now);
        let place = due.min_by_key(|(_, (at, _))| *at).map(|(place, _)| place)?;
        Some(self.chores.remove(place).1)
    }

    /// An event about the object of this id, as it is now.
    pub(crate) fn emit(&mut self, kind: &str, id: &str) {
        let object = self.show(id).unwrap_or_default();
        self.emit_object(kind, &object, None);
    }

    /// The same, with what the object was before.
    pub(crate) fn emit_change(&mut self, kind: &str, id: &str, before: &Value) {
        let object = self.show(id).unwrap_or_default();
        self.emit_object(kind, &object, Some(before));
    }

    pub(crate) fn emit_object(&mut self, kind: &str, object: &Value, before: Option<&Value>) {
        let data = match before {
            None => json!({ "object": object }),
            Some(before) => json!({ "object": object, "previous_attributes": before }),
        };
        let request = match &self.request {
            Value::Null => json!({ "id": null, "idempotency_key": null }),
            request => request.clone(),
        };
        let id = self.id(Event::PREFIX);
        self.add(Event {
            id: id.clone(),
            created: self.now(),
            api_version: self.setting.api_version.clone(),
            data,
            pending_webhooks: 0,
            request,
            kind: kind.to_owned(),
        });
        if self.is_holding {
            self.held.push(id);
        } else {
            self.send(&id, kind);
        }
    }

    /// Puts an event behind those that are on their way already.
    pub(crate) fn send(&mut self, id: &str, kind: &str) {
        let mut receivers = 0;
        for endpoint in self.all_mut::<Endpoint>().filter(|endpoint| endpoint.wants(kind)) {
            endpoint.own.due.push_back(id.to_owned());
            receivers += 1;
        }
        if let Ok(event) = self.get_mut::<Event>(id) {
            event.pending_webhooks = receivers;
        }
    }
}

/// So many letters and digits that nobody guesses.
pub(crate) fn random(length: usize) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = vec![0; length];
    // Without the machine's randomness ids still differ by their numbers.
    let _ = getrandom::fill(&mut bytes);
    bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(*byte) % LETTERS.len()))
        .map(|letter| char::from(*letter))
        .collect()
}
