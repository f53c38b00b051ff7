//! botocore: its retry rules, and the traits in the models of its services.

use std::collections::{BTreeMap, BTreeSet};

use redress::Policy;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use crate::tally::{Expected, Tally, data, decide, delays, policy, rows};

#[derive(Deserialize)]
struct Shape {
    service: String,
    shape: String,
    code: String,
    http_status: Option<u16>,
    retryable: String,
    throttling: String,
}

impl Shape {
    /// "either by name or by a modeled error code"
    fn error(&self) -> &str {
        if self.code.is_empty() { &self.shape } else { &self.code }
    }

    fn event(&self) -> Json {
        json!({"error": self.error(), "module": 2, "app": self.service, "status": self.http_status})
    }
}

fn shapes() -> Vec<Shape> {
    rows("botocore/error_shapes.csv")
}

fn rules_file() -> Json {
    serde_json::from_str(&data("botocore/_retry.json")).unwrap()
}

/// Lays a tree over another, key by key, as botocore does with the rules of a service.
fn lay_over(below: &mut Map<String, Json>, above: &Map<String, Json>) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Json::Object(below)), Json::Object(above)) => lay_over(below, above),
            _ => {
                below.insert(key.clone(), value.clone());
            }
        }
    }
}

/// The rules that hold for a service.
fn rules_of(file: &Json, service: &str) -> Vec<Json> {
    let resolved = |rules: &Json| -> Map<String, Json> {
        let policies =
            rules["__default__"]["policies"].as_object().or(rules["policies"].as_object());
        let policies = policies.into_iter().flatten();
        policies
            .map(|(name, rule)| match rule["$ref"].as_str() {
                Some(reference) => (name.clone(), file["definitions"][reference].clone()),
                None => (name.clone(), rule.clone()),
            })
            .collect()
    };
    let mut rules = resolved(&file["retry"]["__default__"]);
    lay_over(&mut rules, &resolved(&file["retry"][service]));
    rules.into_iter().map(|(_, rule)| rule["applies_when"].clone()).collect()
}

/// Whether a rule retries this answer; where the model gives no status the code decides alone.
fn applies(rule: &Json, error: &str, status: Option<u16>) -> bool {
    let response = &rule["response"];
    let wanted = response["http_status_code"].as_u64();
    match response["service_error_code"].as_str() {
        Some(code) => {
            code == error && status.is_none_or(|status| Some(u64::from(status)) == wanted)
        }
        None => wanted.is_some() && status.map(u64::from) == wanted,
    }
}

fn by_rules() -> impl Fn(&Shape) -> bool {
    let file = rules_file();
    let services: BTreeSet<String> = shapes().into_iter().map(|shape| shape.service).collect();
    let rules: BTreeMap<String, Vec<Json>> =
        services.into_iter().map(|service| (service.clone(), rules_of(&file, &service))).collect();
    move |shape| {
        rules[&shape.service].iter().any(|rule| applies(rule, shape.error(), shape.http_status))
    }
}

fn by_traits(shape: &Shape) -> bool {
    shape.retryable == "true"
}

/// The pack's policy by one of the two words, without what the default policy retries by itself.
fn by(condition: &str) -> Policy {
    policy(&format!(
        "extends aws\ndisable aws_dynamodb\ndisable retryable\n\
         replace aws_retried: when module != first and no_handler and {condition} => store(retry)"
    ))
}

#[test]
fn every_error_shape_is_decided_as_botocore_says() {
    let shapes = shapes();
    let by_rules = by_rules();
    let mut tally = Tally::new("aws");
    let mut hold = |who: &str, policy: &Policy, retried: &dyn Fn(&Shape) -> bool| {
        let expected = |shape: &Shape| (shape.event(), Expected::retry_if(retried(shape)));
        tally.hold(who, "error shapes", policy, shapes.iter().map(expected));
    };
    let bundled = Policy::bundled("aws").unwrap();
    hold("botocore's rules or traits: `extends aws`", &bundled, &|shape| {
        by_rules(shape) || by_traits(shape)
    });
    hold("its rules: aws.retried_by_rules", &by("aws.retried_by_rules"), &by_rules);
    hold("its traits: aws.retried_by_traits", &by("aws.retried_by_traits"), &by_traits);
    hold(
        "of these throttling: aws.throttled_by_traits",
        &by("aws.throttled_by_traits"),
        &|shape| shape.throttling == "true",
    );
    let differ = |shape: &&Shape| by_rules(shape) != by_traits(shape);
    let disagreements = shapes.iter().filter(differ).count();
    assert!(disagreements > 0);
    tally.line("rules and traits differ about", disagreements, "error shapes");
    tally.line("services differ about", disputed(&shapes).len(), "codes");
    insta::assert_snapshot!(tally.finish());
}

