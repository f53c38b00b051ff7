//! Names and texts of policy files, and places in them.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// One file of a [`Sources`], by the order in which it was read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub(crate) u32);

impl FileId {
    /// The position of the file in its [`Sources`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl fmt::Debug for FileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "file {}", self.0)
    }
}

/// A stretch of a file's text, in bytes from its beginning; the end is not part of it.
///
/// Offsets fit 32 bits because no [limit](crate::Limits) lets a larger file in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset of the byte after the last one.
    pub end: u32,
}

impl Span {
    /// The stretch `range` of `file`.
    pub(crate) fn new(file: FileId, range: Range<usize>) -> Self {
        let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file, start: offset(range.start), end: offset(range.end) }
    }

    /// The shortest stretch that covers both.
    pub(crate) fn to(self, end: Span) -> Self {
        Span { file: self.file, start: self.start.min(end.start), end: self.end.max(end.end) }
    }

    /// The empty stretch just behind this one.
    pub(crate) fn after(self) -> Self {
        Span { start: self.end, ..self }
    }

    /// The empty stretch just before this one.
    pub(crate) fn before(self) -> Self {
        Span { end: self.start, ..self }
    }

    /// The stretch as a range of byte offsets.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A line and a column, both counted from 1; columns count characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

/// A file that was read: its name as people write it, and its text.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    text: String,
    /// Offset of the first byte of every line.
    lines: Box<[u32]>,
    bundled: bool,
    role: Role,
}

/// The part a file plays in the policy it was read for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    Vocabulary,
    /// With its name, which its sets carry.
    Pack(String),
    Policy,
}

impl Source {
    fn new(name: String, text: String, bundled: bool) -> Self {
        let starts = text
            .bytes()
            .enumerate()
            .filter(|&(_, byte)| byte == b'\n')
            .map(|(at, _)| at as u32 + 1);
        let lines = std::iter::once(0).chain(starts).collect();
        Source { name, text, lines, bundled, role: Role::Policy }
    }

    /// The name under which the file was read: a path, or `default.policy` for a bundled one.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether the file is part of the library.
    pub fn is_bundled(&self) -> bool {
        self.bundled
    }

    /// The part it plays.
    pub(crate) fn role(&self) -> &Role {
        &self.role
    }

    /// The line, from 1, that holds the byte at `offset`.
    pub fn line(&self, offset: usize) -> usize {
        self.lines.partition_point(|&start| start as usize <= offset).max(1)
    }

    /// The line that holds the byte at `offset`, without its line break, as a range of byte offsets.
    pub fn line_range(&self, offset: usize) -> Range<usize> {
        let line = self.line(offset);
        let end = self.lines.get(line).map_or(self.text.len(), |&next| next as usize - 1);
        self.line_start(line)..end
    }

    /// Offset of the first byte of a line, counted from 1.
    fn line_start(&self, line: usize) -> usize {
        self.lines.get(line - 1).map_or(0, |&start| start as usize)
    }

    /// The line and column of the byte at `offset`.
    pub fn position(&self, offset: usize) -> Position {
        let line = self.line(offset);
        let before =
            self.text.get(self.line_start(line)..offset.min(self.text.len())).unwrap_or_default();
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        Position { line, column }
    }
}

/// Every file that was read to load one policy; cheap to clone, since all clones share the files.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Vec<Arc<Source>>,
}

impl Sources {
    /// Adds a file and gives the handle that spans in it carry.
    pub(crate) fn add(&mut self, name: String, text: String, bundled: bool) -> FileId {
        self.files.push(Arc::new(Source::new(name, text, bundled)));
        FileId(self.files.len() as u32 - 1)
    }

    /// Says which part a file plays, once that is known.
    pub(crate) fn set_role(&mut self, id: FileId, role: &Role) {
        Arc::make_mut(&mut self.files[id.index()]).role = role.clone();
    }

    /// The file behind a handle of this collection.
    pub fn file(&self, id: FileId) -> &Source {
        &self.files[id.index()]
    }

    /// All files with their handles, in the order in which they were read.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &Source)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(at as u32), &**file))
    }

    /// The text a span covers.
    pub fn slice(&self, span: Span) -> &str {
        self.file(span.file).text.get(span.range()).unwrap_or_default()
    }

    /// `FILE:LINE`, the form in which a decision names its rule.
    pub fn place(&self, span: Span) -> String {
        let file = self.file(span.file);
        format!("{}:{}", file.name, file.line(span.start as usize))
    }
}
