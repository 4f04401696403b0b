//! Portuguese as in Portugal, in the third person of formal address.

use super::{Amounts, Labels, Said, Words};
use crate::formats::Formats;
use domain::sale::Notification;

pub(super) const WORDS: Words = Words {
    formats: Formats {
        group: "\u{a0}",
        decimal: ",",
        money: |amount, sign| format!("{amount}\u{a0}{sign}"),
        months: [
            "janeiro",
            "fevereiro",
            "março",
            "abril",
            "maio",
            "junho",
            "julho",
            "agosto",
            "setembro",
            "outubro",
            "novembro",
            "dezembro",
        ],
        date: |day, month, year| format!("{day} de {month} de {year}"),
        month: |month, year| format!("{month} de {year}"),
        moment: |date, hour, minute| format!("{date} às {hour:02}:{minute:02}"),
    },
    labels: Labels {
        username: "Utilizador",
        initial_password: "Palavra-passe inicial",
        code: "Código, se a ligação não abrir",
        valid_until: "Ligação e palavra-passe válidas até",
        link_valid_until: "Ligação válida até",
        vehicle: "Veículo",
        order: "Encomenda de fábrica",
        estimated_delivery: "Entrega prevista",
        earlier_estimate: "Entrega prevista antes",
        factory_reason: "Motivo segundo a fábrica",
        amount_due: "Valor em dívida",
        pay_by: "Data-limite de pagamento",
        iban: "IBAN",
        bic: "BIC",
        account_holder: "Titular",
        reference: "Descritivo",
        pay: "Continuar o pagamento",
        amount_paid: "Valor recebido",
        signal_lost: "Sinal, não reembolsável",
        signal_returned: "Sinal a devolver",
        amount_refunded: "Valor devolvido",
        plate: "Matrícula",
        delivery: "Entrega do seu veículo",
        delivery_date: "Dia da entrega",
        delivery_place: "Local da entrega",
        at_dealership: "No seu concessionário",
        at_home: "Na sua morada",
        activate: "Ativar a conta",
        reset_password: "Escolher uma nova palavra-passe",
        expediente: "Abrir o processo de compra",
    },
    colon: ": ",
    greeting: |name| format!("Olá, {name},"),
    credentials,
    password_reset,
    notification,
    footer: "Recebe este e-mail porque um concessionário CaaS registou uma compra em seu nome com este endereço. Se não lhe é dirigido, agradecemos que o elimine.",
};

fn credentials() -> Said {
    Said::new(
        "Os seus dados de acesso à CaaS",
        "Damos-lhe as boas-vindas à CaaS",
        [
            "O seu concessionário registou a sua compra. Com estes dados pode consultar o seu processo de compra na Web e na aplicação móvel.",
            "Se ainda não pagou o sinal, que reserva o seu veículo, pode fazê-lo aí ou no seu concessionário; o processo indica quanto é e até quando.",
            "Ative a sua conta através da ligação abaixo antes que expire. Se já tiver expirado, contacte o seu concessionário.",
            "Nunca lhe pediremos a sua palavra-passe, nem por e-mail nem por telefone. Se alguém lha pedir, não a forneça.",
        ],
    )
}

fn password_reset() -> Said {
    Said::new(
        "Escolha uma nova palavra-passe",
        "Pediu uma nova palavra-passe",
        [
            "Recebemos um pedido de uma nova palavra-passe para a sua conta CaaS. Escolha-a através da ligação abaixo, que só funciona uma vez.",
            "Se não foi feito por si, não precisa de fazer nada: a sua palavra-passe mantém-se.",
            "Nunca lhe pediremos a sua palavra-passe, nem por e-mail nem por telefone. Se alguém lha pedir, não a forneça.",
        ],
    )
}

