//! Reading a policy of many rules: Redress, and pest with the same grammar.

use std::process::Command;

use cpu_time::ThreadTime;
use pest::Parser;
use redress::Policy;
use redress_benches::first_family;

use crate::entries::Refused;
use crate::families::SIZES;
use crate::figures::{Findings, Load};
use crate::measure::{Effort, median};

/// The parser that is generated from the grammar, and nothing else.
mod grammar {
    #![allow(missing_docs, reason = "generated")]

    /// Reads a policy into pest's own pairs.
    #[derive(pest_derive::Parser)]
    #[grammar = "../../grammar/policy.pest"]
    pub struct Grammar;
}

use grammar::{Grammar, Rule};

/// Prints the nanoseconds that one load of so many rules takes, and nothing else: what a process of its own does.
pub fn alone(rules: usize) -> Result<(), Refused> {
    let text = first_family(rules).rules.to_string();
    let start = ThreadTime::now();
    let policy = Policy::parse(&text)?;
    println!("{}", start.elapsed().as_nanos());
    drop(policy);
    Ok(())
}

/// What [`alone`] prints in a process of its own.
fn in_own_process(rules: usize) -> Result<f64, Refused> {
    let mut program = Command::new(std::env::current_exe()?);
    let output = program.args(["--load-alone", &rules.to_string()]).output()?;
    Ok(String::from_utf8(output.stdout)?.trim().parse()?)
}

/// More rounds than this take too long where a load takes seconds.
const MOST_ROUNDS: usize = 7;
/// The rounds at the largest size.
const ROUNDS_OF_LARGEST: usize = 3;

/// Measures both at each size.
pub fn run(effort: Effort, findings: &mut Findings) -> Result<(), Refused> {
    for rules in SIZES {
        let largest = rules == SIZES[SIZES.len() - 1];
        let rounds = effort.rounds.min(if largest { ROUNDS_OF_LARGEST } else { MOST_ROUNDS });
        findings.loads.push(load(rules, rounds)?);
    }
    Ok(())
}

fn load(rules: usize, rounds: usize) -> Result<Load, Refused> {
    let text = first_family(rules).rules.to_string();
    let (mut redress, mut alone, mut pest, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..rounds {
        let start = ThreadTime::now();
        let pieces = pieces(&text)?;
        pest.push(start.elapsed().as_nanos() as f64);
        assert_eq!(pieces, rules + 1, "the rules and `otherwise`");
        let start = ThreadTime::now();
        let policy = Policy::parse(&text)?;
        redress.push(start.elapsed().as_nanos() as f64);
        drop(policy);
        alone.push(in_own_process(rules)?);
    }
    let mut policy = None;
    let counted = allocation_counter::measure(|| policy = Some(Policy::parse(&text)));
    if policy.is_some() {
        bytes = counted.bytes_current;
    }
    let middle = |values| median(values).unwrap_or(f64::NAN);
    Ok(Load {
        rules,
        text: text.len(),
        redress: middle(redress),
        alone: middle(alone),
        pest: middle(pest),
        bytes,
    })
}

/// Reads a text to its end, a piece at a time as the library does; gives how many pieces there are.
fn pieces(text: &str) -> Result<usize, Refused> {
    let (mut at, mut pieces) = (0, 0);
    loop {
        let mut pairs = Grammar::parse(Rule::piece, &text[at..])?;
        match pairs.next() {
            Some(pair) if pair.as_rule() != Rule::EOI => at += pair.as_span().end(),
            _ => return Ok(pieces),
        }
        pieces += 1;
    }
}
