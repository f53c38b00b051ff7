//! `redress executions export`, `redress executions import`.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;

use redress_scenarios::RunnerSource;
use redress_store::{Execution, Filter, ImportError, Imported, NotImported};

use super::refusals::{Refused, complain_of};
use super::{Store, unanswered};
use crate::arguments::{ExportExecutions, ImportExecutions};
use crate::commands::Count;
use crate::commands::unnamed::{NAME_IT, Unnamed, unnamed};
use crate::failure::{Failure, Result, Status};
use crate::files::{self, STANDARD_INPUT, STANDARD_OUTPUT};
use crate::terminal;

/// Writes executions to standard output or to a file, one a line.
pub fn export(store: &Store, arguments: &ExportExecutions) -> Result {
    let mut exported = Exported::default();
    let filter = arguments.filter.at(store.now);
    match arguments.output.as_deref().filter(|path| *path != Path::new(STANDARD_OUTPUT)) {
        None => exported.write(store, &filter, &mut terminal::output())?,
        Some(path) => {
            refuse_the_store(store, path)?;
            files::make_private(path, |output| exported.write(store, &filter, output))
                .map_err(|error| files::cannot_write(path, &error))?;
            let lines = Count(exported.lines, "execution");
            terminal::say(format_args!("{lines} exported to `{}`", path.display()));
        }
    }
    if exported.lines == 0 {
        store.note_what_is_unknown(&filter)?;
    }
    Ok(Status::fails_if(exported.is_damaged))
}

/// The store, and what lies beside it, would be lost.
fn refuse_the_store(store: &Store, path: &Path) -> Result<()> {
    let real = path.canonicalize();
    match files::is_beside(real.as_deref().unwrap_or(path), &store.configuration().store) {
        true => Err(Failure::impossible(format_args!(
            "`{}` is of the store itself; name another file",
            path.display()
        ))),
        false => Ok(()),
    }
}

/// What was written.
#[derive(Default)]
struct Exported {
    lines: usize,
    /// Whether something cannot be read.
    is_damaged: bool,
}

impl Exported {
    fn write(&mut self, store: &Store, filter: &Filter, output: &mut dyn Write) -> io::Result<()> {
        for line in store.executions().export(filter) {
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
    let warned = RefCell::new(BTreeSet::new());
    let takes = |execution: &Execution| {
        may_come_in(store, execution, arguments.trust)?;
        warn_if_misspelt(store, &execution.scenario, &mut warned.borrow_mut());
        Ok(())
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

/// Why an execution may not come in, where that is so.
///
/// Nothing is lost by that: the file has it still, and once the reason is mended it is imported again.
fn may_come_in(
    store: &Store,
    execution: &Execution,
    trust: bool,
) -> std::result::Result<(), String> {
    let (scenario, configuration) = (&execution.scenario, store.configuration());
    if let Some(Unnamed { told, waits: true, is_near_another }) = unnamed(scenario, configuration) {
        let or = if is_near_another { " If not, " } else { "; " };
        return Err(format!("{told}{or}{NAME_IT}"));
    }
    let configured = configuration.scenario(scenario);
    if configured.locked.is_some() && configured.settings.confidential {
        return Err(format!("the `key_file` of `{scenario}` cannot be read"));
    }
    if !trust && execution.recorded {
        return Err(
            "it has a recorded command, which would be run here; `--trust` takes it".to_owned()
        );
    }
    if !trust && configured.runner == Some(RunnerSource::Rerun) {
        let what = "runs what its executions say, and the file says what that is";
        return Err(format!("`{scenario}` {what}; `--trust` takes it"));
    }
    Ok(())
}

/// Warns of a scenario that may be misspelt and is run all the same, once and before anything of it is kept.
fn warn_if_misspelt(store: &Store, scenario: &str, warned: &mut BTreeSet<String>) {
    if let Some(Unnamed { told, is_near_another: true, .. }) =
        unnamed(scenario, store.configuration())
        && warned.insert(scenario.to_owned())
    {
        terminal::warn(told);
    }
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
    complain_of(imported.refused, reasons(&imported.refusals), "more lines");
    if imported.refusals.iter().any(|(_, why)| matches!(why, NotImported::Seal(_))) {
        terminal::note(
            "what is encrypted is imported where its key is: `key_file` of the scenario names it in redress.toml",
        );
    }
}

/// Why lines were refused, each reason once.
fn reasons(refusals: &[(u64, NotImported)]) -> impl Iterator<Item = Refused<String>> {
    let mut reasons: Vec<(String, Vec<u64>)> = Vec::new();
    for (line, why) in refusals {
        let why = why.to_string();
        match reasons.iter_mut().find(|(told, _)| *told == why) {
            Some((_, lines)) => lines.push(*line),
            None => reasons.push((why, vec![*line])),
        }
    }
    let told = |(why, lines): (String, Vec<u64>)| Refused {
        many: lines.len() as u64,
        why: format!("{}: {why}", called(&lines)),
    };
    reasons.into_iter().map(told)
}

/// Of so many lines that were refused for one reason the numbers are told.
const MOST_LINES: usize = 5;

/// `line 3`, `lines 3, 4`, `lines 3, 4, 7 and 12 more`.
fn called(lines: &[u64]) -> String {
    let (shown, others) = lines.split_at(lines.len().min(MOST_LINES));
    let shown: Vec<String> = shown.iter().map(u64::to_string).collect();
    let (noun, shown) = (if lines.len() == 1 { "line" } else { "lines" }, shown.join(", "));
    match others.len() {
        0 => format!("{noun} {shown}"),
        more => format!("{noun} {shown} and {more} more"),
    }
}
