//! Spanish, with usted.

use super::{Amounts, Labels, Said, Words};
use crate::formats::Formats;
use domain::sale::Notification;

pub(super) const WORDS: Words = Words {
    formats: Formats {
        group: ".",
        decimal: ",",
        money: |amount, sign| format!("{amount}\u{a0}{sign}"),
        months: [
            "enero",
            "febrero",
            "marzo",
            "abril",
            "mayo",
            "junio",
            "julio",
            "agosto",
            "septiembre",
            "octubre",
            "noviembre",
            "diciembre",
        ],
        date: |day, month, year| format!("{day} de {month} de {year}"),
        month: |month, year| format!("{month} de {year}"),
        moment: |date, hour, minute| format!("{date} a las {hour}:{minute:02}"),
    },
    labels: Labels {
        username: "Usuario",
        initial_password: "Contraseña inicial",
        code: "Código, si el enlace no se abre",
        valid_until: "Enlace y contraseña válidos hasta",
        link_valid_until: "Enlace válido hasta",
        vehicle: "Vehículo",
        order: "Pedido de fábrica",
        estimated_delivery: "Entrega estimada",
        earlier_estimate: "Entrega estimada antes",
        factory_reason: "Motivo según la fábrica",
        amount_due: "Importe pendiente",
        pay_by: "Fecha límite de pago",
        iban: "IBAN",
        bic: "BIC",
        account_holder: "Titular",
        reference: "Concepto",
        pay: "Continuar con el pago",
        amount_paid: "Importe recibido",
        signal_lost: "Señal, no reembolsable",
        signal_returned: "Señal que le devolvemos",
        amount_refunded: "Importe devuelto",
        plate: "Matrícula",
        delivery: "Entrega de su vehículo",
        delivery_date: "Día de la entrega",
        delivery_place: "Lugar de la entrega",
        at_dealership: "En su concesionario",
        at_home: "En su domicilio",
        activate: "Activar la cuenta",
        reset_password: "Elegir una contraseña nueva",
        expediente: "Ver el expediente",
    },
    colon: ": ",
    greeting: |name| format!("Hola, {name}:"),
    credentials,
    password_reset,
    notification,
    footer: "Recibe este correo porque un concesionario de CaaS registró una compra a su nombre con esta dirección. Si no es para usted, le rogamos que lo elimine.",
};

fn credentials() -> Said {
    Said::new(
        "Sus datos de acceso a CaaS",
        "Le damos la bienvenida a CaaS",
        [
            "Su concesionario ha registrado su compra. Con estos datos puede consultar su expediente de compra en la web y en la aplicación móvil.",
            "Si aún no ha pagado la señal, que reserva su vehículo, puede hacerlo allí o en su concesionario; el expediente dice cuánto es y hasta cuándo.",
            "Active su cuenta con el enlace de abajo antes de que caduque. Si ya ha caducado, diríjase a su concesionario.",
            "Nunca le pediremos su contraseña, ni por correo ni por teléfono. Si alguien se la pide, no se la dé.",
        ],
    )
}

fn password_reset() -> Said {
    Said::new(
        "Elija una contraseña nueva",
        "Ha pedido una contraseña nueva",
        [
            "Alguien, seguramente usted, ha pedido una contraseña nueva para su cuenta de CaaS. Elíjala con el enlace de abajo; sirve una sola vez.",
            "Si no ha sido usted, no tiene que hacer nada: su contraseña sigue siendo la misma.",
            "Nunca le pediremos su contraseña, ni por correo ni por teléfono. Si alguien se la pide, no se la dé.",
        ],
    )
}

