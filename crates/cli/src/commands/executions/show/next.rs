//! The commands that can be typed now.

use std::io::Write;

use redress_store::State;
use serde_json::Value as Json;

use super::Page;
use super::event::plain;
use crate::commands::executions::unanswered;
use crate::commands::wording::{as_words, for_shell};
use crate::configuration::command;
use crate::failure::Result;
use crate::terminal::Visible;
use crate::wrapping::{shell_lines, wrapped};

/// So much of a fact is worth a place in a command to copy.
const LONGEST_FACT: usize = 60;

impl Page<'_> {
    /// The commands that can be typed now.
    pub fn next(&self, output: &mut dyn Write) -> Result<()> {
        writeln!(output, "\nwhat can be done")?;
        if let Some(what) = self.work().filter(|_| self.nothing_runs().is_none()) {
            write_command(output, &command("work"), what)?;
        }
        for (words, what) in self.commands()? {
            write_command(output, &command(format_args!("executions {words}")), what)?;
        }
        if let Some((words, left_out)) = self.explain() {
            let why = "see why it is decided so";
            let what = match left_out.is_empty() {
                true => why.to_owned(),
                false => format!("{why}, once this is added to it: {}", left_out.join(", ")),
            };
            write_command(output, &shell_lines(&words, "  "), &what)?;
        }
        Ok(())
    }

    /// What a worker would do with it.
    fn work(&self) -> Option<&'static str> {
        match self.execution.state {
            State::Pending { .. } => {
                Some("run it when it is due, where no worker or server is at work")
            }
            State::InProgress { .. } if self.is_silent() => {
                Some("take it up, where no worker or server is at work")
            }
            _ => None,
        }
    }

    /// The subcommands of `redress executions` that it allows now, and what they do.
    fn commands(&self) -> Result<Vec<(String, &'static str)>> {
        let (name, scenario) = (self.name(), &self.execution.scenario);
        let mut commands = Vec::new();
        match self.execution.state {
            State::InProgress { .. } if !self.is_silent() => {}
            State::Unresolved { .. } | State::Pending { .. } | State::InProgress { .. } => {
                let retries = match self.nothing_runs() {
                    None => "try it as soon as a place is free",
                    Some(_) => "have it due now, for when something runs its retries",
                };
                let edit = format!("resolve {name} --edit --reason TEXT");
                commands.push((format!("retry {name}"), retries));
                commands.push((edit, "the same with another payload"));
                commands.push((format!("close {name} --reason TEXT"), "nothing is left to do"));
                commands.push((format!("delete {name}"), "forget it"));
            }
            State::Resolved { .. } => commands.push((format!("delete {name}"), "forget it")),
        }
        if !self.store.is_confidential(self.execution) {
            commands.push((format!("payload {name}"), "see its payload"));
        }
        if self.store.executions().scenario(scenario).map_err(unanswered)?.off.is_some() {
            let on = format!("switch-on {}", for_shell(scenario));
            commands.push((on, "let runs and retries of the scenario begin"));
        }
        Ok(commands)
    }

    /// The words of the command that explains the decision, with the facts that fit on a line; and the names of those
    /// that do not.
    fn explain(&self) -> Option<(Vec<String>, Vec<String>)> {
        // Without the texts that are hidden it would be another event.
        if self.store.is_confidential(self.execution) {
            return None;
        }
        let configured = &self.store.configuration().scenario(&self.execution.scenario).policy;
        let policy = configured.to_string();
        let fits =
            |value: &Json| plain(value).len() <= LONGEST_FACT && !plain(value).contains('\n');
        let mut facts = self.given_facts();
        let long = facts.iter().filter(|(_, value)| !fits(value));
        let left_out = long.map(|(name, _)| name.to_string()).collect();
        facts.retain(|(_, value)| fits(value));
        let command = ["redress", "explain", "--policy", &for_shell(&policy)].map(str::to_owned);
        Some((command.into_iter().chain(as_words(&facts)?).collect(), left_out))
    }
}

fn write_command(output: &mut dyn Write, command: &str, what: &str) -> Result<()> {
    writeln!(output, "  {}", Visible(command.trim_start()))?;
    Ok(writeln!(output, "{}", wrapped(what, "      ", "      "))?)
}
