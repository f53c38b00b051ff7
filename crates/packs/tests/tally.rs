//! Decides rows of data by a policy, and counts.

use std::collections::BTreeMap;
use std::fs;

use redress::{Argument, Decision, Policy, PolicyLoader, Schedule};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// The text of a file of the data.
pub fn data(name: &str) -> String {
    let path = redress_packs::repository().join("crates/packs/data").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The rows of a table of the data.
pub fn rows<Row: DeserializeOwned>(name: &str) -> Vec<Row> {
    let text = data(name);
    csv::Reader::from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap).collect()
}

/// A policy of a test; it has neither errors nor warnings.
pub fn policy(text: &str) -> Policy {
    let report = PolicyLoader::bundled_only().check_text("test.policy", text);
    assert!(report.diagnostics.is_empty(), "{text}\n{report}");
    report.policy.unwrap()
}

pub fn decide(policy: &Policy, event: &Json) -> Decision {
    policy.event_from(event).unwrap_or_else(|error| panic!("{event}: {error}")).decide().clone()
}

/// The delays of a decision to try again, in milliseconds.
pub fn delays(decision: &Decision) -> Vec<u128> {
    let Some(Argument::Schedule(schedule)) = decision.outcome.argument("after") else {
        panic!("`{}` has no schedule", decision.outcome);
    };
    let delays = (1..=Schedule::len(schedule)).filter_map(|number| schedule.delay(number));
    delays.map(|delay| delay.as_millis()).collect()
}

/// What is expected of an event.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Expected {
    Retry,
    Fail,
}

impl Expected {
    pub fn retry_if(retried: bool) -> Self {
        if retried { Expected::Retry } else { Expected::Fail }
    }

    fn display(self) -> &'static str {
        match self {
            Expected::Retry => "store(retry)",
            Expected::Fail => "fail",
        }
    }
}

/// What is counted, line by line.
#[derive(Default)]
pub struct Tally {
    lines: Vec<String>,
}

impl Tally {
    pub fn new(title: &str) -> Self {
        Tally { lines: vec![title.to_owned()] }
    }

    /// Decides every row, and fails with the rows that are decided otherwise than expected.
    pub fn hold(
        &mut self,
        authority: &str,
        what: &str,
        policy: &Policy,
        rows: impl IntoIterator<Item = (Json, Expected)>,
    ) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        let mut wrong = Vec::new();
        for (event, expected) in rows {
            let decision = decide(policy, &event).display;
            if decision != expected.display() {
                wrong.push(format!("{event}: {decision}, not {}", expected.display()));
            }
            *counts.entry(expected.display()).or_default() += 1;
        }
        assert!(wrong.is_empty(), "{authority}: {} wrong\n{}", wrong.len(), wrong.join("\n"));
        let retried = counts.get("store(retry)").copied().unwrap_or_default();
        let all: usize = counts.values().sum();
        assert!(all > 0, "{authority}: nothing was decided");
        self.line(authority, all, &format!("{what}, {retried} retried"));
    }

    pub fn line(&mut self, what: &str, count: usize, of: &str) {
        self.lines.push(format!("  {what:<44}{count:>6} {of}"));
    }

    /// The counts as text, printed as well.
    pub fn finish(self) -> String {
        let text = self.lines.join("\n");
        println!("{text}");
        text
    }
}
