//! What policies hold, what loading costs, and what threads are worth.

use super::named;
use crate::figures::Findings;
use crate::prose::wrapped;
use crate::table::{Table, time, times, whole};

/// The bytes that policies hold.
pub fn memory(findings: &Findings) -> String {
    if findings.at_rest.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["policy", "bytes at rest", "bytes a rule"]);
    for rest in &findings.at_rest {
        let per_rule = rest.bytes as f64 / rest.rules as f64;
        table.row([
            named(rest.family, rest.rules),
            whole(usize::try_from(rest.bytes).unwrap_or_default()),
            whole(per_rule.round() as usize),
        ]);
    }
    let begin = wrapped(
        "What a loaded policy holds, its text, places and documentation included; a policy without rules of its own \
         holds the standard vocabulary.",
    );
    format!("## Memory\n\n{begin}\n{table}")
}

/// Reading policies.
pub fn loading(findings: &Findings) -> String {
    if findings.loads.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        "rules",
        "text",
        "pest alone",
        "pest, MB/s",
        "Redress: parse, check, compile",
        "in a process of its own",
        "over pest",
        "bytes a rule at rest",
    ]);
    for load in &findings.loads {
        table.row([
            whole(load.rules),
            format!("{} kB", whole((load.text as f64 / 1e3).round() as usize)),
            time(load.pest),
            format!("{:.0}", load.text as f64 * 1e3 / load.pest),
            time(load.redress),
            time(load.alone),
            format!("{:.2} ×", load.redress / load.pest),
            whole((load.bytes as f64 / load.rules as f64).round() as usize),
        ]);
    }
    let begin = wrapped(
        "The first family's text, read by pest with the same grammar, and loaded by Redress with everything that is \
         proved of it. Both read the same text several times, so small policies find the memory of the load before; \
         in a process of its own all memory is new, as it is where a program begins.",
    );
    format!("## Loading\n\n{begin}\n{table}")
}

/// One thread and two.
pub fn threads(findings: &Findings) -> String {
    if findings.threads.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        "policy",
        "one thread, CPU",
        "each of two, CPU",
        "two on one policy",
        "two with a policy each",
        "two that compute",
        "of the better of these",
        "turns",
    ]);
    for one in &findings.threads {
        table.row([
            named(one.family, one.rules),
            time(one.alone),
            time(one.together),
            times(one.shared),
            times(one.private),
            times(one.arithmetic),
            times(one.of_the_best),
            whole(one.turns),
        ]);
    }
    let begin = wrapped(
        "Decisions of two threads that share one policy. Time on the processor does not show what threads wait for, so \
         the columns with × are by the clock on the wall: what two threads do in a second, over one. As that clock \
         counts whatever else the machine does, which only ever adds to it, the quickest of many short turns counts. \
         Two threads that have a policy each, and two that do arithmetic and share nothing, take turns with them; \
         sharing is held against the better of these.",
    );
    format!("## Threads\n\n{begin}\n{table}")
}
