//! What changes where one policy takes the place of another, compared with all events counted out.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use redress::analyze::{Diff, DiffError, Verdict, Witness};
use redress::vocabulary::DefaultValue;
use redress::{Decision, InMemory, Policy, PolicyLoader};
use serde_json::Value as Json;

use super::generate::{self, Choices};
use super::naive::Event;

/// A vocabulary in which every event of the others can be told of; nothing in it has to be given.
const WORLD: &str = "enum E { a, b, c, d }
enum O open { x, y, z }
fact p: bool ?
fact q: bool ?
fact n: int 0..4 ?
fact k: int 0..2 ?
fact e: E ?
fact o: O ?
outcome stop
outcome fail
";

/// What a vocabulary may be instead; the rules of the small policies are right in all of them.
const CHANGES: [(&str, &str); 12] = [
    ("c is b }", "c is b, d }"),
    ("c is b }", "c }"),
    ("enum E { a", "enum E { d, a"),
    ("enum E { a", "enum E { a aka d"),
    ("enum O open", "enum O"),
    ("y is x", "y is x, z"),
    ("y is x", "y is x aka z"),
    ("int 1..3", "int 0..4"),
    ("n: int 1..3", "n: int 1..3 ?"),
    ("k: int 0..1 ?", "k: int 0..2 = 1"),
    ("k: int 0..1 ?", "k: int 0..1 = 0 ?"),
    ("p: bool", "p: bool = true"),
];

fn load(vocabulary: &str, rules: &str) -> Option<Policy> {
    let files = InMemory::new().with("small.policy", vocabulary);
    let text = format!("vocabulary \"small.policy\"\n{rules}");
    PolicyLoader::new().files(files).parse("main.policy", &text).ok()
}

fn small_policy(choices: &mut Choices, vocabulary: &str) -> Option<Policy> {
    let rules = generate::small_policy(choices);
    let last = if rules.contains("otherwise") { "" } else { "otherwise => stop\n" };
    load(vocabulary, &format!("{rules}{last}"))
}

/// The small vocabulary with some changes.
fn vocabulary(choices: &mut Choices) -> String {
    let mut text = generate::SMALL_VOCABULARY.to_owned();
    for (was, is) in CHANGES {
        if choices.rarely(6) {
            text = text.replacen(was, is, 1);
        }
    }
    text
}

/// All events of the [`WORLD`]; what is absent is left out.
fn events() -> Vec<Event> {
    let worlds: [(&str, &[Json]); 6] = [
        ("p", &[Json::Null, true.into(), false.into()]),
        ("q", &[Json::Null, true.into(), false.into()]),
        ("n", &[Json::Null, 0.into(), 1.into(), 2.into(), 3.into(), 4.into()]),
        ("k", &[Json::Null, 0.into(), 1.into(), 2.into()]),
        ("e", &[Json::Null, "a".into(), "b".into(), "c".into(), "d".into()]),
        ("o", &[Json::Null, "x".into(), "y".into(), "z".into(), "other".into()]),
    ];
    worlds.iter().fold(vec![Event::new()], |events, (name, values)| {
        let with = |event: &Event, value: &Json| {
            let mut event = event.clone();
            if !value.is_null() {
                event.insert((*name).to_owned(), value.clone());
            }
            event
        };
        events.iter().flat_map(|event| values.iter().map(move |value| with(event, value))).collect()
    })
}

/// The decision, unless the policy cannot be given the event.
fn decide<'p>(policy: &'p Policy, event: &Event) -> Option<&'p Decision> {
    policy.event_from(event).ok().map(|event| event.decide())
}

/// The event of a witness: `{ n: 1, e: a }`.
fn event_of(witness: &Witness) -> Event {
    let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| Json::from(text));
    witness.facts().iter().map(|(name, text)| (name.clone(), value(text))).collect()
}

/// How much it matters that one decision takes the place of the other.
fn verdict(old: Option<&Decision>, new: Option<&Decision>) -> Verdict {
    let by_otherwise = |decision: &Decision| decision.rule.as_deref() == Some("otherwise");
    match (old, new) {
        _ if old.map(|old| &old.display) == new.map(|new| &new.display) => Verdict::Patch,
        (None, _) => Verdict::Minor,
        (Some(old), Some(new)) if by_otherwise(old) && !by_otherwise(new) => Verdict::Minor,
        _ => Verdict::Major,
    }
}

