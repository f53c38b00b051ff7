//! Syntax errors in words: what was expected, what was found instead, and what was probably meant.

use crate::diagnostic::{Code, Diagnostic, Edit};
use crate::scan::token_end;
use crate::source::{FileId, Span};
use crate::suggest::suggest;

/// What the grammar would have taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Expected {
    /// A word or a sign, as it is written.
    Sign(&'static str),
    When,
    Condition,
    Test,
    Name,
    Type,
    Number,
    Text,
    Value,
    Range,
    Outcome,
    Argument,
    Member,
    Parameter,
    Entry,
    /// `before` or `after` and a rule.
    Placement,
    Declaration,
    End,
}

impl Expected {
    fn words(self) -> String {
        match self {
            Expected::Sign(sign) => format!("`{sign}`"),
            Expected::When => "`when`".to_owned(),
            Expected::Condition => "a condition".to_owned(),
            Expected::Test => "a test such as `== …` or `in […]`".to_owned(),
            Expected::Name => "a name".to_owned(),
            Expected::Type => "a type".to_owned(),
            Expected::Number => "a number".to_owned(),
            Expected::Text => "a text in quotes".to_owned(),
            Expected::Value => "a value".to_owned(),
            Expected::Range => "a range".to_owned(),
            Expected::Outcome => "an outcome".to_owned(),
            Expected::Argument => "an argument".to_owned(),
            Expected::Member => "a member".to_owned(),
            Expected::Parameter => "a parameter".to_owned(),
            Expected::Entry => "a name, a colon and a value".to_owned(),
            Expected::Placement => "a place such as `before …`".to_owned(),
            Expected::Declaration => "a declaration".to_owned(),
            Expected::End => "the end of the file".to_owned(),
        }
    }
}

/// The words at which a declaration begins.
pub(crate) const KEYWORDS: [&str; 13] = [
    "policy",
    "vocabulary",
    "extends",
    "use",
    "enum",
    "fact",
    "let",
    "outcome",
    "rule",
    "when",
    "replace",
    "disable",
    "otherwise",
];

/// Words that have a meaning elsewhere in a declaration.
const OTHER_WORDS: [&str; 20] = [
    "open", "is", "aka", "example", "before", "after", "with", "and", "or", "not", "in", "true",
    "false", "absent", "present", "contains", "starts", "ends", "like", "matches",
];

/// Whether the word may not be used as a name.
pub(crate) fn is_reserved(word: &str) -> bool {
    KEYWORDS.contains(&word) || OTHER_WORDS.contains(&word)
}

/// Whether the text begins with a word that declares something.
pub(crate) fn begins_declaration(text: &str) -> bool {
    KEYWORDS.contains(&word(text))
}

/// The identifier at the beginning of a text; may be empty.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// What stands at the beginning of a text: a word, a number, a text, an operator, or one character.
fn token(text: &str) -> &str {
    let word = word(text);
    if !word.is_empty() {
        return word;
    }
    if text.starts_with('"') {
        return &text[..token_end(text, 0)];
    }
    let signs = [
        "==>", "===", "=>", "==", "!=", "<=", ">=", "+=", "-=", "&&", "||", "->", "//", "/*", "..",
        "=~", "<>",
    ];
    let sign = signs.into_iter().find(|sign| text.starts_with(sign)).map(str::len);
    &text[..sign.unwrap_or_else(|| text.chars().next().map_or(0, char::len_utf8))]
}

/// The lines that begin in a piece that cannot be read, with what is probably a misspelt keyword.
pub(crate) fn slips(text: &str, piece: std::ops::Range<usize>) -> Vec<usize> {
    let breaks = text[piece.clone()].match_indices('\n');
    let lines = breaks.map(|(at, _)| piece.start + at + 1);
    lines.filter(|&line| begins_with_slip(text, line)).collect()
}

/// Whether a line begins here with what is probably a keyword, misspelt or of another language.
pub(crate) fn begins_with_slip(text: &str, at: usize) -> bool {
    let first = word(&text[at..]);
    let on_its_line = text[..at].trim_end_matches([' ', '\t']);
    let begins_line = on_its_line.is_empty() || on_its_line.ends_with('\n');
    let is_slip = !KEYWORDS.contains(&first) && keyword_meant(first).is_some();
    begins_line && !first.is_empty() && is_slip
}

/// What a syntax error is about.
struct Place<'t> {
    text: &'t str,
    /// Where the token stands that cannot be read.
    at: usize,
    found: &'t str,
    /// Where the last token before it ends.
    previous_end: usize,
    span: Span,
}

impl<'t> Place<'t> {
    /// `start` is where the declaration begins.
    fn new(text: &'t str, file: FileId, start: usize, at: usize) -> Self {
        let found = token(&text[at..]);
        let previous_end = end_of_last_token(text, start, at);
        let span = match found {
            // Behind the last token is a line that people see; the end of the file may be none.
            "" => Span::new(file, previous_end..previous_end),
            _ => Span::new(file, at..at + found.len()),
        };
        Place { text, at, found, previous_end, span }
    }

