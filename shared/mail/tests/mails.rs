//! Every mail in every language: as it was reviewed, with its facts, and with nothing that must not
//! be in it.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p mail` writes the snapshots anew.

mod samples;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use domain::Language;
use domain::names::Name;
use domain::ports::MailContent;
use domain::sale::Notification;
use icalendar::{Calendar, CalendarComponent, Component, EventLike};
use mail::Mail;
use samples::{contents, recipient};
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

const PORTAL: &str = "https://portal.example.com";
const TOKEN: &str = "dGhlLXRva2VuLW9mLWFuLWFjdGl2YXRpb24tbGluay4";
const PASSWORD: &str = "nG7dWq4hXc9mRt2kPb6v";

type Outcome = Result<(), Box<dyn Error>>;

fn render(language: Language, content: &MailContent) -> Result<Mail, Box<dyn Error>> {
    Ok(mail::render(PORTAL, &recipient("Ana", language)?, content)?)
}

/// Runs a check on every mail in every language.
fn every(mut check: impl FnMut(&MailContent, Language, Mail) -> Outcome) -> Outcome {
    for content in contents()? {
        for language in Language::ALL {
            check(&content, language, render(language, &content)?)?;
        }
    }
    Ok(())
}

fn is(content: &MailContent, wanted: Notification) -> bool {
    matches!(content, MailContent::Notification { notification, .. } if *notification == wanted)
}

#[test]
fn every_mail_is_as_it_was_reviewed() -> Outcome {
    #[expect(
        clippy::disallowed_methods,
        reason = "a switch for who runs the test, not configuration"
    )]
    let update = std::env::var("UPDATE_SNAPSHOTS").is_ok_and(|value| value == "1");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    let mut expected = BTreeSet::new();
    every(|content, language, mail| {
        let file = root.join(mail::kind(content)).join(language.code());
        let text = format!("Subject: {}\n\n{}", mail.subject, mail.text);
        for (path, now) in
            [(file.with_extension("txt"), text), (file.with_extension("html"), mail.html)]
        {
            if update {
                fs::create_dir_all(path.parent().ok_or("no folder")?)?;
                fs::write(&path, &now)?;
            }
            let reviewed = fs::read_to_string(&path)
                .map_err(|fault| format!("{}: {fault}", path.display()))?;
            assert_eq!(
                now,
                reviewed,
                "{} differs; if it is meant to, run with UPDATE_SNAPSHOTS=1",
                path.display()
            );
            expected.insert(path);
        }
        Ok(())
    })?;
    let mut found = BTreeSet::new();
    for folder in fs::read_dir(root)? {
        for file in fs::read_dir(folder?.path())? {
            found.insert(file?.path());
        }
    }
    assert_eq!(
        found.difference(&expected).collect::<Vec<&PathBuf>>(),
        Vec::<&PathBuf>::new(),
        "snapshots of no mail"
    );
    Ok(())
}

#[test]
fn kinds_are_the_names_that_messages_carry() -> Outcome {
    let mut kinds = BTreeSet::new();
    for content in contents()? {
        if let MailContent::Notification { notification, .. } = &content {
            assert_eq!(serde_json::to_value(notification)?, mail::kind(&content));
        }
        kinds.insert(mail::kind(&content));
    }
    assert_eq!(kinds.len(), contents()?.len(), "two mails have one name");
    Ok(())
}

#[test]
fn text_and_html_say_the_same_facts() -> Outcome {
    every(|content, language, mail| {
        let (balance, signal) = match language {
            Language::En => ("€31,500.00", "€1,000.00"),
            Language::Fr | Language::Pt => ("31\u{a0}500,00\u{a0}€", "1\u{a0}000,00\u{a0}€"),
            Language::Es | Language::De | Language::It => ("31.500,00\u{a0}€", "1.000,00\u{a0}€"),
        };
        let home = match language {
            Language::Es => "En su domicilio",
            Language::En => "At your address",
            Language::Pt => "Na sua morada",
            Language::Fr => "À votre adresse",
            Language::De => "An Ihrer Adresse",
            Language::It => "Al Suo indirizzo",
        };
        let facts: &[&str] = match content {
            MailContent::Credentials { .. } => &["ana@example.com", PASSWORD, "2026", "10:30"],
            MailContent::PasswordReset { .. } => &["2026", "11:30"],
            MailContent::Notification { notification, .. } => match notification {
                Notification::OrderPlaced => &["CITY-5", "FO-2026-000417", "15", "2026", signal],
                Notification::ManufacturingStarted
                | Notification::QualityCheckCompleted
                | Notification::ReadyForShipment
                | Notification::InTransit => &["CITY-5", "FO-2026-000417", "15", "2026"],
                Notification::AtDealership => &["CITY-5", "FO-2026-000417"],
                Notification::FinalPaymentDue
                | Notification::DeadlineExtended
                | Notification::DeadlineReminder => {
                    &["CITY-5", "FO-2026-000417", balance, signal, "18", "14:00"]
                }
                Notification::FinalPaymentReceived => &["CITY-5", "FO-2026-000417", balance],
                Notification::VehicleRegistered | Notification::ReadyForDelivery => {
                    &["CITY-5", "FO-2026-000417", "1234 BCD"]
                }
                Notification::DeliveryArranged => {
                    &["CITY-5", "1234 BCD", "3", "2026", "10:30", home]
                }
                Notification::PaymentFailed => &["CITY-5", "FO-2026-000417", signal],
                Notification::OrderRejected
                | Notification::SaleCancelled
                | Notification::PaymentRefunded => &["CITY-5", signal],
                Notification::PaymentAsked => {
                    &["CITY-5", signal, "18", "14:00", "https://checkout.example/c/pay/cs_1"]
                }
                Notification::SaleLapsed => &["CITY-5"],
                Notification::EstimateMoved => {
                    &["CITY-5", "FO-2026-000417", "15", "6", "Falta de cristales templados"]
                }
            },
        };
        for fact in facts {
            assert!(
                mail.text.contains(fact),
                "{} {}: no {fact} in the text",
                mail::kind(content),
                language.code()
            );
            assert!(
                mail.html.contains(fact),
                "{} {}: no {fact} in the HTML",
                mail::kind(content),
                language.code()
            );
        }
        Ok(())
    })
}

