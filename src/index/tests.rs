//! Every form of the index against asking the rules one after the other.

use std::cell::Cell;

use proptest::prelude::*;
use redress_benches::{Linear, third_family};
use serde_json::Value as Json;

use super::cost_tests::by_fact;
use super::{Form, Index, MORE, Shape};
use crate::condition::Truth;
use crate::decide::{Value, Values, evaluate};
use crate::event::Event;
use crate::facts::{FactValue, Facts, Field, FieldKind};
use crate::load::PolicyLoader;
use crate::policy::{Policy, Rule};
use crate::vocabulary::FactId;

#[path = "../../tests/generate.rs"]
#[allow(dead_code, reason = "other tests use the rest")]
mod generate;

/// What the generator knows of the naive reading.
mod naive {
    use std::collections::BTreeMap;

    pub type Event = BTreeMap<String, serde_json::Value>;
    pub type Texts = BTreeMap<String, String>;
}

use generate::Choices;

/// Shapes in which each way to find a rule is taken, whatever the number of rules.
const SHAPES: [Shape; 6] = [
    Shape::USUAL,
    // One after the other.
    Shape { list: usize::MAX, rows: 0, wide: 0, scan: 0.0 },
    // Parted as far as it goes.
    Shape { list: 0, rows: usize::MAX, wide: 64, scan: 0.0 },
    // Rows at once.
    Shape { list: 0, rows: 1, wide: 0, scan: f64::INFINITY },
    // Rows below few nodes.
    Shape { list: 1, rows: 2, wide: 1, scan: 0.0 },
    // No literals.
    Shape { list: 2, rows: 16, wide: 3, scan: f64::INFINITY },
];

/// The position of the first rule that certainly holds, found by asking one after the other.
fn first_match(rules: &[Rule], values: &impl Values) -> usize {
    let decides =
        |rule: &Rule| rule.condition.as_ref().is_none_or(|c| evaluate(c, values) == Truth::True);
    rules.iter().position(decides).unwrap_or(rules.len().saturating_sub(1))
}

fn load(text: &str) -> Policy {
    let policy = PolicyLoader::bundled_only().parse("policy", text);
    policy.unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn event<'p>(policy: &'p Policy, facts: &naive::Event) -> Event<'p> {
    let set = |builder: crate::EventBuilder<'p>, (key, value): (&String, &Json)| match value {
        Json::Null => builder.set(key, None::<bool>),
        Json::Bool(value) => builder.set(key, *value),
        Json::Number(value) => builder.set(key, value.as_i64()),
        other => builder.set(key, other.as_str()),
    };
    facts.iter().fold(policy.event(), set).build().unwrap()
}

/// Every form of the index that a policy can have.
fn indexes(policy: &Policy) -> Vec<Index> {
    let conditions = || policy.rules().iter().map(|rule| rule.condition.as_ref());
    let index = |shape| Index::built(policy.vocabulary(), conditions(), Some(shape));
    let table = Index::new(policy.vocabulary(), conditions());
    SHAPES.into_iter().map(index).chain([table]).collect()
}

fn assert_alike(text: &str, events: &[naive::Event]) {
    let policy = load(text);
    let indexes = indexes(&policy);
    for facts in events {
        let event = event(&policy, facts);
        let expected = first_match(policy.rules(), &event.values());
        for (at, index) in indexes.iter().enumerate() {
            assert_eq!(index.first(&event.values()), expected, "{at}: {facts:?}\n{text}");
        }
    }
}

fn choices(numbers: usize) -> impl Strategy<Value = Choices> {
    proptest::collection::vec(any::<u16>(), 0..numbers).prop_map(Choices::new)
}

thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
    static FIELDS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the nodes and words of rows that are come by, the candidates whose needs are asked, and the tests of
/// conditions that are asked one by one.
pub(crate) fn note_step() {
    STEPS.set(STEPS.get() + 1);
}

/// Values that count how often they are asked.
struct Counted<'a> {
    values: crate::event::HeldValues<'a>,
    asked: Cell<usize>,
}

impl Values for Counted<'_> {
    fn value(&self, fact: FactId) -> Value<'_> {
        self.asked.set(self.asked.get() + 1);
        self.values.value(fact)
    }
}

/// A host's type whose fields count how often they are asked.
struct Host<'a>(&'a naive::Event);

impl Facts for Host<'_> {
    const FIELDS: &'static [Field] = &[
        Field { name: "error", kind: FieldKind::Text, optional: false },
        Field { name: "module", kind: FieldKind::Int, optional: false },
        Field { name: "handler", kind: FieldKind::Bool, optional: true },
        Field { name: "app", kind: FieldKind::Text, optional: true },
        Field { name: "status", kind: FieldKind::Int, optional: true },
        Field { name: "attempt", kind: FieldKind::Int, optional: true },
        Field { name: "message", kind: FieldKind::Text, optional: true },
    ];

    fn fact(&self, number: usize) -> FactValue<'_> {
        FIELDS.set(FIELDS.get() + 1);
        match self.0.get(Self::FIELDS[number].name) {
            Some(Json::Bool(value)) => FactValue::Bool(*value),
            Some(Json::Number(value)) => FactValue::Int(value.as_i64().unwrap()),
            Some(Json::String(text)) => FactValue::Text(text),
            _ => FactValue::Absent,
        }
    }
}

