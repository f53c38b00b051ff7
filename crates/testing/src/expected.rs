//! The outcome and the labels that a case expects.

use redress::Decision;
use redress::vocabulary::{OutcomeType, Vocabulary};
use serde::Serialize;
use toml::{Table, Value};

use crate::summary::{Difference, Expectation};
use redress_toml::{Located, Problem, did_you_mean, listed};

/// What is wrong with an expected outcome, whatever is decided: no policy of the vocabulary can reach it.
pub(crate) fn problem(vocabulary: &Vocabulary, outcome: &Located<Value>) -> Option<Problem> {
    let message = match &outcome.value {
        Value::String(display) => unknown_display(vocabulary, display),
        Value::Table(table) => unreachable_table(vocabulary, table),
        _ => Some(
            "`outcome` is a text such as \"store(retry)\", or a table with the whole of it"
                .to_owned(),
        ),
    };
    message.map(|message| outcome.problem(message))
}

fn unknown_display(vocabulary: &Vocabulary, display: &str) -> Option<String> {
    let known: Vec<String> = vocabulary.outcomes().map(OutcomeType::display).collect();
    if known.iter().any(|known| known == display) {
        return None;
    }
    if let Some(plain) = known.iter().find(|known| has_arguments(display, known)) {
        return Some(format!(
            "a text names an outcome without arguments: write \"{plain}\", or all of it as a table"
        ));
    }
    let variants: Vec<String> = vocabulary
        .outcomes()
        .filter(|outcome| outcome.name == display)
        .map(OutcomeType::display)
        .collect();
    Some(match variants.is_empty() {
        true => unknown("no outcome is called", display, known.iter().map(String::as_str)),
        false => format!("`{display}` alone is no outcome, there is {}", listed(&variants)),
    })
}

/// Whether a text is an outcome as policies write it, with arguments.
fn has_arguments(display: &str, plain: &str) -> bool {
    let opened =
        plain.strip_suffix(')').map_or_else(|| format!("{plain}("), |open| format!("{open},"));
    display.starts_with(&opened)
}

/// As JSON shows an outcome that is more than a name: a name over a variant, arguments, or both.
fn unreachable_table(vocabulary: &Vocabulary, table: &Table) -> Option<String> {
    let mut entries = table.iter();
    let (Some((name, inside)), None) = (entries.next(), entries.next()) else {
        return Some("an outcome's table has one key, its name".to_owned());
    };
    let variants: Vec<&OutcomeType> =
        vocabulary.outcomes().filter(|outcome| outcome.name == *name).collect();
    if variants.is_empty() {
        let names = vocabulary.outcomes().map(|outcome| outcome.name.as_str());
        return Some(unknown("no outcome is called", name, names));
    }
    let named =
        |name: &str| variants.iter().find(|outcome| outcome.variant.as_deref() == Some(name));
    match inside {
        Value::String(variant) if named(variant).is_some() => None,
        Value::String(variant) => Some(unknown_variant(name, variant, &variants)),
        Value::Table(inside) => {
            match (inside.iter().next(), variants.iter().find(|outcome| outcome.variant.is_none()))
            {
                (Some((variant, Value::Table(arguments))), _) if named(variant).is_some() => {
                    named(variant).and_then(|outcome| unknown_argument(outcome, arguments))
                }
                (_, Some(plain)) => unknown_argument(plain, inside),
                (Some((variant, _)), None) => Some(unknown_variant(name, variant, &variants)),
                (None, None) => Some(format!("under `{name}` stands its variant")),
            }
        }
        _ => Some(format!("under `{name}` stands its variant or its arguments")),
    }
}

fn unknown_variant(name: &str, variant: &str, variants: &[&OutcomeType]) -> String {
    let known = variants.iter().filter_map(|outcome| outcome.variant.as_deref());
    unknown(&format!("`{name}` has no variant"), variant, known)
}

fn unknown_argument(outcome: &OutcomeType, arguments: &Table) -> Option<String> {
    let known = || outcome.parameters.iter().map(|parameter| parameter.name.as_str());
    let stranger = arguments.keys().find(|name| !known().any(|known| known == *name))?;
    Some(unknown(&format!("`{}` has no argument", outcome.display()), stranger, known()))
}

fn unknown<'a>(what: &str, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    format!("{what} `{name}`{}", did_you_mean(name, known))
}

/// How the outcome is another than expected.
pub(crate) fn difference(expected: &Value, decision: &Decision) -> Option<Difference> {
    let got = match expected {
        Value::String(_) => Value::String(decision.display.to_string()),
        _ => as_value(&decision.outcome),
    };
    (got != *expected).then(|| Difference {
        about: Expectation::Outcome,
        expected: shown(expected),
        got: shown(&got),
    })
}

/// How the labels are others than expected.
pub(crate) fn other_labels(expected: &Table, decision: &Decision) -> Option<Difference> {
    let got = as_value(&decision.labels);
    let expected = Value::Table(expected.clone());
    (got != expected).then(|| Difference {
        about: Expectation::Labels,
        expected: shown(&expected),
        got: shown(&got),
    })
}

/// The value as its JSON has it. TOML holds whatever an outcome or label can be; were it otherwise, nothing equals an empty list.
pub(crate) fn as_value(value: &impl Serialize) -> Value {
    Value::try_from(value).unwrap_or(Value::Array(Vec::new()))
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        other => format!("`{other}`"),
    }
}
