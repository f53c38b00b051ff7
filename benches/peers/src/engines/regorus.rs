//! regorus: Rego compiled for its virtual machine, which is used again; a family is data that one rule looks through,
//! or looks up by application and error.

use std::collections::BTreeMap;
use std::sync::Arc;

use redress_benches::{Event, FirstFamily, Rules, Value};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine as Rego, Value as Term};
use serde_json::{Value as Json, json};

use super::{Refused, UNDECIDED};
use crate::contender::{Contender, Engine, JsonMap};
use crate::dialect::{Dialect, list};

const DIALECT: Dialect = Dialect {
    and: "; ",
    or: " | ",
    not: "not ",
    fact: "input.",
    one_of: |fact, names| format!("{fact} in {}", list(names)),
};

const ENTRY: &str = "data.policy.rule";

/// The compiled policy in its machine.
pub struct Regorus(RegoVM);

impl Regorus {
    /// The documented policy: a rule whose bodies are tried in their order.
    pub fn documented(rules: &Rules) -> Result<Self, Refused> {
        let mut text = String::from("package policy\nimport rego.v1\n");
        text.push_str(&format!("default rule := {}\n", rules.0.len()));
        for (at, rule) in rules.0.iter().enumerate() {
            let head = if at == 0 { "rule" } else { " else" };
            let body = DIALECT.write(&rule.condition)?;
            text.push_str(&format!("{head} := {at} if {{ {} }}", plain(&body)));
        }
        text.push('\n');
        Self::of(text, json!({}))
    }

    /// A family as data, looked through from its beginning to its end.
    pub fn scanned(family: &FirstFamily) -> Result<Self, Refused> {
        let rules: Vec<Json> = (0..family.keyed.len()).map(|at| data(family, at)).collect();
        Self::of(
            searching(
                "some candidate in data.rules\n  candidate.app == input.app\n  \
            input.error in candidate.errors",
                family.keyed.len(),
            ),
            json!({ "rules": rules }),
        )
    }

    /// A family as data that is keyed by application and error: an index made by hand.
    pub fn indexed(family: &FirstFamily) -> Result<Self, Refused> {
        let mut apps: BTreeMap<&str, BTreeMap<&str, Vec<Json>>> = BTreeMap::new();
        for (at, rule) in family.keyed.iter().enumerate() {
            let errors = apps.entry(&family.apps[rule.app]).or_default();
            for &error in &rule.errors {
                errors.entry(error).or_default().push(data(family, at));
            }
        }
        Self::of(
            searching("some candidate in data.rules[input.app][input.error]", family.keyed.len()),
            json!({ "rules": apps }),
        )
    }

    fn of(text: String, data: Json) -> Result<Self, Refused> {
        let mut engine = Rego::new();
        engine.add_policy("policy.rego".into(), text)?;
        let compiled = engine.compile_with_entrypoint(&ENTRY.into())?;
        let program = Compiler::compile_from_policy(&compiled, &[ENTRY])
            .map_err(|error| error.to_string())?;
        let mut machine = RegoVM::new();
        // The usual limit is for policies of strangers, and less than looking through thousands of rules takes.
        machine.set_max_instructions(usize::MAX);
        machine.load_program(Arc::clone(&program));
        machine.set_data(Term::from(data)).map_err(|error| error.to_string())?;
        Ok(Regorus(machine))
    }

    fn evaluate(&mut self, input: Term) -> usize {
        self.0.set_input(input);
        let answer = self.0.execute().ok();
        let at = answer.and_then(|answer| answer.as_i64().ok());
        at.and_then(|at| usize::try_from(at).ok()).unwrap_or(UNDECIDED)
    }
}

/// A body has no parentheses around its clauses, nor behind `not`.
fn plain(body: &str) -> String {
    body.replace("not (", "not_(").replace(['(', ')'], "").replace("not_", "not ")
}

fn data(family: &FirstFamily, at: usize) -> Json {
    let rule = &family.keyed[at];
    let (low, high) = rule.status.unwrap_or((0, u16::MAX));
    json!({
        "rule": at,
        "app": family.apps[rule.app],
        "errors": rule.errors,
        "low": low,
        "high": high,
        "below": rule.attempt_below.unwrap_or(u32::MAX),
    })
}

fn searching(candidates: &str, otherwise: usize) -> String {
    format!(
        "package policy\nimport rego.v1\ndefault rule := {otherwise}\nfound := [candidate.rule |\n  {candidates}\n  \
         input.status >= candidate.low\n  input.status <= candidate.high\n  \
         input.attempt < candidate.below\n]\nrule := min(found) if count(found) > 0\n"
    )
}

impl Engine for Regorus {
    type Input = Term;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        let mut facts = BTreeMap::new();
        for &fact in event.facts() {
            let value = match event.fact(fact) {
                Value::Absent => continue,
                Value::Bool(value) => Term::from(value),
                Value::Number(value) => Term::from(value),
                Value::Text(value) => Term::from(value),
            };
            facts.insert(Term::from(fact.name()), value);
        }
        Term::from(facts)
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        self.evaluate(input.clone())
    }
}

/// Begins with JSON text, which regorus reads itself.
pub struct FromText {
    engine: Regorus,
    texts: Vec<String>,
}

impl FromText {
    /// This engine, with no texts yet.
    pub fn new(engine: Regorus) -> Self {
        FromText { engine, texts: Vec::new() }
    }
}

impl<E: Event> Contender<E> for FromText {
    fn prepare(&mut self, events: &'static [E]) {
        self.texts = events.iter().map(|event| JsonMap::of(event).text()).collect();
    }

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        for text in &self.texts[..events.len()] {
            let input = Term::from_json_str(text);
            decided.push(input.map_or(UNDECIDED, |input| self.engine.evaluate(input)));
        }
    }
}
