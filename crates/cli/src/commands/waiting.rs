//! Why something that is due is not begun.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use redress_store::{Executions, Filter, Order, Query, Status, StoreError};

use crate::commands::wording::for_shell;
use crate::configuration::command;
use crate::terminal;
use crate::times::Relative;

/// Says of each scenario that something is due of why that is not begun, as far as it is known.
pub fn say_why(executions: &Executions, now: Timestamp) -> Result<(), StoreError> {
    let (mut due, mut running) = (BTreeSet::new(), BTreeMap::new());
    for count in executions.counts(now)? {
        match count.status {
            Status::Pending if count.due + count.paced > 0 => {
                due.insert(count.scenario);
            }
            Status::InProgress => {
                running.insert(count.scenario, count.executions);
            }
            _ => {}
        }
    }
    for scenario in &due {
        let running = running.get(scenario).copied().unwrap_or(0);
        if let Some(why) = why(executions, scenario, running, now)? {
            terminal::note(format_args!("what is due of `{scenario}` waits: {why}"));
        }
    }
    Ok(())
}

fn why(
    executions: &Executions,
    scenario: &str,
    running: u64,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    if executions.is_held(scenario, now)? {
        return Ok(Some("a run of it is under way".to_owned()));
    }
    let state = executions.scenario(scenario)?;
    if let Some(off) = &state.off {
        let since = Relative { now, at: off.since };
        let on = command(format_args!("executions switch-on {}", for_shell(scenario)));
        return Ok(Some(format!(
            "it was switched off {since}: {}; switch it on with: {on}",
            off.why
        )));
    }
    let places = executions.scenario_settings(scenario).settings.parallel_retries;
    if running >= u64::from(places) {
        return Ok(Some(format!("{running} of it run already, as many as may at once")));
    }
    if let Some(at) = state.paced_until(now) {
        return Ok(Some(format!("it is let go at a pace, the next {}", Relative { now, at })));
    }
    in_order(executions, scenario)
}

/// What has to be resolved before the first that is due and waits for another.
pub fn in_order(executions: &Executions, scenario: &str) -> Result<Option<String>, StoreError> {
    if !executions.scenario_settings(scenario).settings.sequential {
        return Ok(None);
    }
    let (scenario, status) = (Some(scenario.to_owned()), Some(Status::Pending));
    let filter = Filter { scenario, status, ..Filter::default() };
    let due = executions.list(&Query { filter, order: Order::Due, ..Query::default() })?;
    for summary in &due.executions {
        if let Some(before) = executions.waits_for(summary.id)? {
            let name = for_shell(&format!("{}/{}", before.scenario, before.sequence));
            return Ok(Some(format!(
                "it is sequential, and {name} has to be resolved before, which is {}: {}",
                before.status(),
                command(format_args!("executions show {name}"))
            )));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use redress_store::{Memory, Pace, Report, Reported, Selection};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_late_and_waits_at_a_pace_is_said_to() {
        let executions = Executions::over(Memory::new());
        let now: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
        let ids = (0..2).map(|_| {
            let event = json!({"error": "DataError", "module": 3});
            match executions.report(Report::new("refunds", event, "17"), now).unwrap() {
                Reported::Stored(kept) => kept.id,
                other => panic!("{other:?}"),
            }
        });
        let (selection, pace) =
            (Selection::Ids(ids.collect()), Pace::every(Duration::from_secs(600)));
        executions.retry_many(&selection, "alice", None, pace, false, now).unwrap();
        let late = now + Duration::from_secs(3600);
        assert_eq!(why(&executions, "refunds", 0, late), Ok(None));
        executions.claim("worker", 9, late).unwrap();
        let told = why(&executions, "refunds", 1, late);
        assert_eq!(told, Ok(Some("it is let go at a pace, the next in 10m".to_owned())));
    }
}
