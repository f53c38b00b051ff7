//! What is wrong with documents, told with its place.

use redress_convert::import;

use crate::files;

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    for (name, bytes) in files("cases/refused", ".json") {
        let error = import(&name, &bytes).expect_err(&name);
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots/refused", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.trim_end_matches(".json"), error.to_string());
        });
    }
}

#[test]
fn hostile_documents_are_refused_quickly_and_with_a_reason() {
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!("[{}1]", "1,".repeat(1_500_000));
    let large = " ".repeat(5 * 1024 * 1024);
    let retrier =
        r#"{"ErrorEquals":["A"],"MaxAttempts":1000,"BackoffRate":1.0000000000000000000000001}"#;
    let slow = format!("{{\"Retry\":[{}{retrier}]}}", format!("{retrier},").repeat(20_000));
    let caught = r#"{"ErrorEquals":["A"],"Next":"B"}"#;
    let caught = format!("{{\"Catch\":[{}{caught}]}}", format!("{caught},").repeat(500));
    let states: String = (0..200).map(|n| format!(r#""{n}":{{"Retry":[{retrier}]}},"#)).collect();
    let many = format!(r#"{{"StartAt":"0","States":{{{states}"last":{{}}}}}}"#);
    let rules = r#"{"Retry":[{"ErrorEquals":["A"]}]}"#;
    let states: String = (0..2_000).map(|n| format!("\"{n}\":{rules},")).collect();
    let crowded = format!(r#"{{"StartAt":"0","States":{{{states}"last":{rules}}}}}"#);
    for (document, reason) in [
        (crowded, "2001 parts of it have rules, more than 2000"),
        (deep, "more than 64 levels deep"),
        (long, "more than 500000 values"),
        (slow, "1:10: Retry: `Retry` has 20001 elements; more than 500 of one state are not read"),
        (caught, "1:10: Catch: `Catch` has 501 elements; more than 500 of one state are not read"),
        (large, "larger than 4 MiB"),
        (many, "more than 20000 delays would have to be written out"),
    ] {
        let error = import("hostile.json", document.as_bytes()).unwrap_err().to_string();
        assert!(error.contains(reason), "{reason}: {}", &error[..error.len().min(300)]);
    }
}
