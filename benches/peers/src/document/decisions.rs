//! What decisions cost.

use super::named;
use crate::contender::Start;
use crate::contestants::{self as who, CONTESTANTS};
use crate::figures::{Family, Findings, Meeting};
use crate::measure::Measured;
use crate::prose::wrapped;
use crate::table::{Table, mean, time, whole};

/// Everybody on the documented policy.
pub fn documented(findings: &Findings) -> String {
    let begin = "## The documented policy\n\nThe four documented rules of the default policy.";
    starts(findings, Family::Documented, 4, begin)
}

/// A table of everybody on one policy, from every starting point.
fn starts(findings: &Findings, family: Family, rules: usize, begin: &str) -> String {
    let mut measured: Vec<&Measured> = findings.of(family, rules).collect();
    if measured.is_empty() {
        return String::new();
    }
    measured.sort_by(|one, other| {
        one.start.cmp(&other.start).then(one.replayed.total_cmp(&other.replayed))
    });
    let mut table = Table::new([
        "who",
        "from",
        "replayed",
        "unseen",
        "allocations",
        "events compared",
        "events a turn",
    ]);
    for one in measured {
        table.row([
            bold_if_ours(one.name),
            one.start.name().to_owned(),
            time(one.replayed),
            time(one.unseen),
            mean(one.allocations),
            whole(one.checked),
            whole(one.events),
        ]);
    }
    format!("{begin}\n\n{table}")
}

fn bold_if_ours(name: &str) -> String {
    if name.starts_with(who::REDRESS) { format!("**{name}**") } else { name.to_owned() }
}

/// The policies that grow, each with its plot where it has one.
pub fn families(findings: &Findings) -> String {
    let first = format!(
        "The first family: rules like `when app == \"a7\" and error in [X, Y] and status in 400..499 and attempt < 4 \
         => …`, about one application in {} rules. Each rule is as likely as any other to be the one that a call is \
         like.",
        redress_benches::RULES_PER_APP
    );
    let second = "The second family has nothing to hash on: `contains`, `starts with`, `ends with`, `like`, some \
                  `matches`, and ranges of numbers.";
    let third = "In the third family each rule asks a random mix of everything, `or` and `not` included, and events \
                 lack some of what may be absent.";
    let plot =
        "![time of a decision against the number of rules](images/benchmarks.svg)\n\n".to_owned();
    [
        (Family::First, "Rules keyed by application and error, with ranges", first.as_str(), plot),
        (Family::Second, "Text patterns and ranges only", second, String::new()),
        (Family::Third, "A random mix", third, String::new()),
    ]
    .into_iter()
    .filter(|(family, ..)| !findings.sizes(*family).is_empty())
    .map(|(family, title, begin, plot)| {
        let (begin, turns) = (wrapped(begin), wrapped(&turns(findings, family)));
        let tables = Meeting::BOTH.map(|meeting| {
            format!("From a struct, {}:\n\n{}", meeting.name(), growth(findings, family, meeting))
        });
        let begin_starts = "From every starting point, at 1,000 rules:";
        let starts = match family {
            Family::First => format!("\n{}", starts(findings, family, 1_000, begin_starts)),
            _ => String::new(),
        };
        format!("## {title}\n\n{begin}\n{turns}\n{plot}{}{starts}\n", tables.join("\n"))
    })
    .collect()
}

/// How many events are decided in a turn: policies of all sizes have to meet equally many.
fn turns(findings: &Findings, family: Family) -> String {
    let figures = || findings.figures.iter().filter(move |figure| figure.family == family);
    let turn_of = |ours: bool| {
        figures()
            .filter(move |figure| figure.measured.name.starts_with(who::REDRESS) == ours)
            .map(|figure| figure.measured.events)
    };
    let (Some(least), Some(most)) = (turn_of(true).min(), turn_of(true).max()) else {
        return String::new();
    };
    let ours = if least == most {
        format!("Redress decides {} events in each turn, at each size.", whole(most))
    } else {
        format!(
            "Redress decides from {} to {} events in a turn: **fewer at some sizes, so do not compare these**.",
            whole(least),
            whole(most)
        )
    };
    match turn_of(false).min() {
        Some(fewest) if fewest < most => format!(
            "{ours} Who takes longer decides fewer, down to {}, which its caches and the branch predictor know the \
             better.",
            whole(fewest)
        ),
        _ => ours,
    }
}

/// A table of everybody from a struct, a column a size.
fn growth(findings: &Findings, family: Family, meeting: Meeting) -> Table {
    let sizes = findings.sizes(family);
    let head = sizes.iter().map(|&rules| format!("{} rules", whole(rules)));
    let mut table = Table::new(["who".to_owned()].into_iter().chain(head));
    for contestant in CONTESTANTS {
        for start in [Start::Struct, Start::Prepared] {
            // Prepared inputs are compared at one size; only what has them at all sizes is worth a row here.
            let measured = |&rules: &usize| findings.find(family, rules, contestant.name, start);
            let paces: Vec<f64> = sizes
                .iter()
                .map(|rules| measured(rules).map_or(f64::NAN, |one| meeting.pace(one)))
                .collect();
            let count = paces.iter().filter(|pace| pace.is_finite()).count();
            if count == 0 || start == Start::Prepared && count < sizes.len() {
                continue;
            }
            let mut name = bold_if_ours(contestant.name);
            if start == Start::Prepared {
                name.push_str(", prepared");
            }
            table.row([name].into_iter().chain(paces.into_iter().map(time)));
        }
    }
    table
}

/// What the events are that are decided again and again.
pub fn events(findings: &Findings) -> String {
    if findings.samples.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        "policy",
        "events",
        "different ones",
        "decided by a rule",
        "rules that decide",
    ]);
    for sample in &findings.samples {
        let share = sample.decided as f64 / sample.events as f64 * 100.0;
        table.row([
            named(sample.family, sample.rules),
            whole(sample.events),
            whole(sample.distinct),
            format!("{share:.0} %"),
            whole(sample.deciding),
        ]);
    }
    let begin = wrapped(
        "The replayed sample of each policy; unseen ones are made alike. What no rule decides is left to `otherwise`. \
         The more rules decide some of the events, the more memory a turn goes through, so part of what a larger \
         policy costs is memory that is not at hand.",
    );
    format!("## The events\n\n{begin}\n{table}")
}
