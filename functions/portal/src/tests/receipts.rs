//! Receipts, on their page and on paper, which another library reads.

use super::*;
use domain::ids::RefundId;
use domain::sale::{Refund, RefundState};
use domain::seller::Seller;
use domain::{FullName, TaxId};

/// Who sells in Spain.
pub(super) fn seller() -> Seller {
    Seller {
        name: "CaaS España, S.L.".into(),
        tax_id: "B12345674".into(),
        address: "Calle de Alcalá 1, 28014 Madrid".into(),
    }
}

/// A purchase with a receipt of its señal, and that receipt's number.
pub(super) fn one(language: Language) -> (String, Purchase) {
    let purchase = seen(language, &ready());
    (purchase.payments[0].receipts[0].number.clone(), purchase)
}

/// The sale of a buyer of this name, with its tax number, where that postal code is.
fn of_buyer((sale, mut sample): (Sale, Sample), name: &str, postal_code: &str) -> (Sale, Sample) {
    let customer = &mut sample.details.customer;
    customer.full_name = FullName::parse(name).unwrap();
    customer.tax_id = Some(TaxId::parse("X1234567L").unwrap());
    customer.address.postal_code = domain::customer::PostalCode::parse(postal_code).unwrap();
    sample.details.delivery = domain::Delivery::Dealership;
    (sale, sample)
}

/// A señal that went back.
pub(super) fn refunded() -> (Sale, Sample) {
    let (mut sale, sample) = at(2, Stage::Lapsed);
    let (payment, id) =
        (GatewayPaymentId::parse("pi_1").unwrap(), RefundId::parse("re_7").unwrap());
    let state = RefundState::Succeeded;
    let refund = Refund { id: id.clone(), amount: 100_000, state, made_at: days(12) };
    sale.signal_attempts[0].back.refunds.push(refund);
    sale.signal_attempts[0].state = AttemptState::Refunded(payment, id);
    (sale, sample)
}

/// The texts of each receipt of the sale, as its file has them.
fn papers(language: Language, found: &(Sale, Sample)) -> Vec<String> {
    let purchase = seen(language, found);
    let numbers = purchase.payments.iter().flat_map(|payment| &payment.receipts);
    let paper = |number: &str| {
        let page = frame(language, 3).receipt(&purchase, &format!("{number}.pdf"), Some(&seller()));
        assert_eq!((page.status, page.headers["content-type"].as_str()), (200, "application/pdf"));
        assert!(page.headers["content-disposition"].contains(&format!("caas-{number}.pdf")));
        let file = lopdf::Document::load_mem(&page.file.unwrap()).unwrap();
        plain(&file.extract_text(&[1]).unwrap())
    };
    numbers.map(|receipt| paper(&receipt.number)).collect()
}

/// A text whose lines and blanks don't matter.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_receipt_is_of_the_day_on_which_the_money_came() {
    let formats = mail::formats(Language::En);
    let zone = domain::ZoneName::parse("Europe/Madrid").unwrap().time_zone();
    let papers = papers(Language::En, &ready());
    assert_eq!(papers.len(), 2);
    for (paper, paid) in papers.iter().zip([days(9), days(81)]) {
        assert!(paper.contains(&plain(&formats.moment(paid, &zone))), "{paper}");
    }
}

