//! What is written otherwise where a declaration begins, and before its body.

use super::expected::Expected;
use super::hint::{Hint, help, write};
use super::place::{Place, name};
use crate::bundled;
use crate::diagnostic::Edit;
use crate::words::{is_reserved, meant_keyword, word};

/// What was meant where a declaration should begin.
pub(super) fn beginning(place: &Place<'_>) -> Option<Hint> {
    if !place.expects(Expected::Declaration) {
        return None;
    }
    match (place.found, meant_keyword(place.found)) {
        (_, Some("otherwise")) => Some(last_word(place)),
        (_, Some("extends")) => Some(write(place.span, names_file(place))),
        (_, Some(word)) => Some(write(place.span, word)),
        (",", None) => several_names(place),
        _ => without_let(place),
    }
}

/// `else => …`, but also `default allow = false`.
fn last_word(place: &Place<'_>) -> Hint {
    if place.rest_of_line().trim_start().starts_with("=>") {
        return write(place.span, "otherwise");
    }
    help("what no rule decides is decided by `otherwise => …`")
}

/// `extends`, or `use` where a pack is named.
fn names_file(place: &Place<'_>) -> &'static str {
    let named = word(place.rest_of_line().trim_start());
    if bundled::find(bundled::PACKS, named).is_some() { "use" } else { "extends" }
}

/// `extends a, b` or `disable a, b`
fn several_names(place: &Place<'_>) -> Option<Hint> {
    match place.keyword() {
        "extends" => Some(help("a policy extends one other, which may itself extend one")),
        "disable" => Some(several_disabled(place)),
        _ => None,
    }
}

fn several_disabled(place: &Place<'_>) -> Hint {
    let hint = help("each rule is disabled by a line of its own");
    let edits = each_on_its_line(place);
    if edits.is_empty() { hint } else { hint.fix_all("disable each", edits) }
}

/// How many names are parted at once: each takes memory, and there may be as many as the file is long.
const MOST_PARTED: usize = 100;

/// Each comma with the space around it, as the beginning of a line.
fn each_on_its_line(place: &Place<'_>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut comma = place.at;
    while place.text[comma..].starts_with(',') && edits.len() < MOST_PARTED {
        let behind = place.text[comma + 1..].trim_start();
        let start = place.text.len() - behind.len();
        let name = name(behind);
        if name.is_empty() || is_reserved(name) {
            break;
        }
        edits.push(place.edit(comma..start, "\ndisable "));
        comma = start + name.len();
    }
    edits
}

/// `transient += […]` or `transient + […]`
fn without_let(place: &Place<'_>) -> Option<Hint> {
    let behind = place.behind().trim_start_matches([' ', '\t']);
    let signs = [("+=", "+="), ("-=", "-="), ("=", "="), ("+", "+="), ("-", "-=")];
    let (written, sign) = signs.into_iter().find(|(sign, _)| behind.starts_with(sign))?;
    let is_name = place.found.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if !is_name || behind[written.len()..].starts_with(['=', '>']) {
        return None;
    }
    let start = place.text.len() - behind.len();
    let mut edits = vec![place.edit(place.at..place.at, "let ")];
    if sign != written {
        edits.push(place.edit(start..start + written.len(), sign));
    }
    let fix = format!("write `let {} {sign} …`", place.found);
    Some(help("a set is named or changed with `let`").fix_all(fix, edits).guess())
}

/// What was meant between the keyword of a declaration and its body.
pub(super) fn head(place: &Place<'_>) -> Option<Hint> {
    let expects = |sign| place.expects(Expected::Sign(sign));
    match place.found {
        "when" if expects(":") => Some(without_colon(place)),
        "when" => None,
        ":" => colon_behind_keyword(place),
        "=" if expects(":") => Some(colon_gives(place)),
        "=" if place.keyword() == "let" && expects("+=") && !expects("=") => {
            Some(help("a name with a dot is that of a pack's set, which `+=` and `-=` change"))
        }
        "==" if expects("=") => {
            Some(help("`==` compares; a value is given with one `=`").write(place.span, "="))
        }
        "+" if expects("+=") => Some(write(place.span, "+=")),
        "-" if expects("-=") => Some(write(place.span, "-=")),
        "[" if expects("{") => Some(help("what belongs together here stands between `{` and `}`")),
        _ if place.expects(Expected::When) && meant_keyword(place.found) == Some("when") => {
            Some(write(place.span, "when"))
        }
        found
            if place.expects(Expected::Range)
                && found.starts_with(|c: char| c.is_ascii_digit()) =>
        {
            Some(help("a range is written `1..5`, `1..` or `..5`"))
        }
        _ => None,
    }
}

/// `rule name when …`
fn without_colon(place: &Place<'_>) -> Hint {
    let end = place.previous_end;
    help("a rule's name ends with a colon").fix("put a `:`", place.span_of(end..end), ":")
}

/// `with a = b`, `example { a = b }`, `rule a = when …`
fn colon_gives(place: &Place<'_>) -> Hint {
    // A colon stands right behind the name.
    let span = place.span_of(place.previous_end..place.span.end as usize);
    let names_a_rule = place.text[place.at..].trim_start_matches(['=', ' ']).starts_with("when");
    let reason = match names_a_rule {
        true => "a rule's name ends with a colon",
        false => "a colon stands between a name and what it is",
    };
    help(reason).fix("write `:`", span, ":")
}

/// `extends: default`, `when: …`
fn colon_behind_keyword(place: &Place<'_>) -> Option<Hint> {
    let keyword = place.keyword();
    let is_first = place.before().len() == place.start + keyword.len();
    match keyword {
        _ if !is_first => None,
        "rule" => nameless_rule(place),
        "replace" | "otherwise" => None,
        _ => Some(help(format!("no colon stands behind `{keyword}`")).fix(
            "take it away",
            place.span,
            "",
        )),
    }
}

/// `rule: when …`
fn nameless_rule(place: &Place<'_>) -> Option<Hint> {
    let body = place.behind().trim_start();
    let whole = place.span_of(place.start..place.text.len() - body.len());
    let hint = help("a rule without a name begins with `when`");
    (word(body) == "when").then(|| hint.fix("take `rule:` away", whole, ""))
}
