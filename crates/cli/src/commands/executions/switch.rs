//! `redress executions switch-on`, `redress executions switch-off`.

use redress_store::ManageError;

use super::{Store, unanswered};
use crate::arguments::Switch;
use crate::failure::{Failure, Result, Status};
use crate::terminal::{self, Visible};

/// Switches a scenario on.
pub fn on(store: &Store, arguments: &Switch) -> Result {
    let Switch { scenario, who, reason } = arguments;
    check_is_known(store, scenario)?;
    let (executions, reason) = (store.executions(), reason.as_deref());
    let changed = executions.switch_on(scenario, &who.by, reason, store.now).map_err(refused)?;
    let scenario = Visible(scenario);
    match changed {
        true => terminal::say(format_args!("`{scenario}` is now switched on")),
        false => terminal::say(format_args!("`{scenario}` is already switched on")),
    }
    Ok(Status::Done)
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
