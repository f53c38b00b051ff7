//! What Redress sets itself as targets, and whether this run met them.

use crate::contender::Start;
use crate::contestants as who;
use crate::figures::{Family, Findings};
use crate::measure::Measured;

/// A target and what was measured.
pub struct Target {
    /// What is asked.
    pub what: String,
    /// The bound, as it is said.
    pub bound: String,
    /// What was measured, as it is said.
    pub measured: String,
    /// Whether it was met.
    pub met: bool,
}

/// All targets of which this run measured what they speak of.
pub fn targets(findings: &Findings) -> Vec<Target> {
    let mut targets = documented(findings).unwrap_or_default();
    targets.extend(other_starts(findings));
    targets.extend(first_family(findings));
    targets.extend(beside_linear(findings));
    targets.extend(loading(findings));
    targets.extend(findings.threads.iter().map(|threads| {
        let factor = 2.0 * threads.alone / threads.together;
        at_least(
            format!(
                "two threads over one, {}, {} rules, by CPU time",
                threads.family.name(),
                threads.rules
            ),
            1.9,
            factor,
        )
    }));
    targets
}

fn documented(findings: &Findings) -> Option<Vec<Target>> {
    let find = |name| findings.find(Family::Documented, 4, name, Start::Struct);
    let (ours, by_match) = (find(who::REDRESS)?, find(who::MATCH)?);
    let (lists, sets) = (find(who::PLAIN_LISTS)?, find(who::PLAIN_SETS)?);
    let plainest = lists.replayed.min(sets.replayed);
    let mut targets = vec![
        at_most(
            "documented policy from a struct, replayed, over the faster of the plainest interpreters".into(),
            1.5,
            ours.replayed / plainest,
        ),
        at_most(
            "documented policy from a struct, unseen, over the `match`".into(),
            2.5,
            ours.unseen? / by_match.unseen?,
        ),
    ];
    if let Some(peer) = findings.fastest_peer(Family::Documented, 4, Start::Struct) {
        targets.push(at_least(
            format!(
                "documented policy from a struct: the fastest other engine, {}, over Redress",
                peer.name
            ),
            2.0,
            peer.replayed / ours.replayed,
        ));
    }
    if let Some(interned) = findings.find(Family::Documented, 4, who::INTERNED, Start::Prepared) {
        let slower = interned.unseen.unwrap_or(interned.replayed).max(interned.replayed);
        targets.push(Target {
            what: "documented policy, names interned, the slower of replayed and unseen".into(),
            bound: "at most 5 ns".into(),
            measured: format!("{slower:.1} ns"),
            met: slower <= 5.0,
        });
    }
    Some(targets)
}

/// From what is dynamic, faster than every other engine from the same.
fn other_starts(findings: &Findings) -> Vec<Target> {
    let mut targets = Vec::new();
    for (family, rules) in [(Family::Documented, 4), (Family::First, 1_000)] {
        for start in [Start::Names, Start::Map, Start::Text] {
            let ours = findings.find(family, rules, who::REDRESS, start);
            let peer = findings.fastest_peer(family, rules, start);
            if let (Some(ours), Some(peer)) = (ours, peer) {
                let what = format!(
                    "{}, {rules} rules, from {}: the fastest other engine, {}, over Redress",
                    family.name(),
                    start.name(),
                    peer.name,
                );
                targets.push(at_least(what, 1.0, peer.replayed / ours.replayed));
            }
        }
    }
    targets
}

fn first_family(findings: &Findings) -> Vec<Target> {
    let of = |rules, name| findings.find(Family::First, rules, name, Start::Struct);
    let mut targets = Vec::new();
    for (kind, pace) in KINDS {
        let least = of(10, who::REDRESS).and_then(pace);
        let most = of(100_000, who::REDRESS).and_then(pace);
        if let (Some(least), Some(most)) = (least, most) {
            let what = format!("first family from a struct, {kind}, 100,000 rules over 10");
            targets.push(at_most(what, 4.0, most / least));
        }
    }
    for rules in [1_000, 10_000] {
        for (kind, pace) in KINDS {
            let ours = of(rules, who::REDRESS).and_then(pace);
            let index = of(rules, who::HASH_INDEX).and_then(pace);
            if let (Some(ours), Some(index)) = (ours, index) {
                let what = format!(
                    "first family from a struct, {rules} rules, {kind}, over the hash index"
                );
                targets.push(at_most(what, 3.0, ours / index));
            }
        }
        let peer = findings.fastest_peer(Family::First, rules, Start::Struct);
        if let (Some(ours), Some(peer)) = (of(rules, who::REDRESS), peer) {
            targets.push(at_least(
                format!(
                    "first family from a struct, {rules} rules: the fastest other engine, {}, over Redress",
                    peer.name
                ),
                50.0,
                peer.replayed / ours.replayed,
            ));
        }
    }
    targets
}

/// Ways to look at a contestant.
const KINDS: [(&str, fn(&Measured) -> Option<f64>); 2] =
    [("replayed", |measured| Some(measured.replayed)), ("unseen", |measured| measured.unseen)];

fn beside_linear(findings: &Findings) -> Vec<Target> {
    let mut targets = Vec::new();
    for family in [Family::Second, Family::Third] {
        let of = |name| findings.find(family, 10_000, name, Start::Struct);
        if let (Some(ours), Some(linear)) = (of(who::REDRESS), of(who::LINEAR)) {
            let what =
                format!("{}, 10,000 rules: the linear interpreter over Redress", family.name());
            targets.push(at_least(what, 10.0, linear.replayed / ours.replayed));
        }
    }
    targets
}

fn loading(findings: &Findings) -> Vec<Target> {
    let of = |rules| findings.loads.iter().find(|load| load.rules == rules);
    let (Some(many), Some(most)) = (of(10_000), of(100_000)) else { return Vec::new() };
    let per_rule = many.bytes as f64 / many.rules as f64;
    vec![
        at_most("loading 10,000 rules, over pest alone".into(), 4.0, many.redress / many.pest),
        at_most(
            "loading 100,000 rules, over ten times 10,000, each in a process of its own (linear, with a tenth to spare)".into(),
            1.1,
            most.alone / (10.0 * many.alone),
        ),
        Target {
            what: "first family, 10,000 rules at rest, a rule".into(),
            bound: "at most 1,000 bytes".into(),
            measured: format!("{per_rule:.0} bytes"),
            met: per_rule <= 1_000.0,
        },
    ]
}

fn at_most(what: String, bound: f64, ratio: f64) -> Target {
    let measured = format!("{ratio:.2} ×");
    Target { what, bound: format!("at most {bound} ×"), measured, met: ratio <= bound }
}

fn at_least(what: String, bound: f64, ratio: f64) -> Target {
    let measured = if ratio < 100.0 { format!("{ratio:.2} ×") } else { format!("{ratio:.0} ×") };
    Target { what, bound: format!("at least {bound} ×"), measured, met: ratio >= bound }
}
