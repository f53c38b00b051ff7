//! The head of a file: the other files that it names.

use crate::ast::{Ast, DeclarationKind, FileReference, Literal, LiteralValue};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::source::{Sources, Span};

/// The words of a file's head, in their order.
const HEADER_WORDS: [&str; 4] = ["policy", "vocabulary", "extends", "use"];

/// What the head of a file names.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    pub(super) vocabulary: Option<FileReference>,
    pub(super) extends: Option<FileReference>,
    pub(super) packs: Vec<FileReference>,
}

/// Reads the head of a file: each line at most once, in order, before everything else.
pub(super) fn read(ast: &Ast, sources: &Sources, problems: &mut Diagnostics) -> Header {
    let mut header = Header::default();
    let mut seen: Vec<(usize, Span)> = Vec::new();
    for declaration in &ast.declarations {
        let keyword = Span { end: declaration.span.start, ..declaration.span };
        let rank = match &declaration.kind {
            DeclarationKind::Version(version) => {
                check_version(version, sources, problems);
                0
            }
            DeclarationKind::Vocabulary(reference) => {
                header.vocabulary.get_or_insert_with(|| reference.clone());
                1
            }
            DeclarationKind::Extends(reference) => {
                header.extends.get_or_insert_with(|| reference.clone());
                2
            }
            DeclarationKind::Use(references) => {
                header.packs.extend(references.iter().cloned());
                3
            }
            _ => 4,
        };
        if rank < 4 {
            let word = HEADER_WORDS[rank];
            let span = Span { end: keyword.start + word.len() as u32, ..declaration.span };
            misplaced(rank, span, &seen).into_iter().for_each(|report| problems.add(report));
        }
        seen.push((rank, declaration.span));
        seen.dedup_by_key(|(rank, _)| *rank);
    }
    header
}

/// A line that stands behind one that it should stand before.
fn misplaced(rank: usize, span: Span, seen: &[(usize, Span)]) -> Option<Diagnostic> {
    let word = HEADER_WORDS[rank];
    let &(other, place) = seen.iter().find(|(other, _)| *other >= rank)?;
    let is_second = other == rank;
    let message = match HEADER_WORDS.get(other) {
        Some(_) if is_second => format!("a second `{word}`"),
        Some(other) => format!("`{word}` stands behind `{other}`"),
        None => format!("`{word}` stands behind a declaration"),
    };
    let help = match word {
        "use" if is_second => "name all packs on one line: `use aws, http`",
        _ if is_second => "a file has at most one",
        _ => {
            "these come before everything else, in this order: `policy`, `vocabulary`, `extends`, `use`"
        }
    };
    let label = if is_second { "the first one" } else { "this comes first" };
    Some(Diagnostic::new(Code::HeaderOrder, span, message).also(place, label).help(help))
}

fn check_version(version: &Literal, sources: &Sources, problems: &mut Diagnostics) {
    if matches!(version.value, LiteralValue::Int(1) | LiteralValue::Wrong) {
        return;
    }
    let written = sources.slice(version.span);
    let message = format!("version `{written}` of the language is not known to this release");
    let help = "this release knows version 1; a newer policy needs a newer release";
    problems.add(Diagnostic::new(Code::UnknownVersion, version.span, message).help(help));
}
