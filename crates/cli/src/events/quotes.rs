//! Quotes of CSV: a line break ends a record unless they are around it.

use std::ops::Range;

use memchr::{memchr, memrchr};

/// Where in a record a byte stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote inside quotes: their end, or the first of two.
    PerhapsClosed,
    /// Behind text that no closing quote has behind it: one is missing, here or lines before.
    Wrong,
}

impl Quotes {
    /// Whether the byte is still the record's.
    pub fn belongs(&mut self, byte: u8) -> bool {
        *self = match (&self, byte) {
            (Quotes::Quoted, b'"') => Quotes::PerhapsClosed,
            (Quotes::Quoted, _) => Quotes::Quoted,
            (_, b'\n') => return false,
            (Quotes::Wrong, _) => Quotes::Wrong,
            (Quotes::FieldStart | Quotes::PerhapsClosed, b'"') => Quotes::Quoted,
            (_, b',') => Quotes::FieldStart,
            (Quotes::PerhapsClosed, b'\r') => Quotes::Plain,
            (Quotes::PerhapsClosed, _) => Quotes::Wrong,
            _ => Quotes::Plain,
        };
        true
    }
}

/// The record that these bytes begin with, without the line break that ends it, if both are there and its quotes are
/// right.
pub fn first_record(bytes: &[u8]) -> Option<&[u8]> {
    let mut outside = Outside::new(bytes);
    let end = outside.find_map(|stretch| {
        let start = stretch.start;
        memchr(b'\n', &bytes[stretch]).map(|at| start + at)
    })?;
    (!outside.is_wrong).then_some(&bytes[..end])
}

/// The place behind the last line break that ends a record, where one begins with the bytes.
pub fn behind_records(bytes: &[u8]) -> Option<usize> {
    let behind = |stretch: Range<usize>| {
        let start = stretch.start;
        memrchr(b'\n', &bytes[stretch]).map(|at| start + at + 1)
    };
    Outside::new(bytes).filter_map(behind).last()
}

/// The stretches that no quotes are around, where a record begins with the bytes: the same as [`Quotes`] tells of each
/// byte, by going from quote to quote.
struct Outside<'a> {
    bytes: &'a [u8],
    at: At,
    /// Whether a quote was closed before other text.
    is_wrong: bool,
}

enum At {
    /// The beginning.
    Start,
    /// Behind a quote that opens a cell.
    Opened(usize),
    End,
}

impl<'a> Outside<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Outside { bytes, at: At::Start, is_wrong: false }
    }

    fn place_of(&self, byte: u8, from: usize) -> Option<usize> {
        memchr(byte, self.bytes.get(from..)?).map(|at| from + at)
    }

    /// The next quote that opens a cell.
    fn opening(&self, from: usize) -> Option<usize> {
        let mut quote = self.place_of(b'"', from)?;
        while !self.opens(quote) {
            quote = self.place_of(b'"', quote + 1)?;
        }
        Some(quote)
    }

    /// Whether a quote here, outside of others, opens a cell: first in it, or in the line, behind blank ones.
    fn opens(&self, quote: usize) -> bool {
        let mut before = self.bytes[..quote].iter().rev();
        match before.next() {
            None | Some(b',' | b'\n') => true,
            Some(b'\r') => matches!(before.find(|&&byte| byte != b'\r'), None | Some(b'\n')),
            Some(_) => false,
        }
    }

    /// Behind the quote that closes the cell which was opened before this, and text that should not be there.
    fn behind_closing(&mut self, from: usize) -> Option<usize> {
        let mut quote = self.place_of(b'"', from)?;
        while self.bytes.get(quote + 1) == Some(&b'"') {
            quote = self.place_of(b'"', quote + 2)?;
        }
        match self.bytes.get(quote + 1) {
            None | Some(b',' | b'\r' | b'\n') => Some(quote + 1),
            Some(_) => {
                self.is_wrong = true;
                self.place_of(b'\n', quote + 1)
            }
        }
    }
}

impl Iterator for Outside<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        let start = match self.at {
            At::Start => Some(0),
            At::Opened(behind) => self.behind_closing(behind),
            At::End => None,
        };
        let quote = start.and_then(|start| self.opening(start));
        self.at = quote.map_or(At::End, |quote| At::Opened(quote + 1));
        Some(start?..quote.unwrap_or(self.bytes.len()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The places behind the line breaks that end a record, and whether its quotes are right, byte by byte.
    fn ends(bytes: &[u8]) -> Vec<(usize, bool)> {
        let mut ends = Vec::new();
        let (mut quotes, mut is_right, mut is_blank) = (Quotes::FieldStart, true, true);
        for (at, &byte) in bytes.iter().enumerate() {
            is_blank &= matches!(byte, b'\r' | b'\n');
            if is_blank && byte == b'\r' {
                continue;
            }
            if quotes.belongs(byte) {
                is_right &= quotes != Quotes::Wrong;
            } else {
                ends.push((at + 1, is_right));
                (quotes, is_right, is_blank) = (Quotes::FieldStart, true, true);
            }
        }
        ends
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 8 * ProptestConfig::default().cases, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn from_quote_to_quote_records_end_where_they_do_byte_by_byte(
            bytes in prop::collection::vec(prop::sample::select(b"\"\"\"\"a,,\r\n\n".to_vec()), 0..24),
        ) {
            let ends = ends(&bytes);
            let shown = String::from_utf8_lossy(&bytes);
            prop_assert_eq!(behind_records(&bytes), ends.last().map(|(end, _)| *end), "{}", shown);
            let first = ends.first().filter(|(_, is_right)| *is_right);
            prop_assert_eq!(first_record(&bytes), first.map(|(end, _)| &bytes[..end - 1]), "{}", shown);
        }
    }
}
