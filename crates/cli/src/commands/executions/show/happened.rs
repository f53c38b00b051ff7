//! What happened to an execution.

use std::io::Write;

use redress_store::{Entry, Happening};

use super::Page;
use crate::commands::executions::resolve::write_difference;
use crate::commands::executions::table::Facts;
use crate::commands::executions::told::happening;
use crate::commands::executions::unanswered;
use crate::configuration::command;
use crate::failure::Result;
use crate::times;

/// So many lines of what happened are shown; `log` has them all.
const MOST_ENTRIES: usize = 20;

impl Page<'_> {
    /// What happened, with what a person changed.
    pub fn happened(&self, output: &mut dyn Write, log: &[Entry]) -> Result<()> {
        writeln!(output, "\nwhat happened")?;
        let passed_over = log.len().saturating_sub(MOST_ENTRIES);
        if passed_over > 0 {
            writeln!(
                output,
                "  {passed_over} earlier: {}",
                command(format_args!("executions log {}", self.name()))
            )?;
        }
        for entry in &log[passed_over..] {
            let mut line = Facts::default();
            line.add(&times::local(entry.at), &happening(&entry.what, entry.at));
            line.write(output)?;
            if let Happening::Asked { edited: Some(edition), .. } = entry.what {
                let id = self.execution.id;
                let difference =
                    self.store.executions().difference(id, edition.number).map_err(unanswered)?;
                difference.map_or(Ok(()), |difference| write_difference(output, &difference))?;
            }
        }
        Ok(())
    }
}
