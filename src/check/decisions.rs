//! What a rule decides: an outcome that exists, with the arguments it takes, and labels given once.

use std::collections::BTreeMap;
use std::sync::Arc;

mod variants;

use self::variants::{by_itself, no_variant};
use super::Checker;
use super::constants::{Typed, nearest, shown_literal};
use super::names::{Meaning, suggestion};
use super::outcomes::{outcome_names, variants};
use super::sets::shared;
use crate::ast::{
    Argument as Written, ArgumentValue, Call, Constant, DecisionExpression, LabelEntry, LetValue,
    LiteralValue, Name,
};
use crate::decision::{Argument, Label, Outcome};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::show_range;
use crate::gather::Unit;
use crate::labels::Labels;
use crate::shared_text::SharedText;
use crate::source::Span;
use crate::value::Schedule;
use crate::vocabulary::{OutcomeType, Parameter, ParameterType, Type};

impl<'a> Checker<'a> {
    /// The outcome and the labels of a rule; none where either is wrong.
    pub(super) fn decision(
        &mut self,
        unit: &'a Unit,
        written: &'a DecisionExpression,
    ) -> Option<(Arc<Outcome>, Labels)> {
        let outcome = self.outcome(unit, &written.outcome);
        let labels = self.labels(unit, &written.labels);
        let (outcome, labels) = outcome.zip(labels)?;
        Some((shared(&mut self.outcomes, outcome.into()), labels))
    }

    fn outcome(&mut self, unit: &'a Unit, call: &'a Call) -> Option<Outcome> {
        self.count_text(call.span, 0)?;
        let (kind, arguments) = self.outcome_type(call)?;
        if let Some(report) = takes_nothing(&kind, call, arguments) {
            self.report(report);
            return None;
        }
        let mut given: BTreeMap<&str, (Argument, Span)> = BTreeMap::new();
        let mut right = true;
        for argument in arguments {
            match self.argument(unit, &kind, argument, arguments) {
                Some((name, value)) => {
                    let span = argument.key.as_ref().map_or(argument.value.span(), |key| key.span);
                    if let Some((_, first)) = given.insert(name, (value, span)) {
                        let message = format!("`{name}` is given twice");
                        let report = Diagnostic::new(Code::WrongArguments, span, message);
                        self.report(report.also(first, "the first time"));
                        right = false;
                    }
                }
                None => right = false,
            }
        }
        if !right {
            return None;
        }
        let mut arguments: Vec<(SharedText, Argument)> = Vec::new();
        for parameter in &kind.parameters {
            let value = given.remove(parameter.name.as_str()).map(|(value, _)| value);
            match value.or_else(|| parameter.default.clone()) {
                Some(value) => arguments.push((parameter.name.clone(), value)),
                None if parameter.optional => {}
                None => {
                    self.report(missing_argument(&kind, parameter, call.span));
                    right = false;
                }
            }
        }
        self.count_arguments(call.span, &arguments)?;
        right.then(|| Outcome {
            name: kind.name.clone(),
            variant: kind.variant.clone(),
            arguments: arguments.into(),
        })
    }

    /// Each rule holds its arguments, also those that a name or a default stands for.
    fn count_arguments(&mut self, span: Span, arguments: &[(SharedText, Argument)]) -> Option<()> {
        for (_, argument) in arguments {
            match argument {
                Argument::Text(text) => self.count_text(span, text.len())?,
                Argument::Schedule(Schedule::Delays(delays)) => {
                    self.count_text(span, size_of_val(delays.as_slice()))?;
                }
                _ => {}
            }
        }
        Some(())
    }

    /// The outcome's type, and what is given behind the variant.
    fn outcome_type(&mut self, call: &'a Call) -> Option<(Arc<OutcomeType>, &'a [Written])> {
        let all = self.vocabulary.outcomes.iter();
        let named: Vec<&Arc<OutcomeType>> =
            all.filter(|kind| kind.name == call.name.text).collect();
        let Some(first) = named.first() else {
            self.unknown_outcome(call);
            return None;
        };
        if first.variant.is_none() {
            return Some((Arc::clone(first), &call.arguments));
        }
        let variant = call.arguments.first().and_then(leading_word);
        let Some(variant) = variant else {
            let kinds: Vec<&OutcomeType> = named.iter().map(|kind| kind.as_ref()).collect();
            let report = no_variant(call, &kinds, self.sources);
            self.report(report);
            return None;
        };
        if let Some(kind) = named.iter().find(|kind| kind.variant.as_deref() == Some(&variant.text))
        {
            return Some((Arc::clone(kind), &call.arguments[1..]));
        }
        self.report_lazily(Code::UnknownOutcome, |vocabulary, _| {
            let message = format!("`{}` has no variant `{variant}`", call.name);
            let report = Diagnostic::new(Code::UnknownOutcome, variant.span, message);
            let variants = variants(vocabulary, &call.name);
            let report = suggestion(report, variant, variants.iter().copied());
            let help = format!("the variants are `{}`", variants.join("`, `"));
            if report.help.is_some() { report } else { report.help(help) }
        });
        None
    }

