//! What is measured: something that decides events, from some starting point.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use redress_benches::{Event, Fact, Value};
use serde_json::Map;

/// What an event is when the clock starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Start {
    /// A struct with borrowed texts.
    Struct,
    /// What the engine itself takes, made before: its context, its request, interned names.
    Prepared,
    /// Nothing but names and values, given one by one into an input that is made anew for each event.
    Names,
    /// A parsed JSON object.
    Map,
    /// JSON text.
    Text,
}

impl Start {
    /// As it is called in tables.
    pub fn name(self) -> &'static str {
        match self {
            Start::Struct => "struct",
            Start::Prepared => "prepared",
            Start::Names => "names",
            Start::Map => "JSON map",
            Start::Text => "JSON text",
        }
    }

    /// As it is called in a sentence.
    pub fn with_article(self) -> &'static str {
        match self {
            Start::Struct => "a struct",
            Start::Prepared => "prepared input",
            Start::Names => "names",
            Start::Map => "a JSON map",
            Start::Text => "JSON text",
        }
    }
}

/// Something that decides events. Everything lives as long as the program: so the engines may borrow.
pub trait Contender<E> {
    /// Makes of the events what is there when the clock starts.
    fn prepare(&mut self, events: &'static [E]);

    /// Decides those events, and notes for each what it decided: a number, or where its decision lies.
    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>);

    /// The position of the rule that was noted for an event; the number of rules for `otherwise`.
    fn rule(&mut self, _event: &'static E, noted: usize) -> usize {
        noted
    }
}

/// Another engine, or code written by hand.
pub trait Engine {
    /// What it decides.
    type Input;

    /// Makes its input of an event.
    fn input<E: Event>(&self, event: &'static E) -> Self::Input;

    /// The position of the first rule that holds; the number of rules if none does. What cannot be decided is
    /// `usize::MAX`, which no check accepts.
    fn decide(&mut self, input: &mut Self::Input) -> usize;

    /// The same for events as they are; an engine that can use an input again does it here.
    fn decide_each<E: Event>(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        for event in events {
            let mut input = self.input(event);
            decided.push(self.decide(&mut input));
        }
    }
}

/// Begins with structs.
pub struct FromStruct<T>(pub T);

impl<E: Event, T: Engine> Contender<E> for FromStruct<T> {
    fn prepare(&mut self, _events: &'static [E]) {}

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        self.0.decide_each(events, decided);
    }
}

/// Begins with names and values, which are given one by one to an input of the engine's own that is new for each event.
pub struct FromNames<T>(pub T);

impl<E: Event, T: Engine> Contender<E> for FromNames<T> {
    fn prepare(&mut self, _events: &'static [E]) {}

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        for event in events {
            let mut input = self.0.input(event);
            decided.push(self.0.decide(&mut input));
        }
    }
}

/// Begins with the engine's own input.
pub struct Prepared<T: Engine> {
    engine: T,
    inputs: Vec<T::Input>,
}

impl<T: Engine> Prepared<T> {
    /// This engine, with nothing prepared.
    pub fn new(engine: T) -> Self {
        Prepared { engine, inputs: Vec::new() }
    }
}

impl<E: Event, T: Engine> Contender<E> for Prepared<T> {
    fn prepare(&mut self, events: &'static [E]) {
        self.inputs = events.iter().map(|event| self.engine.input(event)).collect();
    }

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        for input in self.inputs.iter_mut().take(events.len()) {
            decided.push(self.engine.decide(input));
        }
    }
}

/// Begins with parsed JSON objects.
pub struct FromMap<T> {
    engine: T,
    maps: &'static [JsonMap],
}

impl<T: Engine> FromMap<T> {
    /// This engine, with no objects yet.
    pub fn new(engine: T) -> Self {
        FromMap { engine, maps: &[] }
    }
}

impl<E: Event, T: Engine> Contender<E> for FromMap<T> {
    fn prepare(&mut self, events: &'static [E]) {
        self.maps = JsonMap::of_each(events);
    }

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        self.engine.decide_each(&self.maps[..events.len()], decided);
    }
}

/// A parsed JSON object as an event.
#[derive(Clone, Debug)]
pub struct JsonMap(pub Map<String, serde_json::Value>, Arc<[Fact]>);

impl JsonMap {
    /// What an event says, as JSON.
    pub fn of<E: Event>(event: &E) -> Self {
        let said = event.facts().iter().filter_map(|&fact| {
            let value = match event.fact(fact) {
                Value::Absent => return None,
                Value::Bool(value) => value.into(),
                Value::Number(value) => value.into(),
                Value::Text(value) => value.into(),
            };
            Some((fact.name().to_owned(), value))
        });
        JsonMap(said.collect(), event.facts().into())
    }

    /// What each of these events says, made once: they live as long as the program, and so do the objects.
    pub fn of_each<E: Event>(events: &'static [E]) -> &'static [JsonMap] {
        thread_local! {
            /// By where the events lie.
            static MADE: RefCell<HashMap<usize, &'static [JsonMap]>> = RefCell::default();
        }
        MADE.with_borrow_mut(|made| {
            let known = made.entry(events.as_ptr().addr()).or_default();
            if known.len() < events.len() {
                *known = Box::leak(events.iter().map(JsonMap::of).collect());
            }
            &known[..events.len()]
        })
    }

    /// The same as text.
    pub fn text(&self) -> String {
        serde_json::Value::Object(self.0.clone()).to_string()
    }
}

impl Event for JsonMap {
    fn facts(&self) -> &[Fact] {
        &self.1
    }

    fn fact(&self, fact: Fact) -> Value<'_> {
        use serde_json::Value as Json;
        match self.0.get(fact.name()) {
            Some(Json::Bool(value)) => Value::Bool(*value),
            Some(Json::Number(value)) => value.as_i64().map_or(Value::Absent, Value::Number),
            Some(Json::String(value)) => Value::Text(value),
            _ => Value::Absent,
        }
    }
}