/// The codes that are retryable by one model and not by another.
fn disputed(shapes: &[Shape]) -> BTreeSet<&str> {
    let codes = |retryable: bool| -> BTreeSet<&str> {
        shapes.iter().filter(|shape| by_traits(shape) == retryable).map(Shape::error).collect()
    };
    codes(true).intersection(&codes(false)).copied().collect()
}

#[test]
fn a_disputed_code_is_not_retried_where_the_service_is_not_known() {
    let (shapes, traits) = (shapes(), by("aws.retried_by_traits"));
    let listed = by("error in aws.disputed");
    let disputed = disputed(&shapes);
    for code in shapes.iter().map(Shape::error) {
        let event = json!({"error": code, "module": 2});
        let undisputed = shapes.iter().any(|shape| shape.error() == code && by_traits(shape));
        let expected = undisputed && !disputed.contains(code);
        assert_eq!(decide(&traits, &event).display == "store(retry)", expected, "{code}");
        assert_eq!(
            decide(&listed, &event).display == "store(retry)",
            disputed.contains(code),
            "{code}"
        );
    }
}

/// Also for services whose models have no error shapes.
#[test]
fn every_rule_retries_what_it_names() {
    let file = rules_file();
    let policy = by("aws.retried_by_rules");
    let known: BTreeSet<String> = shapes().into_iter().map(|shape| shape.service).collect();
    let services = file["retry"].as_object().unwrap().keys();
    let mut events = Vec::new();
    for service in services.filter(|service| *service != "__default__") {
        for rule in rules_of(&file, service) {
            let response = &rule["response"];
            if response["http_status_code"].is_null() {
                continue;
            }
            let code = response["service_error_code"].as_str().unwrap_or("NobodyDeclaredThisError");
            let status = &response["http_status_code"];
            events.push(json!({"error": code, "module": 2, "app": service, "status": status}));
        }
        assert!(known.contains(service) || service == "ec2", "{service}");
    }
    let mut tally = Tally::new("aws");
    tally.hold(
        "every rule of every service",
        "rules",
        &policy,
        events.into_iter().map(|event| (event, Expected::Retry)),
    );
    tally.finish();
}

#[test]
fn the_rules_of_one_service_do_not_hold_for_another() {
    let policy = by("aws.retried_by_rules");
    let decided = |event: Json| decide(&policy, &event).display;
    let busy = |app: &str| json!({"error": "LimitExceededException", "module": 2, "app": app, "status": 400});
    assert_eq!(decided(busy("kinesis")), "store(retry)");
    assert_eq!(decided(busy("iot")), "fail");
    // Its rule `too_many_requests` takes the place of the one for every service.
    let too_many = |app: &str| json!({"error": "Anything", "module": 2, "app": app, "status": 429});
    assert_eq!(decided(too_many("iot")), "store(retry)");
    assert_eq!(decided(too_many("organizations")), "fail");
    assert_eq!(decided(json!({"error": "Anything", "module": 2, "status": 429})), "store(retry)");
    assert_eq!(decided(json!({"error": "ConnectionError", "module": 2})), "store(retry)");
}

#[test]
fn the_delays_are_those_of_the_rules() {
    let file = rules_file();
    let policy = Policy::bundled("aws").unwrap();
    let expected = |rules: &Json| -> Vec<u128> {
        let factor = rules["delay"]["growth_factor"].as_f64().unwrap();
        let base = rules["delay"]["base"].as_f64().unwrap_or(1.0);
        let tries = rules["max_attempts"].as_i64().unwrap() as i32;
        (0..tries - 1).map(|number| (base * factor.powi(number) * 1000.0).round() as u128).collect()
    };
    let busy = |app: &str| json!({"error": "ThrottlingException", "module": 2, "app": app});
    let general = expected(&file["retry"]["__default__"]);
    assert_eq!(delays(&decide(&policy, &busy("sqs"))), general);
    assert_eq!(
        delays(&decide(&policy, &busy("dynamodb"))),
        expected(&file["retry"]["dynamodb"]["__default__"])
    );
}
