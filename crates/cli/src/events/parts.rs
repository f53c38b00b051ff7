//! Files of events, cut into parts that can be decided apart from each other.

use std::io::Read;

use memchr::memmem;

use super::input::{Input, Place};
use super::quotes;

/// Where a file may be cut.
#[derive(Clone, Copy)]
pub enum Cut {
    /// Before a line of JSON Lines that begins with `{`. It begins an event, whatever stands before it.
    BeforeObjects,
    /// Behind a comma that seems to part elements. Whether it does shows when the part before it is decided.
    BehindCommas,
    /// Behind a line break of CSV that no quotes are around.
    BehindRecords,
}

/// Takes parts from an input.
pub struct Parts<'a, R> {
    input: &'a mut Input<R>,
    cut: Cut,
    /// How many bytes a part has, more or less.
    size: usize,
    /// What was read behind the last cut, and where it begins.
    rest: Vec<u8>,
    place: Place,
    is_over: bool,
}

/// The longest search for a place to cut, in parts; where there is none, all that is left is decided by one thread.
const SEARCHED: usize = 32;

impl<'a, R: Read> Parts<'a, R> {
    pub fn new(input: &'a mut Input<R>, cut: Cut, size: usize) -> Self {
        let place = input.place;
        Parts { input, cut, size, rest: Vec::new(), place, is_over: false }
    }

    /// Where the next part begins.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Puts the next part into `part`, and says which place is behind it; none where no other can be cut off, nor
    /// where reading fails, which shows again where the rest is read.
    pub fn next(&mut self, part: &mut Vec<u8>) -> Option<Place> {
        // What is read goes where it is decided, not through memory that threads share.
        part.clear();
        part.append(&mut self.rest);
        let mut wanted = self.size.max(part.len() + 1);
        while !self.is_over && wanted <= SEARCHED * self.size && self.fill(part, wanted) {
            if let Some(end) = self.cut.last(part) {
                self.rest.extend_from_slice(&part[end..]);
                part.truncate(end);
                self.place = self.place.behind(part);
                return Some(self.place);
            }
            // Twice as much, lest a long stretch is looked through as often as it has parts.
            wanted *= 2;
        }
        self.is_over = true;
        self.rest.append(part);
        None
    }

    /// What was read and not taken, and where it begins.
    pub fn into_rest(self) -> (Vec<u8>, Place) {
        (self.rest, self.place)
    }

    /// Reads on until there are so many bytes; whether there are.
    fn fill(&mut self, part: &mut Vec<u8>, wanted: usize) -> bool {
        while part.len() < wanted {
            if self.input.read_onto(part, self.size).unwrap_or(0) == 0 {
                return false;
            }
        }
        true
    }
}

impl Cut {
    /// The last place to cut.
    fn last(self, bytes: &[u8]) -> Option<usize> {
        match self {
            Cut::BeforeObjects => memmem::rfind(bytes, b"\n{").map(|at| at + 1),
            Cut::BehindCommas => memmem::rfind_iter(bytes, b"},")
                .map(|at| at + 2)
                .find(|&at| begins_event(&bytes[at..])),
            Cut::BehindRecords => quotes::behind_records(bytes),
        }
    }
}

/// Whether an object with a name begins here. None does inside a text of JSON: the quote would end that, and no name
/// can follow it.
fn begins_event(bytes: &[u8]) -> bool {
    let object = bytes.trim_ascii_start().strip_prefix(b"{");
    let name = object.and_then(|object| object.trim_ascii_start().strip_prefix(b"\""));
    name.and_then(<[u8]>::first).is_some_and(|&byte| byte == b'_' || byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cut_is_within_a_text_that_looks_like_events() {
        for text in [r"}, { ", r#"}, {\"error\": 1"#, "},{", r#"}, {\\"#] {
            let event = format!(r#"{{"error": "X", "message": "{text}"}}"#);
            let elements = format!("{event}, {event}");
            let behind_first = event.len() + 1;
            let cut = Cut::BehindCommas.last(elements.as_bytes());
            assert_eq!(cut, Some(behind_first), "{elements}");
        }
    }
}
