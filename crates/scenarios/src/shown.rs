//! What a program shows of a scenario and of an execution, the same over HTTP and by the command.

use jiff::Timestamp;
use redress_store::{
    Execution, ExecutionId, Executions, ScenarioState, Settings, Status, StoreError,
};
use serde::Serialize;

use crate::configuration::{Configuration, RunnerSource};

/// What a program shows of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownScenario {
    /// Its name.
    pub name: String,
    /// Where its policy is: the name of a bundled one, or a path.
    pub policy: String,
    /// What its policy means, as a hash; nothing where it does not load.
    pub fingerprint: Option<String>,
    /// What runs its retries; nothing: they wait.
    pub runner: Option<&'static str>,
    /// Whether it is on, what it keeps, what it lost.
    pub state: ScenarioState,
    /// How it is kept and tried again.
    pub settings: Settings,
}

impl ShownScenario {
    /// What there is to show of a scenario.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn of(
        configuration: &Configuration,
        executions: &Executions,
        name: &str,
    ) -> Result<Self, StoreError> {
        let configured = configuration.scenario(name);
        // The policy may have been swapped since the file was read.
        let used = executions.scenario_settings(name);
        Ok(ShownScenario {
            name: name.to_owned(),
            policy: configured.policy.to_string(),
            fingerprint: configured
                .unloaded
                .is_none()
                .then(|| used.policy.fingerprint().to_string()),
            runner: configured.runner.as_ref().map(|runner| match runner {
                RunnerSource::Command(_) => "command",
                RunnerSource::Url(_) => "url",
                RunnerSource::Rerun => "rerun",
            }),
            state: executions.scenario(name)?,
            settings: used.settings.clone(),
        })
    }
}

/// What a program shows of an execution: what its log tells, and what only the store knows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownExecution {
    /// The execution.
    #[serde(flatten)]
    pub execution: Execution,
    /// When the lease of its worker runs out, where it is in progress.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lease: Option<Timestamp>,
    /// Where it waits at a pace, and that lets the next begin later than this one is due: when that is. Others may be before
    /// it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paced_until: Option<Timestamp>,
}

impl ShownExecution {
    /// What there is to show of an execution; nothing where there is none.
    ///
    /// # Errors
    /// Where the store or the log of the execution cannot be read.
    pub fn of(
        executions: &Executions,
        id: ExecutionId,
        now: Timestamp,
    ) -> Result<Option<Self>, StoreError> {
        let Some(execution) = executions.get(id)? else { return Ok(None) };
        // It may have ended between the two questions.
        let lease = executions.lease(id)?.filter(|_| execution.status() == Status::InProgress);
        let paced_until = match execution.is_paced() {
            true => executions.scenario(&execution.scenario)?.paced_until(now),
            false => None,
        };
        let paced_until = paced_until.filter(|until| execution.due() < Some(*until));
        Ok(Some(ShownExecution { execution, lease, paced_until }))
    }

    /// Since when its worker is silent, where it is: its try is given up by whoever looks for work next, or acts on it.
    pub fn silent_since(&self, now: Timestamp) -> Option<Timestamp> {
        self.lease.filter(|lease| *lease <= now)
    }
}
