//! The pages' words, in the languages of the countries that the cars are sold in.

use strum::{EnumString, IntoStaticStr};

/// A language that the pages speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "lowercase")]
pub(super) enum Language {
    En,
    Es,
    Pt,
    Fr,
    De,
    It,
}

/// What the pages say, but for errors.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) total: &'static str,
    pub(super) pay: &'static str,
    pub(super) back: &'static str,
    pub(super) card: &'static str,
    pub(super) email: &'static str,
    pub(super) number: &'static str,
    pub(super) expiry: &'static str,
    pub(super) cvc: &'static str,
    pub(super) holder: &'static str,
    pub(super) debit: &'static str,
    pub(super) account_holder: &'static str,
    pub(super) mandate: &'static str,
    pub(super) bank: &'static str,
    pub(super) confirm_question: &'static str,
    pub(super) complete: &'static str,
    pub(super) fail: &'static str,
    pub(super) transfer: &'static str,
    pub(super) transfer_how: &'static str,
    pub(super) still_missing: &'static str,
    pub(super) reference: &'static str,
    pub(super) is_paid: &'static str,
    pub(super) is_over: &'static str,
    pub(super) may_close: &'static str,
    /// A no without a reason of its own.
    declined: &'static str,
    funds: &'static str,
    expired: &'static str,
    authentication: &'static str,
    wrong_number: &'static str,
    wrong_expiry: &'static str,
    wrong_cvc: &'static str,
    wrong_iban: &'static str,
    too_large: &'static str,
}

impl Words {
    /// Why it can't be paid like this, by Stripe's codes.
    pub(super) fn error(&self, code: &str, decline_code: &str) -> &'static str {
        match (code, decline_code) {
            (_, "insufficient_funds") | ("insufficient_funds", _) => self.funds,
            ("expired_card", _) => self.expired,
            ("payment_intent_authentication_failure" | "authentication_required", _) => {
                self.authentication
            }
            ("incorrect_number", _) => self.wrong_number,
            ("invalid_expiry_month" | "invalid_expiry_year" | "parameter_invalid_integer", _) => {
                self.wrong_expiry
            }
            ("invalid_cvc" | "incorrect_cvc", _) => self.wrong_cvc,
            ("invalid_bank_account_iban", _) => self.wrong_iban,
            ("amount_too_large", _) => self.too_large,
            _ => self.declined,
        }
    }
}

impl Language {
    /// The language's words.
    pub(super) fn words(self) -> &'static Words {
        match self {
            Self::En => &EN,
            Self::Es => &ES,
            Self::Pt => &PT,
            Self::Fr => &FR,
            Self::De => &DE,
            Self::It => &IT,
        }
    }

    /// An amount of euros as it is written there.
    pub(super) fn money(self, cents: i64) -> String {
        let (thousands, decimals) = match self {
            Self::En => (",", "."),
            Self::Fr => ("\u{202f}", ","),
            Self::Es | Self::Pt | Self::De | Self::It => (".", ","),
        };
        let digits = (cents / 100).to_string();
        let mut euros = String::new();
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                euros.push_str(thousands);
            }
            euros.push(digit);
        }
        let number = format!("{euros}{decimals}{:02}", cents % 100);
        if self == Self::En { format!("€{number}") } else { format!("{number}\u{a0}€") }
    }
}

const EN: Words = Words {
    total: "Amount to pay",
    pay: "Pay",
    back: "Back",
    card: "Pay by card",
    email: "Email",
    number: "Card number",
    expiry: "Expiry date",
    cvc: "Security code (CVC)",
    holder: "Name on the card",
    debit: "Pay by SEPA direct debit",
    account_holder: "Account holder",
    mandate: "By paying you authorise us to debit your account once with this amount. You can ask \
              your bank for a refund within eight weeks.",
    bank: "Your bank asks you to confirm",
    confirm_question: "Is this payment yours?",
    complete: "Confirm the payment",
    fail: "It isn't mine",
    transfer: "Pay by bank transfer",
    transfer_how: "Send this amount from your bank. It may come in parts.",
    still_missing: "Still missing",
    reference: "Reference",
    is_paid: "The payment is made. Thank you.",
    is_over: "This page is no longer valid.",
    may_close: "Done. You can close this page.",
    declined: "Your bank has declined the payment.",
    funds: "The payment was declined: insufficient funds.",
    expired: "The card has expired.",
    authentication: "The payment wasn't confirmed with your bank.",
    wrong_number: "The card number is wrong.",
    wrong_expiry: "The expiry date is wrong.",
    wrong_cvc: "The security code is wrong.",
    wrong_iban: "The IBAN is wrong.",
    too_large: "The amount is too large for this way to pay.",
};

