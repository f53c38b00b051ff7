//! `redress executions show`: what failed, why it was decided so, what was tried, what can be done now.

mod event;
mod facts;
mod happened;
mod next;
mod stands;

use std::io::Write;

use redress_scenarios::ShownExecution;
use redress_store::Execution;

use super::{Store, name, unanswered, write_json};
use crate::arguments::{Format, ShowExecution};
use crate::failure::{Result, Status};
use crate::terminal;

/// Shows an execution.
pub fn run(store: &Store, arguments: &ShowExecution) -> Result {
    let shown = store.shown(&arguments.execution)?;
    let mut output = terminal::output();
    if arguments.format == Format::Json {
        return write_json(&mut output, &shown);
    }
    let log = store.executions().log(shown.execution.id).map_err(unanswered)?;
    let page = Page { store, execution: &shown.execution, shown: &shown };
    page.stands(&mut output)?;
    page.facts(&mut output)?;
    page.happened(&mut output, &log)?;
    page.next(&mut output)?;
    output.flush()?;
    Ok(Status::Done)
}

/// What is shown of an execution, a part a file.
struct Page<'a> {
    store: &'a Store,
    execution: &'a Execution,
    shown: &'a ShownExecution,
}

impl Page<'_> {
    fn name(&self) -> String {
        name(&self.execution.scenario, self.execution.sequence)
    }
}
