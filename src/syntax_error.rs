//! Syntax errors in words: what was expected, what was found instead, and what was probably meant.

mod anywhere;
mod condition;
mod declaration;
mod enumeration;
mod expected;
mod hint;
mod list;
mod meant;
mod place;
mod rewrite;

pub(crate) use self::expected::Expected;
use self::expected::in_words;
use self::hint::{Hint, help};
use self::meant::meant;
use self::place::Place;
use self::rewrite::is_not;
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{FileId, Span};
use crate::words::is_reserved;

/// The syntax error at a place where one of `expected` should stand, in the declaration that begins at `start`.
pub(crate) fn report(
    text: &str,
    file: FileId,
    start: usize,
    at: usize,
    expected: &[Expected],
) -> Diagnostic {
    if let Some(report) = unclosed_text(text, at, file) {
        return report;
    }
    let place = Place::new(text, file, start, at, expected);
    if place.begins_next() {
        return unfinished(&place);
    }
    if let Some(report) = is_not(&place) {
        return report;
    }
    if is_reserved(place.found) && names_only(&place) {
        return reserved_word(&place);
    }
    let report = wrong_token(&place);
    match meant(&place) {
        Some(hint) => hint.add_to(report),
        None => report,
    }
}

fn wrong_token(place: &Place<'_>) -> Diagnostic {
    let what = match place.found {
        "" => "the end of the file".to_owned(),
        found => format!("`{found}`"),
    };
    let message = match place.expected.is_empty() {
        true => format!("unexpected {what}"),
        false => format!("expected {}, found {what}", in_words(&place.expected)),
    };
    Diagnostic::new(Code::Syntax, place.span, message)
}

/// The next declaration begins before this one is finished.
fn unfinished(place: &Place<'_>) -> Diagnostic {
    let what = match place.expected.is_empty() {
        true => "more".to_owned(),
        false => in_words(&place.expected),
    };
    let message = format!("expected {what}, but the next declaration begins");
    let end = place.span_of(place.previous_end..place.previous_end);
    Diagnostic::new(Code::Syntax, place.span, message)
        .label("the next declaration")
        .also(end, "the declaration before it is not finished here")
}

/// Whether nothing but a name would do.
fn names_only(place: &Place<'_>) -> bool {
    let is_name = place.expects(Expected::Name) || place.expects(Expected::Member);
    is_name && !place.expects(Expected::Declaration) && !place.is_truth_behind_is()
}

fn reserved_word(place: &Place<'_>) -> Diagnostic {
    let found = place.found;
    let report =
        Diagnostic::new(Code::ReservedWord, place.span, format!("`{found}` is a reserved word"))
            .label("a name is expected here");
    let hint = match found {
        "otherwise" => in_place_of_otherwise(place),
        _ => None,
    };
    hint.unwrap_or_else(|| {
        help("choose another name; a reserved word may stand only before `:`, or in quotes as a member")
    })
    .add_to(report)
}

/// `disable otherwise`, `rule name before otherwise: …`
fn in_place_of_otherwise(place: &Place<'_>) -> Option<Hint> {
    let words = ["disable", "replace", "before", "after"];
    let word = words.into_iter().find(|word| place.before().ends_with(word))?;
    if matches!(word, "disable" | "replace") {
        return Some(help(
            "an `otherwise` in this file takes the place of the base's; there is nothing to edit",
        ));
    }
    let before = place.before()[..place.previous_end - word.len()].trim_end();
    let whole = place.span_of(before.len()..place.at + place.found.len());
    let hint = help("`otherwise` is always last, so no rule is placed by it");
    Some(hint.fix(format!("take `{word} otherwise` away"), whole, ""))
}

/// A text whose closing quote is missing.
fn unclosed_text(text: &str, at: usize, file: FileId) -> Option<Diagnostic> {
    // The `r` of a raw text may have been taken for a name.
    let raw = text[..at]
        .strip_suffix('r')
        .is_some_and(|before| !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_'));
    let start = if raw { at - 1 } else { at };
    let quote = text[start..].strip_prefix('r').unwrap_or(&text[start..]);
    let line = quote.strip_prefix('"')?.lines().next().unwrap_or_default();
    let closed = line.replace("\\\\", "").replace("\\\"", "").contains('"');
    let length = text[start..].len() - quote.len() + 1 + line.len();
    let whole = Span::new(file, start..start + length);
    (!closed).then(|| {
        Diagnostic::new(Code::BadText, whole, "the text is not closed on its line")
            .help("a text begins and ends with `\"` on one line; write a line break as `\\n`")
    })
}
