//! Signs, numbers and names that are written otherwise, wherever they stand.

use super::expected::Expected;
use super::hint::{Hint, help, write};
use super::place::{Place, leading_number, trailing_name};
use crate::value::{SizeUnit, TimeUnit};
use crate::words::{begins_declaration, meant_sign, meant_unit, word};

/// Signs that mean the same in many languages, and are others here.
pub(super) fn sign(place: &Place<'_>) -> Option<Hint> {
    if let Some(sign) = meant_sign(place.found) {
        return Some(write(place.span, sign));
    }
    match place.found {
        "!" => Some(Hint::default().fix("write `not`", place.span, "not ")),
        "//" | "/*" => Some(comment(place)),
        "--" if place.begins_line() => Some(comment(place)),
        "-" if place.begins_line() => entry(place),
        "'" | "“" | "”" | "‘" | "’" | "«" | "`" => Some(other_quotes(place)),
        ";" if !place.is_inside_brackets() => Some(
            help("nothing stands at the end of a declaration").fix("take it away", place.span, ""),
        ),
        _ => None,
    }
}

/// `// …`, `-- …`, `/* … */`
fn comment(place: &Place<'_>) -> Hint {
    let hint = help("a comment begins with `#`");
    let is_apart = place.begins_line() || place.previous_end < place.at;
    if place.found != "/*" && is_apart { hint.write(place.span, "#") } else { hint }
}

/// `- when …`, as in a list of YAML.
fn entry(place: &Place<'_>) -> Option<Hint> {
    let declaration = place.rest_of_line().trim_start_matches([' ', '\t']);
    if !place.expects(Expected::Declaration) || !begins_declaration(declaration) {
        return None;
    }
    let end = place.at + "-".len() + place.rest_of_line().len() - declaration.len();
    let hint = help("declarations stand one below the other, without a `-`");
    Some(hint.fix("take it away", place.span_of(place.at..end), ""))
}

/// `'x'` or `“x”` instead of `"x"`.
fn other_quotes(place: &Place<'_>) -> Hint {
    let hint = help("texts stand in double quotes: `\"…\"`");
    let closing = |c: char| matches!(c, '\'' | '”' | '“' | '’' | '»' | '`');
    let inside = place.rest_of_line();
    match inside.find(closing) {
        Some(length) if !inside[..length].contains(['"', '\\']) => {
            let quote = inside[length..].chars().next().map_or(0, char::len_utf8);
            let end = place.at + place.found.len() + length + quote;
            let text = format!("\"{}\"", &inside[..length]);
            hint.fix("put it in double quotes", place.span_of(place.at..end), text)
        }
        _ => hint,
    }
}

/// Ranges and units that are written otherwise.
pub(super) fn number(place: &Place<'_>) -> Option<Hint> {
    let behind_digit = place.before().ends_with(|c: char| c.is_ascii_digit());
    match place.found {
        "." if place.touches("..") => {
            Some(help("a range is written `500..599`").fix("take it away", place.span, ""))
        }
        "-" if behind_digit && !leading_number(place.behind()).is_empty() => {
            Some(write(place.span, ".."))
        }
        _ => unit_apart(place),
    }
}

/// `10 min`
fn unit_apart(place: &Place<'_>) -> Option<Hint> {
    let before = place.before();
    let digits = before.len() - before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let times = TimeUnit::ALL.iter().map(|unit| unit.as_str());
    let mut units = times.chain(SizeUnit::ALL.iter().map(|unit| unit.as_str()));
    let unit = meant_unit(place.found).or_else(|| units.find(|unit| *unit == place.found))?;
    if digits == 0 || place.previous_end == place.at {
        return None;
    }
    let number = &before[before.len() - digits..];
    let whole = place.span_of(before.len() - digits..place.at + place.found.len());
    let hint = help("a number and its unit are written together");
    Some(hint.write(whole, &format!("{number}{unit}")))
}

/// Characters that no name has, and those that would join values elsewhere.
pub(super) fn name(place: &Place<'_>) -> Option<Hint> {
    match place.found {
        "." if place.previous_end == place.at => {
            Some(help("only members and the sets of packs have names with dots"))
        }
        "-" if place.is_inside_a_name() => {
            Some(help("a name is made of letters, digits and `_`").write(place.span, "_").guess())
        }
        "+" | "-" | "*" | "/" | "%" if !place.expects(Expected::Value) => {
            Some(help("there is no arithmetic; write the result"))
        }
        found if found.starts_with('"') && is_only_a_name(place) => Some(without_quotes(place)),
        _ => None,
    }
}

/// `rule "a": …`
fn without_quotes(place: &Place<'_>) -> Hint {
    let hint = help("such a name stands without quotes");
    match place.found.trim_matches('"') {
        name if !name.is_empty() && word(name) == name => hint.write(place.span, name),
        _ => hint,
    }
}

fn is_only_a_name(place: &Place<'_>) -> bool {
    place.expects(Expected::Name)
        && !place.expects(Expected::Value)
        && !place.expects(Expected::Text)
}

/// `a-b` where a value is meant, put in quotes.
pub(super) fn in_quotes(place: &Place<'_>) -> Hint {
    let in_member = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let before = trailing_name(place.before());
    let behind = place.behind();
    let length = behind.find(|c| !in_member(c)).unwrap_or(behind.len());
    let text = format!("\"{before}{}{}\"", place.found, &behind[..length]);
    let end = place.at + place.found.len() + length;
    help("a name with other signs than letters, digits and `_` stands in quotes")
        .write(place.span_of(place.previous_end - before.len()..end), &text)
}
