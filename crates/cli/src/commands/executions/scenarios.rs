//! `redress executions scenarios`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use anstyle::{AnsiColor, Style};
use redress_store::ScenarioState;

use super::table::Table;
use super::{Store, unanswered, write_json};
use crate::arguments::{Format, Scenarios};
use crate::failure::{Result, Status};
use crate::terminal;

/// Shows what is known of the scenarios: those of the file, and those that something was kept of.
pub fn run(store: &Store, arguments: &Scenarios) -> Result {
    let mut names: BTreeSet<String> = store.configuration().scenarios.keys().cloned().collect();
    names.extend(store.executions().scenarios().map_err(unanswered)?);
    let mut states = BTreeMap::new();
    for name in names {
        let state = store.executions().scenario(&name).map_err(unanswered)?;
        states.insert(name, state);
    }
    let mut output = terminal::output();
    if arguments.format == Format::Json {
        return write_json(&mut output, &states);
    }
    if states.is_empty() {
        writeln!(output, "there is no scenario yet")?;
    } else {
        let header = ["SCENARIO", "IS", "KEPT", "KB", "LOST", "FAILED IN A ROW", "WHY"];
        let mut table = Table::new(&header);
        for (name, state) in &states {
            table.row(style(state), row(store, name, state));
        }
        table.write(&mut output)?;
    }
    output.flush()?;
    Ok(Status::Done)
}

fn style(state: &ScenarioState) -> Style {
    if state.off.is_some() { AnsiColor::Yellow.on_default() } else { Style::new() }
}

fn row(store: &Store, name: &str, state: &ScenarioState) -> Vec<String> {
    let (is, why) = match &state.off {
        None => ("on".to_owned(), String::new()),
        Some(off) => (format!("off, {}", store.relative(off.since)), off.why.to_string()),
    };
    vec![
        name.to_owned(),
        is,
        state.incomplete.to_string(),
        state.bytes.div_ceil(1_000).to_string(),
        state.lost.executions.to_string(),
        state.consecutive.to_string(),
        why,
    ]
}
