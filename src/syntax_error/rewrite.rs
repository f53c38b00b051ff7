//! What was meant, written as it is written here.

use super::place::{Place, name, trailing_name};
use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::source::Span;

pub(super) fn replace(report: Diagnostic, span: Span, with: &str) -> Diagnostic {
    report.fix(format!("write `{with}`"), span, with)
}

/// `'x'` or `“x”` instead of `"x"`.
pub(super) fn other_quotes(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
    let report = report.help("texts stand in double quotes: `\"…\"`");
    let closing = |c: char| matches!(c, '\'' | '”' | '“' | '’' | '»' | '`');
    let inside = place.rest_of_line();
    match inside.find(closing) {
        Some(length) if !inside[..length].contains(['"', '\\']) => {
            let quote = inside[length..].chars().next().map_or(0, char::len_utf8);
            let end = place.at + place.found.len() + length + quote;
            let text = format!("\"{}\"", &inside[..length]);
            report.fix("put it in double quotes", place.span_of(place.at..end), text)
        }
        _ => report,
    }
}

/// `500 == status` as `status == 500`, unless the comparison goes on.
pub(super) fn turned_round(place: &Place<'_>) -> Option<(Span, String)> {
    let rest = place.behind().trim_start();
    let (sign, turned) =
        [("==", "=="), ("!=", "!="), ("<=", ">="), (">=", "<="), ("<", ">"), (">", "<")]
            .into_iter()
            .find(|(sign, _)| rest.starts_with(sign))?;
    let after = rest[sign.len()..].trim_start();
    let fact = name(after);
    let behind = after[fact.len()..].trim_start();
    let goes_on =
        behind.starts_with(['<', '!']) || behind.starts_with("==") || behind.starts_with('>');
    // Facts are written small, so what is not is no fact.
    let is_name = fact.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    if place.found == "[" || goes_on || !is_name {
        return None;
    }
    let end = place.text.len() - after.len() + fact.len();
    Some((place.span_of(place.at..end), format!("{fact} {turned} {}", place.found)))
}

/// `status is 404` as `status == 404`.
pub(super) fn in_place_of_kinship(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
    let end = place.previous_end;
    report.help("a value is compared with `==`").fix(
        "write `==`",
        place.span_of(end - "is".len()..end),
        "==",
    )
}

/// `in (500, 501)` as `in [500, 501]`.
pub(super) fn as_list(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
    let report = report.help("a list stands between `[` and `]`");
    let closing = if place.found == "(" { ')' } else { '}' };
    match place.rest_of_line().find(closing) {
        Some(length) => {
            let close = place.at + 1 + length;
            let edit =
                |range, text: &str| Edit { span: place.span_of(range), text: text.to_owned() };
            let edits = vec![edit(place.at..place.at + 1, "["), edit(close..close + 1, "]")];
            report.fix_all("write `[…]`", edits)
        }
        None => report,
    }
}

/// `error == [A]` as `error in [A]`.
pub(super) fn in_place_of_equality(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
    let end = place.previous_end;
    let (sign, word) = match place.before() {
        before if before.ends_with("==") => ("==", "in"),
        before if before.ends_with("!=") => ("!=", "not in"),
        _ => return report,
    };
    report.help(format!("`{sign}` takes one value, `{word}` a list")).fix(
        format!("write `{word}`"),
        place.span_of(end - sign.len()..end),
        word,
    )
}

/// `error is not DataError`: written with `not` before the test, or for presence with the other word.
pub(super) fn is_not(place: &Place<'_>) -> Option<Diagnostic> {
    let before = place.before().strip_suffix("is")?;
    if place.found != "not" || before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
        return None;
    }
    let report = Diagnostic::new(Code::Syntax, place.span, "there is no `is not`");
    let after = place.behind().trim_start();
    let start = place.text.len() - after.len();
    let name = name(after);
    let other = match name {
        "absent" => Some("present"),
        "present" => Some("absent"),
        _ => None,
    };
    if let Some(other) = other {
        let span = place.span_of(place.at..start + name.len());
        return Some(report.help(format!("write `is {other}`")).fix(
            format!("write `is {other}`"),
            span,
            other,
        ));
    }
    let subject = before.trim_end();
    let subject = subject.len() - trailing_name(subject).len();
    let edit = |range, text: &str| Edit { span: place.span_of(range), text: text.to_owned() };
    let edits = vec![
        edit(subject..subject, "not ("),
        edit(place.at..start, ""),
        edit(start + name.len()..start + name.len(), ")"),
    ];
    let report =
        report.help("write `not (… is …)`, or `!=` for one member without its descendants");
    Some(match name.is_empty() {
        true => report,
        false => report.fix_all("put `not` before the test", edits),
    })
}
