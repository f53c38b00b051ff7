//! What is to be run: the command, its payload, and the scenario it belongs to.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use redress_scenarios::{Configuration, RecordedCommand, event};
use redress_store::{LARGEST_PAYLOAD, LARGEST_TEXT, Report, ReportError};
use serde_json::{Map, Value as Json, json};

use super::say;
use super::step::Ended;
use crate::arguments::Run;
use crate::commands::unnamed::{NAME_IT, Unnamed, unnamed};
use crate::configuration::{self, Kept};
use crate::failure::{Failure, Result};
use crate::files::{self, STANDARD_INPUT};

/// What is to be run.
pub struct Job<'a> {
    /// What is kept, and how it is decided.
    pub kept: Kept,
    /// The scenario.
    pub scenario: &'a str,
    /// The command, as it is recorded to be run again.
    pub command: RecordedCommand,
    /// Its standard input; nothing: that of redress.
    pub payload: Option<Vec<u8>>,
    /// Whether nothing is said of what is tried again.
    pub quiet: bool,
    arguments: &'a Run,
}

impl<'a> Job<'a> {
    /// What the command line says. Everything that would keep a failure from being kept is found before the command runs.
    pub fn of(arguments: &'a Run) -> Result<Self> {
        let scenario = arguments.scenario.as_str();
        check_names(arguments)?;
        let configuration = configuration::find_for(&arguments.configuration, Some(scenario))?;
        check_is_known(scenario, &configuration)?;
        let kept = Kept::open(configuration)?;
        let settings = kept.executions.scenario_settings(scenario);
        if settings.settings.confidential && settings.seal.is_none() {
            return Err(Failure::impossible(format_args!(
                "`{scenario}`: {}",
                ReportError::Confidential
            )));
        }
        let command = recorded(&arguments.command)?;
        let payload = arguments.payload.as_deref().map(read_payload).transpose()?;
        Ok(Job { kept, scenario, command, payload, quiet: arguments.quiet, arguments })
    }

    /// What has to happen in order.
    pub fn key(&self) -> Option<&str> {
        self.arguments.key.as_deref()
    }

    /// The report of a failure. Where what the command said does not fit the policy, that is said.
    pub fn report(&self, ended: &Ended, attempt: u32) -> Report {
        let facts = self.facts(ended, attempt);
        let payload = self.payload.clone().unwrap_or_default();
        let mut report = Report::new(self.scenario, Json::Object(facts), payload);
        report.definition = Some(self.command.definition());
        report.recorded = true;
        report.key.clone_from(&self.arguments.key);
        report.once.clone_from(&self.arguments.once);
        report
    }

    /// The facts of a failure: what the command said, filled up with how it ended, as far as the policy knows them.
    fn facts(&self, ended: &Ended, attempt: u32) -> Map<String, Json> {
        let policy = &self.kept.executions.scenario_settings(self.scenario).policy;
        let (event, passed_over) = event(policy, ended.status, &ended.said, ended.took);
        if let Some(why) = passed_over {
            say(format_args!("what the command said last is taken for text: {why}"));
        }
        let Json::Object(mut facts) = event else { return Map::new() };
        if let Some(why) = &ended.not_started {
            facts.insert("error".to_owned(), json!("InvalidConfigurationError"));
            facts.insert("message".to_owned(), json!(why));
        }
        facts.entry("module").or_insert_with(|| json!(self.arguments.module));
        facts.insert("attempt".to_owned(), json!(attempt));
        facts.retain(|fact, _| policy.vocabulary().find_fact(fact).is_some());
        facts
    }
}

/// Refuses a scenario that the file does not name where what is kept of it would wait for ever; says what may be misspelt.
fn check_is_known(scenario: &str, configuration: &Configuration) -> Result<()> {
    match unnamed(scenario, configuration) {
        Some(Unnamed { told, waits: true, .. }) => Err(Failure::impossible(format_args!(
            "{told}\nerror: nothing would try again what is kept of it: {NAME_IT}"
        ))),
        Some(Unnamed { told, is_near_another: true, .. }) => {
            say(told);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Names that a report would be refused for are refused before there is a failure to report.
fn check_names(arguments: &Run) -> Result<()> {
    let mut report = Report::new(arguments.scenario.as_str(), Json::Null, "");
    report.key.clone_from(&arguments.key);
    report.once.clone_from(&arguments.once);
    report.check_names().map_err(Failure::impossible)
}

fn recorded(words: &[OsString]) -> Result<RecordedCommand> {
    let folder = std::env::current_dir().map_err(|error| {
        Failure::impossible(format_args!("there is no current folder: {error}"))
    })?;
    let mut words = words.iter().cloned();
    let program = words.next().unwrap_or_default();
    let command = RecordedCommand { program, arguments: words.collect(), folder };
    let length = command.definition().len();
    if length > LARGEST_TEXT {
        return Err(Failure::impossible(format_args!(
            "the command has {length} bytes, no more than {LARGEST_TEXT} are kept; give it its data by --payload"
        )));
    }
    Ok(command)
}

/// Reads a payload: a file, or standard input for `-`.
pub fn read_payload(path: &Path) -> Result<Vec<u8>> {
    let input: io::Result<Box<dyn Read>> = if path == Path::new(STANDARD_INPUT) {
        Ok(Box::new(io::stdin().lock()))
    } else {
        File::open(path).map(|file| Box::new(file) as Box<dyn Read>)
    };
    let mut bytes = Vec::new();
    let most = LARGEST_PAYLOAD as u64;
    input
        .and_then(|input| input.take(most + 1).read_to_end(&mut bytes))
        .map_err(|error| files::cannot_read(path, &error))?;
    if bytes.len() > LARGEST_PAYLOAD {
        return Err(Failure::impossible(format_args!(
            "the payload `{}` has more than {LARGEST_PAYLOAD} bytes; give a reference to it instead",
            path.display()
        )));
    }
    Ok(bytes)
}
