//! What came of the targets, and who is faster.

use super::named;
use crate::contestants::{self as who, Kind, contestant};
use crate::figures::{Figure, Findings, Meeting};
use crate::measure::Measured;
use crate::prose::wrapped;
use crate::table::{Table, time};
use crate::target::{Found, Target};

/// All targets, met or not.
pub fn targets(targets: &[Target]) -> String {
    if targets.is_empty() {
        return String::new();
    }
    let mut table = Table::of_text(["what", "target", "measured", "met"]);
    for target in targets {
        let (measured, answer) = match &target.found {
            Found::Measured { shown, met: true } => (shown, "yes"),
            Found::Measured { shown, met: false } => (shown, "**no**"),
            Found::Missing(reason) => (reason, "**not measured**"),
        };
        table.row([&target.what, &target.bound, measured, answer]);
    }
    let met = targets.iter().filter(|target| target.is_met()).count();
    let missing = targets.iter().filter(|target| target.is_missing()).count();
    let not_measured =
        if missing == 0 { String::new() } else { format!(", {missing} could not be measured") };
    let begin = wrapped(&format!(
        "{met} of {} are met in this run{not_measured}. What is said of replayed and of unseen events has to keep to \
         its target on both.",
        targets.len()
    ));
    format!("## Targets\n\n{begin}\n{table}")
}

/// Where something is faster than Redress from the same starting point.
pub fn who_is_faster(findings: &Findings) -> String {
    if findings.figures.is_empty() {
        return String::new();
    }
    let engines = lines(findings, Kind::Peer);
    let by_hand = lines(findings, Kind::ByHand);
    let engines = if engines.is_empty() && cfg!(feature = "engines") {
        wrapped(
            "No other engine is faster than Redress from the same starting point, on replayed or on unseen events, on \
             any policy of this run.",
        )
    } else {
        format!(
            "Other engines that are faster than Redress from the same starting point:\n\n{engines}"
        )
    };
    let by_hand = if by_hand.is_empty() {
        String::new()
    } else {
        let begin = wrapped(
            "Written by hand for one policy or one shape of rule, and faster than Redress from the same starting point:",
        );
        format!("\n{begin}\n{by_hand}")
    };
    format!("## Who is faster\n\n{engines}{by_hand}")
}

fn lines(findings: &Findings, kind: Kind) -> String {
    let ours = |figure: &&Figure| [who::REDRESS, who::INTERNED].contains(&figure.measured.name);
    findings.figures.iter().filter(ours).filter_map(|figure| line(findings, figure, kind)).collect()
}

fn line(findings: &Findings, figure: &Figure, kind: Kind) -> Option<String> {
    let ours = &figure.measured;
    let is_faster = |other: &&Measured| {
        contestant(other.name).is_some_and(|contestant| contestant.kind == kind)
            && other.start == ours.start
            && Meeting::BOTH.iter().any(|meeting| meeting.pace(other) < meeting.pace(ours))
    };
    let faster: Vec<String> =
        findings.of(figure.family, figure.rules).filter(is_faster).map(paces).collect();
    (!faster.is_empty()).then(|| {
        wrapped(&format!(
            "- {}, from {}: {}; {}",
            named(figure.family, figure.rules),
            ours.start.with_article(),
            faster.join(", "),
            paces(ours)
        ))
    })
}

fn paces(measured: &Measured) -> String {
    let [replayed, unseen] = Meeting::BOTH.map(|meeting| time(meeting.pace(measured)));
    if replayed == unseen {
        format!("{} {replayed}", measured.name)
    } else {
        format!("{} {replayed} replayed and {unseen} unseen", measured.name)
    }
}
