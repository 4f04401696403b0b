//! A plan's prices and names, as whoever makes the plans changes them.

use super::Place;
use domain::PlanCode;
use domain::plan::{CommercialPlan, OptionPrice, Tariff};
use domain::{CountryCode, Currency, Language, Money, OptionCode};
use edge::http::Page;
use testkit::contract::plan_store;

/// A plan that is sold in Spain and in Denmark, and one that has no names.
async fn house(roles: &[&str]) -> Place {
    let place = Place::new(roles).await;
    let mut plan = plan_store::plan("CITY", 2_400_000).unwrap();
    let crowns = |minor| Money::new(minor, Currency::from_code("DKK").unwrap()).unwrap();
    let terms = domain::money::Terms::new(crowns(18_000_000), crowns(500_000)).unwrap();
    let gps = OptionPrice { code: OptionCode::parse("GPS").unwrap(), price: crowns(400_000) };
    let denmark = CountryCode::parse("DK").unwrap();
    plan.tariffs.insert(0, Tariff::new(denmark, terms, vec![gps]).unwrap());
    place.world.with(|state| state.plans.insert(plan.code.clone(), plan));
    place
}

fn stored(place: &Place) -> CommercialPlan {
    place.world.with(|state| state.plans[&PlanCode::parse("CITY").unwrap()].clone())
}

/// What a browser sends of the form that the page shows, with this step.
fn fields(page: &Page, step: &str) -> Vec<(String, String)> {
    let attribute = |element: &str, name: &str| {
        let (_, rest) = element.split_once(&format!("{name}=\""))?;
        Some(rest.split('"').next().unwrap_or_default().to_owned())
    };
    let (_, form) = page.body.split_once("<form class=\"sell\"").unwrap();
    let (form, _) = form.split_once("</form>").unwrap();
    let inputs = form.split("<input ").skip(1).map(|rest| rest.split('>').next().unwrap());
    let read = |input| {
        Some((
            attribute(input, " name").or_else(|| attribute(input, "name"))?,
            attribute(input, " value")?,
        ))
    };
    let mut fields: Vec<_> = inputs.filter_map(read).collect();
    fields.push(("step".to_owned(), step.to_owned()));
    fields
}

fn with(mut fields: Vec<(String, String)>, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    for (name, text) in changed {
        let field = fields.iter_mut().find(|(field, _)| field == name);
        field.unwrap().1 = (*text).to_owned();
    }
    fields
}

async fn send(place: &Place, fields: &[(String, String)]) -> Page {
    let mut form = form_urlencoded::Serializer::new(String::new());
    place.send("plans/CITY?lang=es", &form.extend_pairs(fields).finish()).await
}

/// R-198 of `docs/requirements.md`.
#[tokio::test]
async fn what_changes_of_a_plan_is_shown_before_it_is_saved() {
    let place = house(&["product"]).await;
    let before = stored(&place);
    assert!(place.get("plans").await.body.contains("href=\"plans/CITY\""));
    let page = place.get("plans/CITY?lang=es").await;
    assert!(
        page.body.contains("value=\"24000,00\"") && page.body.contains("Ahora: 24.000,00\u{a0}€")
    );
    assert!(!page.body.contains("value=\"save\""), "it can be saved unseen");
    let unchanged = send(&place, &fields(&page, "compare")).await;
    assert!(unchanged.body.contains("No cambia nada."), "{}", unchanged.body);
    let typed = [
        ("tariffs/ES/price", "24.600 €"),
        ("tariffs/DK/options/GPS/price", "3999,5"),
        ("names/es", " City  nuevo "),
        ("options/GPS/names/es", ""),
        ("options/GPS/names/de", "Navi"),
    ];
    let compared = send(&place, &with(fields(&page, "compare"), &typed)).await;
    assert_eq!((compared.status, stored(&place)), (200, before.clone()), "it was saved unseen");
    for change in [
        "<dt>ES · EUR · Precio</dt><dd><del>24.000,00\u{a0}€</del> → <ins>24.600,00\u{a0}€</ins>",
        ">+600,00\u{a0}€ (+2,5 %)<",
        "<del>4.000,00\u{a0}DKK</del> → <ins>3.999,50\u{a0}DKK</ins>",
        ">−0,50\u{a0}DKK (−0,0 %)<",
        "<del>City eléctrico</del> → <ins>City nuevo</ins>",
        "<del>Navegador</del> → <ins>–</ins>",
        "<del>–</del> → <ins>Navi</ins>",
        "value=\"24.600 €\"",
    ] {
        assert!(compared.body.contains(change), "{change}: {}", compared.body);
    }
    assert_eq!(compared.body.matches("<del>").count(), 5);
    let save = fields(&compared, "save");
    let saved = send(&place, &save).await;
    assert_eq!((saved.status, &*saved.headers["location"]), (303, "../plans/CITY?notice=done"));
    let after = stored(&place);
    let spain = after.tariff(CountryCode::parse("ES").unwrap()).unwrap();
    assert_eq!(spain.terms().price().minor(), 2_460_000);
    assert_eq!(after.tariffs[0].options()[0].price.minor(), 399_950);
    assert_eq!(after.names.of(Language::Es), Some("City nuevo"));
    assert_eq!(after.option_shown(&spain.options()[0].code, Language::De), "Navi");
    assert_eq!(after.updated_by.as_str(), "e-1");
    // The same form again changes nothing, and says that it is done.
    assert_eq!(send(&place, &save).await.status, 303);
    assert_eq!(stored(&place), after);
}

