//! What a bulk operation is meant for, as it is said before it is done.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_store::{
    ExecutionId, Filter, LARGEST_PAGE, ManageError, Order, Place, Query, Selection, Status, Summary,
};

use super::list::telling_line;
use super::{Store, unanswered};
use crate::commands::Count;
use crate::failure::Result;
use crate::terminal::{self, Visible};
use crate::wrapping::cut;

/// So many kinds are told one by one.
const MOST_TOLD: usize = 10;

/// So many messages of a kind are shown, and so much of each.
const MOST_MESSAGES: usize = 3;
const LONGEST_MESSAGE: usize = 100;

/// What has a scenario, an error and a rule in common.
type Kind = (String, String, String);

#[derive(Default)]
struct Meant {
    kinds: BTreeMap<Kind, OfKind>,
    undone: Undone,
}

/// What is going to be tried anyway, later or at a pace.
#[derive(Default)]
struct Undone {
    count: usize,
    /// When the last of them is.
    last: Option<Timestamp>,
    /// Of each scenario the last that waits at a pace: it begins no sooner than that lets it, however late it is.
    paced: BTreeMap<String, Timestamp>,
}

impl Undone {
    fn add(&mut self, store: &Store, summary: &Summary) {
        let Summary { scenario, due, paced, .. } = summary;
        let Some(due) = due.filter(|due| *paced || *due > store.now) else { return };
        if store.missing_runner(scenario).is_some() {
            return;
        }
        self.count += 1;
        if *paced {
            let last = self.paced.entry(scenario.clone()).or_insert(due);
            *last = due.max(*last);
        } else {
            self.last = self.last.max(Some(due));
        }
    }

    fn note(self, store: &Store) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        let (mut last, mut no_sooner) = (self.last, false);
        for (scenario, due) in self.paced {
            let state = store.executions().scenario(&scenario).map_err(unanswered)?;
            let until = state.paced_until(store.now).filter(|until| due < *until);
            no_sooner |= until.is_some();
            last = last.max(until.or(Some(due)));
        }
        let no_sooner = if no_sooner { "no sooner than " } else { "" };
        let last = last.filter(|last| *last > store.now).map_or_else(String::new, |last| {
            format!(", the last of them {no_sooner}{}", store.relative(last))
        });
        terminal::note(format_args!(
            "{} going to be tried anyway, at a pace or by a schedule{last}; that is undone",
            Are(self.count)
        ));
        Ok(())
    }
}

/// How many are of a kind, and what they say.
#[derive(Default)]
struct OfKind {
    count: usize,
    /// The first messages, each once.
    messages: Vec<String>,
    /// How many say something else.
    others: usize,
}

impl OfKind {
    fn add(&mut self, message: &str) {
        self.count += 1;
        let message = cut(message, LONGEST_MESSAGE);
        if message.is_empty() || self.messages.contains(&message) {
            return;
        }
        match self.messages.len() < MOST_MESSAGES {
            true => self.messages.push(message),
            false => self.others += 1,
        }
    }
}

impl Meant {
    fn add(&mut self, store: &Store, summary: &Summary, looked_for: Option<&str>) {
        let Summary { scenario, error, rule, message, .. } = summary;
        let kind = (scenario.clone(), error.clone(), rule.clone());
        self.kinds.entry(kind).or_default().add(&telling_line(message, looked_for));
        self.undone.add(store, summary);
    }
}

/// Says of which scenarios, errors and rules they are, the most frequent first, with what they say, and which of them wait
/// for their time.
pub fn say(store: &Store, selection: &Selection, verb: &str) -> Result<()> {
    let Meant { kinds, undone } = meant(store, selection)?;
    let mut kinds: Vec<(Kind, OfKind)> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, of_kind)| std::cmp::Reverse(of_kind.count));
    for ((scenario, error, rule), OfKind { count, messages, others }) in
        kinds.iter().take(MOST_TOLD)
    {
        say_line(&format!("  {count} of {scenario}: {error}, by rule {rule}"));
        messages.iter().for_each(|message| say_line(&format!("      {message}")));
        if *others > 0 {
            say_line(&format!("      and {others} more that say something else"));
        }
    }
    let others: usize = kinds.iter().skip(MOST_TOLD).map(|(_, of_kind)| of_kind.count).sum();
    if others > 0 {
        terminal::say(format_args!("  {others} of other kinds"));
    }
    if verb == "retry" { undone.note(store) } else { Ok(()) }
}

/// Says only which of them wait for their time or at a pace, to who has said already that it is to be done.
pub fn say_what_is_undone(store: &Store, selection: &Selection, verb: &str) -> Result<()> {
    if verb == "retry" { meant(store, selection)?.undone.note(store) } else { Ok(()) }
}

fn say_line(line: &str) {
    terminal::say(Visible(line));
}

/// Says how many of them are in progress with a worker that is silent: nobody knows whether such a try still runs.
pub fn note_what_is_silent(store: &Store, selection: &Selection) -> Result<()> {
    let mut silent = 0;
    match selection {
        Selection::Ids(ids) => {
            for id in ids.iter().collect::<BTreeSet<_>>() {
                let lease = store.executions().lease(*id).map_err(unanswered)?;
                silent += usize::from(lease.is_some_and(|lease| lease <= store.now));
            }
        }
        Selection::All { filter, except, latest } => {
            let status = Some(Status::InProgress);
            if filter.status.is_none() || filter.status == status {
                let filter = Filter { status, ..filter.clone() };
                let add = |it: &Summary| silent += usize::from(it.is_silent(store.now));
                each(store, (&filter, *latest), except, add).map_err(unanswered)?;
            }
        }
    }
    if silent > 0 {
        terminal::note(format_args!(
            "{} in progress with a silent worker: such a try counts as interrupted, whether or not it still runs",
            Are(silent)
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
                    meant.add(store, &Summary::of(&it), None);
                }
            }
        }
        Selection::All { filter, except, latest } => {
            let looked_for = filter.message.as_deref();
            let add = |summary: &Summary| meant.add(store, summary, looked_for);
            each(store, (filter, *latest), except, add).map_err(unanswered)?;
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
    (filter, latest): (&Filter, Option<Place>),
    except: &BTreeSet<ExecutionId>,
    mut does: impl FnMut(&Summary),
) -> std::result::Result<(), ManageError> {
    let mut query = Query {
        filter: filter.clone(),
        order: Order::Oldest,
        limit: LARGEST_PAGE,
        after: None,
        latest,
    };
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
