//! Redress, from each starting point.

use std::collections::HashMap;
use std::ptr;

use redress::{BindError, Binding, Decision, EventReader, Facts, Given, Policy};
use redress_benches::{Event, Value};

use crate::contender::{Contender, JsonMap};

/// The positions of rules by their titles.
pub struct Positions(HashMap<String, usize>);

impl Positions {
    /// Of this policy's rules.
    pub fn of(policy: &Policy) -> Self {
        let titles = policy.rules().iter().map(|rule| rule.title().to_owned());
        Positions(titles.enumerate().map(|(at, title)| (title, at)).collect())
    }

    /// Of a decision, provided it is the one that was noted. `otherwise` is behind the last rule of the data.
    pub fn of_decision(&self, decision: &Decision, noted: usize) -> usize {
        let title = decision.rule.as_deref().unwrap_or(&decision.at);
        if place(decision) == noted {
            self.0.get(title).copied().unwrap_or(usize::MAX)
        } else {
            usize::MAX
        }
    }
}

/// Where a decision lies: all that is noted while the clock runs.
pub fn place(decision: &Decision) -> usize {
    ptr::from_ref(decision).addr()
}

/// A struct that derives `Facts`, with texts as `&str`.
pub struct Bound<E> {
    binding: Binding<E>,
    positions: Positions,
}

impl<E: Facts> Bound<E> {
    /// Binds the struct.
    pub fn new(policy: &Policy) -> Result<Self, BindError> {
        Ok(Bound { binding: policy.bind()?, positions: Positions::of(policy) })
    }
}

impl<E: Event + Facts> Contender<E> for Bound<E> {
    fn prepare(&mut self, _events: &'static [E]) {}

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        decided.extend(events.iter().map(|event| place(self.binding.decide(event))));
    }

    fn rule(&mut self, event: &'static E, noted: usize) -> usize {
        self.positions.of_decision(self.binding.decide(event), noted)
    }
}

/// Names and values, one by one, through the builder.
pub struct Built {
    policy: Policy,
    positions: Positions,
}

impl Built {
    /// Decides by this policy.
    pub fn new(policy: &Policy) -> Self {
        Built { policy: policy.clone(), positions: Positions::of(policy) }
    }

    fn noted(&self, event: &impl Event, note: impl Fn(&Decision) -> usize) -> usize {
        let mut builder = self.policy.event();
        for &fact in event.facts() {
            builder = match event.fact(fact) {
                Value::Absent => builder,
                Value::Bool(value) => builder.set(fact.name(), value),
                Value::Number(value) => builder.set(fact.name(), value),
                Value::Text(value) => builder.set(fact.name(), value),
            };
        }
        builder.build().map_or(usize::MAX, |event| note(event.decide()))
    }
}

impl<E: Event> Contender<E> for Built {
    fn prepare(&mut self, _events: &'static [E]) {}

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        decided.extend(events.iter().map(|event| self.noted(event, place)));
    }

    fn rule(&mut self, event: &'static E, noted: usize) -> usize {
        self.noted(event, |decision| self.positions.of_decision(decision, noted))
    }
}

/// Names and values through a reader.
pub struct Read {
    policy: Policy,
    positions: Positions,
}

impl Read {
    /// Decides by this policy.
    pub fn new(policy: &Policy) -> Self {
        Read { policy: policy.clone(), positions: Positions::of(policy) }
    }

    fn noted(
        reader: &mut EventReader<'_>,
        facts: &[(&str, Given<'_>)],
        note: impl Fn(&Decision) -> usize,
    ) -> usize {
        reader.given(facts).map_or(usize::MAX, |decided| note(decided.decision))
    }
}

/// What an event says, as a list that is used again.
fn say<'a>(event: &'a impl Event, into: &mut Vec<(&'static str, Given<'a>)>) {
    into.clear();
    into.extend(event.facts().iter().filter_map(|&fact| {
        let given = match event.fact(fact) {
            Value::Absent => return None,
            Value::Bool(value) => Given::Bool(value),
            Value::Number(value) => Given::Int(value),
            Value::Text(value) => Given::Text(value.into()),
        };
        Some((fact.name(), given))
    }));
}

impl<E: Event> Contender<E> for Read {
    fn prepare(&mut self, _events: &'static [E]) {}

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        let (mut reader, mut facts) = (self.policy.reader(), Vec::new());
        decided.extend(events.iter().map(|event| {
            say(event, &mut facts);
            Read::noted(&mut reader, &facts, place)
        }));
    }

    fn rule(&mut self, event: &'static E, noted: usize) -> usize {
        let mut facts = Vec::new();
        say(event, &mut facts);
        Read::noted(&mut self.policy.reader(), &facts, |decision| {
            self.positions.of_decision(decision, noted)
        })
    }
}

/// Parsed JSON objects.
pub struct FromMap {
    policy: Policy,
    positions: Positions,
    maps: &'static [JsonMap],
}

impl FromMap {
    /// Decides by this policy.
    pub fn new(policy: &Policy) -> Self {
        let positions = Positions::of(policy);
        FromMap { policy: policy.clone(), positions, maps: &[] }
    }
}

impl<E: Event> Contender<E> for FromMap {
    fn prepare(&mut self, events: &'static [E]) {
        self.maps = JsonMap::of_each(events);
    }

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        let mut reader = self.policy.reader();
        decided.extend(
            self.maps.iter().take(events.len()).map(|map| {
                reader.map(&map.0).map_or(usize::MAX, |decided| place(decided.decision))
            }),
        );
    }

    fn rule(&mut self, event: &'static E, noted: usize) -> usize {
        by_text(&self.policy, &JsonMap::of(event).text(), |decision| {
            self.positions.of_decision(decision, noted)
        })
    }
}

/// JSON text.
pub struct FromText {
    policy: Policy,
    positions: Positions,
    texts: Vec<String>,
}

impl FromText {
    /// Decides by this policy.
    pub fn new(policy: &Policy) -> Self {
        let positions = Positions::of(policy);
        FromText { policy: policy.clone(), positions, texts: Vec::new() }
    }
}

fn by_text(policy: &Policy, text: &str, note: impl Fn(&Decision) -> usize) -> usize {
    policy.event_from_json(text).map_or(usize::MAX, |event| note(event.decide()))
}

impl<E: Event> Contender<E> for FromText {
    fn prepare(&mut self, events: &'static [E]) {
        self.texts = events.iter().map(|event| JsonMap::of(event).text()).collect();
    }

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        let mut reader = self.policy.reader();
        decided.extend(
            self.texts.iter().take(events.len()).map(|text| {
                reader.json(text).map_or(usize::MAX, |decided| place(decided.decision))
            }),
        );
    }

    fn rule(&mut self, event: &'static E, noted: usize) -> usize {
        by_text(&self.policy, &JsonMap::of(event).text(), |decision| {
            self.positions.of_decision(decision, noted)
        })
    }
}
