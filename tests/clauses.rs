//! Clauses and elements of lists that are told to change nothing, compared with all that can be left out.

use std::ops::Range;

use redress::ast::{Condition, DeclarationKind, Predicate, SetExpression};
use redress::diagnostic::Diagnostic;
use redress::{Code, Report};

use super::generate::Written;
use super::naive::{Event, Naive};
use super::properties::{check, naive, places_of};

/// A part of a rule's condition that may be left out.
struct Part {
    /// The place of its rule.
    rule: String,
    /// Where it stands.
    range: Range<usize>,
    /// The text of the policy without it.
    without: String,
    /// Where its list stands, if it is an element of one.
    list: Option<Range<usize>>,
}

/// What is told is so; all of it may be left out at once; and once it is, nothing that may be left out goes untold.
pub(crate) fn assert_parts(written: &Written, report: &Report, events: &[Event]) {
    let before = naive(written);
    let told = [Code::RedundantClause, Code::RedundantElement];
    let told: Vec<&Diagnostic> =
        report.diagnostics.iter().filter(|d| told.contains(&d.code)).collect();
    let parts = parts(&written.text);
    let parts: Vec<(&Part, Changes)> =
        parts.iter().map(|part| (part, changes(&before, part, written, events))).collect();
    for (part, changes) in &parts {
        let context = || format!("{report}\n{}\n{}", written.text, part.without);
        if let Some(found) = find(report, part) {
            let is_right = match changes {
                Changes::Nothing => found.code != Code::NeedlessHere,
                Changes::WhatItHoldsFor => found.code != Code::RedundantClause,
                Changes::WhatDecides => false,
            };
            assert!(is_right, "{}", context());
        } else if told.is_empty() && *changes != Changes::WhatDecides {
            // Where no element changes anything, it is the whole test that is to blame.
            let list = parts.iter().filter(|(other, _)| other.list == part.list);
            let is_whole_list = part.list.is_some()
                && list.clone().all(|(_, changes)| *changes != Changes::WhatDecides);
            let excused = is_whole_list || goes_without_saying(report, part, &before, events);
            assert!(excused, "{}", context());
        }
    }
    if !told.is_empty() {
        let less = Written { text: without(&written.text, &told), ..written.clone() };
        let after = naive(&less);
        for event in events {
            assert_eq!(before.decide(event), after.decide(event), "{report}\n{}", less.text);
        }
        assert_parts(&less, &check(&less), events);
    }
}

#[derive(PartialEq)]
enum Changes {
    Nothing,
    /// But not which rules decide.
    WhatItHoldsFor,
    WhatDecides,
}

/// What changes without a part.
fn changes(before: &Naive, part: &Part, written: &Written, events: &[Event]) -> Changes {
    let after = naive(&Written { text: part.without.clone(), ..written.clone() });
    let decided = |naive: &Naive, event: &Event| naive.decide(event).map(|answer| answer.at);
    let same = |event: &Event| before.holds(&part.rule, event) == after.holds(&part.rule, event);
    if !events.iter().all(|event| decided(before, event) == decided(&after, event)) {
        return Changes::WhatDecides;
    }
    match events.iter().all(same) {
        true => Changes::Nothing,
        false => Changes::WhatItHoldsFor,
    }
}

/// What is told of a part.
fn find<'r>(report: &'r Report, part: &Part) -> Option<&'r Diagnostic> {
    let codes: &[Code] = match part.list {
        Some(_) => &[Code::RedundantElement],
        None => &[Code::RedundantClause, Code::NeedlessHere],
    };
    let here = |d: &&Diagnostic| codes.contains(&d.code) && d.primary.span.range() == part.range;
    report.diagnostics.iter().find(here)
}

/// Whether something else is told of a part's rule, or of the clause that it is in, or of the whole list.
fn goes_without_saying(report: &Report, part: &Part, before: &Naive, events: &[Event]) -> bool {
    let decides = |event: &Event| before.decide(event).is_some_and(|answer| answer.at == part.rule);
    let of_rule = [Code::AlwaysTrue, Code::RedundantRule];
    let has = |code: Code| report.diagnostics.iter().any(|d| d.code == code);
    let around = |d: &Diagnostic| {
        let range = d.primary.span.range();
        d.code == Code::NeedlessHere
            && range.start <= part.range.start
            && part.range.end <= range.end
    };
    !events.iter().any(decides)
        || of_rule.iter().any(|code| places_of(report, *code).contains(&part.rule))
        || report.diagnostics.iter().any(around)
        || (part.list.is_some() && has(Code::RedundantRule))
}

/// The text without what is told; what overlaps stays for the next time.
fn without(text: &str, told: &[&Diagnostic]) -> String {
    let fixes = told.iter().flat_map(|d| &d.fixes).flat_map(|fix| &fix.edits);
    let mut edits: Vec<Range<usize>> = fixes.map(|edit| edit.span.range()).collect();
    edits.sort_by_key(|edit| edit.start);
    edits.dedup_by(|next, edit| next.start < edit.end);
    let mut text = text.to_owned();
    edits.into_iter().rev().for_each(|edit| text.replace_range(edit, ""));
    text
}

fn parts(text: &str) -> Vec<Part> {
    let parsed = redress::parse("main.policy", text);
    let mut parts = Vec::new();
    for declaration in &parsed.ast.declarations {
        if let DeclarationKind::Rule(rule) = &declaration.kind {
            let place = parsed.sources.place(rule.keyword);
            gather(&rule.condition, text, &place, &mut parts);
        }
    }
    parts
}

fn gather(condition: &Condition, text: &str, rule: &str, parts: &mut Vec<Part>) {
    match condition {
        Condition::Not { inner, .. } | Condition::Group { inner, .. } => {
            gather(inner, text, rule, parts);
        }
        Condition::Chain(chain) => {
            let ranges: Vec<Range<usize>> =
                chain.clauses().map(|clause| clause.span().range()).collect();
            let connective = &text[chain.rest[0].span.range()];
            let whole = ranges[0].start..ranges[ranges.len() - 1].end;
            let left = |left: Vec<&str>| left.join(&format!(" {connective} "));
            parts.extend(each_left_out(text, rule, &whole, &ranges, left, None));
            chain.clauses().for_each(|clause| gather(clause, text, rule, parts));
        }
        Condition::Test(test) => {
            if let Predicate::In { set: SetExpression::List(list), .. } = &test.predicate
                && list.elements.len() > 1
            {
                let ranges: Vec<Range<usize>> =
                    list.elements.iter().map(|element| element.span().range()).collect();
                let whole = list.span.range();
                let left = |left: Vec<&str>| format!("[{}]", left.join(", "));
                parts.extend(each_left_out(text, rule, &whole, &ranges, left, Some(whole.clone())));
            }
        }
    }
}

/// The parts at these places of a whole, each with the text in which `left` makes one of the others.
fn each_left_out(
    text: &str,
    rule: &str,
    whole: &Range<usize>,
    ranges: &[Range<usize>],
    left: impl Fn(Vec<&str>) -> String,
    list: Option<Range<usize>>,
) -> Vec<Part> {
    let part = |(at, range): (usize, &Range<usize>)| {
        let others = ranges.iter().enumerate().filter(|(other, _)| *other != at);
        let others = left(others.map(|(_, range)| &text[range.clone()]).collect());
        let without = format!("{}{others}{}", &text[..whole.start], &text[whole.end..]);
        Part { rule: rule.to_owned(), range: range.clone(), without, list: list.clone() }
    };
    ranges.iter().enumerate().map(part).collect()
}