    /// Whether the token begins the next declaration.
    fn begins_next(&self) -> bool {
        KEYWORDS.contains(&self.found) && self.text[self.previous_end..self.at].contains('\n')
    }

    fn before(&self) -> &'t str {
        &self.text[..self.previous_end]
    }

    fn behind(&self) -> &'t str {
        &self.text[self.at + self.found.len()..]
    }

    /// What follows the token on its line.
    fn rest_of_line(&self) -> &'t str {
        self.behind().lines().next().unwrap_or_default()
    }

    fn span_of(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.span.file, range)
    }
}

/// Where the last token before `at` ends, comments left out.
fn end_of_last_token(text: &str, start: usize, at: usize) -> usize {
    let (mut position, mut end) = (start, start);
    while position < at {
        let next = token_end(text, position).max(position + 1);
        let first = text.as_bytes()[position];
        if !first.is_ascii_whitespace() && first != b'#' {
            end = next;
        }
        position = next;
    }
    end.min(at)
}

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
        found => format!("`{}`", visible(found)),
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

/// `error is not DataError`: written with `not` before the test, or for presence with the other word.
fn is_not(place: &Place<'_>) -> Option<Diagnostic> {
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

/// The name, quoted or not, at the beginning of a text; may be empty.
fn name(text: &str) -> &str {
    if text.starts_with('"') {
        return &text[..token_end(text, 0)];
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    &text[..end.unwrap_or(text.len())]
}

/// The name at the end of a text; may be empty.
fn trailing_name(text: &str) -> &str {
    let start = text.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    &text[start.map_or(0, |at| at + 1)..]
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

fn visible(token: &str) -> String {
    token
        .chars()
        .flat_map(|c| if c.is_control() { c.escape_default().collect::<Vec<_>>() } else { vec![c] })
        .collect()
}

/// Takes out what another entry says already.
fn reduce(expected: &[Expected]) -> Vec<Expected> {
    let mut expected = expected.to_vec();
    if expected.contains(&Expected::Number) && expected.contains(&Expected::Text) {
        expected.retain(|what| !matches!(what, Expected::Number | Expected::Text));
        expected.push(Expected::Value);
    }
    expected.sort_unstable();
    expected.dedup();
    let has = |what: Expected, among: &[Expected]| among.contains(&what);
    let all = expected.clone();
    expected.retain(|&what| match what {
        // `in` and `is` are tests, and a condition begins with a name.
        Expected::Sign("in" | "is") => !has(Expected::Test, &all),
        Expected::Name => {
            !(has(Expected::Condition, &all) || has(Expected::Value, &all))
                || expects_a_parent(&all)
        }
        Expected::Value | Expected::Text | Expected::Range => {
            !has(Expected::Argument, &all) && !expects_a_parent(&all)
        }
        // A range begins with a number.
        Expected::Number => !has(Expected::Range, &all) && !has(Expected::Value, &all),
        Expected::When => !has(Expected::Declaration, &all),
        Expected::End => !has(Expected::Declaration, &all),
        _ => true,
    });
    expected
}

/// Behind `is` a name is expected, quoted or not, and no other value.
fn expects_a_parent(expected: &[Expected]) -> bool {
    expected.contains(&Expected::Sign("present"))
}

/// `a, b or c`
fn list(expected: &[Expected]) -> String {
    let words: Vec<String> = expected.iter().map(|expected| expected.words()).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} or {last}", most.join(", ")),
    }
}

/// Words of other languages at the beginning of a declaration, and what they are called here.
fn meant_keyword(found: &str) -> Option<&'static str> {
    match found {
        "else" | "default" | "fallback" => Some("otherwise"),
        "if" | "on" => Some("when"),
        "const" | "var" | "set" => Some("let"),
        "import" | "include" => Some("extends"),
        _ => None,
    }
}

/// The keyword that a word at the beginning of a line is or was probably meant to be.
pub(crate) fn keyword_meant(found: &str) -> Option<&'static str> {
    let exact = KEYWORDS.into_iter().find(|keyword| *keyword == found);
    exact.or_else(|| meant_keyword(found)).or_else(|| suggest(found, KEYWORDS))
}

/// Tests as other languages write them, and as they are written here.
fn meant_test(found: &str) -> Option<&'static str> {
    match found {
        "startswith" | "starts_with" | "startsWith" => Some("starts with"),
        "endswith" | "ends_with" | "endsWith" => Some("ends with"),
        "includes" | "include" | "has" => Some("contains"),
        "match" | "=~" => Some("matches"),
        "equals" | "eq" | "===" => Some("=="),
        "<>" | "ne" => Some("!="),
        _ => None,
    }
}

