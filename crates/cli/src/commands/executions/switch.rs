//! `redress executions switch-on`, `redress executions switch-off`.

use jiff::Timestamp;
use redress_store::{Executions, ManageError};

use super::{Store, unanswered};
use crate::arguments::Switch;
use crate::failure::{Failure, Result, Status};
use crate::terminal::{self, Visible};

/// Switches a scenario on.
pub fn on(store: &Store, arguments: &Switch) -> Result {
    switch(store, arguments, "on", Executions::switch_on)
}

/// Switches a scenario off.
pub fn off(store: &Store, arguments: &Switch) -> Result {
    switch(store, arguments, "off", Executions::switch_off)
}

/// Switches the scenario of a name, for somebody and a reason; answers whether it was the other way.
type Switches =
    fn(&Executions, &str, &str, Option<&str>, Timestamp) -> std::result::Result<bool, ManageError>;

fn switch(store: &Store, arguments: &Switch, how: &str, switches: Switches) -> Result {
    let Switch { scenario, who, reason } = arguments;
    check_is_known(store, scenario)?;
    let switched = switches(store.executions(), scenario, &who.by, reason.as_deref(), store.now);
    let now = if switched.map_err(unanswered)? { "now" } else { "already" };
    terminal::say(format_args!("`{}` is {now} switched {how}", Visible(scenario)));
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
