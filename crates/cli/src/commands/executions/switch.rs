//! `redress executions switch-on`, `redress executions switch-off`.

use super::{Store, unanswered};
use crate::arguments::Switch;
use crate::failure::{Failure, Result, Status};
use crate::terminal::{self, Visible};

/// Switches a scenario on.
pub fn on(store: &Store, arguments: &Switch) -> Result {
    let Switch { scenario, who, reason } = arguments;
    check_is_known(store, scenario)?;
    let changed = store
        .executions()
        .switch_on(scenario, &who.by, reason.as_deref(), store.now)
        .map_err(unanswered)?;
    say(scenario, "on", changed);
    Ok(Status::Done)
}

/// Switches a scenario off.
pub fn off(store: &Store, arguments: &Switch) -> Result {
    let Switch { scenario, who, reason } = arguments;
    check_is_known(store, scenario)?;
    let changed = store
        .executions()
        .switch_off(scenario, &who.by, reason.as_deref(), store.now)
        .map_err(unanswered)?;
    say(scenario, "off", changed);
    Ok(Status::Done)
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

fn say(scenario: &str, how: &str, changed: bool) {
    let now = if changed { "now" } else { "already" };
    terminal::say(format_args!("`{}` is {now} switched {how}", Visible(scenario)));
}
