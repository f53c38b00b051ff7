//! What can be seen.

use serde_json::{Value as Json, json};

use crate::world::World;

#[test]
fn lists_are_filtered_ordered_and_paged() {
    let world = World::new();
    let ids: Vec<String> =
        ["DataError", "UnexpectedError", "DataError"].map(|error| world.stored(error)).into();
    let listed = |query: &str| -> Vec<usize> {
        let page = world.get(&format!("/v1/executions?{query}")).json();
        let shown = page["executions"].as_array().unwrap().iter();
        shown.map(|it| ids.iter().position(|id| it["id"] == id.as_str()).unwrap()).collect()
    };
    assert_eq!(listed(""), [2, 1, 0]);
    assert_eq!(listed("order=oldest"), [0, 1, 2]);
    assert_eq!(listed("error=DataError&scenario=refunds&status=unresolved&rule=review"), [2, 0]);
    assert!(listed("scenario=others").is_empty());
    assert!(listed("since=2999-01-01T00:00:00Z").is_empty());
    assert_eq!(listed("before=2999-01-01T00:00:00Z"), [2, 1, 0]);
    let first = world.get("/v1/executions?limit=2").json();
    let next = first["next"].as_str().unwrap();
    assert_eq!(listed(&format!("limit=2&after={next}")), [0]);
    let groups = world.get("/v1/executions/groups?scenario=refunds").json();
    assert_eq!(
        groups,
        json!([
            {"error": "DataError", "rule": "review", "status": "unresolved", "executions": 2},
            {"error": "UnexpectedError", "rule": "review", "status": "unresolved", "executions": 1},
        ])
    );
}

#[test]
fn a_scenario_shows_its_state_and_what_runs_it() {
    let world = World::new();
    world.stored("DataError");
    let scenarios = world.get("/v1/scenarios").json();
    let refunds = &scenarios[0];
    assert_eq!((&refunds["name"], &refunds["runner"]), (&json!("refunds"), &json!("url")));
    assert!(refunds["policy"].as_str().unwrap().ends_with("quick.policy"));
    assert_eq!(refunds["state"]["incomplete"], 1);
    assert_eq!(refunds["settings"]["parallel_retries"], 3);
    assert_eq!(world.get("/v1/scenarios/refunds").json(), *refunds);

    let switch =
        |how: &str| world.post(&format!("/v1/scenarios/refunds/switch-{how}"), json!({})).json();
    assert_eq!(
        (switch("off"), switch("off"), switch("on")),
        (json!({"changed": true}), json!({"changed": false}), json!({"changed": true}))
    );
    let log = world.get("/v1/scenarios/refunds/log?limit=5").json();
    let happened: Vec<&Json> = log.as_array().unwrap().iter().map(|entry| &entry["what"]).collect();
    assert_eq!(happened, ["on", "off"]);
    // A name may have any letters.
    assert_eq!(world.get("/v1/scenarios/a%2Fb%20%C3%BC").json()["name"], "a/b ü");
}

#[test]
fn it_says_whether_it_is_well_and_what_it_has_measured() {
    let world = World::new();
    assert_eq!(world.get("/healthz").body, b"ok\n");
    let well = json!({"well": true});
    let expected = json!({"ready": true, "store": well, "workers": well, "policies": well});
    assert_eq!(world.get("/readyz").json(), expected);
    world.stored("DataError");
    let figures = String::from_utf8(world.get("/metrics").body).unwrap();
    for line in [
        "redress_decisions_total{scenario=\"refunds\",rule=\"review\",decision=\"store(manual)\"} 1",
        "redress_stored_total{scenario=\"refunds\"} 1",
        "redress_executions{scenario=\"refunds\",status=\"unresolved\"} 1",
        "redress_due{scenario=\"refunds\"} 0",
        "redress_switched_off{scenario=\"refunds\"} 0",
        "redress_lost{scenario=\"refunds\"} 0",
        "redress_http_requests_total{method=\"POST\",route=\"/v1/report\",status=\"201\"} 1",
        "# EOF",
    ] {
        assert!(figures.contains(line), "{line} is not in\n{figures}");
    }
}

#[test]
fn the_figures_do_not_grow_with_the_names() {
    let world = World::new();
    for number in 0..1_010 {
        let event = json!({"error": "DataError", "module": 1});
        world.post("/v1/report", json!({"scenario": format!("scenario {number}"), "event": event}));
    }
    let figures = String::from_utf8(world.get("/metrics").body).unwrap();
    let decided = figures.lines().filter(|line| line.starts_with("redress_decisions_total{"));
    assert_eq!(decided.count(), 1_001);
    assert!(figures.contains(
        "redress_decisions_total{scenario=\"other\",rule=\"first_module\",decision=\"stop\"} 10"
    ));
}
