//! Files of events, decided one after the other: in order, in constant memory, with one answer each.

mod array;
mod csv;
mod input;
mod json;
mod lines;
mod progress;
mod scanner;
mod skip;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use redress::{Decision, Policy};
use serde::Serialize;

use crate::arguments::{Format, InputFormat};
use crate::commands::write_decision;
use crate::failure::{Failure, Result, Status};
use crate::{files, terminal};

use input::Input;
use progress::Progress;

/// Decides every event of a file.
pub fn decide(
    policy: &Policy,
    file: &Path,
    input_format: Option<InputFormat>,
    format: Format,
) -> Result {
    let (input, size) = open(file)?;
    let name = if file.as_os_str() == files::STANDARD_INPUT {
        files::STANDARD_INPUT_NAME.into()
    } else {
        file.to_string_lossy()
    };
    let progress = Progress::new(size);
    let say = |line: u64, problem: &str| {
        progress.say(&terminal::Visible(&format!("{name}:{line}: {problem}")));
    };
    let mut answers = Answers { policy, output: terminal::output(), format, say: &say, bad: false };
    let run = decide_all(progress.watch(input), input_format, &mut answers);
    progress.finish();
    match run {
        Err(Stop::Output(error)) => Err(error.into()),
        // What was decided is written also where reading stopped half-way.
        Err(Stop::Input(error)) => {
            answers.output.flush().map_err(Failure::from).and(Err(files::cannot_read(file, &error)))
        }
        Ok(()) => {
            answers.output.flush().map_err(Failure::from).map(|()| Status::fails_if(answers.bad))
        }
    }
}

fn decide_all(input: impl Read, format: Option<InputFormat>, answers: &mut Answers<'_>) -> Run {
    let mut input = Input::new(input)?;
    let Some(first) = input.skip_space()? else { return Ok(()) };
    match format.unwrap_or_else(|| detect(first)) {
        InputFormat::Jsonl => lines::decide(&mut input, answers),
        InputFormat::Json => array::decide(&mut input, answers),
        InputFormat::Csv => csv::decide(&mut input, answers),
    }
}

/// How events are written, by their first character.
fn detect(first: u8) -> InputFormat {
    match first {
        b'[' => InputFormat::Json,
        b'{' => InputFormat::Jsonl,
        _ => InputFormat::Csv,
    }
}

fn open(file: &Path) -> Result<(Box<dyn Read>, Option<u64>)> {
    if file.as_os_str() == files::STANDARD_INPUT {
        return Ok((Box::new(io::stdin()), None));
    }
    let opened = File::open(file).and_then(|opened| {
        let metadata = opened.metadata()?;
        if metadata.is_dir() {
            Err(io::ErrorKind::IsADirectory.into())
        } else {
            Ok((opened, metadata))
        }
    });
    let (opened, metadata) = opened.map_err(|error| files::cannot_read(file, &error))?;
    Ok((Box::new(opened), metadata.is_file().then_some(metadata.len())))
}

/// How reading a file of events goes.
type Run<T = ()> = std::result::Result<T, Stop>;

/// Why reading stops before the end of the file.
enum Stop {
    /// The file cannot be read on.
    Input(io::Error),
    /// Nothing more can be written.
    Output(io::Error),
}

/// Errors of reading; those of writing are told apart by hand.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Input(error)
    }
}

/// Writes one answer for each event.
struct Answers<'a> {
    policy: &'a Policy,
    output: Box<dyn Write>,
    format: Format,
    /// Tells a person of a problem, by its line.
    say: &'a dyn Fn(u64, &str),
    /// Whether something was wrong.
    bad: bool,
}

#[derive(Serialize)]
struct WrittenError<'a> {
    error: &'a str,
    line: u64,
}

impl Answers<'_> {
    /// Answers an event with its decision.
    fn decide(&mut self, decision: &Decision) -> Run {
        write_decision(&mut self.output, decision, self.format).map_err(Stop::Output)
    }

    /// Answers an event that cannot be decided, and reports it.
    fn refuse(&mut self, line: u64, problem: &str) -> Run {
        self.report(line, problem);
        self.write_error(line, problem).map_err(Stop::Output)
    }

    fn write_error(&mut self, line: u64, problem: &str) -> io::Result<()> {
        match self.format {
            Format::Human => writeln!(self.output, "error: {}", terminal::Visible(problem)),
            Format::Json => {
                serde_json::to_writer(&mut self.output, &WrittenError { error: problem, line })?;
                self.output.write_all(b"\n")
            }
        }
    }

    /// Reports a problem that is no event's and so has no answer.
    fn report(&mut self, line: u64, problem: &str) {
        self.bad = true;
        (self.say)(line, problem);
    }
}
