//! `redress executions list`.

use std::io::Write;

use redress_store::{Filter, Order, Page, Query, Status, Summary};
use serde::Serialize;

use super::table::{Table, style_of};
use super::{Store, name_of, unanswered, write_json};
use crate::arguments::{Format, List};
use crate::failure::{Failure, Result, Status as Ended};
use crate::terminal;

/// Lists what is kept.
pub fn run(store: &Store, arguments: &List) -> Result {
    let filter = arguments.filter.at(store.now);
    let limit = usize::from(arguments.limit);
    let by_urgency = filter.status.is_none() && arguments.order.is_none();
    if by_urgency && arguments.after.is_some() {
        return Err(Failure::impossible(
            "`--after` goes with `--status` or `--order`, as the list before had them",
        ));
    }
    let (page, is_more) = if by_urgency {
        urgent(store, &filter, limit)?
    } else {
        let order = arguments.order.map(Order::from).unwrap_or_default();
        let query = Query { filter: filter.clone(), order, limit, after: arguments.after };
        let page = store.executions().list(&query).map_err(unanswered)?;
        let is_more = page.next.is_some();
        (page, is_more)
    };
    let mut output = terminal::output();
    match arguments.format {
        Format::Json => write_json(&mut output, &Listed { page: &page, more: is_more })?,
        Format::Human => write(&mut output, store, &page, &filter, by_urgency)?,
    };
    output.flush()?;
    if is_more {
        let further = match page.next {
            Some(next) => format!("--after {next}"),
            None => "list them by --status, or more of them by --limit".to_owned(),
        };
        let of =
            total(store, &filter, by_urgency)?.map_or_else(String::new, |of| format!(" of {of}"));
        let shown = page.executions.len();
        terminal::note(format_args!("{shown}{of} shown; the others: {further}"));
    }
    if arguments.format == Format::Human {
        let due = page.executions.iter().filter(|summary| summary.due.is_some());
        store.warn_of_missing_runners(due.map(|summary| summary.scenario.as_str()));
    }
    Ok(Ended::Done)
}

/// A page, and whether there is more: what is listed by urgency has no next page, as it is several lists in one.
#[derive(Serialize)]
struct Listed<'a> {
    #[serde(flatten)]
    page: &'a Page,
    more: bool,
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

/// What is not resolved: what waits for a person, what is being tried, and what is going to be, the next first.
fn urgent(store: &Store, filter: &Filter, limit: usize) -> Result<(Page, bool)> {
    let parts = [
        (Status::Unresolved, Order::Newest),
        (Status::InProgress, Order::Newest),
        (Status::Pending, Order::Due),
    ];
    let (mut executions, mut is_more) = (Vec::new(), false);
    for (status, order) in parts {
        let filter = Filter { status: Some(status), ..filter.clone() };
        let query = Query { filter, order, limit, after: None };
        let page = store.executions().list(&query).map_err(unanswered)?;
        is_more |= page.next.is_some();
        executions.extend(page.executions);
    }
    is_more |= executions.len() > limit;
    executions.truncate(limit);
    Ok((Page { executions, next: None }, is_more))
}

fn write(
    output: &mut dyn Write,
    store: &Store,
    page: &Page,
    filter: &Filter,
    by_urgency: bool,
) -> Result {
    if page.executions.is_empty() {
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
    let mut table = Table::new(&header).without_if_narrow(&["TRIES", "STORED"]);
    for summary in &page.executions {
        table.row(style_of(summary.status), row(store, summary));
    }
    table.write(output)?;
    Ok(Ended::Done)
}

fn row(store: &Store, summary: &Summary) -> Vec<String> {
    let next = match summary.due {
        Some(_) if store.missing_runner(&summary.scenario).is_some() => "waits".to_owned(),
        Some(due) if due <= store.now => "now".to_owned(),
        Some(due) => store.relative(due),
        None => "-".to_owned(),
    };
    vec![
        name_of(summary),
        summary.status.to_string(),
        summary.error.clone(),
        summary.rule.clone(),
        summary.tries.to_string(),
        next,
        store.relative(summary.created),
        last_line(&summary.message).to_owned(),
    ]
}

/// Of several lines the last that says something: there the reason stands.
pub fn last_line(message: &str) -> &str {
    message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default()
}