fn notification(which: Notification, Amounts { balance, signal }: &Amounts) -> Said {
    match which {
        Notification::OrderPlaced => Said::new(
            "Encomendámos o seu veículo à fábrica",
            "O seu veículo está encomendado",
            [
                &format!(
                    "Agradecemos o pagamento do sinal de {signal}. A fábrica confirmou a encomenda do seu veículo."
                ),
                "Vamos escrever-lhe a cada etapa, e pode acompanhar tudo no seu processo de compra. Uma vez feita a encomenda, o sinal não é reembolsável.",
            ],
        ),
        Notification::ManufacturingStarted => Said::new(
            "Começou o fabrico do seu veículo",
            "O seu veículo já está a ser fabricado",
            [
                "A fábrica começou a construir o seu veículo.",
                "Avisaremos quando passar o controlo de qualidade.",
            ],
        ),
        Notification::QualityCheckCompleted => Said::new(
            "O seu veículo passou o controlo de qualidade",
            "Controlo de qualidade concluído",
            [
                "A montagem terminou e o seu veículo passou o controlo de qualidade.",
                "Avisaremos quando estiver pronto para sair da fábrica.",
            ],
        ),
        Notification::ReadyForShipment => Said::new(
            "O seu veículo está pronto para sair da fábrica",
            "Pronto para o transporte",
            [
                "O seu veículo está terminado e pronto para o transporte.",
                "Avisaremos quando estiver a caminho.",
            ],
        ),
        Notification::InTransit => Said::new(
            "O seu veículo está a caminho",
            "O seu veículo está a caminho",
            [
                "O seu veículo saiu da fábrica e segue para o seu concessionário.",
                "Avisaremos assim que chegar.",
            ],
        ),
        Notification::AtDealership => Said::new(
            "O seu veículo chegou ao concessionário",
            "O seu veículo chegou",
            [
                "O seu veículo já está no seu concessionário.",
                "Assim que estiver disponível para o pagamento final, indicaremos o valor e o prazo.",
            ],
        ),
        Notification::FinalPaymentDue => Said::new(
            "O seu veículo está disponível: falta o pagamento final",
            "Já pode fazer o pagamento final",
            [
                &format!(
                    "O seu veículo está disponível no seu concessionário, onde pode pagar o valor em dívida de {balance}."
                ),
                "Assim que o recebermos, o seu concessionário tratará da matrícula do veículo.",
                &format!(
                    "Se o pagamento não for concluído dentro do prazo, o veículo ficará «não atribuído»: perderá a reserva e o sinal de {signal} não será devolvido."
                ),
            ],
        ),
        Notification::FinalPaymentReceived => Said::new(
            "Recebemos o seu pagamento final",
            "Obrigado: o seu veículo está pago",
            [
                &format!(
                    "Recebemos o seu pagamento final de {balance}. Não resta nenhum valor a pagar pelo seu veículo."
                ),
                "O seu concessionário trata agora da matrícula. Avisaremos quando estiver atribuída.",
            ],
        ),
        Notification::PaymentFailed => Said::new(
            "A sua reserva terminou sem o pagamento final",
            "A sua reserva terminou",
            [
                "Lamentamos informar que o prazo do pagamento final terminou sem que o pagamento fosse concluído. Perdeu a reserva, e o veículo ficou «não atribuído», à disposição do concessionário.",
                &format!("O sinal de {signal} não é devolvido."),
                "Pode continuar a consultar o seu processo de compra. Se desejar outro veículo, o seu concessionário terá todo o gosto em ajudar.",
            ],
        ),
        Notification::VehicleRegistered => Said::new(
            "O seu veículo está matriculado",
            "O seu veículo já tem matrícula",
            [
                "O seu concessionário matriculou o seu veículo. Não precisa de tratar de nada.",
                "Avisaremos quando estiver pronto para a entrega.",
            ],
        ),
        Notification::ReadyForDelivery => Said::new(
            "O seu veículo está pronto para a entrega",
            "Pronto para a entrega",
            [
                "O seu veículo está pago, matriculado e pronto para a entrega.",
                "O seu concessionário combinará consigo o dia e o local, e nós confirmá-los-emos por escrito.",
            ],
        ),
        Notification::DeliveryArranged => Said::new(
            "A entrega do seu veículo tem data",
            "A sua entrega está combinada",
            [
                "O seu concessionário entrega-lhe o veículo no dia e no local abaixo indicados.",
                "Se não puder nesse dia, fale com o seu concessionário: terá todo o gosto em combinar outro.",
            ],
        ),
        Notification::OrderRejected => Said::new(
            "A fábrica não pode construir o seu veículo",
            "Lamentamos não poder fabricar o seu veículo",
            [
                "A fábrica informou-nos de que não pode construir o veículo que encomendou. Lamentamos ter de anular a compra.",
                &format!(
                    "Devolvemos na íntegra o sinal de {signal}, para o mesmo cartão ou conta com que foi pago. Não precisa de fazer nada."
                ),
                "O seu concessionário terá todo o gosto em ajudar a encontrar outro veículo.",
            ],
        ),
        Notification::SaleLapsed => Said::new(
            "A sua reserva caducou",
            "A sua reserva caducou",
            [
                "O sinal não foi pago dentro do prazo, pelo que a reserva do seu veículo caducou. Não deve nada.",
                "Se ainda desejar o veículo, o seu concessionário terá todo o gosto em ajudar.",
            ],
        ),
        Notification::SaleCancelled => Said::new(
            "A sua compra foi anulada",
            "A sua compra foi anulada",
            [
                "O seu concessionário anulou a compra do seu veículo.",
                &format!(
                    "Se já pagou o sinal de {signal}, devolvemo-lo na íntegra, para o mesmo cartão ou conta com que foi pago. Não precisa de fazer nada."
                ),
                "Se tiver alguma dúvida, o seu concessionário terá todo o gosto em ajudar.",
            ],
        ),
        Notification::DeadlineExtended => Said::new(
            "Tem mais tempo para o pagamento final",
            "Tem mais tempo para o pagamento final",
            [
                &format!(
                    "O seu concessionário prolongou o prazo para pagar o valor em dívida de {balance}."
                ),
                &format!(
                    "Se o pagamento não for concluído dentro do novo prazo, perderá a reserva e o sinal de {signal} não será devolvido."
                ),
            ],
        ),
        Notification::DeadlineReminder => Said::new(
            "Lembrete: o prazo do pagamento final termina em breve",
            "O prazo do pagamento final termina em breve",
            [
                &format!(
                    "O seu veículo espera por si no concessionário. O valor em dívida de {balance} ainda não foi pago."
                ),
                &format!(
                    "Se o pagamento não for concluído a tempo, o veículo passa a «não atribuído»: perde a reserva e o sinal de {signal} não é devolvido."
                ),
                "Se não puder pagar a tempo, fale com o seu concessionário antes da data-limite.",
            ],
        ),
        Notification::EstimateMoved => Said::new(
            "A entrega prevista do seu veículo mudou",
            "Uma nova data prevista",
            [
                "A fábrica alterou a data em que espera entregar o seu veículo.",
                "A sua encomenda continua; não tem de fazer nada. No seu processo de compra estão a nova data e as anteriores.",
            ],
        ),
        Notification::PaymentAsked => Said::new(
            "Como concluir o seu pagamento",
            "O seu pagamento aguarda por si",
            [
                "O seu concessionário iniciou um pagamento do seu veículo, e falta um passo que só o senhor ou a senhora pode dar.",
                "Confirme o valor e o prazo antes de continuar. Se não reconhece este pagamento, não o faça e fale com o seu concessionário.",
            ],
        ),
        Notification::PaymentRefunded => Said::new(
            "Devolvemos o seu pagamento",
            "O seu dinheiro está a caminho",
            [
                "Devolvemos na íntegra o seu pagamento para o mesmo cartão ou conta de onde foi feito.",
                "Consoante o seu banco, demora alguns dias até o ver. Não precisa de fazer nada.",
            ],
        ),
    }
}
