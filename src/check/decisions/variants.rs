//! Outcomes that do not say, as their first word, which of their variants is meant.

use crate::ast::{Argument, ArgumentValue, Call, Name};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Sources, Span};
use crate::vocabulary::OutcomeType;

/// Adds to the report of an unknown outcome that it is a variant of one: `retry` for `store(retry)`.
pub(super) fn by_itself(
    report: Diagnostic,
    kind: &OutcomeType,
    call: &Call,
    sources: &Sources,
) -> Diagnostic {
    let written = if call.arguments.is_empty() { kind.display() } else { in_full(kind) };
    // A host may know an outcome of this name: then a policy that wants it has to declare it.
    let report = report.help(format!(
        "`{0}` is a variant of `{1}`, written `{written}`; for an outcome of your own: `outcome {0}(…)`",
        call.name, kind.name
    ));
    match with_arguments(kind, &call.arguments, sources) {
        Some(inside) => write(report, call.span, format!("{}({inside})", kind.name)),
        None => report,
    }
}

/// The report of an outcome without its variant, with that word where only one of them fits.
pub(super) fn no_variant(call: &Call, kinds: &[&OutcomeType], sources: &Sources) -> Diagnostic {
    let variants: Vec<&str> = kinds.iter().filter_map(|kind| kind.variant.as_deref()).collect();
    let message = format!("`{}` does not say which of its variants is meant", call.name);
    let report = Diagnostic::new(Code::WrongArguments, call.span, message);
    let Some(first) = call.arguments.first() else {
        return report.help(format!("the variants are `{}`", variants.join("`, `")));
    };
    if let Some((kind, place, text)) = misplaced(first, kinds, sources) {
        let report = report.help(format!(
            "the variant stands first, and what it takes behind it: `{}`",
            in_full(kind)
        ));
        return match text {
            Some(text) => write(report, place, text),
            None => report,
        };
    }
    let report = report.help(format!("the variants are `{}`", variants.join("`, `")));
    let mut fitting = kinds.iter().filter(|kind| takes_all(kind, &call.arguments));
    match (fitting.next().and_then(|kind| kind.variant.as_deref()), fitting.next()) {
        (Some(only), None) => {
            let place = start(first).before();
            report.fix(format!("write `{only}` first"), place, format!("{only}, "))
        }
        _ => report,
    }
}

/// `store(retry, after: …)`
fn in_full(kind: &OutcomeType) -> String {
    let variant = kind.variant.as_deref().unwrap_or_default();
    let takes = kind.parameters.iter().map(|parameter| format!(", {}: …", parameter.name));
    format!("{}({variant}{})", kind.name, takes.collect::<String>())
}

fn write(report: Diagnostic, place: Span, text: String) -> Diagnostic {
    report.fix(format!("write `{text}`"), place, text)
}

/// `retry(after: [1m])` or `retry: [1m]` as the first argument: the variant meant, and what to write where.
fn misplaced<'k>(
    first: &Argument,
    kinds: &[&'k OutcomeType],
    sources: &Sources,
) -> Option<(&'k OutcomeType, Span, Option<String>)> {
    let find = |name: &Name| {
        kinds.iter().copied().find(|kind| kind.variant.as_deref() == Some(&name.text))
    };
    match (&first.key, &first.value) {
        (None, ArgumentValue::Call(inner)) => {
            let kind = find(&inner.name)?;
            Some((kind, inner.span, with_arguments(kind, &inner.arguments, sources)))
        }
        (Some(key), value) => {
            let kind = find(key)?;
            let whole = Span { end: value.span().end, ..key.span };
            let text = match kind.parameters.as_slice() {
                [only] => Some(format!("{key}, {}: {}", only.name, sources.slice(value.span()))),
                _ => None,
            };
            Some((kind, whole, text))
        }
        _ => None,
    }
}

/// The variant with what is given behind it, if it takes all of that.
fn with_arguments(kind: &OutcomeType, given: &[Argument], sources: &Sources) -> Option<String> {
    let variant = kind.variant.as_deref()?;
    match (given.first(), given.last()) {
        (Some(first), Some(last)) if takes_all(kind, given) => {
            let all = Span { end: last.value.span().end, ..start(first) };
            Some(format!("{variant}, {}", sources.slice(all)))
        }
        (None, None) => Some(variant.to_owned()),
        _ => None,
    }
}

/// Whether each of the arguments is one that the outcome takes, by name.
fn takes_all(kind: &OutcomeType, given: &[Argument]) -> bool {
    let takes = |key: &Name| kind.parameters.iter().any(|known| known.name == key.text);
    given.iter().all(|argument| argument.key.as_ref().is_some_and(takes))
}

/// Where an argument begins.
fn start(argument: &Argument) -> Span {
    argument.key.as_ref().map_or(argument.value.span(), |key| key.span)
}