fn notification(which: Notification, Amounts { balance, signal }: &Amounts) -> Said {
    match which {
        Notification::OrderPlaced => Said::new(
            "Hemos encargado su vehículo a la fábrica",
            "Su vehículo está encargado",
            [
                &format!(
                    "Gracias por el pago de la señal de {signal}. La fábrica ha confirmado el pedido de su vehículo."
                ),
                "Le escribiremos en cada paso, y puede seguirlo todo en su expediente. Una vez hecho el pedido, la señal no es reembolsable.",
            ],
        ),
        Notification::ManufacturingStarted => Said::new(
            "Ha empezado la fabricación de su vehículo",
            "Su vehículo ya se está fabricando",
            [
                "La fábrica ha empezado a construir su vehículo.",
                "Le avisaremos cuando pase el control de calidad.",
            ],
        ),
        Notification::QualityCheckCompleted => Said::new(
            "Su vehículo ha pasado el control de calidad",
            "Control de calidad completado",
            [
                "El montaje ha terminado y su vehículo ha pasado el control de calidad.",
                "Le avisaremos cuando esté listo para salir de la fábrica.",
            ],
        ),
        Notification::ReadyForShipment => Said::new(
            "Su vehículo está listo para salir de la fábrica",
            "Listo para el transporte",
            [
                "Su vehículo está terminado y listo para el transporte.",
                "Le avisaremos cuando esté en camino.",
            ],
        ),
        Notification::InTransit => Said::new(
            "Su vehículo está en camino",
            "Su vehículo está en camino",
            [
                "Su vehículo ha salido de la fábrica y viaja hacia su concesionario.",
                "Le avisaremos en cuanto llegue.",
            ],
        ),
        Notification::AtDealership => Said::new(
            "Su vehículo ha llegado al concesionario",
            "Su vehículo ha llegado",
            [
                "Su vehículo ya está en su concesionario.",
                "En cuanto esté disponible para el pago final, le indicaremos el importe y el plazo.",
            ],
        ),
        Notification::FinalPaymentDue => Said::new(
            "Su vehículo está disponible: falta el pago final",
            "Ya puede hacer el pago final",
            [
                &format!(
                    "Su vehículo está disponible en su concesionario, donde puede pagar el importe pendiente de {balance}."
                ),
                "En cuanto lo recibamos, su concesionario matriculará el vehículo.",
                &format!(
                    "Si el pago no se completa dentro del plazo, el vehículo quedará «sin asignar»: usted perderá la reserva y la señal de {signal} no se devolverá."
                ),
            ],
        ),
        Notification::FinalPaymentReceived => Said::new(
            "Hemos recibido su pago final",
            "Gracias: su vehículo está pagado",
            [
                &format!(
                    "Hemos recibido su pago final de {balance}. No queda ningún importe pendiente por su vehículo."
                ),
                "Su concesionario se encarga ahora de matricularlo. Le avisaremos cuando tenga la matrícula.",
            ],
        ),
        Notification::PaymentFailed => Said::new(
            "Su reserva ha terminado sin el pago final",
            "Su reserva ha terminado",
            [
                "Sentimos comunicarle que el plazo del pago final terminó sin que se completara el pago. Ha perdido la reserva, y el vehículo ha quedado «sin asignar», a disposición del concesionario.",
                &format!("La señal de {signal} no se devuelve."),
                "Puede seguir consultando su expediente. Si desea otro vehículo, su concesionario le atenderá con mucho gusto.",
            ],
        ),
        Notification::VehicleRegistered => Said::new(
            "Su vehículo está matriculado",
            "Su vehículo ya tiene matrícula",
            [
                "Su concesionario ha matriculado su vehículo. Usted no tiene que hacer ningún trámite.",
                "Le avisaremos cuando esté listo para la entrega.",
            ],
        ),
        Notification::ReadyForDelivery => Said::new(
            "Su vehículo está listo para la entrega",
            "Listo para la entrega",
            [
                "Su vehículo está pagado, matriculado y listo para la entrega.",
                "Su concesionario acordará con usted el día y el lugar, y se los confirmaremos por escrito.",
            ],
        ),
        Notification::DeliveryArranged => Said::new(
            "La entrega de su vehículo tiene fecha",
            "Su entrega está acordada",
            [
                "Su concesionario le entrega su vehículo el día y en el lugar que figuran abajo.",
                "Si no puede ese día, hable con su concesionario: con gusto acordará otro.",
            ],
        ),
        Notification::OrderRejected => Said::new(
            "La fábrica no puede construir su vehículo",
            "Sentimos no poder fabricar su vehículo",
            [
                "La fábrica nos ha comunicado que no puede construir el vehículo que usted encargó. Lamentamos tener que anular la compra.",
                &format!(
                    "Le devolvemos íntegra la señal de {signal}, a la misma tarjeta o cuenta con la que se pagó. Usted no tiene que hacer nada."
                ),
                "Su concesionario le ayudará con mucho gusto a encontrar otro vehículo.",
            ],
        ),
        Notification::SaleLapsed => Said::new(
            "Su reserva ha caducado",
            "Su reserva ha caducado",
            [
                "La señal no se pagó dentro del plazo, por lo que la reserva de su vehículo ha caducado. Usted no debe nada.",
                "Si todavía desea el vehículo, su concesionario le atenderá con mucho gusto.",
            ],
        ),
        Notification::SaleCancelled => Said::new(
            "Su compra se ha anulado",
            "Su compra se ha anulado",
            [
                "Su concesionario ha anulado la compra de su vehículo.",
                &format!(
                    "Si ya pagó la señal de {signal}, se la devolvemos íntegra, a la misma tarjeta o cuenta con la que se pagó. Usted no tiene que hacer nada."
                ),
                "Si tiene alguna pregunta, su concesionario le atenderá con mucho gusto.",
            ],
        ),
        Notification::DeadlineExtended => Said::new(
            "Tiene más tiempo para el pago final",
            "Tiene más tiempo para el pago final",
            [
                &format!(
                    "Su concesionario ha ampliado el plazo para pagar el importe pendiente de {balance}."
                ),
                &format!(
                    "Si el pago no se completa dentro del nuevo plazo, usted perderá la reserva y la señal de {signal} no se devolverá."
                ),
            ],
        ),
        Notification::DeadlineReminder => Said::new(
            "Recordatorio: el plazo del pago final termina pronto",
            "El plazo del pago final termina pronto",
            [
                &format!(
                    "Su vehículo le espera en el concesionario. Aún no se ha pagado el importe pendiente de {balance}."
                ),
                &format!(
                    "Si el pago no se completa a tiempo, el vehículo pasa a «sin asignar»: usted pierde la reserva y la señal de {signal} no se devuelve."
                ),
                "Si no puede pagar a tiempo, hable con su concesionario antes de la fecha límite.",
            ],
        ),
        Notification::EstimateMoved => Said::new(
            "Ha cambiado la entrega estimada de su vehículo",
            "Una nueva fecha estimada",
            [
                "La fábrica ha cambiado la fecha en que espera entregar su vehículo.",
                "Su pedido sigue adelante; usted no tiene que hacer nada. En su expediente están la nueva fecha y las anteriores.",
            ],
        ),
        Notification::PaymentAsked => Said::new(
            "Cómo completar su pago",
            "Su pago le espera",
            [
                "Su concesionario ha iniciado un pago de su vehículo, y falta un paso que solo usted puede dar.",
                "Compruebe el importe y el plazo antes de continuar. Si no reconoce este pago, no lo haga y hable con su concesionario.",
            ],
        ),
        Notification::PaymentRefunded => Said::new(
            "Le hemos devuelto su pago",
            "Su dinero está de camino",
            [
                "Hemos devuelto íntegramente su pago a la misma tarjeta o cuenta desde la que se hizo.",
                "Según su banco, tardará unos días en verlo. No tiene que hacer nada.",
            ],
        ),
    }
}
