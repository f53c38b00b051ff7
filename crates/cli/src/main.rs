//! The command `redress`: arguments in, the library's answers out as text.

mod arguments;
mod commands;
mod configuration;
mod events;
mod failure;
mod files;
mod policies;
mod render;
mod signals;
mod terminal;
mod times;
mod wrapping;

use std::process::ExitCode;

use arguments::Arguments;
use failure::Status;

/// With the allocator of glibc, two threads took longer than one to decide events with escapes: a text grows as it is
/// read, and a block that grows locks the arena it once came from, which both threads may have blocks of. Tests count
/// with an allocator of their own.
#[cfg(not(test))]
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Arguments::read() {
        Ok(arguments) => failure::conclude(commands::run(arguments.command)),
        Err(error) => {
            // A closed pipe is no reason to complain about help that nobody reads.
            let _ = error.print();
            if error.use_stderr() { Status::Impossible.into() } else { Status::Done.into() }
        }
    }
}
