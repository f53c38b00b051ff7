//! Where JSON values end, and where text can be no JSON any more.

use super::input::LONGEST;

/// Follows one value, byte by byte, to its end or to the first byte that no JSON can have there.
///
/// It keeps the brackets, names, commas and quotes in mind, so that what is broken ends where it breaks; whether
/// numbers and escapes are right is for the parser to say.
pub struct Scanner {
    state: State,
    /// The brackets that are open.
    open: Vec<Bracket>,
    /// How many of them are lists.
    lists: usize,
    /// How many spaces the line began with, if it has nothing else so far; none on the value's first line.
    indent: Option<u64>,
    /// The last two bytes.
    last: [u8; 2],
    /// The column in which the value begins, or in which its line does.
    column: u64,
    /// Whether values stand on lines of their own.
    by_line: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    Object,
    List,
}

/// What may stand next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A value.
    Value,
    /// A value, or the list's end.
    ValueOrEnd,
    /// A name.
    Name,
    /// A name, or the object's end.
    NameOrEnd,
    /// The rest of a text, which is a name or a value.
    Text { is_name: bool, escaped: bool },
    /// The rest of a number or a word.
    Word,
    /// The colon behind a name.
    Colon,
    /// A comma or the end of what is open.
    CommaOrEnd,
    /// Nothing: the value is whole.
    Whole,
    /// Nothing: it cannot be JSON any more, in a text or outside one.
    Broken { in_text: bool },
    /// Nothing: the next event begins before this one ends.
    Cut,
}

impl Scanner {
    /// For an element of an array; it begins in this column.
    pub fn of_element(column: u64) -> Self {
        Scanner {
            state: State::Value,
            open: Vec::new(),
            lists: 0,
            indent: None,
            last: [0; 2],
            column,
            by_line: false,
        }
    }

    /// For a value of JSON Lines, on a line that begins in this column: another one that begins with `{` no further
    /// to the right begins the next value.
    pub fn of_line(column: u64) -> Self {
        Scanner { by_line: true, ..Scanner::of_element(column) }
    }

    /// Whether the byte is still the value's.
    pub fn belongs(&mut self, byte: u8) -> bool {
        self.state = match self.state {
            State::Text { is_name, escaped } => self.after_text_byte(byte, is_name, escaped),
            State::Word if is_word(byte) => State::Word,
            State::Word => {
                self.state = self.after_value();
                return self.state != State::Whole && self.belongs(byte);
            }
            State::Whole | State::Broken { .. } | State::Cut => return false,
            _ if is_space(byte) => self.state,
            State::Value | State::ValueOrEnd if byte == b'{' && self.begins_the_next() => {
                State::Cut
            }
            state => self.after(state, byte),
        };
        if matches!(self.state, State::Broken { .. } | State::Cut) {
            return false;
        }
        self.last = [self.last[1], byte];
        self.indent = match (byte, self.indent) {
            (b'\n', _) => Some(0),
            (b' ' | b'\t', Some(spaces)) => Some(spaces + 1),
            _ => None,
        };
        true
    }

    /// Whether the value is whole.
    pub fn is_whole(&self) -> bool {
        // Where the file ends, so does a number.
        self.state == State::Whole || self.state == State::Word && self.open.is_empty()
    }

    /// Whether the byte that did not belong can stand there in no JSON.
    pub fn is_broken(&self) -> bool {
        matches!(self.state, State::Broken { .. })
    }

    /// Whether it stopped where nothing but spaces stands before in the line, behind the value's first line.
    pub fn is_at_line_start(&self) -> bool {
        self.indent.is_some()
    }

    /// Whether it stopped behind a text that ends with `{`.
    ///
    /// Where a quote is missing before, that text's closing quote rather opens the first name of the next event.
    pub fn ends_with_begun_name(&self) -> bool {
        matches!(self.state, State::Whole | State::Broken { in_text: false })
            && self.last == *b"{\""
    }

    /// Where a broken value broke: inside how many objects, how many lists, and whether inside a text.
    pub fn depth(&self) -> (usize, usize, bool) {
        let in_text = self.state == State::Broken { in_text: true };
        (self.open.len() - self.lists, self.lists, in_text)
    }

    /// Whether a `{` here, where a value has to stand, is rather taken to begin the next event, because the value
    /// is missing: events hold no maps.
    fn begins_the_next(&self) -> bool {
        self.indent.is_some_and(|spaces| spaces < self.column) && (self.by_line || self.lists == 0)
    }

    fn after_text_byte(&mut self, byte: u8, is_name: bool, escaped: bool) -> State {
        match byte {
            0..0x20 => State::Broken { in_text: true },
            b'"' if escaped => State::Text { is_name, escaped: false },
            b'"' if is_name => State::Colon,
            b'"' => self.after_value(),
            b'\\' => State::Text { is_name, escaped: !escaped },
            _ => State::Text { is_name, escaped: false },
        }
    }

    fn after(&mut self, state: State, byte: u8) -> State {
        let can_begin = matches!(state, State::Value | State::ValueOrEnd);
        match (state, byte) {
            (State::Name | State::NameOrEnd, b'"') => State::Text { is_name: true, escaped: false },
            (State::Colon, b':') => State::Value,
            (State::CommaOrEnd, b',') => match self.open.last() {
                Some(Bracket::Object) => State::Name,
                _ => State::Value,
            },
            (State::NameOrEnd | State::CommaOrEnd, b'}') => self.close(Bracket::Object),
            (State::ValueOrEnd | State::CommaOrEnd, b']') => self.close(Bracket::List),
            (_, b'"') if can_begin => State::Text { is_name: false, escaped: false },
            (_, b'{') if can_begin => self.open(Bracket::Object, State::NameOrEnd),
            (_, b'[') if can_begin => self.open(Bracket::List, State::ValueOrEnd),
            _ if can_begin && is_word(byte) => State::Word,
            _ => State::Broken { in_text: false },
        }
    }

    /// No more are opened than a value can have bytes, so that brackets alone take no more memory than it.
    fn open(&mut self, bracket: Bracket, inside: State) -> State {
        if self.open.len() >= LONGEST {
            return State::Broken { in_text: false };
        }
        self.open.push(bracket);
        self.lists += usize::from(bracket == Bracket::List);
        inside
    }

    fn close(&mut self, bracket: Bracket) -> State {
        let closed = self.open.pop();
        self.lists -= usize::from(closed == Some(Bracket::List));
        if closed == Some(bracket) { self.after_value() } else { State::Broken { in_text: false } }
    }

    fn after_value(&self) -> State {
        if self.open.is_empty() { State::Whole } else { State::CommaOrEnd }
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether the byte can stand in a number, or in a word such as `true`.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}
