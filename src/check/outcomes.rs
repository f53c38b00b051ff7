//! Outcomes: variants that differ by their leading word, parameters with types and defaults.

use super::Checker;
use super::constants::Typed;
use crate::ast::{DeclarationKind, Name, OutcomeDeclaration, ParameterDeclaration};
use crate::decision::Argument;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::vocabulary::{OutcomeType, Parameter, ParameterType, Vocabulary};

/// Gathers all outcomes.
pub(super) fn declare(checker: &mut Checker<'_>) {
    let files = checker.files;
    for unit in files.units() {
        for declaration in &unit.ast.declarations {
            if let DeclarationKind::Outcome(outcome) = &declaration.kind {
                if checker.vocabulary.outcomes.len() == checker.limits.outcomes {
                    return checker.report(too_many(
                        "outcomes",
                        checker.limits.outcomes,
                        &outcome.name,
                    ));
                }
                declare_outcome(checker, unit, outcome, declaration.documentation.clone());
            }
        }
    }
}

fn declare_outcome<'a>(
    checker: &mut Checker<'a>,
    unit: &'a Unit,
    declared: &'a OutcomeDeclaration,
    documentation: Option<String>,
) {
    if let Some(report) = clash(checker, declared) {
        return checker.report(report);
    }
    let mut parameters: Vec<Parameter> = Vec::new();
    for parameter in &declared.parameters {
        if parameters.len() == checker.limits.parameters {
            checker.report(too_many("parameters", checker.limits.parameters, &parameter.name));
            break;
        }
        if let Some(first) = parameters.iter().find(|known| known.name == parameter.name.text) {
            let message = format!("the parameter `{}` is declared twice", parameter.name);
            let report = Diagnostic::new(Code::DuplicateName, parameter.name.span, message)
                .also(first.span, "the first one");
            checker.report(report);
            continue;
        }
        match declare_parameter(checker, unit, parameter) {
            Some(declared) => parameters.push(declared),
            None => checker.excused.add(&parameter.name.text),
        }
    }
    let outcome = OutcomeType {
        name: declared.name.text.as_str().into(),
        variant: declared.variant.as_ref().map(|variant| variant.text.as_str().into()),
        parameters,
        documentation,
        span: declared.name.span,
    };
    checker.vocabulary.outcomes.push(outcome.into());
}

fn too_many(what: &str, limit: usize, name: &Name) -> Diagnostic {
    Diagnostic::new(Code::TooLarge, name.span, format!("more than {limit} {what}"))
        .help("the host can raise the limit")
}

/// The report of an outcome that cannot stand beside one that is there already.
fn clash(checker: &Checker<'_>, declared: &OutcomeDeclaration) -> Option<Diagnostic> {
    let name = &declared.name;
    let variant = declared.variant.as_ref().map(|variant| variant.text.as_str());
    let mut others = checker.vocabulary.outcomes().filter(|known| known.name == name.text);
    let other = others.find(|known| {
        known.variant.as_deref() == variant || known.variant.is_none() || variant.is_none()
    })?;
    let report = if other.variant.as_deref() == variant {
        Diagnostic::new(
            Code::DuplicateName,
            name.span,
            format!("the outcome `{}` is declared twice", other.display()),
        )
    } else {
        let message = format!("`{name}` is declared both with and without a variant");
        Diagnostic::new(Code::BadOutcome, name.span, message)
            .help("the variants of an outcome differ by their leading word")
    };
    Some(report.also(other.span, "declared here first"))
}

fn declare_parameter<'a>(
    checker: &mut Checker<'a>,
    unit: &'a Unit,
    declared: &'a ParameterDeclaration,
) -> Option<Parameter> {
    let form = &declared.form;
    let mut parameter = Parameter {
        name: declared.name.text.as_str().into(),
        kind: ParameterType::Schedule,
        low: i64::MIN,
        high: i64::MAX,
        optional: form.optional.is_some(),
        default: None,
        span: declared.name.span,
    };
    if form.type_name.text != "schedule" {
        let kind = checker.plain_type(&form.type_name)?;
        let form = checker.form(unit, kind, form, Code::BadOutcome)?;
        parameter.kind = ParameterType::Plain(kind);
        (parameter.low, parameter.high) = (form.low, form.high);
        parameter.default = form.default.map(|default| checker.argument_of(default));
        return Some(parameter);
    }
    if let Some(range) = &form.range {
        let message = "the type `schedule` has no range";
        checker.report(Diagnostic::new(Code::BadOutcome, range.span, message));
        return None;
    }
    checker.refuse_optional_default(form, Code::BadOutcome)?;
    if let Some(default) = &form.default {
        parameter.default = Some(Argument::Schedule(checker.schedule_constant(unit, default)?));
    }
    Some(parameter)
}

impl Checker<'_> {
    /// A constant as an outcome carries it; members by their right spelling.
    pub(super) fn argument_of(&self, value: Typed) -> Argument {
        match value {
            Typed::Bool(value) => Argument::Bool(value),
            Typed::Int(value) => Argument::Int(value),
            Typed::Duration(value) => Argument::Duration(value),
            Typed::Size(value) => Argument::Size(value),
            Typed::Text(text) => Argument::Text(text),
            Typed::Member(id, member) => Argument::Text(
                self.vocabulary.enum_type(id).name_of(member).unwrap_or_default().to_owned(),
            ),
        }
    }
}

/// All names of outcomes, each once.
pub(super) fn outcome_names(vocabulary: &Vocabulary) -> impl Iterator<Item = &str> {
    let mut seen = std::collections::HashSet::new();
    let names = vocabulary.outcomes().map(|outcome| outcome.name.as_str());
    names.filter(move |name| seen.insert(*name))
}

/// The variants of an outcome, for messages.
pub(super) fn variants<'v>(vocabulary: &'v Vocabulary, name: &Name) -> Vec<&'v str> {
    let outcomes = vocabulary.outcomes().filter(|outcome| outcome.name == name.text);
    outcomes.filter_map(|outcome| outcome.variant.as_deref()).collect()
}
