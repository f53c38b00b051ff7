//! What its author has seen and does not want to be told again.

use std::collections::BTreeMap;
use std::ops::Range;

use super::{Code, Diagnostic};
use crate::source::{FileId, Span};

/// One code of a comment that silences it.
#[derive(Debug)]
pub(crate) struct Silencer {
    pub(crate) code: Code,
    /// Where the code stands in the comment.
    pub(crate) span: Span,
    /// What is taken out of the text to be rid of it.
    pub(crate) removal: Span,
    /// Whether the comment has no other code.
    pub(crate) is_only: bool,
    /// The line it is about.
    pub(crate) line: Range<usize>,
    /// The declarations that begin on that line.
    pub(crate) declarations: Option<Range<usize>>,
    pub(crate) is_used: bool,
}

/// Stretches that do not overlap, each with the position of its silencer.
type Stretches = BTreeMap<(Code, FileId, usize), (usize, usize)>;

/// Everything that silences diagnostics.
#[derive(Debug, Default)]
pub(crate) struct Silencers {
    all: Vec<Silencer>,
    lines: Stretches,
    declarations: Stretches,
}

impl Silencers {
    /// Where two say the same of one place, the second has nothing to do.
    pub(crate) fn add(&mut self, silencer: Silencer) {
        let (code, file, at) = (silencer.code, silencer.span.file, self.all.len());
        let insert = |into: &mut Stretches, stretch: &Range<usize>| {
            into.entry((code, file, stretch.start)).or_insert((stretch.end, at));
        };
        insert(&mut self.lines, &silencer.line);
        if let Some(declarations) = &silencer.declarations {
            insert(&mut self.declarations, declarations);
        }
        self.all.push(silencer);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Silencer> {
        self.all.iter()
    }

    /// Whether something silences a diagnostic, which is then remembered as used.
    pub(super) fn silence(&mut self, diagnostic: &Diagnostic) -> bool {
        let span = diagnostic.primary.span;
        let at = span.start as usize;
        let covering = |stretches: &Stretches| {
            let before = stretches.range(..=(diagnostic.code, span.file, at)).next_back();
            before
                .filter(|&(&(code, file, _), &(end, _))| {
                    code == diagnostic.code && file == span.file && at <= end
                })
                .map(|(_, &(_, silencer))| silencer)
        };
        let found = covering(&self.lines).or_else(|| covering(&self.declarations));
        if let Some(silencer) = found.and_then(|at| self.all.get_mut(at)) {
            silencer.is_used = true;
        }
        found.is_some()
    }
}
