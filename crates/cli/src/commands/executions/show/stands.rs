//! Where an execution stands, and what it waits for.

use std::io::Write;

use anstyle::Style;
use redress_scenarios::RunnerSource;
use redress_store::{Cause, Execution, Resolution, State};

use super::Page;
use crate::commands::executions::table::style_of;
use crate::commands::executions::told::waiting;
use crate::commands::executions::{name, unanswered};
use crate::configuration::command;
use crate::failure::Result;
use crate::terminal::{self, Visible};
use crate::times;
use crate::wrapping::wrapped;

impl Page<'_> {
    /// Where it stands, in one sentence, and what keeps it there.
    pub fn stands(&self, output: &mut dyn Write) -> Result<()> {
        let (in_order, nothing_runs) = (self.in_order()?, self.nothing_runs());
        let (unopened, off) = (self.unopened()?, self.off()?);
        let is_promised = in_order.is_none() && nothing_runs.is_none() && unopened.is_none();
        let waits = [self.silent(), self.held()?, in_order, nothing_runs, unopened, off];
        let waits = waits.into_iter().chain([self.at_a_pace()]);
        let waits: Vec<String> = waits.flatten().collect();
        let status = self.execution.state.status();
        let title = format!("{}  {status}", self.name());
        let stand = self.stand(!waits.is_empty(), is_promised);
        let line = wrapped(&format!("{title}: {}", Visible(&stand)), "", "  ");
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

    fn stand(&self, waits: bool, is_promised: bool) -> String {
        match &self.execution.state {
            State::Unresolved { why } => format!("{}, a person has to look at it", waiting(why)),
            State::Pending { due, .. } if *due <= self.store.now && waits => {
                "due, and waits".to_owned()
            }
            State::Pending { due, .. } if *due <= self.store.now => "due now".to_owned(),
            State::Pending { .. } if is_promised && self.shown.paced_until.is_some() => {
                "it waits at a pace".to_owned()
            }
            State::Pending { due, .. } => {
                let tried = if is_promised { "tried again" } else { "due" };
                format!("{tried} {}, at {}", self.store.relative(*due), times::local(*due))
            }
            State::InProgress { since, worker, .. } => {
                let since = self.store.relative(*since);
                let silent = if self.is_silent() { ", which is silent" } else { "" };
                format!("since {since}, by {worker}{silent}")
            }
            State::Resolved { at, how } => {
                format!("{}, {}", resolution(how), self.store.relative(*at))
            }
        }
    }

    /// Whether its try runs, as far as anybody knows, but the worker is not heard of.
    pub fn is_silent(&self) -> bool {
        self.shown.silent_since(self.store.now).is_some()
    }

    /// Since when its worker is silent, and who takes up what it had.
    fn silent(&self) -> Option<String> {
        let since = self.shown.silent_since(self.store.now)?;
        let (ago, at) = (self.store.relative(since), times::local(since));
        let (work, serve) = (command("work"), command("serve"));
        Some(format!(
            "the lease of its worker ran out {ago}, at {at}: the next `{work}` or `{serve}` counts the try as \
             interrupted and takes it up; who retries, resolves, closes or deletes it need not wait for that"
        ))
    }

    /// What is due waits while a run of its scenario is under way.
    fn held(&self) -> Result<Option<String>> {
        let Execution { scenario, state, .. } = self.execution;
        let is_pending = matches!(state, State::Pending { .. });
        let is_held = is_pending
            && self.store.executions().is_held(scenario, self.store.now).map_err(unanswered)?;
        Ok(is_held.then(|| format!("it waits: a run of `{scenario}` is under way")))
    }

    /// In a scenario that is sequential it waits for what came before it.
    fn in_order(&self) -> Result<Option<String>> {
        let Execution { id, scenario, state, .. } = self.execution;
        if !matches!(state, State::Pending { .. }) {
            return Ok(None);
        }
        let before = self.store.executions().waits_for(*id).map_err(unanswered)?;
        Ok(before.map(|before| {
            let name = name(&before.scenario, before.sequence);
            format!("it waits for {name}, which is {}: `{scenario}` is sequential", before.status())
        }))
    }

    /// Why nothing runs its retries, where that is so: it would wait for ever.
    pub fn nothing_runs(&self) -> Option<String> {
        let Execution { scenario, recorded, state, .. } = self.execution;
        let waits = matches!(state, State::Pending { .. } | State::Unresolved { .. });
        if !waits && !self.is_silent() {
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

    /// What is encrypted with another key waits for that; of a key that cannot be read it is said otherwise.
    fn unopened(&self) -> Result<Option<String>> {
        let Execution { scenario, state, .. } = self.execution;
        let waits = matches!(state, State::Pending { .. } | State::Unresolved { .. });
        let configured = self.store.configuration().scenario(scenario);
        if !waits || configured.locked.is_some() {
            return Ok(None);
        }
        let why = self.store.executions().does_not_open(self.execution).map_err(unanswered)?;
        Ok(why.map(|why| {
            format!(
                "no try of it begins, as it does not open: {why}; the `key_file` of `{scenario}` has to have the \
                 key that it was kept with"
            )
        }))
    }

    /// What a person let go at a pace waits for those before it, however late it is.
    fn at_a_pace(&self) -> Option<String> {
        let until = self.shown.paced_until?;
        let (wait, at) = (self.store.relative(until), times::local(until));
        let scenario = &self.execution.scenario;
        Some(format!(
            "it waits: retries of `{scenario}` were let go at a pace, the next of them begins {wait}, at {at}, the others \
             later, in the order in which they are due"
        ))
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
