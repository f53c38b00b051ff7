//! Clauses and elements of lists that may be taken away.

use std::collections::HashMap;

use super::Checker;
use super::dead::{MOST_SHOWN, join, names};
use super::lists::{take_away, with_what_joins_it};
use crate::analyze::{Elements, Findings, RedundantClause, RedundantElement};
use crate::ast::{
    Chain, Condition, Constant, DeclarationKind, Element, LetValue, List, LiteralValue, Predicate,
    RuleDeclaration, SetExpression, Test,
};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::Held;
use crate::gather::Unit;
use crate::policy::Rule;
use crate::source::Span;
use crate::vocabulary::{Fact, Type, Vocabulary};

/// The lists that stand in rules of a file, by the places of their tests, with the elements that are plain values.
pub(super) fn lists(checker: &Checker<'_>, main: &Unit) -> HashMap<Span, Elements> {
    let mut lists = HashMap::new();
    for rule in rules_of(main) {
        for (test, list) in lists_in(&rule.condition) {
            lists.extend(elements(&checker.vocabulary, test, list).map(|all| (test.span, all)));
        }
    }
    lists
}

pub(super) fn report(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule], findings: &Findings) {
    let written: HashMap<Span, &RuleDeclaration> =
        rules_of(main).map(|rule| (rule.keyword, rule)).collect();
    for clause in findings.redundant_parts.clauses.iter().chain(&findings.needless_clauses) {
        let rule = written.get(&rules[clause.rule].keyword);
        let report = rule.and_then(|rule| redundant_clause(checker, main, rules, rule, clause));
        report.into_iter().for_each(|report| checker.report(report));
    }
    for element in &findings.redundant_parts.elements {
        let rule = written.get(&rules[element.rule].keyword);
        let report = rule.and_then(|rule| redundant_element(checker, rules, rule, element));
        report.into_iter().for_each(|report| checker.report(report));
    }
}

fn rules_of(unit: &Unit) -> impl Iterator<Item = &RuleDeclaration> {
    unit.ast.declarations.iter().filter_map(|declaration| match &declaration.kind {
        DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => Some(rule),
        _ => None,
    })
}

fn lists_in(condition: &Condition) -> impl Iterator<Item = (&Test, &List)> {
    condition.tests().into_iter().filter_map(|test| match &test.predicate {
        Predicate::In { set: SetExpression::List(list), .. } => Some((test, list)),
        _ => None,
    })
}

/// The elements that are members, numbers or texts as they are written; an only one is not looked at.
fn elements(vocabulary: &Vocabulary, test: &Test, list: &List) -> Option<Elements> {
    let fact = vocabulary.fact(vocabulary.find_fact(&test.subject.text)?);
    let element = |(at, element)| {
        let (low, high) = ends(vocabulary, fact, element)?;
        Some((at, low, high))
    };
    let count = list.elements.len();
    let values = list.elements.iter().enumerate().filter_map(element).collect();
    (count > 1).then_some(Elements { count, values })
}

/// The lowest and the highest value of an element.
fn ends(vocabulary: &Vocabulary, fact: &Fact, element: &Element) -> Option<(Held, Held)> {
    match element {
        Element::Constant(constant) => {
            let value = value(vocabulary, fact.kind, constant)?;
            Some((value.clone(), value))
        }
        Element::Range(range) => {
            let end = |end: &Option<Constant>, open: i64| match end {
                Some(constant) => value(vocabulary, fact.kind, constant),
                None => Some(Held::Number(open)),
            };
            Some((end(&range.low, fact.low)?, end(&range.high, fact.high)?))
        }
    }
}

/// A member, or what a literal says; nothing for other names.
fn value(vocabulary: &Vocabulary, kind: Type, constant: &Constant) -> Option<Held> {
    let member = |name: &str| match kind {
        Type::Enum(id) => vocabulary.enum_type(id).member(name).map(Held::Member),
        _ => None,
    };
    match constant {
        Constant::Name(name) => member(&name.text),
        Constant::Literal(literal) => match &literal.value {
            LiteralValue::Text(text) if kind == Type::Text => {
                Some(Held::Text(text.as_str().into()))
            }
            LiteralValue::Text(text) => member(text),
            LiteralValue::Bool(value) => Some(Held::Bool(*value)),
            value => value.number().map(Held::Number),
        },
    }
}

