//! What is written is read back by another library.

use super::*;

fn sheet(buyer: &str) -> Sheet<'static> {
    Sheet {
        language: "es",
        from: vec!["CaaS España, S.L. · NIF B12345674".into(), "Calle de Alcalá 1".into()],
        title: "Recibo",
        amount: "1.000,00\u{a0}€",
        rows: vec![
            Row { name: "Comprador", value: buyer.to_owned() },
            Row { name: "Base imponible", value: "826,45\u{a0}€".into() },
        ],
        notes: vec!["IVA 21 %: https://europa.eu".into()],
    }
}

/// The text of the document's pages, without what parts its lines.
fn read(pdf: &[u8]) -> (usize, String) {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&pages).unwrap();
    (pages.len(), text.replace(['\n', '\u{a0}'], " "))
}

#[test]
fn names_are_read_back_as_they_are_written() {
    for name in
        ["Łukasz Żółć", "Ñandú Íñiguez Peña", "Ştefan Țurcanu", "Γιώργος", "Борис", "Æbleskær"]
    {
        let (pages, text) = read(&pdf(&sheet(name)).unwrap());
        assert_eq!(pages, 1);
        for said in [name, "Recibo", "1.000,00 €", "826,45 €", "NIF B12345674", "IVA 21 %"] {
            assert!(text.contains(said), "{said} is not in {text}");
        }
    }
}

#[test]
fn a_letter_that_people_s_names_have_is_in_the_font() {
    let face = Face::parse(FONT, 0).unwrap();
    let latin = ('\u{20}'..='\u{7e}').chain('\u{a0}'..='\u{17f}').chain("ȘșȚțẞ€–’".chars());
    let others = ('Ά'..='ώ').chain('Ё'..='я').filter(|letter| letter.is_alphabetic());
    for letter in latin.chain(others) {
        assert!(face.glyph_index(letter).is_some(), "{letter:?}");
    }
}

#[test]
fn a_long_text_goes_on_in_the_next_line() {
    let long = ["Christophorus-Maximilian"; 12].join(" ");
    let (pages, text) = read(&pdf(&sheet(&long)).unwrap());
    assert_eq!((pages, text.matches("Christophorus-Maximilian").count()), (1, 12));
    let (_, text) = read(&pdf(&sheet(&"x".repeat(200))).unwrap());
    assert_eq!(text.matches('x').count(), 200);
}

/// A receipt is fetched by phones: its font is the part that it uses.
#[test]
fn a_receipt_is_small() {
    let size = pdf(&sheet("Ana García Peña")).unwrap().len();
    assert!(size < 40_000, "{size} bytes");
}
