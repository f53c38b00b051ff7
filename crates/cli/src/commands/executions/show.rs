//! `redress executions show`: what failed, why it was decided so, what was tried, what can be done now.

use std::io::Write;

use anstyle::Style;
use redress::vocabulary::Type;
use redress::{Duration, Size};
use redress_scenarios::{PolicySource, RecordedCommand, RunnerSource};
use redress_store::{Cause, Entry, Execution, Happening, PayloadKind, Resolution, State};
use serde_json::Value as Json;

use super::resolve::write_difference;
use super::table::{Facts, style_of};
use super::told::{happening, waiting};
use super::{Store, name, unanswered, write_json};
use crate::arguments::{Format, ShowExecution};
use crate::commands::wording::{as_arguments, for_shell, word_for_shell};
use crate::configuration::command;
use crate::failure::{Result, Status};
use crate::terminal::{self, Visible};
use crate::times;

/// So many lines of what happened are shown; `log` has them all.
const MOST_ENTRIES: usize = 20;

/// So much of a fact is worth a place in a command to copy.
const LONGEST_FACT: usize = 60;

/// Shows an execution.
pub fn run(store: &Store, arguments: &ShowExecution) -> Result {
    let execution = store.get(&arguments.execution)?;
    let mut output = terminal::output();
    if arguments.format == Format::Json {
        return write_json(&mut output, &execution);
    }
    let log = store.executions().log(execution.id).map_err(unanswered)?;
    let page = Page { store, execution: &execution };
    page.head(&mut output)?;
    page.facts(&mut output)?;
    page.log(&mut output, &log)?;
    page.next(&mut output)?;
    output.flush()?;
    Ok(Status::Done)
}

struct Page<'a> {
    store: &'a Store,
    execution: &'a Execution,
}

