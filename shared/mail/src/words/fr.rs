//! French, with vous. A señal is « arrhes »: what a buyer who withdraws leaves behind (Code civil,
//! article 1590).

use super::{Amounts, Labels, Said, Words};
use crate::formats::Formats;
use domain::sale::Notification;

pub(super) const WORDS: Words = Words {
    formats: Formats {
        group: "\u{a0}",
        decimal: ",",
        money: |amount, sign| format!("{amount}\u{a0}{sign}"),
        months: [
            "janvier",
            "février",
            "mars",
            "avril",
            "mai",
            "juin",
            "juillet",
            "août",
            "septembre",
            "octobre",
            "novembre",
            "décembre",
        ],
        date: |day, month, year| format!("{day} {month} {year}"),
        month: |month, year| format!("{month} {year}"),
        moment: |date, hour, minute| format!("{date} à {hour:02}:{minute:02}"),
    },
    labels: Labels {
        username: "Identifiant",
        initial_password: "Mot de passe initial",
        code: "Code, si le lien ne s’ouvre pas",
        valid_until: "Lien et mot de passe valables jusqu’au",
        link_valid_until: "Lien valable jusqu’au",
        vehicle: "Véhicule",
        order: "Commande d’usine",
        estimated_delivery: "Livraison estimée",
        earlier_estimate: "Livraison estimée auparavant",
        factory_reason: "Motif donné par l’usine",
        amount_due: "Solde à payer",
        pay_by: "Date limite de paiement",
        iban: "IBAN",
        bic: "BIC",
        account_holder: "Titulaire",
        reference: "Référence",
        pay: "Poursuivre le paiement",
        amount_paid: "Montant reçu",
        signal_lost: "Arrhes non remboursées",
        signal_returned: "Arrhes à rembourser",
        amount_refunded: "Montant remboursé",
        plate: "Plaque d’immatriculation",
        delivery: "Livraison de votre véhicule",
        delivery_date: "Jour de la livraison",
        delivery_place: "Lieu de la livraison",
        at_dealership: "À votre concession",
        at_home: "À votre adresse",
        activate: "Activer le compte",
        reset_password: "Choisir un nouveau mot de passe",
        expediente: "Ouvrir le dossier d’achat",
    },
    colon: "\u{a0}: ",
    greeting: |name| format!("Bonjour {name},"),
    credentials,
    password_reset,
    notification,
    footer: "Vous recevez cet e-mail parce qu’une concession CaaS a enregistré un achat à votre nom avec cette adresse. S’il ne vous est pas destiné, nous vous prions de le supprimer.",
};

fn credentials() -> Said {
    Said::new(
        "Vos identifiants d’accès à CaaS",
        "Bienvenue chez CaaS",
        [
            "Votre concession a enregistré votre achat. Les identifiants ci-dessous vous permettent de consulter votre dossier d’achat sur le Web et dans l’application mobile.",
            "Si vous n’avez pas encore versé les arrhes, qui réservent votre véhicule, vous pouvez le faire là ou auprès de votre concession\u{a0}; le dossier indique leur montant et jusqu’à quand.",
            "Veuillez activer votre compte avec le lien ci-dessous avant qu’il n’expire. S’il a déjà expiré, adressez-vous à votre concession.",
            "Nous ne vous demandons jamais votre mot de passe, ni par e-mail ni par téléphone. Si quelqu’un vous le demande, ne le communiquez pas.",
        ],
    )
}

fn password_reset() -> Said {
    Said::new(
        "Choisissez un nouveau mot de passe",
        "Vous avez demandé un nouveau mot de passe",
        [
            "Quelqu’un, sans doute vous, a demandé un nouveau mot de passe pour votre compte CaaS. Choisissez-le avec le lien ci-dessous\u{a0}; il ne sert qu’une fois.",
            "Si ce n’était pas vous, vous n’avez rien à faire\u{a0}: votre mot de passe reste le même.",
            "Nous ne vous demandons jamais votre mot de passe, ni par e-mail ni par téléphone. Si quelqu’un vous le demande, ne le communiquez pas.",
        ],
    )
}

