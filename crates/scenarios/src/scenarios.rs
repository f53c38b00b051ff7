//! The scenarios of a program while it runs: their policies are swapped when their files change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use redress::{Fingerprint, Policy};
use redress_store::{Executions, Scenario};
use redress_toml::Problem;

use crate::configuration::{Configuration, ScenarioConfiguration};
use crate::policy_source::PolicySource;
use crate::runner::Runner;
use crate::runners::Runners;

/// The scenarios of a program while it runs.
pub struct Scenarios {
    configuration: Configuration,
    /// What the files of each policy looked like when they were read last.
    seen: BTreeMap<PolicySource, Vec<Look>>,
    /// Policies whose files do not load, and why; the last good ones decide, where there were any.
    refused: BTreeMap<PolicySource, String>,
    /// What the file itself looked like when it was read, where there is one.
    file: Option<Look>,
    runners: Runners,
}

/// What a file looks like from outside: where it lies, when it was written, how long it is.
type Look = (PathBuf, Option<(SystemTime, u64)>);

/// What became of a policy whose files changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is decided by the new one from now on.
    Swapped {
        /// Where the policy is.
        policy: PolicySource,
        /// The policy before.
        from: Fingerprint,
        /// The policy now.
        to: Fingerprint,
    },
    /// One that did not load when the program started does now: it decides, and the retries it should decide of are run.
    Loaded {
        /// Where the policy is.
        policy: PolicySource,
        /// The policy now.
        to: Fingerprint,
    },
    /// One that did not load when the program started does not load still, for another reason.
    StillWrong {
        /// Where the policy is.
        policy: PolicySource,
        /// What is wrong.
        why: String,
    },
    /// One that was refused is as it was before: what has decided all along is right again.
    Mended {
        /// Where the policy is.
        policy: PolicySource,
    },
    /// The file that says which scenarios there are has changed: it is read when the program starts, not before.
    File {
        /// The file.
        path: PathBuf,
    },
    /// The new one is wrong; the last good one stays.
    Refused {
        /// Where the policy is.
        policy: PolicySource,
        /// What is wrong.
        why: String,
    },
}

impl Scenarios {
    /// Tells the executions of all scenarios.
    pub fn new(configuration: Configuration, executions: &Executions) -> Self {
        let mut scenarios = Scenarios {
            runners: Runners::of(&configuration),
            configuration,
            seen: BTreeMap::new(),
            refused: BTreeMap::new(),
            file: None,
        };
        scenarios.file = scenarios.configuration.path.clone().map(look);
        let Configuration { other, scenarios: named, .. } = &scenarios.configuration;
        executions.set_other_scenarios(of(other));
        for (name, scenario) in named {
            executions.set_scenario(name, of(scenario));
        }
        for scenario in named.values().chain([other]) {
            let looks = looks(&scenario.loaded, &scenario.policy);
            scenarios.seen.insert(scenario.policy.clone(), looks);
            if let Some(Problem { message, .. }) = &scenario.unloaded {
                let why = message.strip_prefix("`policy`: ").unwrap_or(message);
                scenarios.refused.insert(scenario.policy.clone(), why.to_owned());
            }
        }
        scenarios
    }

    /// What the file says.
    pub fn configuration(&self) -> &Configuration {
        &self.configuration
    }

    /// What runs the retries of a scenario, as [`Runners::runner`] says it.
    pub fn runner(&self, scenario: &str) -> Option<Arc<dyn Runner>> {
        self.runners.runner(scenario)
    }

    /// What runs their retries, for other threads than the one that [refreshes](Self::refresh) policies.
    pub fn runners(&self) -> Runners {
        self.runners.clone()
    }

    /// The policies whose files do not load, with why; the last good ones decide meanwhile, where there were any.
    pub fn refused(&self) -> impl Iterator<Item = (&PolicySource, &str)> {
        self.refused.iter().map(|(source, why)| (source, why.as_str()))
    }

