//! How long it takes to load a policy, beside what the parser alone takes for the same text, and how much memory.
//!
//! `cargo bench -p redress-benches --bench load`, or with `-- 1000` for one size alone
//!
//! The parser is generated from the same grammar and its pairs are dropped. Times are those of the thread on the
//! processor; the two take turns, and the middle of all rounds counts.

// What is generated for each rule of the grammar needs no documentation here.
#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use allocation_counter::measure;
use cpu_time::ThreadTime;
use pest::Parser;
use redress::{Limits, PolicyLoader};
use redress_benches::{first_family, realistic};

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/policy.pest"]
struct Grammar;

/// What writes so many rules of a family.
type Written = fn(usize) -> String;

/// The families by their names.
const FAMILIES: [(&str, Written); 2] =
    [("first", |rules| first_family(rules).rules.to_string()), ("realistic", realistic)];

/// Sizes, and how often each is read.
const SIZES: [(usize, usize); 3] = [(1_000, 15), (10_000, 7), (100_000, 3)];

fn main() {
    println!(
        "family     rules    text      parser    load      ratio  a rule   allocations  at most    at rest"
    );
    let only: Option<usize> = std::env::args().find_map(|argument| argument.parse().ok());
    for (family, written) in FAMILIES {
        for (rules, rounds) in
            SIZES.into_iter().filter(|(rules, _)| only.is_none_or(|o| o == *rules))
        {
            report(family, rules, &written(rules), rounds);
        }
    }
}

fn report(family: &str, rules: usize, text: &str, rounds: usize) {
    let (parser, load) = times(text, rounds);
    let memory = measure(|| {
        // What is kept at the end of the measurement is what the policy holds.
        std::mem::forget(black_box(load_policy(text)));
    });
    let ratio = load.as_secs_f64() / parser.as_secs_f64();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
    println!(
        "{family:<10} {rules:<8} {:<4} B/r  {:<6.1} ms {:<6.1} ms {ratio:<5.2}  {:<5.2} µs {:<4.1} a rule  {:<5} B/r  {} B/r",
        text.len() / rules,
        milliseconds(parser),
        milliseconds(load),
        load.as_secs_f64() * 1e6 / rules as f64,
        memory.count_total as f64 / rules as f64,
        memory.bytes_max / rules as u64,
        memory.bytes_current / rules as i64,
    );
}

/// What the parser and the whole load take, in the middle of all rounds.
fn times(text: &str, rounds: usize) -> (Duration, Duration) {
    let mut parser = Vec::with_capacity(rounds);
    let mut load = Vec::with_capacity(rounds);
    for _ in 0..rounds {
        parser.push(time(|| parse(text)));
        load.push(time(|| load_policy(text)));
    }
    (median(parser), median(load))
}

fn time<T>(work: impl FnOnce() -> T) -> Duration {
    let start = ThreadTime::now();
    black_box(work());
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Reads a text to its end, a piece at a time as the library does; gives how many pieces there are.
#[allow(clippy::expect_used, reason = "the grammar takes any text")]
fn parse(text: &str) -> usize {
    let (mut at, mut pieces) = (0, 0);
    loop {
        let mut pairs = Grammar::parse(Rule::piece, &text[at..]).expect("the grammar takes it");
        match pairs.next() {
            Some(pair) if pair.as_rule() != Rule::EOI => at += pair.as_span().end(),
            _ => return pieces,
        }
        pieces += 1;
    }
}

#[allow(clippy::expect_used, reason = "the text is right")]
fn load_policy(text: &str) -> redress::Policy {
    // The rules of the base count, too.
    let mut limits = Limits::default();
    limits.rules *= 2;
    let loader = PolicyLoader::bundled_only().limits(limits);
    loader.parse("policy", text).expect("the policy loads")
}
