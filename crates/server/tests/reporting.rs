//! Failures: reported, decided, kept, tried.

use redress_store::Outcome;
use serde_json::{Value as Json, json};

use crate::world::{SCENARIOS, World, close_to_others};

fn event(error: &str) -> Json {
    json!({"error": error, "module": 3})
}

#[test]
fn a_failure_is_kept_tried_and_resolved() {
    let world = World::new();
    let report = json!({
        "scenario": "refunds", "event": event("ConnectionError"), "payload": {"refund": 17, "amount": 1.50},
        "run": "run-4711", "once": "run-4711", "key": "customer 9", "definition": "v3",
    });
    let answer = world.post("/v1/report", report.clone());
    assert_eq!(answer.status, 201);
    let told = answer.json();
    assert_eq!(
        (&told["became"], &told["decision"]["rule"]),
        (&json!("stored"), &json!("retryable"))
    );
    let id = told["id"].as_str().unwrap();
    assert_eq!(answer.header("location"), format!("/v1/executions/{id}"));

    let task = world.tasks.recv().unwrap();
    assert_eq!((task.execution.as_str(), task.attempt), (id, 2));
    let running = world.until(id, "in_progress");
    assert_eq!(running["run"], "run-4711");
    let listed = world.get("/v1/executions").json();
    let grouped = world.get("/v1/executions/groups").json();
    for shown in [&running, &listed["executions"][0], &grouped[0]] {
        assert!(shown["lease"].is_string(), "{shown}");
    }
    world.ends(Outcome::Succeeded);
    let execution = world.until(id, "resolved");
    assert_eq!(execution.get("lease"), None);
    assert_eq!((&execution["key"], &execution["definition"]), (&json!("customer 9"), &json!("v3")));
    // The report may be sent again.
    let again = world.post("/v1/report", report);
    assert_eq!(
        (again.status, &again.json()["became"], &again.json()["id"]),
        (200, &json!("known"), &json!(id))
    );
    let log = world.get(&format!("/v1/executions/{id}/log")).json();
    let happened: Vec<&str> =
        log.as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
    assert_eq!(happened, ["stored", "started", "succeeded"]);
}

#[test]
fn a_payload_comes_back_as_it_was_given() {
    let world = World::new();
    for (given, bytes, kind) in [
        (
            json!({"payload": {"b": 1, "a": [2.50, "ü"]}}),
            &br#"{"a":[2.50,"ue"],"b":1}"#[..],
            "application/json",
        ),
        (json!({"payload": "a text, as it is"}), b"a text, as it is", "application/octet-stream"),
        (json!({"payload_base64": "AAEC/w=="}), b"\x00\x01\x02\xff", "application/octet-stream"),
        (json!({"payload": null}), b"", "application/octet-stream"),
        (json!({}), b"", "application/octet-stream"),
    ] {
        let mut report = json!({"scenario": "refunds", "event": event("DataError")});
        report.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
        // Numbers are kept as they are written.
        let text = report.to_string().replace("2.5,", "2.50,").replace('ü', "ue");
        let answer = world.ask("POST", "/v1/report", Some(text), &[]);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let payload = world.get(&format!("/v1/executions/{id}/payload"));
        assert_eq!(
            String::from_utf8_lossy(&payload.body),
            String::from_utf8_lossy(bytes),
            "{given}"
        );
        assert_eq!(
            (payload.header("content-type"), payload.header("content-disposition")),
            (kind, "attachment")
        );
    }
    let report =
        json!({"scenario": "refunds", "event": event("DataError"), "reference": "s3://refunds/17"});
    let id = world.post("/v1/report", report).json()["id"].as_str().unwrap().to_owned();
    let payload = world.get(&format!("/v1/executions/{id}/payload"));
    assert_eq!(payload.json(), json!({"reference": "s3://refunds/17"}));
}

