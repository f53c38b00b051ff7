//! What is checked of a file's bytes before the grammar sees them: encoding, size, control characters, depth.

use crate::ast::Comment;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits::Limits;
use crate::source::{FileId, Sources, Span};
use crate::syntax_error::KEYWORDS;

/// Takes a file in as text. What is no UTF-8 is reported, and shown with replacement characters.
pub(crate) fn read(
    sources: &mut Sources,
    name: &str,
    bytes: &[u8],
    bundled: bool,
    limits: &Limits,
    problems: &mut Diagnostics,
) -> (FileId, bool) {
    // What comes with the library is no file of a stranger.
    if !bundled && bytes.len() > limits.file_bytes {
        let file = sources.add(name.to_owned(), String::new(), bundled);
        problems.add(too_large(file, bytes.len(), limits.file_bytes));
        return (file, false);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let file = sources.add(name.to_owned(), text.to_owned(), bundled);
            (file, scan(text, file, limits, problems))
        }
        Err(error) => {
            let file =
                sources.add(name.to_owned(), String::from_utf8_lossy(bytes).into_owned(), bundled);
            problems.add(not_utf8(file, error.valid_up_to()));
            (file, false)
        }
    }
}

fn too_large(file: FileId, size: usize, limit: usize) -> Diagnostic {
    let message = format!("the file has more than {limit} bytes");
    // A reader need not read more than one byte over.
    let seen = if size == limit + 1 { String::new() } else { format!("it has {size} bytes; ") };
    Diagnostic::new(Code::FileTooLarge, Span::new(file, 0..0), message)
        .help(format!("{seen}split it, or let the host raise the limit"))
}

fn not_utf8(file: FileId, at: usize) -> Diagnostic {
    let replacement = char::REPLACEMENT_CHARACTER.len_utf8();
    Diagnostic::new(
        Code::NotUtf8,
        Span::new(file, at..at + replacement),
        format!("byte {at} of the file is not UTF-8"),
    )
    .label("here it stops being UTF-8")
    .help("save the file as UTF-8")
}

/// Whether the text may be given to the grammar.
fn scan(text: &str, file: FileId, limits: &Limits, problems: &mut Diagnostics) -> bool {
    let shallow = match too_deep(text, limits.nesting) {
        Some(at) => {
            problems.add(nested_too_deeply(Span::new(file, at..at + 1), limits.nesting));
            false
        }
        None => true,
    };
    warn_of_bidirectional(text, file, problems);
    let clean = match text.bytes().position(is_control) {
        Some(at) => {
            problems.add(control_character(text, file, at));
            false
        }
        None => true,
    };
    shallow && clean
}

fn nested_too_deeply(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::new(Code::NestedTooDeeply, span, format!("nested more than {limit} deep")).help(
        "every parenthesis, bracket and `not` counts; name a part of the condition with `let`",
    )
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && !matches!(byte, b'\t' | b'\n' | b'\r')
}

fn control_character(text: &str, file: FileId, at: usize) -> Diagnostic {
    let byte = text.as_bytes()[at];
    let count = text.bytes().filter(|&byte| is_control(byte)).count();
    let what = if byte == 0 {
        "a NUL byte".to_owned()
    } else {
        format!("the control character U+{byte:04X}")
    };
    let more = if count == 1 {
        String::new()
    } else {
        format!("; the file holds {count} control characters")
    };
    Diagnostic::new(
        Code::ControlCharacter,
        Span::new(file, at..at + 1),
        format!("{what} cannot be part of a policy"),
    )
    .help(format!("in a text write it as `\\u{{{byte:x}}}`{more}"))
}

/// Characters that make text look other than it is; see Unicode Technical Report 36.
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn warn_of_bidirectional(text: &str, file: FileId, problems: &mut Diagnostics) {
    for (at, c) in text.char_indices().filter(|&(_, c)| is_bidirectional(c)) {
        let code = Code::BidirectionalCharacter;
        problems.push(code.severity(), || {
            let span = Span::new(file, at..at + c.len_utf8());
            let message = format!(
                "the character U+{:04X} changes the direction of the text around it",
                u32::from(c)
            );
            Diagnostic::new(code, span, message)
                .help("what is shown may differ from what is meant; in a text write it as `\\u{…}`")
        });
    }
}

/// Where the text is nested deeper than allowed: parentheses, brackets, braces and `not` count.
fn too_deep(text: &str, limit: usize) -> Option<usize> {
    let mut depth = Depth::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = token_end(text, at);
        match bytes[at] {
            b'(' | b'[' | b'{' => depth.open(),
            b')' | b']' | b'}' => depth.close(),
            byte if is_word(byte) => depth
                .word(&text[at..end], || bytes[end..].trim_ascii_start().first() == Some(&b':')),
            byte if byte.is_ascii_whitespace() || byte == b'#' => {}
            _ => depth.negations = 0,
        }
        if depth.total() > limit {
            return Some(at);
        }
        at = end;
    }
    None
}

/// How deep a place is nested.
#[derive(Default)]
struct Depth {
    /// For each open bracket how much it adds: itself and the `not`s before it.
    open: Vec<usize>,
    sum: usize,
    /// The `not`s right before this place.
    negations: usize,
}

impl Depth {
    fn total(&self) -> usize {
        self.sum + self.negations
    }

    fn open(&mut self) {
        self.open.push(self.negations + 1);
        self.sum += self.negations + 1;
        self.negations = 0;
    }

    fn close(&mut self) {
        self.sum -= self.open.pop().unwrap_or(0);
        self.negations = 0;
    }

    fn word(&mut self, word: &str, is_key: impl Fn() -> bool) {
        if word == "not" {
            self.negations += 1;
            return;
        }
        self.negations = 0;
        // A declaration begins: what an earlier one left open no longer counts.
        if KEYWORDS.contains(&word) && !is_key() {
            self.open.clear();
            self.sum = 0;
        }
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

/// All comments, in order.
pub(crate) fn comments(text: &str, file: FileId) -> Vec<Comment> {
    let mut comments = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let end = token_end(text, at);
        if text.as_bytes()[at] == b'#' {
            let own_line = begins_line(&text[..at]);
            comments.push(Comment { span: Span::new(file, at..end), own_line });
        }
        at = end;
    }
    comments
}

/// Whether nothing but space stands between the end of this text and its last line break.
fn begins_line(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '\t']);
    before.is_empty() || before.ends_with(['\n', '\r', '\u{feff}'])
}

/// The end of the token at `start`: a comment, a text, a word or one character.
pub(crate) fn token_end(text: &str, start: usize) -> usize {
    let bytes = text.as_bytes();
    let rest = &bytes[start..];
    let length = match rest[0] {
        b'#' => rest.iter().position(|&byte| is_line_end(byte)).unwrap_or(rest.len()),
        b'"' => text_length(rest, true),
        b'r' if rest.get(1) == Some(&b'"') => 1 + text_length(&rest[1..], false),
        byte if is_word(byte) => rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len()),
        _ => 1,
    };
    start + length
}

/// The length of a text literal from its opening quote to its closing one, or to the end of its line.
fn text_length(bytes: &[u8], escapes: bool) -> usize {
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            _ if is_line_end(byte) => return at,
            b'\\' if escapes && !bytes.get(at + 1).is_some_and(|&byte| is_line_end(byte)) => {
                at += 2
            }
            _ => at += 1,
        }
    }
    bytes.len()
}
