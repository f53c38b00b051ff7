//! What the file itself declares and nothing uses: `let`s, and in a file with rules facts and enums.

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
    unasked.map(|(_, fact)| unasked_fact(fact, main)).collect()
}

fn unasked_fact(fact: &Fact, main: &Unit) -> Diagnostic {
    let report = unused(fact.span, format!("no rule asks about `{}`", fact.name));
    let mut entries = examples(main).flatten().flat_map(|example| &example.entries);
    let report = match entries.find(|entry| entry.key.text == fact.name) {
        Some(entry) => report.also(entry.key.span, "an example gives it, but that decides nothing"),
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
    let without_use = own.filter(|(_, id)| !is_type_of_something(vocabulary, *id));
    let report = |(kind, _): (&crate::vocabulary::EnumType, EnumId)| {
        unused(kind.span, format!("nothing uses the enum `{}`", kind.name))
            .help("declare a fact of this type or take it away")
    };
    without_use.map(report).collect()
}

/// Whether a fact or an argument of an outcome is of this type.
fn is_type_of_something(vocabulary: &Vocabulary, id: EnumId) -> bool {
    let mut parameters = vocabulary.outcomes().flat_map(|outcome| &outcome.parameters);
    vocabulary.facts().any(|(_, fact)| fact.kind == Type::Enum(id))
        || parameters.any(|parameter| parameter.kind == ParameterType::Plain(Type::Enum(id)))
}
