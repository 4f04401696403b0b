//! What the desk says, a file a language. The form of address is the formal one, as in the portal.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod pt;

use domain::Language;
use domain::country::DocumentKind;
use domain::sale::{
    Account, AttemptState, CaseKind, CheckKind, DeliveryPlace, FactKind, Movement, PaymentMethod,
    Status,
};
use edge::{ProblemType, Role};

/// All that a language has to bring: one that lacks words does not compile.
pub(crate) struct Words {
    pub(crate) desk: &'static str,
    pub(crate) log_in: &'static str,
    pub(crate) log_in_lead: &'static str,
    pub(crate) issuer_silent: &'static str,
    pub(crate) log_in_failed: &'static str,
    pub(crate) no_claims: &'static str,
    pub(crate) over: &'static str,
    pub(crate) goodbye: &'static str,
    pub(crate) done: &'static str,
    pub(crate) sold: &'static str,
    pub(crate) board: &'static str,
    pub(crate) sell: &'static str,
    pub(crate) stock: &'static str,
    pub(crate) cases: &'static str,
    pub(crate) overdue: &'static str,
    pub(crate) deliveries: &'static str,
    pub(crate) documents: &'static str,
    pub(crate) documents_missing: &'static str,
    pub(crate) plans: &'static str,
    pub(crate) find: &'static str,
    pub(crate) find_hint: &'static str,
    pub(crate) nothing: &'static str,
    /// The page is what it is since the moment that follows.
    pub(crate) updated: &'static str,
    /// The page stays what it is.
    pub(crate) stale: &'static str,
    pub(crate) under_way: &'static str,
    pub(crate) is_overdue: &'static str,
    pub(crate) due_soon: &'static str,
    pub(crate) awaited: &'static str,
    pub(crate) received: &'static str,
    pub(crate) of_page: &'static str,
    pub(crate) more: &'static str,
    pub(crate) filter: &'static str,
    pub(crate) employee: &'static str,
    pub(crate) optional: &'static str,
    pub(crate) from_day: &'static str,
    pub(crate) to_day: &'static str,
    pub(crate) every_plan: &'static str,
    pub(crate) customer: &'static str,
    pub(crate) plan: &'static str,
    pub(crate) options: &'static str,
    pub(crate) price: &'static str,
    pub(crate) due_by: &'static str,
    pub(crate) order: &'static str,
    pub(crate) estimated: &'static str,
    pub(crate) vehicle: &'static str,
    pub(crate) plate: &'static str,
    pub(crate) refusal: &'static str,
    pub(crate) delivery: &'static str,
    pub(crate) elsewhere: &'static str,
    pub(crate) seller: &'static str,
    pub(crate) signal: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) payments: &'static str,
    pub(crate) ledger: &'static str,
    pub(crate) messages: &'static str,
    pub(crate) history: &'static str,
    pub(crate) actions: &'static str,
    pub(crate) needs_role: &'static str,
    pub(crate) erased: &'static str,
    pub(crate) page_lead: &'static str,
    pub(crate) page_link: &'static str,
    pub(crate) missing_amount: &'static str,
    pub(crate) holder: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) from: &'static str,
    pub(crate) from_factory: &'static str,
    pub(crate) calculate: &'static str,
    pub(crate) register: &'static str,
    pub(crate) leaving: &'static str,
    pub(crate) go_on: &'static str,
    pub(crate) back: &'static str,
    pub(crate) settled: &'static str,
    pub(crate) no_file: &'static str,
    /// The names of the board's columns.
    pub(crate) columns: [&'static str; 6],
    pub(crate) fields: Fields,
    pub(crate) doing: Actions,
    pub(crate) reports: Reports,
    pub(crate) plan_form: PlanWords,
    pub(crate) status: fn(Status) -> &'static str,
    pub(crate) fact: fn(FactKind) -> &'static str,
    pub(crate) case: fn(CaseKind) -> &'static str,
    pub(crate) document: fn(DocumentKind) -> &'static str,
    pub(crate) check: fn(CheckKind) -> &'static str,
    pub(crate) movement: fn(Movement) -> &'static str,
    pub(crate) method: fn(PaymentMethod) -> &'static str,
    pub(crate) place: fn(DeliveryPlace) -> &'static str,
    pub(crate) role: fn(Role) -> &'static str,
    pub(crate) attempt: fn(&AttemptState) -> &'static str,
    pub(crate) problem: fn(ProblemType) -> &'static str,
    /// What a field has to be, by the last part of its name.
    pub(crate) fault: fn(&str) -> &'static str,
}

