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
        let pages = self.0.split("\n### ");
        let page = pages.filter_map(|page| page.split_once('\n')).find(|page| page.0 == alarm)?.1;
        let repair = page.split("**Repair.**").nth(1)?.split("**Verify.**").next()?;
        let quoted = repair.split('`').skip(1).step_by(2);
        quoted.filter(|text| text.starts_with("caas ")).find(|text| text.contains("--why"))
    }
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
    }
}
