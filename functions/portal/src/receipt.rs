//! A receipt as its page and its paper show it (R-192 of `docs/requirements.md`).

use crate::words::{self, Words};
use domain::ports::Details;
use domain::sale::{Direction, PaymentKind, PaymentMethod};
use domain::seller::Seller;
use domain::{Language, Money, Sale, TaxId};
use mail::formats::Formats;
use paper::{PaperError, Row, Sheet};

/// A receipt, in the reader's words.
pub(crate) struct Receipt {
    pub(crate) number: String,
    pub(crate) title: &'static str,
    pub(crate) amount: String,
    pub(crate) rows: Vec<Row>,
}

impl Receipt {
    /// The receipts of one payment, and of what of it went back.
    pub(crate) fn all(
        sale: &Sale,
        details: &Details,
        kind: PaymentKind,
        language: Language,
    ) -> Vec<Self> {
        let (words, formats) = (words::of(language), mail::formats(language));
        let zone = sale.zone().time_zone();
        let name = match kind {
            PaymentKind::Signal => words.signal,
            PaymentKind::Balance => words.balance,
        };
        let customer = &details.customer;
        let shown = |receipt: domain::sale::Receipt| {
            let row = |name, value| Row { name, value };
            let (title, state) = match receipt.direction {
                Direction::Paid => (words.receipt, words.paid),
                Direction::Refunded => (words.receipts.refund, words.refunded),
            };
            let method = match receipt.method {
                PaymentMethod::Card | PaymentMethod::Checkout => words.card,
                PaymentMethod::SepaDebit => words.bank,
                PaymentMethod::BankTransfer => words.transfer,
            };
            let mut rows = vec![
                row(words.amount, format!("{name} · {state}")),
                row(words.date, formats.moment(receipt.at, &zone)),
                row(words.method, method.to_owned()),
                row(words.receipts.dealership, sale.dealership.to_string()),
                row(words.buyer, customer.full_name.as_str().to_owned()),
            ];
            let tax_id = customer.tax_id.as_ref().map(TaxId::as_str);
            rows.extend(tax_id.map(|id| row(words.receipts.tax_number, id.to_owned())));
            rows.push(row(words.vehicle, details.plan.shown(language).to_owned()));
            rows.push(row(words.price, formats.money(sale.terms.price())));
            rows.extend(taxes(sale, details, receipt.amount, (words, formats)));
            rows.push(row(words.receipts.purchase, sale.id.to_string()));
            if receipt.direction == Direction::Refunded {
                rows.push(row(words.receipts.of_payment, receipt.attempt.to_string()));
            }
            rows.push(row(words.receipt_number, receipt.number.clone()));
            Self { number: receipt.number, title, amount: formats.money(receipt.amount), rows }
        };
        sale.receipts(kind).into_iter().map(shown).collect()
    }

    /// The receipt as a file.
    pub(crate) fn pdf(
        &self,
        seller: Option<&Seller>,
        language: Language,
        words: &Words,
    ) -> Result<Vec<u8>, PaperError> {
        paper::pdf(&Sheet {
            language: language.code(),
            from: from(seller, words),
            title: self.title,
            amount: &self.amount,
            rows: self.rows.clone(),
            notes: vec![words.receipts.not_an_invoice.to_owned()],
        })
    }
}

/// Who gave it, a line each.
pub(crate) fn from(seller: Option<&Seller>, words: &Words) -> Vec<String> {
    match seller {
        Some(Seller { name, tax_id, address }) => {
            let tax_id = format!("{} {tax_id}", words.receipts.tax_number);
            vec![name.clone(), tax_id, address.clone()]
        }
        None => vec!["CaaS".to_owned()],
    }
}

/// Net, tax and gross, as far as they are known.
fn taxes(
    sale: &Sale,
    details: &Details,
    gross: Money,
    (words, formats): (&'static Words, &Formats),
) -> Vec<Row> {
    let words = &words.receipts;
    let Some(vat) = details.vat(sale) else {
        return vec![Row { name: words.tax, value: words.tax_apart.to_owned() }];
    };
    let (Some(tax), Some(percent)) = (vat.within(gross), vat.percent()) else {
        return vec![Row {
            name: words.tax,
            value: format!("{}: {}", vat.name, words.tax_by_vehicle),
        }];
    };
    let money = |minor| Money::new(minor, gross.currency()).map(|money| formats.money(money));
    // An amount of nothing is none: there is no such tax.
    let Ok(tax_amount) = money(tax) else {
        return vec![Row { name: words.tax, value: format!("{}: {}", vat.name, words.no_tax) }];
    };
    let net = money(gross.minor().saturating_sub(tax)).unwrap_or_default();
    let rate = format!("{} {} %: {tax_amount}", vat.name, formats.number(&percent));
    vec![
        Row { name: words.net, value: net },
        Row { name: words.tax, value: rate },
        Row { name: words.gross, value: formats.money(gross) },
    ]
}
