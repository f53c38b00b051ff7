//! CSV: the first line names the facts, an empty cell says nothing.

use std::collections::HashSet;
use std::io::Read;

use csv_core::{ReadRecordResult, Reader};
use memchr::{memchr, memchr_iter, memchr2};
use redress::{EventProblem, Policy};

use super::cells::{Cells, Columns};
use super::input::{Input, TOO_LONG, whole_lines};
use super::{Answers, Given, Refusal, Run};
use crate::commands::Count;

/// Decides every record below the header; a header that names no facts makes the whole file unreadable.
pub fn decide(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run {
    let Some(columns) = header(input, answers)? else { return Ok(()) };
    decide_records(input, &columns, answers)
}

/// The columns; none where their names are no facts, which is told.
pub fn header(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run<Option<Columns>> {
    let line = input.place.line;
    let mut records = Records::new();
    let cells = match records.next(input)? {
        Some(cells) => cells.map(|cells| cells.iter().map(str::to_owned).collect()),
        None => Ok(Vec::new()),
    };
    match cells.map_err(str::to_owned).and_then(|cells| columns(answers.policy, cells)) {
        Ok(columns) => Ok(Some(columns)),
        Err(problem) => {
            answers.report(line, &problem);
            Ok(None)
        }
    }
}

/// Decides every record below the header.
pub fn decide_records(
    input: &mut Input<impl Read>,
    columns: &Columns,
    answers: &mut Answers<'_>,
) -> Run {
    let mut records = Records::new();
    let mut commas = Vec::new();
    loop {
        decide_whole_lines(input, columns, &mut commas, answers)?;
        records.skip_blank_lines(input)?;
        let line = input.place.line;
        let Some(cells) = records.next(input)? else { return Ok(()) };
        match cells.map_err(str::to_owned).and_then(|cells| as_many(columns, cells)) {
            Ok(cells) => take(line, columns, cells, answers)?,
            Err(problem) => answers.refuse(line, &problem)?,
        }
    }
}

/// Decides the lines at hand, up to one that is not a record by itself, as every comma in it parts cells.
fn decide_whole_lines(
    input: &mut Input<impl Read>,
    columns: &Columns,
    commas: &mut Vec<usize>,
    answers: &mut Answers<'_>,
) -> Run {
    loop {
        let line = input.place.line;
        let text = whole_lines(input.at_hand()?);
        let is_simple = is_without_quotes(text);
        let (mut end, mut lines) = (0, 0);
        while let Some(length) = memchr(b'\n', &text.as_bytes()[end..]) {
            let record = &text[end..end + length];
            let record = record.strip_suffix('\r').unwrap_or(record);
            // A byte order mark is not taken for one of a cell's characters.
            if record.starts_with('\u{feff}') || !(is_simple || is_without_quotes(record)) {
                break;
            }
            if !record.is_empty() {
                commas.clear();
                commas.extend(memchr_iter(b',', record.as_bytes()));
                if commas.len() + 1 != columns.len() {
                    break;
                }
                take(line + lines, columns, Cells::of_line(record, commas), answers)?;
            }
            end += length + 1;
            lines += 1;
        }
        if lines == 0 {
            return Ok(());
        }
        input.pass_lines(end, lines);
    }
}

/// Whether every comma in it parts cells, and every line break parts records.
fn is_without_quotes(text: &str) -> bool {
    memchr2(b'"', b'\r', text.as_bytes()).is_none()
}

/// The columns of these names, if they are all facts and none stands there twice.
fn columns(policy: &Policy, cells: Vec<String>) -> Result<Columns, String> {
    let named = cells.iter().fold(policy.event(), |builder, name| builder.set_written(name, ""));
    let mut problems = Vec::new();
    if let Err(error) = named.build() {
        let unknown = error
            .problems
            .iter()
            .filter(|problem| matches!(problem, EventProblem::UnknownKey { .. }));
        problems.extend(unknown.map(ToString::to_string));
    }
    if let [only] = &cells[..]
        && let Some(separator) =
            [";", "\t", "|"].iter().find(|separator| only.contains(**separator))
    {
        problems.push(format!("cells are parted by commas, not by {separator:?}"));
    }
    let mut seen = HashSet::new();
    problems.extend(
        cells
            .iter()
            .filter(|name| !seen.insert(*name))
            .map(|name| format!("`{name}` is there twice")),
    );
    match Columns::new(policy, cells) {
        Some(columns) if problems.is_empty() => Ok(columns),
        _ => Err(format!("in the header: {}", problems.join("; "))),
    }
}

/// The cells, if there is one for each column.
fn as_many<'a>(columns: &Columns, cells: Cells<'a>) -> Result<Cells<'a>, String> {
    if cells.len() == columns.len() {
        Ok(cells)
    } else {
        Err(format!("{}, but the header has {}", Count(cells.len(), "cell"), columns.len()))
    }
}

fn take(line: u64, columns: &Columns, cells: Cells<'_>, answers: &mut Answers<'_>) -> Run {
    match answers.take(line, Given::Cells { columns, cells })? {
        Ok(()) => Ok(()),
        Err(Refusal::NoEvent(error)) => answers.refuse(line, &error.to_string()),
        Err(Refusal::Told(problem)) => answers.refuse(line, &problem),
    }
}

/// Takes records from an input.
struct Records {
    /// Made when the first record needs it: its tables take longer than many a part of a file.
    reader: Option<Reader>,
    piece: Vec<u8>,
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    fn new() -> Self {
        Records { reader: None, piece: Vec::new(), output: Vec::new(), ends: Vec::new() }
    }

    /// The next record, or why there is none in its place; none at the end.
    fn next(
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
        Ok(Some(match (fits, quotes) {
            (_, Quotes::Quoted) => {
                Err("a quote is not closed, so the rest of the file is one cell")
            }
            (_, Quotes::Wrong) => {
                Err("text behind the quote that closes a cell; a quote inside one is written twice")
            }
            (false, _) => Err(TOO_LONG),
            (true, _) => self.split(),
        }))
    }

    fn skip_blank_lines(&mut self, input: &mut Input<impl Read>) -> Run {
        while let Some(b'\r' | b'\n') = input.peek()? {
            input.take()?;
        }
        Ok(())
    }

    /// The cells of the piece, their quotes taken off.
    fn split(&mut self) -> Result<Cells<'_>, &'static str> {
        let cells = self.piece.iter().filter(|&&byte| byte == b',').count() + 1;
        self.output.resize(self.piece.len().max(1), 0);
        self.ends.resize(cells + 1, 0);
        // The reader's `default` is not ready to read.
        let reader = self.reader.get_or_insert_with(Reader::new);
        reader.reset();
        let (mut read, mut written, mut ended) = (0, 0, 0);
        // The buffers are large enough for the whole piece: the reader asks for input until it is told the end.
        loop {
            let (result, input, output, ends) = reader.read_record(
                &self.piece[read..],
                &mut self.output[written..],
                &mut self.ends[ended..],
            );
            (read, written, ended) = (read + input, written + output, ended + ends);
            if result != ReadRecordResult::InputEmpty {
                break;
            }
        }
        if !self.piece[read..].trim_ascii().is_empty() {
            return Err("a carriage return inside the line");
        }
        // Where cells meet, halves of characters could make a whole one: in the piece they cannot.
        let is_text = std::str::from_utf8(&self.piece).is_ok();
        let text = std::str::from_utf8(&self.output[..written]).ok().filter(|_| is_text);
        text.map(|text| Cells::of_text(text, &self.ends[..ended])).ok_or("not UTF-8")
    }
}

/// Where in a record a byte stands; a line break ends the record unless it is quoted.
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
