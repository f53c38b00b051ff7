//! What the table of a scenario says.

use std::path::Path;

use redress_store::{Runaway, Seal, Settings};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use super::{RunnerSource, ScenarioConfiguration, endpoint, program};
use crate::policy_source::PolicySource;
use crate::secret::read_secret;
use crate::with_unit::WithUnit;
use redress_toml::{Problem, Reader};

const KEYS: [&str; 19] = [
    "policy",
    "command",
    "url",
    "headers",
    "token_file",
    "rerun",
    "timeout",
    "key_file",
    "storing",
    "sequential",
    "data_loss",
    "max_records",
    "max_bytes",
    "confidential",
    "max_consecutive_errors",
    "parallel_retries",
    "runaway",
    "retention",
    "lease",
];

/// A number of failures in a time, or `false` for no guard.
#[derive(Deserialize)]
#[serde(untagged)]
enum Guard {
    On(Failures),
    Off(bool),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Failures {
    failures: u32,
    within: WithUnit,
}

/// What a table says, over what holds without it, and whether that says which policy decides.
pub(super) fn read<'i>(
    reader: &mut Reader<'i>,
    table: &DeTable<'i>,
    folder: &Path,
    mut read: ScenarioConfiguration,
    says_policy: bool,
) -> ScenarioConfiguration {
    reader.allow_only(table, &KEYS, "a scenario");
    settings(reader, table, &mut read.settings);
    runner(reader, table, folder, &mut read.runner);
    read.absent = absent(reader, table, folder, &read);
    if let Some(timeout) = duration(reader, table, "timeout") {
        if timeout.milliseconds() == 0 {
            problem(reader, table, "timeout", "no try would end in time");
        }
        read.timeout = Some(timeout.into());
    }
    if !says_policy && !table.contains_key("policy") {
        read.take_suitable_policy();
    }
    if let Some(name) =
        reader.expected::<String>(table, "policy", "the name of a bundled policy, or a path")
    {
        read.policy = PolicySource::of(&name, folder);
        read.unloaded = None;
        match read.policy.load() {
            Ok(policy) => read.loaded = policy,
            Err(message) => read.unloaded = Some(untold(reader, table, "policy", &message)),
        }
    }
    if let Some(file) = reader.expected::<String>(table, "key_file", "a path") {
        (read.seal, read.locked) = match read_key(&folder.join(file)) {
            Ok(key) => (Some(Seal::new(key)), None),
            Err(message) => (None, Some(untold(reader, table, "key_file", &message))),
        };
    }
    if says_what_cannot_be_kept(table, &read) {
        let key = ["confidential", "rerun"].into_iter().find(|key| table.contains_key(*key));
        let why = "what is confidential and run again is kept encrypted, and there is no key; name its file by `key_file`";
        problem(reader, table, key.unwrap_or_default(), why);
    }
    read
}

/// Whether the table has a hand in it that everything the scenario should keep would be refused: with `rerun = true` it comes
/// from `redress run`, whose payloads are no references. What it has inherited is told where that is said.
fn says_what_cannot_be_kept(table: &DeTable<'_>, read: &ScenarioConfiguration) -> bool {
    let is_said = ["confidential", "rerun"].into_iter().any(|key| table.contains_key(key));
    let reruns = read.runner == Some(RunnerSource::Rerun);
    let has_key = read.seal.is_some() || read.locked.is_some() || table.contains_key("key_file");
    is_said && reruns && read.settings.confidential && !has_key
}

/// What runs retries is said in one way; a scenario that says one does not inherit another. `rerun = false` says none, but
/// that what the defaults may say of it does not hold here.
fn runner<'i>(
    reader: &mut Reader<'i>,
    table: &DeTable<'i>,
    folder: &Path,
    runner: &mut Option<RunnerSource>,
) {
    let rerun = reader.expected::<bool>(table, "rerun", "`true` or `false`");
    let said = ["command", "url"].into_iter().filter(|key| table.contains_key(*key));
    let said: Vec<&str> = said.chain((rerun == Some(true)).then_some("rerun")).collect();
    if let [first, second, ..] = said.as_slice() {
        problem(reader, table, second, &format!("`{first}` says already what runs retries"));
    }
    if rerun == Some(false) && *runner == Some(RunnerSource::Rerun) {
        *runner = None;
    }
    let words = "a list of texts: a program and its arguments";
    if let Some(command) = reader.expected::<Vec<String>>(table, "command", words) {
        if command.is_empty() {
            problem(reader, table, "command", "it has no program");
        }
        *runner = Some(RunnerSource::Command(command));
    }
    if let Some(endpoint) = endpoint::read(reader, table, folder) {
        *runner = Some(RunnerSource::Url(endpoint));
    }
    if rerun == Some(true) {
        *runner = Some(RunnerSource::Rerun);
    }
}

