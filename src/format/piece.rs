//! What a file is laid out from.

/// One step of the layout.
#[derive(Clone, Copy, Debug)]
pub(super) enum Piece<'a> {
    /// A token, or several that are never parted.
    Text {
        /// As it is written.
        text: &'a str,
        /// Whether a blank line stands above it in the source.
        blank: bool,
    },
    /// A comment; what follows it begins a line.
    Comment {
        /// From the `#` on.
        text: &'a str,
        /// Whether it has a line to itself.
        own_line: bool,
        /// Whether a blank line stands above it in the source.
        blank: bool,
    },
    /// What parts two tokens, whatever the form of the group.
    Gap(Gap),
    /// A gap that depends on the form of the group.
    Break {
        /// What it is on one line.
        flat: Gap,
        /// What it is otherwise.
        broken: Gap,
    },
    /// A comma that only one form of the group has.
    Comma(Form),
    /// What follows stands one level deeper.
    Indent,
    /// What follows stands one level less deep.
    Dedent,
    /// Begins a group.
    Open(Group),
    /// Ends the innermost group.
    Close,
}

/// What stands between two tokens. Where two gaps meet, the greater holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing.
    #[default]
    Nothing,
    /// One space.
    Space,
    /// A new line because a comment ended the last one, deeper because the expression goes on.
    Continuation,
    /// A new line.
    Line,
    /// A new line, behind a blank one if the source has one there.
    Paragraph,
    /// A new line behind a blank one.
    BlankLine,
}

/// How a group is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// On one line.
    Flat,
    /// Over several lines.
    Broken,
}

/// A stretch of pieces that is set in one form.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group {
    /// Columns it takes on one line.
    pub width: usize,
    /// Whether something in it cannot stand on one line.
    pub forced: bool,
    /// How many pieces behind this one its [`Piece::Close`] stands.
    pub length: usize,
}

impl Gap {
    /// What follows a comment that stands in a gap of this kind, on a line of its own.
    pub fn below_comment(self) -> Self {
        if self > Gap::Continuation { Gap::Paragraph } else { Gap::Continuation }
    }
}

impl Piece<'_> {
    /// Columns it takes on one line.
    pub fn width(self) -> usize {
        match self {
            Piece::Text { text, .. } => text.chars().count(),
            Piece::Gap(Gap::Space)
            | Piece::Break { flat: Gap::Space, .. }
            | Piece::Comma(Form::Flat) => 1,
            _ => 0,
        }
    }

    /// Whether a line may end here.
    pub fn may_end_line(self) -> bool {
        matches!(self, Piece::Break { .. }) || self.ends_line()
    }

    /// Whether a line ends here in every form.
    pub fn ends_line(self) -> bool {
        match self {
            Piece::Comment { .. } => true,
            Piece::Gap(gap) => gap >= Gap::Line,
            _ => false,
        }
    }
}
