//! Apache Kafka's table of errors, and kafka-python's.

use std::collections::{BTreeMap, BTreeSet};

use redress::Policy;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::tally::{Expected, Tally, decide, policy, rows};

#[derive(Deserialize)]
struct Error {
    name: String,
    code: i16,
    retriable: bool,
    exception: String,
    chain: String,
}

#[derive(Deserialize)]
struct PythonError {
    errno: i16,
    retriable: String,
}

fn event(error: &str) -> Json {
    json!({"error": error, "module": 2})
}

fn by(set: &str) -> Policy {
    policy(&format!(
        "extends kafka\n\
         replace kafka_retriable: when module != first and no_handler and error in {set} => store(retry)"
    ))
}

#[test]
fn every_code_is_decided_as_apache_kafka_and_kafka_python_say() {
    let errors: Vec<Error> = rows("kafka/apache_kafka_errors.csv");
    let python: Vec<PythonError> = rows("kafka/kafka_python_errors.csv");
    let python: BTreeMap<i16, bool> =
        python.iter().map(|error| (error.errno, error.retriable == "True")).collect();
    let mut tally = Tally::new("kafka");
    let bundled = Policy::bundled("kafka").unwrap();
    let verdict = |error: &Error| Expected::retry_if(error.retriable);
    tally.hold(
        "Apache Kafka: `extends kafka`",
        "codes",
        &bundled,
        errors.iter().map(|error| (event(&error.name), verdict(error))),
    );
    let with_class = errors.iter().filter(|error| error.name != "NONE");
    tally.hold(
        "the same, by exceptions of the Java client",
        "exceptions",
        &bundled,
        with_class.map(|error| (event(&error.exception), verdict(error))),
    );
    let known = errors.iter().filter_map(|error| Some((error, *python.get(&error.code)?)));
    tally.hold(
        "kafka-python: kafka.kafka_python",
        "codes",
        &by("kafka.kafka_python"),
        known.clone().map(|(error, retried)| (event(&error.name), Expected::retry_if(retried))),
    );
    let differ: Vec<&str> = known
        .filter(|(error, retried)| error.retriable != *retried)
        .map(|(error, _)| error.name.as_str())
        .collect();
    tally.line("the two differ about", differ.len(), &format!("code: {}", differ.join(", ")));
    insta::assert_snapshot!(tally.finish());
}

#[test]
fn the_disputed_code_is_said_to_be_disputed() {
    let (apache, python) = (Policy::bundled("kafka").unwrap(), by("kafka.kafka_python"));
    let disputed = by("kafka.disputed");
    let errors: Vec<Error> = rows("kafka/apache_kafka_errors.csv");
    let differ = errors.iter().filter(|error| {
        let event = event(&error.name);
        let differ = decide(&apache, &event).display != decide(&python, &event).display;
        assert_eq!(decide(&disputed, &event).display == "store(retry)", differ, "{}", error.name);
        differ
    });
    let differ: Vec<&str> = differ.map(|error| error.name.as_str()).collect();
    assert_eq!(differ, ["CORRUPT_MESSAGE"]);
    let pack = redress::PACKS.iter().find(|pack| pack.name == "kafka").unwrap();
    assert!(pack.text.contains("# The two authorities differ about CORRUPT_MESSAGE (2)"));
}

/// The flag and the class of the exception are two sources of one fact.
#[test]
fn the_flag_is_what_the_exceptions_descend_from() {
    let errors: Vec<Error> = rows("kafka/apache_kafka_errors.csv");
    let stale = by("kafka.stale_metadata");
    for error in &errors {
        let chain: BTreeSet<&str> = error.chain.split('>').collect();
        assert_eq!(chain.contains("RetriableException"), error.retriable, "{}", error.name);
        let expected = chain.contains("InvalidMetadataException");
        assert_eq!(
            decide(&stale, &event(&error.name)).display == "store(retry)",
            expected,
            "{}",
            error.name
        );
    }
}
