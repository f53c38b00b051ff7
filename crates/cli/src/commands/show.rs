//! `redress show`: the effective policy, each rule with where it comes from.

use std::collections::BTreeMap;
use std::io::Write;

use anstyle::Style;
use redress::{Fingerprint, Label, Outcome, Policy, Rule};
use serde::Serialize;

use crate::arguments::{Format, Show};
use crate::failure::{Result, Status};
use crate::{policies, terminal};

/// Writes the policy.
pub fn run(arguments: &Show) -> Result {
    let policy = policies::load(&arguments.file, arguments.format)?;
    let mut output = terminal::output();
    match arguments.format {
        Format::Human => write_human(&mut output, &policy)?,
        Format::Json => writeln!(output, "{}", json(&policy)?)?,
    }
    output.flush()?;
    Ok(Status::Done)
}

fn write_human(output: &mut dyn Write, policy: &Policy) -> Result<()> {
    let comment =
        if terminal::output_has_colour() { Style::new().dimmed() } else { Style::new() };
    for line in policy.effective().to_string().lines() {
        let style = if line.starts_with('#') { comment } else { Style::new() };
        writeln!(output, "{style}{}{style:#}", terminal::Visible(line))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Shown<'a> {
    policy: Fingerprint,
    rules: Vec<ShownRule<'a>>,
}

#[derive(Serialize)]
struct ShownRule<'a> {
    name: Option<&'a str>,
    at: &'a str,
    condition: Option<&'a str>,
    outcome: &'a Outcome,
    display: String,
    labels: &'a BTreeMap<String, Label>,
    documentation: Option<&'a str>,
}

fn json(policy: &Policy) -> std::io::Result<String> {
    let rules = policy.rules().iter().map(|rule| shown(policy, rule)).collect();
    Ok(serde_json::to_string(&Shown { policy: policy.fingerprint(), rules })?)
}

fn shown<'a>(policy: &'a Policy, rule: &'a Rule) -> ShownRule<'a> {
    ShownRule {
        name: rule.name(),
        at: rule.at(),
        condition: rule.condition_span().map(|span| policy.sources().slice(span)),
        outcome: rule.outcome(),
        display: rule.outcome().display(),
        labels: rule.labels(),
        documentation: rule.documentation(),
    }
}
