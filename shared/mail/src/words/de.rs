//! German, with Sie.

use super::{Amounts, Labels, Said, Words};
use crate::formats::Formats;
use domain::sale::Notification;

pub(super) const WORDS: Words = Words {
    formats: Formats {
        group: ".",
        decimal: ",",
        money: |amount, sign| format!("{amount}\u{a0}{sign}"),
        months: [
            "Januar",
            "Februar",
            "März",
            "April",
            "Mai",
            "Juni",
            "Juli",
            "August",
            "September",
            "Oktober",
            "November",
            "Dezember",
        ],
        date: |day, month, year| format!("{day}. {month} {year}"),
        month: |month, year| format!("{month} {year}"),
        moment: |date, hour, minute| format!("{date} um {hour}:{minute:02} Uhr"),
    },
    labels: Labels {
        username: "Benutzername",
        initial_password: "Anfangspasswort",
        code: "Code, falls sich der Link nicht öffnet",
        valid_until: "Link und Passwort gültig bis",
        link_valid_until: "Link gültig bis",
        vehicle: "Fahrzeug",
        order: "Werksbestellung",
        estimated_delivery: "Voraussichtliche Lieferung",
        earlier_estimate: "Zuvor erwartete Lieferung",
        factory_reason: "Grund laut Werk",
        amount_due: "Offener Betrag",
        pay_by: "Zahlbar bis",
        iban: "IBAN",
        bic: "BIC",
        account_holder: "Kontoinhaber",
        reference: "Verwendungszweck",
        pay: "Weiter zur Zahlung",
        amount_paid: "Erhaltener Betrag",
        signal_lost: "Anzahlung, nicht erstattet",
        signal_returned: "Zu erstattende Anzahlung",
        amount_refunded: "Erstatteter Betrag",
        plate: "Kennzeichen",
        delivery: "Übergabe Ihres Fahrzeugs",
        delivery_date: "Tag der Übergabe",
        delivery_place: "Ort der Übergabe",
        at_dealership: "In Ihrem Autohaus",
        at_home: "An Ihrer Adresse",
        activate: "Konto aktivieren",
        reset_password: "Neues Passwort wählen",
        expediente: "Kaufakte öffnen",
    },
    colon: ": ",
    greeting: |name| format!("Guten Tag, {name}!"),
    credentials,
    password_reset,
    notification,
    footer: "Sie erhalten diese E-Mail, weil ein CaaS-Autohaus einen Kauf auf Ihren Namen mit dieser Adresse erfasst hat. Falls sie nicht für Sie bestimmt ist, löschen Sie sie bitte.",
};

fn credentials() -> Said {
    Said::new(
        "Ihre Zugangsdaten für CaaS",
        "Willkommen bei CaaS",
        [
            "Ihr Autohaus hat Ihren Kauf erfasst. Mit diesen Zugangsdaten können Sie Ihre Kaufakte im Web und in der mobilen App einsehen.",
            "Falls Sie die Anzahlung, die Ihr Fahrzeug reserviert, noch nicht geleistet haben, können Sie das dort oder bei Ihrem Autohaus tun; die Kaufakte sagt, wie viel es ist und bis wann.",
            "Bitte aktivieren Sie Ihr Konto über den Link unten, bevor er abläuft. Falls er bereits abgelaufen ist, wenden Sie sich bitte an Ihr Autohaus.",
            "Wir fragen Sie niemals nach Ihrem Passwort, weder per E-Mail noch am Telefon. Falls jemand danach fragt, geben Sie es bitte nicht weiter.",
        ],
    )
}

fn password_reset() -> Said {
    Said::new(
        "Wählen Sie ein neues Passwort",
        "Sie haben ein neues Passwort angefordert",
        [
            "Jemand, vermutlich Sie, hat ein neues Passwort für Ihr CaaS-Konto angefordert. Wählen Sie es über den Link unten; er gilt einmal.",
            "Falls Sie es nicht waren, müssen Sie nichts tun: Ihr Passwort bleibt, wie es ist.",
            "Wir fragen Sie niemals nach Ihrem Passwort, weder per E-Mail noch am Telefon. Falls jemand danach fragt, geben Sie es bitte nicht weiter.",
        ],
    )
}

