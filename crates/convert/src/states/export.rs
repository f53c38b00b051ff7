//! Writes the `Retry` and `Catch` of a state that does what a policy says.

use indexmap::IndexMap;
use redress::Jitter;
use serde::Serialize;

use super::definition::{ALL, DATA_LIMIT, RUNTIME, TASK_FAILED, TIMEOUT};
use crate::backoff::Backoff;
use crate::behaviour::{Behaviour, Handling, Refusal, Then};
use crate::{Export, ExportError};

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct State {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    retry: Vec<Retrier>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    catch: Vec<Catcher>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Retrier {
    error_equals: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    interval_seconds: Option<i64>,
    max_attempts: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    backoff_rate: Option<serde_json::Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_delay_seconds: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jitter_strategy: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Catcher {
    error_equals: Vec<String>,
    next: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_path: Option<String>,
}

/// The most that Step Functions takes as `IntervalSeconds`.
const LONGEST_INTERVAL: i64 = 99_999_999;

/// The most that Step Functions takes as `MaxDelaySeconds`, which is 366 days.
const LONGEST_DELAY: i64 = 31_622_400;

/// Errors by name with what becomes of them.
type Named = Vec<(String, Handling)>;

/// The state's rules as a document.
pub(crate) fn export(behaviour: &Behaviour<'_>) -> Result<Export, ExportError> {
    let mut exporter = Exporter { behaviour, refusals: Vec::new() };
    let state = exporter.state();
    if !exporter.refusals.is_empty() {
        let mut refusals = exporter.refusals;
        let mut seen = std::collections::HashSet::new();
        refusals.retain(|refusal| seen.insert(refusal.to_string()));
        return Err(ExportError::Refused(refusals));
    }
    let (state, handlings) = state;
    let mut notes = Vec::new();
    if state.retry.iter().filter(|retrier| retrier.max_attempts > 0).count() > 1 {
        notes.push(
            "Step Functions counts the tries of each Retrier by itself, so that errors that alternate are retried more often"
                .to_owned(),
        );
    }
    let used_up = handlings.iter().filter(|handling| handling.used_up);
    let rules: indexmap::IndexSet<String> = used_up
        .filter_map(|handling| Some(behaviour.rule(handling.rule)?.title().to_owned()))
        .collect();
    notes.extend(rules.into_iter().map(|rule| {
        format!("`{rule}` goes on when its schedule has no more delays; the state fails then")
    }));
    let text = serde_json::to_string_pretty(&state).unwrap_or_default();
    Ok(Export { text: text + "\n", notes })
}

struct Exporter<'a> {
    behaviour: &'a Behaviour<'a>,
    refusals: Vec<Refusal>,
}

impl Exporter<'_> {
    fn state(&mut self) -> (State, Vec<Handling>) {
        let (mut named, mut other): (Named, Option<Handling>) = (Vec::new(), None);
        for (name, course) in &self.behaviour.courses {
            match (self.behaviour.handling(course), name) {
                (Ok(handling), Some(name)) => named.push((name.clone(), handling)),
                (Ok(handling), None) => other = Some(handling),
                (Err(refusal), _) => self.refusals.push(refusal),
            }
        }
        self.reserved(&named, other.as_ref());
        let retry = self.retry(&named, other.as_ref());
        let catch = self.catch(&named, other.as_ref());
        let handlings = named.into_iter().map(|(_, handling)| handling).chain(other).collect();
        (State { retry, catch }, handlings)
    }

    fn refuse(&mut self, rule: usize, message: impl Into<String>, help: &str) {
        self.refusals.push(self.behaviour.refusal(rule, message, help));
    }

    /// What Step Functions does with its own errors, whatever a state says.
    fn reserved(&mut self, named: &Named, other: Option<&Handling>) {
        let handling = |name: &str| {
            let own = named.iter().find(|(known, _)| known == name);
            own.map(|(_, handling)| handling).or(other)
        };
        let is_plain =
            |handling: &Handling| handling.backoff.is_none() && handling.then == Then::Fail;
        let mut taken: IndexMap<usize, Vec<&str>> = IndexMap::new();
        for name in [RUNTIME, DATA_LIMIT] {
            let is_named = named.iter().any(|(known, _)| known == name);
            // What is taken by name only is free to be anything.
            let is_free = name == DATA_LIMIT && is_named;
            if let Some(handling) = handling(name).filter(|it| !is_plain(it) && !is_free) {
                taken.entry(handling.rule).or_default().push(name);
            }
        }
        for (rule, names) in taken {
            let list = names.join(", ");
            let message =
                format!("takes {list} with the others, which fail there whatever is said");
            let help = format!("declare them, and say `when error in [{list}] => fail` before it");
            self.refuse(rule, message, &help);
        }
        for name in [ALL, TASK_FAILED] {
            let own = named.iter().find(|(known, _)| known == name).map(|(_, handling)| handling);
            if let Some(own) = own.filter(|own| Some(*own) != other && other.is_some()).cloned() {
                let message = format!("treats `{name}` as the name of one error");
                self.refuse(own.rule, message, "there it stands for nearly all of them");
            }
        }
    }

    /// One Retrier a rule, since each counts its own tries.
    fn retry(&mut self, named: &Named, other: Option<&Handling>) -> Vec<Retrier> {
        let kind = |handling: &Handling| {
            handling.backoff.as_ref().map(|backoff| (handling.rule, key(backoff)))
        };
        let others = other.and_then(kind);
        let limit = named.iter().find(|(name, _)| name == DATA_LIMIT);
        // The wildcard for all does not take it, and what shares a rule shares its tries.
        let has_limit = others.is_some() && limit.and_then(|(_, limit)| kind(limit)) == others;
        let wildcard: &[&str] =
            if has_limit { &[TASK_FAILED, TIMEOUT, DATA_LIMIT] } else { &[ALL] };
        let mut groups: IndexMap<_, (usize, Option<Backoff>, Vec<String>)> = IndexMap::new();
        for (name, handling) in named.iter().filter(|(name, _)| name != RUNTIME && name != ALL) {
            // The wildcard at the end takes what is not said before, but for an error of its own kind.
            let is_taken = match name.as_str() {
                DATA_LIMIT => handling.backoff.is_none() || has_limit,
                _ => kind(handling) == others,
            };
            if !is_taken {
                let group = groups
                    .entry(kind(handling))
                    .or_insert_with(|| (handling.rule, handling.backoff.clone(), Vec::new()));
                group.2.push(name.clone());
            }
        }
        let last = other.and_then(|other| {
            let backoff = other.backoff.clone()?;
            let names = wildcard.iter().map(|&name| name.to_owned()).collect();
            Some((other.rule, Some(backoff), names))
        });
        let all = groups.into_values().chain(last);
        all.filter_map(|(rule, backoff, names)| self.retrier(rule, backoff, names)).collect()
    }

    fn retrier(
        &mut self,
        rule: usize,
        backoff: Option<Backoff>,
        error_equals: Vec<String>,
    ) -> Option<Retrier> {
        let Some(backoff) = backoff else {
            return Some(Retrier {
                error_equals,
                interval_seconds: None,
                max_attempts: 0,
                backoff_rate: None,
                max_delay_seconds: None,
                jitter_strategy: None,
            });
        };
        let start = self.seconds(rule, "begins with", backoff.start, LONGEST_INTERVAL);
        // An upper bound that is never reached need not be one that Step Functions takes.
        let most = backoff.most.filter(|_| backoff.delays().last() == backoff.most.as_ref());
        let most = match most {
            Some(most) => Some(self.seconds(rule, "waits at most", most, LONGEST_DELAY)?),
            None => None,
        };
        let start = start?;
        if backoff.rate.is_below_one() {
            let message =
                format!("waits less each time, which is a `BackoffRate` {}", backoff.rate);
            self.refuse(rule, message, "Step Functions takes none below 1");
            return None;
        }
        let jitter_strategy = match backoff.jitter {
            Jitter::None => None,
            Jitter::Full => Some("FULL"),
            Jitter::Percent(percent) => {
                let message = format!("varies its delays by {percent}%");
                self.refuse(rule, message, "`jitter` is `full` or `none` there");
                return None;
            }
        };
        Some(Retrier {
            error_equals,
            interval_seconds: Some(start),
            max_attempts: backoff.times,
            backoff_rate: backoff.rate.to_string().parse().ok(),
            max_delay_seconds: most,
            jitter_strategy,
        })
    }

    /// So many seconds, where Step Functions takes them.
    fn seconds(&mut self, rule: usize, what: &str, milliseconds: i64, most: i64) -> Option<i64> {
        let seconds = milliseconds / 1_000;
        if milliseconds <= 0 || milliseconds % 1_000 != 0 {
            let message = format!("{what} {milliseconds}ms, which is no whole number of seconds");
            self.refuse(rule, message, "Step Functions counts in seconds, from 1");
            return None;
        }
        if seconds > most {
            let help = format!("Step Functions takes at most {most}s there");
            self.refuse(rule, format!("{what} {seconds}s"), &help);
            return None;
        }
        Some(seconds)
    }

    fn catch(&mut self, named: &Named, other: Option<&Handling>) -> Vec<Catcher> {
        let others = other.map_or(&Then::Fail, |other| &other.then);
        let mut groups: IndexMap<&Then, Vec<String>> = IndexMap::new();
        let mut without_timeout = false;
        for (name, handling) in named.iter().filter(|(name, _)| name != RUNTIME && name != ALL) {
            let is_taken = match name.as_str() {
                DATA_LIMIT => handling.then == Then::Fail,
                _ => handling.then == *others,
            };
            if is_taken {
                continue;
            }
            if handling.then != Then::Fail {
                groups.entry(&handling.then).or_default().push(name.clone());
            } else if name == TIMEOUT {
                without_timeout = true;
            } else {
                let message = format!("lets `{name}` fail, while any other error is caught");
                let help = "a Catcher for all errors cannot leave out one";
                self.refusals.push(self.behaviour.refusal(handling.last, message, help));
            }
        }
        let mut catchers: Vec<Catcher> =
            groups.into_iter().filter_map(|(then, names)| catcher(then, names)).collect();
        let wildcard = if without_timeout { TASK_FAILED } else { ALL };
        catchers.extend(catcher(others, vec![wildcard.to_owned()]));
        catchers
    }
}

fn catcher(then: &Then, error_equals: Vec<String>) -> Option<Catcher> {
    let Then::Catch { next, result_path } = then else { return None };
    Some(Catcher { error_equals, next: next.clone(), result_path: result_path.clone() })
}

/// What tells Retriers apart.
type Key = (i64, String, Option<i64>, u32, Jitter);

fn key(backoff: &Backoff) -> Key {
    let Backoff { start, rate, most, times, jitter } = backoff;
    (*start, rate.to_string(), *most, *times, *jitter)
}
