//! The bytes of a file of events, piece by piece.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// The longest event, in bytes. A longer one is answered with an error and passed over, so that no file
/// can take more memory than this.
pub const LONGEST: usize = 16 * 1024 * 1024;

/// What is said of a longer one.
pub const TOO_LONG: &str = "longer than the 16 MiB an event may have";

/// How much is read at once, in bytes: what is cut off at its end is decided the long way, so it is no small part.
pub const BLOCK: usize = 1 << 18;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How text in UTF-16 mostly begins.
pub(super) const UTF_16: [&[u8]; 2] = [&[0xff, 0xfe], &[0xfe, 0xff]];

/// How many bytes are looked at at once, so that not all has to be looked at again behind what is decided the long way.
const FEW: usize = 1 << 14;

/// The whole lines that these bytes begin with, as far as they are text; not all of them where they are many.
pub fn whole_lines(bytes: &[u8]) -> &str {
    let end = memchr::memrchr(b'\n', few(bytes)).or_else(|| memchr::memchr(b'\n', bytes));
    text(end.map_or(&[][..], |end| &bytes[..=end]))
}

/// The text that these bytes begin with; not all of it where it is long.
pub fn short_text(bytes: &[u8]) -> &str {
    text(few(bytes))
}

fn few(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(FEW)]
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_else(|error| {
        std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default()
    })
}

/// How many line breaks there are among few bytes, of which few are: going from one to the next is quicker there than to
/// count them at once.
pub fn line_breaks(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).map(|_| 1).sum()
}

/// A place in a file, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub line: u64,
    /// In characters, from 1.
    pub column: u64,
}

impl Place {
    /// The place behind these bytes, which begin here.
    pub fn behind(self, bytes: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', bytes).count() as u64;
        let last_line = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
        // Bytes that go on with a character do not count.
        let characters =
            bytes[last_line..].iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u64;
        let start = if lines == 0 { self.column } else { 1 };
        Place { line: self.line + lines, column: start + characters }
    }
}

impl Default for Place {
    fn default() -> Self {
        Place { line: 1, column: 1 }
    }
}

/// A file of events without its byte order mark, and how far it was read.
pub struct Input<R> {
    reader: Chain<Cursor<Vec<u8>>, BufReader<R>>,
    /// Where the next byte stands.
    pub place: Place,
}

impl Input<io::Empty> {
    /// A part of a file, which begins there.
    pub fn of_part(bytes: Vec<u8>, place: Place) -> Self {
        let nothing = BufReader::with_capacity(0, io::empty());
        Input { reader: Cursor::new(bytes).chain(nothing), place }
    }

    /// The whole part, whatever was read of it.
    pub fn into_part(self) -> Vec<u8> {
        self.reader.into_inner().0.into_inner()
    }
}

impl<R: Read> Input<R> {
    /// The file, from behind its byte order mark.
    pub fn new(reader: R) -> io::Result<Self> {
        Input::in_blocks(reader, BLOCK)
    }

