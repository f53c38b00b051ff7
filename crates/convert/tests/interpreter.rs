//! A second reading of `Retry` and `Catch`, deliberately naive: straight from the JSON, one error at a time.

use std::collections::HashMap;

use redress::{Argument, Jitter, Policy, Schedule};
use serde_json::Value as Json;

/// What becomes of an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The state is tried again after so many milliseconds, or by chance after fewer.
    Again {
        after: u128,
        by_chance: bool,
    },
    /// The run goes on in this state, with the error at this place.
    Caught {
        next: String,
        at: Option<String>,
    },
    Failed,
}

/// What can be asked about one error after another.
pub trait Asked {
    fn error(&mut self, name: &str) -> Answer;
}

/// A state while it is being tried.
pub struct Machine<'a> {
    state: &'a Json,
    retries: Vec<u64>,
}

impl<'a> Machine<'a> {
    pub fn new(state: &'a Json) -> Self {
        Machine { state, retries: vec![0; elements(state, "Retry").len()] }
    }
}

impl Asked for Machine<'_> {
    fn error(&mut self, name: &str) -> Answer {
        for (position, retrier) in elements(self.state, "Retry").iter().enumerate() {
            if takes(retrier, name) {
                let most =
                    retrier.get("MaxAttempts").map_or(3, |most| most.as_f64().unwrap() as u64);
                if self.retries[position] == most.min(1_000) {
                    break;
                }
                self.retries[position] += 1;
                return again(retrier, self.retries[position]);
            }
        }
        let catcher = elements(self.state, "Catch").iter().find(|catcher| takes(catcher, name));
        let text = |catcher: &Json, key: &str| catcher[key].as_str().map(str::to_owned);
        catcher.map_or(Answer::Failed, |catcher| Answer::Caught {
            next: text(catcher, "Next").unwrap(),
            at: text(catcher, "ResultPath"),
        })
    }
}

fn elements<'a>(state: &'a Json, key: &str) -> &'a [Json] {
    state.get(key).and_then(Json::as_array).map_or(&[], Vec::as_slice)
}

fn takes(matcher: &Json, name: &str) -> bool {
    let takes = |written: &Json| match written.as_str().unwrap() {
        "States.ALL" => name != "States.DataLimitExceeded",
        "States.TaskFailed" => name != "States.Timeout" && name != "States.DataLimitExceeded",
        written => written == name,
    };
    name != "States.Runtime" && matcher["ErrorEquals"].as_array().unwrap().iter().any(takes)
}

/// The delay before a retry, counted from 1, in milliseconds: multiplied out by hand, digit by digit.
fn again(retrier: &Json, number: u64) -> Answer {
    let rate = retrier.get("BackoffRate").map_or("2".to_owned(), Json::to_string);
    let (whole, fraction) = rate.split_once('.').unwrap_or((&rate, ""));
    let rate: u64 = format!("{whole}{fraction}").parse().unwrap();
    let start = retrier.get("IntervalSeconds").map_or(1, |start| start.as_u64().unwrap());
    let mut digits: Vec<u8> = (start * 1_000).to_string().bytes().rev().map(|b| b - b'0').collect();
    for _ in 1..number {
        let mut carry = 0;
        for digit in &mut digits {
            let product = u64::from(*digit) * rate + carry;
            *digit = (product % 10) as u8;
            carry = product / 10;
        }
        while carry > 0 {
            digits.push((carry % 10) as u8);
            carry /= 10;
        }
    }
    let cut = fraction.len() * (number as usize - 1);
    let is_half = cut > 0 && digits.get(cut - 1).is_some_and(|&digit| digit >= 5);
    let whole: String = digits.iter().skip(cut).rev().map(|digit| (digit + b'0') as char).collect();
    let after = match whole.as_str() {
        "" => Ok(0),
        digits => digits.parse::<u128>(),
    };
    let after = after.map_or(u128::MAX, |after| after.saturating_add(u128::from(is_half)));
    let most =
        retrier.get("MaxDelaySeconds").map(|most| u128::from(most.as_u64().unwrap()) * 1_000);
    let after = after.min(most.unwrap_or(i64::MAX as u128));
    Answer::Again { after, by_chance: retrier["JitterStrategy"] == "FULL" }
}

/// A host that asks a policy about the errors of a state, and counts the tries of each of its rules.
pub struct Host<'p> {
    policy: &'p Policy,
    tries: HashMap<usize, i64>,
}

impl<'p> Host<'p> {
    pub fn new(policy: &'p Policy) -> Self {
        Host { policy, tries: HashMap::new() }
    }

    fn decide(&self, name: &str, attempt: i64) -> usize {
        let event = self.policy.event().set("module", 1).set("error", name).set("attempt", attempt);
        event.build().unwrap().deciding_rule()
    }
}

impl Asked for Host<'_> {
    fn error(&mut self, name: &str) -> Answer {
        let first = self.decide(name, 1);
        let attempt = self.tries.get(&first).copied().unwrap_or(1);
        let rule = self.decide(name, attempt);
        let outcome = self.policy.rules()[rule].outcome();
        match outcome.display().as_str() {
            "store(retry)" => {
                *self.tries.entry(first).or_insert(1) += 1;
                let Some(Argument::Schedule(schedule)) = outcome.argument("after") else {
                    panic!("{outcome}");
                };
                delay(schedule, attempt)
            }
            "catch" => Answer::Caught {
                next: text(outcome.argument("next")).unwrap(),
                at: text(outcome.argument("result_path")),
            },
            "fail" => Answer::Failed,
            other => panic!("{other}"),
        }
    }
}

fn text(argument: Option<&Argument>) -> Option<String> {
    match argument? {
        Argument::Text(text) => Some(text.clone()),
        other => panic!("{other}"),
    }
}

fn delay(schedule: &Schedule, attempt: i64) -> Answer {
    let after = schedule.delay(attempt as usize).unwrap().as_millis();
    Answer::Again { after, by_chance: schedule.jitter() == Jitter::Full }
}

/// Every name that a state's rules mention, and some that it may not.
pub fn names(state: &Json) -> Vec<String> {
    let mut names: Vec<String> = ["Some.OtherError", "States.Timeout", "States.HeartbeatTimeout"]
        .into_iter()
        .chain(["States.Runtime", "States.DataLimitExceeded", "States.TaskFailed", "DataError"])
        .map(str::to_owned)
        .collect();
    for element in elements(state, "Retry").iter().chain(elements(state, "Catch")) {
        let written = element["ErrorEquals"].as_array().unwrap().iter();
        names.extend(written.map(|name| name.as_str().unwrap().to_owned()));
    }
    names.retain(|name| name != "States.ALL");
    names.sort();
    names.dedup();
    names
}

/// Asks both about the same errors: each name for so long that its tries are used up, then all of them in turn.
pub fn assert_alike<A: Asked>(state: &Json, begin: impl Fn() -> A) {
    let names = names(state);
    for name in &names {
        let (mut machine, mut other) = (Machine::new(state), begin());
        for number in 1..=1_002 {
            let answer = machine.error(name);
            assert_eq!(other.error(name), answer, "{name}, error {number} in\n{state:#}");
            if !matches!(answer, Answer::Again { .. }) {
                break;
            }
        }
    }
    let (mut machine, mut other) = (Machine::new(state), begin());
    for turn in 0..40 {
        // A step that has no factor in common with the number of names meets them in another order each round.
        let name = &names[(turn * 7 + turn / names.len()) % names.len()];
        assert_eq!(other.error(name), machine.error(name), "{name}, turn {turn} in\n{state:#}");
    }
}
