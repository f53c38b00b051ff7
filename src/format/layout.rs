//! Tokens, comments and groups to pieces.

use std::ops::Range;

use super::piece::{Form, Gap, Group, Piece};
use crate::ast::{Ast, Comment};
use crate::source::{Source, Span};

/// The pieces of a file so far.
pub(super) struct Layout<'a> {
    source: &'a str,
    /// The comments that still have to be placed.
    comments: &'a [Comment],
    /// Where the comment ends that was placed last, if no token was since.
    comment_above: Option<u32>,
    pieces: Vec<Piece<'a>>,
    /// Columns all pieces so far take on one line.
    width: usize,
    /// How many pieces so far end a line in every form.
    line_ends: usize,
}

/// How an item of a list is laid out.
pub(super) type Item<'a, T> = fn(&mut Layout<'a>, &'a T);

/// What stands around a block, and what parts it from its content on one line.
pub(super) struct Brackets {
    open: &'static str,
    close: &'static str,
    padding: Gap,
}

/// `( … )`
pub(super) const PARENTHESES: Brackets = Brackets { open: "(", close: ")", padding: Gap::Nothing };
/// `[ … ]`
pub(super) const SQUARE: Brackets = Brackets { open: "[", close: "]", padding: Gap::Nothing };
/// `{ … }`
pub(super) const BRACES: Brackets = Brackets { open: "{", close: "}", padding: Gap::Space };

impl<'a> Layout<'a> {
    /// The whole file.
    pub fn of(ast: &'a Ast, source: &'a Source) -> Self {
        let mut layout = Layout {
            source: source.text(),
            comments: &ast.comments,
            comment_above: None,
            pieces: Vec::new(),
            width: 0,
            line_ends: 0,
        };
        for declaration in &ast.declarations {
            layout.declaration(declaration);
        }
        layout.gap(Gap::Paragraph);
        layout.comments_before(u32::MAX);
        layout
    }

