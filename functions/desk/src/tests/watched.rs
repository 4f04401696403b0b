//! A page that asks whether it is still what it was.

use super::{COOKIE, Place, now};
use domain::SaleId;
use domain::sale::{Movement, Part, Posting};
use edge::http::Page;
use testkit::requests::SALE;

/// The page as the browser asks for it again, and how many reads that cost.
async fn again(place: &Place, path: &str) -> (Page, u32) {
    place.ask(now(), "GET", path, [COOKIE, ""], "").await
}

/// R-200 of `docs/requirements.md`.
#[tokio::test]
async fn what_hasn_t_changed_is_not_sent_again() {
    for (path, most_reads) in [("board?lang=en", 11), (&*format!("sales/{SALE}?lang=en"), 1)] {
        let mut place = Place::new(&["sales", "dealership-manager"]).await;
        let (first, reads) = again(&place, path).await;
        assert_eq!((first.status, reads), (200, most_reads), "{path}");
        assert!(first.headers["content-security-policy"].ends_with("; connect-src 'self'"));
        assert!(first.body.contains("data-part"), "{path} has no part that can be new");
        place.version = first.headers["etag"].clone();
        // The keys of its forms are new each time, and no news.
        place.token = "a-third-token";
        let (still, reads) = again(&place, path).await;
        assert_eq!((still.status, still.body.as_str(), reads), (304, "", most_reads), "{path}");
        assert_eq!(still.headers["etag"], place.version);
        place.world.with(|state| {
            let row = state.sales.get_mut(&SaleId::parse(SALE).unwrap()).unwrap();
            row.sale.ledger.push(Posting(Movement::Captured, Part::Signal, now()));
        });
        let (changed, _) = again(&place, path).await;
        assert_eq!(changed.status, 200, "{path}");
        assert!(changed.headers["etag"] != place.version && changed.body.contains("data-part"));
    }
}

/// What was refused stays in its form, whatever becomes of the sale meanwhile.
#[tokio::test]
async fn a_form_that_was_refused_is_no_part_that_can_be_new() {
    let place = Place::new(&["sales", "dealership-manager"]).await;
    let refused = place.send(&format!("sales/{SALE}/correct?lang=en"), "phone=12").await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("open id=\"correct\">"), "{}", refused.body);
    assert!(refused.body.contains("id=\"extend\" data-part>"));
    // It is asked for where it can be read again: an address that takes forms shows nothing.
    assert!(refused.body.contains(&format!("data-from=\"../../sales/{SALE}?lang=en\"")));
}
