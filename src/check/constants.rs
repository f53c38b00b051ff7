//! Constants: of the fact's type, within its range, and members spelt right.

use super::Checker;
use super::names::{Meaning, quote, suggestion};
use super::nothing::{asked_for_nothing, stands_for_nothing};
use super::sets::Set;
use crate::ast::{Constant, LetValue, Literal, LiteralValue, Name};
use crate::condition::{Members, Texts};
use crate::diagnostic::{Code, Diagnostic};
use crate::event::show_range;
use crate::gather::Unit;
use crate::source::{Sources, Span};
use crate::value::{Duration, Size};
use crate::vocabulary::{EnumId, FactId, MemberId, Type, Vocabulary};

/// A constant of a known type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Typed {
    Bool(bool),
    Int(i64),
    Duration(Duration),
    Size(Size),
    Text(String),
    Member(EnumId, MemberId),
}

impl Typed {
    /// The value of an ordered type in its base unit.
    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Typed::Int(value) => Some(*value),
            Typed::Duration(value) => Some(value.milliseconds()),
            Typed::Size(value) => Some(value.bytes()),
            _ => None,
        }
    }
}

impl<'a> Checker<'a> {
    /// A constant of this type; reports one that is of another.
    pub(super) fn typed(
        &mut self,
        unit: &'a Unit,
        kind: Type,
        constant: &'a Constant,
    ) -> Option<Typed> {
        match constant {
            Constant::Literal(literal) => self.typed_literal(unit, kind, literal, constant.span()),
            Constant::Name(name) => self.typed_name(unit, kind, name),
        }
    }

    fn typed_name(&mut self, unit: &'a Unit, kind: Type, name: &'a Name) -> Option<Typed> {
        match self.find(unit, &name.text) {
            Some(Meaning::Let(id)) => {
                let (_, unit, value) = self.value_behind(id)?;
                match value {
                    LetValue::Constant(Constant::Literal(literal)) => {
                        self.typed_literal(unit, kind, literal, name.span)
                    }
                    // An alias of a fact is no constant; what is left is a member.
                    LetValue::Constant(Constant::Name(member)) if !self.is_condition(id) => {
                        self.typed_member(unit, kind, member)
                    }
                    _ => {
                        let kind = self.kind_of_let(id);
                        let message = format!("`{name}` is {kind}, not a constant");
                        let report = Diagnostic::new(Code::WrongKind, name.span, message);
                        self.report(match kind {
                            "a set" => report.help("`in` asks whether a fact is in a set"),
                            _ => report,
                        });
                        None
                    }
                }
            }
            Some(Meaning::Fact(_)) if self.enums_with(&name.text).is_empty() => {
                let message =
                    format!("`{name}` is a fact, and facts are not compared with each other");
                let report = Diagnostic::new(Code::WrongKind, name.span, message);
                self.report(report.help("a fact stands on the left, a constant on the right"));
                None
            }
            _ => self.typed_member(unit, kind, name),
        }
    }

    fn typed_member(&mut self, unit: &'a Unit, kind: Type, name: &'a Name) -> Option<Typed> {
        if let Type::Enum(id) = kind {
            return self.member(unit, id, name).map(|member| Typed::Member(id, member));
        }
        if self.excused.name(&name.text) {
            return None;
        }
        if kind == Type::Text {
            self.report(name_for_text(name, self.sources));
        } else if self.enums_with(&name.text).is_empty() {
            self.unknown_value(kind, name);
        } else {
            let type_name = self.vocabulary.type_name(kind);
            let message = format!(
                "expected a value of type `{type_name}`, found `{name}`, a member of an enum"
            );
            self.report(Diagnostic::new(Code::TypeMismatch, name.span, message));
        }
        None
    }

