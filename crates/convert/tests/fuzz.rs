//! What holds of any document, over the data and what a few changes make of it.

use redress::Policy;
use redress_convert::{Format, export, import};
use redress_fuzzing::{Targets, run, run_changed};

use crate::{data, files};

const TARGETS: Targets<'static> = &[("convert", convert)];

/// Reading never panics; what is refused has a reason with a place; what is imported loads, and its names differ.
fn convert(data: &[u8]) {
    let import = match import("fuzz.json", data) {
        Ok(import) => import,
        Err(error) => {
            let lines = data.iter().filter(|&&byte| byte == b'\n').count() + 1;
            assert!(!error.problems.is_empty());
            for problem in &error.problems {
                assert!((1..=lines).contains(&problem.place.line), "{problem}");
                assert!(problem.place.column >= 1 && !problem.message.is_empty(), "{problem}");
            }
            return;
        }
    };
    let mut names = import.file_names();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), import.policies.len());
    for imported in &import.policies {
        let policy = Policy::parse(&imported.text).unwrap_or_else(|error| panic!("{error}"));
        for format in [Format::States, Format::Grpc] {
            if let Ok(export) = export(&policy, &[], format) {
                serde_json::from_str::<serde_json::Value>(&export.text).unwrap();
            }
        }
    }
}

/// Pieces that matter to documents.
const WORDS: &[&str] = &[
    "\"Retry\": [",
    "\"Catch\": [",
    "{\"ErrorEquals\": [\"States.ALL\"]}",
    "\"States.TaskFailed\"",
    "\"States.Timeout\"",
    "\"States.Runtime\"",
    "\"MaxAttempts\": 0,",
    "\"MaxAttempts\": 99999999,",
    "\"BackoffRate\": 1.000001,",
    "\"BackoffRate\": 1e30,",
    "\"MaxDelaySeconds\": 1,",
    "\"JitterStrategy\": \"FULL\",",
    "\"IntervalSeconds\": 18446744073709551615,",
    "\"Next\": \"\\u202e\",",
    "\"Comment\": \"a\\nb # => fail\",",
    "\"when\"",
    "\"\\u0000\"",
    "\"maxAttempts\": 3,",
    "\"initialBackoff\": \"0.0001s\",",
    "\"backoffMultiplier\": 0.1,",
    "\"UNAVAILABLE\"",
    "14",
    "null",
    "true",
    "-1",
    "0",
    "1.5",
    "[\"States.ALL\"]",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\",
    "\u{feff}",
    "é",
];

#[test]
fn what_is_made_of_documents_is_sound() {
    let rules = data("states/rules.jsonl");
    let rules = rules.lines().take(60).map(|line| ("rules.jsonl".to_owned(), line.into()));
    let whole =
        files("data/states", ".asl.json").into_iter().chain(files("cases/refused", ".json"));
    let whole = whole.chain(files("data/grpc", ".json"));
    let whole = whole.filter(|(_, bytes)| bytes.len() < 4_096);
    let corpus: Vec<(String, Vec<u8>)> = rules.chain(whole).collect();
    corpus.iter().for_each(|(name, document)| run(TARGETS, name, document));
    run_changed(TARGETS, &corpus, WORDS, 1_500);
}