/// What people write who come from another language, and what it is called here.
fn hint(report: Diagnostic, place: &Place<'_>, expected: &[Expected]) -> Diagnostic {
    let expects = |what: Expected| expected.contains(&what);
    let found = place.found;
    if let Some(word) = meant_keyword(found).filter(|_| expects(Expected::Declaration)) {
        return replace(report, place.span, word);
    }
    if let Some(test) = meant_test(found).filter(|_| expects(Expected::Test)) {
        return replace(report, place.span, test);
    }
    if expects_a_parent(expected) && begins_value(found) {
        return in_place_of_kinship(report, place);
    }
    if let Some(report) = hint_of_sign(&report, place, expected) {
        return report;
    }
    if expects(Expected::Condition) {
        return hint_of_condition(report, place);
    }
    if let Some(report) = hint_of_brackets(&report, place, expected) {
        return report;
    }
    let quoted = found.starts_with('"');
    if quoted && expects(Expected::Name) && !expects(Expected::Value) && !expects(Expected::Text) {
        return report.help("such a name stands without quotes");
    }
    misspelt(report, found, expected)
}

fn replace(report: Diagnostic, span: Span, with: &str) -> Diagnostic {
    report.fix(format!("write `{with}`"), span, with)
}

/// Signs that mean something elsewhere.
fn hint_of_sign(
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

/// `'x'` or `“x”` instead of `"x"`.
fn other_quotes(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
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

/// What stands where a condition should begin.
fn hint_of_condition(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
    match place.found {
        "true" | "false" => report.help("a rule for every event is written `otherwise => …`"),
        "and" | "or" => report.help("there is nothing to join here"),
        found if found.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '"' | '[')) => {
            let report = report
                .help("a fact stands on the left, the value it is compared with on the right");
            match turned_round(place) {
                Some((span, text)) => report.fix(format!("write `{text}`"), span, text),
                None => report,
            }
        }
        _ => report,
    }
}

/// `500 == status` as `status == 500`, unless the comparison goes on.
fn turned_round(place: &Place<'_>) -> Option<(Span, String)> {
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

/// Brackets of another kind, and commas left out.
fn hint_of_brackets(
    report: &Diagnostic,
    place: &Place<'_>,
    expected: &[Expected],
) -> Option<Diagnostic> {
    let report = report.clone();
    let expects = |what: Expected| expected.contains(&what);
    let closes = [")", "]", "}"].iter().any(|sign| expects(Expected::Sign(sign)));
    match place.found {
        "(" | "{" if expects(Expected::Range) => Some(as_list(report, place)),
        "[" if expects(Expected::Value) => Some(in_place_of_equality(report, place)),
        "[" if expects(Expected::Sign("{")) => {
            Some(report.help("what belongs together here stands between `{` and `}`"))
        }
        found if closes && !expects(Expected::Sign("and")) && begins_element(found) => {
            Some(report.help("a comma stands between two of them").fix(
                "put a comma before it",
                place.span_of(place.previous_end..place.previous_end),
                ",",
            ))
        }
        _ => None,
    }
}

fn begins_value(found: &str) -> bool {
    found.starts_with(|c: char| c.is_ascii_digit() || c == '-')
}

/// `status is 404` as `status == 404`.
fn in_place_of_kinship(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
    let end = place.previous_end;
    report.help("a value is compared with `==`").fix(
        "write `==`",
        place.span_of(end - "is".len()..end),
        "==",
    )
}

fn begins_element(found: &str) -> bool {
    !is_reserved(found)
        && found.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '_' | '['))
}

/// `in (500, 501)` as `in [500, 501]`.
fn as_list(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
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
fn in_place_of_equality(report: Diagnostic, place: &Place<'_>) -> Diagnostic {
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

/// A keyword with a slip in it.
fn misspelt(report: Diagnostic, found: &str, expected: &[Expected]) -> Diagnostic {
    let signs = expected.iter().filter_map(|expected| match expected {
        Expected::Sign(sign) if sign.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(*sign),
        _ => None,
    });
    let declaration =
        expected.contains(&Expected::Declaration).then_some(KEYWORDS).into_iter().flatten();
    let places = expected.contains(&Expected::Placement).then_some(["before", "after"]);
    let places = places.into_iter().flatten();
    let when = expected.contains(&Expected::When).then_some("when");
    let test = expected
        .contains(&Expected::Test)
        .then_some(["in", "is", "contains", "like", "matches", "starts", "ends"]);
    let words =
        signs.chain(declaration).chain(places).chain(when).chain(test.into_iter().flatten());
    match suggest(found, words) {
        Some(word) => {
            let span = report.primary.span;
            report
                .help(format!("did you mean `{word}`?"))
                .fix(format!("write `{word}`"), span, word)
                .guess()
        }
        None => report,
    }
}
