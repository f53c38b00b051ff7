//! What the file itself declares and nothing uses: `let`s, and in a file with rules facts and enums.

use std::collections::{HashMap, HashSet};

use super::Checker;
use crate::ast::{DeclarationKind, Example};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::source::Span;
use crate::vocabulary::{EnumId, Fact, ParameterType, Type, Vocabulary};

pub(super) fn check(checker: &mut Checker<'_>, main: &Unit) {
    if checker.excused.any() || checker.damaged {
        return;
    }
    let mut reports = lets(checker, main);
    // A file without rules declares facts for others to ask about.
    if examples(main).next().is_some() {
        reports.extend(facts(checker, main));
        reports.extend(enums(&checker.vocabulary, main));
    }
    for report in reports {
        checker.report(report);
    }
}

fn unused(span: Span, message: String) -> Diagnostic {
    Diagnostic::new(Code::UnusedName, span, message)
}

fn lets(checker: &Checker<'_>, main: &Unit) -> Vec<Diagnostic> {
    let own = checker.lets.iter().filter(|entry| entry.unit.ast.file == main.ast.file);
    let report = |entry: &super::lets::Let<'_>| {
        unused(entry.declared.name.span, format!("nothing uses `{}`", entry.name))
            .help("use it in a rule or take it away")
    };
    own.filter(|entry| !entry.used).map(report).collect()
}

fn facts(checker: &Checker<'_>, main: &Unit) -> Vec<Diagnostic> {
    let own = checker.vocabulary.facts().filter(|(_, fact)| fact.span.file == main.ast.file);
    let unasked = own.filter(|(id, _)| !checker.asked.contains(id));
    let given = given(main);
    unasked.map(|(_, fact)| unasked_fact(fact, given.get(fact.name.as_str()))).collect()
}

/// Where an example of the file first gives each fact.
fn given(main: &Unit) -> HashMap<&str, Span> {
    let mut given = HashMap::new();
    for entry in examples(main).flatten().flat_map(|example| &example.entries) {
        given.entry(entry.key.text.as_str()).or_insert(entry.key.span);
    }
    given
}

fn unasked_fact(fact: &Fact, given: Option<&Span>) -> Diagnostic {
    let report = unused(fact.span, format!("no rule asks about `{}`", fact.name));
    let report = match given {
        Some(&span) => report.also(span, "an example gives it, but that decides nothing"),
        None => report,
    };
    report.help(match fact.is_required() {
        true => "every event has to give it all the same; ask about it in a rule or take it away",
        false => "ask about it in a rule or take it away",
    })
}

/// The examples of each rule of a file.
fn examples(main: &Unit) -> impl Iterator<Item = &Vec<Example>> {
    main.ast.declarations.iter().filter_map(|declaration| match &declaration.kind {
        DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => Some(&rule.examples),
        DeclarationKind::Otherwise(last) => Some(&last.examples),
        _ => None,
    })
}

fn enums(vocabulary: &Vocabulary, main: &Unit) -> Vec<Diagnostic> {
    let all = vocabulary.enums().zip((0..).map(EnumId));
    let own = all.filter(|(kind, _)| kind.span.file == main.ast.file);
    let used = types(vocabulary);
    let without_use = own.filter(|(_, id)| !used.contains(id));
    let report = |(kind, _): (&crate::vocabulary::EnumType, EnumId)| {
        unused(kind.span, format!("nothing uses the enum `{}`", kind.name))
            .help("declare a fact of this type or take it away")
    };
    without_use.map(report).collect()
}

/// The enums that a fact or an argument of an outcome draws from.
fn types(vocabulary: &Vocabulary) -> HashSet<EnumId> {
    let parameters = vocabulary.outcomes().flat_map(|outcome| &outcome.parameters);
    let parameters = parameters.map(|parameter| match parameter.kind {
        ParameterType::Plain(kind) => Some(kind),
        ParameterType::Schedule => None,
    });
    let facts = vocabulary.facts().map(|(_, fact)| Some(fact.kind));
    let kinds = facts.chain(parameters).flatten();
    kinds.filter_map(|kind| if let Type::Enum(id) = kind { Some(id) } else { None }).collect()
}