fn notification(which: Notification, Amounts { balance, signal }: &Amounts) -> Said {
    match which {
        Notification::OrderPlaced => Said::new(
            "Wir haben Ihr Fahrzeug im Werk bestellt",
            "Ihr Fahrzeug ist bestellt",
            [
                &format!(
                    "Vielen Dank für Ihre Anzahlung von {signal}. Das Werk hat die Bestellung Ihres Fahrzeugs bestätigt."
                ),
                "Wir schreiben Ihnen bei jedem Schritt, und in Ihrer Kaufakte können Sie alles verfolgen. Da die Bestellung nun erteilt ist, wird die Anzahlung nicht mehr erstattet.",
            ],
        ),
        Notification::ManufacturingStarted => Said::new(
            "Die Fertigung Ihres Fahrzeugs hat begonnen",
            "Ihr Fahrzeug wird gebaut",
            [
                "Das Werk hat mit dem Bau Ihres Fahrzeugs begonnen.",
                "Wir benachrichtigen Sie, sobald es die Qualitätsprüfung bestanden hat.",
            ],
        ),
        Notification::QualityCheckCompleted => Said::new(
            "Ihr Fahrzeug hat die Qualitätsprüfung bestanden",
            "Qualitätsprüfung abgeschlossen",
            [
                "Die Montage ist abgeschlossen, und Ihr Fahrzeug hat die Qualitätsprüfung bestanden.",
                "Wir benachrichtigen Sie, sobald es das Werk verlassen kann.",
            ],
        ),
        Notification::ReadyForShipment => Said::new(
            "Ihr Fahrzeug kann das Werk verlassen",
            "Bereit für den Transport",
            [
                "Ihr Fahrzeug ist fertig und bereit für den Transport.",
                "Wir benachrichtigen Sie, sobald es unterwegs ist.",
            ],
        ),
        Notification::InTransit => Said::new(
            "Ihr Fahrzeug ist unterwegs",
            "Ihr Fahrzeug ist unterwegs",
            [
                "Ihr Fahrzeug hat das Werk verlassen und ist auf dem Weg zu Ihrem Autohaus.",
                "Wir benachrichtigen Sie, sobald es angekommen ist.",
            ],
        ),
        Notification::AtDealership => Said::new(
            "Ihr Fahrzeug ist im Autohaus angekommen",
            "Ihr Fahrzeug ist angekommen",
            [
                "Ihr Fahrzeug steht jetzt in Ihrem Autohaus.",
                "Sobald es für die Restzahlung bereitsteht, nennen wir Ihnen den Betrag und die Frist.",
            ],
        ),
        Notification::FinalPaymentDue => Said::new(
            "Ihr Fahrzeug steht bereit: Restzahlung fällig",
            "Sie können jetzt die Restzahlung leisten",
            [
                &format!(
                    "Ihr Fahrzeug steht in Ihrem Autohaus bereit. Dort können Sie den offenen Betrag von {balance} bezahlen."
                ),
                "Sobald die Zahlung eingegangen ist, lässt Ihr Autohaus das Fahrzeug zu.",
                &format!(
                    "Wird die Zahlung nicht fristgerecht abgeschlossen, gilt das Fahrzeug als „nicht zugewiesen“: Sie verlieren die Reservierung, und die Anzahlung von {signal} wird nicht erstattet."
                ),
            ],
        ),
        Notification::FinalPaymentReceived => Said::new(
            "Wir haben Ihre Restzahlung erhalten",
            "Vielen Dank: Ihr Fahrzeug ist bezahlt",
            [
                &format!(
                    "Wir haben Ihre Restzahlung von {balance} erhalten. Für Ihr Fahrzeug ist nichts mehr offen."
                ),
                "Ihr Autohaus kümmert sich nun um die Zulassung. Wir benachrichtigen Sie, sobald das Kennzeichen vorliegt.",
            ],
        ),
        Notification::PaymentFailed => Said::new(
            "Ihre Reservierung ist ohne Restzahlung erloschen",
            "Ihre Reservierung ist erloschen",
            [
                "Leider ist die Frist für die Restzahlung verstrichen, ohne dass die Zahlung abgeschlossen wurde. Ihre Reservierung ist damit erloschen; das Fahrzeug ist „nicht zugewiesen“ und steht dem Autohaus zur Verfügung.",
                &format!("Die Anzahlung von {signal} wird nicht erstattet."),
                "Ihre Kaufakte bleibt für Sie zugänglich. Wenn Sie ein anderes Fahrzeug wünschen, berät Ihr Autohaus Sie gern.",
            ],
        ),
        Notification::VehicleRegistered => Said::new(
            "Ihr Fahrzeug ist zugelassen",
            "Ihr Fahrzeug hat sein Kennzeichen",
            [
                "Ihr Autohaus hat die Zulassung Ihres Fahrzeugs erledigt. Sie müssen nichts weiter veranlassen.",
                "Wir benachrichtigen Sie, sobald es zur Übergabe bereit ist.",
            ],
        ),
        Notification::ReadyForDelivery => Said::new(
            "Ihr Fahrzeug ist zur Übergabe bereit",
            "Bereit zur Übergabe",
            [
                "Ihr Fahrzeug ist bezahlt, zugelassen und zur Übergabe bereit.",
                "Ihr Autohaus vereinbart Tag und Ort mit Ihnen, und wir bestätigen Ihnen beides schriftlich.",
            ],
        ),
        Notification::DeliveryArranged => Said::new(
            "Der Tag der Übergabe Ihres Fahrzeugs",
            "Ihre Übergabe ist vereinbart",
            [
                "Ihr Autohaus übergibt Ihnen das Fahrzeug am unten genannten Tag und Ort.",
                "Wenn Sie an diesem Tag verhindert sind, sprechen Sie mit Ihrem Autohaus: Es vereinbart gern einen anderen.",
            ],
        ),
        Notification::OrderRejected => Said::new(
            "Das Werk kann Ihr Fahrzeug nicht bauen",
            "Leider können wir Ihr Fahrzeug nicht bauen",
            [
                "Das Werk hat uns mitgeteilt, dass es das von Ihnen bestellte Fahrzeug nicht bauen kann. Wir bedauern, dass wir den Kauf stornieren müssen.",
                &format!(
                    "Wir erstatten Ihnen die Anzahlung von {signal} in voller Höhe auf dieselbe Karte oder dasselbe Konto, womit sie gezahlt wurde. Sie müssen nichts weiter tun."
                ),
                "Ihr Autohaus hilft Ihnen gern, ein anderes Fahrzeug zu finden.",
            ],
        ),
        Notification::SaleLapsed => Said::new(
            "Ihre Reservierung ist verfallen",
            "Ihre Reservierung ist verfallen",
            [
                "Die Anzahlung wurde nicht fristgerecht geleistet, daher ist die Reservierung Ihres Fahrzeugs verfallen. Sie schulden uns nichts.",
                "Wenn Sie das Fahrzeug weiterhin wünschen, hilft Ihnen Ihr Autohaus gern.",
            ],
        ),
        Notification::SaleCancelled => Said::new(
            "Ihr Kauf wurde storniert",
            "Ihr Kauf wurde storniert",
            [
                "Ihr Autohaus hat den Kauf Ihres Fahrzeugs storniert.",
                &format!(
                    "Falls Sie die Anzahlung von {signal} schon geleistet haben, erstatten wir sie in voller Höhe auf dieselbe Karte oder dasselbe Konto, womit sie gezahlt wurde. Sie müssen nichts weiter tun."
                ),
                "Bei Fragen hilft Ihnen Ihr Autohaus gern.",
            ],
        ),
        Notification::DeadlineExtended => Said::new(
            "Sie haben mehr Zeit für die Restzahlung",
            "Sie haben mehr Zeit für die Restzahlung",
            [
                &format!(
                    "Ihr Autohaus hat die Frist für den offenen Betrag von {balance} verlängert."
                ),
                &format!(
                    "Wird die Zahlung nicht innerhalb der neuen Frist abgeschlossen, verlieren Sie die Reservierung, und die Anzahlung von {signal} wird nicht erstattet."
                ),
            ],
        ),
        Notification::DeadlineReminder => Said::new(
            "Erinnerung: Ihre Restzahlung ist bald fällig",
            "Ihre Restzahlung ist bald fällig",
            [
                &format!(
                    "Ihr Fahrzeug wartet im Autohaus auf Sie. Der offene Betrag von {balance} ist noch nicht bezahlt."
                ),
                &format!(
                    "Wird die Zahlung nicht rechtzeitig abgeschlossen, gilt das Fahrzeug als „nicht zugewiesen“: Sie verlieren die Reservierung, und die Anzahlung von {signal} wird nicht erstattet."
                ),
                "Wenn Sie nicht rechtzeitig zahlen können, sprechen Sie bitte vor Ablauf der Frist mit Ihrem Autohaus.",
            ],
        ),
        Notification::EstimateMoved => Said::new(
            "Neuer Liefertermin für Ihr Fahrzeug",
            "Ein neuer voraussichtlicher Termin",
            [
                "Das Werk hat den Termin geändert, zu dem es Ihr Fahrzeug voraussichtlich liefert.",
                "Ihre Bestellung läuft weiter; Sie müssen nichts tun. Ihre Kaufakte zeigt den neuen Termin und die früheren.",
            ],
        ),
        Notification::PaymentAsked => Said::new(
            "So schließen Sie Ihre Zahlung ab",
            "Ihre Zahlung wartet auf Sie",
            [
                "Ihr Autohaus hat eine Zahlung für Ihr Fahrzeug begonnen, und ein Schritt fehlt noch, den nur Sie tun können.",
                "Prüfen Sie Betrag und Frist, bevor Sie fortfahren. Wenn Sie diese Zahlung nicht kennen, zahlen Sie nicht, und sprechen Sie mit Ihrem Autohaus.",
            ],
        ),
        Notification::PaymentRefunded => Said::new(
            "Wir haben Ihnen Ihre Zahlung erstattet",
            "Ihr Geld ist auf dem Weg zurück",
            [
                "Wir haben Ihre Zahlung vollständig erstattet, auf die Karte oder das Konto, von dem sie kam.",
                "Je nach Bank dauert es einige Tage, bis Sie den Betrag sehen. Sie müssen nichts weiter tun.",
            ],
        ),
    }
}
