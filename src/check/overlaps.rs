//! Notes on rules that earlier ones take events from; only where notes are asked for.

use super::Checker;
use super::dead::MOST_SHOWN;
use crate::analyze::{Findings, Overlapped, Taker};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::Rule;

pub(super) fn report(checker: &mut Checker<'_>, rules: &[Rule], findings: &Findings) {
    for overlapped in &findings.overlapped {
        checker.report_lazily(Code::PartlyCovered, |_, _| partly_covered(rules, overlapped));
        let clashing = overlapped.by.iter().filter(|by| !by.alike && by.reaches_beyond);
        for taker in clashing {
            checker.report_lazily(Code::Overlap, |_, _| {
                overlap(&rules[overlapped.rule], rules, taker)
            });
        }
    }
}

fn partly_covered(rules: &[Rule], overlapped: &Overlapped) -> Diagnostic {
    let Overlapped { rule, by, left } = overlapped;
    let rule = &rules[*rule];
    let title = match &rule.name {
        Some(name) => format!("`{name}`"),
        None => "this rule".to_owned(),
    };
    let message = format!("{title} decides only some of the events it holds for");
    let report = Diagnostic::new(Code::PartlyCovered, rule.keyword, message);
    let shown = by.iter().take(MOST_SHOWN);
    let report = shown.fold(report, |report, taker| {
        report.also(rules[taker.rule].keyword, format!("decides `{}`", taker.takes))
    });
    let more = match by.len().saturating_sub(MOST_SHOWN) {
        0 => String::new(),
        1 => "; another rule comes first, too".to_owned(),
        more => format!("; {more} more rules come first, too"),
    };
    report.help(format!("an event that is left to it is `{left}`{more}"))
}

fn overlap(rule: &Rule, rules: &[Rule], taker: &Taker) -> Diagnostic {
    let first = &rules[taker.rule];
    let (first_title, title) = (first.title(), rule.title());
    let message = format!("`{first_title}` and `{title}` overlap and decide differently");
    Diagnostic::new(Code::Overlap, rule.keyword, message)
        .label("would decide it otherwise")
        .also(first.keyword, format!("decides `{}`", taker.takes))
        .help("neither holds for all events of the other, so that only their order tells which decides")
}
