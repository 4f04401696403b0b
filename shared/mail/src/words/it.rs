//! Italian, with Lei. A señal is a «caparra»: what a buyer who defaults leaves behind (Codice
//! civile, article 1385).

use super::{Amounts, Labels, Said, Words};
use crate::formats::Formats;
use domain::sale::Notification;

pub(super) const WORDS: Words = Words {
    formats: Formats {
        group: ".",
        decimal: ",",
        money: |amount, sign| format!("{amount}\u{a0}{sign}"),
        months: [
            "gennaio",
            "febbraio",
            "marzo",
            "aprile",
            "maggio",
            "giugno",
            "luglio",
            "agosto",
            "settembre",
            "ottobre",
            "novembre",
            "dicembre",
        ],
        date: |day, month, year| format!("{day} {month} {year}"),
        month: |month, year| format!("{month} {year}"),
        moment: |date, hour, minute| format!("{date}, ore {hour}:{minute:02}"),
    },
    labels: Labels {
        username: "Nome utente",
        initial_password: "Password iniziale",
        code: "Codice, se il link non si apre",
        valid_until: "Scadenza di link e password",
        link_valid_until: "Scadenza del link",
        vehicle: "Veicolo",
        order: "Ordine di fabbrica",
        estimated_delivery: "Consegna prevista",
        earlier_estimate: "Consegna prevista in precedenza",
        factory_reason: "Motivo indicato dalla fabbrica",
        amount_due: "Importo da pagare",
        pay_by: "Scadenza del pagamento",
        iban: "IBAN",
        bic: "BIC",
        account_holder: "Intestatario",
        reference: "Causale",
        pay: "Prosegui con il pagamento",
        amount_paid: "Importo ricevuto",
        signal_lost: "Caparra non rimborsata",
        signal_returned: "Caparra da rimborsare",
        amount_refunded: "Importo rimborsato",
        plate: "Targa",
        delivery: "Consegna del Suo veicolo",
        delivery_date: "Giorno della consegna",
        delivery_place: "Luogo della consegna",
        at_dealership: "Presso la Sua concessionaria",
        at_home: "Al Suo indirizzo",
        activate: "Attivi il Suo account",
        reset_password: "Scelga una nuova password",
        expediente: "Apra la pratica d’acquisto",
    },
    colon: ": ",
    greeting: |name| format!("Gentile {name},"),
    credentials,
    password_reset,
    notification,
    footer: "Riceve questa e-mail perché una concessionaria CaaS ha registrato un acquisto a Suo nome con questo indirizzo. Se non è destinata a Lei, La preghiamo di eliminarla.",
};

fn credentials() -> Said {
    Said::new(
        "I Suoi dati di accesso a CaaS",
        "Le diamo il benvenuto in CaaS",
        [
            "La Sua concessionaria ha registrato il Suo acquisto. Con questi dati può consultare la Sua pratica d’acquisto sul Web e nell’app.",
            "Se non ha ancora versato la caparra, che riserva il Suo veicolo, può farlo lì o presso la Sua concessionaria; la pratica dice quanto è e fino a quando.",
            "Attivi il Suo account con il link qui sotto prima che scada. Se è già scaduto, si rivolga alla Sua concessionaria.",
            "Non Le chiederemo mai la Sua password, né per e-mail né per telefono. Se qualcuno gliela chiede, non la comunichi.",
        ],
    )
}

fn password_reset() -> Said {
    Said::new(
        "Scelga una nuova password",
        "Ha richiesto una nuova password",
        [
            "Qualcuno, molto probabilmente Lei, ha richiesto una nuova password per il Suo account CaaS. La scelga con il link qui sotto, che funziona una sola volta.",
            "Se la richiesta non è Sua, non deve fare nulla: la Sua password resta la stessa.",
            "Non Le chiederemo mai la Sua password, né per e-mail né per telefono. Se qualcuno gliela chiede, non la comunichi.",
        ],
    )
}

