//! The walk of `docs/walk.md`, done in a browser as it is written: a step that can't be done as it
//! says fails.

use crate::browser::Visitor;
use crate::portal::more_time;
use crate::{PATIENCE, Shared, World, trial};
use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::Trial;
use serde_json::Value;
use stack::demo::MILESTONES;
use stack::eventually;
use std::cell::{Cell, RefCell};
use tools::root::root;

pub(super) fn trials(world: &Shared) -> Vec<Trial> {
    vec![trial(
        world,
        "the_walk_leads_to_a_hand_over_in_a_browser",
        the_walk_leads_to_a_hand_over_in_a_browser,
    )]
}

/// A step of the walk.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Open(String),
    Click(String),
    /// A link whose address has this part.
    Follow(String),
    Choose(String),
    Write(String, String),
    Pick(String, String),
    /// The initial password, where it is asked for.
    Password(String),
    File,
    Wait(String),
}

impl Step {
    /// What a line of the walk says.
    fn parse(line: &str) -> Result<Self> {
        let quoted = |mark: &str| line.split(mark).nth(1).map(str::to_owned);
        let bold = || quoted("**").with_context(|| format!("nothing is named: {line}"));
        let code = || quoted("`").with_context(|| format!("nothing is given: {line}"));
        Ok(match line.split(' ').next().unwrap_or_default() {
            "Open" => Self::Open(bold()?),
            "Click" if line.starts_with("Click the link") => Self::Follow(code()?),
            "Click" => Self::Click(bold()?),
            "Choose" => Self::Choose(bold()?),
            "Write" if line.starts_with("Write the initial password") => Self::Password(bold()?),
            "Write" => Self::Write(code()?, bold()?),
            "Pick" => {
                let day = jiff::Zoned::now().date().saturating_add(jiff::Span::new().days(3));
                let value = if line.contains("a day to come") { day.to_string() } else { code()? };
                Self::Pick(value, bold()?)
            }
            "Take" => Self::File,
            "Wait" | "Look" => Self::Wait(bold()?),
            _ => bail!("nobody knows how to do this: {line}"),
        })
    }
}

/// The numbered lines of the walk, with their numbers.
fn steps() -> Result<Vec<(usize, String)>> {
    let text = std::fs::read_to_string(root().join("docs/walk.md"))?;
    let numbered = text.lines().filter_map(|line| {
        let (number, step) = line.split_once(". ")?;
        Some((number.parse::<usize>().ok()?, step.to_owned()))
    });
    Ok(numbered.collect())
}

async fn the_walk_leads_to_a_hand_over_in_a_browser(world: &World) -> Result<()> {
    let steps = steps()?;
    ensure!(steps.len() > 50, "the walk has {} steps", steps.len());
    let walk = Walk { world, visitor: Visitor::new("walk").await?, mailed: RefCell::default() };
    walk.visitor.speak("en").await?;
    for (place, (number, line)) in steps.iter().enumerate() {
        ensure!(*number == place + 1, "step {number} is the {}.", place + 1);
        let step = Step::parse(line)?;
        if let Err(fault) = walk.take(&step).await {
            let page: String = walk.visitor.evaluate("document.body.innerText").await?;
            let address = walk.visitor.address().await?;
            bail!("step {number}: {line}: {fault:#}; {address} says:\n{page}");
        }
    }
    let seen = walk.visitor.seen();
    ensure!(seen.errors.is_empty(), "{:?}", seen.errors);
    walk.visitor.leave().await
}

struct Walk<'a> {
    world: &'a World,
    visitor: Visitor,
    /// The initial password of the mail whose link was followed.
    mailed: RefCell<String>,
}

/// Finds what can be seen, and marks it; whether there is some.
const FIND: &str = "(kinds, text) => {
  const said = one => one.innerText.replace(/\\s+/g, ' ').trim();
  const seen = kinds.flatMap(kind => [...document.querySelectorAll(kind)]).filter(one => one.checkVisibility() && said(one).includes(text));
  const found = seen.find(one => said(one) === text) ?? seen.find(one => said(one).startsWith(text)) ?? seen[0];
  document.querySelector('[data-walk]')?.removeAttribute('data-walk');
  found?.setAttribute('data-walk', '');
  return !!found;
}";

