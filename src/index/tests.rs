//! Every form of the index against asking the rules one after the other.

use proptest::prelude::*;
use serde_json::Value as Json;

use super::{Form, Index, Shape};
use crate::decide::first_match;
use crate::event::Event;
use crate::limits::Limits;
use crate::load::PolicyLoader;
use crate::policy::Policy;

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
    Shape { list: 3, rows: 48, wide: 8, scan: 24.0 },
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

/// A policy that nothing more is asked about than whether it loads.
fn load(text: &str) -> Policy {
    let mut limits = Limits::default();
    limits.analysis_steps = 1_000;
    let report = PolicyLoader::bundled_only().limits(limits).check_text("policy", text);
    report.into_policy().unwrap_or_else(|error| panic!("{error}\n{text}"))
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_form_decides_alike(mut rules in choices(4_000), mut more in choices(2_000)) {
        let events: Vec<_> = (0..24).map(|_| generate::event(&mut more)).collect();
        assert_alike(&generate::crowd(&mut rules), &events);
    }

    /// On every class of events there is.
    #[test]
    fn small_policies_decide_all_events_alike(mut rules in choices(400)) {
        let text = format!("{}{}otherwise => stop", generate::SMALL_VOCABULARY, generate::small_policy(&mut rules).replace("otherwise => fail\n", ""));
        let policy = load_small(&text);
        let is_table = matches!(policy.index().form, Form::Table(_));
        prop_assert!(is_table);
        for facts in generate::small_events() {
            let event = event(&policy, &facts);
            let expected = first_match(policy.rules(), &event.values());
            for index in indexes(&policy) {
                prop_assert_eq!(index.first(&event.values()), expected);
            }
        }
    }
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
