//! Every event is decided, and every rule can decide one: what the exact analysis finds.

use super::Checker;
use crate::analyze::{Findings, TooComplex, Unreachable, Witness, analyze};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::policy::Rule;
use crate::source::Span;

pub(super) fn check(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule]) {
    if checker.damaged || checker.problems.has_errors() || checker.excused.any() {
        return;
    }
    let Some(last) = rules.last() else {
        let report = no_rules(checker, main);
        return checker.report(report);
    };
    match analyze(&checker.vocabulary, rules, checker.limits.analysis_steps) {
        Ok(findings) => report(checker, main, rules, &findings),
        // With an `otherwise` every event is decided all the same.
        Err(TooComplex) if last.is_otherwise() => {}
        Err(TooComplex) => {
            let fix = last_word(checker, main);
            let message = "it cannot be told whether every event is decided";
            let report = Diagnostic::new(Code::CannotTellGap, last.keyword, message)
                .help("the conditions are too many or too involved to be sure; `otherwise` decides what is left");
            checker.report(with_last_word(report, fix));
        }
    }
}

fn report(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule], findings: &Findings) {
    if let (Some(gap), Some(last)) = (&findings.gap, rules.last()) {
        let report = gap_report(gap, last, last_word(checker, main));
        checker.report(report);
    }
    // What a rule for every event leaves undecided behind it is told once, by that rule.
    let told = |unreachable: &&Unreachable| {
        let covered_by_all = |rule: &usize| findings.always_true.contains(rule);
        !unreachable.covered_by.iter().any(covered_by_all)
    };
    for unreachable in findings.unreachable.iter().filter(told) {
        if let Some(report) = unreachable_report(unreachable, rules, main) {
            checker.report(report);
        }
    }
    for &rule in &findings.always_true {
        let rule = &rules[rule];
        let Some(span) = rule.condition_span.filter(|span| span.file == main.ast.file) else {
            continue;
        };
        let report =
            Diagnostic::new(Code::AlwaysTrue, span, "the condition is true of every event");
        checker.report(report.help("a rule for every event is written `otherwise => …`"));
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
fn gap_report(gap: &Witness, last: &Rule, fix: Option<(Span, String)>) -> Diagnostic {
    let report =
        Diagnostic::new(Code::Gap, last.keyword, format!("no rule decides the event `{gap}`"))
            .label("the last rule")
            .help("every event needs a decision; `otherwise` decides what is left");
    with_last_word(report, fix)
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

/// The report of a rule of the file itself that never decides, or of a base's rule that this file pushed aside.
fn unreachable_report(
    unreachable: &Unreachable,
    rules: &[Rule],
    main: &Unit,
) -> Option<Diagnostic> {
    let rule = &rules[unreachable.rule];
    let own = |rule: &Rule| rule.keyword.file == main.ast.file;
    if unreachable.condition_never_true {
        let span = rule.condition_span.filter(|_| own(rule))?;
        let report = Diagnostic::new(Code::NeverTrue, span, "the condition is true of no event");
        return Some(report.help(
            "the rule never decides; where a fact is absent, a test of its value is not true",
        ));
    }
    let covering: Vec<&Rule> = unreachable.covered_by.iter().map(|&at| &rules[at]).collect();
    // A base's `otherwise` that no event reaches any more is what a complete extension is for.
    if !own(rule) && (rule.is_otherwise() || !covering.iter().any(|rule| own(rule))) {
        return None;
    }
    let place =
        if own(rule) { rule.keyword } else { covering.iter().find(|rule| own(rule))?.keyword };
    let names: Vec<String> = covering.iter().map(|rule| format!("`{}`", rule.title())).collect();
    let by = if names.is_empty() { "earlier rules".to_owned() } else { join(&names) };
    let message = format!("{} can never decide", title(rule));
    let report = Diagnostic::new(Code::UnreachableRule, place, message);
    let report = covering
        .iter()
        .filter(|rule| rule.keyword != place)
        .take(4)
        .fold(report, |report, rule| report.also(rule.keyword, "this rule decides first"));
    let decide = if covering.len() == 1 { "decides" } else { "decide" };
    Some(report.help(format!("{by} {decide} every event it could decide")))
}

fn title(rule: &Rule) -> String {
    match &rule.name {
        Some(name) => format!("`{name}`"),
        None => "this rule".to_owned(),
    }
}

fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
