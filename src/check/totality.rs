//! Every event is decided, and every rule can decide one: what the exact analysis finds.

use super::{Checker, clauses, dead, overlaps, redundant};
use crate::analyze::{Findings, TooComplex, Wanted, Witness, analyze, gaps, never_deciding};
use crate::diagnostic::{Code, Diagnostic, Severity};
use crate::gather::Unit;
use crate::policy::Rule;
use crate::source::Span;

/// Tells what the analysis finds, and whether the work sufficed for all of it.
pub(super) fn check(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule]) -> bool {
    if checker.damaged || checker.problems.has_errors() || checker.excused.any() {
        return false;
    }
    let Some(last) = rules.last() else {
        let report = no_rules(checker, main);
        checker.report(report);
        return true;
    };
    if !checker.problems.wants(Severity::Warning) {
        only_gaps(checker, main, rules, last);
        return true;
    }
    let wanted = Wanted {
        file: main.ast.file,
        lists: clauses::lists(checker, main),
        notes: checker.problems.wants(Severity::Note),
    };
    match analyze(&checker.vocabulary, rules, wanted, checker.limits.analysis_steps) {
        Ok(findings) => {
            report(checker, main, rules, &findings);
            return findings.complete;
        }
        // What is asked of a policy that is loaded is asked before everything else, of the same steps: what of the
        // rest they do not suffice for is no error.
        Err(TooComplex) => {
            if only_gaps(checker, main, rules, last) {
                each_alone(checker, main, rules);
            }
        }
    }
    false
}

/// Tells an event that no rule decides, or that nobody can tell; gives whether all are known to be decided.
fn only_gaps(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule], last: &Rule) -> bool {
    // With an `otherwise` every event is decided, and nothing is to be proved.
    if last.is_otherwise() {
        return true;
    }
    match gaps(&checker.vocabulary, rules, checker.limits.analysis_steps) {
        Ok(findings) => {
            report_gap(checker, main, last, &findings);
            findings.gap.is_none() && !findings.may_have_gap
        }
        Err(TooComplex) => {
            let help = "the conditions are too many or too involved to be sure; `otherwise` decides what is left";
            let report = cannot_tell_gap(last, last_word(checker, main), help);
            checker.report(report);
            false
        }
    }
}

fn cannot_tell_gap(last: &Rule, fix: Option<(Span, String)>, help: &str) -> Diagnostic {
    let message = "it cannot be told whether every event is decided";
    with_last_word(Diagnostic::new(Code::CannotTellGap, last.keyword, message).help(help), fix)
}

/// Tells of tests that are beyond the analysis, each at its place.
fn report_beyond(checker: &mut Checker<'_>, main: &Unit, findings: &Findings) {
    for &span in findings.beyond.iter().filter(|span| span.file == main.ast.file) {
        let message = format!("`{}` is beyond the exact analysis", checker.sources.slice(span));
        let help = "what follows from what it matches goes unsaid; all that holds whatever it answers is told";
        checker.report(Diagnostic::new(Code::NotAnalysed, span, message).help(help));
    }
}

fn report(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule], findings: &Findings) {
    if let Some(last) = rules.last() {
        report_gap(checker, main, last, findings);
    }
    report_beyond(checker, main, findings);
    dead::report(checker, main, rules, findings);
    redundant::report(checker, main, rules, findings);
    clauses::report(checker, main, rules, findings);
    overlaps::report(checker, rules, findings);
}

/// Tells an event that no rule decides, or the patterns that it depends on whether there is one.
fn report_gap(checker: &mut Checker<'_>, main: &Unit, last: &Rule, findings: &Findings) {
    if let Some(gap) = &findings.gap {
        let report = gap_report(checker, gap, last, last_word(checker, main));
        checker.report(report);
    }
    if findings.may_have_gap {
        let help = "that depends on patterns that are beyond the exact analysis; `otherwise` decides what is left";
        let report = cannot_tell_gap(last, last_word(checker, main), help);
        let report = findings.beyond.iter().fold(report, |report, &span| {
            report.also(span, "this pattern may answer anything, as far as can be told")
        });
        checker.report(report);
    }
}

