//! The desk's words in Spanish.

use super::{Actions, Doing, Fields, Words};
use domain::country::DocumentKind;
use domain::sale::{
    AttemptState, CaseKind, CheckKind, DeliveryPlace, FactKind, Movement, PaymentMethod, Status,
};
use edge::{ProblemType, Role};

pub(super) const WORDS: Words = Words {
    desk: "Mesa de ventas",
    log_in: "Iniciar sesión con la cuenta corporativa",
    log_in_lead: "Las ventas de su concesionario, en una página.",
    issuer_silent: "El inicio de sesión corporativo no responde. Inténtelo de nuevo.",
    log_in_failed: "La respuesta no corresponde a este inicio de sesión, o llegó tarde. Empiece de nuevo.",
    no_claims: "Su cuenta no dice todo lo que la mesa necesita. Quien la administra puede añadirlo.",
    over: "Su sesión ha terminado. Lo que había escrito no se ha enviado.",
    goodbye: "Ha cerrado la sesión.",
    done: "Hecho.",
    sold: "Venta registrada. El siguiente paso es la señal.",
    board: "Tablero",
    sell: "Vender",
    stock: "Stock",
    cases: "Casos",
    overdue: "Vencidas",
    deliveries: "Entregas",
    documents: "Documentos",
    documents_missing: "Faltan documentos",
    plans: "Planes",
    find: "Buscar",
    find_hint: "Nombre, correo, teléfono, pedido, bastidor o matrícula",
    nothing: "Aquí no hay nada.",
    under_way: "En curso",
    is_overdue: "Vencida",
    due_soon: "Vence pronto",
    more: "Hay más: fíltrelas por fecha.",
    filter: "Filtrar",
    employee: "Empleado",
    from_day: "Registradas desde",
    to_day: "hasta",
    every_plan: "Todos",
    customer: "Cliente",
    plan: "Plan comercial",
    options: "Opciones",
    price: "Precio",
    due_by: "Vence",
    order: "Pedido de fábrica",
    estimated: "Entrega prevista",
    vehicle: "Bastidor",
    plate: "Matrícula",
    refusal: "La autoridad lo rechazó",
    delivery: "Entrega",
    elsewhere: "Otra dirección de entrega",
    seller: "Vendida por",
    signal: "Señal",
    balance: "Pago final",
    payments: "Pagos",
    ledger: "Libro de la venta",
    messages: "Mensajes al cliente",
    history: "Qué ha pasado",
    actions: "Qué se puede hacer",
    needs_role: "Lo hace quien tiene el papel:",
    erased: "Los datos del cliente se han borrado.",
    page_lead: "El cliente paga en su propio teléfono: que lea este código, o envíele el enlace.",
    page_link: "Página de pago",
    missing_amount: "Falta por recibir",
    holder: "Titular de la cuenta",
    reference: "Referencia",
    from: "Vehículo",
    from_factory: "De fábrica",
    calculate: "Calcular el precio",
    register: "Registrar la venta",
    leaving: "Cerrando también la sesión corporativa",
    go_on: "Continuar",
    back: "Volver al tablero",
    settled: "cerrado",
    no_file: "Elija el archivo, o escriba su huella SHA-256. El archivo no sale de su equipo.",
    columns: [
        "Señal pendiente",
        "Pedido",
        "En fábrica",
        "En el concesionario",
        "Matriculación",
        "Entrega",
    ],
    fields: Fields {
        full_name: "Nombre y apellidos",
        email: "Correo electrónico",
        phone: "Teléfono",
        tax_id: "NIF u otro número fiscal",
        language: "Idioma de los mensajes",
        address: "Dirección",
        street: "Calle y número",
        postal_code: "Código postal",
        city: "Población",
        country: "País (dos letras)",
        reason: "Motivo",
        method: "Cómo paga",
        document: "Documento",
        digest: "Huella del archivo",
        date: "Día",
        time: "Hora",
        place: "Dónde",
        pay_by: "Nuevo plazo",
        case: "Caso",
        known_customer: "Es el mismo cliente, con el nombre escrito de otra forma",
    },
    doing: Actions {
        pay_signal: Doing {
            name: "Cobrar la señal",
            does: "Abre un pago: una página para el teléfono del cliente o una cuenta para su transferencia. Un pago abierto antes termina.",
        },
        pay_balance: Doing {
            name: "Cobrar el pago final",
            does: "Abre el pago final del mismo modo. Pagado, la matriculación sigue sola.",
        },
        documents: Doing {
            name: "Archivar un documento",
            does: "Anota el documento y quién lo archivó. Con el último que falta, la matriculación sigue.",
        },
        deliver: Doing {
            name: "Preparar y acordar la entrega",
            does: "Marca lo que está listo y dice al cliente el día. Con todo hecho y un día acordado, la venta pasa a entrega.",
        },
        correct: Doing {
            name: "Corregir los datos",
            does: "Cambia solo lo que escriba distinto. Quién, cuándo y por qué quedan en la venta.",
        },
        extend: Doing {
            name: "Ampliar el plazo",
            does: "Da más tiempo para el pago final y se lo dice al cliente.",
        },
        resubmit: Doing {
            name: "Pedir de nuevo la matriculación",
            does: "La autoridad vuelve a recibir la solicitud; lo que rechazó debe estar resuelto.",
        },
        close_case: Doing {
            name: "Cerrar un caso",
            does: "Responde por lo que el sistema no puede resolver; lo que estaba parado sigue.",
        },
        credentials: Doing {
            name: "Enviar otras credenciales",
            does: "El cliente recibe otro correo; lo enviado antes deja de valer.",
        },
        cancel: Doing {
            name: "Anular la venta",
            does: "Termina la venta antes del pedido; una señal pagada se devuelve completa. No se puede deshacer.",
        },
        erase: Doing {
            name: "Borrar los datos del cliente",
            does: "Borra los datos personales en todas sus compras, ya terminadas. Los importes quedan. No se puede deshacer.",
        },
    },
    status: |status| match status {
        Status::SaleRegistered => "Registrada",
        Status::ReservationPaid => "Señal pagada",
        Status::OrderPlaced => "Pedida a fábrica",
        Status::Manufacturing => "En fabricación",
        Status::VehicleReady => "En el concesionario",
        Status::FinalPaymentPending => "Pago final pendiente",
        Status::PaymentReceived => "Pagada",
        Status::VehicleRegistered => "Matriculada",
        Status::ReadyForDelivery => "Lista para la entrega",
        Status::HandedOver => "Pasada a entrega",
        Status::PaymentFailed => "Pago final no hecho",
        Status::SinAsignar => "Sin asignar",
        Status::Lapsed => "Caducada",
        Status::OrderRejected => "Rechazada por fábrica",
        Status::Cancelled => "Anulada",
    },
    fact: |fact| match fact {
        FactKind::InProduction => "Empieza la fabricación",
        FactKind::QualityCheck => "Control de calidad superado",
        FactKind::ReadyForShipment => "Lista para salir de fábrica",
        FactKind::InTransit => "En camino",
        FactKind::AvailableForCustomer => "A disposición del cliente",
        FactKind::RegistrationRefused => "La autoridad rechazó la matriculación",
        FactKind::DeliveryArranged => "Entrega acordada",
        FactKind::RefundDue => "Devolución pendiente",
        FactKind::Refunded => "Devuelto",
        FactKind::DeadlineExtended => "Plazo ampliado",
        FactKind::PaymentReversed => "El banco retiró un pago",
        FactKind::PaymentReinstated => "El banco devolvió el pago",
        FactKind::DeadlineReminder => "Recordatorio del plazo",
        FactKind::AtDealership => "En el concesionario",
        FactKind::SaleRegistered => "Registrada",
        FactKind::ReservationPaid => "Señal pagada",
        FactKind::OrderPlaced => "Pedida a fábrica",
        FactKind::PaymentReceived => "Pagada",
        FactKind::VehicleRegistered => "Matriculada",
        FactKind::ReadyForDelivery => "Lista para la entrega",
        FactKind::HandedOver => "Pasada a entrega",
        FactKind::PaymentFailed => "Pago final no hecho",
        FactKind::SinAsignar => "Sin asignar",
        FactKind::Lapsed => "Caducada",
        FactKind::OrderRejected => "Rechazada por fábrica",
        FactKind::Cancelled => "Anulada",
    },
    case: |case| match case {
        CaseKind::PaymentUnsettled => "Pago sin resultado",
        CaseKind::RefundUnsettled => "Devolución sin hacer",
        CaseKind::PaymentReversed => "Pago retirado por el banco",
        CaseKind::DocumentsMissing => "Faltan documentos",
        CaseKind::RegistrationRefused => "Matriculación rechazada",
        CaseKind::AuthoritySilent => "La autoridad no responde",
        CaseKind::FactorySilent => "La fábrica no responde",
        CaseKind::OrderCancelled => "Pedido anulado por fábrica",
        CaseKind::OrderHeld => "Pedido retenido",
        CaseKind::VehicleUnclear => "Vehículo dudoso",
        CaseKind::MailUndeliverable => "Correo devuelto",
    },
    document: |document| match document {
        DocumentKind::Identity => "Documento de identidad",
        DocumentKind::ProofOfAddress => "Prueba de domicilio",
        DocumentKind::CertificateOfConformity => "Certificado de conformidad",
        DocumentKind::TaxDeclaration => "Declaración de impuestos",
        DocumentKind::Insurance => "Seguro",
    },
    check: |check| match check {
        CheckKind::PreDeliveryInspection => "Inspección previa a la entrega",
        CheckKind::Cleaning => "Limpieza",
        CheckKind::PlatesMounted => "Matrículas puestas",
        CheckKind::PapersAndKeys => "Papeles y llaves",
    },
    movement: |movement| match movement {
        Movement::Captured => "Cobrado",
        Movement::Refunded => "Devuelto",
        Movement::Reversed => "Retirado por el banco",
        Movement::Reinstated => "Repuesto por el banco",
        Movement::Earned => "Ganado",
        Movement::Forfeited => "Señal perdida",
        Movement::FeesOwed => "Tasas debidas",
    },
    method: |method| match method {
        PaymentMethod::Card => "Tarjeta",
        PaymentMethod::SepaDebit => "Adeudo directo",
        PaymentMethod::BankTransfer => "Transferencia",
        PaymentMethod::Checkout => "Tarjeta, en el teléfono del cliente",
    },
    place: |place| match place {
        DeliveryPlace::Dealership => "En el concesionario",
        DeliveryPlace::CustomerAddress => "En casa del cliente",
    },
    role: |role| match role {
        Role::Sales => "ventas",
        Role::DealershipManager => "gerencia del concesionario",
        Role::Auditor => "auditoría",
        Role::Product => "producto",
    },
    attempt: |attempt| match attempt {
        AttemptState::Unknown => "resultado desconocido",
        AttemptState::AwaitsCustomer(..) => "espera al cliente",
        AttemptState::Processing(_) => "en el banco",
        AttemptState::Declined(_) => "rechazado",
        AttemptState::Expired(_) => "sin terminar",
        AttemptState::Captured(_) => "pagado",
        AttemptState::RefundDue(_) => "por devolver",
        AttemptState::Refunded(..) => "devuelto",
        AttemptState::Reversed(_) => "retirado por el banco",
    },
    problem: |problem| match problem {
        ProblemType::Forbidden => "Su papel no permite esto.",
        ProblemType::PaymentDeclined => {
            "El pago fue rechazado y no se ha cobrado nada. Elija otra forma."
        }
        ProblemType::PaymentNotDue => "Este pago no toca ahora.",
        ProblemType::AlreadyPaid => "Ya está pagado.",
        ProblemType::PaymentInProgress => "Hay otro pago en el banco. Espere su resultado.",
        ProblemType::SaleEnded => "La venta ha terminado.",
        ProblemType::DeadlinePassed => "El plazo ha pasado.",
        ProblemType::TooManyAttempts => "Este pago se intentó demasiadas veces.",
        ProblemType::OrderAlreadyPlaced => {
            "El pedido ya está en fábrica, o el vehículo está reservado: no se puede anular."
        }
        ProblemType::NoDeadline => "No se espera ningún pago final.",
        ProblemType::TooManyExtensions => "El plazo ya se amplió ocho veces.",
        ProblemType::CaseNotFound => "No hay ningún caso abierto.",
        ProblemType::CaseClosesItself => "El caso se cierra solo cuando se resuelve.",
        ProblemType::PaymentReversed => "El banco retiró un pago: antes hay que resolverlo.",
        ProblemType::DocumentsMissing => "Faltan documentos para la autoridad.",
        ProblemType::RegistrationNotDue => "La autoridad no ha rechazado nada.",
        ProblemType::AlreadyRegistered => "El vehículo ya está matriculado.",
        ProblemType::DeliveryNotDue => "La entrega se prepara cuando el vehículo está matriculado.",
        ProblemType::HandedOver => "La venta ya pasó a entrega.",
        ProblemType::DayGone => "El día acordado ya pasó: acuerde otro.",
        ProblemType::TooManyArrangements => "La entrega se acordó demasiadas veces.",
        ProblemType::TooManyDocuments => "La venta tiene demasiados documentos.",
        ProblemType::EmailOfAnother => {
            "Este correo es de un cliente con otro nombre. Si es el mismo, confírmelo abajo."
        }
        ProblemType::PartnerHasCustomer => {
            "Fábrica o autoridad tienen los datos: se corrigen cuando respondan."
        }
        ProblemType::TooManyCorrections => "Los datos se corrigieron demasiadas veces.",
        ProblemType::VehicleHeld => "Otra venta tiene este vehículo.",
        ProblemType::VehicleNotFound => "Este vehículo no está en su stock.",
        ProblemType::VehicleDiffers => "El vehículo no es el del plan y sus opciones.",
        ProblemType::TooManyUnpaid => {
            "Demasiadas ventas esperan su señal: cobre o anule otra antes."
        }
        ProblemType::PurchaseOpen => "El cliente tiene una compra sin terminar.",
        ProblemType::AccountActive => {
            "El cliente ya tiene contraseña: puede pedir otra en el portal."
        }
        ProblemType::IdempotencyKeyReused => {
            "Este formulario ya se envió con otros datos. Revíselo y envíelo de nuevo."
        }
        ProblemType::NotOffered => "El plan no se vende así en su país.",
        ProblemType::InvalidRequest => {
            "Revise lo que está marcado. Todo lo demás se ha conservado."
        }
        _ => "Esto no es posible ahora.",
    },
    fault: |field| match field.rsplit('/').next().unwrap_or_default() {
        "full_name" => "Nombre y apellidos, como en el documento de identidad.",
        "email" => "Una dirección de correo, como ana@example.com.",
        "phone" => "Un teléfono de este país, o con + y el prefijo.",
        "tax_id" => {
            "Un número fiscal de este país o del de su dirección; compruebe la letra o los dígitos."
        }
        "street" => "Calle y número.",
        "postal_code" => "Un código postal como los de ese país.",
        "city" => "La población.",
        "country" => "Dos letras, como ES o PT.",
        "reason" => "Diga por qué, en 200 caracteres como mucho.",
        "pay_by" => "Un momento posterior al plazo actual, y no más tarde de lo permitido.",
        "date" => "Un día de hoy en adelante.",
        "time" => "Una hora que no haya pasado, como 10:30.",
        "sha256"
        | "identity"
        | "proof-of-address"
        | "certificate-of-conformity"
        | "tax-declaration"
        | "insurance" => "64 cifras hexadecimales.",
        "code" | "options" => "Elija un plan y sus opciones.",
        "vehicle_id" => "Un vehículo de su stock.",
        _ => "Revise este campo.",
    },
};
