//! `redress decide`: what becomes of one event, or of a file of them.

use std::io::Write;
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;

use redress::Decision;

use crate::arguments::{Decide, Format};
use crate::failure::{Failure, Result, Status};
use crate::{events, files, policies, terminal};

/// Decides.
pub fn run(arguments: &Decide) -> Result {
    match &arguments.events {
        Some(file) => decide_file(arguments, file),
        // With a policy of one's own an event without facts is an event, too, unless the policy needs some.
        None if arguments.facts.is_empty() && arguments.policy.policy.is_none() => {
            Err(Failure::impossible(NOTHING))
        }
        None => decide_one(arguments),
    }
}

const NOTHING: &str =
    "there is nothing to decide; give the facts of one event, or a file of events:
  redress decide error=ConnectionError module=3
  redress decide --events events.jsonl";

fn decide_one(arguments: &Decide) -> Result {
    let format = arguments.format.unwrap_or(Format::Human);
    let policy = policies::load_option(&arguments.policy, format)?;
    let event = super::event(&policy, &arguments.facts)?;
    let mut output = terminal::output();
    write_decision(&mut output, event.decide(), format)?;
    output.flush()?;
    event.unknown_names().iter().filter_map(redress_scenarios::slip).for_each(terminal::note);
    Ok(Status::Done)
}

fn decide_file(arguments: &Decide, file: &Path) -> Result {
    let is_input = |name: &std::ffi::OsStr| name == files::STANDARD_INPUT;
    if is_input(file.as_os_str()) && arguments.policy.policy.as_deref().is_some_and(is_input) {
        return Err(Failure::impossible(
            "the policy and the events cannot both come from standard input",
        ));
    }
    let format = arguments.format.unwrap_or(Format::Json);
    if arguments.with_event && format == Format::Human {
        return Err(Failure::impossible(
            "an event is written along with its decision only as JSON",
        ));
    }
    let policy =
        policies::load_option(&arguments.policy, arguments.format.unwrap_or(Format::Human))?;
    let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let how = events::How {
        input_format: arguments.input_format,
        format,
        with_event: arguments.with_event,
        threads: arguments.threads.unwrap_or_else(cores).get(),
    };
    events::decide(&policy, file, &how)
}

/// Writes a decision on a line of its own.
pub fn write_decision(
    output: &mut dyn Write,
    decision: &Decision,
    format: Format,
) -> std::io::Result<()> {
    match format {
        Format::Human => writeln!(output, "{}", decision_line(decision)),
        Format::Json => {
            serde_json::to_writer(&mut *output, decision)?;
            output.write_all(b"\n")
        }
    }
}

/// `store(retry)  retryable  default.policy:31`
pub fn decision_line(decision: &Decision) -> String {
    let rule = decision.rule.as_deref().unwrap_or("-");
    format!("{}  {rule}  {}", decision.display, terminal::Visible(&decision.at))
}