fn assert_exact(old: &Policy, new: &Policy, diff: &Diff) {
    let regions: Vec<_> = diff
        .changes
        .iter()
        .flat_map(|change| change.regions.iter().map(move |region| (change, region)))
        .map(|(change, region)| (change, region, condition(&region.condition)))
        .collect();
    let mut deciding = vec![(BTreeSet::new(), BTreeSet::new()); regions.len()];
    for event in events() {
        let (was, is) = (decide(old, &event), decide(new, &event));
        let is_another_spelling = [("e", "E"), ("o", "O")].iter().any(|(fact, kind)| {
            event
                .get(*fact)
                .is_some_and(|name| [old, new].iter().all(|p| is_spelling(p, kind, name)))
        });
        if (was.is_none() && is.is_none()) || is_another_spelling {
            continue;
        }
        let full = filled(&event, old, new);
        let mut holding =
            regions.iter().zip(0..).filter(|((_, _, condition), _)| holds(condition, &full));
        let found = holding.next();
        if let Some((_, at)) = found {
            deciding[at].0.extend(was.map(|was| was.at.to_string()));
            deciding[at].1.extend(is.map(|is| is.at.to_string()));
        }
        let found = found.map(|(region, _)| region);
        assert!(holding.next().is_none(), "{event:?} lies in two regions of {diff:#?}");
        let expected = verdict(was, is);
        let display =
            |decision: Option<&Decision>| decision.map(|decision| decision.display.to_string());
        let told =
            found.map(|(change, ..)| (change.verdict, change.old.clone(), change.new.clone()));
        let expected = (expected != Verdict::Patch).then(|| (expected, display(was), display(is)));
        assert_eq!(
            told,
            expected,
            "{event:?}: {:?}, {:?}\n{diff:#?}\n{}\n{}",
            old.event_from(&event).err(),
            new.event_from(&event).err(),
            written(old),
            written(new)
        );
    }
    for ((change, region, condition), (was_by, is_by)) in regions.iter().zip(deciding) {
        let places = |policy: &Policy, rules: &[usize]| -> BTreeSet<String> {
            rules.iter().map(|&rule| policy.rules()[rule].at().to_owned()).collect()
        };
        assert_eq!(places(old, &region.old_rules), was_by, "{diff:#?}");
        assert_eq!(places(new, &region.new_rules), is_by, "{diff:#?}");
        let event = event_of(&region.witness);
        let given: Event = region.witness.values().iter().cloned().collect();
        assert_eq!(given, event, "written and given alike");
        assert!(holds(condition, &filled(&event, old, new)), "{diff:#?}");
        let (was, is) = (decide(old, &event), decide(new, &event));
        assert_eq!(verdict(was, is), change.verdict, "{diff:#?}");
        let place = |policy: &Policy, rule: Option<usize>| {
            rule.map(|rule| policy.rules()[rule].at().to_owned())
        };
        assert_eq!(place(old, region.old_rule), was.map(|was| was.at.to_string()), "{diff:#?}");
        assert_eq!(place(new, region.new_rule), is.map(|is| is.at.to_string()), "{diff:#?}");
    }
}

/// Whether the policy takes the name for another one.
fn is_spelling(policy: &Policy, kind: &str, name: &Json) -> bool {
    let vocabulary = policy.vocabulary();
    let kind = vocabulary.enum_type(vocabulary.find_enum(kind).unwrap());
    let meant = name.as_str().and_then(|name| kind.name_of(kind.member(name)?));
    meant.is_some_and(|meant| meant != name)
}

/// The event with the defaults that both policies have for what it does not say.
fn filled(event: &Event, old: &Policy, new: &Policy) -> Event {
    let mut event = event.clone();
    for (_, fact) in old.vocabulary().facts() {
        let other = new.vocabulary().find_fact(&fact.name).map(|id| new.vocabulary().fact(id));
        if event.contains_key(&fact.name) || other.is_none_or(|other| other.default != fact.default)
        {
            continue;
        }
        let value = match &fact.default {
            Some(DefaultValue::Bool(value)) => Json::from(*value),
            Some(DefaultValue::Int(value)) => Json::from(*value),
            _ => continue,
        };
        event.insert(fact.name.clone(), value);
    }
    event
}

/// All files of a policy.
fn written(policy: &Policy) -> String {
    policy
        .sources()
        .iter()
        .map(|(_, file)| format!("--- {}\n{}", file.name(), file.text()))
        .collect()
}

/// A policy that stops the events of a region.
fn condition(condition: &str) -> Policy {
    let rule =
        if condition.is_empty() { String::new() } else { format!("when {condition} => stop\n") };
    let last = if condition.is_empty() { "stop" } else { "fail" };
    let text = format!("{rule}otherwise => {last}\n");
    load(WORLD, &text).unwrap_or_else(|| panic!("not a condition: {condition}"))
}

fn holds(condition: &Policy, event: &Event) -> bool {
    decide(condition, event).unwrap().display == "stop"
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_diff_tells_exactly_what_changes(mut choices in generate::choices(), mut more in generate::choices()) {
        let (was, is) = (vocabulary(&mut more), vocabulary(&mut more));
        let old = small_policy(&mut choices, &was);
        let new = small_policy(&mut choices, &is);
        if let (Some(old), Some(new)) = (old, new) {
            assert_exact(&old, &new, &old.diff(&new).unwrap());
            prop_assert!(old.diff(&old).unwrap().changes.is_empty());
        }
    }
}

#[test]
fn facts_of_other_types_cannot_be_compared() {
    let old = load("fact a: int\noutcome fail\n", "otherwise => fail").unwrap();
    let new = load("fact a: text\noutcome fail\n", "otherwise => fail").unwrap();
    let error = old.diff(&new).unwrap_err();
    assert!(matches!(error, DiffError::Clashes(_)));
    assert_eq!(
        error.to_string(),
        "the fact `a` is of type `int` in the old policy and `text` in the new one"
    );
}