/// Rules that ask for an application and an error first, and look at ranges then; as many applications as keep the
/// rules of each the same number.
fn keyed(rules: usize) -> String {
    const ERRORS: [&str; 6] = [
        "DataError",
        "RuntimeError",
        "ConnectionError",
        "RateLimitError",
        "UnknownError",
        "ValidationError",
    ];
    let rule = |at: usize| {
        // Those of one application ask for one error after the other.
        let nth = at / (rules / 10) + at;
        let (app, error) = (at * 7 % (rules / 10), ERRORS[nth % 6]);
        let (other, low, most) = (ERRORS[(nth + 1) % 6], 400 + at % 90, 2 + at % 5);
        format!(
            "when app == \"a{app}\" and error in [{error}, {other}] and status in {low}..499 and attempt < {most} => stop\n"
        )
    };
    (0..rules).map(rule).chain(["otherwise => fail".to_owned()]).collect()
}

/// Rules that look for something in a text.
fn looking(rules: usize) -> String {
    let rule = |at: usize| match at % 3 {
        0 => format!("when message contains \"node {at};\" and status < 500 => stop\n"),
        1 => format!("when message like \"*node {at};*\" and module > 2 => stop\n"),
        _ => format!(
            "when message starts with \"node {at};\" or message ends with \"node {at}\" => stop\n"
        ),
    };
    (0..rules).map(rule).chain(["otherwise => fail".to_owned()]).collect()
}

/// Rules that take any of ten applications, asked for one by one.
fn any_of_ten(rules: usize) -> String {
    let rule = |at: usize| {
        let apps: Vec<String> = (0..10).map(|of| format!("app == \"a{}\"", at * 10 + of)).collect();
        format!("when ({}) and status < 500 => stop\n", apps.join(" or "))
    };
    (0..rules).map(rule).chain(["otherwise => fail".to_owned()]).collect()
}

/// The most that was done for one event.
#[derive(Debug, Default, PartialEq)]
struct Most {
    /// Nodes, words of rows and candidates looked at.
    steps: usize,
    /// Values asked for.
    values: usize,
    /// Fields asked of a host's type.
    fields: usize,
}

/// What is done for these events, and for the same as a bound type.
fn most_steps(policy: &Policy, events: impl Iterator<Item = naive::Event>) -> Most {
    let (mut most, events) = (Most::default(), Vec::from_iter(events));
    let binding = policy.bind::<Host<'_>>().unwrap();
    for facts in &events {
        let event = event(policy, facts);
        let counted = Counted { values: event.values(), asked: Cell::new(0) };
        STEPS.set(0);
        let found = policy.index().first(&counted);
        most.steps = most.steps.max(STEPS.get());
        most.values = most.values.max(counted.asked.get());
        assert_eq!(found, first_match(policy.rules(), &event.values()));
        STEPS.set(0);
        FIELDS.set(0);
        let decision = binding.decide(&Host(facts));
        most.steps = most.steps.max(STEPS.get());
        most.fields = most.fields.max(FIELDS.get());
        assert_eq!(*decision, policy.decisions()[found]);
    }
    most
}

fn facts(json: Json) -> naive::Event {
    serde_json::from_value(json).unwrap()
}

/// A regression from flat to linear shows here without a clock.
#[test]
fn the_steps_of_a_decision_do_not_grow_with_the_rules() {
    const ERRORS: [&str; 3] = ["DataError", "RuntimeError", "Unheard"];
    for (rules, is_far) in [(100, false), (3_000, false), (10_000, true)] {
        let policy = load(&keyed(rules));
        let Form::Tree(_, tree) = &policy.index().form else { panic!("a tree") };
        assert_eq!(tree.is_far(), is_far, "{rules} rules");
        let event = |at: usize| {
            facts(serde_json::json!({
                "app": format!("a{}", at % (rules / 10 + 3)),
                "error": ERRORS[at % 3],
                "module": 2, "status": 400 + at % 120, "attempt": 1 + at % 7,
            }))
        };
        let most = most_steps(&policy, (0..500).map(event));
        assert!(most.steps <= 6, "{most:?} of {rules} rules");
        assert!(most.values <= 4 && most.fields <= 4, "{most:?} of {rules} rules");
    }
    for rules in [90, 3_000] {
        let policy = load(&any_of_ten(rules));
        let event = |at: usize| {
            facts(serde_json::json!({
                "app": format!("a{}", at * 7 % (rules * 10 + 50)),
                "error": "DataError", "module": 2, "status": 450 + at % 100,
            }))
        };
        let most = most_steps(&policy, (0..500).map(event));
        assert!(most.steps <= 3, "{most:?} of {rules} rules");
        assert!(most.values <= 2 && most.fields <= 2, "{most:?} of {rules} rules");
    }
    for rules in [90, 3_000] {
        let policy = load(&looking(rules));
        let event = |at: usize| {
            facts(serde_json::json!({
                "error": "DataError", "module": 3, "status": 450 + at % 100,
                "message": format!("node {}; and node {}; or node {}", at % rules, at * 3 % rules, at * 7 % rules),
            }))
        };
        let most = most_steps(&policy, (0..500).map(event));
        assert!(most.steps <= 12, "{most:?} of {rules} rules");
        assert!(most.values <= 30 && most.fields <= 30, "{most:?} of {rules} rules");
    }
}

