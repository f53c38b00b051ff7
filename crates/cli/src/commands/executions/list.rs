//! `redress executions list`.

use std::io::Write;

use redress_store::{Filter, Order, Page, Query, Status, Summary};

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
    let page = if by_urgency {
        urgent(store, &filter, limit)?
    } else {
        let order = arguments.order.map(Order::from).unwrap_or_default();
        let query = Query { filter: filter.clone(), order, limit, after: arguments.after };
        store.executions().list(&query).map_err(unanswered)?
    };
    let mut output = terminal::output();
    match arguments.format {
        Format::Json => write_json(&mut output, &page)?,
        Format::Human => write(&mut output, store, &page, &filter, by_urgency)?,
    };
    output.flush()?;
    if let (Some(next), false) = (page.next, by_urgency) {
        terminal::note(format_args!("there are more: --after {next}"));
    }
    Ok(Ended::Done)
}

/// What is not resolved: what waits for a person, what is being tried, and what is going to be, the next first.
fn urgent(store: &Store, filter: &Filter, limit: usize) -> Result<Page> {
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
    if is_more || executions.len() > limit {
        executions.truncate(limit);
        terminal::note("there are more: list them by --status");
    }
    Ok(Page { executions, next: None })
}

fn write(
    output: &mut dyn Write,
    store: &Store,
    page: &Page,
    filter: &Filter,
    by_urgency: bool,
) -> Result {
    if page.executions.is_empty() {
        store.note_if_unknown(filter.scenario.as_deref())?;
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
pub(super) fn last_line(message: &str) -> &str {
    message.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default()
}
