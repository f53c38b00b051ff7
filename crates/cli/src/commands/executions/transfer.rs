//! `redress executions export`, `redress executions import`.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use redress_scenarios::RunnerSource;
use redress_store::{Execution, ImportError, Imported, NotImported};

use super::refusals::complain_of;
use super::{Store, unanswered};
use crate::arguments::{ExportExecutions, ImportExecutions};
use crate::commands::Count;
use crate::failure::{Result, Status};
use crate::files::{self, STANDARD_INPUT, STANDARD_OUTPUT};
use crate::terminal;

/// Writes executions to standard output or to a file, one a line.
pub fn export(store: &Store, arguments: &ExportExecutions) -> Result {
    let mut exported = Exported::default();
    match arguments.output.as_deref().filter(|path| *path != Path::new(STANDARD_OUTPUT)) {
        None => exported.write(store, arguments, &mut terminal::output())?,
        Some(path) => {
            files::make_private(path, |output| exported.write(store, arguments, output))
                .map_err(|error| files::cannot_write(path, &error))?;
            let lines = Count(exported.lines, "execution");
            terminal::say(format_args!("{lines} exported to `{}`", path.display()));
        }
    }
    Ok(Status::fails_if(exported.is_damaged))
}

/// What was written.
#[derive(Default)]
struct Exported {
    lines: usize,
    /// Whether something cannot be read.
    is_damaged: bool,
}

impl Exported {
    fn write(
        &mut self,
        store: &Store,
        arguments: &ExportExecutions,
        output: &mut dyn Write,
    ) -> io::Result<()> {
        for line in store.executions().export(&arguments.filter.at(store.now)) {
            match line {
                Ok(line) => {
                    writeln!(output, "{line}")?;
                    self.lines += 1;
                }
                Err(error) => {
                    terminal::complain(error);
                    self.is_damaged = true;
                }
            }
        }
        output.flush()
    }
}

/// Takes executions from a file.
pub fn import(store: &Store, arguments: &ImportExecutions) -> Result {
    let lines: Box<dyn BufRead> = if arguments.file == Path::new(STANDARD_INPUT) {
        Box::new(io::stdin().lock())
    } else {
        let file = File::open(&arguments.file);
        Box::new(BufReader::new(file.map_err(|error| files::cannot_read(&arguments.file, &error))?))
    };
    let takes = |execution: &Execution| {
        let runner = &store.configuration().scenario(&execution.scenario).runner;
        arguments.trust || (*runner != Some(RunnerSource::Rerun) && !execution.recorded)
    };
    let (by, dry) = (arguments.who.by.as_str(), arguments.dry_run);
    let imported = store.executions().import(lines, by, takes, dry, store.now);
    let imported = imported.map_err(|error| match error {
        ImportError::Read(error) => files::cannot_read(&arguments.file, &error),
        error => unanswered(error),
    })?;
    tell(&imported, dry);
    Ok(Status::fails_if(imported.refused > 0))
}

fn tell(imported: &Imported, dry: bool) {
    let count = |many: u64| usize::try_from(many).unwrap_or(usize::MAX);
    let would = if dry { "would be " } else { "" };
    let known = match imported.known {
        0 => String::new(),
        known => format!(", {known} kept already"),
    };
    let taken = Count(count(imported.taken), "execution");
    terminal::say(format_args!("{taken} {would}imported{known}"));
    let whys = imported.refusals.iter().map(|(line, why)| format!("line {line}: {why}"));
    complain_of(imported.refused, whys, "more lines");
    if imported.refusals.iter().any(|(_, why)| matches!(why, NotImported::Scenario(_))) {
        terminal::note(
            "recorded commands, and what scenarios take that run them again, are imported with --trust only: they are what is run",
        );
    }
}
