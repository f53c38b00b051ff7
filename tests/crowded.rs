//! Events with far more in them than any policy knows: what is wrong is told up to a point, and the rest is counted.

use allocation_counter::measure;
use redress::{EventBuilder, EventError, EventProblem, Given, Policy};
use serde_json::{Map, Value as Json};

/// So many problems are told.
const TOLD: usize = 100;

fn keys(count: usize) -> impl Iterator<Item = String> {
    (0..count).map(|at| format!("nothing_that_is_known_{at}"))
}

/// What is wrong with an event of so many unknown keys, given in every way.
fn refused(policy: &Policy, count: usize) -> Vec<EventError> {
    let map: Map<String, Json> = keys(count).map(|key| (key, Json::from(1))).collect();
    let text = Json::Object(map.clone()).to_string();
    let names: Vec<String> = map.keys().cloned().collect();
    let given: Vec<(&str, Given<'_>)> =
        names.iter().map(|key| (key.as_str(), Given::Int(1))).collect();
    let built = |builder: EventBuilder<'_>| builder.build().map(|event| event.deciding_rule());
    let mut reader = policy.reader();
    let written = names.iter().map(|key| (key.as_str(), "1"));
    let answers = [
        built(names.iter().fold(policy.event(), |builder, key| builder.set(key, 1))),
        policy.event_from_json(&text).map(|event| event.deciding_rule()),
        policy.event_from(&map).map(|event| event.deciding_rule()),
        reader.json(&text).map(|decided| decided.rule),
        reader.map(&map).map(|decided| decided.rule),
        reader.given(&given).map(|decided| decided.rule),
        reader.written(written).map(|decided| decided.rule),
    ];
    answers.into_iter().map(Result::unwrap_err).collect()
}

#[test]
fn of_thousands_of_unknown_keys_some_are_told_and_the_rest_counted() {
    let policy = Policy::default();
    for error in refused(&policy, 5_000) {
        let unknown = |problem: &&EventProblem| matches!(problem, EventProblem::UnknownKey { .. });
        assert_eq!(error.problems.iter().filter(unknown).count(), TOLD);
        assert_eq!(
            error.problems[TOLD..],
            [
                EventProblem::Missing { key: "error".into() },
                EventProblem::Missing { key: "module".into() },
                EventProblem::More { count: 5_000 - TOLD },
            ]
        );
        let told = error.to_string();
        assert!(told.ends_with("; `module` is missing; 4900 more of what is given do not fit"));
    }
}

#[test]
fn a_hundred_unknown_keys_are_all_told() {
    for (count, last) in
        [(TOLD, "`module` is missing"), (TOLD + 1, "1 more of what is given does not fit")]
    {
        for error in refused(&Policy::default(), count) {
            assert!(error.to_string().ends_with(last), "{error}");
        }
    }
}

#[test]
fn the_same_key_thousands_of_times_is_told_as_often() {
    let policy = Policy::default();
    let twice = "\"module\": 2, ".repeat(3_000);
    let text = format!("{{{twice}\"error\": \"DataError\"}}");
    let error = policy.event_from_json(&text).unwrap_err();
    assert_eq!(error.problems.len(), TOLD + 1);
    assert_eq!(error.problems[TOLD], EventProblem::More { count: 2_999 - TOLD });
}

/// What is told takes no more memory for many keys than for few.
#[test]
fn memory_does_not_grow_with_what_is_wrong() {
    let policy = Policy::default();
    let peak = |count: usize| {
        let names: Vec<String> = keys(count).collect();
        let built =
            || names.iter().fold(policy.event(), |event, key| event.set(key, 1)).build().is_err();
        let mut is_refused = false;
        let seen = measure(|| is_refused = built());
        assert!(is_refused);
        seen.bytes_max
    };
    let (few, many) = (peak(200), peak(50_000));
    assert!(many < few + few / 10, "{many} bytes for many keys, {few} for few");
}