    /// Reports a name that stands for nothing where a value should.
    fn unknown_value(&mut self, kind: Type, name: &Name) {
        if !self.unknown.insert(name.span) {
            return;
        }
        let sources = self.sources;
        self.report_lazily(Code::UnknownName, |vocabulary, lets| {
            let message = format!("nothing is called `{name}`");
            let report = Diagnostic::new(Code::UnknownName, name.span, message);
            if stands_for_nothing(name) {
                return asked_for_nothing(report, name, sources);
            }
            if let Some(truth) = truth(name).filter(|_| kind == Type::Bool) {
                return report.help(TRUTHS).fix(format!("write `{truth}`"), name.span, truth);
            }
            let report = suggestion(report, name, lets.names());
            let type_name = vocabulary.type_name(kind);
            let expected = format!("a value of type `{type_name}` is expected, or the name of one");
            if report.help.is_some() { report } else { report.help(expected) }
        });
    }

    /// A literal of this type; `span` is where it is used, which for a named one is not where it is written.
    fn typed_literal(
        &mut self,
        unit: &'a Unit,
        kind: Type,
        literal: &'a Literal,
        span: Span,
    ) -> Option<Typed> {
        match (&literal.value, kind) {
            (LiteralValue::Wrong, _) => None,
            (LiteralValue::Bool(value), Type::Bool) => Some(Typed::Bool(*value)),
            (LiteralValue::Int(value), Type::Int) => Some(Typed::Int(*value)),
            (LiteralValue::Duration(value), Type::Duration) => Some(Typed::Duration(*value)),
            (LiteralValue::Size(value), Type::Size) => Some(Typed::Size(*value)),
            (LiteralValue::Text(text), Type::Text) => {
                self.count_text(span, text.len())?;
                Some(Typed::Text(text.clone()))
            }
            (LiteralValue::Text(text), Type::Enum(id)) => {
                let name = Name { text: text.clone(), span, quoted: true };
                self.member(unit, id, &name).map(|member| Typed::Member(id, member))
            }
            (_, kind) => {
                self.mismatch(kind, literal, span);
                None
            }
        }
    }

    /// `used` is where the literal is used; what mends it stands where it is written.
    fn mismatch(&mut self, kind: Type, literal: &Literal, used: Span) {
        let (value, span) = (&literal.value, literal.span);
        let (expected, shown) = (self.vocabulary.type_name(kind).to_owned(), shown_literal(value));
        let message = format!(
            "expected a value of type `{expected}`, found the {} `{shown}`",
            kind_of_literal(value)
        );
        let report = Diagnostic::new(Code::TypeMismatch, used, message);
        if used != span {
            // Others may use the name, too, so what it stands for is not for this place to change.
            return self.report(report.also(span, "the value is written here"));
        }
        let report = match (kind, value) {
            (Type::Enum(id), LiteralValue::Int(_))
                if self.vocabulary.enum_type(id).member(&shown).is_some() =>
            {
                report.help("a name that is no word stands in quotes").fix(
                    "put it in quotes",
                    span,
                    quote(&shown),
                )
            }
            (Type::Enum(id), LiteralValue::Int(_)) if self.vocabulary.enum_type(id).open => report
                .help("a member that is no word stands in quotes")
                .fix("put it in quotes", span, quote(&shown))
                .guess(),
            (Type::Duration, LiteralValue::Int(count)) if *count >= 0 => report
                .help("a duration has a unit")
                .fix(format!("write `{count}s`"), span, format!("{count}s"))
                .guess(),
            (Type::Size, LiteralValue::Int(count)) if *count >= 0 => report
                .help("a size has a unit")
                .fix(format!("write `{count}B`"), span, format!("{count}B"))
                .guess(),
            (Type::Int, LiteralValue::Text(text)) if text.parse::<i64>().is_ok() => report
                .help("a number stands without quotes")
                .fix(format!("write `{text}`"), span, text.clone()),
            (Type::Bool, LiteralValue::Text(text)) if text == "true" || text == "false" => {
                report.fix(format!("write `{text}`"), span, text.clone())
            }
            (Type::Text, LiteralValue::Int(_)) => {
                report.help("a text stands in quotes").fix("put it in quotes", span, quote(&shown))
            }
            _ => report,
        };
        self.report(report);
    }

