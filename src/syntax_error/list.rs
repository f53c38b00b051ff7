//! What is written otherwise between brackets, parentheses and braces, and the brackets themselves.

use super::anywhere::in_quotes;
use super::expected::Expected;
use super::hint::{Hint, help};
use super::place::{Place, trailing_name};
use super::rewrite::as_list;
use crate::diagnostic::Edit;
use crate::scan::token_end;
use crate::words::{is_reserved, word};

/// How much of what follows is looked at to mend all of it at once: without an end, each of many slips would
/// cost the whole file.
const LOOK_AHEAD: usize = 4096;

const COMMAS: &str = "a comma stands between two of them";
const QUOTES: &str = "the names before a colon stand without quotes";
const RANGES: &str = "the ends of a range are numbers, durations or sizes";

/// What was meant among elements, arguments or entries, or in place of the bracket before them.
pub(super) fn meant(place: &Place<'_>) -> Option<Hint> {
    let found = place.found;
    match found {
        "(" | "{" if place.expects(Expected::Range) => Some(as_list(place)),
        _ if is_quoted_key(place) => Some(quoted_keys(place)),
        ":" if is_behind_quoted_key(place) => Some(quoted_key_before(place)),
        _ if !place.is_inside_brackets() || place.expects(Expected::Sign("and")) => None,
        "-" if place.is_inside_a_name() && place.expects(Expected::Sign("]")) => {
            Some(in_quotes(place))
        }
        ";" => Some(help(COMMAS).write(place.span, ",")),
        _ if begins_range(place) => Some(help(RANGES)),
        _ if is_behind_schedule(place) => Some(schedule(place)),
        _ if begins_element(found) && is_behind_element(place) => Some(without_comma(place)),
        _ => None,
    }
}

/// `"error": …`, where a bare name is expected.
fn is_quoted_key(place: &Place<'_>) -> bool {
    let before = place.before();
    place.found.starts_with('"')
        && place.expects(Expected::Name)
        && place.behind().trim_start().starts_with(':')
        && (before.ends_with(['{', '(', ',']) || before.ends_with("with"))
}

/// The `:` behind the text of `store(retry, "after": [1m])`, which may be a value.
fn is_behind_quoted_key(place: &Place<'_>) -> bool {
    place.expected == [Expected::Sign(")")] && place.before().ends_with('"')
}

/// Takes the quotes from the key before this place.
fn quoted_key_before(place: &Place<'_>) -> Hint {
    let hint = help(QUOTES);
    let inside = &place.before()[..place.previous_end - 1];
    let edit = inside.rfind('"').and_then(|start| bare_key(place, start, place.previous_end));
    match edit {
        Some(edit) => hint.fix_all("take the quotes away", vec![edit]),
        None => hint,
    }
}

/// Takes the quotes from this key, and from those behind it.
fn quoted_keys(place: &Place<'_>) -> Hint {
    let end = place.text.len().min(place.at + LOOK_AHEAD);
    let mut edits = Vec::new();
    let mut at = place.at;
    while at < end && !place.text[at..].starts_with('}') {
        let next = token_end(place.text, at);
        edits.extend(bare_key(place, at, next));
        at = next.max(at + 1);
        while !place.text.is_char_boundary(at) {
            at += 1;
        }
    }
    let hint = help(QUOTES);
    if edits.is_empty() { hint } else { hint.fix_all("take the quotes away", edits) }
}

/// The token from `at` to `end` without its quotes, if it is the name of an entry.
fn bare_key(place: &Place<'_>, at: usize, end: usize) -> Option<Edit> {
    // What is no word may be a part of a character.
    let key = place.text.get(at..end)?.strip_prefix('"')?.strip_suffix('"')?;
    let is_key = place.text[end..].trim_start().starts_with(':');
    let is_name = word(key) == key && !key.starts_with(|c: char| c.is_ascii_digit());
    (is_key && is_name && !key.is_empty()).then(|| place.edit(at..end, key))
}

/// `"a" .. "b"`
fn begins_range(place: &Place<'_>) -> bool {
    place.found.starts_with('"') && place.behind().trim_start().starts_with("..")
}

/// `every 10m`
fn is_behind_schedule(place: &Place<'_>) -> bool {
    let is_number = place.found.starts_with(|c: char| c.is_ascii_digit());
    is_number && ["every", "exponential"].iter().any(|word| place.before().ends_with(word))
}

fn schedule(place: &Place<'_>) -> Hint {
    let name = trailing_name(place.before());
    help(format!("a schedule is written `{name}({}, times: 3)`", place.found))
}

fn begins_element(found: &str) -> bool {
    !is_reserved(found)
        && found.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '_' | '['))
}

/// Whether an element ends before the place.
fn is_behind_element(place: &Place<'_>) -> bool {
    let ends =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '_' | ']' | ')' | '%' | '?');
    place.before().ends_with(ends)
}

fn without_comma(place: &Place<'_>) -> Hint {
    let end = place.previous_end;
    help(COMMAS).fix("put a comma before it", place.span_of(end..end), ",")
}
