//! Events that are read the short way are what they are when they are read with care, and so is what is wrong.

use proptest::prelude::*;
use serde_json::{Map, Value as Json};

use super::{Event, EventError, EventReader, Given, json};
use crate::policy::Policy;

/// A policy whose rules ask for every kind of fact.
const POLICY: &str = r#"extends default
enum Colour { red, green aka verde }
fact colour: Colour ?
fact label: text = "none"
fact weight: size = 1kB
when message contains "\"" or message == "é" => store(manual)
when label != "none" => fail
when colour == green or phase == commit => handle
when elapsed > 1m or weight > 1MB => stop
when status in 500..599 or exit_code < 0 or attempt > 3 => store(retry)
"#;

/// What stands in events: names, and values that fit one fact or another, or nearly do, or are no JSON.
fn event() -> impl Strategy<Value = String> {
    let names = [
        "error",
        "error",
        "module",
        "module",
        "colour",
        "label",
        "weight",
        "message",
        "phase",
        "elapsed",
        "status",
        "exit_code",
        "attempt",
        "handler",
        "colur",
        "",
        "mod\\u0075le",
        "é",
    ];
    let values = [
        "\"DataError\"",
        "\"ConnectionError\"",
        "\"Data\\u0045rror\"",
        "\"Nobody\"",
        "3",
        "1",
        "0",
        "-1",
        "-0",
        "503",
        "99",
        "4.0",
        "1e2",
        "9223372036854775807",
        "9223372036854775808",
        "1e999",
        "true",
        "false",
        "null",
        "\"commit\"",
        "\"comit\"",
        "\"green\"",
        "\"verde\"",
        "\"blue\"",
        "\"2s\"",
        "\"90m\"",
        "\"1.5h\"",
        "60001",
        "\"2MB\"",
        "\"none\"",
        "\"\"",
        "\"é\"",
        "\"\\\"\"",
        "\"\\u00e9\"",
        "\"\\ud83d\\ude00\"",
        "\"\\ud800\"",
        "[1, \"}\"]",
        "{\"a\": 1}",
        "nul",
        "\"open",
        "01",
        " ",
    ];
    let space = prop::sample::select(vec!["", "", "", " ", "\t\n", "\u{a0}"]);
    let fact = (prop::sample::select(names.to_vec()), prop::sample::select(values.to_vec()), space);
    let right = prop_oneof![
        Just(Vec::new()),
        Just(vec![r#""error":"DataError""#.to_owned(), r#""module":2"#.to_owned()]),
    ];
    let facts = fact.prop_map(|(name, value, space)| format!("\"{name}\":{space}{value}"));
    let facts = (right, prop::collection::vec(facts, 0..5));
    let ends = prop::sample::select(vec![
        ("{", "}"),
        ("{", "}"),
        ("{", "} "),
        ("{", ""),
        ("{", "} x"),
        ("[", "]"),
        ("", ""),
    ]);
    (facts, ends).prop_map(|((right, facts), (before, behind))| {
        format!("{before}{}{behind}", [right, facts].concat().join(","))
    })
}

/// The rule that decides, or all that is wrong.
fn decided<A>(event: Result<Event<'_, A>, EventError>) -> Result<usize, EventError> {
    event.map(|event| event.deciding_rule())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_is_read_as_with_care(events in prop::collection::vec(event(), 1..6)) {
        let policy = Policy::parse(POLICY).unwrap();
        let mut reader = policy.reader();
        for text in &events {
            let careful = json::read(&policy, text);
            let short = policy.event_from_json(text);
            prop_assert_eq!(format!("{:?}", short), format!("{:?}", careful), "{}", text);
            let read = reader.json(text).map(|decided| decided.rule);
            prop_assert_eq!(read, decided(careful), "{}", text);
        }
    }

    #[test]
    fn maps_are_read_as_by_a_builder(events in prop::collection::vec(event(), 1..6)) {
        let policy = Policy::parse(POLICY).unwrap();
        let mut reader = policy.reader();
        for facts in events.iter().filter_map(|text| serde_json::from_str::<Map<String, Json>>(text).ok()) {
            let built = policy.event().read(&facts).unwrap().build();
            let read = reader.map(&facts).map(|decided| decided.rule);
            prop_assert_eq!(read, decided(built), "{:?}", facts);
        }
    }

    #[test]
    fn values_are_read_as_by_a_builder(events in prop::collection::vec(event(), 1..6)) {
        let policy = Policy::parse(POLICY).unwrap();
        let mut reader = policy.reader();
        for facts in events.iter().filter_map(|text| serde_json::from_str::<Map<String, Json>>(text).ok()) {
            let facts: Vec<(&str, Given<'_>)> = facts.iter().map(|(name, value)| (name.as_str(), given(value))).collect();
            let mut builder = policy.event();
            for (name, given) in &facts {
                builder = builder.set(name, given.clone());
            }
            let read = reader.given(&facts).map(|decided| decided.rule);
            prop_assert_eq!(read, decided(builder.build()), "{:?}", facts);
        }
    }

    #[test]
    fn cells_are_read_as_by_a_builder(
        facts in prop::collection::vec(
            (
                prop::sample::select(vec!["error", "module", "colour", "label", "weight", "handler", "handle"]),
                prop::sample::select(vec!["", "DataError", "2", "-0", "+3", "1e2", "0", "true", "green", "2MB", "é", "5"]),
            ),
            0..6,
        ),
        is_right in any::<bool>(),
    ) {
        let policy = Policy::parse(POLICY).unwrap();
        let right = [("error", "DataError"), ("module", "2")];
        let facts = [if is_right { &right[..] } else { &[] }, &facts].concat();
        let mut builder = policy.event();
        for &(name, cell) in &facts {
            builder = builder.set_written(name, cell);
        }
        let built = decided(builder.build());
        let mut reader = policy.reader();
        let read = reader.written(facts.iter().copied()).map(|decided| decided.rule);
        prop_assert_eq!(&read, &built, "{:?}", facts);
        let columns: Option<Vec<_>> =
            facts.iter().map(|(name, _)| policy.vocabulary().find_fact(name)).collect();
        if let Some(columns) = columns {
            let cells = facts.iter().map(|&(_, cell)| cell);
            let read = reader.cells(&columns, cells).map(|decided| decided.rule);
            prop_assert_eq!(read, built, "{:?}", facts);
        }
    }
}

/// A value as a host would give it.
fn given(value: &Json) -> Given<'_> {
    match value {
        Json::Null => Given::Null,
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match number.as_i64() {
            Some(value) => value.into(),
            None => Given::Number(number.to_string().into()),
        },
        Json::String(text) => text.into(),
        Json::Array(_) | Json::Object(_) => Given::Unfit("a list".into()),
    }
}

#[test]
#[should_panic(expected = "index out of bounds")]
fn a_fact_of_a_larger_vocabulary_is_refused() {
    let policy = Policy::parse("extends default\nfact beyond: int ?").unwrap();
    let beyond = policy.vocabulary().find_fact("beyond").unwrap();
    let _ = Policy::default().reader().cells(&[beyond], ["1"]);
}

/// The texts of one event are gone when the next one is read.
#[test]
fn nothing_is_left_of_the_event_before() {
    let policy = Policy::parse(POLICY).unwrap();
    let mut reader: EventReader<'_> = policy.reader();
    let mut decide = |text: &str| reader.json(text).map(|decided| decided.decision.display.clone());
    let event = r#"{"error": "DataError", "module": 2, "label": "x", "message": "a \"b\""}"#;
    assert_eq!(decide(event).unwrap(), "store(manual)");
    assert_eq!(decide(r#"{"error": "Nobody", "module": 2}"#).unwrap(), "fail");
    assert_eq!(decide(r#"{"error": "Nobody"}"#).unwrap_err().to_string(), "`module` is missing");
    assert_eq!(decide(r#"{"error": "Nobody", "module": 1}"#).unwrap(), "stop");
}
