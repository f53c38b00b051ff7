//! The fuzzer's targets on stable: over the kept corpus, and over what a few changes make of it.
//!
//! `REDRESS_FUZZ_ROUNDS=100000` lets it go on for longer.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

use std::fs;
use std::path::{Path, PathBuf};

use super::fuzz_targets::{check, decide, event, format, parse};

type Target = fn(&[u8]);

/// The targets that read policies; `event` reads events.
const POLICIES: &[(&str, Target)] =
    &[("parse", parse), ("check", check), ("format", format), ("decide", decide)];
const EVENTS: &[(&str, Target)] = &[("event", event)];

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

/// Runs all of these targets, and shows the input if one of them fails.
fn run(targets: &[(&str, Target)], name: &str, data: &[u8]) {
    for (target, function) in targets {
        if let Err(panic) = std::panic::catch_unwind(|| function(data)) {
            eprintln!(
                "target `{target}` fails on what was made of {name}:\n{}",
                String::from_utf8_lossy(data)
            );
            std::panic::resume_unwind(panic);
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
    run_changed(POLICIES, &corpus, WORDS);
}

#[test]
fn what_is_made_of_events_is_sound() {
    run_changed(EVENTS, &events(), EVENT_WORDS);
}

/// Runs the targets on what a few changes make of the corpus.
fn run_changed(targets: &[(&str, Target)], corpus: &[(String, Vec<u8>)], words: &[&str]) {
    let rounds = std::env::var("REDRESS_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let seed = std::env::var("REDRESS_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok());
    let mut random = Random(seed.unwrap_or(0x5eed));
    for _ in 0..rounds.unwrap_or(2_000) {
        let (name, data) = &corpus[random.below(corpus.len())];
        let (_, other) = &corpus[random.below(corpus.len())];
        run(targets, name, &mutated(data, other, words, &mut random));
    }
}

/// A generator of numbers that gives the same ones each time (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound.max(1)
    }

    fn range(&mut self, length: usize, longest: usize) -> std::ops::Range<usize> {
        let start = self.below(length + 1);
        start..(start + self.below(longest)).min(length)
    }
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

/// The data with a few changes: pieces taken out, put in, doubled, swapped or taken from other data.
fn mutated(data: &[u8], other: &[u8], words: &[&str], random: &mut Random) -> Vec<u8> {
    let mut data = data.to_vec();
    for _ in 0..1 + random.below(4) {
        let at = random.below(data.len() + 1);
        let piece = random.range(data.len(), 24);
        match random.below(8) {
            0 => drop(data.drain(piece)),
            1 => {
                let copy = data[piece].to_vec();
                data.splice(at..at, copy);
            }
            2 => drop(data.splice(at..at, other[random.range(other.len(), 80)].to_vec())),
            3 => data.truncate(at),
            4 if at < data.len() => data[at] = random.below(256) as u8,
            5 => drop(data.splice(piece, words[random.below(words.len())].bytes())),
            _ => drop(data.splice(at..at, words[random.below(words.len())].bytes())),
        }
    }
    data
}
