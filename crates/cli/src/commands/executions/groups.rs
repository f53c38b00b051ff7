//! `redress executions groups`.

use std::io::Write;

use redress_store::Group;

use super::list::{last_line, next};
use super::table::{Table, style_of};
use super::{Store, unanswered, write_json};
use crate::arguments::{Format, Groups};
use crate::failure::{Result, Status};
use crate::terminal;

/// Counts what is not resolved, by error, rule and status, and says where it is, since when, and when it is tried.
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
        let header = ["KEPT", "STATUS", "ERROR", "SCENARIO", "RULE", "SINCE", "NEXT", "MESSAGE"];
        let mut table = Table::new(&header).without_if_narrow(&["RULE", "SINCE", "NEXT"]);
        for group in &groups {
            table.row(style_of(group.status), row(store, group));
        }
        table.write(&mut output)?;
    }
    output.flush()?;
    Ok(Status::Done)
}

fn row(store: &Store, group: &Group) -> Vec<String> {
    let others = group.scenarios.len().saturating_sub(1) as u64 + group.more_scenarios;
    let mut scenario = group.scenarios.first().cloned().unwrap_or_default();
    if others > 0 {
        scenario.push_str(&format!(" +{others}"));
    }
    vec![
        group.executions.to_string(),
        group.status.to_string(),
        group.error.clone(),
        scenario,
        group.rule.clone(),
        store.relative(group.since),
        next(store, group.due),
        last_line(&group.message).to_owned(),
    ]
}
