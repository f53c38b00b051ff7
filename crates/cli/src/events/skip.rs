//! What is passed over behind the place where an element of an array broke.

use super::scanner::Scanner;

/// Finds the end of a broken element, or the beginning of the next one.
///
/// An event holds no maps, so a `{` that is not a value, behind a colon or first in a list, begins the next event. So
/// does one before a quote inside a text: a quote was missing, and texts and what is between them changed places.
pub struct Skip {
    /// How many objects are open.
    objects: usize,
    /// How many lists are open.
    lists: usize,
    in_text: bool,
    escaped: bool,
    /// The last byte that is no space.
    previous: u8,
    end: Option<End>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// Behind the bracket that closes the element.
    Closed,
    /// Behind the `{` of the next one.
    Begun,
}

impl Skip {
    /// From where the scanner stopped.
    pub fn new(scanner: &Scanner) -> Self {
        let (objects, lists, in_text) = scanner.depth();
        Skip { objects, lists, in_text, escaped: false, previous: 0, end: None }
    }

    /// Whether the next element's `{` was passed over, too.
    pub fn has_begun_next(&self) -> bool {
        self.end == Some(End::Begun)
    }

    /// Whether the byte is to be passed over.
    pub fn goes_on(&mut self, byte: u8) -> bool {
        if self.end.is_some() {
            return false;
        }
        let passes = if self.in_text { self.passes_in_text(byte) } else { self.passes(byte) };
        // In a text a space counts, because `{` and the quote behind it stand together.
        if self.in_text || !byte.is_ascii_whitespace() {
            self.previous = byte;
        }
        passes
    }

    /// Whether a `{` here is a value inside the broken element.
    fn is_value(&self) -> bool {
        self.objects > 0 && matches!(self.previous, b':' | b'[')
    }

    fn passes_in_text(&mut self, byte: u8) -> bool {
        match byte {
            // No text goes on over the end of a line.
            b'\n' => self.in_text = false,
            b'"' if self.previous == b'{' => {
                self.end = Some(End::Begun);
                return false;
            }
            b'"' => self.in_text = self.escaped,
            _ => {}
        }
        self.escaped = byte == b'\\' && !self.escaped;
        true
    }

    fn passes(&mut self, byte: u8) -> bool {
        match byte {
            b'"' => self.in_text = true,
            b'{' if self.is_value() => self.objects += 1,
            b'{' => return false,
            b'[' => self.lists += 1,
            b'}' => self.objects = self.objects.saturating_sub(1),
            b']' if self.lists == 0 => return false,
            b']' => self.lists -= 1,
            b',' => return self.objects + self.lists > 0,
            _ => {}
        }
        if byte == b'}' && self.objects == 0 || byte == b']' && self.objects + self.lists == 0 {
            self.end = Some(End::Closed);
        }
        true
    }
}
