//! Retries that run inside the server: how late they are, and what becomes of them.

use std::io;
use std::sync::Arc;

use jiff::Timestamp;
use redress_scenarios::{FindRunner, Notice, Runner, Scenarios, Task, Workers};
use redress_store::{Execution, Executions, Outcome, Status};

use crate::metrics::Metrics;

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
    Workers::start(
        executions,
        &name,
        most,
        Arc::new(find),
        Box::new(move |notice| tell(&metrics, notice)),
    )
}

/// What the configuration says that runs a scenario.
pub(crate) fn configured(scenarios: Scenarios) -> Arc<FindRunner> {
    Arc::new(move |scenario: &str| scenarios.runner(scenario))
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

fn tell(metrics: &Metrics, notice: Notice) {
    match notice {
        Notice::Began(execution) => {
            let (id, scenario) = (execution.id, &execution.scenario);
            tracing::debug!(%id, scenario, attempt = execution.tries, "a try begins");
        }
        Notice::Ended(execution, took) => {
            let (id, scenario, status) = (execution.id, &execution.scenario, execution.status());
            metrics.tried(scenario, status);
            if status != Status::Resolved {
                metrics.decided(scenario, &execution.decision);
            }
            let took_ms = took.as_secs_f64() * 1000.0;
            let (error, due) = (execution.error(), execution.due().map(|due| due.to_string()));
            match status {
                Status::Resolved => {
                    tracing::info!(%id, scenario, attempt = execution.tries, took_ms, "resolved");
                }
                Status::Unresolved => {
                    tracing::warn!(%id, scenario, attempt = execution.tries, took_ms, error, "a person has to look at it");
                }
                _ => {
                    tracing::info!(%id, scenario, attempt = execution.tries, took_ms, error, due, "failed again")
                }
            }
        }
        Notice::Interrupted(execution) => interrupted(&execution),
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

/// Says that a try was given up, whoever found its worker silent.
pub(crate) fn interrupted(execution: &Execution) {
    let (id, scenario, attempt) = (execution.id, &execution.scenario, execution.tries);
    let due = execution.due().map(|due| due.to_string());
    tracing::warn!(%id, scenario, attempt, due, "a try was interrupted: its worker was not heard of");
}
