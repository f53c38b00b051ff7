//! Rules that can never decide, and rules whose condition holds for every event.
//!
//! Of a base's rules only those are told that this file keeps from deciding, each at the line that does it.

mod bases;
mod told;

use super::Checker;
use crate::analyze::{Findings, Unreachable};
use crate::condition::{Accepts, Condition, Test};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::show_range;
use crate::gather::Unit;
use crate::policy::Rule;
use crate::vocabulary::Vocabulary;

/// The most other places that are shown, and the most names that are told.
pub(super) const MOST_SHOWN: usize = 4;

pub(super) fn report(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule], findings: &Findings) {
    let own = |at: usize| rules[at].keyword.file == main.ast.file;
    // What a rule of this file for every event leaves nothing to is told there.
    let told = |dead: &Unreachable| match dead.covered_by[..] {
        [only] => own(only) && findings.always_true.contains(&only),
        _ => false,
    };
    let (behind, dead): (Vec<_>, Vec<_>) = findings.unreachable.iter().partition(|dead| told(dead));
    for &always in findings.always_true.iter().filter(|&&at| own(at)) {
        let behind = behind.iter().filter(|dead| dead.covered_by == [always]);
        let own_behind = behind.map(|dead| dead.rule).filter(|&at| own(at));
        checker.report(always_true(&rules[always], own_behind.map(|at| &rules[at])));
    }
    let (own_dead, of_bases): (Vec<_>, Vec<_>) = dead.into_iter().partition(|dead| own(dead.rule));
    let is_told =
        |dead: &Unreachable| dead.condition_never_true && checker.is_told(&rules[dead.rule]);
    let untold: Vec<_> = own_dead.into_iter().filter(|dead| !is_told(dead)).collect();
    for dead in untold {
        let is_copy = findings.copies.contains(&dead.rule);
        checker.report(own_rule(dead, rules, is_copy, &checker.vocabulary));
    }
    bases::report(checker, main, rules, of_bases);
}

fn always_true<'r>(rule: &Rule, behind: impl Iterator<Item = &'r Rule>) -> Diagnostic {
    let span = rule.condition_span.unwrap_or(rule.keyword);
    let report = Diagnostic::new(Code::AlwaysTrue, span, "the condition holds for every event");
    let mut behind = behind.peekable();
    let help = match behind.peek() {
        Some(_) => {
            "no rule behind it gets its turn; a rule for every event is written `otherwise => …`"
        }
        None => "a rule for every event is written `otherwise => …`",
    };
    behind
        .take(MOST_SHOWN)
        .fold(report, |report, rule| report.also(rule.keyword, "never gets its turn"))
        .help(help)
}

/// The report of a rule whose condition no event can meet.
pub(super) fn never_true(rule: &Rule, vocabulary: &Vocabulary) -> Diagnostic {
    let span = rule.condition_span.unwrap_or(rule.keyword);
    let report = Diagnostic::new(Code::NeverTrue, span, "the condition holds for no event");
    match &rule.condition {
        // Where one question is all there is, nothing excludes it but what the fact can be.
        Some(Condition::Test(Test { fact, accepts: Accepts::Numbers(_), .. })) => {
            let fact = vocabulary.fact(*fact);
            let range = show_range(vocabulary, fact.kind, fact.low, fact.high);
            report
                .also(fact.span, format!("its range is `{range}`"))
                .help(format!("the rule never decides: `{}` is within `{range}`", fact.name))
        }
        _ => report.help(
            "the rule never decides: its parts exclude one another, or ask for a value where there is none",
        ),
    }
}

/// The report of a rule of the file itself; a copy holds for the same events as the one that covers it.
fn own_rule(
    dead: &Unreachable,
    rules: &[Rule],
    is_copy: bool,
    vocabulary: &Vocabulary,
) -> Diagnostic {
    let rule = &rules[dead.rule];
    if dead.condition_never_true {
        return never_true(rule, vocabulary);
    }
    let title = match &rule.name {
        Some(name) => format!("`{name}`"),
        None => "this rule".to_owned(),
    };
    let report =
        Diagnostic::new(Code::UnreachableRule, rule.keyword, format!("{title} can never decide"));
    let covering: Vec<&Rule> = dead.covered_by.iter().map(|&at| &rules[at]).collect();
    let report = show_covering(report, &covering);
    let come = come_first(&names(&covering));
    report.help(match (rule.is_otherwise(), covering.len()) {
        (true, _) => format!("{come} for every event, so nothing is left for it"),
        (false, 1) if is_copy => {
            format!("{come} for just the same events; take one away, or say what makes them differ")
        }
        (false, 1) => format!(
            "{come} for every event that {title} could decide; put the narrower one first, or take one away"
        ),
        (false, _) => format!("{come} for every event that {title} could decide"),
    })
}

/// Shows the rules that leave nothing to another, but for the one at the place itself.
fn show_covering(report: Diagnostic, covering: &[&Rule]) -> Diagnostic {
    let text = match covering {
        [_] => "holds for all its events",
        _ => "holds for some of its events",
    };
    let here = report.primary.span;
    let others = covering.iter().filter(|rule| rule.keyword != here).take(MOST_SHOWN);
    others.fold(report, |report, rule| report.also(rule.keyword, text))
}

pub(super) fn names(rules: &[&Rule]) -> Vec<String> {
    rules.iter().map(|rule| format!("`{}`", rule.title())).collect()
}

/// That these rules come first and hold, up to for what.
fn come_first(names: &[String]) -> String {
    match names {
        [] => "earlier rules hold".to_owned(),
        [one] => format!("{one} comes first and holds"),
        _ => format!("{} come first and together hold", join(names)),
    }
}

pub(super) fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [..] if names.len() > MOST_SHOWN => {
            let more = names.len() - MOST_SHOWN;
            format!("{} and {more} more", names[..MOST_SHOWN].join(", "))
        }
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