const ES: Words = Words {
    total: "Importe a pagar",
    pay: "Pagar",
    back: "Volver",
    card: "Pagar con tarjeta",
    email: "Correo electrónico",
    number: "Número de la tarjeta",
    expiry: "Fecha de caducidad",
    cvc: "Código de seguridad (CVC)",
    holder: "Titular de la tarjeta",
    debit: "Pagar con adeudo directo SEPA",
    account_holder: "Titular de la cuenta",
    mandate: "Al pagar nos autoriza a cargar una vez este importe en su cuenta. Puede pedir su \
              devolución al banco en un plazo de ocho semanas.",
    bank: "Su banco le pide que confirme",
    confirm_question: "¿Es suyo este pago?",
    complete: "Confirmar el pago",
    fail: "No es mío",
    transfer: "Pagar por transferencia",
    transfer_how: "Envíe este importe desde su banco. Puede llegar en partes.",
    still_missing: "Falta por recibir",
    reference: "Concepto",
    is_paid: "El pago está hecho. Gracias.",
    is_over: "Esta página ya no es válida.",
    may_close: "Hecho. Puede cerrar esta página.",
    declined: "Su banco ha rechazado el pago.",
    funds: "Pago rechazado: fondos insuficientes.",
    expired: "La tarjeta está caducada.",
    authentication: "El pago no se ha confirmado con su banco.",
    wrong_number: "El número de la tarjeta no es correcto.",
    wrong_expiry: "La fecha de caducidad no es correcta.",
    wrong_cvc: "El código de seguridad no es correcto.",
    wrong_iban: "El IBAN no es correcto.",
    too_large: "El importe es demasiado alto para esta forma de pago.",
};

const PT: Words = Words {
    total: "Montante a pagar",
    pay: "Pagar",
    back: "Voltar",
    card: "Pagar com cartão",
    email: "Correio eletrónico",
    number: "Número do cartão",
    expiry: "Data de validade",
    cvc: "Código de segurança (CVC)",
    holder: "Nome no cartão",
    debit: "Pagar por débito direto SEPA",
    account_holder: "Titular da conta",
    mandate: "Ao pagar, autoriza-nos a debitar uma vez este montante na sua conta. Pode pedir o \
              reembolso ao seu banco no prazo de oito semanas.",
    bank: "O seu banco pede a sua confirmação",
    confirm_question: "Este pagamento é seu?",
    complete: "Confirmar o pagamento",
    fail: "Não é meu",
    transfer: "Pagar por transferência",
    transfer_how: "Envie este montante a partir do seu banco. Pode chegar em partes.",
    still_missing: "Ainda em falta",
    reference: "Referência",
    is_paid: "O pagamento está feito. Obrigado.",
    is_over: "Esta página já não é válida.",
    may_close: "Feito. Pode fechar esta página.",
    declined: "O seu banco recusou o pagamento.",
    funds: "Pagamento recusado: saldo insuficiente.",
    expired: "O cartão está fora de validade.",
    authentication: "O pagamento não foi confirmado com o seu banco.",
    wrong_number: "O número do cartão não está correto.",
    wrong_expiry: "A data de validade não está correta.",
    wrong_cvc: "O código de segurança não está correto.",
    wrong_iban: "O IBAN não está correto.",
    too_large: "O montante é demasiado alto para esta forma de pagamento.",
};

const FR: Words = Words {
    total: "Montant à payer",
    pay: "Payer",
    back: "Retour",
    card: "Payer par carte",
    email: "Adresse e-mail",
    number: "Numéro de carte",
    expiry: "Date d’expiration",
    cvc: "Code de sécurité (CVC)",
    holder: "Nom du titulaire de la carte",
    debit: "Payer par prélèvement SEPA",
    account_holder: "Titulaire du compte",
    mandate: "En payant, vous nous autorisez à prélever une fois ce montant sur votre compte. Vous \
              pouvez en demander le remboursement à votre banque dans les huit semaines.",
    bank: "Votre banque vous demande de confirmer",
    confirm_question: "Ce paiement est-il le vôtre ?",
    complete: "Confirmer le paiement",
    fail: "Ce n’est pas le mien",
    transfer: "Payer par virement",
    transfer_how: "Envoyez ce montant depuis votre banque. Il peut arriver en plusieurs fois.",
    still_missing: "Reste à recevoir",
    reference: "Référence",
    is_paid: "Le paiement est effectué. Merci.",
    is_over: "Cette page n’est plus valable.",
    may_close: "C’est fait. Vous pouvez fermer cette page.",
    declined: "Votre banque a refusé le paiement.",
    funds: "Paiement refusé : provision insuffisante.",
    expired: "La carte a expiré.",
    authentication: "Le paiement n’a pas été confirmé auprès de votre banque.",
    wrong_number: "Le numéro de carte est incorrect.",
    wrong_expiry: "La date d’expiration est incorrecte.",
    wrong_cvc: "Le code de sécurité est incorrect.",
    wrong_iban: "L’IBAN est incorrect.",
    too_large: "Le montant est trop élevé pour ce mode de paiement.",
};

