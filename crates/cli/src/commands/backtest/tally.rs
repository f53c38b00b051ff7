//! Changes, counted by what they change: memory grows with the kinds of changes, not with the events.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::record::Decided;

/// So many examples of a kind of change are kept.
const MOST_EXAMPLES: usize = 3;

/// The longest event that is kept as an example, in bytes; of a longer one only its line is told.
const LONGEST_EXAMPLE: usize = 4096;

/// So many kinds of changes are told apart; the changes of further ones are only counted.
const MOST_KINDS: usize = 1_000;

/// What changed so far.
#[derive(Default)]
pub struct Tally {
    /// How many events were decided.
    pub decided: usize,
    /// How many could not be.
    pub bad: usize,
    /// How many changes are of kinds that are not told apart any more.
    pub others: usize,
    kinds: Vec<Kind>,
    /// Their positions, by decision and rule of both sides.
    positions: HashMap<[String; 4], usize>,
}

/// One decision by one rule in the place of another.
pub struct Kind {
    /// What was decided.
    pub old: Decided,
    /// What is decided now.
    pub new: Decided,
    /// How many events.
    pub count: usize,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// An event whose decision changes.
pub struct Example {
    /// Where it begins.
    pub line: u64,
    /// As JSON on one line; none where it is long.
    pub event: Option<String>,
}

impl Tally {
    /// Counts an event and what was and is decided.
    pub fn count(&mut self, line: u64, old: &Decided, new: &Decided, event: impl Fn() -> String) {
        self.decided += 1;
        if old.is_same(new) {
            return;
        }
        let key = [old.decision(), old.place(), new.decision(), new.place()];
        let position = match self.positions.get(&key) {
            Some(&position) => position,
            None if self.kinds.len() == MOST_KINDS => {
                self.others += 1;
                return;
            }
            None => {
                self.positions.insert(key, self.kinds.len());
                let (old, new) = (old.clone(), new.clone());
                self.kinds.push(Kind { old, new, count: 0, examples: Vec::new() });
                self.kinds.len() - 1
            }
        };
        let kind = &mut self.kinds[position];
        kind.count += 1;
        if kind.examples.len() < MOST_EXAMPLES {
            let event = Some(event()).filter(|event| event.len() <= LONGEST_EXAMPLE);
            kind.examples.push(Example { line, event });
        }
    }

    /// How many decisions change.
    pub fn changed(&self) -> usize {
        self.others + self.kinds.iter().map(|kind| kind.count).sum::<usize>()
    }

    /// The kinds of changes, the most frequent first, otherwise in the order of their first events.
    pub fn kinds(&self) -> Vec<&Kind> {
        let mut kinds: Vec<&Kind> = self.kinds.iter().collect();
        kinds.sort_by_key(|kind| std::cmp::Reverse(kind.count));
        kinds
    }

    /// The same for programs.
    pub fn written(&self) -> Written<'_> {
        Written {
            decided: self.decided,
            changed: self.changed(),
            bad: self.bad,
            others: self.others,
            changes: self.kinds().into_iter().map(written).collect(),
        }
    }
}

/// What changed, for programs.
#[derive(Serialize)]
pub struct Written<'a> {
    /// How many events were decided.
    decided: usize,
    changed: usize,
    bad: usize,
    others: usize,
    changes: Vec<WrittenKind<'a>>,
}

#[derive(Serialize)]
struct WrittenKind<'a> {
    count: usize,
    old: &'a Decided,
    new: &'a Decided,
    examples: Vec<WrittenExample<'a>>,
}

#[derive(Serialize)]
struct WrittenExample<'a> {
    line: u64,
    event: Option<&'a RawValue>,
}

fn written<'k>(kind: &'k Kind) -> WrittenKind<'k> {
    let example = |example: &'k Example| {
        let event = example.event.as_deref();
        WrittenExample {
            line: example.line,
            event: event.and_then(|event| serde_json::from_str(event).ok()),
        }
    };
    WrittenKind {
        count: kind.count,
        old: &kind.old,
        new: &kind.new,
        examples: kind.examples.iter().map(example).collect(),
    }
}
