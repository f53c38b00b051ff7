//! Policy text to [`Ast`]. The only file that names pest.

use crate::ast::Ast;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::limits::Limits;
use crate::source::{FileId, Sources};

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
pub fn parse(name: &str, text: impl AsRef<[u8]>) -> Parsed {
    let mut sources = Sources::default();
    let mut problems = Diagnostics::new(Limits::default().diagnostics);
    let file = read(&mut sources, name, text.as_ref(), &Limits::default(), &mut problems);
    let ast = parse_file(&sources, file, &Limits::default(), &mut problems);
    Parsed { sources, ast, diagnostics: problems.finish().0 }
}

pub(crate) fn read(_s: &mut Sources, _name: &str, _text: &[u8], _l: &Limits, _p: &mut Diagnostics) -> FileId { FileId(0) }
pub(crate) fn parse_file(_s: &Sources, file: FileId, _l: &Limits, _p: &mut Diagnostics) -> Ast { Ast { file, declarations: vec![], comments: vec![] } }
