//! What failed, why it was decided so, and what is kept of it.

use std::io::Write;

use redress_scenarios::RecordedCommand;
use redress_store::{Execution, PayloadKind};

use super::Page;
use crate::commands::Count;
use crate::commands::executions::table::Facts;
use crate::commands::wording::word_for_shell;
use crate::failure::Result;
use crate::times;

impl Page<'_> {
    /// What failed, and why it was decided so.
    pub fn facts(&self, output: &mut dyn Write) -> Result<()> {
        let Execution { decision, .. } = self.execution;
        let rule = decision.rule.as_ref().map_or_else(String::new, |rule| format!("{rule}, "));
        let origin = self.execution.origin.map(|origin| origin.to_string()).unwrap_or_default();
        let stored = self.execution.created;
        let mut facts = Facts::default();
        facts.add("error", self.execution.error());
        facts.add("message", self.unless_confidential(self.execution.message()));
        facts.add("facts", &self.other_facts());
        facts.add("decided", &decision.outcome.to_string());
        facts.add("by rule", &format!("{rule}{}", decision.at));
        facts.add("policy", &self.policy());
        facts.add("tries", &self.tries());
        facts.add("runs", self.unless_confidential(&self.runs()));
        facts.add("payload", &self.payload());
        facts.add("key", self.execution.key.as_deref().unwrap_or_default());
        facts.add("run", self.execution.run.as_deref().unwrap_or_default());
        facts.add("follows", &origin);
        facts.add("stored", &format!("{}, {}", self.store.relative(stored), times::local(stored)));
        facts.add("id", &format!("{}, version {}", self.execution.id, self.execution.version));
        facts.write(output)
    }

    /// A text that is kept in the clear only where it is not confidential.
    fn unless_confidential<'t>(&self, text: &'t str) -> &'t str {
        if self.store.is_confidential(self.execution) { "confidential" } else { text }
    }

    /// The fingerprint of the policy that decided, and whether another one would today.
    fn policy(&self) -> String {
        let decided = &self.execution.decision.policy;
        let scenario = self.store.configuration().scenario(&self.execution.scenario);
        if scenario.unloaded.is_some() {
            return format!("{decided}; that of now does not load");
        }
        match *decided == scenario.loaded.fingerprint() {
            true => decided.to_string(),
            false => format!("{decided}; it has changed since"),
        }
    }

    fn tries(&self) -> String {
        let Execution { tries, steps, .. } = self.execution;
        let schedule = self.execution.decision.outcome.argument("after");
        match schedule {
            Some(schedule) => format!("{tries}; {steps} of the schedule used, {schedule}"),
            None => tries.to_string(),
        }
    }

    /// What runs its retries.
    fn runs(&self) -> String {
        let definition = self.execution.definition.as_deref().unwrap_or_default();
        match RecordedCommand::read(definition) {
            Some(RecordedCommand { program, arguments, folder }) => {
                let words: Vec<String> = std::iter::once(&program)
                    .chain(&arguments)
                    .map(|word| word_for_shell(word))
                    .collect();
                format!("{}\nin {}", words.join(" "), folder.display())
            }
            None => definition.to_owned(),
        }
    }

    fn payload(&self) -> String {
        let Execution { payload, edition, .. } = self.execution;
        let bytes = self.store.executions().payload(self.execution.id, *edition);
        let bytes = Count(bytes.ok().flatten().map_or(0, |payload| payload.size()), "byte");
        let edited = if *edition > 1 { format!(", edition {edition}") } else { String::new() };
        match (self.store.is_confidential(self.execution), payload) {
            (true, _) => format!("confidential, {bytes}{edited}"),
            (false, PayloadKind::Reference) => format!("kept elsewhere{edited}"),
            (false, _) => format!("{bytes}{edited}"),
        }
    }
}