/// The names of fields.
pub(crate) struct Fields {
    pub(crate) full_name: &'static str,
    pub(crate) email: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) tax_id: &'static str,
    pub(crate) language: &'static str,
    pub(crate) address: &'static str,
    pub(crate) street: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) city: &'static str,
    pub(crate) country: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) method: &'static str,
    pub(crate) document: &'static str,
    pub(crate) digest: &'static str,
    pub(crate) date: &'static str,
    pub(crate) time: &'static str,
    pub(crate) place: &'static str,
    pub(crate) pay_by: &'static str,
    pub(crate) case: &'static str,
    pub(crate) vehicle: &'static str,
    pub(crate) known_customer: &'static str,
}

/// What can be done: how it is called, and what it will do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Doing {
    pub(crate) name: &'static str,
    pub(crate) does: &'static str,
}

/// All that can be done to a sale.
pub(crate) struct Actions {
    pub(crate) pay_signal: Doing,
    pub(crate) pay_balance: Doing,
    pub(crate) documents: Doing,
    pub(crate) deliver: Doing,
    pub(crate) correct: Doing,
    pub(crate) extend: Doing,
    pub(crate) resubmit: Doing,
    pub(crate) close_case: Doing,
    pub(crate) credentials: Doing,
    pub(crate) cancel: Doing,
    pub(crate) erase: Doing,
}

/// What the month's report says.
pub(crate) struct Reports {
    pub(crate) title: &'static str,
    pub(crate) month: &'static str,
    pub(crate) show: &'static str,
    pub(crate) what: &'static str,
    pub(crate) difference: &'static str,
    pub(crate) sold: &'static str,
    pub(crate) outcomes: &'static str,
    pub(crate) money: &'static str,
    pub(crate) stages: &'static str,
    pub(crate) reads: &'static str,
    pub(crate) partial: &'static str,
    pub(crate) so_far: &'static str,
    pub(crate) spreadsheet: &'static str,
    pub(crate) account: fn(Account) -> &'static str,
}

/// What the form of a plan says.
pub(crate) struct PlanWords {
    pub(crate) edit: &'static str,
    pub(crate) names: &'static str,
    pub(crate) now: &'static str,
    pub(crate) compare: &'static str,
    pub(crate) save: &'static str,
    pub(crate) changes: &'static str,
    pub(crate) unchanged: &'static str,
    pub(crate) keeps: &'static str,
    pub(crate) put_by: &'static str,
    pub(crate) overtaken: &'static str,
    pub(crate) new: &'static str,
    pub(crate) new_lead: &'static str,
    pub(crate) code: &'static str,
    pub(crate) code_hint: &'static str,
    pub(crate) platform: &'static str,
    pub(crate) countries: &'static str,
    pub(crate) countries_hint: &'static str,
    pub(crate) options: &'static str,
    pub(crate) options_hint: &'static str,
    pub(crate) outline: &'static str,
}

impl Words {
    /// What is said once something was done, by its name in the address.
    pub(crate) fn notice(&self, name: &str) -> Option<&'static str> {
        match name {
            "done" => Some(self.done),
            "sold" => Some(self.sold),
            "over" => Some(self.over),
            "goodbye" => Some(self.goodbye),
            _ => None,
        }
    }
}

/// A language's words.
pub(crate) fn of(language: Language) -> &'static Words {
    match language {
        Language::Es => &es::WORDS,
        Language::En => &en::WORDS,
        Language::Pt => &pt::WORDS,
        Language::Fr => &fr::WORDS,
        Language::De => &de::WORDS,
        Language::It => &it::WORDS,
    }
}
