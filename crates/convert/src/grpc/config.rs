//! Reads the retry policies of a service config, wherever in the document the config stands.

use redress::Jitter;

use super::codes::{CODES, by_name, by_number};
use crate::backoff::{Backoff, MOST_TRIES};
use crate::decimal::Decimal;
use crate::json::Value;
use crate::reading::{At, Findings};

/// By how many percent a client varies each delay, more or less.
pub(super) const JITTER: u8 = 20;

/// More attempts than this a client does not make, unless it is told to.
pub(super) const MOST_ATTEMPTS: u64 = 5;

/// Methods with one retry policy.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    pub(crate) at: At<'a>,
    /// `package.Service/Method`, `package.Service` for all its methods, `all methods` for all of them.
    pub(crate) methods: Vec<String>,
    pub(crate) codes: Vec<String>,
    pub(crate) backoff: Backoff,
}

fn has_methods(at: &At<'_>) -> bool {
    at.get("methodConfig").is_some()
}

/// Whether there is a service config in the document.
pub(crate) fn is_config(at: &At<'_>) -> bool {
    has_methods(at)
        || at.entries().any(|(_, below)| is_config(&below))
        || at.items().any(|below| is_config(&below))
}

/// Every group of methods with a retry policy, in the order of the document.
pub(crate) fn read<'a>(at: &At<'a>, findings: &mut Findings<'_>) -> Vec<Group<'a>> {
    let mut groups = Vec::new();
    if let Some(methods) = at.get("methodConfig") {
        let list = findings.list(&methods, "it is a list of objects with `name`");
        groups.extend(list.into_iter().flatten().filter_map(|entry| group(&entry, findings)));
        if let Some(throttling) = at.get("retryThrottling") {
            let help = "it stops retries when too many calls fail, which no single event shows";
            findings.note(
                &throttling,
                "`retryThrottling` is not carried over",
                Some(help.to_owned()),
            );
        }
        return groups;
    }
    for (_, below) in at.entries() {
        groups.extend(read(&below, findings));
    }
    for below in at.items() {
        groups.extend(read(&below, findings));
    }
    groups
}

fn group<'a>(at: &At<'a>, findings: &mut Findings<'_>) -> Option<Group<'a>> {
    let at = findings.object(at, "it says which methods it is about, and how they are called")?;
    for (key, help) in [
        ("hedgingPolicy", "a policy decides after an error, and hedging calls again before one"),
        ("timeout", "how long a call may take is for its client to say"),
    ] {
        if let Some(value) = at.get(key) {
            let message = format!("`{key}` is not carried over");
            findings.note(&value, message, Some(help.to_owned()));
        }
    }
    let policy = at.get("retryPolicy")?;
    let policy = findings.object(&policy, "it says what is tried again, and when")?;
    let methods = methods(&at, findings);
    let backoff = backoff(&policy, findings);
    let codes = codes(&policy, findings);
    for (key, value) in policy.entries().filter(|(key, _)| !KEYS.contains(key)) {
        let meant = redress::suggest(key, KEYS).map(|meant| format!("did you mean `{meant}`?"));
        findings.note(&value, format!("`{key}` is not carried over"), meant);
    }
    Some(Group { at, methods: methods?, codes: codes?, backoff: backoff? })
}

const KEYS: [&str; 5] =
    ["maxAttempts", "initialBackoff", "maxBackoff", "backoffMultiplier", "retryableStatusCodes"];

fn methods(at: &At<'_>, findings: &mut Findings<'_>) -> Option<Vec<String>> {
    let help = "it is a list of objects with `service` and `method`";
    let Some(names) = at.get("name") else {
        findings.problem(at, "`name` is missing", help);
        return None;
    };
    let names = findings.list(&names, help)?;
    let mut methods = Vec::with_capacity(names.len());
    for name in names {
        let name = findings.object(&name, help)?;
        let part = |key: &str, findings: &mut Findings<'_>| match name.get(key) {
            Some(text) => findings.text(&text, help).map(str::to_owned),
            None => Some(String::new()),
        };
        let (service, method) = (part("service", findings)?, part("method", findings)?);
        if service.is_empty() && !method.is_empty() {
            findings.problem(&name, "`method` has no `service`", "gRPC refuses such a name, too");
            return None;
        }
        methods.push(match (service.as_str(), method.as_str()) {
            ("", _) => "all methods".to_owned(),
            (service, "") => service.to_owned(),
            (service, method) => format!("{service}/{method}"),
        });
    }
    Some(methods)
}

