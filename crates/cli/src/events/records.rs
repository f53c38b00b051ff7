//! Records of CSV, taken from a file and split into cells.

use std::io::Read;

use csv_core::{ReadRecordResult, Reader};
use memchr::memchr_iter;

use super::Run;
use super::cells::Cells;
use super::input::{Input, TOO_LONG};
use super::quotes::Quotes;

/// Takes records from an input.
#[derive(Default)]
pub struct Records {
    piece: Vec<u8>,
    pub splitter: Splitter,
}

impl Records {
    /// The next record, or why there is none in its place; none at the end.
    pub fn next(
        &mut self,
        input: &mut Input<impl Read>,
    ) -> Run<Option<Result<Cells<'_>, &'static str>>> {
        if input.peek()?.is_none() {
            return Ok(None);
        }
        let mut quotes = Quotes::FieldStart;
        self.piece.clear();
        let fits = input.take_while(&mut self.piece, |byte| quotes.belongs(byte))?;
        input.take()?;
        Ok(Some(match (fits, quotes, std::str::from_utf8(&self.piece)) {
            (_, Quotes::Quoted, _) => {
                Err("a quote is not closed, so the rest of the file is one cell")
            }
            (_, Quotes::Wrong, _) => {
                Err("text behind the quote that closes a cell; a quote inside one is written twice")
            }
            (false, ..) => Err(TOO_LONG),
            (true, _, Err(_)) => Err("not UTF-8"),
            (true, _, Ok(record)) => self.splitter.split(record),
        }))
    }

    pub fn skip_blank_lines(&mut self, input: &mut Input<impl Read>) -> Run {
        while let Some(b'\r' | b'\n') = input.peek()? {
            input.take()?;
        }
        Ok(())
    }
}

/// Splits records into their cells, in the same memory all the time.
#[derive(Default)]
pub struct Splitter {
    commas: Vec<usize>,
    /// Made when the first record needs it: its tables take longer than many a part of a file.
    reader: Option<Reader>,
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    /// The cells of a line without quotes.
    pub fn split_at_commas<'a>(&'a mut self, line: &'a str) -> Cells<'a> {
        self.commas.clear();
        self.commas.extend(memchr_iter(b',', line.as_bytes()));
        Cells::of_line(line, &self.commas)
    }

    /// The cells of a record, their quotes taken off.
    pub fn split(&mut self, record: &str) -> Result<Cells<'_>, &'static str> {
        let record = record.as_bytes();
        let cells = memchr_iter(b',', record).count() + 1;
        // Room is made once, and not cleared for each record.
        self.output.resize(self.output.len().max(record.len()).max(1), 0);
        self.ends.resize(self.ends.len().max(cells + 1), 0);
        // The reader's `default` is not ready to read.
        let reader = self.reader.get_or_insert_with(Reader::new);
        reader.reset();
        let (mut read, mut written, mut ended) = (0, 0, 0);
        // The buffers are large enough for the whole record: the reader asks for input until it is told the end.
        loop {
            let (result, input, output, ends) = reader.read_record(
                &record[read..],
                &mut self.output[written..],
                &mut self.ends[ended..],
            );
            (read, written, ended) = (read + input, written + output, ended + ends);
            if result != ReadRecordResult::InputEmpty {
                break;
            }
        }
        if !record[read..].trim_ascii().is_empty() {
            return Err("a carriage return inside the line");
        }
        // Of text nothing but quotes and commas is taken, so text is left.
        let text = std::str::from_utf8(&self.output[..written]);
        text.map(|text| Cells::of_text(text, &self.ends[..ended])).map_err(|_| "not UTF-8")
    }
}
