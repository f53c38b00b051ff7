//! `redress executions scenarios`.

use std::collections::BTreeSet;
use std::io::Write;

use anstyle::{AnsiColor, Style};
use redress_scenarios::ShownScenario;
use redress_store::{Lost, ScenarioEntry, ScenarioHappening, ScenarioState, WhyOff};
use serde::Serialize;

use super::table::{Facts, Table};
use super::{Store, unanswered, write_json};
use crate::arguments::{Format, Scenarios};
use crate::failure::{Failure, Result, Status};
use crate::{terminal, times};

/// Scenarios as JSON has them, here as over HTTP, where there may be a next page.
#[derive(Serialize)]
struct All {
    scenarios: Vec<ShownScenario>,
    next: Option<String>,
}

/// A scenario as JSON has it, here as over HTTP, and its log.
#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    shown: ShownScenario,
    log: Vec<ScenarioEntry>,
}

/// Shows what is known of the scenarios, or of one: those of the file, and those that something was kept of.
pub fn run(store: &Store, arguments: &Scenarios) -> Result {
    if let Some(name) = &arguments.scenario {
        return one(store, name, arguments);
    }
    let mut names: BTreeSet<String> = store.configuration().scenarios.keys().cloned().collect();
    names.extend(store.executions().scenarios().map_err(unanswered)?);
    let shown = names.iter().map(|name| shown(store, name));
    let scenarios = shown.collect::<Result<Vec<_>>>()?;
    let mut output = terminal::output();
    if arguments.format == Format::Json {
        return write_json(&mut output, &All { scenarios, next: None });
    }
    if scenarios.is_empty() {
        writeln!(output, "there is no scenario yet")?;
    } else {
        let header = ["SCENARIO", "IS", "KEPT", "KB", "LOST", "REFUSED", "FAILED IN A ROW", "WHY"];
        let expendable = ["KB", "FAILED IN A ROW", "REFUSED", "LOST", "KEPT"];
        let mut table = Table::new(&header).without_if_narrow(&expendable).with_whole_last();
        for ShownScenario { name, state, .. } in &scenarios {
            table.row(style(state), row(store, name, state));
        }
        table.write(&mut output)?;
    }
    output.flush()?;
    Ok(Status::Done)
}

fn shown(store: &Store, name: &str) -> Result<ShownScenario> {
    ShownScenario::of(store.configuration(), store.executions(), name).map_err(unanswered)
}

/// Shows one with its log, nothing of it cut.
fn one(store: &Store, name: &str, arguments: &Scenarios) -> Result {
    if let Some(unknown) = store.unknown_scenario(name)? {
        return Err(Failure::fails(unknown));
    }
    let shown = shown(store, name)?;
    let log = store.executions().scenario_log(name, arguments.limit).map_err(unanswered)?;
    let mut output = terminal::output();
    if arguments.format == Format::Json {
        return write_json(&mut output, &One { shown, log });
    }
    let state = &shown.state;
    let mut facts = Facts::default();
    facts.add("scenario", name);
    let is = match &state.off {
        None => "on".to_owned(),
        Some(off) => format!("off, {}: {}", store.relative(off.since), off.why),
    };
    facts.add("is", &is);
    facts.add("kept", &format!("{}, {} KB", state.incomplete, state.bytes.div_ceil(1_000)));
    facts.add("lost", &missed(store, &state.lost));
    facts.add("refused", &missed(store, &state.refused));
    facts.add("failed", &format!("{} in a row", state.consecutive));
    facts.write(&mut output)?;
    let what = match (log.is_empty(), state.lost.executions + state.refused.executions) {
        (false, _) => "what happened, the newest first",
        (true, 0) => "nothing that would be written down has happened",
        (true, _) => {
            "what is not kept is only counted; nothing else has happened that would be written down"
        }
    };
    writeln!(output, "\n{what}")?;
    let mut lines = Facts::default();
    for entry in &log {
        lines.add(&times::local(entry.at), &happened(&entry.what));
    }
    lines.write(&mut output)?;
    output.flush()?;
    Ok(Status::Done)
}

/// How many were not kept, and since when and until when.
fn missed(store: &Store, missed: &Lost) -> String {
    match (missed.first, missed.last) {
        (Some(first), Some(last)) if first != last => {
            let (first, last) = (store.relative(first), store.relative(last));
            format!("{}, the first {first}, the last {last}", missed.executions)
        }
        (Some(only), _) => format!("{}, {}", missed.executions, store.relative(only)),
        _ => missed.executions.to_string(),
    }
}

fn happened(what: &ScenarioHappening) -> String {
    let because = |reason: &Option<String>| {
        reason.as_ref().map_or_else(String::new, |reason| format!(": {reason}"))
    };
    match what {
        ScenarioHappening::Off { why: why @ WhyOff::Person { .. } } => why.to_string(),
        ScenarioHappening::Off { why } => format!("switched off: {why}"),
        ScenarioHappening::On { by, reason } => {
            format!("{by} switched it on{}", because(reason))
        }
        ScenarioHappening::Vanished { run } => {
            format!("a run was not heard of any more ({run}); what became of it is not known")
        }
        ScenarioHappening::Imported { executions, by } => format!("{by} imported {executions}"),
        ScenarioHappening::Deleted { sequence, by: Some(by), reason, .. } => {
            format!("{by} deleted {sequence}{}", because(reason))
        }
        ScenarioHappening::Deleted { sequence, by: None, .. } => {
            format!("{sequence} was forgotten: its retention has ended")
        }
    }
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
        state.refused.executions.to_string(),
        state.consecutive.to_string(),
        why,
    ]
}
