//! Syntax errors in words: what was expected, what was found instead, and what was probably meant.

use crate::diagnostic::{Code, Diagnostic};
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
    Value,
    Range,
    Outcome,
    Argument,
    Member,
    Parameter,
    Entry,
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
            Expected::Value => "a value".to_owned(),
            Expected::Range => "a range".to_owned(),
            Expected::Outcome => "an outcome".to_owned(),
            Expected::Argument => "an argument".to_owned(),
            Expected::Member => "a member".to_owned(),
            Expected::Parameter => "a parameter".to_owned(),
            Expected::Entry => "a name, a colon and a value".to_owned(),
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

/// What stands at the beginning of a text: a word, an operator, or one character.
fn token(text: &str) -> &str {
    let word = word(text);
    if !word.is_empty() {
        return word;
    }
    let signs = [
        "==>", "===", "=>", "==", "!=", "<=", ">=", "+=", "-=", "&&", "||", "->", "//", "/*", "..",
    ];
    let sign = signs.into_iter().find(|sign| text.starts_with(sign)).map(str::len);
    &text[..sign.unwrap_or_else(|| text.chars().next().map_or(0, char::len_utf8))]
}

/// The syntax error at a place where one of `expected` should stand.
pub(crate) fn report(text: &str, file: FileId, at: usize, expected: &[Expected]) -> Diagnostic {
    let found = token(&text[at..]);
    let span = Span::new(file, at..at + found.len());
    if let Some(report) = unclosed_text(text, at, span) {
        return report;
    }
    let expected = reduce(expected);
    let reserved = is_reserved(found);
    let names = [Expected::Name, Expected::Member];
    if reserved
        && names.iter().any(|name| expected.contains(name))
        && !expected.contains(&Expected::Declaration)
    {
        return Diagnostic::new(Code::ReservedWord, span, format!("`{found}` is a reserved word"))
            .label("a name is expected here")
            .help("choose another name; a reserved word may stand only before `:`, or in quotes as a member");
    }
    let what = if found.is_empty() {
        "the end of the file".to_owned()
    } else {
        format!("`{}`", visible(found))
    };
    let message = match expected.is_empty() {
        true => format!("unexpected {what}"),
        false => format!("expected {}, found {what}", list(&expected)),
    };
    hint(Diagnostic::new(Code::Syntax, span, message), text, at, found, &expected)
}

/// A text whose closing quote is missing.
fn unclosed_text(text: &str, at: usize, span: Span) -> Option<Diagnostic> {
    let quote = text[at..].strip_prefix('r').unwrap_or(&text[at..]);
    let line = quote.strip_prefix('"')?.lines().next().unwrap_or_default();
    let closed = line.replace("\\\\", "").replace("\\\"", "").contains('"');
    let length = text[at..].len() - quote.len() + 1 + line.len();
    let whole = Span::new(span.file, at..at + length);
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
        Expected::Value | Expected::Range => {
            !has(Expected::Argument, &all) && !expects_a_parent(&all)
        }
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

/// What people write who come from another language, and what it is called here.
fn hint(
    report: Diagnostic,
    text: &str,
    at: usize,
    found: &str,
    expected: &[Expected],
) -> Diagnostic {
    let span = report.primary.span;
    let replace =
        |report: Diagnostic, with: &str| report.fix(format!("write `{with}`"), span, with);
    let before = text[..at].trim_end();
    match found {
        "=" | "===" if expected.contains(&Expected::Test) => {
            replace(report.help("equality is written `==`"), "==")
        }
        "&&" => replace(report, "and"),
        "||" => replace(report, "or"),
        "!" => replace(report, "not "),
        "->" | "==>" => replace(report, "=>"),
        "=" if expected.contains(&Expected::Sign("=>")) => replace(report, "=>"),
        "//" | "/*" => report.help("a comment begins with `#`"),
        "'" => report.help("texts stand in double quotes"),
        ";" => {
            report.help("nothing stands at the end of a declaration").fix("take it away", span, "")
        }
        "else" | "default" if expected.contains(&Expected::Declaration) => {
            replace(report, "otherwise")
        }
        "if" if expected.contains(&Expected::Declaration) => replace(report, "when"),
        "true" | "false" if expected.contains(&Expected::Condition) => {
            report.help("a rule for every event is written `otherwise => …`")
        }
        "not" if before.ends_with("is") => {
            report.help("there is no `is not`; write `not (… is …)`")
        }
        "and" | "or" if expected.contains(&Expected::Condition) => {
            report.help("there is nothing to join here")
        }
        _ if expected.contains(&Expected::Condition) && begins_value(found) => {
            report.help("a fact stands on the left, the value it is compared with on the right")
        }
        _ => misspelt(report, found, expected),
    }
}

fn begins_value(found: &str) -> bool {
    found.starts_with(|c: char| c.is_ascii_digit() || c == '"')
}

/// A keyword with a slip in it.
fn misspelt(report: Diagnostic, found: &str, expected: &[Expected]) -> Diagnostic {
    let signs = expected.iter().filter_map(|expected| match expected {
        Expected::Sign(sign) if sign.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(*sign),
        _ => None,
    });
    let declaration =
        expected.contains(&Expected::Declaration).then_some(KEYWORDS).into_iter().flatten();
    let when = expected.contains(&Expected::When).then_some("when");
    let test = expected
        .contains(&Expected::Test)
        .then_some(["in", "is", "contains", "like", "matches", "starts", "ends"]);
    let words = signs.chain(declaration).chain(when).chain(test.into_iter().flatten());
    match suggest(found, words) {
        Some(word) => {
            let span = report.primary.span;
            report.help(format!("did you mean `{word}`?")).fix(
                format!("write `{word}`"),
                span,
                word,
            )
        }
        None => report,
    }
}
