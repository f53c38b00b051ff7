//! What policies come to in other formats, and what of them does not.

use std::fmt::Write;

use proptest::prelude::*;
use redress::{Policy, PolicyLoader};
use redress_convert::{Format, export, import};

use crate::files;

/// `# with module=2 handler=false` in the first line of a case gives the facts.
fn facts(text: &str) -> Vec<(String, String)> {
    let given = text.lines().next().and_then(|line| line.strip_prefix("# with "));
    let words = given.into_iter().flat_map(str::split_whitespace);
    words.map(|word| word.split_once('=').unwrap()).map(|(k, v)| (k.into(), v.into())).collect()
}

#[test]
fn policies_are_exported_or_refused_with_every_reason() {
    for (name, bytes) in files("cases/export", ".policy") {
        let text = String::from_utf8(bytes).unwrap();
        let policy = PolicyLoader::bundled_only().parse(&name, &text).unwrap();
        let mut shown = String::new();
        for (format, title) in [(Format::States, "asl"), (Format::Grpc, "grpc")] {
            let _ = writeln!(shown, "==> {title}");
            let _ = match export(&policy, &facts(&text), format) {
                Ok(export) => {
                    let notes: String =
                        export.notes.iter().map(|note| format!("note: {note}\n")).collect();
                    write!(shown, "{notes}{}", export.text)
                }
                Err(error) => writeln!(shown, "{error}"),
            };
        }
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots/export", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.trim_end_matches(".policy"), shown);
        });
    }
}

/// Errors by what becomes of them, as a policy that Step Functions can express.
fn expressible() -> impl Strategy<Value = String> {
    let delays = prop::sample::select(vec![
        "[2s]",
        "every(5s, times: 3)",
        "exponential(1s, factor: 3, times: 4, jitter: none)",
        "exponential(2s, factor: 2, max: 10s, times: 4, jitter: full)",
        "[2s, 3s, 4500ms, 6750ms]",
    ]);
    let tries = |delays: &str| match delays {
        "[2s]" => 1,
        "every(5s, times: 3)" => 3,
        _ => 4,
    };
    let names = prop::collection::hash_set("[A-E]", 1..3);
    let retries = prop::collection::vec((names, delays), 0..4);
    let caught = prop::collection::hash_set("[A-E]", 0..3);
    (retries, caught, any::<bool>()).prop_map(move |(retries, caught, all)| {
        let mut text = String::from(
            "enum ErrorType += { A, B, C, D, E, States.Runtime, States.DataLimitExceeded }\n\
             outcome catch(next: text, result_path: text ?)\n\
             rule never: when error in [States.Runtime, States.DataLimitExceeded] => fail\n",
        );
        let mut taken = std::collections::HashSet::new();
        for (number, (names, delays)) in retries.into_iter().enumerate() {
            let mut free: Vec<_> = names.into_iter().filter(|name| taken.insert(name.clone())).collect();
            free.sort();
            if !free.is_empty() {
                let _ = writeln!(
                    text,
                    "rule retry_{number}: when error in [{}] and attempt <= {} => store(retry, after: {delays})",
                    free.join(", "),
                    tries(delays)
                );
            }
        }
        let mut caught: Vec<_> = caught.into_iter().collect();
        caught.sort();
        if !caught.is_empty() {
            let _ = writeln!(text, "rule caught: when error in [{}] => catch(next: \"X\")", caught.join(", "));
        }
        let last = if all { "catch(next: \"All\", result_path: \"$.e\")" } else { "fail" };
        let _ = writeln!(text, "otherwise => {last}");
        text
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_exported_is_imported_as_the_same_policy(text in expressible()) {
        let policy = Policy::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        let export = export(&policy, &[], Format::States).unwrap_or_else(|error| panic!("{error}\n{text}"));
        if export.text.trim() == "{}" {
            let fails = policy.rules().iter().all(|rule| rule.outcome().display() == "fail");
            prop_assert!(fails, "{}", text);
            return Ok(());
        }
        let import = import("state.json", export.text.as_bytes()).unwrap();
        let again = Policy::parse(&import.policies[0].text).unwrap();
        let diff = policy.diff(&again).unwrap();
        prop_assert!(diff.changes.is_empty(), "{:#?}\n{}\n{}", diff.changes, text, export.text);
    }

    #[test]
    fn a_config_is_imported_as_the_same_policy(
        codes in prop::collection::hash_set(prop::sample::select(vec!["UNAVAILABLE", "ABORTED", "INTERNAL"]), 1..4),
        start in 1..5_000i64,
        factor in 2..5u32,
        tries in 1..5u32,
    ) {
        let mut codes: Vec<_> = codes.into_iter().collect();
        codes.sort_unstable();
        let most = start * 10;
        let (error, times) = (codes.join(", "), tries);
        let text = format!(
            "enum ErrorType += {{ UNAVAILABLE, ABORTED, INTERNAL }}\n\
             when error in [{error}] and attempt <= {tries} => store(retry, after: \
             exponential({start}ms, factor: {factor}, max: {most}ms, times: {times}, jitter: 20%))\n\
             otherwise => fail"
        );
        let policy = Policy::parse(&text).unwrap();
        let export = export(&policy, &[], Format::Grpc).unwrap();
        prop_assert!(export.notes.is_empty());
        let import = import("config.json", export.text.as_bytes()).unwrap();
        let again = Policy::parse(&import.policies[0].text).unwrap();
        let changes = policy.diff(&again).unwrap().changes;
        // A single delay neither grows nor is bounded, and is written without both.
        let same = |a: &str, b: &str| a.split(',').next() == b.split(',').next();
        let is_single = tries == 1 && changes.iter().all(|change| {
            same(change.old.as_deref().unwrap(), change.new.as_deref().unwrap())
        });
        let same_length = changes.iter().all(|change| {
            let shown = |text: &Option<String>| text.clone().unwrap().replace("1000ms", "1s");
            shown(&change.old).contains("exponential") && shown(&change.new).contains("exponential")
        });
        prop_assert!(changes.is_empty() || is_single || same_length, "{:#?}\n{}", changes, export.text);
    }
}