#[test]
fn what_is_confidential_is_not_shown() {
    let key = "[scenario.secret]\nconfidential = true\nkey_file = \"key\"\n";
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("key"), "0f".repeat(32)).unwrap();
    close_to_others(&folder.path().join("key"));
    let world = World::over(folder, key).unwrap();
    let mut event = event("DataError");
    event["message"] = json!("nobody is called a name");
    let report = json!({
        "scenario": "secret", "event": event, "payload": "a name", "definition": "greet a name",
    });
    let id = world.post("/v1/report", report).json()["id"].as_str().unwrap().to_owned();
    let answer = world.get(&format!("/v1/executions/{id}/payload"));
    assert_eq!(answer.status, 403);
    for path in
        [&format!("/v1/executions/{id}"), &format!("/v1/executions/{id}/log"), "/v1/executions"]
    {
        let shown = String::from_utf8(world.get(path).body).unwrap();
        assert!(shown.contains("DataError") && !shown.contains("a name"), "{path}: {shown}");
    }
    // Nonce and tag come with the six bytes.
    assert_eq!(answer.json()["detail"], "the payload is confidential, 46 bytes are kept");
    let edited = json!({"payload": "another name", "reason": "misspelt"});
    assert_eq!(world.post(&format!("/v1/executions/{id}/resolve"), edited).status, 200);
    let task = world.tasks.recv().unwrap();
    assert_eq!(task.payload.bytes(), b"another name");
    assert_eq!(task.definition.as_deref(), Some("greet a name"));
    assert_eq!(world.get(&format!("/v1/executions/{id}/payload?edition=2")).status, 403);
    world.ends(Outcome::Succeeded);
    world.until(&id, "resolved");
}

#[test]
fn a_reference_that_is_confidential_is_not_shown() {
    let world = World::with("[scenario.secret]\nconfidential = true\n");
    let place = "s3://patients/mueller-1970";
    let report = json!({"scenario": "secret", "event": event("DataError"), "reference": place});
    let id = world.post("/v1/report", report).json()["id"].as_str().unwrap().to_owned();
    for path in ["/payload", "/payload?edition=1", "/log", ""] {
        let answer = world.get(&format!("/v1/executions/{id}{path}"));
        assert_eq!(answer.status, if path.starts_with("/payload") { 403 } else { 200 }, "{path}");
        let shown = String::from_utf8(answer.body).unwrap();
        assert!(!shown.contains("mueller"), "{path}: {shown}");
    }
}

#[test]
fn what_is_not_to_be_kept_is_only_decided() {
    let world = World::new();
    let report =
        |event: Json| world.post("/v1/report", json!({"scenario": "refunds", "event": event}));
    let first = report(json!({"error": "ConnectionError", "module": 1}));
    assert_eq!(
        (first.status, &first.json()["became"], &first.json()["id"]),
        (200, &json!("decided"), &Json::Null)
    );
    assert_eq!(first.json()["decision"]["display"], "stop");
    let decide =
        |event: Json| world.post("/v1/decide", json!({"scenario": "refunds", "event": event}));
    assert_eq!(decide(event("ConnectionError")).json()["display"], "store(retry)");
    assert_eq!(decide(json!({"eror": 1})).status, 422);
    assert_eq!(world.get("/v1/executions").json()["executions"], json!([]));
}

