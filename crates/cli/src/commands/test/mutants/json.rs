//! What came of the small changes as JSON, for programs.

use redress_testing::{Mutants, Survivor};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::commands::wording::as_object;
use crate::failure::{Failure, Result};

#[derive(Serialize)]
struct Written<'a> {
    policies: Vec<WrittenPolicy<'a>>,
}

#[derive(Serialize)]
struct WrittenPolicy<'a> {
    policy: &'a str,
    all: usize,
    noticed: usize,
    equivalent: usize,
    unsure: usize,
    survivors: Vec<WrittenSurvivor<'a>>,
}

#[derive(Serialize)]
struct WrittenSurvivor<'a> {
    at: &'a str,
    change: &'a str,
    event: Event<'a>,
    example: String,
    old: &'a str,
    new: &'a str,
}

/// Facts with their values, as an object.
struct Event<'a>(&'a [(String, Value)]);

impl Serialize for Event<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        as_object(self.0, serializer)
    }
}

/// One object and a line's end.
pub fn text(policies: &[Mutants]) -> Result<String> {
    let written = Written { policies: policies.iter().map(policy).collect() };
    let text = serde_json::to_string(&written);
    text.map(|text| text + "\n").map_err(Failure::impossible)
}

fn policy(mutants: &Mutants) -> WrittenPolicy<'_> {
    WrittenPolicy {
        policy: &mutants.path,
        all: mutants.all(),
        noticed: mutants.noticed,
        equivalent: mutants.equivalent,
        unsure: mutants.unsure,
        survivors: mutants.survivors.iter().map(survivor).collect(),
    }
}

fn survivor(survivor: &Survivor) -> WrittenSurvivor<'_> {
    WrittenSurvivor {
        at: &survivor.at,
        change: &survivor.change,
        event: Event(survivor.witness.values()),
        example: survivor.witness.to_string(),
        old: &survivor.old,
        new: &survivor.new,
    }
}
