//! What the end of a command means.

use std::process::ExitStatus;
use std::time::Duration;

use serde_json::{Map, Value as Json, json};

/// So many characters of standard error make the message.
const MESSAGE: usize = 2_000;

/// What the end of a command means, as the facts of an error.
///
/// Where the last line of standard error is a JSON object, it is the facts, and what is here only fills them up. Else
/// the exit status says which error it is, as `sysexits.h` names them: 65 DataError, 69 and 75 ConnectionError, 77
/// InvalidAccessTokenError, 78 InvalidConfigurationError, anything else RuntimeError. A command whose time was up (`None`)
/// is a ModuleTimeoutError. `exit_code` is that of [`exit_code`].
pub fn event(ended: Option<ExitStatus>, said: &str, took: Duration) -> Json {
    let (said, mut facts) = parted(said.trim());
    let code = ended.and_then(exit_code);
    let error = match (ended, code) {
        (None, _) => "ModuleTimeoutError",
        (_, Some(65)) => "DataError",
        (_, Some(69 | 75)) => "ConnectionError",
        (_, Some(77)) => "InvalidAccessTokenError",
        (_, Some(78)) => "InvalidConfigurationError",
        _ => "RuntimeError",
    };
    let mut fill = |name: &str, value: Json| {
        facts.entry(name).or_insert(value);
    };
    fill("error", json!(error));
    let characters = said.chars().count();
    let message: String = said.chars().skip(characters.saturating_sub(MESSAGE)).collect();
    fill("message", json!(if message.is_empty() { how(ended) } else { message }));
    let took = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    fill("elapsed", json!(took));
    if let Some(code) = code {
        fill("exit_code", json!(code));
    }
    Json::Object(facts)
}

fn how(ended: Option<ExitStatus>) -> String {
    ended.map_or_else(|| "the command took too long".to_owned(), |status| status.to_string())
}

/// What was said, and the facts of its last line, where it is a JSON object.
fn parted(said: &str) -> (&str, Map<String, Json>) {
    let (before, last) = said.rsplit_once('\n').unwrap_or(("", said));
    match serde_json::from_str(last) {
        Ok(facts) => (before.trim_end(), facts),
        Err(_) => (said, Map::new()),
    }
}

/// The status that a shell would show: of a command that a signal ended, 128 and the number of the signal.
pub fn exit_code(ended: ExitStatus) -> Option<i32> {
    ended.code().or_else(|| Some(128 + signal(ended)?))
}

#[cfg(unix)]
fn signal(ended: ExitStatus) -> Option<i32> {
    std::os::unix::process::ExitStatusExt::signal(&ended)
}

#[cfg(not(unix))]
fn signal(_: ExitStatus) -> Option<i32> {
    None
}
