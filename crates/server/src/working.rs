//! Retries that run inside the server: how late they are, and what becomes of them.

use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use redress_scenarios::{
    Configuration, FindRunner, Notice, Runner, Runners, ScenarioConfiguration, Task, Workers, slips,
};
use redress_store::{Execution, Executions, Off, Outcome, Scenario, SealError, Status, StoreError};

use crate::logging::in_milliseconds;
use crate::metrics::Metrics;
use crate::trace::Traceparent;

/// Starts to run what is due, no more than so many at once.
pub(crate) fn start(
    executions: Arc<Executions>,
    find: Arc<FindRunner>,
    metrics: Arc<Metrics>,
    most: usize,
) -> io::Result<Workers> {
    let measured = Arc::clone(&metrics);
    let find = move |scenario: &str| -> Option<Arc<dyn Runner>> {
        let runner = Measured { runner: find(scenario)?, metrics: Arc::clone(&measured) };
        Some(Arc::new(runner))
    };
    let name = format!("redress serve {}", std::process::id());
    let asked = Arc::clone(&executions);
    Workers::start(
        executions,
        &name,
        most,
        Arc::new(find),
        Box::new(move |notice| {
            if let Notice::Ended(execution, _) = &notice {
                look_for_slips(&asked, execution);
            }
            tell(&metrics, notice);
        }),
    )
}

/// What the configuration says that runs a scenario.
pub(crate) fn configured(runners: Runners) -> Arc<FindRunner> {
    Arc::new(move |scenario: &str| runners.runner(scenario))
}

/// What stands for the name of those that have none in the file.
const UNNAMED: &str = "any that redress.toml does not name";

/// What has to be done before anything runs the retries of a scenario; nothing where something does.
pub(crate) fn missing_runner(scenario: &ScenarioConfiguration) -> Option<&'static str> {
    match scenario.runner {
        None => Some("give it a `url` or a `command` in redress.toml"),
        Some(_) if scenario.locked.is_some() => {
            Some("mend its `key_file`, which cannot be read, and start the server again")
        }
        Some(_) => None,
    }
}

/// Says of which scenarios nothing runs the retries, so that what is kept of them waits; of those that redress.toml does not
/// name, where they are taken, as one.
pub(crate) fn warn_of_missing_runners(configuration: &Configuration) {
    let Configuration { scenarios, server, other, .. } = configuration;
    let named = scenarios.iter().map(|(name, scenario)| (name.as_str(), scenario));
    let others = server.other_scenarios.then_some((UNNAMED, other));
    for (scenario, configured) in named.chain(others) {
        if let Some(fix) = missing_runner(configured) {
            tracing::warn!(scenario, fix, "nothing runs the retries of a scenario");
        }
    }
}

/// Says which commands could not be started, and whose tries would fail for that.
pub(crate) fn warn_of_absent_commands(configuration: &Configuration) {
    for (scenario, problem) in configuration.absent() {
        let scenario = scenario.unwrap_or(UNNAMED);
        tracing::warn!(scenario, %problem, "a command is not there: each try of its scenario would fail");
    }
}

/// A runner whose tries are measured where they begin.
struct Measured {
    runner: Arc<dyn Runner>,
    metrics: Arc<Metrics>,
}

impl Runner for Measured {
    fn run(&self, task: &Task) -> Outcome {
        let late = Timestamp::now().duration_since(task.due);
        self.metrics.late(late.try_into().unwrap_or_default());
        self.runner.run(task)
    }
}

/// A runner may misspell an error as a report may.
fn look_for_slips(executions: &Executions, execution: &Execution) {
    if execution.status() != Status::Resolved {
        let settings = executions.scenario_settings(&execution.scenario);
        let notes = slips(&settings.policy, &execution.event);
        warn_of_slips(&execution.scenario, &settings, &notes);
    }
}

/// Says that names are probably misspelt; of a name that is confidential not which.
pub(crate) fn warn_of_slips(scenario: &str, settings: &Scenario, notes: &[String]) {
    let is_shown = !settings.settings.confidential;
    for note in notes {
        let note = is_shown.then_some(note.as_str());
        tracing::warn!(scenario, note, "an error has a name that may be misspelt");
    }
}