/// The page and the file say the same.
#[test]
fn a_receipt_names_seller_buyer_net_tax_and_gross() {
    for (language, _) in LANGUAGES {
        let found = of_buyer(ready(), "Łukasz Żółć Ñíguez", "28013");
        let formats = mail::formats(language);
        let (number, purchase) = (papers(language, &found), seen(language, &found));
        let first = &purchase.payments[0].receipts[0].number;
        let page = frame(language, 3).receipt(&purchase, first, Some(&seller())).body;
        let page = plain(&page.replace("&#39;", "'"));
        for (paper, amounts) in
            number.iter().zip([[100_000, 82_645, 17_355], [3_150_000, 2_603_306, 546_694]])
        {
            let words = words::of(language);
            for said in
                ["Łukasz Żółć Ñíguez", "X1234567L", "CaaS España, S.L.", "B12345674", "IVA 21 %"]
            {
                assert!(paper.contains(said), "{said} is not in {paper}");
            }
            for minor in amounts {
                let amount = domain::Money::new(minor, domain::Currency::EUR).unwrap();
                let amount = plain(&formats.money(amount));
                assert!(paper.contains(&amount), "{amount} is not in {paper}");
            }
            let id = found.0.id.to_string();
            for said in [words.receipt, words.receipts.not_an_invoice, id.as_str()] {
                assert!(paper.contains(&plain(said)), "{said} is not in {paper}");
            }
        }
        for row in &purchase.payments[0].receipts[0].rows {
            assert!(page.contains(&plain(&row.value)), "{} is not in {page}", row.value);
        }
        assert!(page.contains(&format!("href=\"{first}.pdf\"")) && page.contains("B12345674"));
    }
}

#[test]
fn money_that_went_back_has_a_receipt_of_its_own() {
    for (language, _) in LANGUAGES {
        let papers = papers(language, &refunded());
        assert_eq!(papers.len(), 2, "of the payment, and of the refund");
        let words = words::of(language);
        assert!(papers[1].contains(words.receipts.refund) && papers[1].contains("re_7"));
        let payment = refunded().0.signal_attempts[0].id.to_string();
        assert!(!papers[0].contains(words.receipts.refund) && payment.len() == 36);
        let (_, page) = pages(language).into_iter().find(|(name, _)| *name == "refunded").unwrap();
        assert!(page.body.contains("/receipt/re_7\""), "linked from the purchase");
    }
}

/// TAX-01: no IVA is told where there is none.
#[test]
fn a_receipt_of_the_canary_islands_tells_no_iva() {
    for (language, _) in LANGUAGES {
        let words = &words::of(language).receipts;
        let canary = papers(language, &of_buyer(ready(), "Nerea Ibarluzea Soto", "35002"));
        let said = format!("IGIC: {}", plain(words.tax_by_vehicle));
        assert!(canary[0].contains(&said) && !canary[0].contains("IVA 21"), "{}", canary[0]);
        let (mut sale, sample) = of_buyer(ready(), "Ana", "28013");
        sale.zone = Some(domain::ZoneName::parse("Atlantic/Canary").unwrap());
        let apart = papers(language, &(sale, sample));
        assert!(apart[0].contains(&plain(words.tax_apart)) && !apart[0].contains("IVA 21"));
    }
}

#[test]
fn a_receipt_that_there_is_not_is_not_found() {
    let purchase = seen(Language::Es, &ready());
    for number in ["re_7", "re_7.pdf", ".pdf", "", "x.pdf.pdf"] {
        let page = frame(Language::Es, 3).receipt(&purchase, number, None);
        assert_eq!((page.status, page.file), (404, None), "{number}");
    }
}

/// Writes receipts where they can be looked at: `target/portal/<language>/<name>.pdf`.
#[test]
fn receipts_can_be_looked_at() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../target/portal");
    for (language, _) in LANGUAGES {
        let folder = folder.join(language.code());
        std::fs::create_dir_all(&folder).unwrap();
        let found = [
            ("paid", of_buyer(ready(), "Łukasz Żółć Ñíguez", "28013")),
            ("canary", of_buyer(ready(), "Nerea Ibarluzea Soto", "35002")),
            ("refund", refunded()),
        ];
        for (name, found) in found {
            let purchase = seen(language, &found);
            let receipt = purchase.payments[0].receipts.last().unwrap();
            let pdf = receipt.pdf(Some(&seller()), language, words::of(language)).unwrap();
            std::fs::write(folder.join(format!("{name}.pdf")), pdf).unwrap();
        }
    }
}
