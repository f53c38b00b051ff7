//! Make, by what is known of it.

use std::collections::BTreeSet;
use std::fs;

use redress::Policy;
use serde_json::{Value as Json, json};

use crate::tally::{decide, delays};

fn known() -> Json {
    let path = redress_packs::repository().join("tests/data/fusion_and_make_rules.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn names(list: &Json) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn make_differs_from_the_default_policy_in_what_is_retried_and_when() {
    let (default, make) = (Policy::default(), Policy::bundled("make").unwrap());
    let known = known();
    let stored = &known["schedules"]["make_incomplete_executions_enabled"];
    let retried = names(&stored["applies_to"]);
    let intervals: Vec<u128> = stored["minutes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|minutes| u128::from(minutes.as_u64().unwrap()) * 60_000)
        .collect();
    let errors =
        default.vocabulary().enum_type(default.vocabulary().find_enum("ErrorType").unwrap());
    assert!(errors.members.len() > 20);
    for error in errors.members.iter().map(|member| member.name.as_str()) {
        let event = json!({"error": error, "module": 2});
        let (here, there) = (decide(&make, &event), decide(&default, &event));
        match there.display.as_str() {
            "store(retry)" if retried.contains(error) => {
                assert_eq!(delays(&here), intervals, "{error}")
            }
            "store(retry)" => {
                assert_eq!((error, here.display.as_str()), ("OutOfSpaceError", "store(manual)"))
            }
            same => assert_eq!(here.display, same, "{error}"),
        }
    }
}
