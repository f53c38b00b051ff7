//! Deciding allocates nothing, whatever the rules ask; only `matches` makes room for what it has not met before.

use allocation_counter::measure;
use redress::{EventBuilder, Facts, Policy};
use redress_benches::{Event, Value, documented, first_family, second_family, third_family};

/// Events of each policy.
const EVENTS: usize = 400;

fn given<'p>(policy: &'p Policy, event: &impl Event) -> redress::Event<'p> {
    let set = |builder: EventBuilder<'p>, &fact| match event.fact(fact) {
        Value::Absent => builder,
        Value::Bool(value) => builder.set(fact.name(), value),
        Value::Number(value) => builder.set(fact.name(), value),
        Value::Text(value) => builder.set(fact.name(), value),
    };
    event.facts().iter().fold(policy.event(), set).build().unwrap()
}

fn assert_free<E: Event + Facts>(text: &str, events: impl Iterator<Item = E>) {
    let (policy, has_matches) = (Policy::parse(text).unwrap(), text.contains(" matches "));
    let binding = policy.bind::<E>().unwrap();
    for event in events.take(EVENTS) {
        let built = given(&policy, &event);
        let mut decided = None;
        let first = measure(|| decided = Some(binding.decide(&event)));
        // The first time that a regular expression meets something it may make room to work in.
        assert!(first.count_total == 0 || has_matches, "{decided:?}");
        assert_eq!(decided, Some(built.decide()));
        let from_struct = measure(|| decided = Some(binding.decide(&event)));
        let from_builder = measure(|| decided = Some(built.decide()));
        assert_eq!((from_struct.count_total, from_builder.count_total), (0, 0), "{decided:?}");
    }
}

#[test]
fn the_documented_policy_allocates_nothing() {
    assert_free("extends default\n", documented().failures(1));
}

#[test]
fn rules_about_applications_and_errors_allocate_nothing() {
    let family = first_family(1_000);
    assert_free(&family.rules.to_string(), family.calls(1));
}

#[test]
fn rules_about_texts_and_ranges_allocate_nothing() {
    let family = second_family(1_000);
    assert_free(&family.rules.to_string(), family.reports(1));
}

#[test]
fn rules_about_anything_allocate_nothing() {
    let family = third_family(1_000);
    assert_free(&family.rules.to_string(), family.reports(1));
}
