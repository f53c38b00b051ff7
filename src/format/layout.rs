//! Tokens, comments and groups to pieces.

use super::piece::{Form, Gap, Group, Piece};
use crate::ast::{Ast, Comment};
use crate::source::{Source, Span};

/// The pieces of a file so far.
pub(super) struct Layout<'a> {
    source: &'a str,
    /// The comments that still have to be placed.
    comments: &'a [Comment],
    pieces: Vec<Piece<'a>>,
    /// Columns all pieces so far take on one line.
    width: usize,
    /// How many pieces so far end a line in every form.
    line_ends: usize,
}

/// What stands around a block, and what parts it from its content on one line.
pub(super) struct Brackets {
    open: &'static str,
    close: &'static str,
    padding: Gap,
}

pub(super) const PARENTHESES: Brackets = Brackets { open: "(", close: ")", padding: Gap::Nothing };
pub(super) const SQUARE: Brackets = Brackets { open: "[", close: "]", padding: Gap::Nothing };
pub(super) const BRACES: Brackets = Brackets { open: "{", close: "}", padding: Gap::Space };

impl<'a> Layout<'a> {
    /// The whole file.
    pub fn of(ast: &'a Ast, source: &'a Source) -> Self {
        let mut layout =
            Layout { source: source.text(), comments: &ast.comments, pieces: Vec::new(), width: 0, line_ends: 0 };
        for declaration in &ast.declarations {
            layout.declaration(declaration);
        }
        layout.gap(Gap::Paragraph);
        layout.comments_before(u32::MAX);
        layout
    }

    pub fn finish(self) -> Vec<Piece<'a>> {
        self.pieces
    }

    // Tokens ---------------------------------------------------------------------------------------

    /// A token as it stands in the source, behind the comments before it.
    pub fn token(&mut self, span: Span) {
        self.comments_before(span.start);
        let text = self.slice(span);
        self.push(Piece::Text { text, blank: self.blank_above(span.start) });
    }

    /// A word that stands before the token at `next`; comments between the two move before it.
    pub fn word(&mut self, text: &'static str, next: u32) {
        self.comments_before(next);
        self.push(Piece::Text { text, blank: self.blank_above(next) });
    }

    /// Punctuation that belongs to the token before it; comments between the two move behind it.
    pub fn mark(&mut self, text: &'static str) {
        self.push(Piece::Text { text, blank: false });
    }

    /// The text of a token.
    pub fn slice(&self, span: Span) -> &'a str {
        self.source.get(span.range()).unwrap_or_default()
    }

    // Comments -------------------------------------------------------------------------------------

    /// Places the comments that begin before `end`.
    pub fn comments_before(&mut self, end: u32) {
        let here = self.comments.partition_point(|comment| comment.span.start < end);
        self.place(here);
    }

    /// Places the comments that are part of a declaration although all of its tokens stand before them, since a
    /// trailing comma is gone. They must not become the documentation of the next declaration.
    pub fn comments_left_in(&mut self, declaration: Span) {
        let mut left = self.comments.partition_point(|comment| comment.span.start < declaration.end);
        if left == 0 {
            return;
        }
        left += self.comments[left..].iter().take_while(|comment| !comment.own_line).count();
        let apart = left > 1 || self.comments[0].own_line;
        self.gap(Gap::Line);
        self.place(left);
        if apart {
            self.gap(Gap::BlankLine);
        }
    }

    fn place(&mut self, count: usize) {
        let (here, later) = self.comments.split_at(count);
        self.comments = later;
        for comment in here {
            let text = self.slice(comment.span).trim_end();
            let blank = self.blank_above(comment.span.start);
            self.push(Piece::Comment { text, own_line: comment.own_line, blank });
        }
    }

    /// Whether nothing but space, and a blank line in it, stands above what begins at `start`.
    fn blank_above(&self, start: u32) -> bool {
        let before = self.source.get(..start as usize).unwrap_or_default();
        let space = &before[before.trim_end_matches([' ', '\t', '\r', '\n']).len()..];
        let pairs = space.matches("\r\n").count();
        space.matches(['\r', '\n']).count() - pairs > 1
    }

    // Gaps -----------------------------------------------------------------------------------------

    /// A space where no line ever ends.
    pub fn space(&mut self) {
        self.gap(Gap::Space);
    }

    /// A space, or a new line.
    pub fn line(&mut self) {
        self.line_or(Gap::Space);
    }

    /// A new line in every form, so that the groups around it are broken; a blank line above it is kept.
    pub fn paragraph(&mut self) {
        self.gap(Gap::Paragraph);
    }

    /// A comma, and a space or a new line.
    fn separator(&mut self) {
        self.mark(",");
        self.push(Piece::Break { flat: Gap::Space, broken: Gap::Paragraph });
    }

    fn line_or(&mut self, flat: Gap) {
        self.push(Piece::Break { flat, broken: Gap::Line });
    }

    fn gap(&mut self, gap: Gap) {
        self.push(Piece::Gap(gap));
    }

    // Groups ---------------------------------------------------------------------------------------

    /// What is set on one line or else broken.
    pub fn group(&mut self, content: impl FnOnce(&mut Self)) {
        let open = self.pieces.len();
        let (width, line_ends) = (self.width, self.line_ends);
        self.push(Piece::Open(Group { width: 0, forced: false, length: 0 }));
        content(self);
        self.pieces[open] = Piece::Open(Group {
            width: self.width - width,
            forced: self.line_ends > line_ends,
            length: self.pieces.len() - open,
        });
        self.push(Piece::Close);
    }

    /// What stands one level deeper once it is broken.
    pub fn indented(&mut self, content: impl FnOnce(&mut Self)) {
        self.push(Piece::Indent);
        content(self);
        self.push(Piece::Dedent);
    }

    /// What stands between brackets, of which the closing one ends at `end`.
    pub fn block(&mut self, brackets: &Brackets, end: u32, content: impl FnOnce(&mut Self)) {
        self.mark(brackets.open);
        self.group(|layout| {
            layout.indented(|layout| {
                layout.line_or(brackets.padding);
                content(layout);
                layout.comments_at_the_end(end - 1);
            });
            layout.line_or(brackets.padding);
            layout.mark(brackets.close);
        });
    }

    /// The comments between the last item and the closing bracket.
    fn comments_at_the_end(&mut self, end: u32) {
        if self.comments.first().is_some_and(|comment| comment.span.start < end) {
            self.paragraph();
            self.comments_before(end);
        }
    }

    /// Brackets around items with commas between them.
    pub fn list<T>(&mut self, brackets: &Brackets, end: u32, items: &[T], item: impl Fn(&mut Self, &'a T)) {
        self.block(brackets, end, |layout| layout.items(items, item));
    }

    /// Items with commas between them, and one behind the last if each has its line.
    pub fn items<T>(&mut self, items: &'a [T], item: impl Fn(&mut Self, &'a T)) {
        let mut items = items.iter();
        let Some(first) = items.next() else { return };
        item(self, first);
        for next in items {
            self.separator();
            item(self, next);
        }
        self.comma(Form::Broken);
    }

    /// Items that are parted by commas on one line, by the line breaks otherwise.
    pub fn lines<T>(&mut self, items: &'a [T], item: impl Fn(&mut Self, &'a T)) {
    }

    fn comma(&mut self, form: Form) {
        self.push(Piece::Comma(form));
    }

    fn push(&mut self, piece: Piece<'a>) {
        self.width += piece.width();
        self.line_ends += usize::from(piece.ends_line());
        self.pieces.push(piece);
    }
}
