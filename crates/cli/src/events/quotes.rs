//! Quotes of CSV: a line break ends a record unless they are around it.

use memchr::{Memchr2, memchr, memchr2_iter, memrchr};

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
    let mut ends = Ends::new(bytes);
    let end = ends.next()?;
    (!ends.is_wrong).then_some(&bytes[..end])
}

/// The place behind the last line break that ends a record, where one begins with the bytes.
pub fn behind_records(bytes: &[u8]) -> Option<usize> {
    let end = match memchr(b'"', bytes) {
        Some(_) => Ends::new(bytes).last(),
        None => memrchr(b'\n', bytes),
    };
    end.map(|end| end + 1)
}

/// The line breaks that end records, where one begins with the bytes: the same as [`Quotes`] tells of each byte, but
/// only quotes and line breaks are looked at.
struct Ends<'a> {
    bytes: &'a [u8],
    marks: Memchr2<'a>,
    within: Within,
    /// Whether a quote was closed before other text.
    is_wrong: bool,
}

enum Within {
    Nothing,
    Quotes,
    /// Text behind the quote that closed its cell.
    Wrong,
}

impl<'a> Ends<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let marks = memchr2_iter(b'"', b'\n', bytes);
        Ends { bytes, marks, within: Within::Nothing, is_wrong: false }
    }

    /// Whether a quote here opens a cell: first in it, or in the line, behind blank ones.
    fn opens(&self, quote: usize) -> bool {
        let mut before = self.bytes[..quote].iter().rev();
        match before.next() {
            None | Some(b',' | b'\n') => true,
            Some(b'\r') => matches!(before.find(|&&byte| byte != b'\r'), None | Some(b'\n')),
            Some(_) => false,
        }
    }

    /// What is behind a quote that was within quotes.
    fn behind(&mut self, quote: usize) -> Within {
        match self.bytes.get(quote + 1) {
            Some(b'"') => {
                self.marks.next();
                Within::Quotes
            }
            None | Some(b',' | b'\r' | b'\n') => Within::Nothing,
            Some(_) => {
                self.is_wrong = true;
                Within::Wrong
            }
        }
    }
}

impl Iterator for Ends<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        loop {
            let at = self.marks.next()?;
            match (self.bytes[at], &self.within) {
                (b'\n', Within::Quotes) | (b'"', Within::Wrong) => {}
                (b'\n', _) => {
                    self.within = Within::Nothing;
                    return Some(at);
                }
                (_, Within::Quotes) => self.within = self.behind(at),
                (_, _) if self.opens(at) => self.within = Within::Quotes,
                _ => {}
            }
        }
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
