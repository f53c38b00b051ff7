//! What the end of a command means.

use std::process::ExitStatus;
use std::time::Duration;

use redress::{EventError, Policy};
use serde_json::{Map, Value as Json, json};

use crate::facts;

/// So many characters of standard error make the message.
const MESSAGE: usize = 2_000;

/// What the end of a command means, as the facts of an error.
///
/// Where the last line of standard error is a JSON object that fits the policy, it is the facts, and what is here only fills
/// them up; one that does not fit is text as any other, and why is told. The exit status otherwise says which error it is, as `sysexits.h` names them: 65 DataError, 69 and 75 ConnectionError, 77
/// InvalidAccessTokenError, 78 InvalidConfigurationError, anything else RuntimeError. A command whose time was up (`None`)
/// is a ModuleTimeoutError. `exit_code` is that of [`exit_code`].
pub fn event(
    policy: &Policy,
    ended: Option<ExitStatus>,
    said: &str,
    took: Duration,
) -> (Json, Option<EventError>) {
    let said = said.trim();
    let (before, facts) = parted(said);
    facts::event(policy, facts, |taken| known(ended, if taken { before } else { said }, took))
}

fn known(ended: Option<ExitStatus>, said: &str, took: Duration) -> Vec<(&'static str, Json)> {
    let code = ended.and_then(exit_code);
    let error = match (ended, code) {
        (None, _) => "ModuleTimeoutError",
        (_, Some(65)) => "DataError",
        (_, Some(69 | 75)) => "ConnectionError",
        (_, Some(77)) => "InvalidAccessTokenError",
        (_, Some(78)) => "InvalidConfigurationError",
        _ => "RuntimeError",
    };
    let message = if said.is_empty() { how(ended) } else { end(said) };
    let took = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    let mut known =
        vec![("error", json!(error)), ("message", json!(message)), ("elapsed", json!(took))];
    known.extend(code.map(|code| ("exit_code", json!(code))));
    known
}

/// The end of a text, from a word on.
fn end(text: &str) -> String {
    let surplus = text.chars().count().saturating_sub(MESSAGE);
    if surplus == 0 {
        return text.to_owned();
    }
    let rest: String = text.chars().skip(surplus).collect();
    let from_a_word = rest.split_once(char::is_whitespace).map(|(_, rest)| rest);
    format!("… {}", from_a_word.unwrap_or(&rest))
}

fn how(ended: Option<ExitStatus>) -> String {
    ended.map_or_else(|| "the command took too long".to_owned(), |status| status.to_string())
}

/// What was said, and the facts of its last line, where it is a JSON object.
fn parted(said: &str) -> (&str, Option<Map<String, Json>>) {
    let (before, last) = said.rsplit_once('\n').unwrap_or(("", said));
    match serde_json::from_str(last) {
        Ok(facts) => (before.trim_end(), Some(facts)),
        Err(_) => (said, None),
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