#[tokio::test]
async fn nothing_is_saved_of_a_plan_but_what_was_compared() {
    let place = house(&["product"]).await;
    let page = place.get("plans/CITY?lang=es").await;
    let typed = with(fields(&page, "compare"), &[("tariffs/ES/price", "24600,00")]);
    let seen = fields(&send(&place, &typed).await, "save");
    let unseen = with(typed, &[("step", "save")]);
    let other = with(seen.clone(), &[("tariffs/ES/price", "246000,00")]);
    let forged = with(seen.clone(), &[("seen", "x")]);
    let before = stored(&place);
    for form in [&unseen, &other, &forged] {
        let page = send(&place, form).await;
        assert_eq!((page.status, stored(&place)), (409, before.clone()));
        assert!(page.body.contains("desde la comparación"), "{}", page.body);
    }
    // Somebody else changes the plan meanwhile.
    let mut overtaken = before.clone();
    overtaken.tariffs.remove(0);
    place.world.with(|state| state.plans.insert(overtaken.code.clone(), overtaken.clone()));
    let page = send(&place, &seen).await;
    assert_eq!((page.status, stored(&place)), (409, overtaken));
    let again = fields(&page, "save");
    assert_eq!(send(&place, &again).await.status, 303);
    let price = stored(&place).tariffs[0].terms().price().minor();
    assert_eq!((price, stored(&place).tariffs.len()), (2_460_000, 1));
}

#[tokio::test]
async fn a_fault_of_a_plan_is_said_beside_its_field_and_nothing_is_lost() {
    let place = house(&["product"]).await;
    let page = place.get("plans/CITY?lang=es").await;
    let long = "x".repeat(81);
    for (name, text) in [
        ("tariffs/DK/price", "cien"),
        ("tariffs/ES/price", "24.00"),
        ("tariffs/ES/price", ""),
        ("tariffs/ES/signal", "24000,00"),
        ("tariffs/DK/options/GPS/price", "0"),
        ("tariffs/ES/options/GPS/price", "-1"),
        ("names/de", &long),
        ("options/GPS/names/fr", &long),
    ] {
        for step in ["compare", "save"] {
            let form = with(fields(&page, step), &[(name, text), ("names/it", "Città")]);
            let refused = send(&place, &form).await;
            assert_eq!(refused.status, 422, "{name}");
            let id = format!("plan-{}-fault", name.replace('/', "-"));
            assert!(refused.body.contains(&format!("id=\"{id}\"")), "{name}: {}", refused.body);
            assert_eq!(refused.body.matches("-fault\">").count(), 1, "{name}");
            let kept = fields(&refused, step);
            assert!(kept.contains(&(name.to_owned(), text.to_owned())), "{name} is lost");
            assert!(kept.contains(&("names/it".to_owned(), "Città".to_owned())));
        }
    }
    // All options of a country together are too much: that is said at its price.
    let form = [("tariffs/ES/price", "9999999,00"), ("tariffs/ES/options/GPS/price", "9999,00")];
    let refused = send(&place, &with(fields(&page, "compare"), &form)).await;
    assert!(refused.body.contains("id=\"plan-tariffs-ES-price-fault\""), "{}", refused.body);
}

