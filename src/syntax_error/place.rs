//! The place of a syntax error, and what stands around it.

use std::ops::Range;

use crate::scan::token_end;
use crate::source::{FileId, Span};
use crate::words::{KEYWORDS, word};

/// What a syntax error is about.
pub(super) struct Place<'t> {
    pub(super) text: &'t str,
    /// Where the token stands that cannot be read.
    pub(super) at: usize,
    pub(super) found: &'t str,
    /// Where the last token before it ends.
    pub(super) previous_end: usize,
    pub(super) span: Span,
}

impl<'t> Place<'t> {
    /// `start` is where the declaration begins.
    pub(super) fn new(text: &'t str, file: FileId, start: usize, at: usize) -> Self {
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
    pub(super) fn begins_next(&self) -> bool {
        KEYWORDS.contains(&self.found) && self.text[self.previous_end..self.at].contains('\n')
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

/// The name at the end of a text; may be empty.
pub(super) fn trailing_name(text: &str) -> &str {
    let start = text.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
    &text[start.map_or(0, |at| at + 1)..]
}
