//! What is written otherwise in a condition, up to the `=>` behind it.

use super::anywhere::in_quotes;
use super::expected::Expected;
use super::hint::{Hint, help, write};
use super::place::{Place, leading_number, name, trailing_name};
use super::rewrite::{in_place_of_equality, in_place_of_kinship, turned_round};
use crate::words::meant_test;

/// What was meant in a condition, or in place of the `=>` behind it.
pub(super) fn meant(place: &Place<'_>) -> Option<Hint> {
    let found = place.found;
    let test = place.expects(Expected::Test).then(|| in_place_of_test(place)).flatten();
    if test.is_some() {
        return test;
    }
    if place.expects_a_parent() {
        return in_place_of_parent(place);
    }
    if place.expects(Expected::Sign("=>")) || place.expects(Expected::Sign("and")) {
        return behind_test(place);
    }
    if place.expects(Expected::Condition) {
        return in_place_of_condition(place);
    }
    if place.expects(Expected::Sign("with")) && found.starts_with(['"', 'r']) {
        return without_with(place);
    }
    place.expects(Expected::Value).then(|| in_place_of_value(place)).flatten()
}

/// Tests of other languages.
fn in_place_of_test(place: &Place<'_>) -> Option<Hint> {
    if let Some(test) = meant_test(place.found) {
        return Some(write(place.span, test));
    }
    let ends = place.rest_of_line().contains("=>") || !place.expects(Expected::Sign("=>"));
    match place.found {
        "=" if ends => Some(write(place.span, "==")),
        "between" => Some(between(place)),
        _ => None,
    }
}

/// `between 500 and 599`
fn between(place: &Place<'_>) -> Hint {
    let hint = help("a range has both ends in it: `in 500..599`");
    let behind = place.behind().trim_start();
    let low = leading_number(behind);
    let rest = behind[low.len()..].trim_start();
    let Some(rest) = rest.strip_prefix("and").map(str::trim_start) else { return hint };
    let high = leading_number(rest);
    if low.is_empty() || high.is_empty() {
        return hint;
    }
    let end = place.text.len() - rest.len() + high.len();
    hint.write(place.span_of(place.at..end), &format!("in {low}..{high}"))
}

/// What stands behind `is` and is no member.
fn in_place_of_parent(place: &Place<'_>) -> Option<Hint> {
    let is_value = place.found.starts_with(|c: char| c.is_ascii_digit() || c == '-');
    (is_value || place.is_truth_behind_is()).then(|| in_place_of_kinship(place))
}

/// What stands behind a test, where the condition goes on or ends.
fn behind_test(place: &Place<'_>) -> Option<Hint> {
    let expects = |sign| place.expects(Expected::Sign(sign));
    match place.found {
        "then" | "do" if expects("=>") => Some(then(place)),
        "=" if expects("=>") => Some(write(place.span, "=>")),
        ":" if expects("=>") => Some(Hint::default().fix("write `=>`", place.span, " =>")),
        "<" | "<=" | ">" | ">=" | "==" | "!=" if expects("and") => {
            Some(help("comparisons are not chained; join two with `and`"))
        }
        "-" if place.is_inside_a_name() && is_behind_equality(place) => Some(in_quotes(place)),
        found if place.keyword() == "otherwise" && is_name(found) => {
            Some(Hint::default().fix("put `=>` before it", place.span.before(), "=> "))
        }
        _ => None,
    }
}

/// `then`, or `then:`
fn then(place: &Place<'_>) -> Hint {
    let colon = usize::from(place.behind().starts_with(':'));
    write(place.span_of(place.at..place.span.end as usize + colon), "=>")
}

fn is_name(found: &str) -> bool {
    found.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// Whether the name before the place is compared with a fact.
fn is_behind_equality(place: &Place<'_>) -> bool {
    let before = place.before();
    let name = trailing_name(before);
    let before = before[..before.len() - name.len()].trim_end();
    before.ends_with("==") || before.ends_with("!=")
}

/// What stands where a condition should begin.
fn in_place_of_condition(place: &Place<'_>) -> Option<Hint> {
    match place.found {
        "true" | "false" => Some(help("a rule for every event is written `otherwise => …`")),
        "and" | "or" => Some(help("there is nothing to join here")),
        _ if is_bare_value(place) => {
            Some(help("each test names its fact; one of several values is asked with `in […]`"))
        }
        found if found.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '[')) => {
            text_in(place).or_else(|| Some(turned_round(place)))
        }
        _ => None,
    }
}

/// The `501` of `status == 500 or 501`.
fn is_bare_value(place: &Place<'_>) -> bool {
    let goes_on = ["=>", "and", "or", ")"];
    let behind = place.behind().trim_start();
    let is_value = place.found.starts_with(|c: char| c.is_ascii_digit() || c == '"');
    is_value
        && ["and", "or"].iter().any(|word| place.before().ends_with(word))
        && goes_on.iter().any(|sign| behind.starts_with(sign))
}

/// `"x" in message`
fn text_in(place: &Place<'_>) -> Option<Hint> {
    let behind = place.behind().trim_start().strip_prefix("in")?;
    let rest = behind.trim_start();
    let fact = name(rest);
    if !place.found.starts_with('"') || rest.len() == behind.len() || fact.is_empty() {
        return None;
    }
    let end = place.text.len() - rest.len() + fact.len();
    let text = format!("{fact} contains {}", place.found);
    let hint = help("whether a text is in another is asked with `contains`");
    Some(hint.write(place.span_of(place.at..end), &text).guess())
}

/// `starts "x"`
fn without_with(place: &Place<'_>) -> Option<Hint> {
    let words = ["starts", "ends"];
    let word = words.into_iter().find(|word| place.before().ends_with(word))?;
    let hint = help(format!("the test is called `{word} with`"));
    Some(hint.fix("put `with` before it", place.span.before(), "with "))
}

/// What stands where the value of a comparison should.
fn in_place_of_value(place: &Place<'_>) -> Option<Hint> {
    match place.found {
        "=" if place.touches("==") => Some(write(place.with_previous("=="), "==")),
        ">" if place.touches("==") => Some(write(place.with_previous("=="), "=>")),
        ">" if place.touches("<") => Some(write(place.with_previous("<"), "!=")),
        "/" => Some(help("a pattern is a text: `matches \"…\"`")),
        "[" => in_place_of_equality(place),
        _ => None,
    }
}