impl Walk<'_> {
    async fn take(&self, step: &Step) -> Result<()> {
        match step {
            Step::Open(name) => self.visitor.open(&self.address(name)?).await,
            Step::Click(text) => {
                self.find_anew(&["main button", "button", "a", "summary"], text).await?;
                self.press().await
            }
            Step::Follow(part) => {
                let find = format!(
                    "(document.querySelector('a[href*={part:?}]')?.setAttribute('data-walk', ''), true)"
                );
                self.visitor.evaluate::<bool>(&find).await?;
                let mailed = "document.body.innerText.match(/Initial password: (\\S+)/)?.[1] ?? ''";
                self.mailed.replace(self.visitor.evaluate(mailed).await?);
                self.press().await
            }
            Step::Choose(label) => {
                self.find(&["label"], label).await?;
                self.visitor.click("[data-walk]").await
            }
            Step::Write(text, label) => {
                let field = self.field(label).await?;
                self.visitor.write(&field, text).await
            }
            Step::Pick(value, label) => {
                let field = self.field(label).await?;
                let choice = format!(
                    "[...document.getElementById({field:?}).options ?? []].find(one => one.text === {value:?})?.value ?? {value:?}"
                );
                let value: String = self.visitor.evaluate(&choice).await?;
                self.visitor.set(&field, &value).await
            }
            Step::Password(label) => {
                let (field, password) = (self.field(label).await?, self.mailed.borrow().clone());
                ensure!(!password.is_empty(), "the mail has no initial password");
                self.visitor.write(&field, &password).await
            }
            Step::File => self.file().await,
            Step::Wait(text) => {
                if text == "Balance awaited" {
                    self.build().await?;
                }
                eventually(PATIENCE, &format!("the page says {text}"), async || {
                    let said: String = self.visitor.evaluate("document.body.innerText").await?;
                    Ok(said.to_lowercase().contains(&text.to_lowercase()).then_some(()))
                })
                .await
            }
        }
    }

    fn address(&self, name: &str) -> Result<String> {
        let stack = &self.world.stack;
        Ok(match name {
            "Desk" => self.world.desk(""),
            "Portal" => format!("{}/portal/expediente", stack.api_url),
            "Mails" => format!("{}/mailbox", stack.partners.url()),
            _ => bail!("{name} has no address"),
        })
    }

    /// Finds what says this, the first kind first.
    async fn find(&self, kinds: &[&str], text: &str) -> Result<()> {
        eventually(PATIENCE, &format!("there is {text}"), async || {
            Ok(self.is_there(kinds, text).await?.then_some(()))
        })
        .await
    }

    /// Whether it is there by now; a page that is on its way answers nothing.
    async fn is_there(&self, kinds: &[&str], text: &str) -> Result<bool> {
        let find = format!("({FIND})({}, {text:?})", serde_json::to_string(kinds)?);
        Ok(self.visitor.evaluate::<bool>(&find).await.is_ok_and(|there| there))
    }

    /// Finds what may not be there yet, as whoever loads a list again.
    async fn find_anew(&self, kinds: &[&str], text: &str) -> Result<()> {
        let loads = Cell::new(0);
        eventually(PATIENCE, &format!("there is {text}"), async || {
            loads.set(loads.get() + 1);
            // The page may still be on its way the first times.
            if loads.get() % 20 == 0 {
                self.visitor.open(&self.visitor.address().await?).await?;
            }
            Ok(self.is_there(kinds, text).await?.then_some(()))
        })
        .await
    }

    /// The field of a label.
    async fn field(&self, label: &str) -> Result<String> {
        self.find(&["label"], label).await?;
        let field = "(field => (field.id ||= 'walked', field.id))(document.querySelector('[data-walk]').control)";
        self.visitor.evaluate(field).await
    }

    /// Clicks what was found; what leads to another page is waited for.
    async fn press(&self) -> Result<()> {
        let leads = "document.querySelector('[data-walk]').matches('a, button')";
        if self.visitor.evaluate(leads).await.context("nothing was found")? {
            self.visitor.send("[data-walk]").await
        } else {
            self.visitor.click("[data-walk]").await
        }
    }

    /// Chooses a file, as from a dialogue.
    async fn file(&self) -> Result<()> {
        let choose = "(field => { const files = new DataTransfer(); files.items.add(new File(['scan'], 'scan.pdf')); field.files = files.files; \
                      field.dispatchEvent(new Event('change')); return true })([...document.querySelectorAll('input[type=file]')]\
                      .find(one => one.checkVisibility()))";
        self.visitor.evaluate::<bool>(choose).await?;
        eventually(PATIENCE, "the digest is there", async || {
            let digest: String =
                self.visitor.evaluate("document.querySelector('[data-digest]').value").await?;
            Ok((digest.len() == 64).then_some(()))
        })
        .await
    }

    /// What takes its time in the run is told to the factory here, and the balance has seconds.
    async fn build(&self) -> Result<()> {
        let address = self.visitor.address().await?;
        let id = super::sale_of(&address)?;
        let sale = self.world.sale_with(&id, "OrderPlaced").await?;
        let order = sale.pointer("/order/order_id").and_then(Value::as_str).context("no order")?;
        self.world.stack.partners.advance(order, MILESTONES[5]).await?;
        self.world.sale_with(&id, MILESTONES[5]).await?;
        more_time(self.world, &id).await
    }
}