/// Where each rule asks anything, some have to be asked one after the other: as few, however many rules there are.
#[test]
fn the_steps_among_rules_that_ask_anything_do_not_grow_with_them() {
    const REPORTS: usize = 300;
    for rules in [300, 3_000, 10_000] {
        let family = third_family(rules);
        let (policy, linear) =
            (load(&family.rules.to_string()), Linear::new(&family.rules).unwrap());
        let (mut most, mut all) = (0, 0);
        for report in family.reports(1).take(REPORTS) {
            STEPS.set(0);
            let found = policy.index().first(&by_fact(&policy, &report));
            most = most.max(STEPS.get());
            all += STEPS.get();
            assert_eq!(found, linear.decide(&report));
        }
        assert!(most <= 50 && all <= 15 * REPORTS, "{most}, {all} in all, of {rules} rules");
    }
}

/// So many texts to look for need the largest of the rooms for what was found.
#[test]
fn tens_of_thousands_of_literals_are_told_apart() {
    const RULES: usize = 3 * MORE * 64 / 4 + 300;
    let policy = load(&looking(RULES));
    let Form::Tree(asking, _) = &policy.index().form else { panic!("a tree") };
    let literals = asking.literals.len();
    assert!(literals > MORE * 64, "{literals} literals");
    let event = |at: usize| {
        let (one, other) = (at * 97 % RULES, at * 1_009 % RULES);
        let message = match at % 3 {
            0 => format!("node {one}; and node {other}; or node {at};"),
            1 => format!("here is node {one}"),
            _ => "nothing of all this".to_owned(),
        };
        facts(serde_json::json!({
            "error": "DataError", "module": 3, "status": 450 + at % 100, "message": message,
        }))
    };
    let most = most_steps(&policy, (0..60).map(event));
    assert!(most.steps <= 12, "{most:?}");
}

/// Examples are decided when a policy is loaded: each by a look at few rules, however many there are.
#[test]
fn the_steps_of_examples_grow_with_their_number_and_no_faster() {
    const RULES: usize = 1_000;
    let rule = |at| {
        format!(
            "rule r{at}:\n    when app == \"a{at}\" and status in 500..599 => stop\n    \
             example {{ error: DataError, module: 2, app: \"a{at}\", status: 503 }}\n"
        )
    };
    let text: String = (0..RULES).map(rule).chain(["otherwise => fail\n".to_owned()]).collect();
    STEPS.set(0);
    load(&text);
    let steps = STEPS.get();
    assert!((RULES..4 * RULES).contains(&steps), "{steps} steps for {RULES} examples");
}

/// A small policy asks each fact once, and no rule at all.
#[test]
fn a_table_asks_each_fact_once() {
    let policy = Policy::default();
    let event = |at: usize| {
        facts(serde_json::json!({"error": "DataError", "module": at + 1, "handler": at == 5}))
    };
    let fields = Host::FIELDS.len();
    let expected = Most { steps: 0, values: 3, fields };
    assert_eq!(most_steps(&policy, (0..9).map(event)), expected);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_form_decides_alike(mut rules in generate::many_choices(), mut more in choices(2_000)) {
        let events: Vec<_> = (0..24).map(|_| generate::event(&mut more)).collect();
        assert_alike(&generate::crowd(&mut rules), &events);
    }

    /// On every class of events there is.
    #[test]
    fn small_policies_decide_all_events_alike(mut rules in choices(400)) {
        let text = format!("{}{}otherwise => stop", generate::SMALL_VOCABULARY, generate::small_policy(&mut rules).replace("otherwise => fail\n", ""));
        let policy = load_small(&text);
        for facts in generate::small_events() {
            let event = event(&policy, &facts);
            let expected = first_match(policy.rules(), &event.values());
            for index in indexes(&policy) {
                prop_assert_eq!(index.first(&event.values()), expected);
            }
        }
    }
}

#[test]
fn the_default_policy_is_a_table() {
    assert!(matches!(Policy::default().index().form, Form::Table(_)));
}

/// The vocabulary and the rules in one.
fn load_small(text: &str) -> Policy {
    let (vocabulary, rules): (Vec<&str>, Vec<&str>) =
        text.lines().partition(|line| !line.starts_with("when") && !line.starts_with("otherwise"));
    let files = crate::load::InMemory::new().with("small.policy", vocabulary.join("\n"));
    let text = format!("vocabulary \"small.policy\"\n{}", rules.join("\n"));
    let report = PolicyLoader::new().files(files).check_text("policy", &text);
    report.into_policy().unwrap_or_else(|error| panic!("{error}\n{text}"))
}
