//! `redress executions payload`.

use std::io::Write;

use redress_scenarios::ShownExecution;
use redress_store::{Execution, Payload as Kept};

use super::{Store, name, unanswered};
use crate::arguments::Payload;
use crate::commands::Count;
use crate::failure::{Failure, Result, Status};
use crate::terminal::{self, Visible};

/// Writes a payload to standard output, byte by byte as it was given; to a terminal, so that it can be read.
pub fn run(store: &Store, arguments: &Payload) -> Result {
    let execution = store.get(&arguments.execution)?;
    let edition = arguments.edition.unwrap_or(execution.edition);
    let kept = store.payload(&execution, edition)?;
    let name = name(&execution.scenario, execution.sequence);
    if store.is_confidential(&execution) || matches!(kept, Kept::Sealed(_)) {
        return Err(Failure::fails(format_args!(
            "the payload of {name} is confidential, {}; it is not shown",
            Count(kept.size(), "byte")
        )));
    }
    if let Kept::Reference(_) = kept {
        terminal::note(format_args!("the payload of {name} is kept elsewhere; this is where"));
    }
    let mut output = terminal::output();
    if terminal::terminal_width().is_some() {
        // What comes from outside plays no tricks on a terminal; a pipe has every byte as it is.
        writeln!(output, "{}", Visible(&String::from_utf8_lossy(kept.bytes())))?;
    } else {
        output.write_all(kept.bytes())?;
    }
    output.flush()?;
    Ok(Status::Done)
}

impl Store {
    /// An execution by what it is called.
    pub fn get(&self, called: &str) -> Result<Execution> {
        self.shown(called).map(|shown| shown.execution)
    }

    /// The same with what is shown beside it.
    pub fn shown(&self, called: &str) -> Result<ShownExecution> {
        let id = self.find(called)?;
        let found = ShownExecution::of(self.executions(), id, self.now).map_err(unanswered)?;
        found.ok_or_else(|| {
            Failure::fails(format_args!(
                "there is no execution `{called}`; where it was deleted, the log of its scenario says so"
            ))
        })
    }

    /// An edition of a payload, as it is kept.
    pub fn payload(&self, execution: &Execution, edition: u32) -> Result<Kept> {
        let found = self.executions().payload(execution.id, edition).map_err(unanswered)?;
        found.ok_or_else(|| {
            Failure::fails(format_args!(
                "{} has no edition {edition} of its payload; the last is {}",
                name(&execution.scenario, execution.sequence),
                execution.edition
            ))
        })
    }

    /// Whether its payloads are not to be shown, however they are kept.
    pub fn is_confidential(&self, execution: &Execution) -> bool {
        self.executions().is_confidential(execution)
    }
}