#[tokio::test]
async fn nobody_but_product_changes_a_plan_at_the_desk() {
    for role in ["sales", "dealership-manager", "auditor"] {
        let place = house(&[role]).await;
        let before = stored(&place);
        assert!(!place.get("plans").await.body.contains("href=\"plans/CITY\""), "{role}");
        assert_eq!(place.get("plans/CITY").await.status, 403, "{role}");
        let save = [("step".to_owned(), "save".to_owned())];
        assert_eq!(send(&place, &save).await.status, 403, "{role}");
        assert_eq!(stored(&place), before);
    }
    let place = house(&["product"]).await;
    for none in ["NONE", "city", "..", "%3Cb%3E"] {
        assert_eq!(place.get(&format!("plans/{none}")).await.status, 404, "{none}");
        assert_eq!(place.send(&format!("plans/{none}"), "step=save").await.status, 404, "{none}");
    }
    let coded = "tariffs%2FES%2Fprice=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22'%26";
    let page = place.send("plans/CITY", coded).await;
    assert!(page.status == 422 && !page.body.contains("<script>alert"), "{}", page.body);
}

async fn add(place: &Place, fields: &[(&str, &str)]) -> Page {
    let mut form = form_urlencoded::Serializer::new(String::new());
    place.send("plans/new?lang=es", &form.extend_pairs(fields).finish()).await
}

/// R-201 of `docs/requirements.md`.
#[tokio::test]
async fn a_plan_is_added_once_what_it_is_was_shown() {
    let place = house(&["product"]).await;
    assert!(place.get("plans?lang=es").await.body.contains("href=\"plans/new\""));
    let outline = [
        ("plan_code", "VELA"),
        ("base_platform", "VELA-3"),
        ("countries", "ES EUR, DK DKK"),
        ("option_codes", "GPS,TOW-BAR"),
        ("step", "outline"),
    ];
    let asked = add(&place, &outline).await;
    assert_eq!(asked.status, 200);
    for field in ["tariffs-ES-price", "tariffs-DK-options-TOW-BAR-price", "options-GPS-names-es"] {
        assert!(asked.body.contains(&format!("id=\"plan-{field}\"")), "{field}: {}", asked.body);
    }
    assert!(!asked.body.contains("-fault\"") && !asked.body.contains("value=\"save\""));
    let typed = [
        ("tariffs/ES/price", "21.000"),
        ("tariffs/ES/signal", "700"),
        ("tariffs/ES/options/GPS/price", "500"),
        ("tariffs/ES/options/TOW-BAR/price", ""),
        ("tariffs/DK/price", "160000"),
        ("tariffs/DK/signal", "5000"),
        ("tariffs/DK/options/GPS/price", "4000"),
        ("tariffs/DK/options/TOW-BAR/price", "6000,50"),
        ("names/es", "Vela"),
        ("options/GPS/names/es", "Navegador"),
    ];
    let step = |step: &'static str, seen: &str| -> Vec<(String, String)> {
        let fields = outline.iter().filter(|(name, _)| *name != "step").chain(&typed);
        let fields = fields.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let last = [("step", step), ("seen", seen)];
        fields.chain(last.map(|(name, text)| (name.to_owned(), text.to_owned()))).collect()
    };
    let send = async |fields: &[(String, String)]| {
        let mut form = form_urlencoded::Serializer::new(String::new());
        place.send("plans/new?lang=es", &form.extend_pairs(fields).finish()).await
    };
    let code = PlanCode::parse("VELA").unwrap();
    let stored = || place.world.with(|state| state.plans.get(&code).cloned());
    assert_eq!(send(&step("save", "x")).await.status, 409, "it is put unseen");
    let compared = send(&step("compare", "")).await;
    assert_eq!((compared.status, stored()), (200, None), "{}", compared.body);
    assert!(compared.body.contains("<del>–</del> → <ins>21.000,00\u{a0}€</ins>"));
    assert_eq!(compared.body.matches("<del>").count(), 9);
    let (_, seen) = compared.body.split_once("name=\"seen\" value=\"").unwrap();
    let seen = seen.split('"').next().unwrap();
    for _ in 0..2 {
        let saved = send(&step("save", seen)).await;
        let to = (saved.status, saved.headers.get("location").map(String::as_str));
        assert_eq!(to, (303, Some("../plans/VELA?notice=done")), "{}", saved.body);
    }
    let put = stored().unwrap();
    let spain = put.tariff(CountryCode::parse("ES").unwrap()).unwrap();
    assert_eq!((spain.terms().price().minor(), spain.options().len()), (2_100_000, 1));
    let denmark = put.tariff(CountryCode::parse("DK").unwrap()).unwrap();
    assert_eq!(denmark.options()[1].price.minor(), 600_050);
    assert_eq!(put.option_shown(&denmark.options()[0].code, Language::Es), "Navegador");
    // An option that a country didn't have is offered there once it has a price.
    let page = place.get("plans/VELA?lang=es").await;
    let form = with(fields(&page, "compare"), &[("tariffs/ES/options/TOW-BAR/price", "800")]);
    let mut body = form_urlencoded::Serializer::new(String::new());
    let compared = place.send("plans/VELA?lang=es", &body.extend_pairs(&form).finish()).await;
    assert!(compared.body.contains("<del>–</del> → <ins>800,00\u{a0}€</ins>"), "{}", compared.body);
}

