//! Pieces to text: decides the form of every group, and sets it.

use super::piece::{Form, Gap, Group, Piece};
use super::{INDENT, WIDTH};

/// The text of the pieces; it ends with a line break unless it is empty.
pub(super) fn set(pieces: &[Piece]) -> String {
    let mut page = Page::default();
    for (index, &piece) in pieces.iter().enumerate() {
        page.piece(piece, &pieces[index..]);
    }
    page.finish()
}

/// What was set so far.
#[derive(Default)]
struct Page {
    text: String,
    /// Columns of the last line that are in use.
    column: usize,
    /// How deep a new line stands.
    level: usize,
    /// What parts the last token from the next; written with the next, so that no line ends in space.
    gap: Gap,
    /// Whether the last thing set is a comment.
    behind_comment: bool,
    /// The forms of the groups that are open, the innermost last.
    forms: Vec<Form>,
}

impl Page {
    fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }

    /// Sets one piece; `rest` begins with it.
    fn piece(&mut self, piece: Piece, rest: &[Piece]) {
        match piece {
            Piece::Text { text, blank } => self.token(text, blank),
            Piece::Comment { text, own_line, blank } => self.comment(text, own_line, blank),
            Piece::Gap(gap) => self.widen(gap),
            Piece::Break { flat, broken } => {
                self.widen(if self.form() == Form::Flat { flat } else { broken });
            }
            Piece::Comma(form) if form == self.form() => self.token(",", false),
            Piece::Comma(_) => {}
            Piece::Indent => self.level += 1,
            Piece::Dedent => self.level -= 1,
            Piece::Open(group) => self.forms.push(self.choose(group, rest)),
            Piece::Close => drop(self.forms.pop()),
        }
    }

    /// The form of the innermost group; outside of all groups nothing depends on it.
    fn form(&self) -> Form {
        self.forms.last().copied().unwrap_or(Form::Broken)
    }

    /// A group is flat if it and what cannot be parted from its end fit on the line.
    ///
    /// What follows is at most a few closing brackets before the next place to break.
    fn choose(&self, group: Group, rest: &[Piece]) -> Form {
        let behind = rest[group.length..]
            .iter()
            .take_while(|piece| !piece.may_end_line())
            .map(|piece| piece.width());
        let fits = || self.next_column() + group.width + behind.sum::<usize>() <= WIDTH;
        if !group.forced && fits() { Form::Flat } else { Form::Broken }
    }

    /// The column at which the next token will stand.
    fn next_column(&self) -> usize {
        match self.gap {
            Gap::Nothing => self.column,
            Gap::Space => self.column + 1,
            Gap::Continuation => (self.level + 1) * INDENT,
            Gap::Line | Gap::Paragraph | Gap::BlankLine => self.level * INDENT,
        }
    }

    fn widen(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn token(&mut self, text: &str, blank: bool) {
        self.fill_gap(blank);
        self.write(text);
        self.behind_comment = false;
        self.gap = Gap::Nothing;
    }

    /// A comment that has a line to itself stands where the next token would. So does one that had to
    /// move behind another.
    fn comment(&mut self, text: &str, own_line: bool, blank: bool) {
        self.widen(Gap::Continuation);
        if own_line || self.behind_comment || self.text.is_empty() {
            self.fill_gap(blank);
            self.gap = self.gap.below_comment();
        } else {
            self.write("  ");
        }
        self.write(text);
        self.behind_comment = true;
    }

    fn fill_gap(&mut self, blank: bool) {
        match self.gap {
            Gap::Nothing => {}
            Gap::Space => self.write(" "),
            Gap::Continuation => self.new_line(self.level + 1),
            Gap::Line => self.new_line(self.level),
            Gap::Paragraph => self.paragraph(blank),
            Gap::BlankLine => self.paragraph(true),
        }
    }

    fn paragraph(&mut self, blank: bool) {
        if blank && !self.text.is_empty() {
            self.text.push('\n');
        }
        self.new_line(self.level);
    }

    fn new_line(&mut self, level: usize) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.column = 0;
        self.write(&" ".repeat(level * INDENT));
    }

    fn write(&mut self, text: &str) {
        self.text.push_str(text);
        self.column += text.chars().count();
    }
}
