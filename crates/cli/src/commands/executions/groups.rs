//! `redress executions groups`.

use std::io::Write;

use redress_store::Group;

use super::list::telling_line;
use super::table::{Table, style_of};
use super::upcoming::Upcoming;
use super::{Store, unanswered, write_json};
use crate::arguments::{Format, Groups};
use crate::failure::{Result, Status};
use crate::terminal;

/// Counts what is not resolved, by scenario, error, rule and status, and says since when, and when it is tried.
pub fn run(store: &Store, arguments: &Groups) -> Result {
    let groups = store
        .executions()
        .groups(arguments.scenario.as_deref(), arguments.message.as_deref(), arguments.limit)
        .map_err(unanswered)?;
    let mut output = terminal::output();
    if arguments.format == Format::Json {
        return write_json(&mut output, &groups);
    }
    if groups.is_empty() {
        store.note_if_unknown(arguments.scenario.as_deref())?;
        let of_that_kind = if arguments.message.is_some() { " and says that" } else { "" };
        writeln!(output, "nothing is kept that is not resolved{of_that_kind}")?;
    } else {
        let header = ["KEPT", "STATUS", "SCENARIO", "ERROR", "RULE", "SINCE", "NEXT", "MESSAGE"];
        let mut table = Table::new(&header)
            .shortened_if_narrow("ERROR")
            .without_if_narrow(&["RULE", "SINCE", "NEXT"]);
        let mut upcoming = Upcoming::of(store);
        for group in &groups {
            table.row(
                style_of(group.status),
                row(store, &mut upcoming, (group, arguments.message.as_deref()))?,
            );
        }
        table.write(&mut output)?;
        output.flush()?;
        upcoming.say_what_waits();
    }
    output.flush()?;
    Ok(Status::Done)
}

fn row(
    store: &Store,
    upcoming: &mut Upcoming<'_>,
    (group, looked_for): (&Group, Option<&str>),
) -> Result<Vec<String>> {
    Ok(vec![
        group.executions.to_string(),
        group.status.to_string(),
        group.scenario.clone(),
        group.error.clone(),
        group.rule.clone(),
        store.relative(group.since),
        upcoming.of_group(group, looked_for)?,
        telling_line(&group.message, looked_for),
    ])
}
