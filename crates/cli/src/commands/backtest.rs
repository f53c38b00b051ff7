//! `redress backtest`: which recorded decisions a policy would change.

mod record;
mod tally;

use std::io::Write;

use redress::Policy;
use serde_json::value::RawValue;

use super::wording::{Count, difference};
use crate::arguments::{Backtest as Arguments, Format};
use crate::events::{self, Given, Refusal, Taker};
use crate::failure::{Failure, Result, Status};
use crate::files::STANDARD_INPUT;
use crate::policies;
use crate::terminal::{self, Visible};

use record::{Decided, Record};
use tally::{Kind, Tally};

/// Tries a policy on what was recorded.
pub fn run(arguments: &Arguments) -> Result {
    refuse_one_input_twice(arguments)?;
    let new = policies::load(&arguments.policy, arguments.format)?;
    let against = arguments.against.as_ref();
    let old = against.map(|name| policies::load(name, arguments.format)).transpose()?;
    let mut backtest = Backtest {
        tally: Tally::default(),
        decided: new.decisions().iter().map(Decided::from).collect(),
        old: old.as_ref(),
        old_decided: old.iter().flat_map(Policy::decisions).map(Decided::from).collect(),
        new: &new,
    };
    let is_bad =
        events::take(&new, &arguments.events, arguments.input_format, &mut backtest, &|| ())?;
    let tally = backtest.tally;
    let mut output = terminal::output();
    match arguments.format {
        Format::Human => write_human(&mut output, &tally)?,
        Format::Json => {
            serde_json::to_writer(&mut output, &tally.written()).map_err(std::io::Error::from)?;
            writeln!(output)?;
        }
    }
    output.flush()?;
    let is_bad = is_bad || tally.decided == 0;
    Ok(Status::fails_if(is_bad || arguments.exit_code && tally.changed() > 0))
}

fn refuse_one_input_twice(arguments: &Arguments) -> Result<()> {
    let names =
        [Some(arguments.events.as_os_str()), Some(&arguments.policy), arguments.against.as_deref()];
    if names.into_iter().flatten().filter(|name| *name == STANDARD_INPUT).count() > 1 {
        return Err(Failure::impossible("only one of the files can come from standard input"));
    }
    Ok(())
}

/// Decides what was recorded once more, and counts what changes.
struct Backtest<'a> {
    new: &'a Policy,
    /// One a rule of the new policy.
    decided: Vec<Decided>,
    old: Option<&'a Policy>,
    /// One a rule of the old policy.
    old_decided: Vec<Decided>,
    tally: Tally,
}

impl Taker for Backtest<'_> {
    fn take(&mut self, line: u64, given: Given<'_>) -> Result<std::result::Result<(), Refusal>> {
        let record = match given {
            Given::Json(text) => Record::read(text),
            Given::Cells { .. } => Record::Event,
        };
        let recorded = match record {
            Record::Event => None,
            Record::Decision { event, decided } => Some((event, decided)),
            Record::WithoutEvent => {
                return Err(Failure::impossible(format_args!(
                    "line {line} has a decision without its event; record both with \
                     `redress decide --events FILE --with-event`"
                )));
            }
            Record::Unusable(why) => return Ok(Err(Refusal::Told(why))),
        };
        let given = recorded.as_ref().map_or(given, |(event, _)| Given::Json(event.get()));
        match (self.old, &recorded) {
            (Some(old), _) => Ok(self.against_policy(line, given, old)),
            (None, Some((_, decided))) => Ok(self.against_record(line, given, decided)),
            (None, None) if given.read(self.new).is_ok() => Err(Failure::impossible(format_args!(
                "what was decided is not recorded in line {line}; say with `--against OLD` which policy decided it"
            ))),
            (None, None) => Ok(given.read(self.new).map(drop).map_err(Refusal::from)),
        }
    }

    fn refused(&mut self, _: u64, _: &str) -> Result<()> {
        self.tally.bad += 1;
        Ok(())
    }
}

impl Backtest<'_> {
    fn against_policy(
        &mut self,
        line: u64,
        given: Given<'_>,
        old: &Policy,
    ) -> std::result::Result<(), Refusal> {
        let event = given.read(self.new)?;
        let before = given.read(old).map_err(|error| {
            Refusal::Told(format!("the old policy cannot be given it: {error}"))
        })?;
        let (was, is) =
            (&self.old_decided[before.deciding_rule()], &self.decided[event.deciding_rule()]);
        self.tally.count(line, was, is, || given.on_a_line(&event));
        Ok(())
    }

    fn against_record(
        &mut self,
        line: u64,
        given: Given<'_>,
        was: &Decided,
    ) -> std::result::Result<(), Refusal> {
        let event = given.read(self.new)?;
        let is = &self.decided[event.deciding_rule()];
        self.tally.count(line, was, is, || given.on_a_line(&event));
        Ok(())
    }
}

/// An event that was recorded with its decision.
type RecordedEvent = Box<RawValue>;

fn write_human(output: &mut dyn Write, tally: &Tally) -> Result<()> {
    let style = anstyle::Style::new().bold();
    let bold = if terminal::output_has_colour() { style } else { anstyle::Style::new() };
    let would = if tally.changed() == 1 { "changes" } else { "change" };
    match tally.changed() {
        0 if tally.decided == 0 => writeln!(output, "nothing was decided")?,
        0 => writeln!(output, "none of {} changes", Count(tally.decided, "decision"))?,
        changed => writeln!(
            output,
            "{bold}{changed} of {}{bold:#} {would}",
            Count(tally.decided, "decision")
        )?,
    }
    if tally.bad > 0 {
        writeln!(output, "{} left out: see the errors", Count(tally.bad, "bad event"))?;
    }
    for kind in tally.kinds() {
        writeln!(output)?;
        write_kind(output, kind, bold)?;
    }
    if tally.others > 0 {
        writeln!(output, "\n{}, not shown", Count(tally.others, "further change"))?;
    }
    Ok(())
}

fn write_kind(output: &mut dyn Write, kind: &Kind, bold: anstyle::Style) -> Result<()> {
    let (old, new) = (&kind.old, &kind.new);
    let count = kind.count;
    if old.outcome.display() == new.outcome.display() {
        writeln!(output, "{bold}{count}  {}{bold:#}", Visible(&old.outcome.display()))?;
        for detail in difference((&old.outcome, &old.labels), (&new.outcome, &new.labels)) {
            writeln!(output, "    {}", Visible(&detail))?;
        }
    } else {
        let title = format!("{} → {}", old.decision(), new.decision());
        writeln!(output, "{bold}{count}  {}{bold:#}", Visible(&title))?;
    }
    let by = format!("by {} → {}", old.place(), new.place());
    writeln!(output, "    {}", Visible(&by))?;
    for example in &kind.examples {
        let event = example.event.as_deref().unwrap_or("(a long event)");
        writeln!(output, "    line {}: {}", example.line, Visible(event))?;
    }
    Ok(())
}
