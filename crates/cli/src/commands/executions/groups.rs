//! `redress executions groups`.

use std::io::Write;

use super::table::{Table, style_of};
use super::{Store, unanswered, write_json};
use crate::arguments::{Format, Groups};
use crate::failure::{Result, Status};
use crate::terminal;

/// Counts what is not resolved, by error, rule and status.
pub fn run(store: &Store, arguments: &Groups) -> Result {
    let groups = store
        .executions()
        .groups(arguments.scenario.as_deref(), arguments.limit)
        .map_err(unanswered)?;
    let mut output = terminal::output();
    if arguments.format == Format::Json {
        return write_json(&mut output, &groups);
    }
    if groups.is_empty() {
        store.note_if_unknown(arguments.scenario.as_deref())?;
        writeln!(output, "nothing is kept that is not resolved")?;
    } else {
        let mut table = Table::new(&["EXECUTIONS", "STATUS", "ERROR", "RULE"]);
        for group in groups {
            let cells = vec![
                group.executions.to_string(),
                group.status.to_string(),
                group.error,
                group.rule,
            ];
            table.row(style_of(group.status), cells);
        }
        table.write(&mut output)?;
    }
    output.flush()?;
    Ok(Status::Done)
}
