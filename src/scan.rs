//! What is checked of a file's bytes before the grammar sees them: encoding, control characters, and that
//! nothing is too large or too deep.

use crate::ast::Comment;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::limits::Limits;
use crate::source::{FileId, Sources, Span};
use crate::words::KEYWORDS;

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
            (file, bundled || scan(text, file, limits, problems))
        }
        Err(error) => {
            let file =
                sources.add(name.to_owned(), String::from_utf8_lossy(bytes).into_owned(), bundled);
            problems.add(not_utf8(file, error.valid_up_to(), bytes));
            (file, false)
        }
    }
}

fn too_large(file: FileId, size: usize, limit: usize) -> Diagnostic {
    let message = format!("the file has more than {limit} bytes");
    // A reader need not read more than one byte over.
    let seen = if size == limit + 1 { String::new() } else { format!("it has {size} bytes; ") };
    Diagnostic::new(Code::FileTooLarge, Span::new(file, 0..0), message)
        .help(format!("{seen}split it; a program that embeds the library can raise the limit"))
}

/// How text in UTF-16 mostly begins.
const UTF_16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];

fn not_utf8(file: FileId, at: usize, bytes: &[u8]) -> Diagnostic {
    let replacement = char::REPLACEMENT_CHARACTER.len_utf8();
    Diagnostic::new(
        Code::NotUtf8,
        Span::new(file, at..at + replacement),
        format!("byte {at} of the file is not UTF-8"),
    )
    .label("here it stops being UTF-8")
    .help(match UTF_16.iter().any(|mark| bytes.starts_with(mark)) {
        true => "it is UTF-16, as some editors and shells write; save the file as UTF-8",
        false => "save the file as UTF-8",
    })
}

/// Whether the text may be given to the grammar.
fn scan(text: &str, file: FileId, limits: &Limits, problems: &mut Diagnostics) -> bool {
    let excess = excess(text, limits);
    if let Some(excess) = &excess {
        problems.add(excess.report(file, limits));
    }
    warn_of_bidirectional(text, file, problems);
    let clean = match text.bytes().position(is_control) {
        Some(at) => {
            problems.add(control_character(text, file, at));
            false
        }
        None => true,
    };
    excess.is_none() && clean
}

/// The first place at which a text has more of something than is allowed.
enum Excess {
    Depth(usize),
    Elements(usize),
    Rules(usize),
}

impl Excess {
    fn report(&self, file: FileId, limits: &Limits) -> Diagnostic {
        let span = |at: usize, length: usize| Span::new(file, at..at + length);
        match *self {
            Excess::Depth(at) => Diagnostic::new(
                Code::NestedTooDeeply,
                span(at, 1),
                format!("nested more than {} deep", limits.nesting),
            )
            .help("every parenthesis, bracket and `not` counts; name a part of the condition with `let`"),
            Excess::Elements(at) => Diagnostic::new(
                Code::TooLarge,
                span(at, 1),
                format!("more than {} elements between one pair of brackets", limits.list_elements),
            )
            .help("a list can name other lists, and an enum grow by `+=`; or a program that embeds the library raises the limit"),
            Excess::Rules(at) => Diagnostic::new(
                Code::TooLarge,
                span(at, "when".len()),
                format!("the file has more than {} rules", limits.rules),
            )
            .help("put values that are decided alike into one set, or a program that embeds the library raises the limit"),
        }
    }
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

/// Goes through the tokens and stops where there is too much of something.
fn excess(text: &str, limits: &Limits) -> Option<Excess> {
    let mut tally = Tally::default();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = token_end(text, at);
        match bytes[at] {
            b'(' | b'[' | b'{' => tally.open(),
            b')' | b']' | b'}' => tally.close(),
            b',' => tally.comma(),
            byte if is_word(byte) => tally
                .word(&text[at..end], || bytes[end..].trim_ascii_start().first() == Some(&b':')),
            byte if byte.is_ascii_whitespace() || byte == b'#' => {}
            _ => tally.negations = 0,
        }
        if let Some(excess) = tally.excess(at, limits) {
            return Some(excess);
        }
        at = end;
    }
    None
}

/// What was counted up to a place.
#[derive(Default)]
struct Tally {
    open: Vec<Bracket>,
    /// How deep the place is nested in brackets.
    depth: usize,
    /// The `not`s right before this place.
    negations: usize,
    rules: usize,
}

struct Bracket {
    /// How much it adds to the depth: itself and the `not`s before it.
    depth: usize,
    commas: usize,
}

impl Tally {
    fn excess(&self, at: usize, limits: &Limits) -> Option<Excess> {
        let commas = self.open.last().map_or(0, |bracket| bracket.commas);
        if self.depth + self.negations > limits.nesting {
            Some(Excess::Depth(at))
        } else if commas > limits.list_elements {
            Some(Excess::Elements(at))
        } else if self.rules > limits.rules {
            Some(Excess::Rules(at))
        } else {
            None
        }
    }

    fn open(&mut self) {
        let depth = self.negations + 1;
        self.open.push(Bracket { depth, commas: 0 });
        self.depth += depth;
        self.negations = 0;
    }

    fn close(&mut self) {
        self.depth -= self.open.pop().map_or(0, |bracket| bracket.depth);
        self.negations = 0;
    }

    fn comma(&mut self) {
        if let Some(bracket) = self.open.last_mut() {
            bracket.commas += 1;
        }
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
            self.depth = 0;
            self.rules += usize::from(word == "when");
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
