//! `redress executions log`.

use std::io::Write;

use super::told::happening;
use super::{Store, unanswered, write_json};
use crate::arguments::{Format, Log};
use crate::failure::{Result, Status};
use crate::terminal::{self, Visible};
use crate::times;
use crate::wrapping::wrapped;

/// Shows everything that happened to an execution.
pub fn run(store: &Store, arguments: &Log) -> Result {
    let id = store.get(&arguments.execution)?.id;
    let log = store.executions().log(id).map_err(unanswered)?;
    let mut output = terminal::output();
    if arguments.format == Format::Json {
        return write_json(&mut output, &log);
    }
    for entry in &log {
        let what = happening(&entry.what, entry.at);
        let at = format!("{}  ", times::local(entry.at));
        let below = " ".repeat(at.len());
        writeln!(output, "{}", wrapped(&Visible(&what).to_string(), &at, &below))?;
    }
    output.flush()?;
    Ok(Status::Done)
}
