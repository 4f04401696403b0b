//! What the portal says, a file a language. The form of address is the formal one, as in the mails.

mod de;
mod en;
mod es;
mod fr;
mod it;
mod pt;

use domain::Language;
use domain::sale::Decline;

/// All that a language has to bring: one that lacks words does not compile.
pub(crate) struct Words {
    pub(crate) log_in: &'static str,
    pub(crate) log_in_lead: &'static str,
    pub(crate) email: &'static str,
    pub(crate) password: &'static str,
    pub(crate) forgot: &'static str,
    pub(crate) forgot_lead: &'static str,
    pub(crate) send_link: &'static str,
    pub(crate) link_sent: &'static str,
    pub(crate) activate: &'static str,
    pub(crate) activate_lead: &'static str,
    pub(crate) code: &'static str,
    pub(crate) code_hint: &'static str,
    pub(crate) initial_password: &'static str,
    pub(crate) new_password: &'static str,
    pub(crate) password_hint: &'static str,
    pub(crate) activated: &'static str,
    pub(crate) reset: &'static str,
    pub(crate) account: &'static str,
    pub(crate) current_password: &'static str,
    pub(crate) change_password: &'static str,
    pub(crate) password_changed: &'static str,
    pub(crate) preferences: &'static str,
    pub(crate) preferences_lead: &'static str,
    pub(crate) preferences_saved: &'static str,
    pub(crate) progress: &'static str,
    pub(crate) payment_news: &'static str,
    pub(crate) delivery_news: &'static str,
    pub(crate) by_email: &'static str,
    pub(crate) by_app: &'static str,
    pub(crate) by_sms: &'static str,
    pub(crate) always: &'static str,
    pub(crate) save: &'static str,
    pub(crate) wrong_credentials: &'static str,
    pub(crate) wrong_link: &'static str,
    pub(crate) wrong_current: &'static str,
    pub(crate) weak_password: &'static str,
    pub(crate) too_soon: &'static str,
    pub(crate) back: &'static str,
    pub(crate) expediente: &'static str,
    pub(crate) purchases: &'static str,
    pub(crate) no_purchases: &'static str,
    pub(crate) steps: Steps,
    pub(crate) next_label: &'static str,
    pub(crate) by: &'static str,
    pub(crate) next: Next,
    pub(crate) ended: Ended,
    pub(crate) timeline: &'static str,
    pub(crate) messages: &'static str,
    pub(crate) done: &'static str,
    pub(crate) current: &'static str,
    pub(crate) to_come: &'static str,
    pub(crate) details: &'static str,
    pub(crate) options: &'static str,
    pub(crate) order: &'static str,
    pub(crate) estimated: &'static str,
    pub(crate) estimates: &'static str,
    pub(crate) since: &'static str,
    pub(crate) vehicle_id: &'static str,
    pub(crate) plate: &'static str,
    pub(crate) delivery: &'static str,
    pub(crate) at_dealership: &'static str,
    pub(crate) at_home: &'static str,
    pub(crate) payments: &'static str,
    pub(crate) price: &'static str,
    pub(crate) signal: &'static str,
    pub(crate) balance: &'static str,
    pub(crate) unpaid: &'static str,
    pub(crate) awaits: &'static str,
    pub(crate) paid_in_part: &'static str,
    pub(crate) unfinished: &'static str,
    pub(crate) processing: &'static str,
    pub(crate) declined: &'static str,
    pub(crate) reversed: &'static str,
    pub(crate) paid: &'static str,
    pub(crate) refund_due: &'static str,
    pub(crate) refunded: &'static str,
    pub(crate) receipt: &'static str,
    pub(crate) receipt_number: &'static str,
    pub(crate) date: &'static str,
    pub(crate) method: &'static str,
    pub(crate) card: &'static str,
    pub(crate) bank: &'static str,
    pub(crate) transfer: &'static str,
    pub(crate) buyer: &'static str,
    pub(crate) vehicle: &'static str,
    pub(crate) amount: &'static str,
    pub(crate) pay: &'static str,
    pub(crate) iban: &'static str,
    pub(crate) mandate: &'static str,
    pub(crate) pay_now: &'static str,
    pub(crate) wrong_iban: &'static str,
    pub(crate) pay_not_possible: &'static str,
    pub(crate) pay_unknown: &'static str,
    pub(crate) paying: Paying,
    pub(crate) receipts: Receipts,
}

