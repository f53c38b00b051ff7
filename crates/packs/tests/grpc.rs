//! The retry policies of the public service configurations.

use std::collections::{BTreeMap, BTreeSet};

use redress::Policy;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::tally::{Expected, Tally, decide, delays, policy, rows};

#[derive(Deserialize)]
struct StatusCode {
    code: u8,
    name: String,
    calling_again: String,
}

#[derive(Deserialize)]
struct Entry {
    max_attempts: Option<usize>,
    initial_backoff: String,
    max_backoff: String,
    multiplier: String,
    codes: String,
}

impl Entry {
    fn codes(&self) -> BTreeSet<&str> {
        self.codes.split('|').filter(|code| !code.is_empty()).collect()
    }

    /// The pack's names for the codes and for the delays.
    fn names(&self, statuses: &[StatusCode]) -> (String, String) {
        let codes = self.codes();
        let in_order = statuses.iter().filter(|status| codes.contains(status.name.as_str()));
        let codes: Vec<String> = in_order.map(|status| status.name.to_lowercase()).collect();
        let factor = self.multiplier.trim_end_matches('0').trim_end_matches('.').replace('.', "_");
        let attempts = self.max_attempts.map(|attempts| format!("_attempts_{attempts}"));
        let delays = format!(
            "from_{}_to_{}_by_{factor}{}",
            duration(&self.initial_backoff),
            duration(&self.max_backoff),
            attempts.unwrap_or_default()
        );
        (codes.join("_"), delays)
    }
}

fn seconds(written: &str) -> f64 {
    written.strip_suffix('s').unwrap().parse().unwrap()
}

/// `0.100s` as `100ms`, `1.000s` as `1s`.
fn duration(written: &str) -> String {
    let milliseconds = (seconds(written) * 1000.0).round();
    if milliseconds % 1000.0 == 0.0 {
        format!("{}s", milliseconds / 1000.0)
    } else {
        format!("{milliseconds}ms")
    }
}

fn event(code: &str) -> Json {
    json!({"error": code, "module": 2})
}

/// The policy of an entry: three lines by the pack's names, or none where the entry does not retry.
fn policy_of(entry: &Entry, statuses: &[StatusCode]) -> Policy {
    if entry.codes.is_empty() {
        return policy("extends grpc\ndisable grpc_retriable");
    }
    let (codes, delays) = entry.names(statuses);
    policy(&format!(
        "extends grpc\nreplace grpc_retriable: when module != first and no_handler and error in grpc.{codes}\n\
         => store(retry, after: grpc.{delays})"
    ))
}

/// What a policy answers.
struct Answer<'s> {
    /// The codes that it retries.
    retried: BTreeSet<&'s str>,
    /// The delays, in milliseconds.
    waits: Vec<u128>,
}

/// Whether a schedule waits as an entry says, to the millisecond.
fn assert_waits(delays: &[u128], entry: &Entry) {
    let factor: f64 = entry.multiplier.parse().unwrap();
    let longest = seconds(&entry.max_backoff) * 1000.0;
    let mut expected = seconds(&entry.initial_backoff) * 1000.0;
    for delay in delays {
        assert!((*delay as f64 - expected.min(longest)).abs() <= 0.5, "{delay} for {expected}");
        expected *= factor;
    }
    match entry.max_attempts {
        Some(attempts) => assert_eq!(delays.len(), attempts - 1),
        None => {
            let at_longest = delays.iter().filter(|delay| **delay as f64 == longest).count();
            assert_eq!((at_longest, delays.last().map(|delay| *delay as f64)), (1, Some(longest)));
        }
    }
}

#[test]
fn every_method_entry_is_decided_as_its_configuration_says() {
    let statuses: Vec<StatusCode> = rows("grpc/status_codes.csv");
    let entries: Vec<Entry> = rows("grpc/googleapis_retry_policies.csv");
    // Each distinct policy is loaded and asked once, and every entry compared with what it answered.
    let mut answers: BTreeMap<(String, String), Answer> = BTreeMap::new();
    let mut sets: BTreeSet<BTreeSet<&str>> = BTreeSet::new();
    let (mut retrying, mut decisions) = (0, 0);
    for entry in &entries {
        let retries = !entry.codes.is_empty();
        let key = if retries { entry.names(&statuses) } else { Default::default() };
        let answer = answers.entry(key).or_insert_with(|| {
            let policy = policy_of(entry, &statuses);
            let decided = |status: &StatusCode| decide(&policy, &event(&status.name));
            let retried =
                statuses.iter().filter(|status| decided(status).display == "store(retry)");
            let retried: BTreeSet<&str> = retried.map(|status| status.name.as_str()).collect();
            let waits = retried.first().map(|code| delays(&decide(&policy, &event(code))));
            Answer { retried, waits: waits.unwrap_or_default() }
        });
        assert_eq!(answer.retried, entry.codes(), "{}", entry.codes);
        decisions += statuses.len();
        if retries {
            retrying += 1;
            sets.insert(entry.codes());
            assert_waits(&answer.waits, entry);
        }
    }
    let mut tally = Tally::new("grpc");
    tally.line(
        "the configurations, by the pack's names",
        entries.len(),
        &format!("method entries, {retrying} retry"),
    );
    tally.line("decisions, each code for each entry", decisions, "");
    tally.line("distinct policies", answers.len() - 1, "");
    tally.line("distinct sets of codes", sets.len(), "");
    let in_all =
        statuses.iter().filter(|status| sets.iter().all(|set| set.contains(status.name.as_str())));
    tally.line("codes that are in all of them", in_all.count(), "");
    tally.hold(
        "google/rpc/code.proto: `extends grpc`",
        "codes",
        &Policy::bundled("grpc").unwrap(),
        statuses.iter().map(|status| {
            let retried = status.calling_again == "the client can retry just the failing call";
            (event(&status.name), Expected::retry_if(retried))
        }),
    );
    insta::assert_snapshot!(tally.finish());
}

#[test]
fn the_codes_are_in_the_order_of_their_numbers() {
    let statuses: Vec<StatusCode> = rows("grpc/status_codes.csv");
    let numbers: Vec<u8> = statuses.iter().map(|status| status.code).collect();
    assert_eq!(numbers, (0..=16).collect::<Vec<u8>>());
}
