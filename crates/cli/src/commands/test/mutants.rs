//! Which small changes to a policy its tests do not notice.

mod json;

use std::io::Write;

use anstyle::AnsiColor;
use redress_testing::{MOST_UNSURE, Mutants, Runner, Summary, Survivor};

use super::styled;
use crate::arguments::Test;
use crate::events::Progress;
use crate::failure::{Failure, Result, Status};
use crate::terminal::Visible;
use crate::{files, terminal};

/// Tries the changes, if that is asked for, and writes those that no test notices.
pub fn run(arguments: &Test, runner: &Runner, summary: &Summary) -> Result {
    if !arguments.mutate && arguments.mutate_json.is_none() {
        return Ok(Status::Done);
    }
    let policies = tried(runner, summary);
    if policies.is_empty() {
        let reason = "there is no policy file among the tests whose text could be changed";
        return Err(Failure::impossible(reason));
    }
    if let Some(path) = &arguments.mutate_json {
        let text = json::text(&policies)?;
        std::fs::write(path, text).map_err(|error| files::cannot_write(path, &error))?;
    }
    let mut output = terminal::output();
    for mutants in &policies {
        writeln!(output, "\n{}", Visible(&heading(mutants)))?;
        for survivor in &mutants.survivors {
            write_survivor(&mut output, survivor)?;
        }
    }
    output.flush()?;
    let survived = policies.iter().any(|mutants| !mutants.survivors.is_empty());
    Ok(if survived { Status::Uncovered } else { Status::Done })
}

/// Tries the changes, which may take a while.
fn tried(runner: &Runner, summary: &Summary) -> Vec<Mutants> {
    let mut progress: Option<Progress> = None;
    let policies = runner.mutants_watched(summary, &mut |done, all| {
        progress.get_or_insert_with(|| Progress::of(all as u64, "mutants")).done(done as u64);
    });
    if let Some(progress) = progress {
        progress.finish();
    }
    policies
}

/// `mutants of refunds.policy: 12 of 15 noticed, 3 that change nothing left out`
fn heading(mutants: &Mutants) -> String {
    let left_out = match mutants.equivalent {
        0 => String::new(),
        some => format!("; {some} more change no decision"),
    };
    let unsure = match mutants.unsure {
        0 => String::new(),
        some if some > MOST_UNSURE => {
            format!(
                "; {MOST_UNSURE} too complex to compare, {} behind them not tried",
                some - MOST_UNSURE
            )
        }
        some => format!("; {some} too complex to compare"),
    };
    let (path, noticed, all) = (&mutants.path, mutants.noticed, mutants.all());
    format!("mutants of {path}: {noticed} of {all} noticed{unsure}{left_out}")
}

fn write_survivor(output: &mut dyn Write, survivor: &Survivor) -> Result<()> {
    let Survivor { at, change, witness, old, new } = survivor;
    let style = styled(AnsiColor::BrightYellow);
    writeln!(output, "  {style}{}{style:#}: {}", Visible(at), Visible(change))?;
    let witness = format!("{witness} would be `{new}` instead of `{old}`");
    Ok(writeln!(output, "      no test notices: {}", Visible(&witness))?)
}