    /// The set of one value that a fact can have.
    pub(super) fn single_value(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        constant: &'a Constant,
    ) -> Option<Set> {
        let kind = self.vocabulary.fact(fact).kind;
        if kind.is_ordered() {
            let value = self.number(unit, fact, constant)?;
            return Some(Set::numbers(vec![(value, value)]));
        }
        Some(match self.typed(unit, kind, constant)? {
            Typed::Bool(value) => Set::Bools { on_false: !value, on_true: value },
            Typed::Text(text) => Set::Texts(Texts::new(vec![text.into()]).into()),
            Typed::Member(_, member) => Set::Members(Members::new([member]).into()),
            Typed::Int(_) | Typed::Duration(_) | Typed::Size(_) => return None,
        })
    }

    /// A constant of an ordered fact, in its base unit and within its range.
    pub(super) fn number(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        constant: &'a Constant,
    ) -> Option<i64> {
        let kind = self.vocabulary.fact(fact).kind;
        let value = self.typed(unit, kind, constant)?.number()?;
        self.within_range(fact, value, constant.span()).then_some(value)
    }

    /// Whether the fact can have this value; reports where not.
    fn within_range(&mut self, fact: FactId, value: i64, span: Span) -> bool {
        let fact = self.vocabulary.fact(fact);
        if (fact.low..=fact.high).contains(&value) {
            return true;
        }
        let range = show_range(&self.vocabulary, fact.kind, fact.low, fact.high);
        let shown = self.vocabulary.show_number(fact.kind, value);
        let message = format!("`{}` is never {shown}", fact.name);
        let report = Diagnostic::new(Code::OutOfRange, span, message)
            .also(fact.span, format!("its range is `{range}`"))
            .help(nearest(&self.vocabulary, fact.kind, (fact.low, fact.high), value));
        self.report(report);
        false
    }

    /// A text constant.
    pub(super) fn text(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        constant: &'a Constant,
    ) -> Option<String> {
        let kind = self.vocabulary.fact(fact).kind;
        match self.typed(unit, kind, constant)? {
            Typed::Text(text) => Some(text),
            _ => None,
        }
    }
}

/// The end of a range that lies next to a value outside it, for help.
pub(super) fn nearest(
    vocabulary: &Vocabulary,
    kind: Type,
    (low, high): (i64, i64),
    value: i64,
) -> String {
    let (which, end) = if value < low { ("lowest", low) } else { ("highest", high) };
    format!("the {which} it can be is {}", vocabulary.show_number(kind, end))
}

pub(super) const TRUTHS: &str = "the truth values are `true` and `false`";

/// The truth value that a name is in other languages.
pub(super) fn truth(name: &Name) -> Option<&'static str> {
    match name.text.to_ascii_lowercase().as_str() {
        "true" | "yes" => Some("true"),
        "false" | "no" => Some("false"),
        _ => None,
    }
}

/// What a literal is, for messages.
fn kind_of_literal(value: &LiteralValue) -> &'static str {
    match value {
        LiteralValue::Bool(_) => "truth value",
        LiteralValue::Int(_) => "integer",
        LiteralValue::Duration(_) => "duration",
        LiteralValue::Size(_) => "size",
        LiteralValue::Percentage(_) => "percentage",
        LiteralValue::Text(_) => "text",
        LiteralValue::Wrong => "value",
    }
}

/// Says how a literal is written, for messages.
pub(super) fn shown_literal(value: &LiteralValue) -> String {
    match value {
        LiteralValue::Bool(value) => value.to_string(),
        LiteralValue::Int(value) => value.to_string(),
        LiteralValue::Duration(value) => value.to_string(),
        LiteralValue::Size(value) => value.to_string(),
        LiteralValue::Percentage(value) => format!("{value}%"),
        LiteralValue::Text(text) => quote(text),
        LiteralValue::Wrong => "…".to_owned(),
    }
}

/// A bare word where a text should stand.
fn name_for_text(name: &Name, sources: &Sources) -> Diagnostic {
    let message = format!("`{name}` is a name, not a text");
    let report = Diagnostic::new(Code::TypeMismatch, name.span, message);
    if stands_for_nothing(name) {
        return asked_for_nothing(report, name, sources);
    }
    let text = quote(&name.text);
    report.help("a text stands in quotes").fix(format!("write `{text}`"), name.span, text)
}
