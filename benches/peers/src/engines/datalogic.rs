//! datalogic-rs: all rules as one compiled `if`, evaluated over borrowed values in an arena that is reset.

use datalogic_rs::bumpalo::Bump;
use datalogic_rs::{DataValue, Engine as Jsonlogic, Logic};
use redress_benches::{Asks, Condition, Event, Fact, Rules, Value};
use serde_json::{Value as Json, json};

use super::{Refused, UNDECIDED};
use crate::contender::{Contender, Engine, JsonMap};
use crate::dialect::Untranslated;

/// The compiled rules.
pub struct Datalogic {
    engine: Jsonlogic,
    logic: Logic,
    arena: Bump,
}

impl Datalogic {
    /// Compiles the rules.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        let mut arms: Vec<Json> = Vec::with_capacity(2 * rules.0.len() + 1);
        for (at, rule) in rules.0.iter().enumerate() {
            arms.push(condition(&rule.condition)?);
            arms.push(at.into());
        }
        arms.push(rules.0.len().into());
        let engine = Jsonlogic::new();
        let logic = engine.compile(json!({ "if": arms }).to_string().as_str())?;
        Ok(Datalogic { engine, logic, arena: Bump::new() })
    }

    fn evaluate(&mut self, facts: &[(&str, DataValue<'_>)]) -> usize {
        let decided = self
            .engine
            .evaluate(&self.logic, DataValue::Object(facts), &self.arena)
            .ok()
            .and_then(|value| value.as_i64());
        let decided = decided.and_then(|at| usize::try_from(at).ok()).unwrap_or(UNDECIDED);
        self.arena.reset();
        decided
    }
}

fn condition(condition: &Condition) -> Result<Json, Untranslated> {
    let every = |clauses: &[Condition]| -> Result<Vec<Json>, Untranslated> {
        clauses.iter().map(self::condition).collect()
    };
    Ok(match condition {
        Condition::All(clauses) => json!({ "and": Json::Array(every(clauses)?) }),
        Condition::Any(clauses) => json!({ "or": Json::Array(every(clauses)?) }),
        Condition::Not(inner) => json!({ "!": [self::condition(inner)?] }),
        Condition::Test(fact, asks) => test(*fact, asks)?,
    })
}

fn test(fact: Fact, asks: &Asks) -> Result<Json, Untranslated> {
    let value = json!({ "var": fact.name() });
    Ok(match asks {
        Asks::IsTrue => value,
        Asks::OneOf(names) if names.len() == 1 => json!({ "===": [value, names[0]] }),
        Asks::OneOf(names) => json!({ "in": [value, names] }),
        Asks::Within(Some(low), Some(high)) if low == high => json!({ "===": [value, low] }),
        Asks::Within(Some(low), Some(high)) => json!({ "<=": [low, value, high] }),
        Asks::Within(Some(low), None) => json!({ ">=": [value, low] }),
        Asks::Within(None, Some(high)) => json!({ "<=": [value, high] }),
        other => return Err(Untranslated(other.clone())),
    })
}

fn facts<'a>(event: &'a impl Event) -> impl Iterator<Item = (&'static str, DataValue<'a>)> {
    event.facts().iter().map(|&fact| {
        let value = match event.fact(fact) {
            Value::Absent => DataValue::Null,
            Value::Bool(value) => DataValue::Bool(value),
            Value::Number(value) => DataValue::from_i64(value),
            Value::Text(value) => DataValue::String(value),
        };
        (fact.name(), value)
    })
}

impl Engine for Datalogic {
    type Input = Vec<(&'static str, DataValue<'static>)>;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        facts(event).collect()
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        self.evaluate(input)
    }

    fn decide_each<E: Event>(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        let mut input = Vec::new();
        for event in events {
            input.clear();
            input.extend(facts(event));
            decided.push(self.evaluate(&input));
        }
    }
}

/// Begins with JSON text, which datalogic reads itself.
pub struct FromText {
    engine: Datalogic,
    texts: Vec<String>,
}

impl FromText {
    /// This engine, with no texts yet.
    pub fn new(engine: Datalogic) -> Self {
        FromText { engine, texts: Vec::new() }
    }
}

impl<E: Event> Contender<E> for FromText {
    fn prepare(&mut self, events: &'static [E]) {
        self.texts = events.iter().map(|event| JsonMap::of(event).text()).collect();
    }

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        let Datalogic { engine, logic, arena } = &mut self.engine;
        for text in &self.texts[..events.len()] {
            let value = engine.evaluate(logic, text, arena).ok().and_then(|value| value.as_i64());
            decided.push(value.and_then(|at| usize::try_from(at).ok()).unwrap_or(UNDECIDED));
            arena.reset();
        }
    }
}
