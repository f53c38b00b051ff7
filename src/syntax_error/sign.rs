//! Signs of other languages, and signs in the wrong place.

use super::expected::Expected;
use super::place::Place;
use super::rewrite::{other_quotes, replace};
use crate::diagnostic::Diagnostic;

/// Signs that mean something elsewhere.
pub(super) fn hint_of_sign(
    report: &Diagnostic,
    place: &Place<'_>,
    expected: &[Expected],
) -> Option<Diagnostic> {
    let report = report.clone();
    let expects = |what: Expected| expected.contains(&what);
    let touches = |sign: &str| place.previous_end == place.at && place.before().ends_with(sign);
    // The sign before is part of what was meant.
    let with_previous = |length: usize| place.span_of(place.at - length..place.at + 1);
    Some(match place.found {
        "=" if touches("==") => replace(report, with_previous(2), "=="),
        "==" if expects(Expected::Sign("=")) => {
            replace(report.help("`==` compares; a value is given with one `=`"), place.span, "=")
        }
        ">" if touches("==") => replace(report, with_previous(2), "=>"),
        ">" if touches("<") => replace(report, with_previous(1), "!="),
        "=" if expects(Expected::Test) && place.rest_of_line().contains("=>") => {
            replace(report, place.span, "==")
        }
        "=" if expects(Expected::Sign("=>")) => replace(report, place.span, "=>"),
        "=" if expects(Expected::Test) => replace(report, place.span, "=="),
        "&&" => replace(report, place.span, "and"),
        "||" => replace(report, place.span, "or"),
        "!" => report.fix("write `not`", place.span, "not "),
        "->" | "==>" => replace(report, place.span, "=>"),
        "//" | "/*" => report.help("a comment begins with `#`"),
        "'" | "“" | "”" | "‘" | "’" | "«" | "`" => other_quotes(report, place),
        "/" if expects(Expected::Value) => report.help("a pattern is a text: `matches \"…\"`"),
        ";" => report.help("nothing stands at the end of a declaration").fix(
            "take it away",
            place.span,
            "",
        ),
        "=" if names_a_set_of_a_pack(expected) => {
            report.help("a name with a dot is that of a pack's set, which `+=` and `-=` change")
        }
        found if expects(Expected::Range) && found.starts_with(|c: char| c.is_ascii_digit()) => {
            report.help("a range is written `1..5`, `1..` or `..5`")
        }
        "." if touches("..") => {
            report.help("a range is written `500..599`").fix("take it away", place.span, "")
        }
        "-" if place.before().ends_with(|c: char| c.is_ascii_digit())
            && place.behind().starts_with(|c: char| c.is_ascii_digit()) =>
        {
            replace(report, place.span, "..")
        }
        "." if place.previous_end == place.at => {
            report.help("only members and the sets of packs have names with dots")
        }
        "-" if place.is_inside_a_name() => report
            .help("a name is made of letters, digits and `_`")
            .fix("write `_`", place.span, "_")
            .guess(),
        "+" if expects(Expected::Sign("+=")) => replace(report, place.span, "+="),
        "-" if expects(Expected::Sign("-=")) => replace(report, place.span, "-="),
        ":" if expects(Expected::Sign("=>")) => report.fix("write `=>`", place.span, " =>"),
        "+" | "-" | "*" | "/" | "%" if !expects(Expected::Value) => {
            report.help("there is no arithmetic; write the result")
        }
        "<" | "<=" | ">" | ">=" | "==" | "!=" if expects(Expected::Sign("and")) => {
            report.help("comparisons are not chained; join two with `and`")
        }
        _ => return None,
    })
}

/// Only `+=` and `-=` may follow a name with a dot.
fn names_a_set_of_a_pack(expected: &[Expected]) -> bool {
    expected.contains(&Expected::Sign("+=")) && !expected.contains(&Expected::Sign("="))
}
