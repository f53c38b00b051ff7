//! That nothing runs the retries of a scenario, or nothing that could be started, in words.

use redress_scenarios::{Configuration, Problem};

use crate::terminal;

/// That nothing tries again what is kept of a scenario, and what it has to be given first; nothing where it has that.
pub fn missing_runner(configuration: &Configuration, scenario: &str) -> Option<String> {
    let configured = configuration.scenario(scenario);
    if configured.unloaded.is_some() {
        return Some(format!("nothing runs the retries of `{scenario}` until its policy loads"));
    }
    if configured.locked.is_some() {
        return Some(format!(
            "nothing runs the retries of `{scenario}` until its `key_file` can be read"
        ));
    }
    if configured.runner.is_some() {
        return None;
    }
    let file = configuration.path.as_deref().unwrap_or("redress.toml".as_ref()).display();
    Some(format!(
        "nothing runs the retries of `{scenario}` until it has a `command`, a `url` or `rerun = true` in {file}"
    ))
}

/// Warns of those that have nothing to run their retries, in this order, each once.
pub fn warn_of_missing_runners<'n>(
    configuration: &Configuration,
    scenarios: impl IntoIterator<Item = &'n str>,
) {
    let mut told: Vec<&str> = Vec::new();
    for scenario in scenarios {
        if told.contains(&scenario) {
            continue;
        }
        told.push(scenario);
        if let Some(missing) = missing_runner(configuration, scenario) {
            terminal::warn(missing);
        }
    }
}

/// Warns of commands that could not be started, with the scenarios whose schedules they would use up for nothing.
pub fn warn_of_absent_commands(configuration: &Configuration) {
    let file = configuration.path.as_deref().unwrap_or("redress.toml".as_ref()).display();
    for (scenario, Problem { line, message }) in configuration.absent() {
        let whose = scenario.map_or_else(|| "others".to_owned(), |name| format!("`{name}`"));
        terminal::warn(format_args!("{file}:{line}: {message}; each try of {whose} would fail"));
    }
}
