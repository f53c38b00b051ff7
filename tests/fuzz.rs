//! The fuzzer's targets on stable: over the kept corpus, and over what a few changes make of it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::fs;
use std::path::{Path, PathBuf};

use redress_fuzzing::{Targets, run, run_changed};

use super::fuzz_targets::{check, decide, event, format, parse};

/// The targets that read policies; `event` reads events.
const POLICIES: Targets<'static> =
    &[("parse", parse), ("check", check), ("format", format), ("decide", decide)];
const EVENTS: Targets<'static> = &[("event", event)];

/// The kept files in the order of their names, the policies of all other tests, and the bundled ones.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut files = Vec::new();
    files_in(&tests.join("corpus"), "policy", &mut files);
    files_in(&tests.join("cases"), "policy", &mut files);
    let kept = files.into_iter().map(|path| (path.display().to_string(), fs::read(&path).unwrap()));
    let bundled = redress::POLICIES.iter().chain(redress::PACKS).chain([&redress::VOCABULARY]);
    kept.chain(bundled.map(|file| (file.file.to_owned(), file.text.as_bytes().to_vec()))).collect()
}

/// The kept events.
fn events() -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    files_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus"), "jsonl", &mut files);
    files.into_iter().map(|path| (path.display().to_string(), fs::read(&path).unwrap())).collect()
}

/// Every file with this ending in a folder and those in it.
fn files_in(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files_in(&path, ending, found);
        } else if path.extension().is_some_and(|extension| extension == ending) {
            found.push(path);
        }
    }
}

#[test]
fn the_corpus_is_sound() {
    let corpus = corpus();
    assert!(corpus.len() > 10);
    corpus.iter().for_each(|(name, data)| run(POLICIES, name, data));
    let events = events();
    assert!(!events.is_empty());
    events.iter().for_each(|(name, data)| run(EVENTS, name, data));
}

#[test]
fn what_is_made_of_the_corpus_is_sound() {
    // The vocabulary itself is long, and little of it is about policies.
    let corpus: Vec<_> = corpus().into_iter().filter(|(_, data)| data.len() < 4096).collect();
    run_changed(POLICIES, &corpus, WORDS, 2_000);
}

#[test]
fn what_is_made_of_events_is_sound() {
    run_changed(EVENTS, &events(), EVENT_WORDS, 2_000);
}

/// Pieces that matter to the language.
const WORDS: &[&str] = &[
    "when ",
    "rule a: ",
    "let ",
    "otherwise => fail",
    " and ",
    " or ",
    "not ",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\"",
    "r\"",
    "\\",
    "#",
    "\n",
    "\r\n",
    "\r",
    ",",
    ":",
    "=>",
    "==",
    "!=",
    "<",
    ">=",
    "..",
    "+=",
    "-=",
    "?",
    "=",
    " in ",
    " is ",
    " aka ",
    "absent",
    "present",
    "contains ",
    "like \"*a*\"",
    "matches r\".\"",
    "9223372036854775807",
    "-9223372036854775808",
    "99999999999999999999",
    "0",
    "-1",
    "1.5h",
    "90m",
    "1h30m",
    "20MB",
    "50%",
    "every(15m, times: 3)",
    "true",
    "false",
    "handler",
    "error",
    "module",
    "status",
    "message",
    "first",
    "DataError",
    "DataErorr",
    "\u{feff}",
    "\u{202e}",
    "\u{0}",
    "é",
    "\u{1F600}",
    "example { module: 2, error: DataError }",
    " with a: 1",
    "policy 1\n",
    "extends default\n",
    "use make\n",
    "enum E open { a, b is a aka c }\n",
    "fact f: int 1..3 ?\n",
    "outcome o(a: text = \"b\")\n",
    "disable review\n",
    "replace review: ",
    " before review",
    " after review",
    "store(retry, after: [1m])",
    "store(manual)",
];

/// Pieces that matter to events.
const EVENT_WORDS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\\"",
    "\\u0065",
    "\\ud800",
    ",",
    ":",
    "=",
    "\n",
    "\r",
    " ",
    "null",
    "true",
    "-0",
    "-1",
    "4.0",
    "1e999",
    "9223372036854775808",
    "503",
    "\"2s\"",
    "\"1.5h\"",
    "\"2MB\"",
    "\"commit\"",
    "\"verde\"",
    "\"DataError\"",
    "\"Nobody\"",
    "\"error\":",
    "\"module\":",
    "\"colour\":",
    "\"label\":",
    "\"weight\":",
    "\"phase\":",
    "\"exit_code\":",
    "error=",
    "module=2",
    ",colour=green",
    ",weight=",
    "\u{feff}",
    "\u{0}",
    "é",
];
