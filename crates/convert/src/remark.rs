//! What is to be said of a document, and where.

use std::fmt;

/// A line and a column of a document, both from 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Place {
    /// The beginning of a document.
    pub(crate) const FIRST: Place = Place { line: 1, column: 1 };
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Something that is wrong with a document, or worth knowing about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Where the value begins.
    pub place: Place,
    /// The names and positions that lead to the value, such as `States/Charge/Retry/0`; empty for the whole.
    pub path: String,
    /// What there is to say.
    pub message: String,
    /// Why, or what to do.
    pub help: Option<String>,
}

impl Remark {
    pub(crate) fn new(place: Place, path: &str, message: impl Into<String>) -> Self {
        Remark { place, path: path.to_owned(), message: message.into(), help: None }
    }

    /// All of it but the place: `States/Charge/Retry/0: …; …`.
    pub fn told(&self) -> String {
        let path = if self.path.is_empty() { String::new() } else { format!("{}: ", self.path) };
        match &self.help {
            Some(help) => format!("{path}{}; {help}", self.message),
            None => format!("{path}{}", self.message),
        }
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.told())
    }
}

/// Where the lines of a text begin.
pub(crate) struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    pub(crate) fn of(text: &'t str) -> Self {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts = std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect();
        Lines { text, starts }
    }

    /// The place of what stands so many bytes behind the beginning.
    pub(crate) fn place(&self, at: usize) -> Place {
        let line = self.starts.partition_point(|&start| start <= at).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or_default();
        let before = self.text.get(start..at).unwrap_or_default();
        Place { line, column: before.chars().count() + 1 }
    }
}
