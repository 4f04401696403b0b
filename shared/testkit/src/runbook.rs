//! The runbook, `docs/runbook.md`, as the operator of a simulation reads it.

use std::borrow::Cow;

/// A page for each alarm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runbook(Cow<'static, str>);

impl Default for Runbook {
    fn default() -> Self {
        Self(include_str!("../../../docs/runbook.md").into())
    }
}

impl Runbook {
    /// The runbook with another command in a page, to see what a page that mends nothing comes to.
    #[must_use]
    pub fn with(&self, command: &str, other: &str) -> Self {
        Self(self.0.replace(command, other).into())
    }

    /// By what the page of an alarm repairs: the first command that asks why; where there is none,
    /// its first words, up to a stop or a bracket.
    pub fn repair(&self, alarm: &str) -> Option<&str> {
        let text = self.part(alarm, "Repair")?;
        let words = text.split(['.', '(']).next().map(str::trim);
        quoted(text).find(|text| text.contains("--why")).or(words)
    }

    /// The alarms that have a page, in its order.
    pub fn alarms(&self) -> Vec<&str> {
        let chapter = self.0.split("\n## Alarms\n").nth(1).unwrap_or_default();
        let chapter = chapter.split("\n## ").next().unwrap_or_default();
        chapter.lines().filter_map(|line| line.strip_prefix("### ")).collect()
    }

    /// The commands that a part of an alarm's page names, in order; none where there is no page.
    pub fn commands(&self, alarm: &str, part: &str) -> Vec<&str> {
        quoted(self.part(alarm, part).unwrap_or_default()).collect()
    }

    fn part(&self, alarm: &str, part: &str) -> Option<&str> {
        let mut pages = self.0.split("\n### ").filter_map(|page| page.split_once('\n'));
        let (_, page) = pages.find(|page| page.0 == alarm)?;
        page.split(&format!("**{part}.**")).nth(1)?.split("\n**").next()
    }

    /// The commands of the steps by which a lost table is restored, in order.
    pub fn table_is_lost(&self) -> Vec<&str> {
        let chapter = self.0.split("\n## The table is lost\n").nth(1);
        let chapter = chapter.and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
        let steps = chapter.lines().filter(|line| line.starts_with('|'));
        steps.flat_map(quoted).collect()
    }
}

/// The commands that a text quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2).filter(|text| text.starts_with("caas "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_s_repair_is_the_command_that_asks_why() {
        let runbook = Runbook::default();
        let repair = runbook.repair("NotificationDeadLettersAlarm").unwrap();
        assert!(repair.starts_with("caas resend notifications --why"), "{repair}");
        let other = runbook.with(repair, "caas look notifications");
        let left = other.repair("NotificationDeadLettersAlarm").unwrap();
        assert!(left.starts_with("Mend the cause"), "{left}");
        assert_eq!(runbook.repair("CasesOpenTooLongAlarm"), Some("Call the dealership's manager"));
        assert_eq!(runbook.repair("NoAlarm"), None);
        let restored = ["caas restore <moment> --dry-run", "caas restore <moment> --why \"…\""];
        assert!(runbook.table_is_lost().starts_with(&restored));
        let verify = runbook.commands("NotificationDeadLettersAlarm", "Verify");
        assert_eq!(verify, ["caas dead-letters"]);
    }
}
