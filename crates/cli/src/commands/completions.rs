//! `redress completions`: what the shell offers after a tab.

use std::io::Write;

use clap::CommandFactory;

use crate::arguments::{Arguments, Completions};
use crate::failure::{Result, Status};
use crate::terminal;

/// Prints the completions.
pub fn run(arguments: &Completions) -> Result {
    // Generated into memory first: the generator panics where it cannot write.
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "redress", &mut script);
    let mut output = terminal::output();
    output.write_all(&script)?;
    output.flush()?;
    Ok(Status::Done)
}
