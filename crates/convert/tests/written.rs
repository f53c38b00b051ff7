//! What is exported waits as long as the policy says: the written document is played attempt by attempt.

use proptest::prelude::*;
use redress::{Argument, Policy};
use redress_convert::{ExportError, Format, export, import};
use serde_json::{Value as Json, json};

use crate::interpreter::{Answer, Asked, Machine};

/// A policy that retries one error by a schedule, as long as that has delays, in seconds or milliseconds.
fn policy(error: &str, schedule: &str) -> Policy {
    let text = format!(
        "enum ErrorType += {{ {error} }}\n\
         when error == {error} => store(retry, after: {schedule})\notherwise => fail"
    );
    Policy::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// The delays of the schedule of the first rule, in milliseconds.
fn expected(policy: &Policy) -> Vec<u128> {
    let Some(Argument::Schedule(schedule)) = policy.rules()[0].outcome().argument("after") else {
        panic!("{}", policy.rules()[0].outcome())
    };
    (1..=schedule.len()).map(|number| schedule.delay(number).unwrap().as_millis()).collect()
}

/// The delays of a state of Amazon States Language, until it gives up.
fn of_state(document: &str) -> Vec<u128> {
    let state: Json = serde_json::from_str(document).unwrap();
    let mut machine = Machine::new(&state);
    std::iter::from_fn(|| match machine.error("UNAVAILABLE") {
        Answer::Again { after, .. } => Some(after),
        _ => None,
    })
    .collect()
}

/// The delays of a service config, each as gRPC computes it before it varies it.
fn of_config(document: &str) -> Vec<f64> {
    let config: Json = serde_json::from_str(document).unwrap();
    let policy = &config["methodConfig"][0]["retryPolicy"];
    let seconds = |key: &str| -> f64 {
        policy[key].as_str().unwrap().strip_suffix('s').unwrap().parse().unwrap()
    };
    let rate = policy["backoffMultiplier"].as_f64().unwrap();
    let retries = policy["maxAttempts"].as_i64().unwrap() - 1;
    let delay = |number: i64| {
        let grown = seconds("initialBackoff") * rate.powi(number as i32);
        grown.min(seconds("maxBackoff")) * 1_000.0
    };
    (0..retries).map(delay).collect()
}

fn assert_waits(schedule: &str, format: Format) -> Result<(), ExportError> {
    let policy = policy("UNAVAILABLE", schedule);
    let written = export(&policy, &[], format)?.text;
    let delays = expected(&policy);
    match format {
        Format::States => assert_eq!(of_state(&written), delays, "{schedule}\n{written}"),
        Format::Grpc => {
            let written_delays = of_config(&written);
            assert_eq!(written_delays.len(), delays.len(), "{schedule}\n{written}");
            // A policy's delays are whole milliseconds; half of one may be rounded either way.
            for (written_delay, delay) in written_delays.into_iter().zip(delays) {
                let difference = (written_delay - delay as f64).abs();
                let rounding = 0.5 + written_delay * 1e-9;
                assert!(
                    difference <= rounding,
                    "{written_delay} and {delay}: {schedule}\n{written}"
                );
            }
        }
    }
    // What is written is also what the import takes, and for the same.
    let again = import("written.json", written.as_bytes()).unwrap_or_else(|e| panic!("{e}"));
    let again = Policy::parse(&again.policies[0].text).unwrap();
    assert_eq!(expected(&again), expected(&policy), "{schedule}\n{written}");
    Ok(())
}

#[test]
fn a_cap_below_the_first_delay_is_the_delay() {
    for format in [Format::States, Format::Grpc] {
        for schedule in [
            "exponential(9s, factor: 2, max: 3s, times: 5)",
            "exponential(3s, factor: 2, max: 3s, times: 5)",
            "exponential(9s, factor: 2, max: 3s, times: 1)",
        ] {
            assert_waits(schedule, format).unwrap();
        }
    }
    let state = json!({ "Retry": [{
        "ErrorEquals": ["A"], "IntervalSeconds": 10, "MaxDelaySeconds": 10, "MaxAttempts": 5,
    }] });
    let imported = import("state.json", state.to_string().as_bytes()).unwrap();
    let policy = Policy::parse(&imported.policies[0].text).unwrap();
    let again = export(&policy, &[], Format::States).unwrap().text;
    let again: Json = serde_json::from_str(&again).unwrap();
    let retrier = &again["Retry"][0];
    assert_eq!((&retrier["IntervalSeconds"], &retrier["BackoffRate"]), (&json!(10), &json!(1)));
    assert_eq!(retrier["MaxAttempts"], 5);
}

#[test]
fn delays_that_fall_are_kept_by_grpc_and_refused_by_states() {
    assert_waits("[10s, 5s, 2500ms]", Format::Grpc).unwrap();
    let refused = assert_waits("[8s, 4s, 2s]", Format::States).unwrap_err().to_string();
    assert!(refused.contains("`BackoffRate` 0.5"), "{refused}");
}

#[test]
fn what_a_reader_would_refuse_is_not_written() {
    for (schedule, format, reason) in [
        ("[100000000s]", Format::States, "begins with 100000000s"),
        (
            "exponential(1s, factor: 1000, max: 31622401s, times: 9)",
            Format::States,
            "waits at most 31622401s",
        ),
        ("every(315576000001s, times: 2)", Format::Grpc, "315576000001s"),
        (
            "exponential(1s, factor: 1000000, max: 315576000001s, times: 9)",
            Format::Grpc,
            "315576000001s",
        ),
    ] {
        let refused = assert_waits(schedule, format).unwrap_err().to_string();
        assert!(refused.contains(reason), "{schedule}: {refused}");
    }
    assert_waits("[99999999s]", Format::States).unwrap();
    assert_waits("exponential(1s, factor: 1000, max: 31622400s, times: 9)", Format::States)
        .unwrap();
    assert_waits("every(315576000000s, times: 2)", Format::Grpc).unwrap();
}

#[test]
fn more_attempts_than_clients_of_grpc_make_are_told() {
    let notes = |schedule: &str| {
        export(&policy("UNAVAILABLE", schedule), &[], Format::Grpc).unwrap().notes.join("\n")
    };
    let told = "`maxAttempts` is 6, and most clients make no more than 5";
    assert!(notes("every(1s, times: 5)").contains(told), "{}", notes("every(1s, times: 5)"));
    assert!(!notes("every(1s, times: 4)").contains("maxAttempts"));
}

/// Schedules of every form, in seconds or, for gRPC, in milliseconds.
fn schedules(unit: &'static str) -> impl Strategy<Value = String> {
    let rule = (1..200i64, 1..5u32, prop::option::of(1..400i64), 1..8u32, any::<bool>()).prop_map(
        move |(start, factor, most, times, full)| {
            let most = most.map_or(String::new(), |most| format!(", max: {most}{unit}"));
            let jitter = if full && unit == "s" { "full" } else { "none" };
            format!("exponential({start}{unit}, factor: {factor}{most}, times: {times}, jitter: {jitter})")
        },
    );
    let every = (1..200i64, 1..8u32)
        .prop_map(move |(interval, times)| format!("every({interval}{unit}, times: {times})"));
    // Growing or falling by a half, a third, …, or by anything; with what is cut off at the top.
    let list = (1..6i64, 1..6i64, 1..60i64, 1..6u32, prop::option::of(1..400i64)).prop_map(
        move |(up, down, start, times, most)| {
            let start = start * down.pow(times);
            let delay = |number: u32| start * up.pow(number) / down.pow(number);
            let capped = |number| most.map_or(delay(number), |most: i64| delay(number).min(most));
            listed((0..times).map(capped), unit)
        },
    );
    let any = prop::collection::vec(1..50i64, 1..5).prop_map(move |d| listed(d.into_iter(), unit));
    prop_oneof![3 => rule, 1 => every, 3 => list, 1 => any]
}

fn listed(delays: impl Iterator<Item = i64>, unit: &str) -> String {
    let delays: Vec<String> = delays.map(|delay| format!("{delay}{unit}")).collect();
    format!("[{}]", delays.join(", "))
}

/// Refused is only what does not begin to be a rate, or falls in a state.
fn refused_rightly(schedule: &str, refused: &str) -> bool {
    let delays = expected(&policy("UNAVAILABLE", schedule));
    let falls = delays.windows(2).any(|pair| pair[1] < pair[0]);
    schedule.starts_with('[') && (falls || refused.contains("do not grow by one rate"))
        || refused.contains("no whole number of seconds")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_state_waits_as_its_policy_says(schedule in schedules("s")) {
        if let Err(refused) = assert_waits(&schedule, Format::States) {
            prop_assert!(refused_rightly(&schedule, &refused.to_string()), "{}: {}", schedule, refused);
        }
    }

    #[test]
    fn a_config_waits_as_its_policy_says(schedule in schedules("ms")) {
        if let Err(refused) = assert_waits(&schedule, Format::Grpc) {
            prop_assert!(refused_rightly(&schedule, &refused.to_string()), "{}: {}", schedule, refused);
        }
    }
}