    /// All of it, in order.
    pub fn finish(self) -> Vec<Piece<'a>> {
        self.pieces
    }

    // Tokens --------------------------------------------------------------------------------------

    /// A token as it stands in the source, behind the comments before it.
    pub fn token(&mut self, span: Span) {
        self.word(self.slice(span), span.start);
    }

    /// A word that stands at `place` or right before it; comments before that place move before the word.
    pub fn word(&mut self, text: &'a str, place: u32) {
        self.comments_before(place);
        let blank = match self.comment_above.take() {
            Some(end) => self.blank_below(end),
            None => self.blank_above(place),
        };
        self.push(Piece::Text { text, blank });
    }

    /// A word and the token behind it, never parted.
    pub fn before(&mut self, text: &'static str, token: Span) {
        self.word(text, token.start);
        self.space();
        self.token(token);
    }

    /// Punctuation that belongs to the token before it; comments between the two move behind it.
    pub fn mark(&mut self, text: &'a str) {
        self.comment_above = None;
        self.push(Piece::Text { text, blank: false });
    }

    /// The text of a token.
    pub fn slice(&self, span: Span) -> &'a str {
        self.text(span.range())
    }

    /// A stretch of the source; empty for a tree that was read from another one.
    fn text(&self, range: Range<usize>) -> &'a str {
        self.source.get(range).unwrap_or_default()
    }

    // Comments ------------------------------------------------------------------------------------

    /// Places the comments that begin before `end`.
    pub fn comments_before(&mut self, end: u32) {
        let here = self.comments.partition_point(|comment| comment.span.start < end);
        self.place(here);
    }

    /// Places the comments that are part of a declaration although all of its tokens stand before
    /// them, since a trailing comma is gone. They must not become the documentation of the next one.
    pub fn comments_left_in(&mut self, declaration: Span) {
        let inside = self.comments.partition_point(|comment| comment.span.start < declaration.end);
        if inside == 0 {
            return;
        }
        let behind = self.comments.get(inside).is_some_and(|comment| {
            !comment.own_line && self.is_space(declaration.end, comment.span.start)
        });
        let count = inside + usize::from(behind);
        let own_line = self.comments[0].own_line || count > 1;
        self.gap(Gap::Line);
        self.place(count);
        if own_line {
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
            self.comment_above = Some(comment.span.end);
        }
    }

    fn is_space(&self, start: u32, end: u32) -> bool {
        self.text(start as usize..end as usize).trim().is_empty()
    }

    /// Whether a blank line stands right above what begins at `start`.
    fn blank_above(&self, start: u32) -> bool {
        let before = self.text(0..start as usize);
        has_blank_line(&before[before.trim_end_matches(SPACE).len()..])
    }

    /// Whether a blank line stands right below what ends at `end`.
    fn blank_below(&self, end: u32) -> bool {
        let behind = self.text(end as usize..self.source.len());
        has_blank_line(&behind[..behind.len() - behind.trim_start_matches(SPACE).len()])
    }

    // Gaps ----------------------------------------------------------------------------------------

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

    /// What stands behind an item: a comma, behind the last one only where each has its line.
    pub fn separator(&mut self, last: bool) {
        if last {
            self.push(Piece::Comma(Form::Broken));
        } else {
            self.mark(",");
            self.next_item();
        }
    }

    /// A space, or a new line; a blank line above it is kept.
    fn next_item(&mut self) {
        self.push(Piece::Break { flat: Gap::Space, broken: Gap::Paragraph });
    }

    fn line_or(&mut self, flat: Gap) {
        self.push(Piece::Break { flat, broken: Gap::Line });
    }

    fn gap(&mut self, gap: Gap) {
        self.push(Piece::Gap(gap));
    }

    // Groups --------------------------------------------------------------------------------------

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

    /// Brackets around items with commas between them.
    pub fn list<T>(&mut self, brackets: &Brackets, end: u32, items: &'a [T], item: Item<'a, T>) {
        self.block(brackets, end, items.is_empty(), |layout| layout.items(items, item));
    }

    /// What stands between brackets, of which the closing one ends at `end`.
    pub fn block(
        &mut self,
        brackets: &Brackets,
        end: u32,
        empty: bool,
        content: impl FnOnce(&mut Self),
    ) {
        let padding = if empty { Gap::Nothing } else { brackets.padding };
        self.mark(brackets.open);
        self.group(|layout| {
            layout.indented(|layout| {
                layout.line_or(padding);
                content(layout);
                layout.last_comments(end - 1, empty);
            });
            layout.line_or(padding);
            layout.mark(brackets.close);
        });
    }

    /// The comments between the last item of a block and its closing bracket.
    fn last_comments(&mut self, end: u32, empty: bool) {
        if self.comments.first().is_some_and(|comment| comment.span.start < end) {
            self.gap(if empty { Gap::Line } else { Gap::Paragraph });
            self.comments_before(end);
        }
    }

    /// Items with commas between them, and one behind the last if each has its line.
    pub fn items<T>(&mut self, items: &'a [T], item: Item<'a, T>) {
        for (index, each) in items.iter().enumerate() {
            item(self, each);
            self.separator(index + 1 == items.len());
        }
    }

    /// Items that commas part on one line, and the line breaks otherwise.
    pub fn lines<T>(&mut self, items: &'a [T], item: Item<'a, T>) {
        for (index, each) in items.iter().enumerate() {
            if index > 0 {
                self.push(Piece::Comma(Form::Flat));
                self.next_item();
            }
            item(self, each);
        }
    }

    fn push(&mut self, piece: Piece<'a>) {
        self.width += piece.width();
        self.line_ends += usize::from(piece.ends_line());
        self.pieces.push(piece);
    }
}

/// What parts tokens in the source.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

/// Whether a stretch of space holds more than one line break.
fn has_blank_line(space: &str) -> bool {
    let pairs = space.matches("\r\n").count();
    space.matches(['\r', '\n']).count() - pairs > 1
}
