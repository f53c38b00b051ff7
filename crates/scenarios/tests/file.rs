//! `redress.toml`.

use std::fs;
use std::time::Duration;

use redress_scenarios::{Configuration, PolicySource};
use redress_store::Settings;

#[test]
fn an_empty_file_is_the_documented_behaviour() {
    let configuration = Configuration::parse("redress.toml", "").unwrap();
    assert!(configuration.scenarios.is_empty());
    assert_eq!(configuration.other.settings, Settings::default());
    assert_eq!(configuration.other.policy, PolicySource::Bundled("default".to_owned()));
}

#[test]
fn a_scenario_says_what_differs_from_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("refunds.policy"), "extends default\nwhen status == 410 => fail")
        .unwrap();
    fs::write(folder.path().join("key"), format!("{}\n", "0f".repeat(32))).unwrap();
    let text = r#"
        [defaults]
        lease = "30s"
        runaway = false
        timeout = "5s"

        [scenario.refunds]
        policy = "refunds.policy"
        command = ["./refund", "--retry"]
        key_file = "key"
        storing = false
        sequential = true
        data_loss = true
        confidential = true
        max_records = 7
        max_bytes = "20MB"
        max_consecutive_errors = 0
        parallel_retries = 1
        runaway = { failures = 5, within = "1m" }
        retention = "7d"

        [scenario.orders]
    "#;
    let configuration = Configuration::parse(folder.path().join("redress.toml"), text).unwrap();
    let refunds = &configuration.scenarios["refunds"];
    let json = serde_json::to_value(&refunds.settings).unwrap();
    let expected = serde_json::json!({
        "storing": false, "sequential": true, "data_loss": true, "confidential": true, "max_records": 7,
        "max_bytes": "20MB", "max_consecutive_errors": null, "parallel_retries": 1,
        "runaway": {"failures": 5, "within": "1m"}, "retention": "7d", "lease": "30s",
    });
    assert_eq!(json, expected);
    assert_eq!(refunds.policy, PolicySource::File(folder.path().join("refunds.policy")));
    assert!(refunds.seal.is_some());
    let orders = &configuration.scenarios["orders"];
    assert_eq!((orders.settings.runaway, orders.timeout), (None, Duration::from_secs(5)));
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("bad.policy"), "extends default\nwhen eror == DataError => fail")
        .unwrap();
    fs::write(folder.path().join("key"), "secret").unwrap();
    let text = r#"[default]
[defaults]
lease = "1ms"
[scenario.refunds]
polcy = "bad.policy"
policy = "bad.policy"
storing = "yes"
max_records = -1
retention = "a month"
runaway = true
command = []
key_file = "key"
colour = "red"
"#;
    let error = Configuration::parse(folder.path().join("redress.toml"), text).unwrap_err();
    let told: Vec<String> = error
        .problems
        .iter()
        .map(|it| format!("{}: {}", it.line, it.message.lines().next().unwrap()))
        .collect();
    let expected = [
        "1: unknown key `default`, did you mean `defaults`?",
        "3: `lease`: a worker could not be heard of in time; 1s is the least",
        "5: unknown key `polcy`, did you mean `policy`?",
        "7: `storing` is `\"yes\"`, expected `true` or `false`",
        "8: `max_records` is `-1`, expected a whole number",
        "9: `retention` is `\"a month\"`, expected a duration such as `\"10s\"`",
        "10: `runaway`: expected `{ failures = 10, within = \"2m\" }`, or `false` for none",
        "11: `command`: it has no program",
        "12: `key_file`: the file has no key: 64 hexadecimal digits are expected",
    ];
    for line in expected {
        assert!(told.iter().any(|it| it == line), "{line} is not told: {told:#?}");
    }
    let policy = error.problems.iter().find(|it| it.line == 6).unwrap();
    assert!(
        policy.message.contains("bad.policy:2:6") && policy.message.contains("`eror`"),
        "{policy}"
    );
    assert!(told.iter().any(|it| it.starts_with("13: unknown key `colour`, a scenario has")));
    assert!(!error.to_string().contains("secret"));
    // The lease of the defaults is told once, not for every scenario that inherits it.
    assert_eq!(told.iter().filter(|it| it.contains("`lease`:")).count(), 1, "{told:#?}");
}

#[test]
fn what_is_no_file_or_no_toml_is_told() {
    let missing = Configuration::read("no/such/redress.toml").unwrap_err();
    assert!(missing.to_string().contains("cannot be read"), "{missing}");
    let broken = Configuration::parse("redress.toml", "[scenario\n").unwrap_err();
    assert_eq!(broken.problems[0].line, 1);
}
