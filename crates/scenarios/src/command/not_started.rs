//! Why a command does not start, in words.

use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Why a command does not start. A system says of many things that there is no such file: which one it is, is looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStarted {
    /// The folder that it is to run in is not there.
    #[error("there is no folder `{}`, in which it is to run", .0.display())]
    NoFolder(PathBuf),
    /// The program is not there.
    #[error("there is no such command")]
    NoCommand,
    /// The program is there, but not what its first line says that runs it.
    #[error("what its first line names behind `#!` is not there")]
    NoInterpreter,
    /// It is there, but nothing that the system knows how to run; in the words of the system.
    #[error("{0}; a script begins with a line such as `#!/bin/sh`")]
    NoProgram(String),
    /// Anything else, in the words of the system.
    #[error("{0}")]
    Other(String),
}

impl NotStarted {
    /// What the system says of a program, a path from the folder that it is to run in or a name, told as what it is.
    pub fn of(program: &Path, folder: Option<&Path>, error: &io::Error) -> Self {
        let is_path = program.parent().is_some_and(|parent| parent != Path::new(""));
        let place = folder.map_or_else(|| program.to_owned(), |folder| folder.join(program));
        match (error.kind(), folder) {
            (ErrorKind::NotFound | ErrorKind::NotADirectory, Some(folder)) if !folder.is_dir() => {
                NotStarted::NoFolder(folder.to_owned())
            }
            (ErrorKind::NotFound, _) if is_path && place.is_file() => NotStarted::NoInterpreter,
            (ErrorKind::NotFound, _) => NotStarted::NoCommand,
            _ if is_no_program(error) => NotStarted::NoProgram(words(error)),
            _ => NotStarted::Other(words(error)),
        }
    }
}

#[cfg(unix)]
fn is_no_program(error: &io::Error) -> bool {
    use rustix::io::Errno;
    Errno::from_io_error(error) == Some(Errno::NOEXEC)
}

#[cfg(not(unix))]
fn is_no_program(_: &io::Error) -> bool {
    false
}

/// What the system says, as a part of a sentence: its number says nothing to a reader.
fn words(error: &io::Error) -> String {
    let said = error.to_string();
    let words = said.rsplit_once(" (os error ").map_or(said.as_str(), |(words, _)| words);
    let mut letters = words.chars();
    let first = letters.next().map(|first| first.to_lowercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}
