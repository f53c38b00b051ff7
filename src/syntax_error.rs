//! Syntax errors in words: what was expected, what was found instead, and what was probably meant.

mod expected;
mod hint;
mod place;
mod rewrite;
mod sign;
mod word;

pub(crate) use self::expected::Expected;
use self::expected::{list, reduce};
use self::hint::hint;
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
    let place = Place::new(text, file, start, at);
    if let Some(report) = unclosed_text(text, at, file) {
        return report;
    }
    let expected = reduce(expected);
    if place.begins_next() {
        return unfinished(&place, &expected);
    }
    if let Some(report) = is_not(&place) {
        return report;
    }
    if is_reserved(place.found) && names_only(&expected) {
        return reserved_word(&place);
    }
    hint(wrong_token(&place, &expected), &place, &expected)
}

fn wrong_token(place: &Place<'_>, expected: &[Expected]) -> Diagnostic {
    let what = match place.found {
        "" => "the end of the file".to_owned(),
        found => format!("`{found}`"),
    };
    let message = match expected.is_empty() {
        true => format!("unexpected {what}"),
        false => format!("expected {}, found {what}", list(expected)),
    };
    Diagnostic::new(Code::Syntax, place.span, message)
}

/// The next declaration begins before this one is finished.
fn unfinished(place: &Place<'_>, expected: &[Expected]) -> Diagnostic {
    let what = match expected.is_empty() {
        true => "more".to_owned(),
        false => list(expected),
    };
    let message = format!("expected {what}, but the next declaration begins");
    let end = place.span_of(place.previous_end..place.previous_end);
    Diagnostic::new(Code::Syntax, place.span, message)
        .label("the next declaration")
        .also(end, "the declaration before it is not finished here")
}

/// Whether nothing but a name would do.
fn names_only(expected: &[Expected]) -> bool {
    let names = [Expected::Name, Expected::Member];
    names.iter().any(|name| expected.contains(name)) && !expected.contains(&Expected::Declaration)
}

fn reserved_word(place: &Place<'_>) -> Diagnostic {
    let found = place.found;
    let edits_otherwise = found == "otherwise"
        && ["disable", "replace"].iter().any(|word| place.before().ends_with(word));
    let help = if edits_otherwise {
        "an `otherwise` in this file takes the place of the base's; there is nothing to edit"
    } else {
        "choose another name; a reserved word may stand only before `:`, or in quotes as a member"
    };
    Diagnostic::new(Code::ReservedWord, place.span, format!("`{found}` is a reserved word"))
        .label("a name is expected here")
        .help(help)
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