fn backoff(at: &At<'_>, findings: &mut Findings<'_>) -> Option<Backoff> {
    let help = "it is needed, and there is no usual value";
    let mut needed = |key: &str| {
        let value = at.get(key);
        if value.is_none() {
            findings.problem(at, format!("`{key}` is missing"), help);
        }
        value
    };
    let start = needed("initialBackoff");
    let most = needed("maxBackoff");
    let rate = needed("backoffMultiplier");
    let attempts = match at.get("maxAttempts") {
        Some(attempts) => attempts_of(&attempts, findings),
        None => {
            let message = format!("`maxAttempts` is missing, and {MOST_ATTEMPTS} is carried over");
            let help = "gRPC asks for it, and most clients make no more".to_owned();
            findings.note(at, message, Some(help));
            Some(MOST_ATTEMPTS)
        }
    };
    let start = start.and_then(|at| duration(&at, findings));
    let most = most.and_then(|at| duration(&at, findings));
    let rate = rate.and_then(|at| {
        let rate = findings.decimal(&at, "each delay is multiplied with it")?;
        if rate.is_zero() {
            findings.problem(&at, "`backoffMultiplier` is 0", "it is greater than 0");
            return None;
        }
        Some(rate)
    });
    Some(Backoff {
        start: start?,
        rate: rate?,
        most: Some(most?),
        times: u32::try_from(attempts?.saturating_sub(1).min(MOST_TRIES)).ok()?,
        jitter: Jitter::Percent(JITTER),
    })
}

fn attempts_of(at: &At<'_>, findings: &mut Findings<'_>) -> Option<u64> {
    let help = "the first call counts, so that 2 is one retry";
    let attempts = findings.whole_number(at, 2, help)?;
    if attempts > MOST_ATTEMPTS {
        let message = format!("`maxAttempts` is {attempts}");
        let help = format!("most clients take more than {MOST_ATTEMPTS} for {MOST_ATTEMPTS}");
        findings.note(at, message, Some(help));
    }
    if attempts > MOST_TRIES + 1 {
        let message = format!("{MOST_TRIES} retries are carried over");
        findings.note(at, message, Some("a schedule gives no more tries".to_owned()));
    }
    Some(attempts)
}

/// `0.5s` in milliseconds.
fn duration(at: &At<'_>, findings: &mut Findings<'_>) -> Option<i64> {
    let help = "a duration is written `0.5s`";
    let text = findings.text(at, help)?;
    let seconds = text.strip_suffix('s').and_then(Decimal::read);
    let scaled =
        seconds.and_then(|seconds| seconds.scaled(3)).filter(|&(it, exact)| it > 0 || !exact);
    let Some((milliseconds, exact)) = scaled else {
        let text = serde_json::Value::from(text);
        findings.problem(at, format!("{text} is no duration, or not longer than 0s"), help);
        return None;
    };
    if !exact {
        let message = format!("{text} is rounded to {milliseconds}ms");
        findings.note(at, message, Some("durations are whole milliseconds".to_owned()));
    }
    Some(milliseconds)
}

fn codes(at: &At<'_>, findings: &mut Findings<'_>) -> Option<Vec<String>> {
    let help = "it is a list of status codes, such as `[\"UNAVAILABLE\"]`";
    let Some(list) = at.get("retryableStatusCodes") else {
        findings.problem(at, "`retryableStatusCodes` is missing", help);
        return None;
    };
    let items = findings.list(&list, help)?;
    if items.is_empty() {
        findings.problem(&list, "`retryableStatusCodes` has no status code", help);
        return None;
    }
    let codes: Vec<_> = items.iter().map(|item| code(item, findings)).collect();
    codes.into_iter().collect()
}

fn code(at: &At<'_>, findings: &mut Findings<'_>) -> Option<String> {
    let found = match &at.node.value {
        Value::Text(text) => by_name(text),
        Value::Number(number) => {
            Decimal::read(number).and_then(Decimal::as_integer).and_then(by_number)
        }
        _ => None,
    };
    if found.is_none() {
        let written = match &at.node.value {
            Value::Text(text) => text,
            Value::Number(number) => number,
            other => other.kind(),
        };
        let help = match redress::suggest(written, CODES) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("they are {}, or their numbers from 1", CODES.join(", ")),
        };
        findings.problem(at, format!("`{written}` is no status code of an error"), &help);
    }
    found.map(str::to_owned)
}
