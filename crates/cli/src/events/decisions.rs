//! The answers of `redress decide --events`: a line for each event.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::OnceLock;

use redress::{EventReader, Policy};
use serde::Serialize;

use super::{Given, Refusal, Taker};
use crate::arguments::Format;
use crate::commands::write_decision;
use crate::failure::Result;
use crate::terminal;

/// The line of each decision of a policy, made when it is first needed: it says nothing of the event.
pub struct Lines<'p> {
    pub policy: &'p Policy,
    pub format: Format,
    /// One a rule.
    lines: Vec<OnceLock<Vec<u8>>>,
}

impl<'p> Lines<'p> {
    pub fn new(policy: &'p Policy, format: Format) -> Self {
        let lines = policy.decisions().iter().map(|_| OnceLock::new()).collect();
        Lines { policy, format, lines }
    }

    fn of(&self, rule: usize) -> io::Result<&[u8]> {
        let kept = &self.lines[rule];
        if let Some(line) = kept.get() {
            return Ok(line);
        }
        let mut line = Vec::new();
        write_decision(&mut line, &self.policy.decisions()[rule], self.format)?;
        Ok(kept.get_or_init(|| line))
    }
}

/// Writes a decision for each event.
pub struct Decisions<'a, W> {
    reader: EventReader<'a>,
    lines: &'a Lines<'a>,
    output: &'a RefCell<W>,
    /// Whether an event is written along with its decision.
    with_event: bool,
}

#[derive(Serialize)]
struct WrittenError<'a> {
    error: &'a str,
    line: u64,
}

impl<'a, W: Write> Decisions<'a, W> {
    pub fn new(lines: &'a Lines<'a>, output: &'a RefCell<W>, with_event: bool) -> Self {
        Decisions { reader: lines.policy.reader(), lines, output, with_event }
    }

    fn write(&self, rule: usize) -> io::Result<()> {
        self.output.borrow_mut().write_all(self.lines.of(rule)?)
    }

    /// Writes the keys of a decision behind the event.
    fn write_with_event(&self, event: &str, rule: usize) -> io::Result<()> {
        let line = self.lines.of(rule)?;
        let mut output = self.output.borrow_mut();
        write!(output, "{{\"event\":{event},")?;
        output.write_all(line.strip_prefix(b"{").unwrap_or(line))
    }
}

impl<W: Write> Taker for Decisions<'_, W> {
    fn take(&mut self, _: u64, given: Given<'_>) -> Result<std::result::Result<(), Refusal>> {
        if self.with_event {
            return Ok(match given.read(self.lines.policy) {
                Ok(event) => {
                    Ok(self.write_with_event(&given.on_a_line(&event), event.deciding_rule())?)
                }
                Err(error) => Err(error.into()),
            });
        }
        let decided = match given {
            Given::Json(text) => self.reader.json(text),
            Given::Cells { columns, cells } => self.reader.cells(columns.facts(), cells.iter()),
        };
        Ok(match decided {
            Ok(decided) => Ok(self.write(decided.rule)?),
            Err(error) => Err(error.into()),
        })
    }

    fn refused(&mut self, line: u64, problem: &str) -> Result<()> {
        let mut output = self.output.borrow_mut();
        match self.lines.format {
            Format::Human => writeln!(output, "error: {}", terminal::Visible(problem))?,
            Format::Json => {
                serde_json::to_writer(&mut *output, &WrittenError { error: problem, line })
                    .map_err(io::Error::from)?;
                output.write_all(b"\n")?;
            }
        }
        Ok(())
    }
}
