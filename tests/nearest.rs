//! The smallest change that has another rule decide, compared with all events counted out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use proptest::prelude::*;
use redress::analyze::Nearest;
use redress::{Event as Fitted, InMemory, Policy, PolicyLoader};
use serde_json::Value as Json;

use super::generate::{self, Choices};
use super::naive::Event;

fn small_policy(choices: &mut Choices) -> Option<Policy> {
    let files = InMemory::new().with("small.policy", generate::SMALL_VOCABULARY);
    let text = format!("vocabulary \"small.policy\"\n{}", generate::small_policy(choices));
    PolicyLoader::new().files(files).parse("main.policy", &text).ok()
}

/// How many facts the two say otherwise.
fn distance(one: &Event, other: &Event) -> usize {
    one.iter().filter(|(name, value)| other[*name] != **value).count()
}

/// The fewest facts to change so that the rule decides, or nothing.
fn fewest(events: &[(Event, usize)], event: &Event, rule: usize) -> Option<usize> {
    let decided = events.iter().filter(|(_, decides)| *decides == rule);
    decided.map(|(other, _)| distance(event, other)).min()
}

fn with_changes(event: &Event, nearest: &Nearest) -> Event {
    let Nearest::Changes(changes) = nearest else { panic!("{nearest:?}") };
    let mut event = event.clone();
    for change in changes {
        event.insert(change.fact.clone(), change.json.clone());
    }
    event
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn as_few_facts_change_as_can_be(mut choices in generate::choices(), at in 0..1000usize) {
        if let Some(policy) = small_policy(&mut choices) {
            let events: Vec<(Event, usize)> = generate::small_events().into_iter().map(|event| {
                let rule = policy.event_from(&event).unwrap().deciding_rule();
                (event, rule)
            }).collect();
            let (event, decides) = &events[at % events.len()];
            let fitted = policy.event_from(event).unwrap();
            for rule in 0..policy.rules().len() {
                let nearest = fitted.nearest(rule).unwrap();
                let expected = fewest(&events, event, rule);
                let told = match &nearest {
                    Nearest::Changes(changes) => Some(changes.len()),
                    Nearest::Never { .. } => None,
                };
                prop_assert_eq!(told, expected, "{:?} {:?}", event, nearest);
                prop_assert_eq!(told == Some(0), rule == *decides);
                if told.is_some() {
                    let changed = with_changes(event, &nearest);
                    prop_assert_eq!(Some(distance(event, &changed)), expected);
                    prop_assert_eq!(policy.event_from(&changed).unwrap().deciding_rule(), rule);
                }
            }
        }
    }
}

fn changes(event: &Fitted<'_>, rule: usize) -> Vec<(String, Option<String>, Option<String>)> {
    let Nearest::Changes(changes) = event.nearest(rule).unwrap() else { panic!() };
    changes.into_iter().map(|change| (change.fact, change.before, change.after)).collect()
}

fn policy(rules: &str) -> Policy {
    Policy::parse(&format!("{rules}\notherwise => fail")).unwrap()
}

#[test]
fn numbers_change_as_little_as_they_can() {
    let policy = policy("when attempt in 5..9 => stop");
    let event = |attempt: i64| {
        let facts = serde_json::json!({"error": "DataError", "module": 2, "attempt": attempt});
        policy.event_from(&facts).unwrap()
    };
    let to = |attempt: i64, rule: usize| changes(&event(attempt), rule)[0].2.clone().unwrap();
    assert_eq!([to(2, 0), to(12, 0), to(6, 1), to(8, 1)], ["5", "9", "4", "10"]);
}

#[test]
fn what_the_policy_names_is_preferred() {
    let policy = policy("when app == \"ledger\" => stop\nwhen error is DataError => handle");
    let facts = serde_json::json!({"error": "DataError", "module": 2, "app": "ledger"});
    let event = policy.event_from(&facts).unwrap();
    let otherwise = changes(&event, 2);
    assert_eq!(otherwise.len(), 2, "{otherwise:?}");
    // The app is absent or another one: no name for it stands in the policy.
    let value = |value: &str| Some(value.to_owned());
    assert_eq!(changes(&event, 0), []);
    let facts = serde_json::json!({"error": "ConnectionError", "module": 2});
    let event = policy.event_from(&facts).unwrap();
    assert_eq!(changes(&event, 0), [("app".to_owned(), None, value("\"ledger\""))]);
    assert_eq!(
        changes(&event, 1),
        [("error".to_owned(), value("ConnectionError"), value("DataError"))]
    );
}

#[test]
fn texts_are_found_that_look_as_they_must() {
    let rules = "when message contains \"time\" and not message contains \"timeout\" and not message starts with \"time\" => stop
when message is present and message != \"a\" => handle";
    let policy = policy(rules);
    for message in [Json::Null, "timeout".into(), "a".into(), "".into(), "no time".into()] {
        let facts = serde_json::json!({"error": "DataError", "module": 2, "message": message});
        let event = policy.event_from(&facts).unwrap();
        for rule in 0..policy.rules().len() {
            let nearest = event.nearest(rule).unwrap();
            let facts = facts.as_object().unwrap().clone().into_iter().collect();
            let changed = with_changes(&facts, &nearest);
            assert_eq!(policy.event_from(&changed).unwrap().deciding_rule(), rule, "{changed:?}");
            let Nearest::Changes(changes) = nearest else { panic!() };
            assert_eq!(changes.len(), usize::from(event.deciding_rule() != rule));
        }
    }
}

#[test]
fn that_a_rule_never_decides_is_proved() {
    let policy = policy(
        "when module > 1 => stop\nwhen module > 3 => handle\nwhen module > 3 and module < 2 => handle",
    );
    let facts = serde_json::json!({"error": "DataError", "module": 2});
    let event = policy.event_from(&facts).unwrap();
    let never = |covered_by: &[usize], condition_never_true| Nearest::Never {
        covered_by: covered_by.to_vec(),
        condition_never_true,
    };
    assert_eq!(event.nearest(1).unwrap(), never(&[0], false));
    assert_eq!(event.nearest(2).unwrap(), never(&[], true));
}
