//! gRPC service configs.

use redress::{Argument, Policy};
use redress_convert::{Format, export, import};
use serde_json::{Value as Json, json};

use crate::{data, files};

#[test]
fn every_policy_of_public_configs_is_carried_over_code_by_code() {
    let (mut entries, mut policies) = (0, 0);
    for line in data("grpc/policies.csv").lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let [count, service, method, attempts, start, most, rate, codes] = cells[..] else {
            panic!("{line}")
        };
        let codes: Vec<&str> = codes.split('|').collect();
        let rate: Json = serde_json::from_str(rate).unwrap();
        let mut policy = json!({
            "initialBackoff": start, "maxBackoff": most, "backoffMultiplier": rate,
            "retryableStatusCodes": codes,
        });
        if !attempts.is_empty() {
            policy["maxAttempts"] = attempts.parse::<u32>().unwrap().into();
        }
        let config = json!({ "methodConfig": [{
            "name": [{ "service": service, "method": method }], "retryPolicy": policy,
        }] });
        let import = import("config.json", config.to_string().as_bytes()).unwrap();
        assert_decides_as(&import.policies[0].text, &policy);
        entries += count.parse::<u32>().unwrap();
        policies += 1;
    }
    println!("{policies} policies of {entries} entries decide alike");
    assert_eq!((policies, entries), (86, 4_621));
}

/// The policy tries again just the codes of a retry policy, so often and after such delays as that says; and so does
/// what is exported of it.
fn assert_decides_as(text: &str, expected: &Json) {
    let policy = Policy::parse(text).unwrap_or_else(|error| panic!("{error}"));
    let seconds =
        |text: &Json| -> f64 { text.as_str().unwrap().trim_end_matches('s').parse().unwrap() };
    let rate = expected["backoffMultiplier"].as_f64().unwrap();
    let attempts = expected.get("maxAttempts").and_then(Json::as_i64).unwrap_or(5);
    for code in
        ["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "NOT_FOUND", "ABORTED", "DataError"]
    {
        let is_retried =
            expected["retryableStatusCodes"].as_array().unwrap().contains(&code.into());
        for attempt in 1..=attempts {
            let event = policy.event().set("module", 1).set("error", code).set("attempt", attempt);
            let outcome = event.build().unwrap().decide().outcome.clone();
            if !is_retried || attempt == attempts {
                assert_eq!(outcome.display(), "fail", "{code} at {attempt}\n{text}");
                continue;
            }
            let Some(Argument::Schedule(schedule)) = outcome.argument("after") else {
                panic!("{outcome}")
            };
            let delay = schedule.delay(attempt as usize).unwrap().as_secs_f64();
            let grown = seconds(&expected["initialBackoff"]) * rate.powi(attempt as i32 - 1);
            let exact = grown.min(seconds(&expected["maxBackoff"]));
            assert!((delay - exact).abs() <= 0.000_501, "{delay} and {exact} at {attempt}\n{text}");
        }
    }
    let exported = export(&policy, &[], Format::Grpc).unwrap();
    let exported: Json = serde_json::from_str(&exported.text).unwrap();
    let exported = &exported["methodConfig"][0]["retryPolicy"];
    let sorted = |codes: &Json| {
        let mut codes: Vec<String> = serde_json::from_value(codes.clone()).unwrap();
        codes.sort();
        codes
    };
    let (old, new) = (&expected["retryableStatusCodes"], &exported["retryableStatusCodes"]);
    assert_eq!(sorted(old), sorted(new), "{text}");
    assert_eq!(exported["maxAttempts"], attempts, "{text}");
    assert_eq!(exported["backoffMultiplier"].as_f64().unwrap(), rate, "{text}");
    assert_eq!(
        seconds(&exported["initialBackoff"]),
        seconds(&expected["initialBackoff"]),
        "{text}"
    );
}

#[test]
fn whole_configs_become_a_policy_a_group_of_methods() {
    for (name, bytes) in files("data/grpc", ".json") {
        let import = import(&name, &bytes).unwrap();
        let notes: String = import.notes.iter().map(|note| format!("{note}\n")).collect();
        let policies = import.file_names().into_iter().zip(&import.policies);
        let policies: String =
            policies.map(|(file, policy)| format!("\n==> {file}\n{}", policy.text)).collect();
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots/grpc", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.trim_end_matches(".json"), notes + &policies);
        });
    }
}
