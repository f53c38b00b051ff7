//! What was probably meant where a syntax error is.

use super::expected::{Expected, expects_a_parent};
use super::place::Place;
use super::rewrite::{as_list, in_place_of_equality, in_place_of_kinship, turned_round};
use super::sign::hint_of_sign;
use super::word::hint_of_word;
use crate::diagnostic::Diagnostic;
use crate::suggest::suggest;
use crate::words::{KEYWORDS, is_reserved};

/// What people write who come from another language, and what it is called here.
pub(super) fn hint(report: Diagnostic, place: &Place<'_>, expected: &[Expected]) -> Diagnostic {
    let expects = |what: Expected| expected.contains(&what);
    let found = place.found;
    if let Some(report) = hint_of_word(&report, place, expected) {
        return report;
    }
    if expects_a_parent(expected) && begins_value(found) {
        return in_place_of_kinship(report, place);
    }
    if let Some(report) = hint_of_sign(&report, place, expected) {
        return report;
    }
    if expects(Expected::Condition) {
        return hint_of_condition(report, place);
    }
    if let Some(report) = hint_of_brackets(&report, place, expected) {
        return report;
    }
    let quoted = found.starts_with('"');
    if quoted && expects(Expected::Name) && !expects(Expected::Value) && !expects(Expected::Text) {
        return report.help("such a name stands without quotes");
    }
    misspelt(report, found, expected)
}

/// What stands where a condition should begin.
fn hint_of_condition(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
    match place.found {
        "true" | "false" => report.help("a rule for every event is written `otherwise => …`"),
        "and" | "or" => report.help("there is nothing to join here"),
        found if found.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '[')) => {
            let report = report
                .help("a fact stands on the left, the value it is compared with on the right");
            match turned_round(place) {
                Some((span, text)) => report.fix(format!("write `{text}`"), span, text),
                None => report,
            }
        }
        _ => report,
    }
}

/// Brackets of another kind, and commas left out.
fn hint_of_brackets(
    report: &Diagnostic,
    place: &Place<'_>,
    expected: &[Expected],
) -> Option<Diagnostic> {
    let report = report.clone();
    let expects = |what: Expected| expected.contains(&what);
    let closes = [")", "]", "}"].iter().any(|sign| expects(Expected::Sign(sign)));
    match place.found {
        "(" | "{" if expects(Expected::Range) => Some(as_list(report, place)),
        "[" if expects(Expected::Value) => Some(in_place_of_equality(report, place)),
        "[" if expects(Expected::Sign("{")) => {
            Some(report.help("what belongs together here stands between `{` and `}`"))
        }
        found if closes && !expects(Expected::Sign("and")) && begins_element(found) => {
            Some(report.help("a comma stands between two of them").fix(
                "put a comma before it",
                place.span_of(place.previous_end..place.previous_end),
                ",",
            ))
        }
        _ => None,
    }
}

fn begins_value(found: &str) -> bool {
    found.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

fn begins_element(found: &str) -> bool {
    !is_reserved(found)
        && found.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '_' | '['))
}

/// A keyword with a slip in it.
fn misspelt(report: Diagnostic, found: &str, expected: &[Expected]) -> Diagnostic {
    let signs = expected.iter().filter_map(|expected| match expected {
        Expected::Sign(sign) if sign.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(*sign),
        _ => None,
    });
    let declaration =
        expected.contains(&Expected::Declaration).then_some(KEYWORDS).into_iter().flatten();
    let places = expected.contains(&Expected::Placement).then_some(["before", "after"]);
    let places = places.into_iter().flatten();
    let when = expected.contains(&Expected::When).then_some("when");
    let test = expected
        .contains(&Expected::Test)
        .then_some(["in", "is", "contains", "like", "matches", "starts", "ends"]);
    let words =
        signs.chain(declaration).chain(places).chain(when).chain(test.into_iter().flatten());
    match suggest(found, words) {
        Some(word) => {
            let span = report.primary.span;
            report
                .help(format!("did you mean `{word}`?"))
                .fix(format!("write `{word}`"), span, word)
                .guess()
        }
        None => report,
    }
}
