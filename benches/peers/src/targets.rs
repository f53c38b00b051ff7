//! What Redress sets itself as targets. All of a part that was measured stand in the document, whatever came of them.

use crate::contender::Start;
use crate::contestants as who;
use crate::document::named;
use crate::figures::{Family, Findings, Meeting};
use crate::part::Part;
use crate::target::{Bound, OnBoth, Target, Unit};
use crate::threads::POLICIES;

/// The targets of the parts that were wanted.
pub fn targets(findings: &Findings, wanted: impl Fn(Part) -> bool) -> Vec<Target> {
    type Judge = fn(&Findings) -> Vec<Target>;
    let judges: [(Part, Judge); 5] = [
        (Part::Documented, documented),
        (Part::First, first_family),
        (Part::Others, beside_linear),
        (Part::Loading, loading),
        (Part::Threads, threads),
    ];
    let wanted = judges.into_iter().filter(|(part, _)| wanted(*part));
    wanted.flat_map(|(_, judge)| judge(findings)).collect()
}

const TIMES: fn(f64) -> Bound = |limit| Bound::at_most(limit, Unit::Times);

fn documented(findings: &Findings) -> Vec<Target> {
    let policy = On { findings, family: Family::Documented, rules: 4 };
    let find = |name| policy.paces(name, Start::Struct);
    let ours = find(who::REDRESS);
    let plainest = pairs(find(who::PLAIN_LISTS), find(who::PLAIN_SETS), f64::min);
    let mut targets = vec![
        Target::on_both(
            "documented policy from a struct, over the faster of the plainest interpreters",
            TIMES(1.5),
            over(ours, plainest),
        ),
        Target::on_both(
            "documented policy from a struct, over the `match`",
            TIMES(2.5),
            over(ours, find(who::MATCH)),
        ),
        policy.fastest_peer(Start::Struct, 2.0),
        Target::on_both(
            "documented policy, names interned",
            Bound::at_most(5.0, Unit::Nanoseconds),
            policy.paces(who::INTERNED, Start::Prepared),
        ),
    ];
    targets.extend(policy.other_starts());
    targets
}

fn first_family(findings: &Findings) -> Vec<Target> {
    let of = |rules| On { findings, family: Family::First, rules };
    let mut targets = of(1_000).other_starts();
    let ours = |rules| of(rules).paces(who::REDRESS, Start::Struct);
    targets.push(Target::on_both(
        "first family from a struct, 100,000 rules over 10",
        TIMES(4.0),
        over(ours(100_000), ours(10)),
    ));
    for rules in [1_000, 10_000] {
        targets.push(Target::on_both(
            format!("{}, from a struct, over the hash index", of(rules).name()),
            TIMES(3.0),
            over(ours(rules), of(rules).paces(who::HASH_INDEX, Start::Struct)),
        ));
        targets.push(of(rules).fastest_peer(Start::Struct, 50.0));
    }
    targets
}

fn beside_linear(findings: &Findings) -> Vec<Target> {
    let judge = |family| {
        let policy = On { findings, family, rules: 10_000 };
        let paces = |name| policy.paces(name, Start::Struct);
        Target::on_both(
            format!("{}: the linear interpreter over Redress", policy.name()),
            Bound::at_least(10.0),
            over(paces(who::LINEAR), paces(who::REDRESS)),
        )
    };
    [Family::Second, Family::Third].into_iter().map(judge).collect()
}

fn loading(findings: &Findings) -> Vec<Target> {
    let of = |rules| findings.loads.iter().find(|load| load.rules == rules);
    let (many, most) = (of(10_000), of(100_000));
    let linear = many.zip(most).map(|(many, most)| most.alone / (10.0 * many.alone));
    vec![
        Target::of(
            "loading 10,000 rules, over pest alone",
            TIMES(4.0),
            many.map(|many| many.redress / many.pest),
        ),
        Target::of(
            "loading 100,000 rules, over ten times 10,000, each in a process of its own (linear, with a tenth to spare)",
            TIMES(1.1),
            linear,
        ),
        Target::of(
            "first family, 10,000 rules at rest, a rule",
            Bound::at_most(1_000.0, Unit::Bytes),
            many.map(|many| many.bytes as f64 / many.rules as f64),
        ),
    ]
}

fn threads(findings: &Findings) -> Vec<Target> {
    let judge = |(family, rules)| {
        let mut all = findings.threads.iter();
        let found = all.find(|threads| threads.family == family && threads.rules == rules);
        Target::of(
            format!(
                "{}: two threads on one policy over one thread, by the clock on the wall, where the better of two that \
                 share nothing counts as 2",
                named(family, rules)
            ),
            Bound::at_least(1.9),
            found.map(|threads| 2.0 * threads.of_the_best),
        )
    };
    POLICIES.into_iter().map(judge).collect()
}

/// A policy that was decided by.
#[derive(Clone, Copy)]
struct On<'a> {
    findings: &'a Findings,
    family: Family,
    rules: usize,
}

impl On<'_> {
    fn name(self) -> String {
        named(self.family, self.rules)
    }

    /// What a contestant takes.
    fn paces(self, name: &str, start: Start) -> OnBoth {
        let measured = self.findings.find(self.family, self.rules, name, start);
        Meeting::BOTH.map(|meeting| measured.map(|measured| meeting.pace(measured)))
    }

    /// From what is dynamic, faster than every other engine from the same.
    fn other_starts(self) -> Vec<Target> {
        [Start::Names, Start::Map, Start::Text].map(|start| self.fastest_peer(start, 1.0)).into()
    }

    /// So many times as fast as the other engine that is the fastest there.
    fn fastest_peer(self, start: Start, times: f64) -> Target {
        let peers = Meeting::BOTH
            .map(|meeting| self.findings.fastest_peer(self.family, self.rules, start, meeting));
        let theirs = [0, 1].map(|at| peers[at].map(|peer| Meeting::BOTH[at].pace(peer)));
        let mut names: Vec<&str> = peers.iter().flatten().map(|peer| peer.name).collect();
        names.dedup();
        let what = format!(
            "{}, from {}: the fastest other engine over Redress",
            self.name(),
            start.with_article()
        );
        let ratios = over(theirs, self.paces(who::REDRESS, start));
        Target::on_both(what, Bound::at_least(times), ratios).with(&names.join("; "))
    }
}

fn over(one: OnBoth, other: OnBoth) -> OnBoth {
    pairs(one, other, |one, other| one / other)
}

fn pairs(one: OnBoth, other: OnBoth, of: fn(f64, f64) -> f64) -> OnBoth {
    [0, 1].map(|at| one[at].zip(other[at]).map(|(one, other)| of(one, other)))
}