fn notification(which: Notification, Amounts { balance, signal }: &Amounts) -> Said {
    match which {
        Notification::OrderPlaced => Said::new(
            "Nous avons commandé votre véhicule à l’usine",
            "Votre véhicule est commandé",
            [
                &format!(
                    "Nous vous remercions du versement des arrhes de {signal}. L’usine a confirmé la commande de votre véhicule."
                ),
                "Nous vous écrirons à chaque étape, et vous pouvez tout suivre dans votre dossier d’achat. Une fois la commande passée, les arrhes ne sont plus remboursables.",
            ],
        ),
        Notification::ManufacturingStarted => Said::new(
            "La fabrication de votre véhicule a commencé",
            "Votre véhicule est en cours de fabrication",
            [
                "L’usine a commencé à construire votre véhicule.",
                "Nous vous préviendrons lorsqu’il aura passé le contrôle qualité.",
            ],
        ),
        Notification::QualityCheckCompleted => Said::new(
            "Votre véhicule a passé le contrôle qualité",
            "Contrôle qualité terminé",
            [
                "Le montage est terminé et votre véhicule a passé le contrôle qualité avec succès.",
                "Nous vous préviendrons lorsqu’il sera prêt à quitter l’usine.",
            ],
        ),
        Notification::ReadyForShipment => Said::new(
            "Votre véhicule est prêt à quitter l’usine",
            "Prêt pour le transport",
            [
                "Votre véhicule est achevé et prêt pour le transport.",
                "Nous vous préviendrons lorsqu’il sera en route.",
            ],
        ),
        Notification::InTransit => Said::new(
            "Votre véhicule est en route",
            "Votre véhicule est en route",
            [
                "Votre véhicule a quitté l’usine et fait route vers votre concession.",
                "Nous vous préviendrons dès son arrivée.",
            ],
        ),
        Notification::AtDealership => Said::new(
            "Votre véhicule est arrivé à la concession",
            "Votre véhicule est arrivé",
            [
                "Votre véhicule se trouve désormais dans votre concession.",
                "Dès qu’il sera disponible pour le paiement final, nous vous indiquerons le montant et le délai.",
            ],
        ),
        Notification::FinalPaymentDue => Said::new(
            "Votre véhicule est disponible, il reste le paiement final",
            "Vous pouvez effectuer le paiement final",
            [
                &format!(
                    "Votre véhicule est disponible dans votre concession, où vous pouvez régler le solde de {balance}."
                ),
                "Dès réception de votre paiement, votre concession fera immatriculer le véhicule.",
                &format!(
                    "Si le paiement n’est pas effectué dans le délai, le véhicule devient «\u{a0}non attribué\u{a0}»\u{a0}: vous perdez la réservation et les arrhes de {signal} ne sont pas remboursées."
                ),
            ],
        ),
        Notification::FinalPaymentReceived => Said::new(
            "Nous avons reçu votre paiement final",
            "Merci, votre véhicule est payé",
            [
                &format!(
                    "Nous avons bien reçu votre paiement final de {balance}. Il ne reste rien à payer pour votre véhicule."
                ),
                "Votre concession s’occupe maintenant de l’immatriculation. Nous vous préviendrons dès qu’elle sera faite.",
            ],
        ),
        Notification::PaymentFailed => Said::new(
            "Votre réservation a pris fin sans le paiement final",
            "Votre réservation a pris fin",
            [
                "Nous sommes au regret de vous informer que le délai du paiement final est écoulé sans que le paiement ait été effectué. Vous avez perdu la réservation, et le véhicule est désormais «\u{a0}non attribué\u{a0}», à la disposition de la concession.",
                &format!("Les arrhes de {signal} ne sont pas remboursées."),
                "Votre dossier d’achat reste accessible. Si vous souhaitez un autre véhicule, votre concession se fera un plaisir de vous conseiller.",
            ],
        ),
        Notification::VehicleRegistered => Said::new(
            "Votre véhicule est immatriculé",
            "Votre véhicule a sa plaque",
            [
                "Votre concession a fait immatriculer votre véhicule. Vous n’avez aucune démarche à faire.",
                "Nous vous préviendrons lorsqu’il sera prêt pour la livraison.",
            ],
        ),
        Notification::ReadyForDelivery => Said::new(
            "Votre véhicule est prêt pour la livraison",
            "Prêt pour la livraison",
            [
                "Votre véhicule est payé, immatriculé et prêt à être livré.",
                "Votre concession conviendra avec vous du jour et du lieu, que nous vous confirmerons par écrit.",
            ],
        ),
        Notification::DeliveryArranged => Said::new(
            "La date de livraison de votre véhicule",
            "Votre livraison est fixée",
            [
                "Votre concession vous remet votre véhicule au jour et au lieu indiqués ci-dessous.",
                "Si ce jour ne vous convient pas, parlez-en à votre concession\u{a0}: elle en conviendra volontiers d’un autre.",
            ],
        ),
        Notification::OrderRejected => Said::new(
            "L’usine ne peut pas construire votre véhicule",
            "Nous regrettons de ne pouvoir fabriquer votre véhicule",
            [
                "L’usine nous a informés qu’elle ne peut pas construire le véhicule que vous avez commandé. Nous sommes désolés de devoir annuler l’achat.",
                &format!(
                    "Nous vous remboursons intégralement les arrhes de {signal}, sur la carte ou le compte utilisé pour le paiement. Vous n’avez rien à faire."
                ),
                "Votre concession se fera un plaisir de vous aider à trouver un autre véhicule.",
            ],
        ),
        Notification::SaleLapsed => Said::new(
            "Votre réservation a expiré",
            "Votre réservation a expiré",
            [
                "Les arrhes n’ont pas été versées dans le délai, la réservation de votre véhicule a donc expiré. Vous ne devez rien.",
                "Si vous souhaitez toujours ce véhicule, votre concession se tient à votre disposition.",
            ],
        ),
        Notification::SaleCancelled => Said::new(
            "Votre achat a été annulé",
            "Votre achat a été annulé",
            [
                "Votre concession a annulé l’achat de votre véhicule.",
                &format!(
                    "Si vous avez déjà versé les arrhes de {signal}, nous vous les remboursons intégralement, sur la carte ou le compte utilisé pour le paiement. Vous n’avez rien à faire."
                ),
                "Pour toute question, votre concession se tient à votre disposition.",
            ],
        ),
        Notification::DeadlineExtended => Said::new(
            "Vous avez plus de temps pour le paiement final",
            "Vous avez plus de temps pour le paiement final",
            [
                &format!("Votre concession a prolongé le délai de paiement du solde de {balance}."),
                &format!(
                    "Si le paiement n’est pas effectué dans le nouveau délai, vous perdez la réservation et les arrhes de {signal} ne sont pas remboursées."
                ),
            ],
        ),
        Notification::DeadlineReminder => Said::new(
            "Rappel\u{a0}: le délai du paiement final se termine bientôt",
            "Le délai du paiement final se termine bientôt",
            [
                &format!(
                    "Votre véhicule vous attend à la concession. Le solde de {balance} n’a pas encore été payé."
                ),
                &format!(
                    "Si le paiement n’est pas effectué à temps, le véhicule devient «\u{a0}non attribué\u{a0}»\u{a0}: vous perdez la réservation et les arrhes de {signal} ne sont pas remboursées."
                ),
                "Si vous ne pouvez pas payer à temps, parlez-en à votre concession avant la date limite.",
            ],
        ),
        Notification::EstimateMoved => Said::new(
            "La livraison estimée de votre véhicule a changé",
            "Une nouvelle date estimée",
            [
                "L’usine a changé la date à laquelle elle prévoit de livrer votre véhicule.",
                "Votre commande suit son cours\u{a0}; vous n’avez rien à faire. Votre dossier d’achat montre la nouvelle date et les précédentes.",
            ],
        ),
        Notification::PaymentAsked => Said::new(
            "Comment terminer votre paiement",
            "Votre paiement vous attend",
            [
                "Votre concessionnaire a engagé un paiement pour votre véhicule, et il reste une étape que vous seul pouvez accomplir.",
                "Vérifiez le montant et le délai avant de poursuivre. Si vous ne reconnaissez pas ce paiement, ne le faites pas et parlez-en à votre concessionnaire.",
            ],
        ),
        Notification::PaymentRefunded => Said::new(
            "Nous vous avons remboursé votre paiement",
            "Votre argent est en route",
            [
                "Nous avons remboursé intégralement votre paiement, sur la carte ou le compte d’où il venait.",
                "Selon votre banque, il faut quelques jours pour le voir apparaître. Vous n’avez rien à faire.",
            ],
        ),
    }
}
