//! For tests of whatever reads foreign bytes: a corpus, and what a few changes make of it.
//!
//! The same seed gives the same data, so that what fails fails again. It needs no compiler but the stable one; the
//! fuzzer in the folder `fuzz`, which learns which data is of interest, does.
//!
//! * `REDRESS_FUZZ_ROUNDS=100000` lets it go on for longer.
//! * `REDRESS_FUZZ_SEED=7` makes other data.

use std::env;
use std::ops::Range;
use std::panic::{catch_unwind, resume_unwind};
use std::str::FromStr;

use fastrand::Rng;

/// What has to hold of any bytes; it panics where that does not hold.
pub type Target = fn(&[u8]);

/// Named targets that all read the same kind of data.
pub type Targets<'a> = &'a [(&'a str, Target)];

/// Data with the name that says where it comes from.
pub type Corpus = [(String, Vec<u8>)];

/// No more changes than so many are made to one piece of data.
const MOST_CHANGES: usize = 4;

/// The longest piece that is taken out or doubled.
const LONGEST_PIECE: usize = 24;

/// The longest piece that is taken from other data.
const LONGEST_FOREIGN_PIECE: usize = 80;

/// Runs targets on data as it is, and shows the data where one of them fails.
///
/// # Panics
/// Where a target does.
pub fn run(targets: Targets<'_>, name: &str, data: &[u8]) {
    for (target, function) in targets {
        if let Err(panic) = catch_unwind(|| function(data)) {
            let shown = String::from_utf8_lossy(data);
            eprintln!("target `{target}` fails on what was made of {name}:\n{shown}");
            resume_unwind(panic);
        }
    }
}

/// Runs targets on what a few changes make of a corpus; words that matter to them stand among the changes.
///
/// # Panics
/// Where a target does, or where there is no corpus or no word.
pub fn run_changed(targets: Targets<'_>, corpus: &Corpus, words: &[&str], rounds: usize) {
    let mut chance = Rng::with_seed(from_environment("REDRESS_FUZZ_SEED").unwrap_or(0x5eed));
    for _ in 0..from_environment("REDRESS_FUZZ_ROUNDS").unwrap_or(rounds) {
        let (name, data) = &corpus[chance.usize(..corpus.len())];
        let (_, other) = &corpus[chance.usize(..corpus.len())];
        run(targets, name, &changed(data, other, words, &mut chance));
    }
}

fn from_environment<T: FromStr>(name: &str) -> Option<T> {
    env::var(name).ok()?.parse().ok()
}

/// The data with a few changes: pieces taken out, put in, doubled, swapped or taken from other data.
fn changed(data: &[u8], other: &[u8], words: &[&str], chance: &mut Rng) -> Vec<u8> {
    let mut data = data.to_vec();
    for _ in 0..chance.usize(1..=MOST_CHANGES) {
        let at = chance.usize(..=data.len());
        let piece = piece(data.len(), LONGEST_PIECE, chance);
        let word = words[chance.usize(..words.len())].bytes();
        match chance.u8(..9) {
            0 => drop(data.drain(piece)),
            1 => data.splice(at..at, data[piece].to_vec()).for_each(drop),
            2 => {
                let foreign = &other[self::piece(other.len(), LONGEST_FOREIGN_PIECE, chance)];
                drop(data.splice(at..at, foreign.iter().copied()));
            }
            3 => data.truncate(at),
            4 if at < data.len() => data[at] = chance.u8(..),
            5 => drop(data.splice(piece, word)),
            6 => drop(data.splice(value(&data, at), word)),
            _ => drop(data.splice(at..at, word)),
        }
    }
    data
}

fn piece(length: usize, longest: usize, chance: &mut Rng) -> Range<usize> {
    let start = chance.usize(..=length);
    start..(start + chance.usize(..longest)).min(length)
}

/// What stands behind the next `:`, so that a value takes the place of a value.
fn value(data: &[u8], at: usize) -> Range<usize> {
    let find = |from: usize, wanted: &[u8]| {
        let found = data[from..].iter().position(|byte| wanted.contains(byte));
        found.map_or(data.len(), |place| from + place)
    };
    let start = (find(at, b":") + 1).min(data.len());
    start..find(start, b",}\n")
}
