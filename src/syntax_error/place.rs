//! The place of a syntax error, and what stands around it.

use std::ops::Range;

use super::expected::{Expected, reduce};
use crate::diagnostic::Edit;
use crate::scan::token_end;
use crate::source::{FileId, Span};
use crate::words::{KEYWORDS, word};

/// What a syntax error is about.
pub(super) struct Place<'t> {
    pub(super) text: &'t str,
    /// Where the declaration begins.
    pub(super) start: usize,
    /// Where the token stands that cannot be read.
    pub(super) at: usize,
    pub(super) found: &'t str,
    /// Where the last token before it ends.
    pub(super) previous_end: usize,
    pub(super) span: Span,
    /// What should stand there, each said once.
    pub(super) expected: Vec<Expected>,
}

impl<'t> Place<'t> {
    /// `start` is where the declaration begins.
    pub(super) fn new(
        text: &'t str,
        file: FileId,
        start: usize,
        at: usize,
        expected: &[Expected],
    ) -> Self {
        let found = token(&text[at..]);
        let previous_end = end_of_last_token(text, start, at);
        let span = match found {
            // Behind the last token is a line that people see; the end of the file may be none.
            "" => Span::new(file, previous_end..previous_end),
            _ => Span::new(file, at..at + found.len()),
        };
        let expected = reduce(expected);
        let place = Place { text, start, at, found, previous_end, span, expected };
        match place.sign_behind_key() {
            Some(at) => {
                let colon = [Expected::Sign(":")];
                Place { expected: colon.to_vec(), ..Place::new(text, file, start, at, &colon) }
            }
            None => place,
        }
    }

    /// The `=` that stands where a colon should behind the name of an argument: the name by itself may be taken
    /// for a value.
    fn sign_behind_key(&self) -> Option<usize> {
        let from = match self.found {
            "=" if self.expected == [Expected::Sign(")")] => self.at,
            found if self.expects(Expected::Argument) && word(found) == found => {
                self.at + found.len()
            }
            _ => return None,
        };
        let rest = self.text[from..].trim_start_matches([' ', '\t']);
        let is_given = rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>");
        is_given.then_some(self.text.len() - rest.len())
    }

    pub(super) fn expects(&self, what: Expected) -> bool {
        self.expected.contains(&what)
    }

    /// Whether a bracket, parenthesis or brace may be closed here.
    pub(super) fn is_inside_brackets(&self) -> bool {
        [")", "]", "}"].iter().any(|sign| self.expects(Expected::Sign(sign)))
    }

    /// Behind `is` a name is expected, quoted or not, and no other value.
    pub(super) fn expects_a_parent(&self) -> bool {
        super::expected::expects_a_parent(&self.expected)
    }

    /// Whether this is the `true` of `handler is true`.
    pub(super) fn is_truth_behind_is(&self) -> bool {
        self.expects_a_parent() && matches!(self.found, "true" | "false")
    }

    /// The word with which the declaration begins; may be empty.
    pub(super) fn keyword(&self) -> &'t str {
        word(&self.text[self.start..])
    }

    /// Whether the token begins the next declaration.
    pub(super) fn begins_next(&self) -> bool {
        KEYWORDS.contains(&self.found) && self.text[self.previous_end..self.at].contains('\n')
    }

    /// Whether the token is the first of its line.
    pub(super) fn begins_line(&self) -> bool {
        let before = self.text[..self.at].trim_end_matches([' ', '\t', '\u{feff}']);
        before.is_empty() || before.ends_with('\n')
    }

    /// Whether this sign stands right before the token.
    pub(super) fn touches(&self, sign: &str) -> bool {
        self.previous_end == self.at && self.before().ends_with(sign)
    }

    /// The token with the sign right before it.
    pub(super) fn with_previous(&self, sign: &str) -> Span {
        self.span_of(self.at - sign.len()..self.at + self.found.len())
    }

    /// Whether letters touch the token on both sides.
    pub(super) fn is_inside_a_name(&self) -> bool {
        let is_letter = |c: char| c.is_ascii_alphabetic();
        self.previous_end == self.at
            && self.before().ends_with(is_letter)
            && self.behind().starts_with(is_letter)
    }

    pub(super) fn before(&self) -> &'t str {
        &self.text[..self.previous_end]
    }

    pub(super) fn behind(&self) -> &'t str {
        &self.text[self.at + self.found.len()..]
    }

    /// What follows the token on its line.
    pub(super) fn rest_of_line(&self) -> &'t str {
        self.behind().lines().next().unwrap_or_default()
    }

    pub(super) fn span_of(&self, range: Range<usize>) -> Span {
        Span::new(self.span.file, range)
    }

    pub(super) fn edit(&self, range: Range<usize>, text: &str) -> Edit {
        Edit { span: self.span_of(range), text: text.to_owned() }
    }
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
        "==>", "===", "=>", "==", "!=", "<=", ">=", "+=", "-=", "&&", "||", "->", "//", "/*", "--",
        "..", "=~", "<>",
    ];
    let sign = signs.into_iter().find(|sign| text.starts_with(sign)).map(str::len);
    &text[..sign.unwrap_or_else(|| text.chars().next().map_or(0, char::len_utf8))]
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

/// The name, quoted or not, at the beginning of a text; may be empty.
pub(super) fn name(text: &str) -> &str {
    if text.starts_with('"') {
        return &text[..token_end(text, 0)];
    }
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    &text[..end.unwrap_or(text.len())]
}

/// The number, with its unit, at the beginning of a text; may be empty.
pub(super) fn leading_number(text: &str) -> &str {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit());
    if is_number { word(text) } else { "" }
}

/// The name at the end of a text; may be empty.
pub(super) fn trailing_name(text: &str) -> &str {
    let start = text.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    &text[start.map_or(0, |at| at + 1)..]
}
