//! `redress executions switch-on`, `redress executions switch-off`.

use redress_store::ManageError;

use super::{Store, unanswered};
use crate::arguments::Switch;
use crate::commands::waiting;
use crate::commands::wording::for_shell;
use crate::configuration::command;
use crate::failure::{Failure, Result, Status};
use crate::terminal::{self, Visible};

/// Switches a scenario on.
pub fn on(store: &Store, arguments: &Switch) -> Result {
    let Switch { scenario, who, reason } = arguments;
    check_is_known(store, scenario)?;
    let (executions, reason) = (store.executions(), reason.as_deref());
    let changed = executions.switch_on(scenario, &who.by, reason, store.now).map_err(refused)?;
    let shown = Visible(scenario);
    match changed {
        true => terminal::say(format_args!("`{shown}` is now switched on")),
        false => terminal::say(format_args!("`{shown}` is already switched on")),
    }
    if changed {
        say_what_is_due(store, scenario)?;
    }
    Ok(Status::Done)
}

/// Says how many go at once, which may trip what has switched it off, and how they are let go one after the other.
fn say_what_is_due(store: &Store, scenario: &str) -> Result<()> {
    let counts = store.executions().counts(store.now).map_err(unanswered)?;
    let due: u64 =
        counts.iter().filter(|count| count.scenario == scenario).map(|count| count.due).sum();
    if store.missing_runner(scenario).is_some() {
        return Ok(());
    }
    if due > 0
        && let Some(why) = waiting::in_order(store.executions(), scenario).map_err(unanswered)?
    {
        terminal::note(format_args!("what is due of it waits: {why}"));
        return Ok(());
    }
    let name = for_shell(scenario);
    match due {
        0 => {}
        1 => terminal::note("1 execution of it is due, and is tried as soon as a place is free"),
        _ => terminal::note(format_args!(
            "{due} executions of it are due, and are tried as soon as places are free; for one after the other: {}",
            command(format_args!(
                "executions retry --all --scenario {name} --status pending --every 2s"
            ))
        )),
    }
    Ok(())
}

/// Switches a scenario off. Of one that is off already a person is told what stands.
pub fn off(store: &Store, arguments: &Switch) -> Result {
    let Switch { scenario, who, reason } = arguments;
    check_is_known(store, scenario)?;
    let (executions, reason) = (store.executions(), reason.as_deref());
    let before = executions.scenario(scenario).map_err(unanswered)?.off;
    let changed = executions.switch_off(scenario, &who.by, reason, store.now).map_err(refused)?;
    let scenario = Visible(scenario);
    let stood = before
        .map(|off| Visible(&format!("{}: {}", store.relative(off.since), off.why)).to_string());
    match (stood, changed) {
        (None, _) => terminal::say(format_args!("`{scenario}` is now switched off")),
        (Some(stood), true) => terminal::say(format_args!(
            "`{scenario}` was switched off already, {stood}; your reason stands from now on, the one before is in its log"
        )),
        (Some(stood), false) => {
            terminal::say(format_args!("`{scenario}` is already switched off, {stood}"));
        }
    }
    Ok(Status::Done)
}

fn refused(error: ManageError) -> Failure {
    match error {
        ManageError::Store(error) => unanswered(error),
        error => Failure::fails(error),
    }
}

/// Where scenarios have names, one that nothing is known of is misspelt, and the one that is meant would go on. Where none
/// has, any may be switched off before it is run for the first time.
fn check_is_known(store: &Store, scenario: &str) -> Result<()> {
    if store.configuration().scenarios.is_empty() {
        return store.note_if_unknown(Some(scenario));
    }
    match store.unknown_scenario(scenario)? {
        Some(unknown) => Err(Failure::fails(unknown)),
        None => Ok(()),
    }
}
