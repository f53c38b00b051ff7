//! zen-engine: a decision table with the hit policy `first`, compiled, which it indexes from eight rows on; and, for the
//! documented policy, one expression of its expression language.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use redress_benches::{Asks, Condition, Event, Fact, Rules, Value};
use serde_json::{Value as Json, json};
use zen_engine::model::GraphContent;
use zen_engine::{Decision, Variable};
use zen_expression::variable::VariableMap;
use zen_expression::{Expression, Isolate, expression::Standard, vm::VM};

use super::{Refused, UNDECIDED};
use crate::contender::{Contender, Engine, JsonMap};
use crate::dialect::{Dialect, Untranslated, by_membership};

/// The compiled table.
pub struct Table(Decision);

impl Table {
    /// A row a rule, a column a fact; a cell that asks nothing is empty.
    pub fn new(rules: &Rules, facts: &[Fact]) -> Result<Self, Refused> {
        let rows: Vec<Json> = rules
            .0
            .iter()
            .enumerate()
            .map(|(at, rule)| row(at, &rule.condition))
            .chain([Ok(json!({ "_id": "otherwise", "rule": rules.0.len().to_string() }))])
            .collect::<Result<_, _>>()?;
        let inputs: Vec<Json> = facts
            .iter()
            .map(|fact| json!({ "id": fact.name(), "name": fact.name(), "field": fact.name() }))
            .collect();
        let graph = json!({
            "nodes": [
                { "id": "in", "name": "in", "type": "inputNode", "content": {} },
                { "id": "table", "name": "table", "type": "decisionTableNode", "content": {
                    "hitPolicy": "first",
                    "inputs": inputs,
                    "outputs": [{ "id": "rule", "name": "rule", "field": "rule" }],
                    "rules": rows,
                } },
                { "id": "out", "name": "out", "type": "outputNode", "content": {} },
            ],
            "edges": [
                { "id": "1", "sourceId": "in", "targetId": "table", "type": "edge" },
                { "id": "2", "sourceId": "table", "targetId": "out", "type": "edge" },
            ],
        });
        let content: GraphContent = serde_json::from_value(graph)?;
        let mut decision = Decision::from(content);
        decision.compile();
        Ok(Table(decision))
    }
}

fn row(at: usize, condition: &Condition) -> Result<Json, Untranslated> {
    let mut cells = serde_json::Map::new();
    cells.insert("_id".into(), format!("r{at}").into());
    cells.insert("rule".into(), at.to_string().into());
    let clauses = match condition {
        Condition::All(clauses) => clauses.as_slice(),
        other => std::slice::from_ref(other),
    };
    for clause in clauses {
        let (fact, cell) = cell(clause)?;
        cells.insert(fact.name().into(), cell.into());
    }
    Ok(Json::Object(cells))
}

/// A test of one column, in the unary form of the expression language.
fn cell(clause: &Condition) -> Result<(Fact, String), Untranslated> {
    Ok(match clause {
        Condition::Not(inner) => match &**inner {
            Condition::Test(fact, Asks::IsTrue) => (*fact, "false".into()),
            Condition::Test(fact, Asks::Within(Some(low), Some(high))) if low == high => {
                (*fact, format!("!= {low}"))
            }
            _ => return Err(Untranslated(Asks::Absent)),
        },
        Condition::Test(fact, Asks::IsTrue) => (*fact, "true".into()),
        Condition::Test(fact, Asks::OneOf(names)) => {
            let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
            (*fact, names.join(", "))
        }
        Condition::Test(fact, Asks::Within(Some(low), Some(high))) if low == high => {
            (*fact, low.to_string())
        }
        Condition::Test(fact, Asks::Within(Some(low), Some(high))) => {
            (*fact, format!("[{low}..{high}]"))
        }
        Condition::Test(fact, Asks::Within(None, Some(high))) => (*fact, format!("<= {high}")),
        Condition::Test(fact, Asks::Within(Some(low), None)) => (*fact, format!(">= {low}")),
        _ => return Err(Untranslated(Asks::Absent)),
    })
}

fn variable(event: &impl Event) -> Variable {
    let mut map = VariableMap::new();
    for &fact in event.facts() {
        let value = match event.fact(fact) {
            Value::Absent => continue,
            Value::Bool(value) => Variable::Bool(value),
            Value::Number(value) => Variable::Number(value.into()),
            Value::Text(value) => Variable::String(value.into()),
        };
        map.insert(fact.name().into(), value);
    }
    Variable::from_object(map)
}

/// Nothing in the graph waits for anything, so the future is ready when it is first asked.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn number(value: &Variable) -> usize {
    let number = value.as_number().map(|number| number.trunc().mantissa());
    number.and_then(|number| usize::try_from(number).ok()).unwrap_or(UNDECIDED)
}

impl Table {
    fn evaluate(&self, input: Variable) -> usize {
        let answer = at_once(self.0.evaluate(input)).and_then(Result::ok);
        answer.and_then(|answer| answer.result.dot("rule")).map_or(UNDECIDED, |rule| number(&rule))
    }
}

impl Engine for Table {
    type Input = Variable;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        variable(event)
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        self.evaluate(input.clone())
    }
}

/// Begins with JSON text, read by `serde_json` as the documentation shows.
pub struct FromText {
    table: Table,
    texts: Vec<String>,
}

impl FromText {
    /// This table, with no texts yet.
    pub fn new(table: Table) -> Self {
        FromText { table, texts: Vec::new() }
    }
}

impl<E: Event> Contender<E> for FromText {
    fn prepare(&mut self, events: &'static [E]) {
        self.texts = events.iter().map(|event| JsonMap::of(event).text()).collect();
    }

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        for text in &self.texts[..events.len()] {
            let value = serde_json::from_str::<Json>(text).map(Variable::from);
            decided.push(value.map_or(UNDECIDED, |value| self.table.evaluate(value)));
        }
    }
}

const DIALECT: Dialect =
    Dialect { and: " and ", or: " or ", not: "not ", fact: "", one_of: by_membership };

/// All rules as one compiled conditional.
pub struct Conditional {
    expression: Expression<Standard>,
    machine: VM,
}

impl Conditional {
    /// Compiles the rules.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        let mut text = String::new();
        for (at, rule) in rules.0.iter().enumerate() {
            text.push_str(&format!("({}) ? {at} : ", DIALECT.write(&rule.condition)?));
        }
        text.push_str(&rules.0.len().to_string());
        let expression = Isolate::new().compile_standard(&text)?;
        Ok(Conditional { expression, machine: VM::new() })
    }
}

impl Engine for Conditional {
    type Input = Variable;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        variable(event)
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        let answer = self.expression.evaluate_with(input.clone(), &mut self.machine);
        answer.map_or(UNDECIDED, |answer| number(&answer))
    }
}
