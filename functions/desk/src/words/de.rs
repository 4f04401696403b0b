//! The desk's words in German.

use super::{Actions, Doing, Fields, Words};
use domain::country::DocumentKind;
use domain::sale::{
    AttemptState, CaseKind, CheckKind, DeliveryPlace, FactKind, Movement, PaymentMethod, Status,
};
use edge::{ProblemType, Role};

pub(super) const WORDS: Words = Words {
    desk: "Verkaufstisch",
    log_in: "Mit dem Firmenkonto anmelden",
    log_in_lead: "Die Verkäufe Ihres Autohauses auf einer Seite.",
    issuer_silent: "Die Firmenanmeldung antwortet nicht. Versuchen Sie es noch einmal.",
    log_in_failed: "Die Antwort passt nicht zu dieser Anmeldung, oder sie kam zu spät. Beginnen Sie von vorn.",
    no_claims: "Ihr Konto sagt nicht alles, was der Verkaufstisch braucht. Wer es verwaltet, kann es ergänzen.",
    over: "Ihre Sitzung ist vorbei. Was Sie geschrieben hatten, wurde nicht gesendet.",
    goodbye: "Sie sind abgemeldet.",
    done: "Erledigt.",
    sold: "Der Verkauf ist erfasst. Als Nächstes kommt die Anzahlung.",
    board: "Übersicht",
    sell: "Verkaufen",
    stock: "Bestand",
    cases: "Fälle",
    overdue: "Überfällig",
    deliveries: "Auslieferungen",
    documents: "Unterlagen",
    documents_missing: "Unterlagen fehlen",
    plans: "Angebote",
    find: "Suchen",
    find_hint: "Name, E-Mail, Telefon, Bestellung, FIN oder Kennzeichen",
    nothing: "Hier ist nichts.",
    under_way: "Laufend",
    is_overdue: "Überfällig",
    due_soon: "Bald fällig",
    more: "Es gibt mehr: filtern Sie nach Datum.",
    filter: "Filtern",
    employee: "Mitarbeiter",
    from_day: "Erfasst von",
    to_day: "bis",
    every_plan: "Alle",
    customer: "Kunde",
    plan: "Angebot",
    options: "Optionen",
    price: "Preis",
    due_by: "Fällig",
    order: "Werksbestellung",
    estimated: "Voraussichtliche Lieferung",
    vehicle: "FIN",
    plate: "Kennzeichen",
    refusal: "Die Behörde hat abgelehnt",
    delivery: "Auslieferung",
    elsewhere: "Andere Lieferadresse",
    seller: "Verkauft von",
    signal: "Anzahlung",
    balance: "Restzahlung",
    payments: "Zahlungen",
    ledger: "Buchungen",
    messages: "Nachrichten an den Kunden",
    history: "Was geschehen ist",
    actions: "Was man tun kann",
    needs_role: "Das darf, wer diese Rolle hat:",
    erased: "Die Daten des Kunden sind gelöscht.",
    page_lead: "Der Kunde zahlt am eigenen Telefon: diesen Code scannen lassen oder den Link senden.",
    page_link: "Zahlungsseite",
    missing_amount: "Noch offen",
    holder: "Kontoinhaber",
    reference: "Verwendungszweck",
    from: "Fahrzeug",
    from_factory: "Aus dem Werk",
    calculate: "Preis berechnen",
    register: "Verkauf erfassen",
    leaving: "Auch die Firmensitzung wird beendet",
    go_on: "Weiter",
    back: "Zurück zur Übersicht",
    settled: "geschlossen",
    no_file: "Wählen Sie die Datei oder schreiben Sie ihre SHA-256-Prüfsumme. Die Datei bleibt auf Ihrem Gerät.",
    columns: [
        "Anzahlung offen",
        "Bestellung",
        "Im Werk",
        "Im Autohaus",
        "Zulassung",
        "Auslieferung",
    ],
    fields: Fields {
        full_name: "Vollständiger Name",
        email: "E-Mail",
        phone: "Telefon",
        tax_id: "Steuernummer",
        language: "Sprache der Nachrichten",
        address: "Adresse",
        street: "Straße und Nummer",
        postal_code: "Postleitzahl",
        city: "Ort",
        country: "Land (zwei Buchstaben)",
        reason: "Grund",
        method: "Zahlungsweg",
        document: "Unterlage",
        digest: "Prüfsumme der Datei",
        date: "Tag",
        time: "Uhrzeit",
        place: "Wo",
        pay_by: "Neue Frist",
        case: "Fall",
        known_customer: "Es ist derselbe Kunde, der Name ist nur anders geschrieben",
    },
    doing: Actions {
        pay_signal: Doing {
            name: "Anzahlung annehmen",
            does: "Eröffnet eine Zahlung: eine Seite für das Telefon des Kunden oder ein Konto für die Überweisung. Eine offene endet vorher.",
        },
        pay_balance: Doing {
            name: "Restzahlung annehmen",
            does: "Eröffnet die Restzahlung auf dieselbe Weise. Danach geht die Zulassung von selbst weiter.",
        },
        documents: Doing {
            name: "Unterlage ablegen",
            does: "Vermerkt die Unterlage und wer sie abgelegt hat. Mit der letzten fehlenden geht die Zulassung weiter.",
        },
        deliver: Doing {
            name: "Auslieferung vorbereiten und vereinbaren",
            does: "Hakt ab, was fertig ist, und nennt dem Kunden den Tag. Ist alles erledigt und ein Tag vereinbart, wird übergeben.",
        },
        correct: Doing {
            name: "Daten berichtigen",
            does: "Ändert nur, was Sie anders schreiben. Wer, wann und warum bleiben beim Verkauf.",
        },
        extend: Doing {
            name: "Frist verlängern",
            does: "Gibt mehr Zeit für die Restzahlung und sagt es dem Kunden.",
        },
        resubmit: Doing {
            name: "Zulassung erneut beantragen",
            does: "Die Behörde wird erneut gefragt; der Grund der Ablehnung muss behoben sein.",
        },
        close_case: Doing {
            name: "Fall schließen",
            does: "Verantwortet, was das System nicht klären kann; was stand, geht weiter.",
        },
        credentials: Doing {
            name: "Neue Zugangsdaten senden",
            does: "Der Kunde bekommt eine neue Mail; die frühere gilt nicht mehr.",
        },
        cancel: Doing {
            name: "Verkauf stornieren",
            does: "Beendet den Verkauf vor der Bestellung; eine gezahlte Anzahlung geht ganz zurück. Nicht umkehrbar.",
        },
        erase: Doing {
            name: "Kundendaten löschen",
            does: "Löscht die persönlichen Daten in allen abgeschlossenen Käufen. Beträge bleiben. Nicht umkehrbar.",
        },
    },
    status: |status| match status {
        Status::SaleRegistered => "Erfasst",
        Status::ReservationPaid => "Anzahlung bezahlt",
        Status::OrderPlaced => "Bestellt",
        Status::Manufacturing => "In Fertigung",
        Status::VehicleReady => "Im Autohaus",
        Status::FinalPaymentPending => "Restzahlung offen",
        Status::PaymentReceived => "Bezahlt",
        Status::VehicleRegistered => "Zugelassen",
        Status::ReadyForDelivery => "Bereit zur Auslieferung",
        Status::HandedOver => "Übergeben",
        Status::PaymentFailed => "Restzahlung ausgeblieben",
        Status::SinAsignar => "Sin asignar",
        Status::Lapsed => "Verfallen",
        Status::OrderRejected => "Vom Werk abgelehnt",
        Status::Cancelled => "Storniert",
    },
    fact: |fact| match fact {
        FactKind::InProduction => "Fertigung begonnen",
        FactKind::QualityCheck => "Qualitätsprüfung bestanden",
        FactKind::ReadyForShipment => "Versandbereit",
        FactKind::InTransit => "Unterwegs",
        FactKind::AvailableForCustomer => "Für den Kunden bereit",
        FactKind::RegistrationRefused => "Zulassung abgelehnt",
        FactKind::DeliveryArranged => "Auslieferung vereinbart",
        FactKind::RefundDue => "Rückzahlung fällig",
        FactKind::Refunded => "Zurückgezahlt",
        FactKind::DeadlineExtended => "Frist verlängert",
        FactKind::PaymentReversed => "Die Bank hat eine Zahlung zurückgeholt",
        FactKind::PaymentReinstated => "Die Bank hat sie zurückgegeben",
        FactKind::PaymentAsked => "Zahlung wartet auf den Kunden",
        FactKind::EstimateMoved => "Liefertermin verschoben",
        FactKind::DeadlineReminder => "Erinnerung an die Frist",
        FactKind::AtDealership => "Im Autohaus",
        FactKind::SaleRegistered => "Erfasst",
        FactKind::ReservationPaid => "Anzahlung bezahlt",
        FactKind::OrderPlaced => "Bestellt",
        FactKind::PaymentReceived => "Bezahlt",
        FactKind::VehicleRegistered => "Zugelassen",
        FactKind::ReadyForDelivery => "Bereit zur Auslieferung",
        FactKind::HandedOver => "Übergeben",
        FactKind::PaymentFailed => "Restzahlung ausgeblieben",
        FactKind::SinAsignar => "Sin asignar",
        FactKind::Lapsed => "Verfallen",
        FactKind::OrderRejected => "Vom Werk abgelehnt",
        FactKind::Cancelled => "Storniert",
    },
    case: |case| match case {
        CaseKind::PaymentUnsettled => "Zahlung ungeklärt",
        CaseKind::RefundUnsettled => "Rückzahlung ausstehend",
        CaseKind::RefundFailed => "Rückzahlung gescheitert",
        CaseKind::PaymentReversed => "Zahlung zurückgeholt",
        CaseKind::DocumentsMissing => "Unterlagen fehlen",
        CaseKind::RegistrationRefused => "Zulassung abgelehnt",
        CaseKind::AuthoritySilent => "Behörde antwortet nicht",
        CaseKind::FactorySilent => "Werk antwortet nicht",
        CaseKind::OrderCancelled => "Bestellung vom Werk storniert",
        CaseKind::OrderHeld => "Bestellung angehalten",
        CaseKind::VehicleUnclear => "Fahrzeug unklar",
        CaseKind::MailUndeliverable => "Mail unzustellbar",
    },
    document: |document| match document {
        DocumentKind::Identity => "Ausweis",
        DocumentKind::ProofOfAddress => "Meldebescheinigung",
        DocumentKind::CertificateOfConformity => "Übereinstimmungsbescheinigung",
        DocumentKind::TaxDeclaration => "Steuererklärung",
        DocumentKind::Insurance => "Versicherung",
    },
    check: |check| match check {
        CheckKind::PreDeliveryInspection => "Übergabeinspektion",
        CheckKind::Cleaning => "Reinigung",
        CheckKind::PlatesMounted => "Kennzeichen montiert",
        CheckKind::PapersAndKeys => "Papiere und Schlüssel",
    },
    movement: |movement| match movement {
        Movement::Captured => "Eingegangen",
        Movement::Refunded => "Zurückgezahlt",
        Movement::RefundFailed => "Rückzahlung gescheitert",
        Movement::PaidOut => "Auf anderem Weg ausgezahlt",
        Movement::Allowed => "Aus Kulanz zurückgezahlt",
        Movement::AllowanceFailed => "Kulanz gescheitert",
        Movement::Reversed => "Von der Bank zurückgeholt",
        Movement::Reinstated => "Von der Bank zurückgegeben",
        Movement::Earned => "Verdient",
        Movement::Forfeited => "Anzahlung verfallen",
        Movement::FeesOwed => "Gebühren geschuldet",
    },
    method: |method| match method {
        PaymentMethod::Card => "Karte",
        PaymentMethod::SepaDebit => "Lastschrift",
        PaymentMethod::BankTransfer => "Überweisung",
        PaymentMethod::Checkout => "Karte, am Telefon des Kunden",
    },
    place: |place| match place {
        DeliveryPlace::Dealership => "Im Autohaus",
        DeliveryPlace::CustomerAddress => "Beim Kunden",
    },
    role: |role| match role {
        Role::Sales => "Verkauf",
        Role::DealershipManager => "Leitung des Autohauses",
        Role::Auditor => "Revision",
        Role::Product => "Produkt",
    },
    attempt: |attempt| match attempt {
        AttemptState::Unknown => "Ausgang unbekannt",
        AttemptState::AwaitsCustomer(..) => "wartet auf den Kunden",
        AttemptState::Processing(_) => "bei der Bank",
        AttemptState::Declined(_) => "abgelehnt",
        AttemptState::Expired(_) => "nicht beendet",
        AttemptState::Captured(_) => "bezahlt",
        AttemptState::RefundDue(_) => "zurückzuzahlen",
        AttemptState::Refunded(..) => "zurückgezahlt",
        AttemptState::RefundFailed(_) => "Rückzahlung gescheitert",
        AttemptState::Reversed(_) => "von der Bank zurückgeholt",
    },
    problem: |problem| match problem {
        ProblemType::Forbidden => "Ihre Rolle erlaubt das nicht.",
        ProblemType::PaymentDeclined => {
            "Die Zahlung wurde abgelehnt, nichts wurde belastet. Wählen Sie einen anderen Weg."
        }
        ProblemType::PaymentNotDue => "Diese Zahlung ist jetzt nicht fällig.",
        ProblemType::AlreadyPaid => "Das ist schon bezahlt.",
        ProblemType::PaymentInProgress => {
            "Eine andere Zahlung ist bei der Bank. Warten Sie ihren Ausgang ab."
        }
        ProblemType::SaleEnded => "Der Verkauf ist beendet.",
        ProblemType::DeadlinePassed => "Die Frist ist vorbei.",
        ProblemType::TooManyAttempts => "Diese Zahlung wurde zu oft versucht.",
        ProblemType::OrderAlreadyPlaced => {
            "Die Bestellung läuft oder das Fahrzeug ist reserviert: keine Stornierung mehr."
        }
        ProblemType::NoDeadline => "Es wird keine Restzahlung erwartet.",
        ProblemType::TooManyExtensions => "Die Frist wurde schon achtmal verlängert.",
        ProblemType::CaseNotFound => "Es ist kein Fall offen.",
        ProblemType::CaseClosesItself => {
            "Der Fall schließt sich von selbst, sobald er geklärt ist."
        }
        ProblemType::PaymentReversed => {
            "Eine Zahlung wurde zurückgeholt: Das ist zuerst zu klären."
        }
        ProblemType::DocumentsMissing => "Der Behörde fehlen Unterlagen.",
        ProblemType::RegistrationNotDue => "Die Behörde hat nichts abgelehnt.",
        ProblemType::AlreadyRegistered => "Das Fahrzeug ist schon zugelassen.",
        ProblemType::DeliveryNotDue => "Die Auslieferung wird nach der Zulassung vorbereitet.",
        ProblemType::HandedOver => "Der Verkauf ist schon übergeben.",
        ProblemType::DayGone => "Der Tag ist vorbei: Vereinbaren Sie einen anderen.",
        ProblemType::TooManyArrangements => "Die Auslieferung wurde zu oft vereinbart.",
        ProblemType::TooManyDocuments => "Der Verkauf hat zu viele Unterlagen.",
        ProblemType::EmailOfAnother => {
            "Diese E-Mail gehört einem Kunden anderen Namens. Ist es derselbe, bestätigen Sie es unten."
        }
        ProblemType::PartnerHasCustomer => {
            "Werk oder Behörde haben die Daten: nach der Antwort zu berichtigen."
        }
        ProblemType::TooManyCorrections => "Die Daten wurden zu oft berichtigt.",
        ProblemType::VehicleHeld => "Ein anderer Verkauf hat dieses Fahrzeug.",
        ProblemType::VehicleNotFound => "Dieses Fahrzeug ist nicht in Ihrem Bestand.",
        ProblemType::VehicleDiffers => "Das Fahrzeug entspricht nicht Angebot und Optionen.",
        ProblemType::TooManyUnpaid => {
            "Zu viele Verkäufe warten auf die Anzahlung: erst eine andere klären."
        }
        ProblemType::PurchaseOpen => "Ein Kauf des Kunden ist nicht abgeschlossen.",
        ProblemType::AccountActive => {
            "Der Kunde hat schon ein Passwort und kann es im Portal zurücksetzen."
        }
        ProblemType::IdempotencyKeyReused => {
            "Dieses Formular wurde schon mit anderen Daten gesendet. Prüfen und erneut senden."
        }
        ProblemType::NotOffered => "Das Angebot gibt es so in Ihrem Land nicht.",
        ProblemType::InvalidRequest => "Prüfen Sie das Markierte. Alles andere ist noch da.",
        _ => "Das ist jetzt nicht möglich.",
    },
    fault: |field| match field.rsplit('/').next().unwrap_or_default() {
        "full_name" => "Vor- und Nachname wie im Ausweis.",
        "email" => "Eine E-Mail-Adresse wie ana@example.com.",
        "phone" => "Eine Nummer dieses Landes oder mit + und Vorwahl.",
        "tax_id" => "Eine Steuernummer dieses Landes oder des Wohnlandes; prüfen Sie die Ziffern.",
        "street" => "Straße und Hausnummer.",
        "postal_code" => "Eine Postleitzahl, wie sie das Land hat.",
        "city" => "Der Ort.",
        "country" => "Zwei Buchstaben wie DE oder ES.",
        "reason" => "Sagen Sie warum, in höchstens 200 Zeichen.",
        "pay_by" => "Ein Zeitpunkt nach der jetzigen Frist, nicht später als erlaubt.",
        "date" => "Ein Tag ab heute.",
        "time" => "Eine Uhrzeit, die noch kommt, wie 10:30.",
        "sha256"
        | "identity"
        | "proof-of-address"
        | "certificate-of-conformity"
        | "tax-declaration"
        | "insurance" => "64 hexadezimale Ziffern.",
        "code" | "options" => "Wählen Sie ein Angebot und seine Optionen.",
        "vehicle_id" => "Ein Fahrzeug aus Ihrem Bestand.",
        _ => "Prüfen Sie dieses Feld.",
    },
};