    /// Looks whether files of policies have changed, and swaps those that load; tells once that the file that names them has.
    /// To be called every second or so.
    pub fn refresh(&mut self, executions: &Executions) -> Vec<Change> {
        let file = self.refresh_file();
        let changed = |(source, looks): (&PolicySource, &Vec<Look>)| {
            let now: Vec<Look> = looks.iter().map(|(path, _)| look(path.clone())).collect();
            (now != *looks).then(|| source.clone())
        };
        let changed: Vec<PolicySource> = self.seen.iter().filter_map(changed).collect();
        let changed: BTreeSet<PolicySource> = changed.into_iter().chain(self.unloaded()).collect();
        let policies = changed.into_iter().filter_map(|source| self.reload(source, executions));
        file.into_iter().chain(policies.collect::<Vec<_>>()).collect()
    }

    fn refresh_file(&mut self) -> Option<Change> {
        let before = self.file.as_mut()?;
        let now = look(before.0.clone());
        (std::mem::replace(before, now.clone()) != now).then_some(Change::File { path: now.0 })
    }

    fn reload(&mut self, source: PolicySource, executions: &Executions) -> Option<Change> {
        // Looked at before it is read: what is written in between is seen the next time.
        let before = self.seen.get(&source)?.iter().map(|(path, _)| look(path.clone())).collect();
        self.seen.insert(source.clone(), before);
        let policy = match source.load() {
            Ok(policy) => policy,
            Err(why) => {
                let before = self.refused.insert(source.clone(), why.clone());
                return match self.unloaded().any(|unloaded| unloaded == source) {
                    true => (before.as_ref() != Some(&why))
                        .then_some(Change::StillWrong { policy: source, why }),
                    false => Some(Change::Refused { policy: source, why }),
                };
            }
        };
        let was_unloaded = self.unloaded().any(|unloaded| unloaded == source);
        let was_refused = self.refused.remove(&source).is_some();
        let mut looks = looks(&policy, &source);
        for known in self.seen.get(&source)? {
            looks.retain(|(path, _)| *path != known.0);
            looks.push(known.clone());
        }
        self.seen.insert(source.clone(), looks);
        let mut from = None;
        for (name, scenario) in &mut self.configuration.scenarios {
            if scenario.policy == source {
                from = Some(scenario.loaded.fingerprint());
                scenario.loaded = policy.clone();
                scenario.unloaded = None;
                executions.set_scenario(name, of(scenario));
            }
        }
        let other = &mut self.configuration.other;
        if other.policy == source {
            from = Some(other.loaded.fingerprint());
            other.loaded = policy.clone();
            other.unloaded = None;
            executions.set_other_scenarios(of(other));
        }
        self.runners.loaded(&source);
        let (from, to) = (from?, policy.fingerprint());
        match from != to {
            _ if was_unloaded => Some(Change::Loaded { policy: source, to }),
            true => Some(Change::Swapped { policy: source, from, to }),
            false => was_refused.then_some(Change::Mended { policy: source }),
        }
    }

    /// The policies that have not loaded since the program started. Which files they would be read from is not known, so they
    /// are tried again and again.
    fn unloaded(&self) -> impl Iterator<Item = PolicySource> {
        let Configuration { other, scenarios, .. } = &self.configuration;
        let unloaded = scenarios.values().chain([other]).filter(|it| it.unloaded.is_some());
        unloaded.map(|scenario| scenario.policy.clone())
    }
}

fn of(scenario: &ScenarioConfiguration) -> Scenario {
    let ScenarioConfiguration { loaded, settings, seal, .. } = scenario;
    Scenario { policy: loaded.clone(), settings: settings.clone(), seal: seal.clone() }
}

/// How the files look that a policy was read from.
fn looks(policy: &Policy, source: &PolicySource) -> Vec<Look> {
    let PolicySource::File { name, folder } = source else { return Vec::new() };
    let main = folder.join(name);
    let files = policy.sources().iter().filter(|(_, file)| !file.is_bundled());
    let others = files.map(|(_, file)| folder.join(file.name())).filter(|path| *path != main);
    std::iter::once(main.clone()).chain(others).map(look).collect()
}

fn look(path: PathBuf) -> Look {
    let metadata = fs::metadata(&path).ok();
    let seen = metadata.and_then(|it| Some((it.modified().ok()?, it.len())));
    (path, seen)
}
