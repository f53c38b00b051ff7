//! `redress.toml`: where executions are kept, which scenarios there are, and how each is decided, kept and run.

mod endpoint;
mod file;
mod place;
mod program;
mod scenario;
mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redress::Policy;
use redress_store::{Seal, Settings};
use redress_toml::{Problem, Reader, located};

use crate::http::Endpoint;
use crate::policy_source::PolicySource;

pub use place::OpenError;
pub use server::{Role, ServerConfiguration, TokenConfiguration, TokenSource};

/// How the file is called where nobody says otherwise.
const FILE: &str = "redress.toml";

/// How long a try may take where nobody says.
const TIMEOUT: Duration = Duration::from_secs(40);

/// What a file `redress.toml` says.
///
/// ```
/// use redress_scenarios::Configuration;
///
/// let configuration = Configuration::parse("redress.toml", r#"
/// [defaults]
/// retention = "7d"
///
/// [scenario.refunds]
/// policy = "default"               # a bundled policy, or a path from this file
/// command = ["./refund", "--retry"]
/// parallel_retries = 1
/// "#)?;
/// let refunds = &configuration.scenarios["refunds"];
/// assert_eq!(refunds.settings.parallel_retries, 1);
/// assert_eq!(refunds.settings.retention.to_string(), "7d");
/// # Ok::<(), redress_scenarios::ConfigurationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The file; nothing where there is none.
    pub path: Option<PathBuf>,
    /// Where executions are kept.
    pub store: PathBuf,
    /// How they are served over HTTP.
    pub server: ServerConfiguration,
    /// The scenarios by their names.
    pub scenarios: BTreeMap<String, ScenarioConfiguration>,
    /// How scenarios that are not named are decided and kept.
    pub other: ScenarioConfiguration,
}

/// What the file says of a scenario.
#[derive(Clone, Debug)]
pub struct ScenarioConfiguration {
    /// Where its policy is.
    pub policy: PolicySource,
    /// The policy as it is loaded.
    pub loaded: Policy,
    /// Why its policy does not load, where it does not; what it would have without one is [loaded](Self::loaded) instead.
    pub unloaded: Option<Problem>,
    /// Its settings.
    pub settings: Settings,
    /// The key that encrypts its payloads.
    pub seal: Option<Seal>,
    /// Why its key cannot be read, where it cannot. What is confidential is then not kept, and nothing is retried.
    pub locked: Option<Problem>,
    /// What runs its retries; nothing: they wait.
    pub runner: Option<RunnerSource>,
    /// Why its command could not be started when the file was read, where it could not: its program is not there.
    pub absent: Option<Problem>,
    /// How long a try may take, where the file says.
    pub timeout: Option<Duration>,
}

/// What runs the retries of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunnerSource {
    /// A command: program and arguments. It runs in the [folder](Configuration::folder) of the file.
    Command(Vec<String>),
    /// An address that the payload is posted to.
    Url(Endpoint),
    /// What `redress run` recorded is run again. A recorded command is code, so whoever may report may have it run:
    /// such a scenario takes reports and imports from this machine's command only.
    Rerun,
}

/// A file that is wrong: everything that is, shown as `FILE:LINE: message`; as `FILE: message` where it cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", located(path, problems))]
pub struct ConfigurationError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong; never empty.
    pub problems: Vec<Problem>,
}

/// The documented behaviour: the default policy, the default settings, and nothing that runs retries.
impl Default for ScenarioConfiguration {
    fn default() -> Self {
        ScenarioConfiguration {
            policy: PolicySource::Bundled("default".to_owned()),
            loaded: Policy::default(),
            unloaded: None,
            settings: Settings::default(),
            seal: None,
            locked: None,
            runner: None,
            absent: None,
            timeout: None,
        }
    }
}

impl ScenarioConfiguration {
    /// Where nobody says which policy decides, it is the one that suits what runs the retries: `command` where that is a
    /// command, whose exit status says little of the kind of error, `default` otherwise.
    fn take_suitable_policy(&mut self) {
        let name = match self.runner {
            Some(RunnerSource::Command(_) | RunnerSource::Rerun) => "command",
            Some(RunnerSource::Url(_)) | None => "default",
        };
        self.policy = PolicySource::Bundled(name.to_owned());
        self.loaded = Policy::bundled(name).unwrap_or_default();
    }

    /// How long a try may take; nothing: as long as it likes. Where the file does not say, 40 seconds, but a command that
    /// is [run again](RunnerSource::Rerun) was not bounded the first time either.
    pub fn timeout(&self) -> Option<Duration> {
        let unsaid = (self.runner != Some(RunnerSource::Rerun)).then_some(TIMEOUT);
        self.timeout.or(unsaid)
    }
}

impl Configuration {
    /// Finds the configuration: the file that is given, else `redress.toml` in the folder, else
    /// [what holds without a file](Self::without_file).
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn find(given: Option<&Path>, folder: &Path) -> Result<Self, ConfigurationError> {
        Configuration::find_to_look(given, folder)?.loaded()
    }

