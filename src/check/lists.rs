//! Lists: not empty, no member twice, grown only by what is new and shrunk only by what is there.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::Checker;
use super::constants::shown_literal;
use super::lets::Let;
use crate::ast::{
    Condition, Constant, DeclarationKind, Element, LetOperator, LetValue, List, LiteralValue,
    Predicate, SetExpression,
};
use crate::condition::Intervals;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Role;
use crate::source::Span;

/// Looks at the lists that the file itself writes; those of its bases are looked at when they are checked.
pub(super) fn check_written(checker: &mut Checker<'_>) {
    let Some(main) = checker.files.outermost() else {
        return;
    };
    for declaration in &main.ast.declarations {
        match &declaration.kind {
            DeclarationKind::Let(declared) => match &declared.value {
                LetValue::List(list) => check_list(checker, list),
                LetValue::Condition(condition) => check_condition(checker, condition),
                _ => {}
            },
            DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => {
                check_condition(checker, &rule.condition)
            }
            _ => {}
        }
    }
}

fn check_condition(checker: &mut Checker<'_>, condition: &Condition) {
    for test in condition.tests() {
        if let Predicate::In { set: SetExpression::List(list), .. } = &test.predicate {
            check_list(checker, list);
        }
    }
}

/// What an element says, so that equal ones can be told; nothing for a range or a duration.
///
/// A duration may stand twice: a schedule is a list, too.
fn key(element: &Element) -> Option<Cow<'_, str>> {
    match element {
        Element::Range(_) => None,
        Element::Constant(Constant::Name(name)) => Some(name.text.as_str().into()),
        Element::Constant(Constant::Literal(literal)) => match &literal.value {
            LiteralValue::Text(text) => Some(text.as_str().into()),
            LiteralValue::Duration(_) | LiteralValue::Wrong => None,
            other => Some(shown_literal(other).into()),
        },
    }
}

fn check_list(checker: &mut Checker<'_>, list: &List) {
    if list.elements.is_empty() {
        let report = Diagnostic::new(Code::EmptyList, list.span, "the list is empty");
        return checker.report(report.help("no value is ever in it"));
    }
    let mut seen: HashMap<Cow<'_, str>, Span> = HashMap::new();
    let mut repeated = HashSet::new();
    for (at, element) in list.elements.iter().enumerate() {
        let Some(key) = key(element) else { continue };
        let Some(&first) = seen.get(&key) else {
            seen.insert(key, element.span());
            continue;
        };
        repeated.insert(at);
        checker.report_lazily(Code::RepeatedMember, |_, _| {
            let report = in_the_list_already(&key, element).also(first, "the first time");
            take_away(report, list, at)
        });
    }
    check_ranges(checker, list, repeated);
}

fn in_the_list_already(written: &str, element: &Element) -> Diagnostic {
    let message = format!("`{written}` is in the list already");
    Diagnostic::new(Code::RepeatedMember, element.span(), message)
}

/// So many elements are compared with each other.
const MOST_COMPARED: usize = 256;

/// Tells elements whose values are in ranges of the same list; of those that lean on one another only one.
fn check_ranges(checker: &mut Checker<'_>, list: &List, mut gone: HashSet<usize>) {
    let has_range = list.elements.iter().any(|element| matches!(element, Element::Range(_)));
    if !has_range || list.elements.len() > MOST_COMPARED {
        return;
    }
    let values: Vec<Option<(i64, i64)>> = list.elements.iter().map(values).collect();
    for (at, element) in list.elements.iter().enumerate() {
        let Some(own) = values[at].filter(|_| !gone.contains(&at)) else { continue };
        let others = (0..values.len()).filter(|other| *other != at && !gone.contains(other));
        let others = Intervals::new(others.filter_map(|other| values[other]).collect());
        if Intervals::new(vec![own]).without(&others).as_slice().is_empty() {
            gone.insert(at);
            let written = checker.sources.slice(element.span());
            checker.report(take_away(in_the_list_already(written, element), list, at));
        }
    }
}

/// The lowest and the highest number of an element, in its base unit; nothing where a name stands for one.
fn values(element: &Element) -> Option<(i64, i64)> {
    match element {
        Element::Constant(constant) => number(constant).map(|number| (number, number)),
        Element::Range(range) => {
            let end = |end: &Option<Constant>, open| end.as_ref().map_or(Some(open), number);
            // One whose ends are the wrong way round is refused.
            Some((end(&range.low, i64::MIN)?, end(&range.high, i64::MAX)?))
                .filter(|(low, high)| low <= high)
        }
    }
}

fn number(constant: &Constant) -> Option<i64> {
    match constant {
        Constant::Literal(literal) => literal.value.number(),
        Constant::Name(_) => None,
    }
}

/// Adds the fix that takes an element and a comma beside it out of a list; not where it is the only one.
pub(super) fn take_away(report: Diagnostic, list: &List, at: usize) -> Diagnostic {
    let place = |at: usize| list.elements.get(at).map(Element::span);
    match with_what_joins_it(place, at) {
        Some(gone) => report.fix("take it away", gone, ""),
        None => report,
    }
}

