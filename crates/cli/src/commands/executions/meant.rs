//! What a bulk operation is meant for, as it is said before it is done.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_store::{
    ExecutionId, Filter, LARGEST_PAGE, ManageError, Order, Query, Selection, Status, Summary,
};

use super::{Store, unanswered};
use crate::commands::Count;
use crate::failure::Result;
use crate::terminal;

/// So many kinds are told one by one.
const MOST_TOLD: usize = 10;

/// What has a scenario, an error and a rule in common.
type Kind = (String, String, String);

#[derive(Default)]
struct Meant {
    kinds: BTreeMap<Kind, usize>,
    /// How many are going to be tried later anyway, and when the last of them is.
    later: usize,
    last: Option<Timestamp>,
}

impl Meant {
    fn add(&mut self, kind: Kind, due: Option<Timestamp>, now: Timestamp) {
        *self.kinds.entry(kind).or_default() += 1;
        if due.is_some_and(|due| due > now) {
            self.later += 1;
            self.last = self.last.max(due);
        }
    }
}

/// Says of which scenarios, errors and rules they are, the most frequent first, and which of them wait for their time.
pub fn say(store: &Store, selection: &Selection, verb: &str) -> Result<()> {
    let meant = meant(store, selection)?;
    let mut kinds: Vec<(Kind, usize)> = meant.kinds.into_iter().collect();
    kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for ((scenario, error, rule), count) in kinds.iter().take(MOST_TOLD) {
        let line = format!("  {count} of {scenario}: {error}, by rule {rule}");
        terminal::say(terminal::Visible(&line));
    }
    let others: usize = kinds.iter().skip(MOST_TOLD).map(|(_, count)| count).sum();
    if others > 0 {
        terminal::say(format_args!("  {others} of other kinds"));
    }
    if let (true, Some(last)) = (verb == "retry", meant.last) {
        terminal::note(format_args!(
            "{} going to be tried anyway, at a pace or by a schedule, the last of them {}; that is undone",
            Are(meant.later),
            store.relative(last)
        ));
    }
    Ok(())
}

/// `1 execution is`, `2 executions are`.
struct Are(usize);

impl std::fmt::Display for Are {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", Count(self.0, "execution"), if self.0 == 1 { "is" } else { "are" })
    }
}

fn meant(store: &Store, selection: &Selection) -> Result<Meant> {
    let mut meant = Meant::default();
    match selection {
        Selection::Ids(ids) => {
            for id in ids.iter().collect::<BTreeSet<_>>() {
                if let Some(it) = store.executions().get(*id).map_err(unanswered)? {
                    let rule = it
                        .decision
                        .rule
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_else(|| it.decision.at.to_string());
                    let kind = (it.scenario.clone(), it.error().to_owned(), rule);
                    let due = it.due().filter(|_| store.missing_runner(&it.scenario).is_none());
                    meant.add(kind, due, store.now);
                }
            }
        }
        Selection::All { filter, except } => {
            let add = |summary: &Summary| {
                let Summary { scenario, error, rule, due, .. } = summary.clone();
                let due = due.filter(|_| store.missing_runner(&scenario).is_none());
                meant.add((scenario, error, rule), due, store.now);
            };
            each(store, filter, except, add).map_err(unanswered)?;
        }
    }
    Ok(meant)
}

/// The scenarios that something may be meant of.
pub fn scenarios(store: &Store, selection: &Selection) -> Result<BTreeSet<String>> {
    let mut scenarios = BTreeSet::new();
    match selection {
        Selection::Ids(ids) => {
            for id in ids {
                let found = store.executions().get(*id).map_err(unanswered)?;
                scenarios.extend(found.map(|execution| execution.scenario));
            }
        }
        Selection::All { filter: Filter { scenario: Some(name), .. }, .. } => {
            scenarios.insert(name.clone());
        }
        Selection::All { .. } => {
            let counts = store.executions().counts(store.now).map_err(unanswered)?;
            scenarios.extend(counts.into_iter().map(|count| count.scenario));
        }
    }
    Ok(scenarios)
}

fn each(
    store: &Store,
    filter: &Filter,
    except: &BTreeSet<ExecutionId>,
    mut does: impl FnMut(&Summary),
) -> std::result::Result<(), ManageError> {
    let mut query =
        Query { filter: filter.clone(), order: Order::Oldest, limit: LARGEST_PAGE, after: None };
    loop {
        let page = store.executions().list(&query)?;
        page.executions
            .iter()
            .filter(|summary| filter.status.is_some() || summary.status != Status::Resolved)
            .filter(|summary| !except.contains(&summary.id))
            .for_each(&mut does);
        query.after = page.next;
        if query.after.is_none() {
            return Ok(());
        }
    }
}
