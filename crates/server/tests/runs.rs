//! Runs: whether one may begin, and that no retry begins beside it.

use redress_store::Outcome;
use serde_json::json;

use crate::world::{SCENARIOS, World};

#[test]
fn no_retry_begins_beside_a_run() {
    let world = World::new();
    let begun = world.post("/v1/scenarios/refunds/runs", json!({}));
    assert_eq!(begun.status, 201);
    let run = begun.json()["run"].as_str().unwrap().to_owned();
    let path = format!("/v1/scenarios/refunds/runs/{run}");
    let id = world.stored("ConnectionError");
    assert_eq!(world.post(&format!("{path}/renew"), json!({})).status, 200);
    assert!(world.tasks.recv_timeout(std::time::Duration::from_millis(200)).is_err());
    assert_eq!(world.post(&format!("{path}/end"), json!({"succeeded": true})).status, 204);
    world.tasks.recv().unwrap();
    world.ends(Outcome::Succeeded);
    world.until(&id, "resolved");
    assert_eq!(
        world.post("/v1/scenarios/refunds/runs/nonsense/end", json!({"succeeded": true})).status,
        404
    );
}

#[test]
fn a_scenario_that_is_off_or_waits_lets_no_run_begin() {
    let world = World::with(&format!("{SCENARIOS}\n[scenario.orders]\nsequential = true\n"));
    world.post("/v1/scenarios/refunds/switch-off", json!({"reason": "the ledger moves"}));
    let log = world.get("/v1/scenarios/refunds/log").json();
    assert_eq!(log[0]["why"], json!({"person": {"by": "local", "reason": "the ledger moves"}}));
    let off = world.post("/v1/scenarios/refunds/runs", json!({}));
    assert_eq!(off.status, 409);
    assert!(
        off.json()["detail"].as_str().unwrap().ends_with("local switched it off: the ledger moves"),
        "{}",
        off.json()
    );
    let report = json!({"scenario": "orders", "event": {"error": "DataError", "module": 2}, "key": "customer 9"});
    world.post("/v1/report", report);
    let begin = |key: &str| world.post("/v1/scenarios/orders/runs", json!({"key": key})).status;
    assert_eq!((begin("customer 9"), begin("customer 10")), (409, 201));
}

#[test]
fn only_a_run_that_is_under_way_goes_on_or_ends() {
    let world = World::new();
    let begin = || {
        let begun = world.post("/v1/scenarios/refunds/runs", json!({})).json();
        format!("/v1/scenarios/refunds/runs/{}", begun["run"].as_str().unwrap())
    };
    let renew = |run: &str| world.post(&format!("{run}/renew"), json!({}));
    let end = |run: &str| world.post(&format!("{run}/end"), json!({"succeeded": true}));
    let run = begin();
    // What never began does not begin so, and is no run that vanishes later.
    let other = format!("/v1/scenarios/refunds/runs/{:032}", 0);
    assert_eq!((renew(&other).status, end(&other).status), (404, 404));
    let log = || world.get("/v1/scenarios/refunds/log").json();
    assert_eq!(log(), json!([]));

    // A run that is under way goes on though its scenario is off.
    world.post("/v1/scenarios/refunds/switch-off", json!({"reason": "the ledger moves"}));
    assert_eq!((renew(&run).status, renew(&other).status), (200, 404));
    assert_eq!(end(&run).status, 204);
    let again = renew(&run);
    assert_eq!((again.status, end(&run).status), (404, 404));
    assert!(again.json()["fix"].as_str().unwrap().starts_with("begin a new one"));
}
