//! `redress executions resolve`: another try, with another payload.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use redress_store::{
    Change, Difference, Edit, Execution, Line, ManageError, Payload, PayloadKind, Refusal,
    Selection,
};

use super::bulk::say_what_runs;
use super::editor::{self, Edited};
use super::{Store, meant, name, unanswered};
use crate::arguments::Resolve;
use crate::commands::run::read_payload;
use crate::configuration::command;
use crate::failure::{Failure, Result, Status};
use crate::terminal::{self, Visible};
use crate::times;

/// Keeps another payload, and asks for a try with it.
pub fn run(store: &Store, arguments: &Resolve) -> Result {
    let execution = store.get(&arguments.execution)?;
    let name = name(&execution.scenario, execution.sequence);
    let old = store.payload(&execution, execution.edition)?;
    let (new, edited) = new_payload(store, arguments, &execution, old.clone())?;
    if arguments.edit && new == store.opened(&execution, old.clone())? {
        return Err(Failure::fails(format_args!(
            "the payload is as it was, so nothing was done; to try it as it is: {}",
            command(format_args!("executions retry {name}"))
        )));
    }
    meant::note_what_is_silent(store, &Selection::Ids(vec![execution.id]))?;
    let edit = Edit { payload: new, version: Some(arguments.version.unwrap_or(execution.version)) };
    // An editor may have been open for long.
    let (by, reason, now) = (&arguments.who.by, &arguments.reason, times::now());
    let resolved = store.executions().resolve(execution.id, edit, by, reason, now);
    let resolved = resolved.map_err(|error| {
        // What is kept encrypted is not left on the disk as it is.
        if let Some(edited) = edited.filter(|_| old.kind() != PayloadKind::Sealed) {
            edited.keep();
        }
        refused(&name, error)
    })?;
    let difference =
        store.executions().difference(resolved.id, resolved.edition).map_err(unanswered)?;
    let mut output = terminal::output();
    if let Some(difference) = difference {
        write_difference(&mut output, &difference)?;
    }
    output.flush()?;
    terminal::say(format_args!("{name} is tried with edition {} of its payload", resolved.edition));
    say_what_runs(store, &[execution.scenario].into());
    Ok(Status::Done)
}

fn refused(name: &str, error: ManageError) -> Failure {
    match error {
        ManageError::Refused(Refusal::Changed(version)) => Failure::fails(format_args!(
            "{name} has changed since, and is at version {version} now; see what happened with: {}",
            command(format_args!("executions show {name}"))
        )),
        ManageError::Store(error) => unanswered(error),
        error => Failure::fails(format_args!("{name}: {error}")),
    }
}

fn new_payload(
    store: &Store,
    arguments: &Resolve,
    execution: &Execution,
    old: Payload,
) -> Result<(Payload, Option<Edited>)> {
    if let Some(place) = &arguments.reference {
        return Ok((Payload::Reference(place.clone()), None));
    }
    if let Some(path) = &arguments.payload {
        return Ok((Payload::Plain(read_payload(path)?), None));
    }
    let old = store.opened(execution, old)?;
    let is_json = serde_json::from_slice::<serde::de::IgnoredAny>(old.bytes()).is_ok();
    let edited = editor::edit(old.bytes(), if is_json { ".json" } else { ".txt" })?;
    match Payload::from_parts(old.kind(), edited.bytes.clone()) {
        Some(payload) => Ok((payload, Some(edited))),
        None => Err(Failure::fails("a reference is a text, and this is no UTF-8")),
    }
}

impl Store {
    /// A payload as it was given; who has the key of a confidential one may edit it.
    fn opened(&self, execution: &Execution, payload: Payload) -> Result<Payload> {
        let scenario = self.executions().scenario_settings(&execution.scenario);
        let opened = match (&payload, &scenario.seal) {
            (Payload::Sealed(_), None) => {
                return Err(Failure::fails(format_args!(
                    "the payload of {} is confidential: it can be edited where redress.toml names its `key_file`",
                    name(&execution.scenario, execution.sequence)
                )));
            }
            (_, Some(seal)) => seal.open(execution.id, payload),
            (_, None) => Ok(payload),
        };
        let opened = opened.map_err(Failure::fails)?;
        if opened.kind() == PayloadKind::Sealed {
            return Err(Failure::fails("the payload cannot be decrypted"));
        }
        Ok(opened)
    }
}

/// Writes what an edit changed, line by line.
pub fn write_difference(output: &mut dyn Write, difference: &Difference) -> Result<()> {
    let hunks = match &difference.change {
        Change::Lines(hunks) => hunks,
        Change::Confidential => return Ok(writeln!(output, "what changed is confidential")?),
        Change::Binary | Change::Large => {
            let Difference { bytes_before, bytes, .. } = difference;
            return Ok(writeln!(output, "{bytes_before} bytes became {bytes}")?);
        }
    };
    let coloured = terminal::output_has_colour();
    let style = |colour: AnsiColor| if coloured { colour.on_default() } else { Style::new() };
    for hunk in hunks {
        writeln!(output, "@@ line {} @@", hunk.after)?;
        for line in &hunk.lines {
            let (sign, text, style) = match line {
                Line::Kept(text) => (' ', text, Style::new()),
                Line::Removed(text) => ('-', text, style(AnsiColor::Red)),
                Line::Added(text) => ('+', text, style(AnsiColor::Green)),
            };
            writeln!(output, "{style}{sign}{}{style:#}", Visible(text))?;
        }
    }
    Ok(())
}
