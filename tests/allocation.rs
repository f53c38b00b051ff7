//! Deciding allocates nothing, whatever the rules ask.

use allocation_counter::measure;
use redress::{EventBuilder, Facts, Policy};
use redress_benches::{Event, Rules, Value, documented, first_family, second_family, third_family};

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

fn assert_free<E: Event + Facts>(policy: &Policy, events: impl Iterator<Item = E>) {
    let binding = policy.bind::<E>().unwrap();
    for event in events.take(EVENTS) {
        let built = given(policy, &event);
        // The first time that a regular expression meets something it may make room to work in.
        assert_eq!(binding.decide(&event), built.decide());
        let mut decided = None;
        let from_struct = measure(|| decided = Some(binding.decide(&event)));
        let from_builder = measure(|| decided = Some(built.decide()));
        assert_eq!((from_struct.count_total, from_builder.count_total), (0, 0), "{decided:?}");
    }
}

fn load(rules: &Rules) -> Policy {
    Policy::parse(&rules.to_string()).unwrap()
}

#[test]
fn the_documented_policy_allocates_nothing() {
    assert_free(&Policy::default(), documented().failures(1));
}

#[test]
fn rules_about_applications_and_errors_allocate_nothing() {
    let family = first_family(1_000);
    assert_free(&load(&family.rules), family.calls(1));
}

#[test]
fn rules_about_texts_and_ranges_allocate_nothing() {
    let family = second_family(1_000);
    assert_free(&load(&family.rules), family.reports(1));
}

#[test]
fn rules_about_anything_allocate_nothing() {
    let family = third_family(1_000);
    assert_free(&load(&family.rules), family.reports(1));
}