#[test]
fn where_there_is_no_room_it_is_refused_or_lost_and_counted() {
    let limits = "[scenario.strict]\nmax_records = 1\n[scenario.lossy]\nmax_records = 1\ndata_loss = true\n[scenario.off]\nstoring = false\n";
    let world = World::with(limits);
    let report = |scenario: &str| {
        world.post("/v1/report", json!({"scenario": scenario, "event": event("DataError")}))
    };
    assert_eq!((report("strict").status, report("lossy").status), (201, 201));
    let refused = report("strict");
    assert_eq!(refused.status, 507);
    assert!(refused.json()["detail"].as_str().unwrap().ends_with("the scenario is switched off"));
    let lost = report("lossy");
    assert_eq!(
        (lost.status, &lost.json()["became"], &lost.json()["full"]),
        (200, &json!("lost"), &json!({"records": 1}))
    );
    assert_eq!(report("off").json()["became"], "storing_off");
    let state =
        |scenario: &str| world.get(&format!("/v1/scenarios/{scenario}")).json()["state"].clone();
    assert_eq!(state("lossy")["lost"]["executions"], 1);
    assert_eq!(state("lossy")["refused"]["executions"], 0);
    assert_eq!(
        (&state("strict")["refused"]["executions"], &state("strict")["lost"]["executions"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(state("strict")["off"]["why"], json!({"full": {"records": 1}}));
    let figures = String::from_utf8(world.get("/metrics").body).unwrap();
    for line in [
        "redress_lost{scenario=\"lossy\"} 1",
        "redress_refused{scenario=\"lossy\"} 0",
        "redress_lost{scenario=\"strict\"} 0",
        "redress_refused{scenario=\"strict\"} 1",
        "redress_switched_off{scenario=\"strict\"} 1",
        "redress_stored_total{scenario=\"lossy\"} 1",
    ] {
        assert!(figures.contains(line), "{line} is not in\n{figures}");
    }
}

#[test]
fn a_report_is_told_of_names_that_are_misspelt() {
    let world = World::new();
    let notes = |event: Json| {
        let answer = world.post("/v1/report", json!({"scenario": "refunds", "event": event}));
        answer.json().get("notes").cloned()
    };
    let told = "ErrorType has no member RateLimitEror; did you mean RateLimitError?";
    assert_eq!(notes(event("RateLimitEror")), Some(json!([told])));
    assert_eq!(notes(event("NothingLikeWhatIsDeclared")), None);
    assert_eq!(notes(event("RateLimitError")), None);
}

#[test]
fn a_report_is_told_that_its_scenario_is_switched_off() {
    let world = World::with("[scenario.refunds]\nrunaway = { failures = 2, within = \"2m\" }\n");
    let report = || {
        world.post("/v1/report", json!({"scenario": "refunds", "event": event("DataError")})).json()
    };
    assert_eq!(report().get("off"), None);
    assert_eq!(report()["off"]["why"], json!({"runaway": 2}));
    // Also where it was off before.
    assert_eq!(report()["off"]["why"], json!({"runaway": 2}));
}

#[test]
fn a_report_is_promised_no_try_that_nobody_makes() {
    let world = World::as_configured("[scenario.idle]\n");
    let report = |once: &str, error: &str| {
        let report = json!({"scenario": "idle", "event": event(error), "once": once});
        world.post("/v1/report", report).json()
    };
    let note = "nothing runs the retries of `idle`: give it a `url` or a `command` in redress.toml";
    for became in ["stored", "known"] {
        let told = report("run-1", "ConnectionError");
        assert_eq!((&told["became"], &told["due"]), (&json!(became), &Json::Null));
        assert_eq!(told["notes"], json!([note]));
    }
    // What waits for a person does so anyhow.
    assert_eq!(report("run-2", "DataError").get("notes"), None);
}

#[test]
fn a_report_to_a_scenario_that_is_off_is_promised_no_try() {
    let world = World::new();
    let report = || {
        world.post("/v1/report", json!({"scenario": "refunds", "event": event("ConnectionError")}))
    };
    assert!(report().json()["due"].is_string());
    world.post("/v1/scenarios/refunds/switch-off", json!({}));
    let told = report().json();
    assert_eq!((&told["became"], &told["due"]), (&json!("stored"), &Json::Null));
    assert_eq!(told["off"]["why"], json!({"person": {"by": "local"}}));
}

#[test]
fn recorded_commands_cannot_be_reported_by_http() {
    let world = World::with(&format!("{SCENARIOS}\n[scenario.nightly]\nrerun = true\n"));
    let report = json!({"scenario": "nightly", "event": event("ConnectionError"), "definition": r#"{"program": "sh"}"#});
    let answer = world.post("/v1/report", report);
    assert_eq!(answer.status, 403);
    insta::assert_snapshot!(serde_json::to_string_pretty(&answer.json()).unwrap());
    assert_eq!(world.get("/v1/executions").json()["executions"], json!([]));
}