#[test]
fn what_a_lost_payment_means_is_said_in_the_trade_s_word() -> Outcome {
    every(|content, language, mail| {
        let warns = [
            Notification::FinalPaymentDue,
            Notification::DeadlineReminder,
            Notification::PaymentFailed,
        ];
        if warns.into_iter().any(|notification| is(content, notification)) {
            let word = match language {
                Language::Es => "«sin asignar»",
                Language::En => "“unassigned”",
                Language::Pt => "«não atribuído»",
                Language::Fr => "«\u{a0}non attribué\u{a0}»",
                Language::De => "„nicht zugewiesen“",
                Language::It => "«non assegnato»",
            };
            assert!(
                mail.text.contains(word) && mail.html.contains(word),
                "{} {}",
                mail::kind(content),
                language.code()
            );
        }
        Ok(())
    })
}

#[test]
fn the_button_leads_to_the_portal_or_to_the_payment_s_page() -> Outcome {
    every(|content, _, mail| {
        let link = match content {
            MailContent::Credentials { .. } => format!("{PORTAL}/activate#{TOKEN}"),
            MailContent::PasswordReset { .. } => format!("{PORTAL}/reset-password#{TOKEN}"),
            MailContent::Notification { notification: Notification::PaymentAsked, .. } => {
                "https://checkout.example/c/pay/cs_1".to_owned()
            }
            MailContent::Notification { .. } => format!("{PORTAL}/expediente"),
        };
        assert_eq!(mail.html.matches(&format!("href=\"{link}\"")).count(), 1);
        assert!(mail.text.lines().any(|line| line.ends_with(&link)));
        Ok(())
    })
}

#[test]
fn a_token_is_in_its_link_s_fragment_and_to_paste_and_a_password_in_the_body_only() -> Outcome {
    let content = contents()?.into_iter().next().ok_or("no credentials")?;
    for language in Language::ALL {
        let mail = render(language, &content)?;
        for body in [&mail.text, &mail.html] {
            // In the link, and on a line of its own for who can't open it, or has scripts off.
            assert_eq!(body.matches(TOKEN).count(), 2);
            assert_eq!(body.matches(&format!("/activate#{TOKEN}")).count(), 1);
            assert_eq!(body.matches(PASSWORD).count(), 1);
        }
        assert!(!mail.subject.contains(TOKEN) && !mail.subject.contains(PASSWORD));
        let preview = mail.html.split("<h1").next().unwrap_or_default();
        assert!(
            !preview.contains(TOKEN) && !preview.contains(PASSWORD),
            "an inbox shows what comes first"
        );
    }
    Ok(())
}

#[test]
fn markup_in_the_data_is_text() -> Outcome {
    let name = r#"<a href="https://example.net">Ana</a> & 'Co'"#;
    let username = domain::EmailAddress::parse("o'neil&co@example.com")?;
    let content = MailContent::Credentials {
        username,
        initial_password: "<b>".to_owned(),
        activation_token: "\"><i>".to_owned(),
        expires_at: jiff::Timestamp::UNIX_EPOCH,
    };
    for language in Language::ALL {
        let mail = mail::render(PORTAL, &recipient(name, language)?, &content)?;
        for markup in ["example.net\"", "<b>", "<i>", "o'neil", "neil&co"] {
            assert!(!mail.html.contains(markup), "{markup}");
        }
        assert!(mail.html.contains(
            "&#60;a href=&#34;https://example.net&#34;&#62;Ana&#60;/a&#62; &#38; &#39;Co&#39;"
        ));
        assert!(mail.text.contains(name) && mail.text.contains("o'neil&co@example.com"));
    }
    Ok(())
}

