//! Files of events, handed over one after the other: in order, in constant memory, with one answer each.

mod array;
mod cells;
mod csv;
mod decisions;
mod flat;
mod given;
mod input;
mod json;
mod lines;
mod parts;
mod progress;
mod quotes;
mod records;
mod scanner;
mod shared;
mod skip;
#[cfg(test)]
mod tests;
mod turns;

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use redress::{EventError, Policy};

use crate::arguments::{Format, InputFormat};
use crate::failure::{Failure, Result, Status};
use crate::{files, terminal};

use decisions::{Decisions, Lines};
pub use given::Given;
use input::Input;
pub use progress::Progress;
use shared::Sharing;

/// How a file of events is to be decided.
pub struct How {
    /// How the events are written; their first character tells otherwise.
    pub input_format: Option<InputFormat>,
    /// How the decisions are written.
    pub format: Format,
    /// Whether each event is written along with its decision.
    pub with_event: bool,
    /// By how many threads.
    pub threads: usize,
}

/// Decides every event of a file.
pub fn decide(policy: &Policy, file: &Path, how: &How) -> Result {
    let output = RefCell::new(terminal::output());
    let lines = Lines::new(policy, how.format);
    // An error shows again where the next decision is written; without one there is nobody to tell.
    let before_reading = || drop(output.borrow_mut().flush());
    let opened = open(file)?;
    // What comes through a pipe is answered as it comes, and what is small takes no longer than to share it.
    let size_to_share = opened.size.filter(|&size| how.threads > 1 && size > SHARED);
    let is_bad = if let Some(size) = size_to_share {
        // More threads than parts would have nothing to do.
        let parts = usize::try_from(size / PART as u64).unwrap_or(usize::MAX);
        let threads = how.threads.min(parts);
        let sharing = Sharing { lines: &lines, with_event: how.with_event, threads, part: PART };
        run(file, opened, u64::MAX, |input, say| {
            shared::decide_all(input, how.input_format, sharing, &output, say)
        })
    } else {
        let mut decisions = Decisions::new(&lines, &output, how.with_event);
        take_opened(
            policy,
            file,
            opened,
            how.input_format,
            u64::MAX,
            &mut decisions,
            &before_reading,
        )
    };
    // What was decided is written also where reading stopped half-way.
    output.borrow_mut().flush()?;
    Ok(Status::fails_if(is_bad?))
}

/// How many bytes a thread gets at once, more or less: with their answers they fit into the caches of its core.
const PART: usize = 1 << 16;

/// In bytes: a file that is no longer is decided by one thread.
const SHARED: u64 = 1 << 20;

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
    let opened = open(file)?;
    take_opened(policy, file, opened, input_format, MOST_TOLD, taker, before_reading)
}

/// So many problems are told one by one where events have no answers in a file of their own; of more only their number.
const MOST_TOLD: u64 = 10;

fn take_opened(
    policy: &Policy,
    file: &Path,
    opened: Opened,
    input_format: Option<InputFormat>,
    most_told: u64,
    taker: &mut dyn Taker,
    before_reading: &dyn Fn(),
) -> Result<bool> {
    run(file, opened, most_told, |input, say| {
        let input = Announcing { input, before_reading };
        let mut answers = Answers { policy, taker, say, bad: false };
        decide_all(input, input_format, &mut answers)?;
        Ok(answers.bad)
    })
}

/// Has an opened file read, its progress shown and its problems told.
fn run(
    file: &Path,
    opened: Opened,
    most_told: u64,
    read: impl FnOnce(&mut (dyn Read + Send), SayAnywhere<'_>) -> Run<bool>,
) -> Result<bool> {
    let name = if file.as_os_str() == files::STANDARD_INPUT {
        files::STANDARD_INPUT_NAME.into()
    } else {
        file.to_string_lossy()
    };
    let progress = Progress::new(opened.size);
    let told = AtomicU64::new(0);
    let say = |line: u64, problem: &str| {
        if told.fetch_add(1, Ordering::Relaxed) < most_told {
            progress.say(&terminal::Visible(&format!("{name}:{line}: {problem}")));
        }
    };
    let run = read(&mut progress.watch(opened.input), &say);
    progress.finish();
    let more = told.into_inner().saturating_sub(most_told);
    if more > 0 {
        terminal::say(terminal::Visible(&format!("{name}: and {more} more")));
    }
    run.map_err(|stop| match stop {
        Stop::Input(error) => files::cannot_read(file, &error),
        Stop::Failure(failure) => failure,
    })
}

/// Tells a person of a problem, by its line.
type Say<'a> = &'a dyn Fn(u64, &str);

/// The same, for any thread to do.
type SayAnywhere<'a> = &'a (dyn Fn(u64, &str) + Sync);

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

/// A file that is open.
struct Opened {
    input: Box<dyn Read + Send>,
    /// In bytes, where all of it is there already.
    size: Option<u64>,
}

fn open(file: &Path) -> Result<Opened> {
    if file.as_os_str() == files::STANDARD_INPUT {
        return Ok(Opened { input: Box::new(io::stdin()), size: None });
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
    let size = metadata.is_file().then_some(metadata.len());
    Ok(Opened { input: Box::new(opened), size })
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
    say: Say<'a>,
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