const DE: Words = Words {
    total: "Zu zahlender Betrag",
    pay: "Bezahlen:",
    back: "Zurück",
    card: "Mit Karte bezahlen",
    email: "E-Mail",
    number: "Kartennummer",
    expiry: "Gültig bis",
    cvc: "Prüfnummer (CVC)",
    holder: "Name auf der Karte",
    debit: "Per SEPA-Lastschrift bezahlen",
    account_holder: "Kontoinhaber",
    mandate: "Mit der Zahlung ermächtigen Sie uns, diesen Betrag einmal von Ihrem Konto \
              einzuziehen. Sie können ihn binnen acht Wochen von Ihrer Bank zurückverlangen.",
    bank: "Ihre Bank bittet um Bestätigung",
    confirm_question: "Ist diese Zahlung von Ihnen?",
    complete: "Zahlung bestätigen",
    fail: "Nicht von mir",
    transfer: "Per Überweisung bezahlen",
    transfer_how: "Überweisen Sie diesen Betrag. Er darf in Teilen kommen.",
    still_missing: "Noch offen",
    reference: "Verwendungszweck",
    is_paid: "Die Zahlung ist erfolgt. Vielen Dank.",
    is_over: "Diese Seite gilt nicht mehr.",
    may_close: "Fertig. Sie können diese Seite schließen.",
    declined: "Ihre Bank hat die Zahlung abgelehnt.",
    funds: "Zahlung abgelehnt: Deckung reicht nicht aus.",
    expired: "Die Karte ist abgelaufen.",
    authentication: "Die Zahlung wurde bei Ihrer Bank nicht bestätigt.",
    wrong_number: "Die Kartennummer stimmt nicht.",
    wrong_expiry: "Das Ablaufdatum stimmt nicht.",
    wrong_cvc: "Die Prüfnummer stimmt nicht.",
    wrong_iban: "Die IBAN stimmt nicht.",
    too_large: "Der Betrag ist für diese Zahlungsart zu hoch.",
};

const IT: Words = Words {
    total: "Importo da pagare",
    pay: "Paga",
    back: "Indietro",
    card: "Paga con carta",
    email: "E-mail",
    number: "Numero della carta",
    expiry: "Data di scadenza",
    cvc: "Codice di sicurezza (CVC)",
    holder: "Nome sulla carta",
    debit: "Paga con addebito diretto SEPA",
    account_holder: "Intestatario del conto",
    mandate: "Pagando ci autorizza ad addebitare una volta questo importo sul suo conto. Può \
              chiederne il rimborso alla sua banca entro otto settimane.",
    bank: "La sua banca le chiede di confermare",
    confirm_question: "Questo pagamento è suo?",
    complete: "Conferma il pagamento",
    fail: "Non è mio",
    transfer: "Paga con bonifico",
    transfer_how: "Invii questo importo dalla sua banca. Può arrivare in più parti.",
    still_missing: "Ancora da ricevere",
    reference: "Causale",
    is_paid: "Il pagamento è stato effettuato. Grazie.",
    is_over: "Questa pagina non è più valida.",
    may_close: "Fatto. Può chiudere questa pagina.",
    declined: "La sua banca ha rifiutato il pagamento.",
    funds: "Pagamento rifiutato: fondi insufficienti.",
    expired: "La carta è scaduta.",
    authentication: "Il pagamento non è stato confermato con la sua banca.",
    wrong_number: "Il numero della carta non è corretto.",
    wrong_expiry: "La data di scadenza non è corretta.",
    wrong_cvc: "Il codice di sicurezza non è corretto.",
    wrong_iban: "L’IBAN non è corretto.",
    too_large: "L’importo è troppo alto per questo modo di pagare.",
};

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn amounts_are_written_as_in_the_language_s_country() {
        assert_eq!(Language::Es.money(3_150_000), "31.500,00\u{a0}€");
        assert_eq!(Language::Fr.money(123_456_789), "1\u{202f}234\u{202f}567,89\u{a0}€");
        assert_eq!(Language::En.money(5), "€0.05");
    }
}