/// One of several parts, with what stands between it and the one before or behind it; nothing where it is alone.
pub(super) fn with_what_joins_it(place: impl Fn(usize) -> Option<Span>, at: usize) -> Option<Span> {
    let part = place(at)?;
    let before = at.checked_sub(1).and_then(&place);
    let from_before = before.map(|before| Span { start: before.end, ..part });
    from_before.or_else(|| place(at + 1).map(|after| Span { end: after.start, ..part }))
}

/// What the file adds to or takes from sets of other files, once it is known which facts are looked for in them.
pub(super) fn check_changes<'a>(checker: &mut Checker<'a>) {
    let Some(main) = checker.files.outermost() else {
        return;
    };
    let mut reports = Vec::new();
    let enums = checker.sets.enums_of_lists(&checker.vocabulary);
    for (id, entry) in checker.lets.entries() {
        let LetValue::List(list) = &entry.declared.value else { continue };
        if !entry.changes.iter().any(|(unit, _)| unit.ast.file == main.ast.file) {
            continue;
        }
        let enum_type = enums.get(&id).map(|id| checker.vocabulary.enum_type(*id));
        let key = |element: &'a Element| {
            let key = key(element)?;
            let right = enum_type.and_then(|kind| kind.name_of(kind.member(&key)?));
            Some(right.map_or(key, Cow::from))
        };
        let mut members: HashSet<Cow<'_, str>> = list.elements.iter().filter_map(key).collect();
        // What this file has changed, and where.
        let mut changed_here: HashMap<Cow<'_, str>, Span> = HashMap::new();
        for (unit, change) in &entry.changes {
            let LetValue::List(changed) = &change.value else { continue };
            let report = unit.ast.file == main.ast.file;
            let mut seen = HashSet::new();
            for (at, element) in changed.elements.iter().enumerate() {
                let Some(key) = key(element) else { continue };
                // That it stands twice in this list is said elsewhere.
                if !seen.insert(key.clone()) {
                    continue;
                }
                let (grows, there) = (change.operator == LetOperator::Grow, members.contains(&key));
                if report && is_known(checker, element) && knows_all(checker, entry) {
                    if grows == there {
                        let report = nothing_to_change(entry, element.span(), &key, grows);
                        reports.push(take_away(report, changed, at));
                    } else if let Some(first) = changed_here.insert(key.clone(), element.span()) {
                        reports.push(there_and_back(entry, first, element.span(), &key, grows));
                    }
                }
                if grows {
                    members.insert(key)
                } else {
                    members.remove(&key)
                };
            }
        }
    }
    for report in reports {
        checker.report(report);
    }
}

/// Whether an element can be a member at all; one that nobody declared is reported for that.
fn is_known(checker: &Checker<'_>, element: &Element) -> bool {
    match element {
        Element::Constant(Constant::Name(name)) => !checker.enums_with(&name.text).is_empty(),
        _ => true,
    }
}

/// Whether the set's members are all written out, so that it is known what it has.
fn knows_all(checker: &Checker<'_>, entry: &Let<'_>) -> bool {
    let names_a_set = |element: &Element| match element {
        Element::Range(_) => true,
        Element::Constant(Constant::Name(name)) => {
            let own = match &entry.unit.role {
                Role::Pack(pack) => checker.lets.find(&format!("{pack}.{name}")),
                _ => None,
            };
            own.or_else(|| checker.lets.find(&name.text)).is_some()
        }
        Element::Constant(Constant::Literal(_)) => false,
    };
    let lists =
        std::iter::once(entry.declared).chain(entry.changes.iter().map(|(_, change)| *change));
    !lists
        .flat_map(|declared| match &declared.value {
            LetValue::List(list) => list.elements.as_slice(),
            _ => &[],
        })
        .any(names_a_set)
}

fn nothing_to_change(entry: &Let<'_>, span: Span, member: &str, grows: bool) -> Diagnostic {
    let name = &entry.name;
    let message = match grows {
        true => format!("`{name}` has `{member}` already"),
        false => format!("`{name}` has no `{member}` to take away"),
    };
    Diagnostic::new(Code::NothingToChange, span, message)
        .also(entry.declared.name.span, "declared here")
}

/// The report of a change that takes back what the same file changed before.
fn there_and_back(
    entry: &Let<'_>,
    first: Span,
    span: Span,
    member: &str,
    grows: bool,
) -> Diagnostic {
    let name = &entry.name;
    let (message, before) = match grows {
        true => (format!("`{member}` is taken from `{name}` and added again"), "taken away here"),
        false => (format!("`{member}` is added to `{name}` and taken away again"), "added here"),
    };
    Diagnostic::new(Code::NothingToChange, span, message)
        .also(first, before)
        .help("nothing has changed in the end; take both away, or the one that is not meant")
}
