//! A browser with one page, as people have it: what it shows, what it asked for, and what
//! axe-core says of it.

use anyhow::{Context, Result, anyhow, ensure};
use chromiumoxide::cdp::browser_protocol::emulation::{
    MediaFeature, SetDeviceMetricsOverrideParams, SetEmulatedMediaParams,
    SetScriptExecutionDisabledParams,
};
use chromiumoxide::cdp::browser_protocol::log::{
    EnableParams as EnableLog, EventEntryAdded, LogEntryLevel,
};
use chromiumoxide::cdp::browser_protocol::network::{
    EventLoadingFinished, EventRequestWillBeSent, Headers, SetExtraHttpHeadersParams,
};
use chromiumoxide::cdp::browser_protocol::page::PrintToPdfParams;
use chromiumoxide::cdp::js_protocol::runtime::{EvaluateParams, EventExceptionThrown};
use chromiumoxide::page::ScreenshotParams;
use chromiumoxide::{Browser, BrowserConfig, Page};
use futures::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::Value;
use stack::eventually;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use tools::Tools;
use tools::narrator::Narrator;
use tools::root::root;

/// Names another browser than the one that is set up.
const OTHER_BROWSER: &str = "PORTAL_BROWSER";

/// What the page asked for, and what went wrong in it.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen {
    pub(crate) requests: Vec<String>,
    pub(crate) bytes: f64,
    pub(crate) errors: Vec<String>,
}

impl Seen {
    /// What went wrong, but for pages that refuse something: the browser notes each.
    pub(crate) fn wrong(&self) -> Vec<&str> {
        let is_refusal = |error: &&str| error.contains("responded with a status of 4");
        self.errors.iter().map(String::as_str).filter(|error| !is_refusal(error)).collect()
    }
}

/// The browser.
pub(crate) struct Visitor {
    page: Page,
    seen: Arc<Mutex<Seen>>,
    axe: String,
    pictures: PathBuf,
    // Dropped after the page: its end is the browser's.
    browser: Browser,
}

impl Visitor {
    /// A browser that nobody has used.
    pub(crate) async fn new(story: &str) -> Result<Self> {
        Tools::Browser.install(&Narrator::default())?;
        let set = Tools::Browser.folder();
        let own = set.join("chromium");
        let pictures = root().join("target/screenshots").join(story);
        let profile = pictures.join("profile");
        drop(std::fs::remove_dir_all(&pictures));
        std::fs::create_dir_all(&profile)?;
        let executable =
            std::env::var_os(OTHER_BROWSER).map_or_else(|| own.join("chromium"), PathBuf::from);
        let config = BrowserConfig::builder()
            .chrome_executable(&executable)
            .no_sandbox()
            .viewport(None)
            .user_data_dir(profile)
            .env("LD_LIBRARY_PATH", own.join("lib").to_string_lossy())
            .env("FONTCONFIG_FILE", own.join("fonts.conf").to_string_lossy())
            .args(["--disable-gpu", "--use-angle=swiftshader", "--hide-scrollbars"]);
        let (browser, mut handler) =
            Browser::launch(config.build().map_err(|fault| anyhow!(fault))?).await.with_context(
                || {
                    format!(
                        "no browser: name one by {OTHER_BROWSER}; {} can't be used",
                        executable.display()
                    )
                },
            )?;
        tokio::spawn(async move { while handler.next().await.is_some() {} });
        let page = browser.new_page("about:blank").await?;
        page.execute(EnableLog::default()).await?;
        let seen = Arc::new(Mutex::new(Seen::default()));
        watch::<EventRequestWillBeSent>(&page, &seen, |seen, event| {
            seen.requests.push(event.request.url.clone());
        })
        .await?;
        watch::<EventLoadingFinished>(&page, &seen, |seen, event| {
            seen.bytes += event.encoded_data_length;
        })
        .await?;
        watch::<EventEntryAdded>(&page, &seen, |seen, event| {
            if event.entry.level == LogEntryLevel::Error {
                seen.errors.push(event.entry.text.clone());
            }
        })
        .await?;
        watch::<EventExceptionThrown>(&page, &seen, |seen, event| {
            seen.errors.push(event.exception_details.text.clone());
        })
        .await?;
        let axe = std::fs::read_to_string(set.join("node_modules/axe-core/axe.min.js"))?;
        Ok(Self { page, seen, axe, pictures, browser })
    }