impl Page<'_> {
    fn name(&self) -> String {
        name(&self.execution.scenario, self.execution.sequence)
    }

    /// Where it stands, in one line.
    fn head(&self, output: &mut dyn Write) -> Result<()> {
        let Execution { state, .. } = self.execution;
        let stands = match state {
            State::Unresolved { why } => format!("{}, a person has to look at it", waiting(why)),
            State::Pending { due, .. } if *due <= self.store.now => "due now".to_owned(),
            State::Pending { due, .. } => {
                let tried = if self.nothing_runs().is_some() { "due" } else { "tried again" };
                format!("{tried} {}, at {}", self.store.relative(*due), times::local(*due))
            }
            State::InProgress { since, worker, .. } => {
                format!("since {}, by {worker}", self.store.relative(*since))
            }
            State::Resolved { at, how } => {
                format!("{}, {}", resolution(how), self.store.relative(*at))
            }
        };
        let style = if terminal::output_has_colour() {
            style_of(state.status()).bold()
        } else {
            Style::new()
        };
        writeln!(
            output,
            "{style}{}  {}{style:#}: {}\n",
            self.name(),
            state.status(),
            Visible(&stands)
        )?;
        if let State::Pending { .. } = self.execution.state {
            self.held(output)?;
        }
        if let State::Pending { .. } | State::Unresolved { .. } = self.execution.state {
            self.runner(output)?;
        }
        self.off(output)
    }

    /// What is due waits while a run of its scenario is under way.
    fn held(&self, output: &mut dyn Write) -> Result<()> {
        let scenario = &self.execution.scenario;
        if self.store.executions().is_held(scenario, self.store.now).map_err(unanswered)? {
            writeln!(output, "  it waits: a run of `{}` is under way\n", Visible(scenario))?;
        }
        Ok(())
    }

    /// Where nothing would run it, that is said: it would wait for ever.
    fn runner(&self, output: &mut dyn Write) -> Result<()> {
        if let Some(why) = self.nothing_runs() {
            writeln!(output, "  {}\n", Visible(&why))?;
        }
        Ok(())
    }

    /// Why nothing runs its retries, where that is so.
    fn nothing_runs(&self) -> Option<String> {
        let Execution { scenario, recorded, .. } = self.execution;
        let runner = &self.store.configuration().scenario(scenario).runner;
        if *runner == Some(RunnerSource::Rerun) && !recorded {
            return Some(
                "nothing runs its retries: no command was recorded by `redress run` on this machine"
                    .to_owned(),
            );
        }
        self.store.missing_runner(scenario)
    }

    /// What is due by its schedule waits while its scenario is switched off.
    fn off(&self, output: &mut dyn Write) -> Result<()> {
        let scenario = &self.execution.scenario;
        let State::Pending { by: Cause::Schedule, .. } = self.execution.state else {
            return Ok(());
        };
        if let Some(off) = self.store.executions().scenario(scenario).map_err(unanswered)?.off {
            writeln!(
                output,
                "  it waits: `{}` was switched off {}: {}\n",
                Visible(scenario),
                self.store.relative(off.since),
                off.why
            )?;
        }
        Ok(())
    }

    /// What failed, and why it was decided so.
    fn facts(&self, output: &mut dyn Write) -> Result<()> {
        let Execution { decision, event, .. } = self.execution;
        let others: Vec<String> = event
            .iter()
            .filter(|(name, _)| !["error", "message"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name} {}", self.with_unit(name, value)))
            .collect();
        let rule = decision.rule.as_ref().map_or_else(String::new, |rule| format!("{rule}, "));
        let origin = self.execution.origin.map(|origin| origin.to_string()).unwrap_or_default();
        let stored = self.execution.created;
        let mut facts = Facts::default();
        facts.add("error", self.execution.error());
        facts.add("message", self.unless_confidential(self.execution.message()));
        facts.add("facts", &others.join(", "));
        facts.add("decided", &decision.outcome.to_string());
        facts.add("by rule", &format!("{rule}{}", decision.at));
        facts.add("policy", &self.policy());
        facts.add("tries", &self.tries());
        facts.add("runs", self.unless_confidential(&self.runs()));
        facts.add("payload", &self.payload());
        facts.add("key", self.execution.key.as_deref().unwrap_or_default());
        facts.add("run", self.execution.run.as_deref().unwrap_or_default());
        facts.add("follows", &origin);
        facts.add("stored", &format!("{}, {}", self.store.relative(stored), times::local(stored)));
        facts.add("id", &format!("{}, version {}", self.execution.id, self.execution.version));
        facts.write(output)
    }

    /// A text that is kept in the clear only where it is not confidential.
    fn unless_confidential<'t>(&self, text: &'t str) -> &'t str {
        if self.store.is_confidential(self.execution) { "confidential" } else { text }
    }

    /// A value as it is shown; numbers that are durations or sizes have their unit.
    fn with_unit(&self, name: &str, value: &Json) -> String {
        let scenario = self.store.executions().scenario_settings(&self.execution.scenario);
        let vocabulary = scenario.policy.vocabulary();
        let kind = vocabulary.find_fact(name).map(|fact| &vocabulary.fact(fact).kind);
        match (kind, value.as_i64()) {
            (Some(Type::Duration), Some(number)) => Duration::from_milliseconds(number).to_string(),
            (Some(Type::Size), Some(number)) => Size::from_bytes(number).to_string(),
            _ => plain(value),
        }
    }

    /// The fingerprint of the policy that decided, and whether another one would today.
    fn policy(&self) -> String {
        let decided = &self.execution.decision.policy;
        let scenario = self.store.configuration().scenario(&self.execution.scenario);
        if scenario.unloaded.is_some() {
            return format!("{decided}; that of now does not load");
        }
        match *decided == scenario.loaded.fingerprint() {
            true => decided.to_string(),
            false => format!("{decided}; it has changed since"),
        }
    }

    fn tries(&self) -> String {
        let Execution { tries, steps, .. } = self.execution;
        let schedule = self.execution.decision.outcome.argument("after");
        match schedule {
            Some(schedule) => format!("{tries}; {steps} of the schedule used, {schedule}"),
            None => tries.to_string(),
        }
    }

    /// What runs its retries.
    fn runs(&self) -> String {
        let definition = self.execution.definition.as_deref().unwrap_or_default();
        match RecordedCommand::read(definition) {
            Some(RecordedCommand { program, arguments, folder }) => {
                let words: Vec<String> = std::iter::once(&program)
                    .chain(&arguments)
                    .map(|word| word_for_shell(word))
                    .collect();
                format!("{}\nin {}", words.join(" "), folder.display())
            }
            None => definition.to_owned(),
        }
    }

    fn payload(&self) -> String {
        let Execution { payload, edition, .. } = self.execution;
        let bytes = self.store.executions().payload(self.execution.id, *edition);
        let bytes = bytes.ok().flatten().map_or(0, |payload| payload.bytes().len());
        let edited = if *edition > 1 { format!(", edition {edition}") } else { String::new() };
        match (self.store.is_confidential(self.execution), payload) {
            (true, _) => format!("confidential, {bytes} bytes{edited}"),
            (false, PayloadKind::Reference) => format!("kept elsewhere{edited}"),
            (false, _) => format!("{bytes} bytes{edited}"),
        }
    }

    /// What happened, with what a person changed.
    fn log(&self, output: &mut dyn Write, log: &[Entry]) -> Result<()> {
        writeln!(output, "\nwhat happened")?;
        let passed_over = log.len().saturating_sub(MOST_ENTRIES);
        if passed_over > 0 {
            writeln!(
                output,
                "  {passed_over} earlier: {}",
                command(format_args!("executions log {}", self.name()))
            )?;
        }
        for entry in &log[passed_over..] {
            let mut line = Facts::default();
            line.add(&times::local(entry.at), &happening(&entry.what, entry.at));
            line.write(output)?;
            if let Happening::Asked { edited: Some(edition), .. } = entry.what {
                let id = self.execution.id;
                let difference =
                    self.store.executions().difference(id, edition.number).map_err(unanswered)?;
                difference.map_or(Ok(()), |difference| write_difference(output, &difference))?;
            }
        }
        Ok(())
    }

    /// The commands that can be typed now.
    fn next(&self, output: &mut dyn Write) -> Result<()> {
        let name = self.name();
        let mut commands: Vec<(String, &str)> = Vec::new();
        match self.execution.state {
            State::Unresolved { .. } | State::Pending { .. } => {
                let retries = match self.nothing_runs() {
                    None => "try it as soon as a place is free",
                    Some(_) => "have it due now, for when something runs its retries",
                };
                commands.push((format!("retry {name}"), retries));
                commands.push((
                    format!("resolve {name} --edit --reason TEXT"),
                    "the same with another payload",
                ));
                commands.push((format!("close {name} --reason TEXT"), "nothing is left to do"));
                commands.push((format!("delete {name}"), "forget it"));
            }
            State::Resolved { .. } => commands.push((format!("delete {name}"), "forget it")),
            State::InProgress { .. } => {}
        }
        if !self.store.is_confidential(self.execution) {
            commands.push((format!("payload {name}"), "see its payload"));
        }
        writeln!(output, "\nwhat can be done")?;
        let scenario = &self.execution.scenario;
        if self.store.executions().scenario(scenario).map_err(unanswered)?.off.is_some() {
            commands.push((
                format!("switch-on {}", for_shell(scenario)),
                "let runs and retries of the scenario begin",
            ));
        }
        if matches!(self.execution.state, State::Pending { .. }) && self.nothing_runs().is_none() {
            writeln!(
                output,
                "  {}\n      run it when it is due, where no worker or server is at work",
                command("work")
            )?;
        }
        for (words, what) in commands {
            writeln!(
                output,
                "  {}\n      {what}",
                Visible(&command(format_args!("executions {words}")))
            )?;
        }
        if let Some(explain) = self.explain() {
            writeln!(output, "  {}\n      see why it is decided so", Visible(&explain))?;
        }
        Ok(())
    }

    /// The command that explains the decision, with the facts that fit on a line.
    fn explain(&self) -> Option<String> {
        // Without the texts that are hidden it would be another event.
        if self.store.is_confidential(self.execution) {
            return None;
        }
        let configured = &self.store.configuration().scenario(&self.execution.scenario).policy;
        let policy = match configured {
            PolicySource::Bundled(name) => name.clone(),
            PolicySource::File(path) => path.display().to_string(),
        };
        let fits =
            |value: &Json| plain(value).len() <= LONGEST_FACT && !plain(value).contains('\n');
        let facts: Vec<(String, Json)> = self
            .execution
            .event
            .iter()
            .filter(|(_, value)| fits(value))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Some(format!("redress explain --policy {} {}", for_shell(&policy), as_arguments(&facts)?))
    }
}

fn resolution(how: &Resolution) -> String {
    match how {
        Resolution::Succeeded => "it ran and succeeded".to_owned(),
        Resolution::Continued(with) => format!("it succeeded, what failed later is {with}"),
        Resolution::Closed { by, reason } => format!("{by} closed it: {reason}"),
    }
}

/// A value without the quotes of JSON.
fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