#[tokio::test]
async fn a_fault_of_a_new_plan_is_said_beside_its_field_and_nothing_is_lost() {
    let place = house(&["product"]).await;
    let good = [
        ("plan_code", "VELA"),
        ("base_platform", "VELA-3"),
        ("countries", "ES EUR"),
        ("option_codes", "GPS"),
        ("tariffs/ES/price", "21.000"),
        ("tariffs/ES/signal", "700"),
    ];
    for (name, text) in [
        ("plan_code", "vela"),
        ("plan_code", ""),
        // It has another plan.
        ("plan_code", "CITY"),
        ("base_platform", "<b>"),
        ("countries", ""),
        ("countries", "ES"),
        ("countries", "ES EUR, ES EUR"),
        ("countries", "XX EUR"),
        ("countries", "ES EUROS"),
        ("option_codes", "gps"),
        ("option_codes", "GPS, GPS"),
        ("tariffs/ES/price", ""),
        ("tariffs/ES/signal", "30.000"),
    ] {
        let mut form = good.to_vec();
        form.iter_mut().filter(|(field, _)| *field == name).for_each(|field| field.1 = text);
        for step in ["compare", "save"] {
            let refused = add(&place, &[&form[..], &[("step", step)]].concat()).await;
            assert_eq!(refused.status, 422, "{name} {text}");
            let id = format!("plan-{}-fault", name.replace('/', "-"));
            assert!(refused.body.contains(&format!("id=\"{id}\"")), "{name}: {}", refused.body);
            assert_eq!(refused.body.matches("-fault\">").count(), 1, "{name} {text}");
            for (field, kept) in form.iter().filter(|(field, _)| !field.contains('/')) {
                let kept = kept.replace('<', "&#60;").replace('>', "&#62;");
                let kept = format!("name=\"{field}\" type=\"text\" value=\"{kept}\"");
                assert!(refused.body.contains(&kept), "{field} is lost: {}", refused.body);
            }
        }
    }
    for role in ["sales", "dealership-manager", "auditor"] {
        let place = house(&[role]).await;
        assert!(!place.get("plans").await.body.contains("plans/new"), "{role}");
        assert_eq!(place.get("plans/new").await.status, 403, "{role}");
        assert_eq!(add(&place, &good).await.status, 403, "{role}");
    }
}
