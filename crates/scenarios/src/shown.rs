//! What a program shows of a scenario, the same over HTTP and by the command.

use redress_store::{Executions, ScenarioState, Settings, StoreError};
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
