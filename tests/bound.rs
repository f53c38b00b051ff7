//! A host's own type, bound to a policy, is decided as the same event given fact by fact.
//!
//! Its fields are all that events of the random policies can say, with texts or with names that were looked up. A
//! small policy looks its places up by field, and one way of that is for types of few fields, so the small world has a
//! type of its own.

use std::marker::PhantomData;

use proptest::prelude::*;
use redress::{Decision, FactValue, Facts, Field, FieldKind, InMemory, Policy, PolicyLoader};
use serde_json::Value as Json;

use super::generate;
use super::naive::Event;

/// What the fields of a type are.
trait World {
    const FIELDS: &'static [Field];
}

const fn field(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, optional: false }
}

const fn perhaps(name: &'static str, kind: FieldKind) -> Field {
    Field { name, kind, optional: true }
}

const COLOURS: FieldKind = FieldKind::Names(&[
    "moss",
    "pale blue",
    "light blue",
    "darkgreen",
    "dark_green",
    "green",
    "red",
]);
const PHASES: FieldKind =
    FieldKind::Names(&["commit", "finalization", "initialization", "operation", "rollback"]);

/// All facts of the random policies, `text` being what a text and an open enum are given as.
const fn everything(text: FieldKind) -> [Field; 21] {
    [
        perhaps("certain", FieldKind::Bool),
        perhaps("label", text),
        perhaps("bytes", FieldKind::Size),
        perhaps("wait", FieldKind::Duration),
        perhaps("level", FieldKind::Int),
        perhaps("count", FieldKind::Int),
        perhaps("origin", text),
        perhaps("colour", COLOURS),
        perhaps("size", FieldKind::Int),
        perhaps("elapsed", FieldKind::Int),
        perhaps("message", text),
        perhaps("app", text),
        perhaps("exit_code", FieldKind::Int),
        perhaps("status", FieldKind::Int),
        perhaps("attempt", FieldKind::Int),
        perhaps("phase", PHASES),
        perhaps("storing", FieldKind::Bool),
        perhaps("handler", FieldKind::Bool),
        field("shade", COLOURS),
        field("module", FieldKind::Int),
        field("error", text),
    ]
}

/// All facts of the small world.
const fn little(text: FieldKind) -> [Field; 6] {
    [
        field("o", text),
        perhaps("e", FieldKind::Names(&["c", "b", "a"])),
        perhaps("k", FieldKind::Int),
        field("n", FieldKind::Int),
        perhaps("q", FieldKind::Bool),
        field("p", FieldKind::Bool),
    ]
}

macro_rules! worlds {
    ($($world:ident: $fields:expr;)*) => {$(
        enum $world {}

        impl World for $world {
            const FIELDS: &'static [Field] = &$fields;
        }
    )*};
}

worlds! {
    WithTexts: everything(FieldKind::Text);
    WithNames: everything(FieldKind::Interned);
    SmallWithTexts: little(FieldKind::Text);
    SmallWithNames: little(FieldKind::Interned);
}

/// An event as a host has it: a value a field.
struct Host<'a, W> {
    says: Vec<FactValue<'a>>,
    world: PhantomData<W>,
}

impl<W: World> Facts for Host<'_, W> {
    const FIELDS: &'static [Field] = W::FIELDS;

    fn fact(&self, number: usize) -> FactValue<'_> {
        self.says[number]
    }
}

impl<'a, W: World> Host<'a, W> {
    fn of(policy: &Policy, event: &'a Event) -> Self {
        let says = W::FIELDS.iter().map(|field| says(policy, field, event.get(field.name)));
        Host { says: says.collect(), world: PhantomData }
    }
}

fn says<'a>(policy: &Policy, field: &Field, value: Option<&'a Json>) -> FactValue<'a> {
    match (value, field.kind) {
        (None | Some(Json::Null), _) => FactValue::Absent,
        (Some(Json::Bool(value)), _) => FactValue::Bool(*value),
        (Some(Json::Number(number)), _) => FactValue::Int(number.as_i64().unwrap()),
        (Some(Json::String(text)), FieldKind::Text) => FactValue::Text(text),
        (Some(Json::String(text)), FieldKind::Interned) => {
            FactValue::Interned(policy.name(field.name, text).unwrap())
        }
        (Some(Json::String(text)), FieldKind::Names(names)) => {
            FactValue::Name(names.iter().position(|name| name == text).unwrap())
        }
        (Some(Json::String(text)), _) => FactValue::Int(quantity(text)),
        (Some(other), _) => panic!("{other} is no value"),
    }
}

/// The milliseconds of a duration, or the bytes of a size.
fn quantity(text: &str) -> i64 {
    let duration = text.parse().map(redress::Duration::milliseconds);
    duration.or_else(|_| text.parse().map(redress::Size::bytes)).unwrap()
}

fn decided<W: World>(policy: &Policy, event: &Event) -> Decision {
    policy.bind::<Host<'_, W>>().unwrap().decide(&Host::of(policy, event)).clone()
}

/// What becomes of an event of a random policy, by both types that speak of all facts.
pub fn decide(policy: &Policy, event: &Event) -> [Decision; 2] {
    [decided::<WithTexts>(policy, event), decided::<WithNames>(policy, event)]
}

/// A policy of the small world.
fn small(rules: &str) -> Policy {
    let files = InMemory::new().with("small.policy", generate::SMALL_VOCABULARY);
    let rules = rules.replace("otherwise => fail\n", "");
    let text = format!("vocabulary \"small.policy\"\n{rules}otherwise => stop\n");
    let report = PolicyLoader::new().files(files).check_text("main.policy", &text);
    report.into_policy().unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// An event of the small world, fact by fact.
fn built<'p>(policy: &'p Policy, event: &Event) -> redress::Event<'p> {
    policy.event_from(event).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// On every class of events there is.
    #[test]
    fn a_type_of_few_fields_is_decided_as_its_events(mut choices in generate::choices()) {
        let rules = generate::small_policy(&mut choices);
        let (policy, events) = (small(&rules), generate::small_events());
        let texts = policy.bind::<Host<'_, SmallWithTexts>>().unwrap();
        let names = policy.bind::<Host<'_, SmallWithNames>>().unwrap();
        for event in &events {
            let expected = built(&policy, event).decide();
            prop_assert_eq!(texts.decide(&Host::of(&policy, event)), expected, "{:?}\n{}", event, rules);
            prop_assert_eq!(names.decide(&Host::of(&policy, event)), expected, "{:?}\n{}", event, rules);
        }
    }
}
