//! Policy text to [`Ast`]. The only module that names pest.
//!
//! The grammar takes one piece of a file at a time and never fails: what is no declaration is a `broken`
//! piece, which is read once more by itself to say what was expected where it stops.

mod build;
mod expected;

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;

use self::build::Builder;
use self::expected::expected;
use crate::ast::{Ast, Declaration, DeclarationKind};
use crate::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::limits::Limits;
use crate::scan;
use crate::source::{FileId, Sources, Span};
use crate::syntax_error::{self, Expected};
use crate::words;

#[derive(pest_derive::Parser)]
#[grammar = "../grammar/policy.pest"]
struct Grammar;

/// Some editors write it at the beginning of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// How far behind a broken piece is looked, in bytes, to say what is wrong with it: what names its arguments
/// with keywords goes on where the piece ends. Without an end, each of many pieces would cost the whole file.
const LOOK_AHEAD: usize = 4096;

/// The text up to a place, or up to the character that the place lies in.
fn up_to(text: &str, end: usize) -> &str {
    let end = (0..=end.min(text.len())).rev().find(|&end| text.is_char_boundary(end));
    &text[..end.unwrap_or(0)]
}

/// A file as it was read: its tree, and what is wrong with its syntax.
#[derive(Debug)]
pub struct Parsed {
    /// Holds the one file.
    pub sources: Sources,
    /// The declarations that could be read.
    pub ast: Ast,
    /// The syntax errors, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads the text of one file, without what it names and without asking what it means.
///
/// ```
/// let parsed = redress::parse("mine.policy", "otherwise => fail");
/// assert!(parsed.diagnostics.is_empty());
/// assert_eq!(parsed.ast.declarations.len(), 1);
/// ```
pub fn parse(name: &str, text: impl AsRef<[u8]>) -> Parsed {
    let limits = Limits::default();
    let mut sources = Sources::default();
    let mut problems = Diagnostics::new(limits.diagnostics, Severity::Warning);
    let (file, readable) =
        scan::read(&mut sources, name, text.as_ref(), false, &limits, &mut problems);
    let ast = if readable { parse_file(&sources, file, &mut problems) } else { Ast::empty(file) };
    Parsed { sources, ast, diagnostics: problems.finish().diagnostics }
}

/// Reads a file that [`scan::read`] found readable, a piece at a time: what pest remembers of a piece is
/// given back before the next.
pub(crate) fn parse_file(sources: &Sources, file: FileId, problems: &mut Diagnostics) -> Ast {
    let text = sources.file(file).text();
    let comments = scan::comments(text, file);
    Reader { text, problems, ast: Ast { comments, ..Ast::empty(file) }, previous: None }.read()
}

impl Ast {
    /// A file without declarations.
    pub(crate) fn empty(file: FileId) -> Self {
        Ast { file, declarations: Vec::new(), comments: Vec::new(), broken: Vec::new() }
    }
}

/// Reads piece after piece.
struct Reader<'i, 'p> {
    text: &'i str,
    problems: &'p mut Diagnostics,
    /// What was read so far, and the comments of the whole file.
    ast: Ast,
    previous: Option<Span>,
}

impl<'i> Reader<'i, '_> {
    fn read(mut self) -> Ast {
        let mut at =
            if self.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
        while let Some(pair) = self.piece(at) {
            let start = at + pair.as_span().start();
            let end = at + pair.as_span().end();
            self.take_in(pair, at, Span::new(self.ast.file, start..end));
            at = end;
        }
        self.ast
    }

    /// The next declaration or broken piece behind a place; nothing at the end.
    fn piece(&mut self, at: usize) -> Option<Pair<'i, Rule>> {
        match Grammar::parse(Rule::piece, &self.text[at..]) {
            Ok(mut pairs) => pairs.next().filter(|pair| pair.as_rule() != Rule::EOI),
            // The grammar takes any text; were there one it does not, its own error is told.
            Err(error) => {
                report(self.text, self.ast.file, at, &error, self.problems);
                None
            }
        }
    }

    fn take_in(&mut self, pair: Pair<'i, Rule>, offset: usize, span: Span) {
        if pair.as_rule() == Rule::broken {
            // What begins a line of its own takes nothing from what could be read before it.
            let on_its_own = self.text[..span.start as usize].ends_with('\n');
            if self.broken(span, self.previous) && !on_its_own {
                self.ast.broken.extend(give_up_last(&mut self.ast.declarations));
            }
            self.ast.broken.push(span);
        } else if let Some(declaration) = self.declaration(pair, offset) {
            self.ast.declarations.push(declaration);
        } else {
            self.broken(span, None);
            self.ast.broken.push(span);
        }
        self.previous = Some(span);
    }

    fn declaration(&mut self, pair: Pair<'i, Rule>, offset: usize) -> Option<Declaration> {
        let Ast { file, comments, .. } = &self.ast;
        let (file, text) = (*file, self.text);
        Builder { file, text, offset, comments, problems: self.problems }.declaration(pair)
    }

    /// Says what was expected where a piece stops being a declaration, and which of its other lines were
    /// probably meant to begin one.
    ///
    /// Where the piece does not begin with a keyword, the declaration before it may have gone on; gives
    /// whether it had.
    fn broken(&mut self, piece: Span, previous: Option<Span>) -> bool {
        if self.problems.count_if_full() {
            return false;
        }
        let (start, end) = (piece.start as usize, piece.end as usize);
        let own = words::begins_with_slip(self.text, start);
        let previous = previous.filter(|_| !own);
        let stop = self.stop(piece, piece).map(|at| (at, false));
        let stop = stop.or_else(|| self.stop(previous?, piece).map(|at| (at, true)));
        let (read, of_previous) = stop.unwrap_or_else(|| {
            self.no_declaration(start);
            (start, false)
        });
        for line in words::slips(self.text, read.min(end)..end) {
            self.no_declaration(line);
        }
        of_previous
    }

    /// Tells where the declaration that `begun` starts with stops being one, if it starts with one.
    fn stop(&mut self, begun: Span, piece: Span) -> Option<usize> {
        let start = begun.start as usize;
        let text = up_to(self.text, piece.end as usize + LOOK_AHEAD);
        if !words::begins_declaration(&text[start..]) {
            return None;
        }
        let error = Grammar::parse(Rule::lone_declaration, &text[start..]).err()?;
        Some(report(self.text, self.ast.file, start, &error, self.problems))
    }

    /// Tells that a declaration was to begin here.
    fn no_declaration(&mut self, at: usize) {
        let (text, file) = (self.text, self.ast.file);
        let report = || syntax_error::report(text, file, at, at, &[Expected::Declaration]);
        self.problems.push(Severity::Error, report);
    }
}

/// Takes back the last declaration, since it goes on in a way that cannot be read; the head of a file stays.
fn give_up_last(declarations: &mut Vec<Declaration>) -> Option<Span> {
    use DeclarationKind::{Extends, Use, Version, Vocabulary};
    let last = declarations
        .pop_if(|last| !matches!(last.kind, Version(_) | Vocabulary(_) | Extends(_) | Use(_)));
    last.map(|declaration| declaration.span)
}

/// Tells a syntax error and gives its place; `offset` is where the text begins that the error counts from.
fn report(
    text: &str,
    file: FileId,
    offset: usize,
    error: &pest::error::Error<Rule>,
    problems: &mut Diagnostics,
) -> usize {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => offset + at,
    };
    let expected: Vec<Expected> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => {
            positives.iter().copied().filter_map(expected).collect()
        }
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    problems.push(Severity::Error, || syntax_error::report(text, file, offset, at, &expected));
    at
}
