//! Files of events, handed over one after the other: in order, in constant memory, with one answer each.

mod array;
mod cells;
mod csv;
mod decisions;
mod flat;
mod input;
mod json;
mod lines;
mod progress;
mod scanner;
mod skip;
#[cfg(test)]
mod tests;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use redress::{Event, EventBuilder, EventError, Policy};

use crate::arguments::{Format, InputFormat};
use crate::failure::{Failure, Result, Status};
use crate::{files, terminal};

use cells::Cells;
use decisions::{Decisions, Lines};
use input::Input;
use progress::Progress;

/// Decides every event of a file; with each decision its event, if that is wanted.
pub fn decide(
    policy: &Policy,
    file: &Path,
    input_format: Option<InputFormat>,
    format: Format,
    with_event: bool,
) -> Result {
    let output = RefCell::new(terminal::output());
    let lines = Lines::new(policy, format);
    let mut decisions = Decisions::new(&lines, &output, with_event);
    // An error shows again where the next decision is written; without one there is nobody to tell.
    let before_reading = || drop(output.borrow_mut().flush());
    let is_bad = take(policy, file, input_format, &mut decisions, &before_reading);
    // What was decided is written also where reading stopped half-way.
    output.borrow_mut().flush()?;
    Ok(Status::fails_if(is_bad?))
}

/// Hands over every event of a file in its order, and says whether something was wrong.
///
/// The header of CSV has to name facts of the policy. Whenever all that was read is handed over and more is to be
/// read, which may take long, `before_reading` is called.
pub fn take(
    policy: &Policy,
    file: &Path,
    input_format: Option<InputFormat>,
    taker: &mut dyn Taker,
    before_reading: &dyn Fn(),
) -> Result<bool> {
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
    let mut answers = Answers { policy, taker, say: &say, bad: false };
    let input = Announcing { input: progress.watch(input), before_reading };
    let run = decide_all(input, input_format, &mut answers);
    progress.finish();
    match run {
        Err(Stop::Input(error)) => Err(files::cannot_read(file, &error)),
        Err(Stop::Failure(failure)) => Err(failure),
        Ok(()) => Ok(answers.bad),
    }
}

/// A file of which each reading is announced.
struct Announcing<'a, R> {
    input: R,
    before_reading: &'a dyn Fn(),
}

impl<R: Read> Read for Announcing<'_, R> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        (self.before_reading)();
        self.input.read(bytes)
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
    /// There is no use in reading on.
    Failure(Failure),
}

/// Errors of reading; those of writing are told apart by hand.
impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Stop::Input(error)
    }
}

/// An event as a file gives it.
#[derive(Clone, Copy)]
pub enum Given<'a> {
    /// As JSON, which may be something else than an event, too.
    Json(&'a str),
    /// As cells below the names of their columns; as many as there are columns.
    Cells { columns: &'a [String], cells: Cells<'a> },
}

impl Given<'_> {
    /// The event, if it fits the policy.
    pub fn read<'p>(&self, policy: &'p Policy) -> std::result::Result<Event<'p>, EventError> {
        match self {
            Given::Json(text) => policy.event_from_json(text),
            Given::Cells { columns, cells } => {
                let set = |builder: EventBuilder<'p>, (name, cell): (&str, &str)| {
                    builder.set_written(name, cell)
                };
                by_name(columns, *cells).fold(policy.event(), set).build()
            }
        }
    }

    /// The event on one line of JSON: as it stands there, or what its cells say.
    pub fn on_a_line(&self, event: &Event<'_>) -> String {
        match self {
            Given::Json(text) => json::without_space(text),
            Given::Cells { columns, cells } => {
                let vocabulary = event.policy().vocabulary();
                let fact = |(name, cell): (&str, &str)| {
                    let id = vocabulary.find_fact(name)?;
                    // An empty cell says something only where a text has to be given.
                    let is_said = !cell.is_empty() || vocabulary.fact(id).is_required();
                    let name = serde_json::Value::from(name);
                    is_said.then(|| format!("{name}:{}", event.json(id)))
                };
                let facts = by_name(columns, *cells).filter_map(fact);
                format!("{{{}}}", facts.collect::<Vec<_>>().join(","))
            }
        }
    }
}

/// Cells with the names of their columns.
fn by_name<'a>(
    columns: &'a [String],
    cells: Cells<'a>,
) -> impl Iterator<Item = (&'a str, &'a str)> + Clone {
    columns.iter().map(String::as_str).zip(cells.iter())
}

/// Who gets the events of a file.
pub trait Taker {
    /// Takes an event, or says why it is none.
    ///
    /// # Errors
    /// Where there is no use in reading on.
    fn take(&mut self, line: u64, given: Given<'_>) -> Result<std::result::Result<(), Refusal>>;

    /// Answers what cannot be taken; a person has been told.
    ///
    /// # Errors
    /// Where there is no use in reading on.
    fn refused(&mut self, line: u64, problem: &str) -> Result<()>;
}

/// Why something is not taken.
pub enum Refusal {
    /// It is no event.
    NoEvent(EventError),
    /// For this reason.
    Told(String),
}

impl From<EventError> for Refusal {
    fn from(error: EventError) -> Self {
        Refusal::NoEvent(error)
    }
}

/// Hands over events one by one and tells of those that cannot be taken.
struct Answers<'a> {
    policy: &'a Policy,
    taker: &'a mut dyn Taker,
    /// Tells a person of a problem, by its line.
    say: &'a dyn Fn(u64, &str),
    /// Whether something was wrong.
    bad: bool,
}

impl Answers<'_> {
    /// Hands an event over.
    fn take(&mut self, line: u64, given: Given<'_>) -> Run<std::result::Result<(), Refusal>> {
        self.taker.take(line, given).map_err(Stop::Failure)
    }

    /// Reports an event that cannot be taken, and has it answered.
    fn refuse(&mut self, line: u64, problem: &str) -> Run {
        self.report(line, problem);
        self.taker.refused(line, problem).map_err(Stop::Failure)
    }

    /// Reports a problem that is no event's and so has no answer.
    fn report(&mut self, line: u64, problem: &str) {
        self.bad = true;
        (self.say)(line, problem);
    }
}
