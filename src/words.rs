//! The words of the language, and what people mean by those of other languages.

use crate::suggest::suggest;

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
pub(crate) fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

/// The lines that begin in a piece that cannot be read, with what is probably a misspelt keyword.
pub(crate) fn slips(text: &str, piece: std::ops::Range<usize>) -> Vec<usize> {
    let breaks = text[piece.clone()].match_indices('\n');
    let lines = breaks.map(|(at, _)| piece.start + at + 1);
    lines.filter(|&line| begins_with_slip(text, line)).collect()
}

/// Whether a line begins here with what is probably a keyword, misspelt or of another language, or with a
/// sign that other languages begin a line with.
pub(crate) fn begins_with_slip(text: &str, at: usize) -> bool {
    let line = &text[at..];
    let first = word(line);
    let on_its_line = text[..at].trim_end_matches([' ', '\t']);
    let begins_line = on_its_line.is_empty() || on_its_line.ends_with('\n');
    let is_slip = match first {
        "" => begins_with_sign(line),
        _ => !KEYWORDS.contains(&first) && keyword_meant(first).is_some(),
    };
    begins_line && is_slip
}

/// A comment of another language, or a declaration as an entry of a list in YAML.
fn begins_with_sign(line: &str) -> bool {
    let entry = line.strip_prefix("- ").map(|rest| rest.trim_start_matches([' ', '\t']));
    line.starts_with("//") || line.starts_with("--") || entry.is_some_and(begins_declaration)
}

/// Words of other languages at the beginning of a declaration, and what they are called here.
pub(crate) fn meant_keyword(found: &str) -> Option<&'static str> {
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
pub(crate) fn meant_test(found: &str) -> Option<&'static str> {
    match found {
        "startswith" | "starts_with" | "startsWith" => Some("starts with"),
        "endswith" | "ends_with" | "endsWith" => Some("ends with"),
        "includes" | "include" | "has" => Some("contains"),
        "match" | "=~" | "~" => Some("matches"),
        "equals" | "eq" | "===" => Some("=="),
        "<>" | "ne" => Some("!="),
        _ => None,
    }
}

/// Signs of other languages, and as they are written here.
pub(crate) fn meant_sign(found: &str) -> Option<&'static str> {
    match found {
        "&&" | "∧" => Some("and"),
        "||" | "∨" => Some("or"),
        "->" | "==>" | "⇒" | "→" => Some("=>"),
        "≥" => Some(">="),
        "≤" => Some("<="),
        "≠" => Some("!="),
        "∈" => Some("in"),
        _ => None,
    }
}

/// The unit that a word stands for.
pub(crate) fn meant_unit(found: &str) -> Option<&'static str> {
    UNIT_WORDS.iter().find(|(word, _)| *word == found).map(|&(_, unit)| unit)
}

/// Words people write for units, and the unit.
const UNIT_WORDS: [(&str, &str); 23] = [
    ("millis", "ms"),
    ("msec", "ms"),
    ("msecs", "ms"),
    ("sec", "s"),
    ("secs", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("min", "m"),
    ("mins", "m"),
    ("minute", "m"),
    ("minutes", "m"),
    ("hr", "h"),
    ("hrs", "h"),
    ("hour", "h"),
    ("hours", "h"),
    ("day", "d"),
    ("days", "d"),
    ("bytes", "B"),
    ("k", "kB"),
    ("K", "kB"),
    ("M", "MB"),
    ("G", "GB"),
    ("T", "TB"),
];
