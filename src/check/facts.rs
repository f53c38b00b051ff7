//! Facts: a known type, a range of it, and a default within that range or a `?`, not both.

use super::Checker;
use super::constants::Typed;
use super::enums::BUILT_IN_TYPES;
use super::names::{meant, suggestion};
use super::sets::empty_range;
use crate::ast::{DeclarationKind, FactDeclaration, Name, TypedForm};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::show_range;
use crate::gather::Unit;
use crate::source::Span;
use crate::vocabulary::{DefaultValue, Fact, FactId, Type};

/// Gathers all facts.
pub(super) fn declare(checker: &mut Checker<'_>) {
    let files = checker.files;
    for unit in files.units() {
        for declaration in &unit.ast.declarations {
            if let DeclarationKind::Fact(fact) = &declaration.kind {
                declare_fact(checker, unit, fact, declaration.documentation.clone());
            }
        }
    }
}

fn declare_fact<'a>(
    checker: &mut Checker<'a>,
    unit: &'a Unit,
    declared: &'a FactDeclaration,
    documentation: Option<String>,
) {
    if declare_right(checker, unit, declared, documentation).is_none() {
        checker.excused.add(&declared.name.text);
    }
}

/// Declares a fact; nothing where its declaration is wrong.
fn declare_right<'a>(
    checker: &mut Checker<'a>,
    unit: &'a Unit,
    declared: &'a FactDeclaration,
    documentation: Option<String>,
) -> Option<()> {
    let name = &declared.name;
    if let Some(first) = checker.vocabulary.find_fact(&name.text) {
        let place = checker.vocabulary.fact(first).span;
        let report = Diagnostic::new(
            Code::DuplicateName,
            name.span,
            format!("the fact `{name}` is declared twice"),
        );
        checker.report(report.also(place, "declared here first"));
        return Some(());
    }
    let kind = checker.plain_type(&declared.form.type_name)?;
    let form = checker.form(unit, kind, &declared.form, Code::BadFact)?;
    let id = FactId(checker.vocabulary.facts.len() as u32);
    checker.vocabulary.fact_names.insert(&name.text, id.0);
    checker.vocabulary.facts.push(Fact {
        name: name.text.clone(),
        kind,
        low: form.low,
        high: form.high,
        optional: form.optional,
        default: form.default.map(DefaultValue::from),
        documentation,
        span: name.span,
    });
    Some(())
}

/// What other languages call the types.
fn type_called(name: &str) -> Option<&'static str> {
    match name {
        "string" | "String" | "str" => Some("text"),
        "boolean" | "Boolean" => Some("bool"),
        "integer" | "Integer" | "number" | "Int" => Some("int"),
        "time" | "interval" | "timeout" => Some("duration"),
        "bytes" => Some("size"),
        _ => None,
    }
}

impl From<Typed> for DefaultValue {
    fn from(value: Typed) -> Self {
        match value {
            Typed::Bool(value) => DefaultValue::Bool(value),
            Typed::Int(value) => DefaultValue::Int(value),
            Typed::Duration(value) => DefaultValue::Duration(value),
            Typed::Size(value) => DefaultValue::Size(value),
            Typed::Text(text) => DefaultValue::Text(text),
            Typed::Member(_, member) => DefaultValue::Member(member),
        }
    }
}

/// What follows a type's name, resolved.
pub(super) struct Form {
    pub(super) low: i64,
    pub(super) high: i64,
    pub(super) optional: bool,
    pub(super) default: Option<Typed>,
}

impl<'a> Checker<'a> {
    /// The type of this name, schedules excepted.
    pub(super) fn plain_type(&mut self, name: &Name) -> Option<Type> {
        let kind = match name.text.as_str() {
            "bool" => Type::Bool,
            "int" => Type::Int,
            "duration" => Type::Duration,
            "size" => Type::Size,
            "text" => Type::Text,
            other => match self.vocabulary.find_enum(other) {
                Some(id) => Type::Enum(id),
                None => {
                    self.unknown_type(name);
                    return None;
                }
            },
        };
        Some(kind)
    }

    fn unknown_type(&mut self, name: &Name) {
        if self.excused.name(&name.text) {
            return;
        }
        if name.text == "schedule" {
            let report = Diagnostic::new(
                Code::UnknownType,
                name.span,
                "a `schedule` can only be given to an outcome",
            );
            return self.report(
                report.help("facts are `bool`, `int`, `duration`, `size`, `text` or of an enum"),
            );
        }
        let enums: Vec<&str> = self.vocabulary.enums().map(|kind| kind.name.as_str()).collect();
        let report =
            Diagnostic::new(Code::UnknownType, name.span, format!("no type is called `{name}`"));
        let report = match type_called(&name.text) {
            Some(known) => meant(report, name, known.to_owned()),
            None => suggestion(report, name, BUILT_IN_TYPES.into_iter().chain(enums)),
        };
        let help = "types are `bool`, `int`, `duration`, `size`, `text` and the enums";
        let report = if report.help.is_some() { report } else { report.help(help) };
        self.report(report);
    }

    /// The range, `?` and default behind a type; none where one of them is wrong.
    pub(super) fn form(
        &mut self,
        unit: &'a Unit,
        kind: Type,
        form: &'a TypedForm,
        code: Code,
    ) -> Option<Form> {
        let (low, high) = self.bounds(unit, kind, form, code)?;
        let default = match &form.default {
            Some(constant) => Some(self.typed(unit, kind, constant)?),
            None => None,
        };
        self.refuse_optional_default(form, code)?;
        if let (Some(number), Some(constant)) =
            (default.as_ref().and_then(Typed::number), &form.default)
            && !(low..=high).contains(&number)
        {
            let range = show_range(&self.vocabulary, kind, low, high);
            self.report(Diagnostic::new(
                code,
                constant.span(),
                format!("the default lies outside the range `{range}`"),
            ));
            return None;
        }
        Some(Form { low, high, optional: form.optional.is_some(), default })
    }

    /// Refuses a `?` beside a default.
    pub(super) fn refuse_optional_default(&mut self, form: &TypedForm, code: Code) -> Option<()> {
        let (Some(optional), Some(default)) = (form.optional, &form.default) else {
            return Some(());
        };
        let text = self.sources.file(optional.file).text();
        let before = text[..optional.start as usize].trim_end().len();
        let gone = Span::new(optional.file, before..optional.end as usize);
        let report = Diagnostic::new(code, optional, "what has a default is never absent")
            .also(default.span(), "the default")
            .help("take away the `?` or the default");
        self.report(report.fix("take away the `?`", gone, "").guess());
        None
    }

    /// The lowest and highest value; durations and sizes are never negative.
    fn bounds(
        &mut self,
        unit: &'a Unit,
        kind: Type,
        form: &'a TypedForm,
        code: Code,
    ) -> Option<(i64, i64)> {
        let Some(range) = &form.range else { return Some((kind.least(), i64::MAX)) };
        if !kind.is_ordered() {
            let name = self.vocabulary.type_name(kind);
            let report =
                Diagnostic::new(code, range.span, format!("the type `{name}` has no range"));
            self.report(report.help("only `int`, `duration` and `size` have an order"));
            return None;
        }
        let low = range.low.as_ref().map(|low| self.typed(unit, kind, low));
        let high = range.high.as_ref().map(|high| self.typed(unit, kind, high));
        let low = low.map_or(Some(kind.least()), |low| low?.number())?;
        let high = high.map_or(Some(i64::MAX), |high| high?.number())?;
        if low > high {
            self.report(empty_range(self.sources.slice(range.span), range));
            return None;
        }
        Some((low, high))
    }
}
