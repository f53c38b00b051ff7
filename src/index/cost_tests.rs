//! What each form of the index costs; writes the table of `docs/index.md`.
//!
//! `cargo test --release -p redress --lib cost_tests -- --ignored`

use std::fmt::Write;
use std::fs;
use std::hint::black_box;

use allocation_counter::measure;
use cpu_time::ThreadTime;
use redress_benches::{
    Event, Fact, Rules, Value as Given, documented, first_family, second_family, third_family,
};

use super::{Index, Shape};
use crate::decide::{Value, Values};
use crate::load::PolicyLoader;
use crate::policy::Policy;
use crate::vocabulary::FactId;

const EVENTS: usize = 2_000;
const ROUNDS: u64 = 9;

/// The forms that are compared; of a policy that is not small enough for a table, the others.
const FORMS: [(&str, Option<Shape>); 5] = [
    ("table", None),
    ("tree", Some(Shape::USUAL)),
    ("tree without literals", Some(Shape { scan: f64::INFINITY, ..Shape::USUAL })),
    ("rows of bits alone", Some(Shape { list: 0, rows: 1, wide: 0, scan: f64::INFINITY })),
    ("one by one", Some(Shape { list: usize::MAX, rows: 0, wide: 0, scan: 0.0 })),
];

const FACTS: [Fact; 9] = [
    Fact::Error,
    Fact::Module,
    Fact::Handler,
    Fact::App,
    Fact::Status,
    Fact::Attempt,
    Fact::Message,
    Fact::Elapsed,
    Fact::Size,
];

/// An event by the positions of facts.
pub(super) struct ByFact<'a>(Vec<Value<'a>>);

impl Values for ByFact<'_> {
    fn value(&self, fact: FactId) -> Value<'_> {
        self.0[fact.index()]
    }
}

pub(super) fn by_fact<'e>(policy: &Policy, event: &'e impl Event) -> ByFact<'e> {
    let vocabulary = policy.vocabulary();
    let mut values = vec![Value::Absent; vocabulary.facts().len()];
    for (id, fact) in vocabulary.facts() {
        if let Some(default) = &fact.default {
            // Those that events of the families leave out are no texts.
            values[id.index()] = match default.value() {
                Value::Bool(value) => Value::Bool(value),
                Value::Number(value) => Value::Number(value),
                Value::Member(member) => Value::Member(member),
                Value::Text(_) | Value::Absent => Value::Absent,
            };
        }
    }
    for fact in FACTS {
        let id = vocabulary.find_fact(fact.name()).unwrap();
        match event.fact(fact) {
            Given::Absent => {}
            Given::Bool(value) => values[id.index()] = Value::Bool(value),
            Given::Number(value) => values[id.index()] = Value::Number(value),
            Given::Text(text) => values[id.index()] = Value::Text(text),
        }
    }
    ByFact(values)
}

fn load(rules: &Rules) -> Policy {
    PolicyLoader::bundled_only().parse("policy", rules.to_string()).unwrap()
}

fn compare<E: Event>(
    table: &mut String,
    name: &str,
    rules: &Rules,
    events: impl Fn(u64) -> Vec<E>,
) {
    let policy = load(rules);
    let conditions = || policy.rules().iter().map(|rule| rule.condition.as_ref());
    let mut expected: Option<Vec<usize>> = None;
    let asked: Vec<E> = events(1);
    for (form, shape) in FORMS {
        let (mut index, mut built) = (None, Vec::new());
        let mut bytes = 0;
        for _ in 0..3 {
            drop(index.take());
            let began = ThreadTime::now();
            let build = || index = Some(Index::built(policy.vocabulary(), conditions(), shape));
            bytes = measure(build).bytes_current;
            built.push(began.elapsed().as_secs_f64() * 1e3);
        }
        let index = index.unwrap();
        if shape.is_none() && index.small().is_none() {
            continue;
        }
        let found = |events: &[E]| -> Vec<usize> {
            events.iter().map(|event| index.first(&by_fact(&policy, event))).collect()
        };
        let checked = found(&asked[..asked.len().min(300)]);
        assert_eq!(*expected.get_or_insert_with(|| checked.clone()), checked, "{name} {form}");
        let mut times = Vec::new();
        for round in 0..ROUNDS {
            let events = events(100 + round);
            let values: Vec<ByFact<'_>> =
                events.iter().map(|event| by_fact(&policy, event)).collect();
            let began = ThreadTime::now();
            for values in &values {
                black_box(index.first(black_box(values)));
            }
            times.push(began.elapsed().as_secs_f64() * 1e9 / values.len() as f64);
        }
        let (decision, build) = (median(times), median(built));
        let bytes = bytes as f64 / policy.rules().len() as f64;
        writeln!(table, "| {name} | {form} | {decision:.0} | {build:.1} | {bytes:.0} |").unwrap();
    }
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}

#[test]
#[ignore = "measures, and takes its time"]
fn what_each_form_costs() {
    let mut table = "| rules | form | ns a decision | ms to build | bytes a rule |\n".to_owned();
    table += "|---|---|--:|--:|--:|\n";
    let policy = documented();
    compare(&mut table, "documented", &policy.rules, |seed| {
        policy.failures(seed).take(EVENTS).collect()
    });
    for rules in [10, 1_000, 10_000] {
        let family = first_family(rules);
        compare(&mut table, &format!("first, {rules}"), &family.rules, |seed| {
            family.calls(seed).take(EVENTS).collect()
        });
    }
    for rules in [1_000, 10_000] {
        let family = second_family(rules);
        compare(&mut table, &format!("second, {rules}"), &family.rules, |seed| {
            family.reports(seed).take(EVENTS).collect()
        });
        let family = third_family(rules);
        compare(&mut table, &format!("third, {rules}"), &family.rules, |seed| {
            family.reports(seed).take(EVENTS).collect()
        });
    }
    write_between(&table, "<!-- cost -->\n", "<!-- /cost -->");
}

/// Puts a table into the document, between these lines.
fn write_between(table: &str, begin: &str, end: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/index.md");
    let text = fs::read_to_string(path).unwrap();
    let (before, rest) = text.split_once(begin).unwrap();
    let (_, after) = rest.split_once(end).unwrap();
    fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
}
