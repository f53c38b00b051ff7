//! Examples: events that fit the vocabulary and that their own rule decides.

use super::Checker;
use super::constants::Typed;
use super::names::suggestion;
use crate::ast::{Constant, DeclarationKind, Example, LiteralValue};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::{Given, Held, HeldValues, read, show_range};
use crate::gather::Unit;
use crate::index::Index;
use crate::policy::{ExampleEvent, Rule};
use crate::source::Span;
use crate::vocabulary::{FactId, Type};

/// Decides the examples of the file itself; those of its bases are decided when they are checked.
///
/// Gives the events of those that can be decided.
pub(super) fn check<'a>(
    checker: &mut Checker<'a>,
    main: &'a Unit,
    rules: &[Rule],
    index: &Index,
) -> Vec<ExampleEvent> {
    let mut events = Vec::new();
    for declaration in &main.ast.declarations {
        let (keyword, examples) = match &declaration.kind {
            DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => {
                (rule.keyword, &rule.examples)
            }
            DeclarationKind::Otherwise(last) => (last.keyword, &last.examples),
            _ => continue,
        };
        for example in examples {
            let event = event(checker, main, example);
            if let (Some(event), false) =
                (event, checker.damaged || rules.is_empty() || checker.excused.any())
            {
                let deciding = &rules[index.first(&HeldValues::new(&checker.vocabulary, &event))];
                judge(checker, example, &event, keyword, deciding);
                events.push(ExampleEvent { span: example.span, values: event });
            }
        }
    }
    events
}

/// The event an example describes; none where it is no event.
fn event<'a>(checker: &mut Checker<'a>, unit: &'a Unit, example: &'a Example) -> Option<Vec<Held>> {
    let mut values: Vec<Option<(Held, Span)>> = vec![None; checker.vocabulary.facts.len()];
    let mut right = true;
    for entry in &example.entries {
        let Some(fact) = checker.vocabulary.find_fact(&entry.key.text) else {
            right = false;
            if !checker.excused.name(&entry.key.text) {
                let message = format!("no fact is called `{}`", entry.key);
                let report = Diagnostic::new(Code::BadExample, entry.key.span, message);
                let facts = checker.vocabulary.facts().map(|(_, fact)| fact.name.as_str());
                let report = suggestion(report, &entry.key, facts);
                checker.report(report);
            }
            continue;
        };
        if let Some((_, first)) = &values[fact.index()] {
            let report = Diagnostic::new(
                Code::BadExample,
                entry.key.span,
                format!("`{}` is given twice", entry.key),
            );
            let report = report.also(*first, "the first time");
            checker.report(report);
            right = false;
            continue;
        }
        match value(checker, unit, fact, &entry.value) {
            Some(value) => values[fact.index()] = Some((value, entry.key.span)),
            None => right = false,
        }
    }
    let mut event = Vec::with_capacity(values.len());
    let mut missing = Vec::new();
    for ((_, fact), value) in checker.vocabulary.facts().zip(values) {
        if value.is_none() && fact.is_required() {
            missing.push(fact.name.clone());
        }
        event.push(value.map_or(Held::Unsaid, |(value, _)| value));
    }
    if right && !missing.is_empty() {
        let message = format!("the example does not give `{}`", missing.join("`, `"));
        let report = Diagnostic::new(Code::BadExample, example.span, message);
        checker.report(report.help(
            "every event has to give the facts that are neither optional nor have a default",
        ));
    }
    (right && missing.is_empty()).then_some(event)
}

/// A value of an example. Unlike in a condition, a quoted name that an open enum does not know may stand here.
fn value<'a>(
    checker: &mut Checker<'a>,
    unit: &'a Unit,
    id: FactId,
    constant: &'a Constant,
) -> Option<Held> {
    let kind = checker.vocabulary.fact(id).kind;
    if let (Constant::Literal(literal), Type::Enum(enum_id)) = (constant, kind)
        && let LiteralValue::Text(text) = &literal.value
    {
        let kind = checker.vocabulary.enum_type(enum_id);
        if kind.open && kind.member(text).is_none() {
            let fact = checker.vocabulary.fact(id);
            return read(&checker.vocabulary, fact, Given::from(text.as_str())).ok();
        }
    }
    let typed = checker.typed(unit, kind, constant)?;
    let fact = checker.vocabulary.fact(id);
    let given = match &typed {
        Typed::Bool(value) => Given::Bool(*value),
        Typed::Text(text) => Given::from(text.as_str()),
        Typed::Member(_, member) => return Some(Held::Member(*member)),
        Typed::Int(_) | Typed::Duration(_) | Typed::Size(_) => Given::Int(typed.number()?),
    };
    if let Given::Int(number) = given
        && !(fact.low..=fact.high).contains(&number)
    {
        let shown = checker.vocabulary.show_number(kind, number);
        let range = show_range(&checker.vocabulary, kind, fact.low, fact.high);
        let message = format!("`{}` is never {shown}", fact.name);
        let report = Diagnostic::new(Code::BadExample, constant.span(), message)
            .also(fact.span, format!("its range is `{range}`"));
        checker.report(report);
        return None;
    }
    match read(&checker.vocabulary, fact, given) {
        Ok(value) => Some(value),
        Err(problem) => {
            checker.report(Diagnostic::new(Code::BadExample, constant.span(), problem.to_string()));
            None
        }
    }
}

/// Tells of an example that another rule decides than its own.
fn judge(
    checker: &mut Checker<'_>,
    example: &Example,
    event: &[Held],
    keyword: Span,
    deciding: &Rule,
) {
    if deciding.keyword == keyword {
        return;
    }
    let certain = deciding.condition.as_ref().is_none_or(|condition| {
        let values = HeldValues::new(&checker.vocabulary, event);
        crate::decide::evaluate(condition, &values) == crate::condition::Truth::True
    });
    let report = if certain {
        let message = format!("`{}` decides this example, not its own rule", deciding.title());
        Diagnostic::new(Code::WrongExample, example.span, message)
            .also(deciding.keyword, "this rule decides")
    } else {
        Diagnostic::new(Code::WrongExample, example.span, "no rule decides this example")
    };
    let report = report.also(keyword, "the example's own rule");
    checker.report(report.help("change the example, the rule or the order of the rules"));
}