/// What receipts say beside the amount.
pub(crate) struct Receipts {
    pub(crate) refund: &'static str,
    pub(crate) of_payment: &'static str,
    pub(crate) dealership: &'static str,
    pub(crate) tax_number: &'static str,
    pub(crate) net: &'static str,
    pub(crate) gross: &'static str,
    pub(crate) no_tax: &'static str,
    pub(crate) tax: &'static str,
    pub(crate) tax_by_vehicle: &'static str,
    pub(crate) tax_apart: &'static str,
    pub(crate) purchase: &'static str,
    pub(crate) pdf: &'static str,
    pub(crate) not_an_invoice: &'static str,
}

/// The ways to pay, and what a payment waits for.
pub(crate) struct Paying {
    pub(crate) pay_signal: &'static str,
    pub(crate) ways: &'static str,
    pub(crate) by_card: &'static str,
    pub(crate) by_card_hint: &'static str,
    pub(crate) by_transfer: &'static str,
    pub(crate) by_transfer_hint: &'static str,
    pub(crate) by_debit: &'static str,
    pub(crate) by_debit_hint: &'static str,
    pub(crate) leaving: &'static str,
    pub(crate) leaving_lead: &'static str,
    pub(crate) go_on: &'static str,
    pub(crate) go_on_lead: &'static str,
    pub(crate) confirm: &'static str,
    pub(crate) confirm_lead: &'static str,
    pub(crate) otherwise: &'static str,
    pub(crate) transfer_title: &'static str,
    pub(crate) transfer_lead: &'static str,
    pub(crate) parts_go_back: &'static str,
    pub(crate) holder: &'static str,
    pub(crate) reference: &'static str,
    pub(crate) missing: &'static str,
    pub(crate) came: &'static str,
    pub(crate) copy: &'static str,
    pub(crate) copied: &'static str,
    pub(crate) closed: &'static str,
    pub(crate) closed_lead: &'static str,
    pub(crate) declines: Declines,
}

/// Why a payment came to nothing, in sentences.
pub(crate) struct Declines {
    pub(crate) declined: &'static str,
    pub(crate) insufficient_funds: &'static str,
    pub(crate) not_confirmed: &'static str,
    pub(crate) other_way: &'static str,
    pub(crate) unfinished: &'static str,
}

impl Declines {
    /// What to tell the customer of a decline.
    pub(crate) fn of(&self, decline: Decline) -> &'static str {
        match decline {
            Decline::Declined | Decline::Expired | Decline::InvalidPaymentMethod => self.declined,
            Decline::InsufficientFunds => self.insufficient_funds,
            Decline::AuthenticationRequired => self.not_confirmed,
            Decline::AmountTooLarge | Decline::AmountTooSmall | Decline::NotPossible => {
                self.other_way
            }
            Decline::TimedOut => self.unfinished,
        }
    }
}

/// The timeline's steps.
pub(crate) struct Steps {
    pub(crate) registered: &'static str,
    pub(crate) reserved: &'static str,
    pub(crate) ordered: &'static str,
    pub(crate) in_production: &'static str,
    pub(crate) quality_check: &'static str,
    pub(crate) ready_for_shipment: &'static str,
    pub(crate) in_transit: &'static str,
    pub(crate) at_dealership: &'static str,
    pub(crate) available: &'static str,
    pub(crate) paid: &'static str,
    pub(crate) plated: &'static str,
    pub(crate) ready: &'static str,
    pub(crate) arranged: &'static str,
}

/// What happens next, in a sentence.
pub(crate) struct Next {
    pub(crate) pay_signal: &'static str,
    pub(crate) await_bank: &'static str,
    pub(crate) place_order: &'static str,
    pub(crate) manufacture: &'static str,
    pub(crate) finish_manufacturing: &'static str,
    pub(crate) ship: &'static str,
    pub(crate) arrive: &'static str,
    pub(crate) request_final_payment: &'static str,
    pub(crate) pay_balance: &'static str,
    pub(crate) register_vehicle: &'static str,
    pub(crate) prepare_delivery: &'static str,
    pub(crate) deliver: &'static str,
    pub(crate) receive: &'static str,
}

/// How a purchase ended that came to nothing.
pub(crate) struct Ended {
    pub(crate) unassigned: &'static str,
    pub(crate) unassigned_lead: &'static str,
    pub(crate) lapsed: &'static str,
    pub(crate) lapsed_lead: &'static str,
    pub(crate) rejected: &'static str,
    pub(crate) rejected_lead: &'static str,
    pub(crate) cancelled: &'static str,
    pub(crate) cancelled_lead: &'static str,
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
