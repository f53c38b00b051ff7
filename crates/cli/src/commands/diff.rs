//! `redress diff`: what changes where one policy takes the place of another.

mod human;
mod json;
mod markdown;

use std::ffi::OsString;
use std::io::Write;

use redress::analyze::{Change, ChangedRegion, Diff, DiffError, Verdict};
use redress::{Policy, Rule};

use super::wording::{Count, difference};
use crate::arguments::{ChangeFormat, Diff as Arguments, Format};
use crate::failure::{Failure, Result, Status};
use crate::files::{self, STANDARD_INPUT};
use crate::{policies, terminal};

/// The two policies with what changes.
struct Compared<'a> {
    old: Side<'a>,
    new: Side<'a>,
    diff: &'a Diff,
}

/// A policy with what it is called.
struct Side<'a> {
    name: String,
    policy: &'a Policy,
}

impl Side<'_> {
    fn rule(&self, position: Option<usize>) -> Option<&Rule> {
        self.policy.rules().get(position?)
    }

    fn rules(&self, positions: &[usize]) -> Vec<&Rule> {
        positions.iter().filter_map(|&position| self.rule(Some(position))).collect()
    }
}

/// Compares two policies.
pub fn run(arguments: &Arguments) -> Result {
    if [&arguments.old, &arguments.new].iter().all(|name| *name == STANDARD_INPUT) {
        return Err(Failure::impossible("the two policies cannot both come from standard input"));
    }
    let is_json = arguments.format == ChangeFormat::Json;
    let format = if is_json { Format::Json } else { Format::Human };
    let old = policies::load(&arguments.old, format)?;
    let new = policies::load(&arguments.new, format)?;
    let diff = old.diff(&new).map_err(|error| incomparable(arguments, &error))?;
    let side = |name, policy| Side { name: files::display_name(name), policy };
    let (old, new) = (side(&arguments.old, &old), side(&arguments.new, &new));
    let compared = Compared { old, new, diff: &diff };
    let mut output = terminal::output();
    match arguments.format {
        ChangeFormat::Human => human::write(&mut output, &compared)?,
        ChangeFormat::Json => json::write(&mut output, &compared)?,
        ChangeFormat::Markdown => markdown::write(&mut output, &compared)?,
    }
    output.flush()?;
    Ok(Status::fails_if(arguments.exit_code && diff.verdict() != Verdict::Patch))
}

/// Why there is no answer; with status 2, since status 1 says that something changes.
fn incomparable(arguments: &Arguments, error: &DiffError) -> Failure {
    let name = |name: &OsString| files::display_name(name);
    let (old, new) = (name(&arguments.old), name(&arguments.new));
    match error {
        DiffError::Clashes(_) => Failure::impossible(format_args!(
            "`{old}` and `{new}` cannot be compared: {error}; give the fact one type, or the new one another name"
        )),
        _ => Failure::impossible(format_args!(
            "`{old}` and `{new}` are {error}; compare smaller steps, or try what was recorded: \
             redress backtest --events FILE --policy {new} --against {old}"
        )),
    }
}

impl Compared<'_> {
    /// `major: 3 decisions change, in 5 regions`, in two parts.
    fn headline(&self) -> (&'static str, String) {
        let verdict = self.diff.verdict().as_str();
        let changes = self.diff.changes.len();
        if changes == 0 {
            return (verdict, "every event is decided as before".to_owned());
        }
        let regions = self.diff.changes.iter().map(|change| change.regions.len()).sum();
        let change = if changes == 1 { "changes" } else { "change" };
        (
            verdict,
            format!("{} {change}, in {}", Count(changes, "decision"), Count(regions, "region")),
        )
    }

    /// What a change changes: the two decisions, or where they are alike what differs in them.
    fn title(&self, change: &Change) -> Title {
        let first = change.regions.first();
        let old = first.and_then(|region| self.old.rule(region.old_rule));
        let new = first.and_then(|region| self.new.rule(region.new_rule));
        if let (Some(old), Some(new)) = (old, new)
            && old.outcome().display() == new.outcome().display()
        {
            let details = difference((old.outcome(), old.labels()), (new.outcome(), new.labels()));
            return Title::Inside { outcome: old.outcome().display(), details };
        }
        let decision =
            |decision: &Option<String>| decision.clone().unwrap_or_else(|| NO_EVENT.to_owned());
        Title::Whole { old: decision(&change.old), new: decision(&change.new) }
    }

    /// The regions of a change, by the rules that decide them.
    fn by_rules<'c>(&self, change: &'c Change) -> Vec<(Rules<'c>, Vec<&'c ChangedRegion>)> {
        let mut groups: Vec<(Rules<'c>, Vec<&ChangedRegion>)> = Vec::new();
        for region in &change.regions {
            let rules = Rules { old: &region.old_rules, new: &region.new_rules };
            match groups.iter_mut().find(|(known, _)| *known == rules) {
                Some((_, regions)) => regions.push(region),
                None => groups.push((rules, vec![region])),
            }
        }
        groups
    }
}

/// So many of the rules that decide the events of a region are named to people; of more, the others are counted.
const MOST_RULES: usize = 4;

/// What stands for a decision where a policy cannot be given such events.
const NO_EVENT: &str = "no such event";

/// What a change changes.
enum Title {
    /// One decision in the place of another.
    Whole { old: String, new: String },
    /// The same outcome, with other arguments or labels.
    Inside { outcome: String, details: Vec<String> },
}

/// The positions of the rules that decide the events of a region.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Rules<'c> {
    old: &'c [usize],
    new: &'c [usize],
}
