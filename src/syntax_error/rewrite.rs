//! What was meant, written as it is written here.

use super::hint::{Hint, help};
use super::place::{Place, leading_number, name, trailing_name};
use crate::diagnostic::{Code, Diagnostic};

/// `500 == status` as `status == 500`, `500 <= status <= 599` as `status in 500..599`.
pub(super) fn turned_round(place: &Place<'_>) -> Hint {
    let behind = place.behind().trim_start();
    let sign = comparator(behind);
    let fact_on = behind[sign.len()..].trim_start();
    let fact = name(fact_on);
    // Facts are written small, so what is not is no fact.
    let is_fact = fact.starts_with(|c: char| c.is_ascii_lowercase() || c == '_');
    let hint = help("a fact stands on the left, the value it is compared with on the right");
    if place.found == "[" || sign.is_empty() || !is_fact {
        return hint;
    }
    let end = place.text.len() - fact_on.len() + fact.len();
    if !comparator(place.text[end..].trim_start()).is_empty() {
        return within_two(place, sign, fact, end);
    }
    let text = format!("{fact} {} {}", other_way(sign), place.found);
    hint.write(place.span_of(place.at..end), &text)
}

/// `500 <= status <= 599`; `end` is where the fact ends.
fn within_two(place: &Place<'_>, sign: &str, fact: &str, end: usize) -> Hint {
    let hint = help("comparisons are not chained; whether a fact is in a range is asked with `in`");
    let rest = place.text[end..].trim_start();
    let next = comparator(rest);
    let rest = rest[next.len()..].trim_start();
    let last = leading_number(rest);
    let Some(range) = range(place.found, sign, next, last) else { return hint };
    let end = place.text.len() - rest.len() + last.len();
    hint.write(place.span_of(place.at..end), &format!("{fact} in {range}"))
}

/// The comparator at the beginning of a text; may be empty.
fn comparator(text: &str) -> &str {
    let signs = ["==", "!=", "<=", ">=", "<", ">"];
    signs.into_iter().find(|sign| text.starts_with(sign)).unwrap_or_default()
}

fn other_way(sign: &str) -> &str {
    match sign {
        "<=" => ">=",
        ">=" => "<=",
        "<" => ">",
        ">" => "<",
        same => same,
    }
}

/// The range that `first sign … next last` says, if it says one.
fn range(first: &str, sign: &str, next: &str, last: &str) -> Option<String> {
    let (low, below, above, high) = match (sign, next) {
        ("<" | "<=", "<" | "<=") => (first, sign, next, last),
        (">" | ">=", ">" | ">=") => (last, next, sign, first),
        _ => return None,
    };
    if low.is_empty() || high.is_empty() {
        return None;
    }
    let low = if below.ends_with('=') { low.to_owned() } else { next_to(low, 1)? };
    let high = if above.ends_with('=') { high.to_owned() } else { next_to(high, -1)? };
    Some(format!("{low}..{high}"))
}

/// The neighbour of a whole number; what has a unit has none that could be told.
fn next_to(number: &str, step: i64) -> Option<String> {
    Some(number.parse::<i64>().ok()?.checked_add(step)?.to_string())
}

/// `status is 404` as `status == 404`.
pub(super) fn in_place_of_kinship(place: &Place<'_>) -> Hint {
    let end = place.previous_end;
    help("a value is compared with `==`").write(place.span_of(end - "is".len()..end), "==")
}

/// `in (500, 501)` as `in [500, 501]`.
pub(super) fn as_list(place: &Place<'_>) -> Hint {
    let hint = help("a list stands between `[` and `]`");
    let closing = if place.found == "(" { ')' } else { '}' };
    match place.rest_of_line().find(closing) {
        Some(length) => {
            let close = place.at + 1 + length;
            let open = place.edit(place.at..place.at + 1, "[");
            hint.fix_all("write `[…]`", vec![open, place.edit(close..close + 1, "]")])
        }
        None => hint,
    }
}

/// `error == [A]` as `error in [A]`.
pub(super) fn in_place_of_equality(place: &Place<'_>) -> Option<Hint> {
    let end = place.previous_end;
    let (sign, word) = match place.before() {
        before if before.ends_with("==") => ("==", "in"),
        before if before.ends_with("!=") => ("!=", "not in"),
        _ => return None,
    };
    let hint = help(format!("`{sign}` takes one value, `{word}` a list"));
    Some(hint.write(place.span_of(end - sign.len()..end), word))
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
    let end = start + name.len();
    let edits = vec![
        place.edit(subject..subject, "not ("),
        place.edit(place.at..start, ""),
        place.edit(end..end, ")"),
    ];
    let report =
        report.help("write `not (… is …)`, or `!=` for one member without its descendants");
    Some(match name.is_empty() {
        true => report,
        false => report.fix_all("put `not` before the test", edits),
    })
}
