//! `redress executions retry`, `close` and `delete`: for one, many, all, all but some.

use std::collections::BTreeSet;

use jiff::Timestamp;
use redress_store::{Bulk, ExecutionId, ManageError, Pace, Selection};

use super::confirm::confirm;
use super::refusals::{Refused, complain_of};
use super::{Store, meant, name, unanswered};
use crate::arguments::{Close, Delete, FilterOptions, Retry, Which};
use crate::commands::Count;
use crate::configuration::command;
use crate::failure::{Failure, Result, Status as Ended};
use crate::terminal;
use crate::times::{self, Relative};

/// Asks for tries.
pub fn retry(store: &Store, arguments: &Retry) -> Result {
    let pace = pace(arguments)?;
    let (by, reason) = (&arguments.who.by, arguments.reason.as_deref());
    let does = |selection: &Selection, dry: bool| {
        store.executions().retry_many(selection, by, reason, pace, dry, times::now())
    };
    carry_out(
        store,
        &arguments.which,
        &Words { verb: "retry", done: "retried", is_final: false },
        &does,
    )
}

fn pace(arguments: &Retry) -> Result<Pace> {
    Pace::asked(arguments.every, arguments.first).map_err(|error| {
        Failure::impossible(format_args!("`--{}`: {error}; {}", error.place(), error.fix()))
    })
}

/// Deletes.
pub fn delete(store: &Store, arguments: &Delete) -> Result {
    let (by, reason) = (&arguments.who.by, arguments.reason.as_deref());
    let does = |selection: &Selection, dry: bool| {
        store.executions().delete_many(selection, by, reason, dry, times::now())
    };
    carry_out(
        store,
        &arguments.which,
        &Words { verb: "delete", done: "deleted", is_final: true },
        &does,
    )
}

/// Closes.
pub fn close(store: &Store, arguments: &Close) -> Result {
    if arguments.reason.trim().is_empty() {
        return Err(Failure::impossible("closing needs a reason: `--reason` is empty"));
    }
    let (by, reason) = (&arguments.who.by, &arguments.reason);
    let does = |selection: &Selection, dry: bool| {
        store.executions().close_many(selection, by, reason, dry, times::now())
    };
    carry_out(
        store,
        &arguments.which,
        &Words { verb: "close", done: "closed", is_final: false },
        &does,
    )
}

/// What is done, in words.
struct Words {
    verb: &'static str,
    done: &'static str,
    /// Whether it cannot be undone.
    is_final: bool,
}

/// Does it at the time when it is asked to: whoever is asked first may take a while to answer.
type Does<'a> = dyn Fn(&Selection, bool) -> std::result::Result<Bulk, ManageError> + 'a;

fn carry_out(store: &Store, which: &Which, words: &Words, does: &Does<'_>) -> Result {
    let selection = selection(store, which)?;
    meant::note_what_is_silent(store, &selection)?;
    let given = |error: ManageError| match error {
        ManageError::Store(error) => unanswered(error),
        error => Failure::fails(error),
    };
    if which.dry_run || which.all || words.is_final {
        let would = does(&selection, true).map_err(given)?;
        if let (Selection::All { filter, .. }, 0, 0) = (&selection, would.done, would.refused) {
            store.refuse_what_is_unknown(filter)?;
        }
        if which.dry_run {
            meant::say(store, &selection, words.verb)?;
        }
        if which.dry_run || would.done == 0 {
            return Ok(tell(store, &would, words, which.dry_run));
        }
        let many = usize::try_from(would.done).unwrap_or(usize::MAX);
        let what = format!("{} {}", words.verb, Count(many, "execution"));
        match which.yes {
            true => meant::say_what_is_undone(store, &selection, words.verb)?,
            false => meant::say(store, &selection, words.verb)?,
        }
        if !confirm(&what, which.yes)? {
            terminal::say("nothing was done");
            return Ok(Ended::Fails);
        }
    }
    let bulk = does(&selection, false).map_err(given)?;
    let status = tell(store, &bulk, words, false);
    if words.verb == "retry" && bulk.done > 0 {
        say_what_runs(store, &meant::scenarios(store, &selection)?);
    }
    Ok(status)
}

/// Says which command runs what is due, and for which scenarios none does.
pub fn say_what_runs(store: &Store, scenarios: &BTreeSet<String>) {
    if scenarios.iter().any(|scenario| store.missing_runner(scenario).is_none()) {
        terminal::note(format_args!(
            "`{}` or `{}` runs what is due",
            command("work"),
            command("serve")
        ));
    }
    store.warn_of_missing_runners(scenarios.iter().map(String::as_str));
}

fn selection(store: &Store, which: &Which) -> Result<Selection> {
    if !which.all {
        if which.filter != FilterOptions::default() {
            return Err(Failure::impossible(
                "executions are named, or meant by `--all` and its filters",
            ));
        }
        // Passed over, it would be done to what was to be left alone.
        if !which.except.is_empty() {
            return Err(Failure::impossible(
                "there are exceptions to `--all` only: with executions that are named, leave out `--except`",
            ));
        }
        return Ok(Selection::Ids(store.find_all(&which.named)?));
    }
    let except = store.find_all(&which.except)?.into_iter().collect();
    // Whoever is asked may take a while to answer: what comes meanwhile is not what was counted.
    let latest = store.executions().latest().map_err(unanswered)?;
    Ok(Selection::All { filter: which.filter.at(store.now), except, latest: Some(latest) })
}

impl Store {
    /// All that are named; what is wrong with any of the names is told at once, and nothing is done.
    fn find_all(&self, named: &[String]) -> Result<Vec<ExecutionId>> {
        let (mut found, mut wrong) = (Vec::new(), Vec::new());
        for called in named {
            match self.find(called) {
                Ok(id) => found.push(id),
                Err(Failure::Fails(reason)) => wrong.push(reason),
                Err(failure) => return Err(failure),
            }
        }
        match wrong.is_empty() {
            true => Ok(found),
            false => Err(Failure::fails(wrong.join("\nerror: "))),
        }
    }
}

/// Says what was done, or would be; something that was refused makes the status.
fn tell(store: &Store, bulk: &Bulk, words: &Words, dry: bool) -> Ended {
    let done = usize::try_from(bulk.done).unwrap_or(usize::MAX);
    let would = if dry { "would be " } else { "" };
    let now = times::now();
    let last = when_the_last_begins(bulk, now);
    terminal::say(format_args!("{} {would}{}{last}", Count(done, "execution"), words.done));
    let whys = bulk
        .refusals
        .iter()
        .map(|(id, why)| Refused { many: 1, why: format!("{}: {why}", store.name_of_id(*id)) });
    complain_of(bulk.refused, whys, "more");
    Ended::fails_if(bulk.refused > 0)
}

/// When the last of the retries begins, and why that is not when it is due.
fn when_the_last_begins(bulk: &Bulk, now: Timestamp) -> String {
    let Some(begins) = bulk.last_begins.filter(|begins| *begins > now) else {
        return String::new();
    };
    let at = Relative { now, at: begins };
    match (bulk.last_due < Some(begins), bulk.done) {
        (true, 1) => format!(", no sooner than {at}: what began before it keeps its pace"),
        (true, _) => {
            format!(", the last of them no sooner than {at}: what began before them keeps its pace")
        }
        (false, 1) => String::new(),
        (false, _) => format!(", the last of them {at}"),
    }
}

impl Store {
    fn name_of_id(&self, id: ExecutionId) -> String {
        match self.executions().get(id) {
            Ok(Some(execution)) => name(&execution.scenario, execution.sequence),
            _ => id.to_string(),
        }
    }
}
