//! Which small changes to a policy its tests do not notice.

use std::io::Write;

use anstyle::AnsiColor;
use redress_testing::{Mutants, Runner, Summary, Survivor};

use super::styled;
use crate::arguments::Test;
use crate::failure::{Failure, Result, Status};
use crate::terminal;
use crate::terminal::Visible;

/// Tries the changes, if that is asked for, and writes those that no test notices.
pub fn run(arguments: &Test, runner: &Runner, summary: &Summary) -> Result {
    if !arguments.mutate {
        return Ok(Status::Done);
    }
    let policies = runner.mutants(summary);
    if policies.is_empty() {
        let reason = "there is no policy file among the tests whose text could be changed";
        return Err(Failure::impossible(reason));
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

/// `mutants of refunds.policy: 12 of 15 noticed, 3 that change nothing left out`
fn heading(mutants: &Mutants) -> String {
    let left_out = match mutants.equivalent {
        0 => String::new(),
        some => format!("; {some} more change no decision"),
    };
    let unsure = match mutants.unsure {
        0 => String::new(),
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
