//! `redress executions switch-on`, `redress executions switch-off`.

use super::{Store, unanswered};
use crate::arguments::Switch;
use crate::failure::{Result, Status};
use crate::terminal::{self, Visible};

/// Switches a scenario on.
pub fn on(store: &Store, arguments: &Switch) -> Result {
    let Switch { scenario, who, reason } = arguments;
    store.note_if_unknown(Some(scenario))?;
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
    store.note_if_unknown(Some(scenario))?;
    let changed = store
        .executions()
        .switch_off(scenario, &who.by, reason.as_deref(), store.now)
        .map_err(unanswered)?;
    say(scenario, "off", changed);
    Ok(Status::Done)
}

fn say(scenario: &str, how: &str, changed: bool) {
    let now = if changed { "now" } else { "already" };
    terminal::say(format_args!("`{}` is {now} switched {how}", Visible(scenario)));
}