#[test]
fn html_asks_nothing_of_anybody() -> Outcome {
    every(|content, language, mail| {
        for request in ["<img", "<link", "<script", "<style", "<form", "src=", "url(", "@import"] {
            assert!(
                !mail.html.contains(request),
                "{} {}: {request}",
                mail::kind(content),
                language.code()
            );
        }
        assert_eq!(mail.html.matches("http").count(), 1, "the button's link and no other");
        assert!(mail.html.starts_with("<!doctype html>\n") && mail.html.ends_with("</html>\n"));
        assert!(mail.html.contains(&format!("<html lang=\"{}\"", language.code())));
        Ok(())
    })
}

#[test]
fn subjects_are_one_short_line() -> Outcome {
    every(|_, language, mail| {
        assert!(
            (1..=60).contains(&mail.subject.chars().count()),
            "{}: {}",
            language.code(),
            mail.subject
        );
        assert!(!mail.subject.chars().any(char::is_control));
        Ok(())
    })
}

#[test]
fn a_notification_of_a_sale_that_is_further_on_still_goes_out() -> Outcome {
    for content in contents()? {
        let MailContent::Notification { notification, plan, balance, signal, .. } = content else {
            continue;
        };
        let content = MailContent::Notification {
            notification,
            plan,
            order: None,
            balance,
            signal,
            pay_by: None,
            refunded: vec![],
            plate: None,
            appointment: None,
            moved: None,
            asked: None,
        };
        for language in Language::ALL {
            let mail = render(language, &content)?;
            assert!(mail.text.contains("CITY-5") && !mail.text.contains("FO-2026"));
        }
    }
    Ok(())
}

/// R-193 of `docs/requirements.md`.
#[test]
fn a_mail_calls_the_vehicle_by_its_name_or_its_code_where_the_language_has_none() -> Outcome {
    for notification in [Notification::OrderPlaced, Notification::DeliveryArranged] {
        let mut content = samples::notification(notification)?;
        let MailContent::Notification { plan, .. } = &mut content else {
            return Err("no notification".into());
        };
        plan.names = [(Language::Es, Name::parse("City eléctrico")?)].into_iter().collect();
        for language in Language::ALL {
            let mail = render(language, &content)?;
            let calendar = mail.calendar.clone().unwrap_or_else(|| mail.text.clone());
            let (named, other) = if language == Language::Es {
                ("City eléctrico", "CITY-5")
            } else {
                ("CITY-5", "City eléctrico")
            };
            for said in [&mail.text, &mail.html, &calendar] {
                assert!(said.contains(named) && !said.contains(other), "{said}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_late_mail_tells_of_its_own_step_only() -> Outcome {
    let MailContent::Notification { plan, order, balance, signal, plate, .. } =
        samples::notification(Notification::ReadyForDelivery)?
    else {
        return Err("no notification".into());
    };
    let notification = Notification::FinalPaymentReceived;
    let (pay_by, refunded, appointment) = (None, vec![], None);
    let late = MailContent::Notification {
        notification,
        plan,
        order,
        balance,
        signal,
        pay_by,
        refunded,
        plate,
        appointment,
        moved: None,
        asked: None,
    };
    let mail = render(Language::Es, &late)?;
    assert!(
        !mail.text.contains("1234 BCD") && !mail.text.contains("Entrega estimada"),
        "{}",
        mail.text
    );
    Ok(())
}

#[test]
fn a_delivery_comes_as_an_entry_for_the_customer_s_calendar() -> Outcome {
    let mail = render(Language::Es, &samples::notification(Notification::DeliveryArranged)?)?;
    let calendar: Calendar = mail.calendar.ok_or("no calendar file")?.parse()?;
    let [CalendarComponent::Event(event)] = calendar.components.as_slice() else {
        return Err("one entry".into());
    };
    // Half past ten in Madrid's summer.
    let begin: DateTime<Utc> = "2026-07-03T08:30:00Z".parse()?;
    assert_eq!(event.get_start(), Some(begin.into()));
    assert_eq!(event.get_end(), Some((begin + TimeDelta::hours(1)).into()));
    assert_eq!(event.get_summary(), Some("Entrega de su vehículo (CITY-5)"));
    assert_eq!(event.get_location(), Some("En su domicilio"));
    assert_eq!(event.get_uid(), Some("01936d3c-7d2b-7b4c-8d8e-1f2a3b4c5d6e@caas"));
    assert_eq!(event.get_sequence(), Some(1), "it is in the place of the first");
    every(|content, _, mail| {
        assert_eq!(mail.calendar.is_some(), is(content, Notification::DeliveryArranged));
        Ok(())
    })
}

#[test]
fn a_delivery_without_an_hour_takes_the_day() -> Outcome {
    let mut content = samples::notification(Notification::DeliveryArranged)?;
    let MailContent::Notification { appointment: Some(arranged), .. } = &mut content else {
        return Err("no delivery".into());
    };
    arranged.slot.time = None;
    let mail = render(Language::De, &content)?;
    let calendar: Calendar = mail.calendar.ok_or("no calendar file")?.parse()?;
    let day = calendar.components.iter().find_map(|entry| entry.as_event()?.get_start());
    assert_eq!(day, Some(NaiveDate::from_ymd_opt(2026, 7, 3).ok_or("no day")?.into()));
    assert!(mail.text.contains("3. Juli 2026\n"), "{}", mail.text);
    Ok(())
}