    fn unknown_outcome(&mut self, call: &Call) {
        let (name, sources) = (&call.name, self.sources);
        if self.excused.name(&name.text) {
            return;
        }
        self.report_lazily(Code::UnknownOutcome, |vocabulary, _| {
            let message = format!("no outcome is called `{name}`");
            let report = Diagnostic::new(Code::UnknownOutcome, name.span, message);
            let is_meant = |kind: &&OutcomeType| kind.variant.as_deref() == Some(&name.text);
            if let Some(kind) = vocabulary.outcomes().find(is_meant) {
                return by_itself(report, kind, call, sources);
            }
            let report = suggestion(report, name, outcome_names(vocabulary));
            let names: Vec<&str> = outcome_names(vocabulary).collect();
            let help = format!("the outcomes are `{}`", names.join("`, `"));
            if report.help.is_some() { report } else { report.help(help) }
        });
    }

    /// One argument with its parameter's name.
    fn argument<'k>(
        &mut self,
        unit: &'a Unit,
        kind: &'k OutcomeType,
        written: &'a Written,
        all: &'a [Written],
    ) -> Option<(&'k str, Argument)> {
        let Some(key) = &written.key else {
            let span = written.value.span();
            let message = format!("`{}` is given an argument without a name", kind.display());
            let report = Diagnostic::new(Code::WrongArguments, span, message);
            let report = report.help(what_it_takes(kind));
            self.report(match kind.parameters.as_slice() {
                [only] if all.len() == 1 => name_it(report, span, &only.name),
                _ => report,
            });
            return None;
        };
        let Some(parameter) = kind.parameters.iter().find(|parameter| parameter.name == key.text)
        else {
            if self.excused.name(&key.text) {
                return None;
            }
            self.report_lazily(Code::UnknownArgument, |_, _| {
                let message = format!("`{}` takes no `{key}`", kind.display());
                let report = Diagnostic::new(Code::UnknownArgument, key.span, message);
                let names = kind.parameters.iter().map(|parameter| parameter.name.as_str());
                let report = suggestion(report, key, names);
                if report.help.is_some() { report } else { report.help(what_it_takes(kind)) }
            });
            return None;
        };
        let value = match parameter.kind {
            ParameterType::Schedule => Argument::Schedule(self.schedule(unit, &written.value)?),
            ParameterType::Plain(plain) => {
                let ArgumentValue::Constant(constant) = &written.value else {
                    let expected = self.vocabulary.type_name(plain).to_owned();
                    let message = format!("`{key}` takes one value of type `{expected}`");
                    self.report(Diagnostic::new(Code::TypeMismatch, written.value.span(), message));
                    return None;
                };
                let value = self.typed(unit, plain, constant)?;
                self.within_parameter(parameter, plain, &value, constant.span())?;
                self.argument_of(value)
            }
        };
        Some((&parameter.name, value))
    }

    fn within_parameter(
        &mut self,
        parameter: &Parameter,
        kind: Type,
        value: &Typed,
        span: Span,
    ) -> Option<()> {
        let (low, high) = (parameter.low, parameter.high);
        let Some(number) = value.number().filter(|number| !(low..=high).contains(number)) else {
            return Some(());
        };
        let range = show_range(&self.vocabulary, kind, low, high);
        let shown = self.vocabulary.show_number(kind, number);
        let message = format!("`{}` cannot be {shown}", parameter.name);
        let report = Diagnostic::new(Code::OutOfRange, span, message)
            .also(parameter.span, format!("its range is `{range}`"))
            .help(nearest(&self.vocabulary, kind, (low, high), number));
        self.report(report);
        None
    }

    fn labels(&mut self, unit: &'a Unit, written: &'a [LabelEntry]) -> Option<Labels> {
        let mut labels: BTreeMap<SharedText, Label> = BTreeMap::new();
        let mut right = true;
        for LabelEntry { key, value } in written {
            let label = self.label(unit, value);
            right &= label.is_some();
            let Some(label) = label else { continue };
            if labels.insert(key.text.as_str().into(), label).is_some() {
                let first = written
                    .iter()
                    .find(|entry| entry.key.text == key.text)
                    .map_or(key.span, |entry| entry.key.span);
                let report = Diagnostic::new(
                    Code::DuplicateLabel,
                    key.span,
                    format!("the label `{key}` is given twice"),
                );
                self.report(report.also(first, "the first one"));
                right = false;
            }
        }
        right.then(|| labels.into())
    }

    fn label(&mut self, unit: &'a Unit, value: &'a Constant) -> Option<Label> {
        let literal = match value {
            Constant::Literal(literal) => literal,
            Constant::Name(name) => {
                let Some(Meaning::Let(id)) = self.find(unit, &name.text) else {
                    self.no_label(value.span(), &name.text);
                    return None;
                };
                match self.value_behind(id)? {
                    (_, _, LetValue::Constant(Constant::Literal(literal))) => literal,
                    _ => {
                        let kind = self.kind_of_let(id);
                        let message = format!("`{name}` is {kind}, which a label cannot be");
                        self.report(Diagnostic::new(Code::WrongKind, name.span, message));
                        return None;
                    }
                }
            }
        };
        match &literal.value {
            LiteralValue::Bool(value) => Some(Label::Bool(*value)),
            LiteralValue::Int(value) => Some(Label::Int(*value)),
            LiteralValue::Duration(value) => Some(Label::Duration(*value)),
            LiteralValue::Text(text) => {
                self.count_text(value.span(), text.len())?;
                Some(Label::Text(text.clone()))
            }
            LiteralValue::Wrong => None,
            other => {
                self.no_label(value.span(), &shown_literal(other));
                None
            }
        }
    }

    fn no_label(&mut self, span: Span, written: &str) {
        if self.excused.name(written) {
            return;
        }
        let report =
            Diagnostic::new(Code::TypeMismatch, span, format!("`{written}` cannot be a label"))
                .help("labels are texts, integers, booleans and durations")
                .fix("put it in quotes", span, super::names::quote(written));
        self.report(report);
    }
}