/// How many rules are looked at by themselves.
const MOST_ALONE: usize = 1_000;

/// What is left to tell where all rules together are too much: which of them no event can meet.
fn each_alone(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule]) {
    let own = |rule: &&Rule| rule.keyword.file == main.ast.file && !rule.is_otherwise();
    let Some(first) = rules.iter().find(own) else { return };
    let message = "the rules are too many or too involved to be analysed together";
    let report = Diagnostic::new(Code::NotAnalysed, first.keyword, message)
        .help("a rule that can never decide may go unsaid; `--analysis-steps` allows more work");
    checker.report(report);
    let steps = checker.limits.analysis_steps / rules.len();
    for rule in rules.iter().filter(own).take(MOST_ALONE) {
        let alone = never_deciding(&checker.vocabulary, std::slice::from_ref(rule), steps);
        if alone.is_ok_and(|never| !never.is_empty()) && !checker.is_told(rule) {
            checker.report(dead::never_true(rule, &checker.vocabulary));
        }
    }
}

fn no_rules(checker: &Checker<'_>, main: &Unit) -> Diagnostic {
    let end = checker.sources.file(main.ast.file).text().trim_end().len();
    let span = Span::new(main.ast.file, end..end);
    let report =
        Diagnostic::new(Code::Gap, span, "the policy has no rules, so no event is decided")
            .help("an `otherwise` decides every event, `extends default` brings rules");
    with_last_word(report, last_word(checker, main))
}

/// A gap is shown at the last rule, since it is what lies behind it.
fn gap_report(
    checker: &Checker<'_>,
    gap: &Witness,
    last: &Rule,
    fix: Option<(Span, String)>,
) -> Diagnostic {
    let why = absent_in(checker, gap).unwrap_or_else(|| "every event needs a decision".to_owned());
    let report =
        Diagnostic::new(Code::Gap, last.keyword, format!("no rule decides the event `{gap}`"))
            .label("the last rule")
            .help(format!("{why}; `otherwise` decides what is left"));
    with_last_word(report, fix)
}

/// That an event leaves out what is asked about, which holds neither for a test nor for its opposite.
fn absent_in(checker: &Checker<'_>, gap: &Witness) -> Option<String> {
    let is_given = |name: &str| gap.facts().iter().any(|(given, _)| given == name);
    let facts = checker.vocabulary.facts();
    let absent = facts
        .filter(|(id, fact)| fact.optional && checker.asked.contains(id) && !is_given(&fact.name));
    let names: Vec<String> = absent.map(|(_, fact)| format!("`{}`", fact.name)).collect();
    let are = match names.len() {
        0 => return None,
        1 => "is",
        _ => "are",
    };
    let names = dead::join(&names);
    Some(format!("{names} {are} absent in it, and no test but `is absent` holds of what is absent"))
}

fn with_last_word(report: Diagnostic, fix: Option<(Span, String)>) -> Diagnostic {
    match fix {
        Some((span, text)) => report.fix(format!("add `{}`", text.trim()), span, text).guess(),
        None => report,
    }
}

/// An `otherwise` at the end of the file, with an outcome that needs nothing: `fail` if there is one.
fn last_word(checker: &Checker<'_>, main: &Unit) -> Option<(Span, String)> {
    let plain = |name: &&str| {
        let mut outcomes = checker.vocabulary.outcomes();
        outcomes.any(|outcome| {
            outcome.name == *name && outcome.variant.is_none() && outcome.parameters.is_empty()
        })
    };
    let outcome = super::outcomes::outcome_names(&checker.vocabulary)
        .filter(plain)
        .min_by_key(|name| *name != "fail")?;
    let text = checker.sources.file(main.ast.file).text();
    let lines = match text.trim().is_empty() {
        true => "",
        false if text.ends_with('\n') => "\n",
        false => "\n\n",
    };
    let span = Span::new(main.ast.file, text.len()..text.len());
    Some((span, format!("{lines}otherwise => {outcome}\n")))
}
