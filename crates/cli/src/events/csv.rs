//! CSV: the first line names the facts, an empty cell says nothing.

use std::collections::HashSet;
use std::io::Read;

use memchr::{memchr, memchr2};
use redress::{EventProblem, Policy};

use super::cells::{Cells, Columns};
use super::input::{Input, line_breaks, whole_lines};
use super::quotes;
use super::records::{Records, Splitter};
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
    let mut records = Records::default();
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
    let mut records = Records::default();
    loop {
        decide_whole_records(input, columns, &mut records.splitter, answers)?;
        records.skip_blank_lines(input)?;
        let line = input.place.line;
        let Some(cells) = records.next(input)? else { return Ok(()) };
        match cells.map_err(str::to_owned).and_then(|cells| as_many(columns, cells)) {
            Ok(cells) => take(line, columns, cells, answers)?,
            Err(problem) => answers.refuse(line, &problem)?,
        }
    }
}

/// Decides the records at hand, up to one that ends elsewhere or is none.
fn decide_whole_records(
    input: &mut Input<impl Read>,
    columns: &Columns,
    splitter: &mut Splitter,
    answers: &mut Answers<'_>,
) -> Run {
    loop {
        let line = input.place.line;
        let text = whole_lines(input.at_hand()?);
        let is_simple = is_without_quotes(text);
        let (mut end, mut lines) = (0, 0);
        while let Some(record) = Record::first(&text[end..], is_simple) {
            if !record.text.is_empty() {
                match record.split(splitter).filter(|cells| cells.len() == columns.len()) {
                    Some(cells) => take(line + lines, columns, cells, answers)?,
                    None => break,
                }
            }
            end += record.length;
            lines += record.lines;
        }
        if lines == 0 {
            return Ok(());
        }
        input.pass_lines(end, lines);
    }
}

/// A record whose end is at hand.
struct Record<'a> {
    text: &'a str,
    /// In bytes, with its line break.
    length: usize,
    lines: u64,
    is_simple: bool,
}

impl<'a> Record<'a> {
    /// The record that a text begins with, of which may be known that it is simple.
    fn first(text: &'a str, is_simple: bool) -> Option<Self> {
        let length = memchr(b'\n', text.as_bytes())?;
        let line = text[..length].strip_suffix('\r').unwrap_or(&text[..length]);
        // A byte order mark is not taken for one of a cell's characters, nor are blank lines before it.
        if line.trim_start_matches('\r').starts_with('\u{feff}') {
            return None;
        }
        if is_simple || is_without_quotes(line) {
            return Some(Record { text: line, length: length + 1, lines: 1, is_simple: true });
        }
        let text = text.get(..quotes::first_record(text.as_bytes())?.len())?;
        let lines = line_breaks(text.as_bytes()) + 1;
        Some(Record { text, length: text.len() + 1, lines, is_simple: false })
    }

    fn split<'s>(&self, splitter: &'s mut Splitter) -> Option<Cells<'s>>
    where
        'a: 's,
    {
        if self.is_simple {
            Some(splitter.split_at_commas(self.text))
        } else {
            splitter.split(self.text).ok()
        }
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
