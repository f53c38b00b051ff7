//! Words of other languages, and words before which something is left out.

use super::expected::Expected;
use super::place::Place;
use super::rewrite::replace;
use crate::diagnostic::{Diagnostic, Edit};
use crate::value::{SizeUnit, TimeUnit};
use crate::words::{meant_keyword, meant_test, meant_unit};

pub(super) fn hint_of_word(
    report: &Diagnostic,
    place: &Place<'_>,
    expected: &[Expected],
) -> Option<Diagnostic> {
    let report = report.clone();
    let expects = |what: Expected| expected.contains(&what);
    let found = place.found;
    let keyword = meant_keyword(found);
    if let Some(word) = keyword.filter(|_| expects(Expected::Declaration)) {
        return Some(replace(report, place.span, word));
    }
    if let Some(test) = meant_test(found).filter(|_| expects(Expected::Test)) {
        return Some(replace(report, place.span, test));
    }
    match found {
        _ if keyword == Some("when") && expects(Expected::When) => {
            Some(replace(report, place.span, "when"))
        }
        "when" if expects(Expected::Sign(":")) => Some(without_colon(report, place)),
        "then" | "do" if expects(Expected::Sign("=>")) => Some(replace(report, place.span, "=>")),
        _ if expects(Expected::Declaration) => without_let(report, place),
        _ => unit_apart(report, place),
    }
}

/// `rule name when …`
fn without_colon(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
    let end = place.previous_end;
    report.help("a rule's name ends with a colon").fix("put a `:`", place.span_of(end..end), ":")
}

/// `transient += […]` or `transient + […]`
fn without_let(report: Diagnostic, place: &Place<'_>) -> Option<Diagnostic> {
    let behind = place.behind().trim_start_matches([' ', '\t']);
    let signs = [("+=", "+="), ("-=", "-="), ("=", "="), ("+", "+="), ("-", "-=")];
    let (written, sign) = signs.into_iter().find(|(sign, _)| behind.starts_with(sign))?;
    let is_name = place.found.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !is_name || behind[written.len()..].starts_with(['=', '>']) {
        return None;
    }
    let start = place.text.len() - behind.len();
    let edit = |range, text: &str| Edit { span: place.span_of(range), text: text.to_owned() };
    let mut edits = vec![edit(place.at..place.at, "let ")];
    if sign != written {
        edits.push(edit(start..start + written.len(), sign));
    }
    let fix = format!("write `let {} {sign} …`", place.found);
    Some(report.help("a set is named or changed with `let`").fix_all(fix, edits).guess())
}

/// `10 min`
fn unit_apart(report: Diagnostic, place: &Place<'_>) -> Option<Diagnostic> {
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
    let written = format!("{number}{unit}");
    let fix = format!("write `{written}`");
    Some(report.help("a number and its unit are written together").fix(fix, whole, written))
}