fn tell(metrics: &Metrics, notice: Notice) {
    match notice {
        Notice::Began(execution) => {
            let (id, scenario) = (execution.id, &execution.scenario);
            let trace_id = trace_id(&execution);
            tracing::debug!(%id, scenario, attempt = execution.tries, trace_id, "a try begins");
        }
        Notice::Ended(execution, took) => {
            let (id, scenario, status) = (execution.id, &execution.scenario, execution.status());
            metrics.tried(scenario, status);
            if status != Status::Resolved {
                metrics.decided(scenario, &execution.decision);
            }
            let (took_ms, trace_id) = (in_milliseconds(took), trace_id(&execution));
            let (error, due) = (execution.error(), execution.due().map(|due| due.to_string()));
            match status {
                Status::Resolved => {
                    tracing::info!(%id, scenario, attempt = execution.tries, trace_id, took_ms, "resolved");
                }
                Status::Unresolved => {
                    tracing::warn!(%id, scenario, attempt = execution.tries, trace_id, took_ms, error, "a person has to look at it");
                }
                _ => {
                    tracing::info!(%id, scenario, attempt = execution.tries, trace_id, took_ms, error, due, "failed again")
                }
            }
        }
        Notice::Interrupted(execution) => interrupted(&execution),
        Notice::Vanished(scenario) => vanished(&scenario),
        Notice::Unopened(execution, why) => {
            metrics.trouble();
            unopened(&execution, why);
        }
        Notice::WentOff(scenario, off) => went_off(&scenario, &off),
        Notice::Store(error) => {
            metrics.trouble();
            tracing::error!(%error, "the store cannot be asked for what is due");
        }
        Notice::End(id, error) => {
            metrics.trouble();
            tracing::warn!(%id, %error, "the end of a try was not taken");
        }
    }
}

/// The trace that the failed run was part of, so that the lines of its tries are found with those of its report.
fn trace_id(execution: &Execution) -> Option<String> {
    let trace = execution.trace.as_deref()?.parse::<Traceparent>().ok()?;
    Some(trace.trace_id())
}

/// Says that a guard has switched a scenario off, whether it was a report or a try that did it.
pub(crate) fn went_off(scenario: &str, off: &Off) {
    tracing::error!(
        scenario, why = %off.why, fix = how_to_switch_on(scenario),
        "A SCENARIO IS SWITCHED OFF: only what a person asks for is tried"
    );
}

/// Says that something waits since it does not open.
fn unopened(execution: &Execution, why: SealError) {
    let (id, scenario, trace_id) = (execution.id, &execution.scenario, trace_id(execution));
    let fix = "give the scenario the `key_file` that it was kept with, and start the server again";
    tracing::error!(%id, scenario, trace_id, %why, fix, "what is kept does not open: no try of it begins");
}

/// Says of which scenarios something waits that does not open; of keys that cannot be read it is said otherwise.
pub(crate) fn warn_of_unopened(unopened: &[(Execution, SealError)]) {
    unopened.iter().for_each(|(execution, why)| self::unopened(execution, *why));
}

/// Of each of these scenarios the first that does not open, where its key can be read.
pub(crate) fn first_unopened(
    executions: &Executions,
    configuration: &Configuration,
    scenarios: &[String],
) -> Result<Vec<(Execution, SealError)>, StoreError> {
    let mut unopened = Vec::new();
    for scenario in scenarios {
        if configuration.scenario(scenario).locked.is_none() {
            unopened.extend(executions.first_unopened(scenario)?);
        }
    }
    Ok(unopened)
}

/// Which of these scenarios are off.
pub(crate) fn off(
    executions: &Executions,
    scenarios: &[String],
) -> Result<Vec<(String, Off)>, StoreError> {
    let mut off = Vec::new();
    for scenario in scenarios {
        off.extend(executions.scenario(scenario)?.off.map(|it| (scenario.clone(), it)));
    }
    Ok(off)
}

/// Says which were off before this program began: that they went off stands in the log of another.
pub(crate) fn warn_of_off(scenarios: &[(String, Off)]) {
    for (scenario, off) in scenarios {
        tracing::warn!(
            scenario, since = %off.since, why = %off.why, fix = how_to_switch_on(scenario),
            "a scenario is off since before the start: only what a person asks for is tried"
        );
    }
}

fn how_to_switch_on(scenario: &str) -> String {
    format!("mend it, then switch it on: POST /v1/scenarios/{}/switch-on", in_address(scenario))
}

/// A name as a part of an address: what could be anything else there is written as its bytes.
fn in_address(name: &str) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    let written = name.bytes().map(|byte| match is_plain(&byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    });
    written.collect()
}

/// Says that a try was given up, whoever found its worker silent.
pub(crate) fn interrupted(execution: &Execution) {
    let (id, scenario, attempt) = (execution.id, &execution.scenario, execution.tries);
    let due = execution.due().map(|due| due.to_string());
    let trace_id = trace_id(execution);
    tracing::warn!(%id, scenario, attempt, trace_id, due, "a try was interrupted: its worker was not heard of");
}

/// Says that a run was given up, whoever found that it was not heard of.
pub(crate) fn vanished(scenario: &str) {
    tracing::warn!(scenario, "a run is not heard of any more: the log of its scenario says which");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_in_an_address_as_one_part_of_it() {
        let written = ["refunds", "a/b c", "büro?", "..%"].map(in_address);
        assert_eq!(written, ["refunds", "a%2Fb%20c", "b%C3%BCro%3F", "..%25"]);
    }
}