/// Why the command that runs retries could not be started, told where it is said: here, or where it is inherited from.
fn absent(
    reader: &Reader<'_>,
    table: &DeTable<'_>,
    folder: &Path,
    read: &ScenarioConfiguration,
) -> Option<Problem> {
    let Some(RunnerSource::Command(words)) = &read.runner else { return None };
    if !table.contains_key("command") {
        return read.absent.clone();
    }
    let message = program::absent(words.first()?, folder)?;
    Some(untold(reader, table, "command", &message))
}

/// A problem that is not told yet: whether it matters depends on what is asked for.
fn untold(reader: &Reader<'_>, table: &DeTable<'_>, key: &str, message: &str) -> Problem {
    let span = table.get(key).map(toml::Spanned::span).unwrap_or_default();
    Problem { line: reader.line(span), message: format!("`{key}`: {message}") }
}

pub(super) fn problem(reader: &mut Reader<'_>, table: &DeTable<'_>, key: &str, message: &str) {
    let span = table.get(key).map(toml::Spanned::span).unwrap_or_default();
    reader.problem(span, format!("`{key}`: {message}"));
}

/// A duration, if it is there; a number is probably one of seconds.
pub(super) fn duration<'i>(
    reader: &mut Reader<'i>,
    table: &DeTable<'i>,
    key: &str,
) -> Option<redress::Duration> {
    let number = match table.get(key)?.get_ref() {
        DeValue::Integer(number) => number.to_string(),
        _ => String::new(),
    };
    let is_meant = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let expected = match is_meant {
        true => format!("a duration with its unit, such as `\"{number}s\"`"),
        false => "a duration such as `\"10s\"` or `\"30d\"`".to_owned(),
    };
    reader.expected(table, key, &expected).map(|WithUnit(duration)| duration)
}

fn settings<'i>(reader: &mut Reader<'i>, table: &DeTable<'i>, settings: &mut Settings) {
    let switches = [
        ("storing", &mut settings.storing),
        ("sequential", &mut settings.sequential),
        ("data_loss", &mut settings.data_loss),
        ("confidential", &mut settings.confidential),
    ];
    for (key, setting) in switches {
        take(reader, table, key, "`true` or `false`", setting);
    }
    take(reader, table, "max_records", "a whole number", &mut settings.max_records);
    take(reader, table, "max_bytes", "a size such as `\"1GiB\"`", &mut settings.max_bytes);
    take(reader, table, "parallel_retries", "a whole number", &mut settings.parallel_retries);
    if table.contains_key("parallel_retries") && settings.parallel_retries == 0 {
        problem(reader, table, "parallel_retries", "nothing would be tried again; 1 is the least");
    }
    for (key, setting) in [("retention", &mut settings.retention), ("lease", &mut settings.lease)] {
        if let Some(time) = duration(reader, table, key) {
            *setting = time;
        }
    }
    if table.contains_key("lease") && settings.lease.milliseconds() < SHORTEST_LEASE {
        problem(reader, table, "lease", "a worker could not be heard of in time; 1s is the least");
    }
    let errors = "a whole number, or 0 for never";
    if let Some(most) = reader.expected::<u32>(table, "max_consecutive_errors", errors) {
        settings.max_consecutive_errors = (most > 0).then_some(most);
    }
    let guard = "`{ failures = 10, within = \"2m\" }`, or `false` for none";
    match reader.expected::<Guard>(table, "runaway", guard) {
        Some(Guard::On(Failures { failures, within: WithUnit(within) })) => {
            let runaway = Runaway { failures, within };
            if let Some(why) = impossible(&runaway) {
                problem(reader, table, "runaway", why);
            }
            settings.runaway = Some(runaway);
        }
        Some(Guard::Off(false)) => settings.runaway = None,
        Some(Guard::Off(true)) => problem(reader, table, "runaway", &format!("expected {guard}")),
        None => {}
    }
}

/// Why a guard could not tell failures that run away from others.
fn impossible(runaway: &Runaway) -> Option<&'static str> {
    match (runaway.failures, runaway.within.milliseconds()) {
        (0, _) => Some("0 failures are no reason; 1 is the least, and `false` is for none"),
        (_, 0) => Some("nothing fails within no time; `false` is for none"),
        _ => None,
    }
}

/// In milliseconds; a lease is renewed three times before it runs out.
const SHORTEST_LEASE: i64 = 1_000;

pub(super) fn take<'i, T: DeserializeOwned>(
    reader: &mut Reader<'i>,
    table: &DeTable<'i>,
    key: &str,
    expected: &str,
    setting: &mut T,
) {
    if let Some(value) = reader.expected(table, key, expected) {
        *setting = value;
    }
}

/// A key is 64 hexadecimal digits, alone in its file. What is wrong with it never shows what it is.
fn read_key(path: &Path) -> Result<[u8; 32], String> {
    let text = read_secret(path)?;
    let digits: Vec<u8> =
        text.trim().chars().map_while(|digit| digit.to_digit(16)?.try_into().ok()).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    let whole = digits.len() == text.trim().len();
    bytes
        .try_into()
        .ok()
        .filter(|_| whole)
        .ok_or_else(|| "the file has no key: 64 hexadecimal digits are expected".to_owned())
}
