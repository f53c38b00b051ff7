//! What a `let` says is right, whether or not anything uses it.

use super::Checker;
use crate::ast::{Constant, Element, LetValue, Name, Range};
use crate::check::names::{Meaning, suggestion};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::vocabulary::Type;

/// Checks the conditions and schedules that `let`s name, used or not.
pub(in crate::check) fn check(checker: &mut Checker<'_>) {
    for id in checker.lets.order.clone() {
        let entry = checker.lets.get(id);
        let (unit, declared) = (entry.unit, entry.declared);
        if let Some(fact) = checker.vocabulary.find_fact(&entry.name) {
            let (name, place) = (entry.name.clone(), checker.vocabulary.fact(fact).span);
            checker.lets.mark_used(id);
            let report = Diagnostic::new(
                Code::DuplicateName,
                declared.name.span,
                format!("`{name}` is also a fact"),
            );
            checker.report(
                report.also(place, "declared here").help("facts and `let`s share one set of names"),
            );
        }
        match &declared.value {
            LetValue::Condition(_) => drop(checker.named_condition(id)),
            LetValue::Call(call) => drop(checker.schedule_call(unit, call)),
            LetValue::List(_) | LetValue::Range(_) | LetValue::Constant(_) => {}
        }
    }
}

/// Checks that what lists, ranges and constants name is there, used or not.
///
/// It comes behind the rules, which say more about a name that they look for in a certain enum.
pub(in crate::check) fn check_names(checker: &mut Checker<'_>) {
    for id in checker.lets.ids() {
        let entry = checker.lets.get(id);
        let definition = (entry.unit, entry.declared);
        for (unit, declared) in std::iter::once(definition).chain(entry.changes.clone()) {
            check_names_in(checker, unit, &declared.value);
        }
    }
}

fn check_names_in<'a>(checker: &mut Checker<'a>, unit: &'a Unit, value: &'a LetValue) {
    match value {
        LetValue::List(list) => {
            list.elements.iter().for_each(|element| check_element(checker, unit, element))
        }
        LetValue::Range(range) => check_range(checker, unit, range),
        LetValue::Constant(Constant::Name(name)) if refuse_fact(checker, unit, name) => {}
        LetValue::Constant(constant) => check_constant(checker, unit, constant),
        LetValue::Condition(_) | LetValue::Call(_) => {}
    }
}

fn check_element<'a>(checker: &mut Checker<'a>, unit: &'a Unit, element: &'a Element) {
    match element {
        Element::Constant(constant) => check_constant(checker, unit, constant),
        Element::Range(range) => check_range(checker, unit, range),
    }
}

fn check_range<'a>(checker: &mut Checker<'a>, unit: &'a Unit, range: &'a Range) {
    for bound in [&range.low, &range.high].into_iter().flatten() {
        check_constant(checker, unit, bound);
    }
}

/// Refuses a `let` that stands for a fact, but for a boolean one, which is a condition; gives whether it did.
fn refuse_fact<'a>(checker: &mut Checker<'a>, unit: &'a Unit, name: &'a Name) -> bool {
    let Some(Meaning::Fact(fact)) = checker.find(unit, &name.text) else { return false };
    let fact = checker.vocabulary.fact(fact);
    if fact.kind == Type::Bool || !checker.enums_with(&name.text).is_empty() {
        return false;
    }
    let message = format!("`{name}` is a fact, which a `let` cannot stand for");
    let report =
        Diagnostic::new(Code::WrongKind, name.span, message).also(fact.span, "declared here");
    checker.report(report.help("a `let` names a set, a condition, a schedule or a constant"));
    true
}

/// A name has to stand for something: a `let`, a fact, or a member of some enum.
fn check_constant<'a>(checker: &mut Checker<'a>, unit: &'a Unit, constant: &'a Constant) {
    let Constant::Name(name) = constant else { return };
    if checker.find(unit, &name.text).is_some() {
        return;
    }
    let enums = checker.enums_with(&name.text);
    if let Some(&(id, _)) = enums.first() {
        checker.member(unit, id, name);
        return;
    }
    if checker.excused.name(&name.text) || !checker.unknown.insert(name.span) {
        return;
    }
    checker.report_lazily(Code::UnknownName, |vocabulary, lets| {
        let members = vocabulary
            .enums()
            .flat_map(|kind| kind.members.iter().map(|member| member.name.as_str()));
        let report =
            Diagnostic::new(Code::UnknownName, name.span, format!("nothing is called `{name}`"));
        suggestion(report, name, lets.names().chain(members))
    });
}
