//! A policy that changes on disk is swapped; a wrong one is refused, and that is said loudly.

use std::fs;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

use crate::world::World;

fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what}");
        sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_policy_is_swapped_and_a_wrong_one_is_told_until_it_is_mended() {
    let world = World::new();
    let file = world.folder.path().join("quick.policy");
    let good = fs::read_to_string(&file).unwrap();
    let decides = || -> Json {
        let event = json!({"error": "ConnectionError", "module": 3});
        world.post("/v1/decide", json!({"scenario": "refunds", "event": event})).json()["display"]
            .clone()
    };
    assert_eq!(decides(), "store(retry)");
    fs::write(&file, "extends default\nwhen eror == DataError => fail\n").unwrap();
    until("it is refused", || world.get("/readyz").json()["policies"]["well"] == false);
    let readiness = world.get("/readyz");
    assert_eq!((readiness.status, &readiness.json()["ready"]), (200, &json!(true)));
    assert!(
        readiness.json()["policies"]["wrong"][0]
            .as_str()
            .unwrap()
            .contains("nothing is called `eror`"),
        "{}",
        readiness.json()
    );
    let figures = String::from_utf8(world.get("/metrics").body).unwrap();
    assert!(figures.contains("redress_policy_refused{policy="), "{figures}");
    assert_eq!(decides(), "store(retry)");

    // Back to what it was, which is no change and nevertheless mends it.
    fs::write(&file, &good).unwrap();
    until("it is mended", || world.get("/readyz").json()["policies"]["well"] == true);
    let figures = String::from_utf8(world.get("/metrics").body).unwrap();
    assert!(!figures.contains("redress_policy_refused{"), "{figures}");

    fs::write(&file, "extends default\nwhen module != first => store(manual)\n").unwrap();
    until("it is swapped", || decides() == "store(manual)");
    let figures = String::from_utf8(world.get("/metrics").body).unwrap();
    assert!(figures.contains("redress_policies_swapped_total 1"), "{figures}");
}
