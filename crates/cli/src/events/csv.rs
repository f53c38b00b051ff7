//! CSV: the first line names the facts, an empty cell says nothing.

use std::collections::HashSet;
use std::io::Read;

use csv_core::{ReadRecordResult, Reader};
use redress::{EventProblem, Policy};

use super::input::{Input, TOO_LONG};
use super::{Answers, Given, Refusal, Run};
use crate::commands::Count;

/// Decides every record below the header; a header that names no facts makes the whole file unreadable.
pub fn decide(input: &mut Input<impl Read>, answers: &mut Answers<'_>) -> Run {
    let mut records = Records::new();
    let line = input.place.line;
    let header = records.next(input)?.unwrap_or(Record::Cells(Vec::new()));
    let columns = match header.text().and_then(|cells| columns(answers.policy, cells)) {
        Ok(columns) => columns,
        Err(problem) => {
            answers.report(line, &problem);
            return Ok(());
        }
    };
    loop {
        records.skip_blank_lines(input)?;
        let line = input.place.line;
        let Some(record) = records.next(input)? else { return Ok(()) };
        match record.text().and_then(|cells| as_many(&columns, cells)) {
            Ok(cells) => take(line, &columns, &cells, answers)?,
            Err(problem) => answers.refuse(line, &problem)?,
        }
    }
}

/// The columns' names, if they are all facts and none stands there twice.
fn columns(policy: &Policy, cells: Vec<String>) -> Result<Vec<String>, String> {
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
    if problems.is_empty() {
        Ok(cells)
    } else {
        Err(format!("in the header: {}", problems.join("; ")))
    }
}

/// The cells, if there is one for each column.
fn as_many(columns: &[String], cells: Vec<String>) -> Result<Vec<String>, String> {
    if cells.len() == columns.len() {
        Ok(cells)
    } else {
        Err(format!("{}, but the header has {}", Count(cells.len(), "cell"), columns.len()))
    }
}

fn take(line: u64, columns: &[String], cells: &[String], answers: &mut Answers<'_>) -> Run {
    match answers.take(line, Given::Cells { columns, cells })? {
        Ok(()) => Ok(()),
        Err(Refusal::NoEvent(error)) => answers.refuse(line, &error.to_string()),
        Err(Refusal::Told(problem)) => answers.refuse(line, &problem),
    }
}

/// A record, or why there is none in its place.
enum Record {
    Cells(Vec<Vec<u8>>),
    Broken(&'static str),
}

impl Record {
    fn text(self) -> Result<Vec<String>, String> {
        match self {
            Record::Cells(cells) => {
                let cells = cells.into_iter().map(String::from_utf8);
                cells.collect::<Result<_, _>>().map_err(|_| "not UTF-8".to_owned())
            }
            Record::Broken(problem) => Err(problem.to_owned()),
        }
    }
}

/// Takes records from an input.
struct Records {
    reader: Reader,
    piece: Vec<u8>,
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Records {
    fn new() -> Self {
        // The reader's `default` is not ready to read.
        Records { reader: Reader::new(), piece: Vec::new(), output: Vec::new(), ends: Vec::new() }
    }

    /// The next record; none at the end.
    fn next(&mut self, input: &mut Input<impl Read>) -> Run<Option<Record>> {
        if input.peek()?.is_none() {
            return Ok(None);
        }
        let mut quotes = Quotes::FieldStart;
        self.piece.clear();
        let fits = input.take_while(&mut self.piece, |byte| quotes.belongs(byte))?;
        input.take()?;
        Ok(Some(match (fits, quotes) {
            (_, Quotes::Quoted) => {
                Record::Broken("a quote is not closed, so the rest of the file is one cell")
            }
            (_, Quotes::Wrong) => Record::Broken(
                "text behind the quote that closes a cell; a quote inside one is written twice",
            ),
            (false, _) => Record::Broken(TOO_LONG),
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
    fn split(&mut self) -> Record {
        let cells = self.piece.iter().filter(|&&byte| byte == b',').count() + 1;
        self.output.resize(self.piece.len().max(1), 0);
        self.ends.resize(cells + 1, 0);
        self.reader.reset();
        let (mut read, mut written, mut ended) = (0, 0, 0);
        // The buffers are large enough for the whole piece: the reader asks for input until it is told the end.
        loop {
            let (result, input, output, ends) = self.reader.read_record(
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
            return Record::Broken("a carriage return inside the line");
        }
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        let bounds = starts.zip(&self.ends).take(ended);
        Record::Cells(bounds.map(|(start, &end)| self.output[start..end].to_vec()).collect())
    }
}

/// Where in a record a byte stands; a line break ends the record unless it is quoted.
enum Quotes {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote inside quotes: their end, or the first of two.
    PerhapsClosed,
    /// Behind text that no closing quote has behind it: one is missing, here or lines before.
    Wrong,
}

impl Quotes {
    fn belongs(&mut self, byte: u8) -> bool {
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
