//! The configuration of the command line, and the executions that are kept where it says.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use redress_scenarios::{Configuration, ConfigurationError, Problem, Scenarios};
use redress_store::{Executions, Memory};

use crate::arguments::ConfigurationOption;
use crate::commands::wording::for_shell;
use crate::failure::{Failure, Result, Status};
use crate::terminal;

/// The file that the command line named. Commands that are shown to be typed name it too.
static NAMED: OnceLock<PathBuf> = OnceLock::new();

/// A command of redress as it can be typed now: with the configuration that this one was given.
pub fn command(words: impl Display) -> String {
    match NAMED.get() {
        Some(path) => {
            format!("redress {words} --config {}", for_shell(&path.display().to_string()))
        }
        None => format!("redress {words}"),
    }
}

/// The configuration that an option, its variable or the current folder names, or what holds without one. A policy that does
/// not load is an error; a key that cannot be read only stops what needs it, and is for whoever asks to tell.
pub fn find(option: &ConfigurationOption) -> Result<Configuration> {
    let found = find_to_look(option)?;
    refuse(&found, found.unloaded().into_iter().cloned().collect())?;
    Ok(found)
}

/// The same for who needs what belongs to this scenario, or nothing. What else cannot be had is warned of.
pub fn find_for(option: &ConfigurationOption, scenario: Option<&str>) -> Result<Configuration> {
    let found = find_to_look(option)?;
    if let Some(scenario) = scenario.map(|name| found.scenario(name)) {
        let key = scenario.locked.as_ref().filter(|_| scenario.settings.confidential);
        refuse(&found, scenario.unloaded.iter().chain(key).cloned().collect())?;
    }
    warn_of(&found, found.unloaded());
    warn_of_locked(&found);
    Ok(found)
}

/// The same for who goes on with the scenarios whose policies load and whose keys can be read. All that is wrong with those
/// of others is said, and makes the status.
pub fn find_for_those_that_load(option: &ConfigurationOption) -> Result<(Configuration, Status)> {
    let found = find_to_look(option)?;
    let missing = found.unloaded().into_iter().chain(found.locked());
    let status = match refuse(&found, missing.cloned().collect()) {
        Ok(()) => Status::Done,
        Err(failure) => failure.report().map(|_| Status::Fails)?,
    };
    Ok((found, status))
}

/// Warns of keys that cannot be read.
pub fn warn_of_locked(configuration: &Configuration) {
    warn_of(configuration, configuration.locked());
}

fn warn_of(configuration: &Configuration, problems: Vec<&Problem>) {
    let path = configuration.path.clone().unwrap_or_default();
    for Problem { line, message } in problems {
        let first = message.lines().next().unwrap_or_default();
        terminal::warn(format_args!("{}:{line}: {first}", path.display()));
    }
}

fn refuse(configuration: &Configuration, problems: Vec<Problem>) -> Result<()> {
    let path = configuration.path.clone().unwrap_or_default();
    match problems.is_empty() {
        true => Ok(()),
        false => Err(refused(&ConfigurationError { path, problems })),
    }
}

fn find_to_look(option: &ConfigurationOption) -> Result<Configuration> {
    // An empty variable is as good as none.
    let given = option.config.as_deref().filter(|path| *path != Path::new(""));
    let by_variable =
        std::env::var_os("REDRESS_CONFIG").is_some_and(|set| given == Some(Path::new(&set)));
    if let (Some(path), false) = (given, by_variable) {
        NAMED.get_or_init(|| path.to_owned());
    }
    let found = Configuration::find_to_look(given, Path::new(""));
    if found.is_err() && by_variable {
        terminal::note("the configuration is the one that the variable REDRESS_CONFIG names");
    }
    found.map_err(|error| refused(&error))
}

fn refused(error: &ConfigurationError) -> Failure {
    Failure::impossible(error.to_string().replace('\n', "\nerror: "))
}

/// What is kept, and how its scenarios are decided and run.
pub struct Kept {
    /// The executions.
    pub executions: Arc<Executions>,
    /// The scenarios.
    pub scenarios: Scenarios,
}

impl Kept {
    /// Opens the store of a configuration, which is made where there is none.
    pub fn open(configuration: Configuration) -> Result<Self> {
        let store = configuration.open_store().map_err(Failure::impossible)?;
        Ok(Kept::over(Executions::over(store), configuration))
    }

    /// Opens the store of a configuration where there is one: who only looks makes none, and finds nothing.
    pub fn look(configuration: Configuration) -> Result<Self> {
        let executions = match configuration.open_existing_store().map_err(Failure::impossible)? {
            Some(store) => Executions::over(store),
            None => {
                terminal::note(format_args!(
                    "there is no store `{}` yet; nothing was kept",
                    configuration.store.display()
                ));
                Executions::over(Memory::new())
            }
        };
        Ok(Kept::over(executions, configuration))
    }

    fn over(executions: Executions, configuration: Configuration) -> Self {
        let scenarios = Scenarios::new(configuration, &executions);
        Kept { executions: Arc::new(executions), scenarios }
    }
}
