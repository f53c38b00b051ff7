//! What changes, for programs.

use std::io::Write;

use redress::analyze::{Change, ChangedRegion, RegionFact, RegionText, RegionValue};
use redress::{Fingerprint, Labels, Outcome, Rule};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use super::super::wording::as_object;
use super::{Compared, Side};
use crate::failure::Result;

#[derive(Serialize)]
struct Written<'a> {
    verdict: &'static str,
    old: WrittenPolicy<'a>,
    new: WrittenPolicy<'a>,
    changes: Vec<WrittenChange<'a>>,
    vocabulary: &'a [String],
}

#[derive(Serialize)]
struct WrittenPolicy<'a> {
    file: &'a str,
    policy: Fingerprint,
}

#[derive(Serialize)]
struct WrittenChange<'a> {
    verdict: &'static str,
    old: Option<WrittenDecision<'a>>,
    new: Option<WrittenDecision<'a>>,
    regions: Vec<WrittenRegion<'a>>,
}

#[derive(Serialize)]
struct WrittenDecision<'a> {
    outcome: &'a Outcome,
    display: String,
    labels: &'a Labels,
}

#[derive(Serialize)]
struct WrittenRegion<'a> {
    condition: &'a str,
    facts: Vec<WrittenFact<'a>>,
    event: Event<'a>,
    example: String,
    old_rule: Option<WrittenRule<'a>>,
    new_rule: Option<WrittenRule<'a>>,
    old_rules: Vec<WrittenRule<'a>>,
    new_rules: Vec<WrittenRule<'a>>,
}

#[derive(Serialize)]
struct WrittenFact<'a> {
    fact: &'a str,
    words: &'a [String],
    values: Vec<WrittenValue<'a>>,
    other: bool,
    absent: bool,
    texts: Vec<WrittenText<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WrittenValue<'a> {
    One(&'a Json),
    Range { from: &'a Option<Json>, to: &'a Option<Json> },
}

#[derive(Serialize)]
struct WrittenText<'a> {
    test: &'a str,
    text: &'a str,
    holds: bool,
}

#[derive(Serialize)]
struct WrittenRule<'a> {
    rule: Option<&'a str>,
    at: &'a str,
}

/// Facts with their values, as an object.
struct Event<'a>(&'a [(String, Json)]);

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        as_object(self.0, serializer)
    }
}

/// Writes one object.
pub fn write(output: &mut dyn Write, compared: &Compared<'_>) -> Result<()> {
    let policy = |side: &Side<'_>| -> Fingerprint { side.policy.fingerprint() };
    let written = Written {
        verdict: compared.diff.verdict().as_str(),
        old: WrittenPolicy { file: &compared.old.name, policy: policy(&compared.old) },
        new: WrittenPolicy { file: &compared.new.name, policy: policy(&compared.new) },
        changes: compared.diff.changes.iter().map(|change| written(compared, change)).collect(),
        vocabulary: &compared.diff.vocabulary,
    };
    serde_json::to_writer(&mut *output, &written).map_err(std::io::Error::from)?;
    Ok(writeln!(output)?)
}

fn written<'a>(compared: &'a Compared<'_>, change: &'a Change) -> WrittenChange<'a> {
    let first = change.regions.first();
    WrittenChange {
        verdict: change.verdict.as_str(),
        old: first.and_then(|region| compared.old.rule(region.old_rule)).map(decision),
        new: first.and_then(|region| compared.new.rule(region.new_rule)).map(decision),
        regions: change.regions.iter().map(|region| written_region(compared, region)).collect(),
    }
}

fn decision(rule: &Rule) -> WrittenDecision<'_> {
    let (outcome, labels) = (rule.outcome(), rule.labels());
    WrittenDecision { outcome, display: outcome.display(), labels }
}

fn written_region<'a>(compared: &'a Compared<'_>, region: &'a ChangedRegion) -> WrittenRegion<'a> {
    WrittenRegion {
        condition: &region.condition,
        facts: region.facts.iter().map(fact).collect(),
        event: Event(region.witness.values()),
        example: region.witness.to_string(),
        old_rule: compared.old.rule(region.old_rule).map(rule),
        new_rule: compared.new.rule(region.new_rule).map(rule),
        old_rules: compared.old.rules(&region.old_rules).into_iter().map(rule).collect(),
        new_rules: compared.new.rules(&region.new_rules).into_iter().map(rule).collect(),
    }
}

fn value(value: &RegionValue) -> WrittenValue<'_> {
    match value {
        RegionValue::One(value) => WrittenValue::One(value),
        RegionValue::Range { from, to } => WrittenValue::Range { from, to },
    }
}

fn fact(fact: &RegionFact) -> WrittenFact<'_> {
    let texts = fact.texts.iter().map(|RegionText { test, text, holds }| WrittenText {
        test,
        text,
        holds: *holds,
    });
    WrittenFact {
        fact: &fact.name,
        words: &fact.words,
        values: fact.values.iter().map(value).collect(),
        other: fact.other,
        absent: fact.absent,
        texts: texts.collect(),
    }
}

fn rule(rule: &Rule) -> WrittenRule<'_> {
    WrittenRule { rule: rule.name(), at: rule.at() }
}