    /// The same, so many bytes of which are read at once; whoever [asks](Self::read_onto) for as many gets them without a
    /// copy.
    pub fn in_blocks(mut reader: R, block: usize) -> io::Result<Self> {
        let mut head = Vec::with_capacity(BYTE_ORDER_MARK.len());
        reader.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut head)?;
        if head == BYTE_ORDER_MARK {
            head.clear();
        }
        if UTF_16.iter().any(|mark| head.starts_with(mark)) {
            let reason = "it is UTF-16, as some shells write; save it as UTF-8";
            return Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        }
        let reader = Cursor::new(head).chain(BufReader::with_capacity(block, reader));
        Ok(Input { reader, place: Place::default() })
    }

    /// The same file with these bytes, which begin there, before what was not read yet.
    pub fn put_back(self, mut bytes: Vec<u8>, place: Place) -> Self {
        let (head, reader) = self.reader.into_inner();
        bytes.extend(head.get_ref().iter().skip(head.position() as usize));
        Input { reader: Cursor::new(bytes).chain(reader), place }
    }

    /// The next byte, which is left where it is; none at the end.
    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.fill()?.first().copied())
    }

    /// The bytes that are at hand, at least one unless the file ends here; they are left where they are.
    pub fn at_hand(&mut self) -> io::Result<&[u8]> {
        self.fill()
    }

    /// Reads up to so many bytes onto the end of others, and says how many; their place is kept elsewhere.
    pub fn read_onto(&mut self, bytes: &mut Vec<u8>, most: usize) -> io::Result<usize> {
        let start = bytes.len();
        bytes.resize(start + most, 0);
        let read = loop {
            match self.reader.read(&mut bytes[start..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        bytes.truncate(start + read.as_ref().unwrap_or(&0));
        read
    }

    /// Passes over so many of the bytes at hand, which are whole lines.
    pub fn pass_lines(&mut self, bytes: usize, lines: u64) {
        if lines > 0 {
            self.consume(bytes, Place { line: self.place.line + lines, column: 1 });
        }
    }

    /// Passes over so many of the bytes at hand.
    pub fn pass(&mut self, bytes: usize) -> io::Result<()> {
        let place = self.place;
        let passed = self.fill()?.get(..bytes).unwrap_or_default();
        let place = place.behind(passed);
        self.consume(bytes, place);
        Ok(())
    }

    /// Takes one byte, if there is one.
    pub fn take(&mut self) -> io::Result<()> {
        if let Some(byte) = self.peek()? {
            self.consume(1, self.place.behind(&[byte]));
        }
        Ok(())
    }

    /// Goes on to the next byte that is no space, and peeks at it.
    pub fn skip_space(&mut self) -> io::Result<Option<u8>> {
        self.pass_while(|byte| byte.is_ascii_whitespace())?;
        self.peek()
    }

    /// Goes on to the next byte of the line that is no space, or to the line's end, and peeks at it.
    pub fn skip_blanks(&mut self) -> io::Result<Option<u8>> {
        self.pass_while(|byte| byte != b'\n' && byte.is_ascii_whitespace())?;
        self.peek()
    }

    /// Goes on to the next line.
    pub fn skip_line(&mut self) -> io::Result<()> {
        self.pass_while(|byte| byte != b'\n')?;
        self.take()
    }

    /// Passes over bytes for as long as they belong to what is not wanted.
    pub fn pass_while(&mut self, mut belongs: impl FnMut(u8) -> bool) -> io::Result<()> {
        while let Some(byte) = self.peek()?
            && belongs(byte)
        {
            self.take()?;
        }
        Ok(())
    }

    /// Takes bytes into `piece` for as long as they belong to it, and says whether they are an event's length.
    ///
    /// What the piece holds already is its beginning. Of a piece that is too long, all bytes are taken and none
    /// kept.
    pub fn take_while(
        &mut self,
        piece: &mut Vec<u8>,
        mut belongs: impl FnMut(u8) -> bool,
    ) -> io::Result<bool> {
        let mut fits = true;
        loop {
            let place = self.place;
            let chunk = self.fill()?;
            let end = chunk.iter().position(|&byte| !belongs(byte));
            let taken = &chunk[..end.unwrap_or(chunk.len())];
            fits &= piece.len() + taken.len() <= LONGEST;
            if fits {
                piece.extend_from_slice(taken);
            } else {
                piece.clear();
            }
            let is_last = end.is_some() || chunk.is_empty();
            let (bytes, place) = (taken.len(), place.behind(taken));
            self.consume(bytes, place);
            if is_last {
                return Ok(fits);
            }
        }
    }

    fn fill(&mut self) -> io::Result<&[u8]> {
        // Asked twice, because what the first answer borrows cannot be given back from a loop.
        while let Err(error) = self.reader.fill_buf() {
            if error.kind() != io::ErrorKind::Interrupted {
                return Err(error);
            }
        }
        self.reader.fill_buf()
    }

    fn consume(&mut self, bytes: usize, place: Place) {
        self.reader.consume(bytes);
        self.place = place;
    }
}
