//! What runs the retries of the scenarios of a program.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::command::CommandRunner;
use crate::configuration::{Configuration, RunnerSource};
use crate::http::{Client, HttpRunner};
use crate::policy_source::PolicySource;
use crate::rerun::Rerun;
use crate::runner::Runner;

/// What runs the retries of the scenarios of a program: for its threads, each of which may have one of its own. Whoever asks is
/// not kept waiting while a policy is [loaded](crate::Scenarios::refresh).
#[derive(Clone)]
pub struct Runners {
    configuration: Arc<Configuration>,
    /// The policies that have not loaded yet.
    unloaded: Arc<RwLock<BTreeSet<PolicySource>>>,
    /// What posts tries; it keeps connections open.
    client: Client,
}

impl Runners {
    pub(crate) fn of(configuration: &Configuration) -> Self {
        let Configuration { other, scenarios, .. } = configuration;
        let unloaded = scenarios.values().chain([other]).filter(|it| it.unloaded.is_some());
        let unloaded = unloaded.map(|scenario| scenario.policy.clone()).collect();
        Runners {
            configuration: Arc::new(configuration.clone()),
            unloaded: Arc::new(RwLock::new(unloaded)),
            client: Client::default(),
        }
    }

    /// What runs the retries of a scenario; nothing where the file does not say, where its key cannot be read, without
    /// which each try would fail, or where its policy does not load, without which nobody knows what a failure would come to.
    pub fn runner(&self, scenario: &str) -> Option<Arc<dyn Runner>> {
        let scenario = self.configuration.scenario(scenario);
        if scenario.locked.is_some() || self.is_unloaded(&scenario.policy) {
            return None;
        }
        let timeout = scenario.timeout();
        Some(match scenario.runner.clone()? {
            RunnerSource::Command(words) => Arc::new(self.command(words, timeout)?),
            RunnerSource::Url(endpoint) => {
                Arc::new(HttpRunner::new(endpoint, timeout, self.client.clone()))
            }
            RunnerSource::Rerun => Arc::new(Rerun::new(timeout, self.withheld())),
        })
    }

    /// A command of the file runs in the folder of the file, wherever this program was started.
    fn command(&self, words: Vec<String>, timeout: Option<Duration>) -> Option<CommandRunner> {
        let runner = CommandRunner::new(words, timeout)?.without(self.withheld());
        Some(match self.configuration.folder() {
            Some(folder) => runner.in_folder(folder),
            None => runner,
        })
    }

    /// With a token of the server a command could do what only those may who were given it.
    fn withheld(&self) -> Vec<String> {
        self.configuration.server.secret_variables().map(str::to_owned).collect()
    }

    fn is_unloaded(&self, policy: &PolicySource) -> bool {
        self.unloaded.read().unwrap_or_else(PoisonError::into_inner).contains(policy)
    }

    /// A policy loads by now and decides, so what waits for it is run.
    pub(crate) fn loaded(&self, policy: &PolicySource) {
        self.unloaded.write().unwrap_or_else(PoisonError::into_inner).remove(policy);
    }
}