    /// What happened since this was asked last.
    pub(crate) fn seen(&self) -> Seen {
        std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Goes to an address.
    pub(crate) async fn open(&self, url: &str) -> Result<()> {
        // Twice the same page with another fragment would be no visit.
        self.page.goto("about:blank").await?;
        self.page.goto(url).await.with_context(|| format!("{url} can't be opened"))?;
        Ok(())
    }

    /// Shows a mail as a reader of mails does.
    pub(crate) async fn read(&self, mail: &str) -> Result<()> {
        self.page.goto("about:blank").await?;
        self.page.set_content(mail).await.context("the mail can't be shown").map(drop)
    }

    /// The page's address.
    pub(crate) async fn address(&self) -> Result<String> {
        Ok(self.page.url().await?.unwrap_or_default())
    }

    /// Writes into a field, as with a keyboard.
    pub(crate) async fn write(&self, field: &str, text: &str) -> Result<()> {
        let field = self.page.find_element(format!("#{field}")).await?;
        field.focus().await?.type_str(text).await?;
        Ok(())
    }

    /// Presses Enter, and waits for the page whose address ends so.
    pub(crate) async fn enter(&self, end: &str) -> Result<()> {
        self.page.find_element("main button.main").await?.focus().await?.press_key("Enter").await?;
        self.arrive(end).await
    }

    /// Follows a link, and waits for the page whose address ends so.
    pub(crate) async fn follow(&self, link: &str, end: &str) -> Result<()> {
        self.page
            .find_element(link)
            .await
            .with_context(|| format!("there is no {link}"))?
            .click()
            .await?;
        self.arrive(end).await
    }

    /// Clicks, and waits for the page whose address has this part: one of others' makes its end.
    pub(crate) async fn leave_for(&self, button: &str, part: &str) -> Result<()> {
        self.page
            .find_element(button)
            .await
            .with_context(|| format!("there is no {button}"))?
            .click()
            .await?;
        self.arrive_where(&format!("has {part}"), |address| address.contains(part)).await
    }

    async fn arrive(&self, end: &str) -> Result<()> {
        self.arrive_where(&format!("ends with {end}"), |address| address.ends_with(end)).await
    }

    async fn arrive_where(&self, what: &str, is_there: impl Fn(&str) -> bool) -> Result<()> {
        let awaited = format!("the address {what}");
        let arrived = eventually(crate::PATIENCE, &awaited, async || {
            let ready = self
                .evaluate::<String>("document.readyState")
                .await
                .is_ok_and(|state| state == "complete");
            Ok((ready && is_there(&self.address().await?)).then_some(()))
        });
        if let Err(fault) = arrived.await {
            // What is there instead says why.
            let there = self.address().await?;
            let text = self.evaluate::<String>("document.body.innerText").await;
            return Err(fault.context(format!("{there} says {}", text.unwrap_or_default())));
        }
        Ok(())
    }

    /// The value of an expression.
    pub(crate) async fn evaluate<T: DeserializeOwned>(&self, expression: &str) -> Result<T> {
        let asked = EvaluateParams::builder()
            .expression(expression)
            .await_promise(true)
            .return_by_value(true);
        Ok(self
            .page
            .evaluate(asked.build().map_err(|fault| anyhow!(fault))?)
            .await?
            .into_value()?)
    }

    /// Goes through the page by keyboard alone: Tab reaches everything that can be used, in the
    /// order in which it is read, the way past the navigation first, and each shows that it is
    /// reached.
    pub(crate) async fn tab_through(&self) -> Result<()> {
        // Of the ways to choose from, Tab reaches the one that is chosen.
        let usable = "[...document.querySelectorAll('a[href], button, input:not([type=hidden]):not(:disabled):not([type=radio]:not(:checked)), \
                      select, summary, [tabindex=\"0\"]')]\
                      .filter(one => one.checkVisibility())";
        let count: usize =
            self.evaluate(&format!("document.activeElement.blur(), {usable}.length")).await?;
        ensure!(count > 1, "there is nothing to use");
        let body = self.page.find_element("body").await?;
        for place in 0..count {
            // A date is gone through by day, month, year and its calendar.
            let stays =
                if self.evaluate("document.activeElement.type === 'date'").await? { 4 } else { 0 };
            let mut reached = -1;
            for _ in 0..=stays {
                body.press_key("Tab").await?;
                reached = self
                    .evaluate::<i64>(&format!("{usable}.indexOf(document.activeElement)"))
                    .await?;
                if usize::try_from(reached + 1) != Ok(place) {
                    break;
                }
            }
            ensure!(
                usize::try_from(reached) == Ok(place),
                "Tab {place} reaches {reached} of {count}"
            );
            let shown = "(({ outlineStyle, outlineWidth, boxShadow }) => boxShadow !== 'none' || (outlineStyle !== 'none' && \
                         parseFloat(outlineWidth) >= 2))(getComputedStyle(document.activeElement))";
            ensure!(self.evaluate::<bool>(shown).await?, "the {place}. shows no focus");
        }
        let first: String = self.evaluate(&format!("{usable}[0].getAttribute('href')")).await?;
        ensure!(first == "#content", "the first leads to {first}");
        Ok(())
    }

    /// Presses the space bar on a field.
    pub(crate) async fn tick(&self, field: &str) -> Result<()> {
        self.page.find_element(format!("#{field}")).await?.focus().await?.press_key(" ").await?;
        Ok(())
    }

    /// Fills in a field that isn't written letter by letter: a day, an hour, what is there already.
    pub(crate) async fn set(&self, field: &str, value: &str) -> Result<()> {
        let set = format!(
            "(field => {{ field.value = {value:?}; field.dispatchEvent(new Event('input', {{ bubbles: true }})); return field.value }})\
             (document.getElementById({field:?}))"
        );
        let now: String = self.evaluate(&set).await?;
        ensure!(now == value, "{field} takes {now} for {value}");
        Ok(())
    }

    /// Clicks on something, wherever the page has scrolled to.
    pub(crate) async fn click(&self, what: &str) -> Result<()> {
        let click = format!(
            "(one => {{ one?.focus(); one?.click(); return !!one }})(document.querySelector({what:?}))"
        );
        ensure!(self.evaluate::<bool>(&click).await?, "there is no {what}");
        Ok(())
    }

    /// Clicks on something that leads to another page, and waits for that one, whatever its address.
    pub(crate) async fn send(&self, what: &str) -> Result<()> {
        self.evaluate::<bool>("window.isBefore = true").await?;
        self.click(what).await?;
        eventually(crate::PATIENCE, &format!("{what} leads on"), async || {
            let there = "!window.isBefore && document.readyState === 'complete'";
            Ok(self.evaluate::<bool>(there).await.is_ok_and(|there| there).then_some(()))
        })
        .await
    }

    /// Has the browser ask for pages in this language.
    pub(crate) async fn speak(&self, language: &str) -> Result<()> {
        let headers = Headers::new(serde_json::json!({ "accept-language": language }));
        self.page.execute(SetExtraHttpHeadersParams::new(headers)).await?;
        Ok(())
    }

    /// Turns scripts off, or on again.
    pub(crate) async fn scripts(&self, on: bool) -> Result<()> {
        self.page.execute(SetScriptExecutionDisabledParams::new(!on)).await?;
        Ok(())
    }

    /// Keeps a picture of the page on a desk and on a narrow phone, by day and by night; on each,
    /// nothing is wider than the window, and axe-core finds nothing serious.
    pub(crate) async fn look(&self, name: &str) -> Result<()> {
        for (device, width, height, phone, scheme) in [
            ("desk", 1280, 900, false, "light"),
            ("desk-by-night", 1280, 900, false, "dark"),
            ("phone", 320, 640, true, "light"),
            ("phone-by-night", 320, 640, true, "dark"),
        ] {
            self.page
                .execute(SetDeviceMetricsOverrideParams::new(width, height, 1.0, phone))
                .await?;
            let scheme = MediaFeature::new("prefers-color-scheme", scheme);
            self.page.execute(SetEmulatedMediaParams::builder().features([scheme]).build()).await?;
            eventually(crate::PATIENCE, &format!("the window is a {device}'s"), async || {
                Ok((self.evaluate::<i64>("window.innerWidth").await? == width).then_some(()))
            })
            .await?;
            let wide: i64 = self.evaluate("document.documentElement.scrollWidth").await?;
            ensure!(wide <= width, "{name} on the {device} is {wide} wide");
            self.judge(&format!("{name} on the {device}")).await?;
            // Last: it takes the page out of the device's window.
            let file = self.pictures.join(format!("{name}-{device}.png"));
            let whole = ScreenshotParams::builder().full_page(true).build();
            std::fs::write(&file, self.page.screenshot(whole).await?)?;
        }
        Ok(())
    }

    /// Keeps the page as it is printed: on paper there is nothing to click.
    pub(crate) async fn print(&self, name: &str) -> Result<()> {
        self.page.execute(SetEmulatedMediaParams::builder().media("print").build()).await?;
        let shown: usize = self
            .evaluate("[...document.querySelectorAll('a, button, form')].filter(one => one.getClientRects().length > 0).length")
            .await?;
        let file = self.pictures.join(format!("{name}.pdf"));
        self.page.save_pdf(PrintToPdfParams::default(), file).await?;
        self.page.execute(SetEmulatedMediaParams::builder().media("screen").build()).await?;
        ensure!(shown == 0, "{shown} things to click are printed");
        Ok(())
    }

    async fn judge(&self, what: &str) -> Result<()> {
        let run =
            "axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations)";
        let found: Vec<Value> = self.evaluate(&format!("{};\n{run}", self.axe)).await?;
        let bad = found
            .iter()
            .filter(|rule| matches!(rule["impact"].as_str(), Some("serious" | "critical")));
        let bad: Vec<String> =
            bad.map(|rule| format!("{}: {}", rule["id"], rule["nodes"][0]["html"])).collect();
        ensure!(bad.is_empty(), "{what}: {bad:?}");
        Ok(())
    }

    /// Where the pictures are.
    pub(crate) fn pictures(&self) -> &Path {
        &self.pictures
    }

    /// Ends the browser, and its profile.
    pub(crate) async fn leave(mut self) -> Result<()> {
        self.browser.close().await?;
        self.browser.wait().await?;
        drop(std::fs::remove_dir_all(self.pictures.join("profile")));
        Ok(())
    }
}

async fn watch<E>(
    page: &Page,
    seen: &Arc<Mutex<Seen>>,
    note: impl Fn(&mut Seen, &E) + Send + 'static,
) -> Result<()>
where
    E: chromiumoxide::cdp::IntoEventKind + Send + Sync + Unpin + 'static,
{
    let (mut events, seen) = (page.event_listener::<E>().await?, Arc::clone(seen));
    tokio::spawn(async move {
        while let Some(event) = events.next().await {
            note(&mut seen.lock().unwrap_or_else(PoisonError::into_inner), &event);
        }
    });
    Ok(())
}
