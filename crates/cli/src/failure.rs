//! How a run ends: its exit status, and what is said where it could not end well.

use std::fmt;
use std::io;
use std::process::ExitCode;

use crate::terminal;

/// How a run ended; the exit statuses of the command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Status {
    /// Done, and nothing is wrong.
    #[default]
    Done,
    /// What was asked for fails: errors in a policy, a bad event, a file that is not formatted.
    Fails,
    /// The command could not be carried out.
    Impossible,
    /// The tests pass, but they cover less than was asked for, or do not notice a change.
    Uncovered,
    /// The status of a command that was run, or that of one which could not be.
    OfCommand(u8),
}

impl Status {
    /// [`Fails`](Status::Fails) if something is wrong.
    pub fn fails_if(wrong: bool) -> Self {
        if wrong { Status::Fails } else { Status::Done }
    }

    /// The worse of two.
    pub fn and(self, other: Status) -> Self {
        if self.number() < other.number() { other } else { self }
    }

    fn number(self) -> u8 {
        match self {
            Status::Done => 0,
            Status::Fails => 1,
            Status::Impossible => 2,
            Status::Uncovered => 3,
            Status::OfCommand(number) => number,
        }
    }
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(status.number())
    }
}

/// Why a command stopped before its end.
#[derive(Debug)]
pub enum Failure {
    /// What was asked for fails, and standard error already says why.
    Reported,
    /// What was asked for fails, for the reason given.
    Fails(String),
    /// The command cannot be carried out, for the reason given.
    Impossible(String),
    /// Nothing more can be written.
    Output(io::Error),
}

/// What a command gives back.
pub type Result<T = Status> = std::result::Result<T, Failure>;

impl Failure {
    /// What was asked for fails, for this reason.
    pub fn fails(reason: impl fmt::Display) -> Self {
        Failure::Fails(reason.to_string())
    }

    /// The command cannot be carried out, for this reason.
    pub fn impossible(reason: impl fmt::Display) -> Self {
        Failure::Impossible(reason.to_string())
    }

    /// Says what is still to be said, so that a command can go on with its other files; the status it has then.
    ///
    /// # Errors
    /// Where nothing more can be written, there is no going on.
    pub fn report(self) -> Result {
        match self {
            Failure::Reported => Ok(Status::Fails),
            Failure::Fails(reason) => Ok(complain(&reason, Status::Fails)),
            Failure::Impossible(reason) => Ok(complain(&reason, Status::Impossible)),
            Failure::Output(_) => Err(self),
        }
    }
}

/// Errors of writing; those of reading are given a reason that names the file.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Output(error)
    }
}

/// Says what is still to be said and gives the exit status.
pub fn conclude(result: Result) -> ExitCode {
    let status = match result.or_else(Failure::report) {
        Ok(status) => status,
        // Who closes the pipe has seen enough.
        Err(Failure::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Status::Done,
        Err(Failure::Output(error)) => {
            complain(&format!("cannot write the output: {error}"), Status::Impossible)
        }
        Err(_) => Status::Impossible,
    };
    status.into()
}

fn complain(reason: &str, status: Status) -> Status {
    terminal::complain(reason);
    status
}