fn redundant_clause(
    checker: &Checker<'_>,
    main: &Unit,
    rules: &[Rule],
    rule: &RuleDeclaration,
    clause: &RedundantClause,
) -> Option<Diagnostic> {
    let (chain, at) = find(&rule.condition, &clause.path)?;
    let written = chain.clauses().nth(at)?;
    let span = written.span();
    let (code, help) = match &clause.decided_by[..] {
        [] if rests_on_a_set(checker, &rule.condition, written) => (
            Code::NeedlessHere,
            "with the sets as they are, the rule holds for the same events without it".to_owned(),
        ),
        [] => (Code::RedundantClause, "the rule holds for the same events without it".to_owned()),
        earlier => (Code::NeedlessHere, deciders(rules, earlier)),
    };
    let report = Diagnostic::new(code, span, "this clause changes nothing").help(help);
    let report = with_deciders(report, rules, &clause.decided_by);
    if code == Code::NeedlessHere {
        return Some(report);
    }
    let gone = with_what_joins_it(|at| chain.clauses().nth(at).map(Condition::span), at)?;
    let loses_a_comment = main
        .ast
        .comments
        .iter()
        .any(|comment| (gone.start..gone.end).contains(&comment.span.start));
    let report = report.fix("take it away", gone, "");
    Some(if loses_a_comment { report.guess() } else { report })
}

/// Whether a set, which other files may change, has a part in what a clause says.
fn rests_on_a_set(checker: &Checker<'_>, condition: &Condition, clause: &Condition) -> bool {
    let clause = tests_behind(checker, clause);
    let facts: Vec<&str> = clause.iter().map(|test| test.subject.text.as_str()).collect();
    is_asked_of_a_set(checker, condition, &facts)
}

/// Whether it is asked if one of these facts is in a set with a name.
fn is_asked_of_a_set(checker: &Checker<'_>, condition: &Condition, facts: &[&str]) -> bool {
    tests_behind(checker, condition).into_iter().any(|test| {
        names_a_set(checker, &test.predicate) && facts.contains(&test.subject.text.as_str())
    })
}

/// The tests of a condition and of those that it names.
fn tests_behind<'c>(checker: &Checker<'c>, condition: &'c Condition) -> Vec<&'c Test> {
    let named = |test: &Test| match &checker
        .lets
        .get(checker.lets.find(&test.subject.text)?)
        .declared
        .value
    {
        LetValue::Condition(named) if test.predicate == Predicate::Holds => Some(named),
        _ => None,
    };
    let behind = |test: &'c Test| match named(test) {
        Some(condition) => tests_behind(checker, condition),
        None => vec![test],
    };
    condition.tests().into_iter().flat_map(behind).collect()
}

/// `in transient`, or `in [transient, DataError]`
fn names_a_set(checker: &Checker<'_>, predicate: &Predicate) -> bool {
    let is_let = |element: &Element| match element {
        Element::Constant(Constant::Name(name)) => checker.lets.find(&name.text).is_some(),
        _ => false,
    };
    match predicate {
        Predicate::In { set: SetExpression::Constant(_), .. } => true,
        Predicate::In { set: SetExpression::List(list), .. } => list.elements.iter().any(is_let),
        _ => false,
    }
}

/// The chain that a path leads to, and the position in it.
fn find<'c>(condition: &'c Condition, path: &[usize]) -> Option<(&'c Chain, usize)> {
    match condition {
        Condition::Not { inner, .. } | Condition::Group { inner, .. } => find(inner, path),
        Condition::Chain(chain) => match path {
            [at] => Some((chain, *at)),
            [at, rest @ ..] => find(chain.clauses().nth(*at)?, rest),
            [] => None,
        },
        Condition::Test(_) => None,
    }
}

fn redundant_element(
    checker: &Checker<'_>,
    rules: &[Rule],
    rule: &RuleDeclaration,
    redundant: &RedundantElement,
) -> Option<Diagnostic> {
    let (test, list) = lists_in(&rule.condition).find(|(test, _)| test.span == redundant.test)?;
    let span = list.elements.get(redundant.element)?.span();
    let message = format!("`{}` changes nothing in this list", checker.sources.slice(span));
    let report = |code, help: &str| Diagnostic::new(code, span, &*message).help(help);
    Some(match &redundant.decided_by[..] {
        [] if is_asked_of_a_set(checker, &rule.condition, &[&test.subject.text]) => {
            let help = "with the sets as they are, the rest of the condition says the same of it";
            report(Code::NeedlessHere, help)
        }
        [] => {
            let help = "the rest of the condition says the same of it, in the list or not";
            take_away(report(Code::RedundantElement, help), list, redundant.element)
        }
        earlier => {
            let report = report(Code::RedundantElement, &deciders(rules, earlier));
            take_away(with_deciders(report, rules, earlier), list, redundant.element)
        }
    })
}

/// `a` and `b` already decide the events for which it matters
fn deciders(rules: &[Rule], earlier: &[usize]) -> String {
    let earlier: Vec<&Rule> = earlier.iter().map(|&at| &rules[at]).collect();
    let decide = if earlier.len() == 1 { "decides" } else { "decide" };
    format!("{} already {decide} the events for which it matters", join(&names(&earlier)))
}

fn with_deciders(report: Diagnostic, rules: &[Rule], earlier: &[usize]) -> Diagnostic {
    let shown = earlier.iter().take(MOST_SHOWN);
    shown.fold(report, |report, &at| report.also(rules[at].keyword, "comes first"))
}
