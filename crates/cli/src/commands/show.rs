//! `redress show`: the effective policy, each piece with where it comes from.

use std::io::Write;

use anstyle::Style;
use redress::{
    Disabled, Effective, EffectiveRule, Fingerprint, Labels, Outcome, Part, PartKind, Policy, Rule,
};
use serde::Serialize;

use crate::arguments::{Format, Show};
use crate::failure::{Result, Status};
use crate::{policies, terminal};

/// Writes the policy.
pub fn run(arguments: &Show) -> Result {
    let policy = policies::load(&arguments.file, arguments.format)?;
    let effective = policy.effective();
    let mut output = terminal::output();
    match arguments.format {
        Format::Human => write_human(&mut output, &effective)?,
        Format::Json => writeln!(output, "{}", json(&policy, &effective)?)?,
    }
    output.flush()?;
    Ok(Status::Done)
}

/// A policy of its own; comments, which say where each piece comes from, stand back on a terminal.
fn write_human(output: &mut dyn Write, effective: &Effective) -> Result<()> {
    let colour = terminal::output_has_colour();
    for line in effective.to_string().lines() {
        let is_comment = colour && line.starts_with('#');
        let style = if is_comment { Style::new().dimmed() } else { Style::new() };
        writeln!(output, "{style}{}{style:#}", terminal::Visible(line))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Shown<'a> {
    policy: Fingerprint,
    files: &'a [String],
    vocabulary: Option<&'a str>,
    packs: &'a [String],
    enums: Vec<ShownPart<'a>>,
    facts: Vec<ShownPart<'a>>,
    lets: Vec<ShownPart<'a>>,
    outcomes: Vec<ShownPart<'a>>,
    rules: Vec<ShownRule<'a>>,
    disabled: Vec<ShownDisabled<'a>>,
}

#[derive(Serialize)]
struct ShownPart<'a> {
    name: &'a str,
    text: &'a str,
    at: &'a str,
    changed: &'a [String],
    documentation: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownRule<'a> {
    name: Option<&'a str>,
    at: &'a str,
    replaces: &'a [String],
    text: &'a str,
    condition: Option<&'a str>,
    outcome: &'a Outcome,
    display: String,
    labels: &'a Labels,
    documentation: Option<&'a str>,
}

#[derive(Serialize)]
struct ShownDisabled<'a> {
    rule: &'a str,
    at: &'a str,
    by: &'a str,
}

fn json(policy: &Policy, effective: &Effective) -> std::io::Result<String> {
    let parts = |kind| {
        let parts = effective.given.iter().chain(&effective.parts);
        parts.filter(|part| part.kind == kind).map(shown_part).collect()
    };
    let rules = policy.rules().iter().zip(&effective.rules);
    let shown = Shown {
        policy: effective.fingerprint,
        files: &effective.files,
        vocabulary: effective.vocabulary.as_deref(),
        packs: &effective.packs,
        enums: parts(PartKind::Enum),
        facts: parts(PartKind::Fact),
        lets: parts(PartKind::Let),
        outcomes: parts(PartKind::Outcome),
        rules: rules.map(|(rule, effective)| shown_rule(policy, rule, effective)).collect(),
        disabled: effective.disabled.iter().map(shown_disabled).collect(),
    };
    Ok(serde_json::to_string(&shown)?)
}

fn shown_part(part: &Part) -> ShownPart<'_> {
    ShownPart {
        name: &part.name,
        text: &part.text,
        at: &part.at,
        changed: &part.changed,
        documentation: part.documentation.as_deref(),
    }
}

fn shown_rule<'a>(
    policy: &'a Policy,
    rule: &'a Rule,
    effective: &'a EffectiveRule,
) -> ShownRule<'a> {
    ShownRule {
        name: rule.name(),
        at: rule.at(),
        replaces: &effective.replaces,
        text: &effective.text,
        condition: rule.condition_span().map(|span| policy.sources().slice(span)),
        outcome: rule.outcome(),
        display: rule.outcome().display(),
        labels: rule.labels(),
        documentation: rule.documentation(),
    }
}

fn shown_disabled(disabled: &Disabled) -> ShownDisabled<'_> {
    ShownDisabled { rule: &disabled.rule, at: &disabled.at, by: &disabled.by }
}