fn notification(which: Notification, Amounts { balance, signal }: &Amounts) -> Said {
    match which {
        Notification::OrderPlaced => Said::new(
            "Abbiamo ordinato il Suo veicolo alla fabbrica",
            "Il Suo veicolo è stato ordinato",
            [
                &format!(
                    "Grazie per il versamento della caparra di {signal}. La fabbrica ha confermato l’ordine del Suo veicolo."
                ),
                "Le scriveremo a ogni passo, e può seguire tutto nella Sua pratica d’acquisto. Una volta effettuato l’ordine, la caparra non è rimborsabile.",
            ],
        ),
        Notification::ManufacturingStarted => Said::new(
            "È iniziata la produzione del Suo veicolo",
            "Il Suo veicolo è in produzione",
            [
                "La fabbrica ha iniziato a costruire il Suo veicolo.",
                "La avviseremo quando avrà superato il controllo qualità.",
            ],
        ),
        Notification::QualityCheckCompleted => Said::new(
            "Il Suo veicolo ha superato il controllo qualità",
            "Controllo qualità completato",
            [
                "Il montaggio è terminato e il Suo veicolo ha superato il controllo qualità.",
                "La avviseremo quando sarà pronto a lasciare la fabbrica.",
            ],
        ),
        Notification::ReadyForShipment => Said::new(
            "Il Suo veicolo è pronto a lasciare la fabbrica",
            "Pronto per il trasporto",
            [
                "Il Suo veicolo è finito e pronto per il trasporto.",
                "La avviseremo quando sarà in viaggio.",
            ],
        ),
        Notification::InTransit => Said::new(
            "Il Suo veicolo è in viaggio",
            "Il Suo veicolo è in viaggio",
            [
                "Il Suo veicolo ha lasciato la fabbrica ed è in viaggio verso la Sua concessionaria.",
                "La avviseremo non appena sarà arrivato.",
            ],
        ),
        Notification::AtDealership => Said::new(
            "Il Suo veicolo è arrivato in concessionaria",
            "Il Suo veicolo è arrivato",
            [
                "Il Suo veicolo si trova ora nella Sua concessionaria.",
                "Non appena sarà disponibile per il pagamento finale, Le indicheremo l’importo e la scadenza.",
            ],
        ),
        Notification::FinalPaymentDue => Said::new(
            "Il Suo veicolo è disponibile: manca il pagamento finale",
            "Ora può effettuare il pagamento finale",
            [
                &format!(
                    "Il Suo veicolo è disponibile nella Sua concessionaria, dove può pagare l’importo residuo di {balance}."
                ),
                "Non appena lo avremo ricevuto, la Sua concessionaria provvederà a immatricolare il veicolo.",
                &format!(
                    "Se il pagamento non viene completato entro la scadenza, il veicolo diventa «non assegnato»: Lei perde la prenotazione e la caparra di {signal} non viene rimborsata."
                ),
            ],
        ),
        Notification::FinalPaymentReceived => Said::new(
            "Abbiamo ricevuto il Suo pagamento finale",
            "Grazie: il Suo veicolo è pagato",
            [
                &format!(
                    "Abbiamo ricevuto il Suo pagamento finale di {balance}. Per il Suo veicolo non resta nulla da pagare."
                ),
                "Ora la Sua concessionaria provvede a immatricolarlo. La avviseremo quando avrà la targa.",
            ],
        ),
        Notification::PaymentFailed => Said::new(
            "La Sua prenotazione è terminata senza il pagamento finale",
            "La Sua prenotazione è terminata",
            [
                "Siamo spiacenti di comunicarLe che il termine per il pagamento finale è scaduto senza che il pagamento fosse completato. Ha perso la prenotazione, e il veicolo è ora «non assegnato», a disposizione della concessionaria.",
                &format!("La caparra di {signal} non viene rimborsata."),
                "La Sua pratica d’acquisto resta accessibile. Se desidera un altro veicolo, la Sua concessionaria sarà lieta di assisterLa.",
            ],
        ),
        Notification::VehicleRegistered => Said::new(
            "Il Suo veicolo è immatricolato",
            "Il Suo veicolo ha la targa",
            [
                "La Sua concessionaria ha immatricolato il Suo veicolo. Non deve fare alcuna pratica.",
                "La avviseremo quando sarà pronto per la consegna.",
            ],
        ),
        Notification::ReadyForDelivery => Said::new(
            "Il Suo veicolo è pronto per la consegna",
            "Pronto per la consegna",
            [
                "Il Suo veicolo è pagato, immatricolato e pronto per la consegna.",
                "La Sua concessionaria concorderà con Lei il giorno e il luogo, che Le confermeremo per iscritto.",
            ],
        ),
        Notification::DeliveryArranged => Said::new(
            "La data di consegna del Suo veicolo",
            "La Sua consegna è concordata",
            [
                "La Sua concessionaria Le consegna il veicolo nel giorno e nel luogo indicati sotto.",
                "Se quel giorno non può, ne parli con la Sua concessionaria: sarà lieta di concordarne un altro.",
            ],
        ),
        Notification::OrderRejected => Said::new(
            "La fabbrica non può costruire il Suo veicolo",
            "Ci dispiace di non poter costruire il Suo veicolo",
            [
                "La fabbrica ci ha comunicato di non poter costruire il veicolo che ha ordinato. Ci rammarichiamo di dover annullare l’acquisto.",
                &format!(
                    "Le rimborsiamo per intero la caparra di {signal}, sulla stessa carta o sullo stesso conto con cui è stata pagata. Non deve fare nulla."
                ),
                "La Sua concessionaria sarà lieta di aiutarLa a trovare un altro veicolo.",
            ],
        ),
        Notification::SaleLapsed => Said::new(
            "La Sua prenotazione è scaduta",
            "La Sua prenotazione è scaduta",
            [
                "La caparra non è stata versata entro il termine, perciò la prenotazione del Suo veicolo è scaduta. Lei non deve nulla.",
                "Se desidera ancora il veicolo, la Sua concessionaria sarà lieta di assisterLa.",
            ],
        ),
        Notification::SaleCancelled => Said::new(
            "Il Suo acquisto è stato annullato",
            "Il Suo acquisto è stato annullato",
            [
                "La Sua concessionaria ha annullato l’acquisto del Suo veicolo.",
                &format!(
                    "Se ha già versato la caparra di {signal}, La rimborsiamo per intero, sulla stessa carta o sullo stesso conto con cui è stata pagata. Non deve fare nulla."
                ),
                "Per qualsiasi domanda, la Sua concessionaria sarà lieta di assisterLa.",
            ],
        ),
        Notification::DeadlineExtended => Said::new(
            "Ha più tempo per il pagamento finale",
            "Ha più tempo per il pagamento finale",
            [
                &format!(
                    "La Sua concessionaria ha prorogato la scadenza per l’importo residuo di {balance}."
                ),
                &format!(
                    "Se il pagamento non viene completato entro la nuova scadenza, Lei perde la prenotazione e la caparra di {signal} non viene rimborsata."
                ),
            ],
        ),
        Notification::DeadlineReminder => Said::new(
            "Promemoria: il pagamento finale scade presto",
            "Il pagamento finale scade presto",
            [
                &format!(
                    "Il Suo veicolo L’aspetta in concessionaria. L’importo residuo di {balance} non è ancora stato pagato."
                ),
                &format!(
                    "Se il pagamento non viene completato in tempo, il veicolo diventa «non assegnato»: Lei perde la prenotazione e la caparra di {signal} non viene rimborsata."
                ),
                "Se non può pagare in tempo, ne parli con la concessionaria prima della scadenza.",
            ],
        ),
        Notification::EstimateMoved => Said::new(
            "La consegna prevista del suo veicolo è cambiata",
            "Una nuova data prevista",
            [
                "La fabbrica ha cambiato la data in cui prevede di consegnare il suo veicolo.",
                "Il suo ordine prosegue; lei non deve fare nulla. Nel suo fascicolo d’acquisto trova la nuova data e quelle precedenti.",
            ],
        ),
        Notification::PaymentAsked => Said::new(
            "Come completare il Suo pagamento",
            "Il Suo pagamento La attende",
            [
                "La Sua concessionaria ha avviato un pagamento per il Suo veicolo, e manca un passo che solo Lei può compiere.",
                "Controlli l’importo e la scadenza prima di proseguire. Se non riconosce questo pagamento, non lo effettui e ne parli con la Sua concessionaria.",
            ],
        ),
        Notification::PaymentRefunded => Said::new(
            "Le abbiamo rimborsato il pagamento",
            "Il Suo denaro è in arrivo",
            [
                "Abbiamo rimborsato per intero il Suo pagamento, sulla stessa carta o sullo stesso conto da cui proveniva.",
                "A seconda della banca, servono alcuni giorni prima di vederlo. Non deve fare nulla.",
            ],
        ),
    }
}
