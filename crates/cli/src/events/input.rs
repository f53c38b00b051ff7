//! The bytes of a file of events, piece by piece.

use std::io::{self, BufRead, BufReader, Chain, Cursor, Read};

/// The longest event, in bytes. A longer one is answered with an error and passed over, so that no file
/// can take more memory than this.
const LONGEST: usize = 16 * 1024 * 1024;

/// What is said of a longer one.
pub const TOO_LONG: &str = "longer than the 16 MiB an event may have";

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// A file of events without its byte order mark, and how far it was read.
pub struct Input<R> {
    reader: Chain<Cursor<Vec<u8>>, BufReader<R>>,
    /// The line, from 1, of the next byte.
    pub line: u64,
}

impl<R: Read> Input<R> {
    /// The file, from behind its byte order mark.
    pub fn new(mut reader: R) -> io::Result<Self> {
        let mut head = Vec::with_capacity(BYTE_ORDER_MARK.len());
        reader.by_ref().take(BYTE_ORDER_MARK.len() as u64).read_to_end(&mut head)?;
        if head == BYTE_ORDER_MARK {
            head.clear();
        }
        let reader = Cursor::new(head).chain(BufReader::with_capacity(1 << 16, reader));
        Ok(Input { reader, line: 1 })
    }

    /// The next byte, which is left where it is; none at the end.
    pub fn peek(&mut self) -> io::Result<Option<u8>> {
        Ok(self.fill()?.first().copied())
    }

    /// Takes one byte, if there is one.
    pub fn take(&mut self) -> io::Result<()> {
        if let Some(byte) = self.peek()? {
            self.consume(1, u64::from(byte == b'\n'));
        }
        Ok(())
    }

    /// Goes on to the next byte that is no space, and peeks at it.
    pub fn skip_space(&mut self) -> io::Result<Option<u8>> {
        while let Some(byte) = self.peek()? {
            if !byte.is_ascii_whitespace() {
                return Ok(Some(byte));
            }
            self.take()?;
        }
        Ok(None)
    }

    /// Takes bytes into `piece` for as long as they belong to it, and says whether they are an event's length.
    ///
    /// Of a piece that is too long, all bytes are taken and none kept.
    pub fn take_while(
        &mut self,
        piece: &mut Vec<u8>,
        mut belongs: impl FnMut(u8) -> bool,
    ) -> io::Result<bool> {
        piece.clear();
        let mut fits = true;
        loop {
            let chunk = self.fill()?;
            let end = chunk.iter().position(|&byte| !belongs(byte));
            let taken = &chunk[..end.unwrap_or(chunk.len())];
            fits &= piece.len() + taken.len() <= LONGEST;
            if fits {
                piece.extend_from_slice(taken);
            } else {
                piece.clear();
            }
            let (bytes, lines) = (taken.len(), taken.iter().filter(|&&byte| byte == b'\n').count());
            let is_last = end.is_some() || chunk.is_empty();
            self.consume(bytes, lines as u64);
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

    fn consume(&mut self, bytes: usize, lines: u64) {
        self.reader.consume(bytes);
        self.line += lines;
    }
}
