//! What holds of any document, over the data and what a few changes make of it.
//!
//! `REDRESS_FUZZ_ROUNDS=100000` lets it go on for longer.

use redress::Policy;
use redress_convert::{Format, export, import};

use crate::{data, files};

/// Reading never panics; what is refused has a reason with a place; what is imported loads, and its names differ.
fn target(data: &[u8]) {
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

fn mutated(data: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut data = data.to_vec();
    for _ in 0..1 + random.below(3) {
        let at = random.below(data.len() + 1);
        let piece = random.range(data.len(), 24);
        match random.below(8) {
            0 => drop(data.drain(piece)),
            1 => {
                let copy = data[piece].to_vec();
                data.splice(at..at, copy);
            }
            2 => drop(data.splice(at..at, other[random.range(other.len(), 80)].to_vec())),
            3 if at < data.len() => data[at] = random.below(256) as u8,
            4 => {
                // A value for a value: most of what is made so is still JSON.
                let Some(colon) = data.iter().skip(at).position(|&byte| byte == b':') else {
                    continue;
                };
                let start = at + colon + 1;
                let end = data.iter().skip(start).position(|byte| b",}".contains(byte));
                let end = end.map_or(data.len(), |end| start + end);
                let values =
                    [&b"0"[..], b"3", b"1.5", b"\"FULL\"", b"\"x\"", b"[\"States.ALL\"]", b"null"];
                data.splice(start..end, values[random.below(values.len())].iter().copied());
            }
            5 => drop(data.splice(piece, WORDS[random.below(WORDS.len())].bytes())),
            _ => drop(data.splice(at..at, WORDS[random.below(WORDS.len())].bytes())),
        }
    }
    data
}

#[test]
fn what_is_made_of_documents_is_sound() {
    let mut corpus: Vec<Vec<u8>> = data("states/rules.jsonl").lines().map(|l| l.into()).collect();
    corpus.truncate(60);
    let whole =
        files("data/states", ".asl.json").into_iter().chain(files("cases/refused", ".json"));
    let whole = whole.chain(files("data/grpc", ".json"));
    corpus.extend(whole.map(|(_, bytes)| bytes).filter(|bytes| bytes.len() < 4_096));
    corpus.iter().for_each(|document| target(document));
    let rounds = std::env::var("REDRESS_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    let mut random = Random(0x5eed);
    for _ in 0..rounds.unwrap_or(1_500) {
        let document = &corpus[random.below(corpus.len())];
        let other = &corpus[random.below(corpus.len())];
        let made = mutated(document, other, &mut random);
        if let Err(panic) = std::panic::catch_unwind(|| target(&made)) {
            eprintln!("fails on\n{}", String::from_utf8_lossy(&made));
            std::panic::resume_unwind(panic);
        }
    }
}