/// The report of an outcome that takes no arguments and is given one without a name.
fn takes_nothing(kind: &OutcomeType, call: &Call, given: &[Written]) -> Option<Diagnostic> {
    let nameless = given.iter().find(|argument| argument.key.is_none())?;
    let outcome = kind.display();
    let message = format!("`{outcome}` takes no arguments");
    let report = Diagnostic::new(Code::WrongArguments, nameless.value.span(), message);
    let report = report.fix(format!("write `{outcome}`"), call.span, outcome).guess();
    kind.parameters.is_empty().then_some(report)
}

fn what_it_takes(kind: &OutcomeType) -> String {
    let names: Vec<&str> =
        kind.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
    match names.is_empty() {
        true => "it takes no arguments".to_owned(),
        false => format!("it takes `{}`", names.join("`, `")),
    }
}

/// The word that says which variant of an outcome is meant.
fn leading_word(argument: &Written) -> Option<&Name> {
    match (&argument.key, &argument.value) {
        (None, ArgumentValue::Constant(Constant::Name(name))) => Some(name),
        _ => None,
    }
}

fn missing_argument(kind: &OutcomeType, parameter: &Parameter, span: Span) -> Diagnostic {
    let message = format!("`{}` needs `{}`", kind.display(), parameter.name);
    Diagnostic::new(Code::WrongArguments, span, message)
        .also(parameter.span, "declared without a default")
        .help(format!("give it by name, such as `{}: {}`", parameter.name, such_as(parameter)))
}

/// A value that the parameter might be given, for help.
fn such_as(parameter: &Parameter) -> &'static str {
    match parameter.kind {
        ParameterType::Schedule => "[10m, 1h]",
        ParameterType::Plain(Type::Bool) => "true",
        ParameterType::Plain(Type::Text) => "\"…\"",
        ParameterType::Plain(_) => "…",
    }
}

/// Adds the fix that gives an argument the only name it can have.
pub(super) fn name_it(report: Diagnostic, value: Span, name: &str) -> Diagnostic {
    report.fix(format!("name it `{name}`"), value.before(), format!("{name}: "))
}
