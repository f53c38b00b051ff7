//! Where an execution stands, and what it waits for.

use std::io::Write;

use anstyle::Style;
use redress_scenarios::RunnerSource;
use redress_store::{Cause, Execution, Resolution, State};

use super::Page;
use crate::commands::executions::table::style_of;
use crate::commands::executions::told::waiting;
use crate::commands::executions::unanswered;
use crate::failure::Result;
use crate::terminal::{self, Visible};
use crate::times;
use crate::wrapping::wrapped;

impl Page<'_> {
    /// Where it stands, in one sentence, and what keeps it there.
    pub fn stands(&self, output: &mut dyn Write) -> Result<()> {
        let waits: Vec<String> =
            [self.held()?, self.nothing_runs(), self.off()?].into_iter().flatten().collect();
        let status = self.execution.state.status();
        let title = format!("{}  {status}", self.name());
        let line =
            wrapped(&format!("{title}: {}", Visible(&self.stand(!waits.is_empty()))), "", "  ");
        let style = style_of(status).bold();
        let style = if terminal::output_has_colour() { style } else { Style::new() };
        match line.strip_prefix(&title) {
            Some(rest) => writeln!(output, "{style}{title}{style:#}{rest}\n")?,
            None => writeln!(output, "{line}\n")?,
        }
        for why in &waits {
            writeln!(output, "{}\n", wrapped(&Visible(why).to_string(), "  ", "  "))?;
        }
        Ok(())
    }

    fn stand(&self, waits: bool) -> String {
        match &self.execution.state {
            State::Unresolved { why } => format!("{}, a person has to look at it", waiting(why)),
            State::Pending { due, .. } if *due <= self.store.now && waits => {
                "due, and waits".to_owned()
            }
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
        }
    }

    /// What is due waits while a run of its scenario is under way.
    fn held(&self) -> Result<Option<String>> {
        let Execution { scenario, state, .. } = self.execution;
        let is_pending = matches!(state, State::Pending { .. });
        let is_held = is_pending
            && self.store.executions().is_held(scenario, self.store.now).map_err(unanswered)?;
        Ok(is_held.then(|| format!("it waits: a run of `{scenario}` is under way")))
    }

    /// Why nothing runs its retries, where that is so: it would wait for ever.
    pub fn nothing_runs(&self) -> Option<String> {
        let Execution { scenario, recorded, state, .. } = self.execution;
        if !matches!(state, State::Pending { .. } | State::Unresolved { .. }) {
            return None;
        }
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
    fn off(&self) -> Result<Option<String>> {
        let Execution { scenario, state: State::Pending { by: Cause::Schedule, .. }, .. } =
            self.execution
        else {
            return Ok(None);
        };
        let off = self.store.executions().scenario(scenario).map_err(unanswered)?.off;
        Ok(off.map(|off| {
            let since = self.store.relative(off.since);
            format!("it waits: `{scenario}` was switched off {since}: {}", off.why)
        }))
    }
}

fn resolution(how: &Resolution) -> String {
    match how {
        Resolution::Succeeded => "it ran and succeeded".to_owned(),
        Resolution::Continued(with) => format!("it succeeded, what failed later is {with}"),
        Resolution::Closed { by, reason } => format!("{by} closed it: {reason}"),
    }
}
