//! What a bulk operation is meant for, as it is said before it is done.

use std::collections::{BTreeMap, BTreeSet};

use redress_store::{Filter, LastTry, Selection, Status, Summary, Undone};

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

/// Says of which scenarios, errors and rules they are, the most frequent first, with what they say, and which of them wait
/// for their time.
pub fn say(store: &Store, selection: &Selection, verb: &str) -> Result<()> {
    let mut kinds: Vec<(Kind, OfKind)> = kinds(store, selection)?.into_iter().collect();
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
    say_what_is_undone(store, selection, verb)
}

/// Says only which of them wait for their time or at a pace, to who has said already that it is to be done.
pub fn say_what_is_undone(store: &Store, selection: &Selection, verb: &str) -> Result<()> {
    if verb != "retry" {
        return Ok(());
    }
    let is_run = |scenario: &str| store.missing_runner(scenario).is_none();
    let undone = store.executions().undone(selection, is_run, store.now).map_err(unanswered)?;
    let Undone { executions: 1.., last } = undone else { return Ok(()) };
    let last = match last {
        None => String::new(),
        Some(LastTry::At(at)) => format!(", the last of them {}", store.relative(at)),
        Some(LastTry::NoSooner(at)) => {
            format!(", the last of them no sooner than {}", store.relative(at))
        }
    };
    terminal::note(format_args!(
        "{} going to be tried anyway, at a pace or by a schedule{last}; that is undone",
        Are(undone.executions)
    ));
    Ok(())
}

fn say_line(line: &str) {
    terminal::say(Visible(line));
}

/// Says how many of them are in progress with a worker that is silent: nobody knows whether such a try still runs.
pub fn note_what_is_silent(store: &Store, selection: &Selection) -> Result<()> {
    let mut silent = 0;
    let add = |summary: &Summary| silent += u64::from(summary.is_silent(store.now));
    let in_progress = Some(Status::InProgress);
    store.executions().each_of(selection, in_progress, add).map_err(unanswered)?;
    if silent > 0 {
        terminal::note(format_args!(
            "{} in progress with a silent worker: such a try counts as interrupted, whether or not it still runs",
            Are(silent)
        ));
    }
    Ok(())
}

/// `1 execution is`, `2 executions are`.
struct Are(u64);

impl std::fmt::Display for Are {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let many = usize::try_from(self.0).unwrap_or(usize::MAX);
        write!(f, "{} {}", Count(many, "execution"), if self.0 == 1 { "is" } else { "are" })
    }
}

/// Of which kinds they are.
fn kinds(store: &Store, selection: &Selection) -> Result<BTreeMap<Kind, OfKind>> {
    let looked_for = match selection {
        Selection::Ids(_) => None,
        Selection::All { filter, .. } => filter.message.as_deref(),
    };
    let mut kinds: BTreeMap<Kind, OfKind> = BTreeMap::new();
    let add = |summary: &Summary| {
        let Summary { scenario, error, rule, message, .. } = summary;
        let kind = (scenario.clone(), error.clone(), rule.clone());
        kinds.entry(kind).or_default().add(&telling_line(message, looked_for));
    };
    store.executions().each_of(selection, None, add).map_err(unanswered)?;
    Ok(kinds)
}

/// The scenarios that something may be meant of.
pub fn scenarios(store: &Store, selection: &Selection) -> Result<BTreeSet<String>> {
    let mut scenarios = BTreeSet::new();
    match selection {
        Selection::Ids(_) => {
            let add = |summary: &Summary| scenarios.extend([summary.scenario.clone()]);
            store.executions().each_of(selection, None, add).map_err(unanswered)?;
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
