//! Writes a service config that does what a policy says.

use std::collections::BTreeMap;

use redress::Jitter;
use serde::Serialize;

use super::codes::by_name;
use super::config::{JITTER, MOST_ATTEMPTS};
use crate::backoff::Backoff;
use crate::behaviour::{Behaviour, Handling, Refusal, Then};
use crate::{Export, ExportError};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    method_config: [Method; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Method {
    name: [Name; 1],
    retry_policy: RetryPolicy,
}

/// All methods; whoever pastes it says which.
#[derive(Serialize)]
struct Name {}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RetryPolicy {
    max_attempts: u32,
    initial_backoff: String,
    max_backoff: String,
    backoff_multiplier: serde_json::Number,
    retryable_status_codes: Vec<&'static str>,
}

/// The config as a document.
pub(crate) fn export(behaviour: &Behaviour<'_>) -> Result<Export, ExportError> {
    let mut refusals = Vec::new();
    let mut retried: Option<(Handling, Backoff)> = None;
    let mut codes = Vec::new();
    let mut notes = Vec::new();
    let mut no_codes: BTreeMap<usize, Vec<String>> = BTreeMap::new();
    for (name, course) in &behaviour.courses {
        let code = name.as_deref().and_then(by_name).filter(|code| Some(*code) == name.as_deref());
        let handling = match behaviour.handling(course) {
            Ok(handling) => handling,
            Err(refusal) => {
                refusals.push(refusal);
                continue;
            }
        };
        if handling.then != Then::Fail {
            let message = "catches an error";
            refusals.push(behaviour.refusal(
                handling.last,
                message,
                "a call fails when it is not tried again",
            ));
        }
        let Some(backoff) = handling.backoff.clone() else { continue };
        let Some(code) = code else {
            let name = name
                .as_deref()
                .map_or("errors that have no name".to_owned(), |name| format!("`{name}`"));
            no_codes.entry(handling.rule).or_default().push(name);
            continue;
        };
        match &retried {
            Some((_, known)) if *known != backoff => {
                let message = format!("tries `{code}` again by another schedule");
                let help = "all status codes of a retry policy have one";
                refusals.push(behaviour.refusal(handling.rule, message, help));
            }
            Some(_) => {}
            None => retried = Some((handling, backoff)),
        }
        codes.push(code);
    }
    refusals.extend(no_codes.into_iter().map(|(rule, names)| no_code(behaviour, rule, &names)));
    let mut seen = std::collections::HashSet::new();
    refusals.retain(|refusal: &Refusal| seen.insert(refusal.to_string()));
    let Some((handling, backoff)) = retried.filter(|_| refusals.is_empty()) else {
        if refusals.is_empty() {
            let help = "without any there is no retry policy to write";
            refusals.push(behaviour.refusal(0, "and all others try no status code again", help));
        }
        return Err(ExportError::Refused(refusals));
    };
    if handling.used_up
        && let Some(rule) = behaviour.rule(handling.rule)
    {
        let rule = rule.title();
        notes.push(format!(
            "`{rule}` goes on when its schedule has no more delays; the call fails then"
        ));
    }
    let policy = retry_policy(behaviour, handling.rule, &backoff, codes, &mut notes)
        .map_err(|refusal| ExportError::Refused(vec![refusal]))?;
    let config = Config { method_config: [Method { name: [Name {}], retry_policy: policy }] };
    let text = serde_json::to_string_pretty(&config).unwrap_or_default();
    Ok(Export { text: text + "\n", notes })
}

/// The most names that a refusal lists.
const MOST_NAMED: usize = 3;

fn no_code(behaviour: &Behaviour<'_>, rule: usize, names: &[String]) -> Refusal {
    let named = names.get(..MOST_NAMED.min(names.len())).unwrap_or_default().join(", ");
    let more = match names.len().saturating_sub(MOST_NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let message = format!("tries {named}{more} again, which the codes of gRPC do not have");
    behaviour.refusal(rule, message, "a retry policy names its status codes, such as `UNAVAILABLE`")
}

fn retry_policy(
    behaviour: &Behaviour<'_>,
    rule: usize,
    backoff: &Backoff,
    codes: Vec<&'static str>,
    notes: &mut Vec<String>,
) -> Result<RetryPolicy, Refusal> {
    match backoff.jitter {
        Jitter::Percent(JITTER) => {}
        Jitter::None => notes.push(format!("clients vary each delay by up to {JITTER}%")),
        jitter => {
            let message = format!("has `jitter: {jitter}`");
            let help = format!("clients vary each delay by {JITTER}%: write `jitter: {JITTER}%`");
            return Err(behaviour.refusal(rule, message, &help));
        }
    }
    if backoff.start == 0 {
        let message = "does not wait before it tries again";
        return Err(behaviour.refusal(
            rule,
            message,
            "the first delay has to be longer than 0s there",
        ));
    }
    // Delays may also fall, so that the last need not be the longest.
    let longest = backoff.delays().into_iter().max().unwrap_or(backoff.start);
    let most = backoff.most.unwrap_or(longest);
    if most > LONGEST_BACKOFF {
        let help = format!("a duration is at most {} there", seconds(LONGEST_BACKOFF));
        return Err(behaviour.refusal(rule, format!("waits up to {}", seconds(most)), &help));
    }
    let attempts = backoff.times.saturating_add(1);
    if u64::from(attempts) > MOST_ATTEMPTS {
        notes.push(format!(
            "`maxAttempts` is {attempts}, and most clients make no more than {MOST_ATTEMPTS}"
        ));
    }
    Ok(RetryPolicy {
        max_attempts: attempts,
        initial_backoff: seconds(backoff.start),
        max_backoff: seconds(most),
        backoff_multiplier: backoff.rate.to_string().parse().unwrap_or_else(|_| 1.into()),
        retryable_status_codes: codes,
    })
}

/// The longest duration of protocol buffers, in milliseconds; it is 10,000 years.
const LONGEST_BACKOFF: i64 = 315_576_000_000 * 1_000;

/// Milliseconds as a duration of JSON's protocol buffers: `0.25s`.
fn seconds(milliseconds: i64) -> String {
    let (whole, rest) = (milliseconds / 1_000, milliseconds % 1_000);
    let fraction = format!("{rest:03}");
    match fraction.trim_end_matches('0') {
        "" => format!("{whole}s"),
        fraction => format!("{whole}.{fraction}s"),
    }
}
