//! Amazon States Language: what is imported does what the definition says.

use std::fmt::Write;

use proptest::prelude::*;
use redress::{Code, Policy, PolicyLoader};
use redress_convert::{Format, Import, export, import};
use serde_json::{Value as Json, json};

use crate::interpreter::{Host, Machine, assert_alike, names};
use crate::{data, files};

fn imported(name: &str, document: &Json) -> Import {
    import(name, document.to_string().as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

/// Loads a policy; its warnings may only be about what its document says twice.
fn clean(text: &str) -> Policy {
    let report = PolicyLoader::bundled_only().check_text("imported.policy", text);
    let mut codes = report.diagnostics.iter().map(|diagnostic| diagnostic.code);
    assert!(codes.all(|code| REDUNDANT.contains(&code)), "{report}\n{text}");
    report.policy.unwrap()
}

const REDUNDANT: [Code; 1] = [Code::RedundantRule];

/// Every state of the rules of 122 definitions.
fn known_states() -> Vec<Json> {
    data("states/rules.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_rule_of_public_definitions_is_carried_over_as_it_is_meant() {
    let (mut rules, mut states) = (0, 0);
    for state in known_states() {
        let import = imported("state.json", &state);
        let policy = clean(&import.policies[0].text);
        assert_alike(&state, || Host::new(&policy));
        let count = |key: &str| state.get(key).and_then(Json::as_array).map_or(0, Vec::len);
        rules += count("Retry") + count("Catch");
        states += 1;
    }
    println!("{rules} rules of {states} states decide alike");
    assert_eq!((rules, states), (436, 337));
}

#[test]
fn what_is_exported_again_does_the_same() {
    let mut exported = 0;
    let mut refused = Vec::new();
    for state in known_states() {
        let policy = clean(&imported("state.json", &state).policies[0].text);
        match export(&policy, &[], Format::States) {
            Err(error) => refused.push(format!("{}: {error}", state["state"])),
            Ok(export) => {
                let again: Json = serde_json::from_str(&export.text).unwrap();
                assert_alike(&state, || Machine::new(&again));
                // What was exported is the normal form: it stays as it is.
                if again != json!({}) {
                    let second = clean(&imported("state.json", &again).policies[0].text);
                    let twice = export_text(&second);
                    assert_eq!(twice, export.text);
                }
                exported += 1;
            }
        }
    }
    println!("{exported} states there and back");
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(exported, 337);
}

fn export_text(policy: &Policy) -> String {
    export(policy, &[], Format::States).unwrap_or_else(|error| panic!("{error}")).text
}

#[test]
fn whole_definitions_become_a_policy_a_state() {
    for (name, bytes) in files("data/states", ".asl.json") {
        let import = import(&name, &bytes).unwrap();
        let mut shown = String::new();
        for note in &import.notes {
            let _ = writeln!(shown, "{note}");
        }
        for (file, policy) in import.file_names().iter().zip(&import.policies) {
            clean(&policy.text);
            let _ = write!(shown, "\n==> {file}\n{}", policy.text);
        }
        insta::with_settings!({ omit_expression => true, snapshot_path => "snapshots/states", prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(name.trim_end_matches(".asl.json"), shown);
        });
    }
}

fn error_names() -> impl Strategy<Value = String> {
    let usual =
        ["States.Timeout", "States.TaskFailed", "States.Runtime", "States.DataLimitExceeded"];
    // Names that the language or its vocabulary uses for something else.
    let odd = ["when", "Lambda.when", "error", "DataError", "not", "E.1", "a \"b\"\n", "é", ""];
    let own = ["A", "B", "C", "Lambda.ServiceException", "transient"];
    prop::sample::select([&usual[..], &odd[..], &own[..], &own[..]].concat())
        .prop_map(str::to_owned)
}

fn matchers() -> impl Strategy<Value = Vec<String>> {
    let names = prop::collection::vec(error_names(), 1..4);
    prop_oneof![6 => names, 1 => Just(vec!["States.ALL".to_owned()])]
}

fn retriers() -> impl Strategy<Value = Json> {
    let rate = prop_oneof![
        Just(json!(1)),
        Just(json!(2.0)),
        Just(json!(1.5)),
        (100..400u32).prop_map(|rate| json!(f64::from(rate) / 100.0)),
    ];
    let optional = |value: BoxedStrategy<Json>| prop::option::of(value);
    (
        matchers(),
        optional((1..90u32).prop_map(Json::from).boxed()),
        optional((0..8u32).prop_map(Json::from).boxed()),
        prop::option::of(rate),
        optional((90..400u32).prop_map(Json::from).boxed()),
        prop::option::of(Just(json!("FULL"))),
    )
        .prop_map(|(errors, interval, attempts, rate, most, jitter)| {
            // A delay by chance is lost where the rate is no whole number, and what is lost is not compared here.
            let whole = rate.as_ref().is_none_or(|rate| rate.as_f64().unwrap().fract() == 0.0);
            let jitter = jitter.filter(|_| whole);
            let mut retrier = json!({ "ErrorEquals": errors });
            for (key, value) in [
                ("IntervalSeconds", interval),
                ("MaxAttempts", attempts),
                ("BackoffRate", rate),
                ("MaxDelaySeconds", most),
                ("JitterStrategy", jitter),
            ] {
                if let Some(value) = value {
                    retrier[key] = value;
                }
            }
            retrier
        })
}

fn catchers() -> impl Strategy<Value = Json> {
    let path = prop::option::of(prop::sample::select(vec!["$.error", "$"]));
    (matchers(), prop::sample::select(vec!["Next", "Other \"one\""]), path).prop_map(
        |(errors, next, path)| {
            let mut catcher = json!({ "ErrorEquals": errors, "Next": next });
            if let Some(path) = path {
                catcher["ResultPath"] = json!(path);
            }
            catcher
        },
    )
}

fn any_state() -> impl Strategy<Value = Json> {
    (prop::collection::vec(retriers(), 0..5), prop::collection::vec(catchers(), 0..4))
        .prop_map(|(retry, catch)| json!({ "Retry": retry, "Catch": catch }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_state_is_carried_over_as_it_is_meant(state in any_state()) {
        let policy = clean(&imported("state.json", &state).policies[0].text);
        assert_alike(&state, || Host::new(&policy));
    }

    #[test]
    fn any_state_comes_back_as_it_was_or_is_refused_with_a_rule(state in any_state()) {
        let policy = clean(&imported("state.json", &state).policies[0].text);
        match export(&policy, &[], Format::States) {
            Ok(export) => {
                let again: Json = serde_json::from_str(&export.text).unwrap();
                let known = names(&state);
                prop_assert!(!known.is_empty());
                assert_alike(&state, || Machine::new(&again));
            }
            Err(redress_convert::ExportError::Refused(refusals)) => {
                let is_known = |refusal: &redress_convert::Refusal| {
                    policy.rules().iter().any(|rule| rule.title() == refusal.rule)
                };
                prop_assert!(!refusals.is_empty() && refusals.iter().all(is_known));
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

/// What is noted of a state, without the places.
fn notes(state: &Json) -> Vec<String> {
    imported("state.json", state).notes.iter().map(redress_convert::Remark::told).collect()
}

/// What is noted of one name of an error, in a state with this resource.
fn notes_of(name: &str, resource: &str) -> Vec<String> {
    notes(&json!({ "Resource": resource, "Retry": [{ "ErrorEquals": [name] }] }))
}

#[test]
fn names_that_can_fire_are_not_suspected() {
    let http = "arn:aws:states:::http:invoke";
    for name in ["States.Http.StatusCode.429", "States.Http.StatusCode.503", "States.Http.Socket"] {
        assert_eq!(notes_of(name, http), [""; 0], "{name}");
    }
    let told = &notes_of("States.Http.StatusCode.often", http)[0];
    assert!(told.contains("can never fire"), "{told}");
}

#[test]
fn names_that_never_fire_are_not_suggested() {
    for name in ["Runtime", "States.Runtim", "States.runtime"] {
        let told = notes_of(name, "").join("\n");
        assert!(!told.contains("States.Runtime`?"), "{told}");
    }
    assert!(notes_of("Timeout", "")[0].ends_with("did you mean `States.Timeout`?"));
}

#[test]
fn what_an_earlier_rule_takes_is_not_left_out_once_more() {
    for state in [
        json!({ "Catch": [
            { "ErrorEquals": ["States.DataLimitExceeded"], "Next": "A" },
            { "ErrorEquals": ["States.ALL"], "Next": "B" },
        ] }),
        json!({ "Retry": [
            { "ErrorEquals": ["States.DataLimitExceeded", "States.Timeout"] },
            { "ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 5 },
        ] }),
    ] {
        let text = &imported("state.json", &state).policies[0].text;
        let report = PolicyLoader::bundled_only().check_text("imported.policy", text);
        assert!(report.diagnostics.is_empty(), "{report}\n{text}");
        assert_alike(&state, || Host::new(report.policy.as_ref().unwrap()));
    }
}

#[test]
fn what_no_schedule_can_say_is_told_with_its_limit() {
    let told = notes(&json!({ "Retry": [
        { "ErrorEquals": ["A"], "BackoffRate": 999_999_999_999u64, "MaxAttempts": 3 },
    ] }));
    let factor = "a schedule's factor is at most 1000000";
    assert!(told.iter().any(|note| note.ends_with(factor)), "{told:?}");
    let beyond = "Retry/0: delays of more than 9223372036854775807ms are carried over as that; \
                  no duration is longer";
    assert!(told.iter().any(|note| note == beyond), "{told:?}");
    let grown = json!({ "ErrorEquals": ["A"], "BackoffRate": 10, "MaxAttempts": 99 });
    assert_eq!(notes(&json!({ "Retry": [grown] })), [beyond]);
    let capped = json!({
        "ErrorEquals": ["A"], "BackoffRate": 10, "MaxAttempts": 99, "MaxDelaySeconds": 60,
    });
    assert_eq!(notes(&json!({ "Retry": [capped] })), [""; 0]);
}

#[test]
fn codes_of_services_that_are_misspelt_are_told() {
    let dynamodb = "arn:aws:states:::aws-sdk:dynamodb:putItem";
    for (name, resource, meant) in [
        (
            "DynamoDb.ProvisionedThroughputExceededExcepton",
            dynamodb,
            "did you mean `DynamoDb.ProvisionedThroughputExceededException`?",
        ),
        (
            "DynamoDB.ConditionalCheckFaildException",
            "arn:aws-us-gov:states:::dynamodb:putItem",
            "did you mean `DynamoDB.ConditionalCheckFailedException`?",
        ),
        ("S3.NoSuchKeyy", "arn:aws:states:::aws-sdk:s3:getObject", "did you mean `S3.NoSuchKey`?"),
        ("s3.NoSuchKey", "arn:aws-cn:states:::aws-sdk:s3:getObject", "write `S3.NoSuchKey`"),
        (
            "DynamoDB.ThrottlingException",
            "arn:aws-us-gov:states:::aws-sdk:dynamodb:putItem",
            "write `DynamoDb.ThrottlingException`",
        ),
        (
            "DynamoDb.ThrottlingException",
            "arn:${AWS::Partition}:states:::aws-sdk:s3:getObject",
            "names of its errors begin with its own name",
        ),
        (
            "DynamoDB.ThrottlingException",
            "arn:aws:states:::sqs:sendMessage",
            "names of its errors begin with its own name",
        ),
        (
            "Throttling",
            "arn:aws-us-gov:states:::aws-sdk:s3:getObject",
            "errors of `aws-sdk:…` are called `Service.Throttling`",
        ),
    ] {
        let told = notes_of(name, resource);
        assert!(matches!(&told[..], [told] if told.ends_with(meant)), "{name}: {told:?}");
    }
    for (name, resource) in [
        ("S3.NoSuchKeyException", "arn:aws:states:::aws-sdk:s3:getObject"),
        ("S3.S3Exception", "arn:aws:states:::aws-sdk:s3:getObject"),
        ("S3.SdkClientException", "arn:aws:states:::aws-sdk:s3:getObject"),
        ("DynamoDB.AmazonDynamoDBException", "arn:aws:states:::dynamodb:putItem"),
        ("DynamoDb.ThrottlingException", dynamodb),
        ("Rds.DbInstanceNotFoundException", "arn:aws:states:::aws-sdk:rds:createDBInstance"),
        ("Sqs.Anything", "arn:aws:states:::sqs:sendMessage.waitForTaskToken"),
        ("StepFunctions.ExecutionAlreadyExistsException", "arn:aws:states:::states:startExecution"),
        ("My.OwnError", "arn:aws:lambda:eu-central-1:123456789012:function:own"),
    ] {
        assert_eq!(notes_of(name, resource), [""; 0], "{name}");
    }
}

#[test]
fn a_name_that_a_policy_cannot_have_leaves_out_its_state_only() {
    let rules = |name: &str| json!({ "Retry": [{ "ErrorEquals": [name] }] });
    let definition = json!({ "StartAt": "A", "States": { "A": rules("first"), "B": rules("B") } });
    let import = imported("state.json", &definition);
    let names: Vec<_> = import.policies.iter().map(|policy| policy.name.as_str()).collect();
    assert_eq!(names, ["B"]);
    let told: Vec<_> = import.notes.iter().map(redress_convert::Remark::told).collect();
    let reason = "`first` is what the standard vocabulary calls something else; an error cannot be called so in a \
                  policy, and the state is left out";
    assert_eq!(told, [format!("States/A/Retry/0/ErrorEquals/0: {reason}")]);
}