    /// Finds the configuration as [`find`](Self::find) does, for who does not need everything that it names: policies
    /// that do not load and keys that cannot be read are no error, but [`unloaded`](ScenarioConfiguration::unloaded) and
    /// [`locked`](ScenarioConfiguration::locked).
    ///
    /// # Errors
    /// As for [`read`](Self::read), but for policies and keys.
    pub fn find_to_look(given: Option<&Path>, folder: &Path) -> Result<Self, ConfigurationError> {
        let usual = folder.join(FILE);
        let path = match given {
            Some(path) => path,
            None if usual.symlink_metadata().is_ok() => &usual,
            None => return Ok(Configuration::without_file(folder)),
        };
        let text =
            file::text(path).map_err(|message| wrong(path, [Problem { line: 0, message }]))?;
        Configuration::parse_to_look(path, &text)
    }

    /// Why policies do not load, each once.
    pub fn unloaded(&self) -> Vec<&Problem> {
        self.each_once(|scenario| scenario.unloaded.as_ref())
    }

    /// Why keys cannot be read, each once.
    pub fn locked(&self) -> Vec<&Problem> {
        self.each_once(|scenario| scenario.locked.as_ref())
    }

    /// Why commands could not be started, each with the scenario whose tries would fail; without one with those that the
    /// file does not name.
    pub fn absent(&self) -> impl Iterator<Item = (Option<&str>, &Problem)> {
        let named = self.scenarios.iter().map(|(name, scenario)| (Some(name.as_str()), scenario));
        let all = named.chain([(None, &self.other)]);
        all.filter_map(|(name, scenario)| Some((name, scenario.absent.as_ref()?)))
    }

    /// The folder of the file, from where everything that it names is looked for, as a whole path; nothing where there is no
    /// file.
    pub fn folder(&self) -> Option<PathBuf> {
        let path = std::path::absolute(self.path.as_ref()?).ok()?;
        path.parent().map(Path::to_owned)
    }

    /// Problems of scenarios by their lines, each once, however many inherit it.
    fn each_once(&self, of: impl Fn(&ScenarioConfiguration) -> Option<&Problem>) -> Vec<&Problem> {
        let scenarios = self.scenarios.values().chain([&self.other]);
        let mut problems: Vec<&Problem> = scenarios.filter_map(of).collect();
        problems.sort_by(|a, b| (a.line, &a.message).cmp(&(b.line, &b.message)));
        problems.dedup();
        problems
    }

    /// What it names and cannot be had: policies and keys.
    fn missing(&self) -> Vec<Problem> {
        self.unloaded().into_iter().chain(self.locked()).cloned().collect()
    }

    /// Itself, where every policy has loaded and every key was read.
    fn loaded(self) -> Result<Self, ConfigurationError> {
        let missing = self.missing();
        match &self.path {
            Some(path) if !missing.is_empty() => Err(wrong(path, missing)),
            _ => Ok(self),
        }
    }

    /// What holds without a file: executions are kept in the folder, the bundled policy `command` decides of every scenario,
    /// and what `redress run` recorded is [run again](RunnerSource::Rerun).
    pub fn without_file(folder: &Path) -> Self {
        let runner = Some(RunnerSource::Rerun);
        let mut other = ScenarioConfiguration { runner, ..Default::default() };
        other.take_suitable_policy();
        let store = folder.join(place::STORE);
        // Without a file none has a name.
        let server = ServerConfiguration { other_scenarios: true, ..Default::default() };
        Configuration { path: None, store, server, scenarios: BTreeMap::new(), other }
    }

    /// What the file says of a scenario, or of all that it does not name.
    pub fn scenario(&self, name: &str) -> &ScenarioConfiguration {
        self.scenarios.get(name).unwrap_or(&self.other)
    }

    /// The scenarios it names that have nothing to run their retries, no policy to decide of them, or a key that cannot be
    /// read: what is kept of them waits.
    pub fn without_runner(&self) -> impl Iterator<Item = &str> {
        let waits = |scenario: &ScenarioConfiguration| {
            scenario.runner.is_none() || scenario.unloaded.is_some() || scenario.locked.is_some()
        };
        self.scenarios.iter().filter(move |(_, it)| waits(it)).map(|(name, _)| name.as_str())
    }

    /// Reads a file, and loads the policies it names.
    ///
    /// # Errors
    /// Where it cannot be read, and as for [`parse`](Self::parse).
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigurationError> {
        Configuration::find(Some(path.as_ref()), Path::new(""))
    }

    /// Reads the text of a file; what it names is looked for beside `path`.
    ///
    /// # Errors
    /// Everything that is wrong: unknown keys, with the one that was probably meant, values that do not fit, policies
    /// that do not load, keys that cannot be read.
    pub fn parse(path: impl AsRef<Path>, text: &str) -> Result<Self, ConfigurationError> {
        Configuration::parse_to_look(path.as_ref(), text)?.loaded()
    }

    fn parse_to_look(path: &Path, text: &str) -> Result<Self, ConfigurationError> {
        let mut reader = Reader::new(text);
        let configuration = file::read(&mut reader, path);
        match (configuration, reader.finish()) {
            (Some(configuration), problems) if problems.is_empty() => Ok(configuration),
            (configuration, problems) => {
                let missing = configuration.iter().flat_map(Configuration::missing);
                Err(wrong(path, problems.into_iter().chain(missing)))
            }
        }
    }
}

/// Everything that is wrong with a file, by its lines.
fn wrong(path: &Path, problems: impl IntoIterator<Item = Problem>) -> ConfigurationError {
    let mut problems: Vec<Problem> = problems.into_iter().collect();
    problems.sort_by_key(|problem| problem.line);
    ConfigurationError { path: path.to_owned(), problems }
}
