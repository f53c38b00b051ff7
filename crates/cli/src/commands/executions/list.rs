//! `redress executions list`.

use std::io::Write;
use std::str::FromStr;

use redress_store::{Filter, NoPlace, Order, Query, Status, Summary};
use serde::Serialize;

use super::table::{Table, style_of};
use super::upcoming::Upcoming;
use super::{Store, name_of, unanswered, write_json};
use crate::arguments::{Format, List};
use crate::failure::{Failure, Result, Status as Ended};
use crate::terminal;

/// So many characters stand before a text that was looked for.
const LEAD: usize = 20;

/// Lists what is kept.
pub fn run(store: &Store, arguments: &List) -> Result {
    let filter = arguments.filter.at(store.now);
    let limit = usize::from(arguments.limit);
    let by_urgency = filter.status.is_none() && arguments.order.is_none();
    let after = arguments.after.as_deref();
    let (executions, next) = if by_urgency {
        let after =
            after.map(|text| place(text, "without `--status` and `--order`")).transpose()?;
        let page = store.executions().urgent(&filter, limit, after).map_err(unanswered)?;
        (page.executions, page.next.map(|next| next.to_string()))
    } else {
        let after = after.map(|text| place(text, "with `--status` or `--order`")).transpose()?;
        let order = arguments.order.map(Order::from).unwrap_or_default();
        let query = Query { filter: filter.clone(), order, limit, after, latest: None };
        let page = store.executions().list(&query).map_err(unanswered)?;
        (page.executions, page.next.map(|next| next.to_string()))
    };
    let mut upcoming = Upcoming::of(store);
    let mut output = terminal::output();
    match arguments.format {
        Format::Json => {
            let listed = Listed { executions: &executions, more: next.is_some(), next: &next };
            write_json(&mut output, &listed)?
        }
        Format::Human => {
            write(&mut output, &mut upcoming, (store, &filter), &executions, by_urgency)?
        }
    };
    output.flush()?;
    if let Some(next) = next {
        let of =
            total(store, &filter, by_urgency)?.map_or_else(String::new, |of| format!(" of {of}"));
        let shown = executions.len();
        terminal::note(format_args!("{shown}{of} shown; the others: --after {next}"));
    }
    upcoming.say_what_waits();
    Ok(Ended::Done)
}

/// A page as JSON has it.
#[derive(Serialize)]
struct Listed<'a> {
    executions: &'a [Summary],
    next: &'a Option<String>,
    more: bool,
}

/// Where a page begins. A place is good for lists of its kind.
fn place<P: FromStr<Err = NoPlace>>(text: &str, of: &str) -> Result<P> {
    text.parse().map_err(|error| {
        Failure::impossible(format_args!(
            "{error} {of}; give `--after` what the page before told, and the same options"
        ))
    })
}

/// How many a filter takes, where they are counted: by scenario and status.
fn total(store: &Store, filter: &Filter, by_urgency: bool) -> Result<Option<u64>> {
    let Filter { scenario, status, .. } = filter;
    let counted = Filter { scenario: scenario.clone(), status: *status, ..Filter::default() };
    let resolved_too = !by_urgency && !status.is_some_and(|status| status != Status::Resolved);
    if *filter != counted || resolved_too {
        return Ok(None);
    }
    let counts = store.executions().counts(store.now).map_err(unanswered)?;
    let meant = counts.iter().filter(|count| {
        scenario.as_ref().is_none_or(|name| *name == count.scenario)
            && status.is_none_or(|status| status == count.status)
    });
    Ok(Some(meant.map(|count| count.executions).sum()))
}

fn write(
    output: &mut dyn Write,
    upcoming: &mut Upcoming<'_>,
    (store, filter): (&Store, &Filter),
    executions: &[Summary],
    by_urgency: bool,
) -> Result {
    if executions.is_empty() {
        store.note_what_is_unknown(filter)?;
        let is_all = *filter == Filter::default();
        writeln!(
            output,
            "{}",
            match (is_all, by_urgency) {
                (true, true) => "nothing is kept that is not resolved",
                (true, false) => "nothing is kept",
                (false, _) => "nothing of that kind is kept",
            }
        )?;
        return Ok(Ended::Done);
    }
    let header = ["EXECUTION", "STATUS", "ERROR", "RULE", "TRIES", "NEXT", "STORED", "MESSAGE"];
    let mut table = Table::new(&header)
        .shortened_if_narrow("ERROR")
        .without_if_narrow(&["TRIES", "STORED", "RULE"]);
    for summary in executions {
        table.row(style_of(summary.status), row(store, upcoming, (summary, filter))?);
    }
    table.write(output)?;
    Ok(Ended::Done)
}

fn row(
    store: &Store,
    upcoming: &mut Upcoming<'_>,
    (summary, filter): (&Summary, &Filter),
) -> Result<Vec<String>> {
    let next = upcoming.of_one(summary)?;
    Ok(vec![
        name_of(summary),
        summary.status.to_string(),
        summary.error.clone(),
        summary.rule.clone(),
        summary.tries.to_string(),
        next,
        store.relative(summary.created),
        telling_line(&summary.message, filter.message.as_deref()),
    ])
}

/// The line of a message that a list shows: where a text was looked for, the last that has it, from a little before it, so
/// that it is seen where lines are cut.
pub fn telling_line(message: &str, looked_for: Option<&str>) -> String {
    let has_it = |text: &str| {
        message.lines().rev().find_map(|line| line.find(text).map(|at| line.split_at(at)))
    };
    let Some((before, found)) = looked_for.and_then(has_it) else {
        return last_line(message).to_owned();
    };
    match before.char_indices().rev().nth(LEAD) {
        Some((at, _)) => format!("…{}{found}", &before[at..]),
        None => format!("{before}{found}"),
    }
}

/// Of several lines the last that says something: there the reason stands.
pub fn last_line(message: &str) -> &str {
    message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_was_looked_for_is_shown_from_a_little_before_the_text() {
        let message =
            "account 17 is closed\nthe ledger of the year before is closed\nsee the manual\n\n";
        let shown = |text| telling_line(message, text);
        assert_eq!(shown(None), "see the manual");
        assert_eq!(shown(Some("17")), "account 17 is closed");
        assert_eq!(shown(Some("closed")), "…f the year before is closed");
        // It may stand on two lines.
        assert_eq!(shown(Some("closed\nsee")), "see the manual");
        let accented = format!("{}closed", "é".repeat(30));
        assert_eq!(telling_line(&accented, Some("cl")), format!("…{}closed", "é".repeat(21)));
    }
}
