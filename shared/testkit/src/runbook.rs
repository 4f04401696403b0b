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

    /// The command by which the page of an alarm repairs: the first that asks why.
    pub fn repair(&self, alarm: &str) -> Option<&str> {
        self.commands(alarm, "Repair").into_iter().find(|text| text.contains("--why"))
    }

    /// The commands that a part of an alarm's page names, in order; none where there is no page.
    pub fn commands(&self, alarm: &str, part: &str) -> Vec<&str> {
        let pages = self.0.split("\n### ").filter_map(|page| page.split_once('\n'));
        let page = pages.filter(|page| page.0 == alarm).map(|page| page.1).next();
        let text = page.and_then(|page| page.split(&format!("**{part}.**")).nth(1));
        quoted(text.and_then(|rest| rest.split("\n**").next()).unwrap_or_default()).collect()
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
        assert_eq!(other.repair("NotificationDeadLettersAlarm"), None);
        assert_eq!(runbook.repair("NoAlarm"), None);
        let restored = ["caas restore <moment> --dry-run", "caas restore <moment> --why \"…\""];
        assert!(runbook.table_is_lost().starts_with(&restored));
        let verify = runbook.commands("NotificationDeadLettersAlarm", "Verify");
        assert_eq!(verify, ["caas dead-letters"]);
    }
}
