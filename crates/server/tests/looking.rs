//! What can be seen.

use serde_json::{Value as Json, json};

use crate::world::{SCENARIOS, World};

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
    assert!(listed("since=2999-01-01T00:00:00Z").is_empty());
    assert_eq!(listed("before=2999-01-01T00:00:00Z"), [2, 1, 0]);
    let first = world.get("/v1/executions?limit=2").json();
    let next = first["next"].as_str().unwrap();
    assert_eq!(listed(&format!("limit=2&after={next}")), [0]);
    assert_eq!(listed("message=no%20route"), listed(""));
    assert!(listed("message=nobody%20says%20this").is_empty());
    let by_message =
        |text: &str| world.get(&format!("/v1/executions/groups?message={text}")).json();
    assert_eq!(by_message("host"), world.get("/v1/executions/groups").json());
    assert_eq!(by_message("nothing"), json!([]));
    let close = json!({"all": {"message": "nothing"}, "dry_run": true, "reason": "none"});
    assert_eq!(world.post("/v1/executions/close", close).json()["done"], 0);
    let groups = world.get("/v1/executions/groups?scenario=refunds").json();
    let stored = |number: usize| {
        world.get(&format!("/v1/executions/{}", ids[number])).json()["created"].clone()
    };
    let group = |error: &str, executions: usize, first: usize, last: usize| {
        json!({
            "error": error, "rule": "review", "status": "unresolved", "executions": executions,
            "scenario": "refunds", "since": stored(first), "due": null,
            "last": ids[last], "last_stored": stored(last), "message": "no route to host",
        })
    };
    assert_eq!(groups, json!([group("DataError", 2, 0, 2), group("UnexpectedError", 1, 1, 1)]));
}

#[test]
fn a_scenario_shows_its_state_and_what_runs_it() {
    let world = World::new();
    world.stored("DataError");
    let scenarios = world.get("/v1/scenarios").json();
    let refunds = &scenarios["scenarios"][0];
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
    let world = World::with("[scenario.\"a/b ü\"]");
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
    let world = World::with("[server]\nother_scenarios = true\nmax_other_scenarios = 2000\n");
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

#[test]
fn a_scenario_that_is_not_named_is_refused_with_the_nearest_name() {
    let world = World::new();
    let event = json!({"error": "DataError", "module": 3});
    let report =
        |scenario: &str| world.post("/v1/report", json!({"scenario": scenario, "event": event}));
    let all = json!({"all": {"scenario": "refund"}, "dry_run": true});
    let problems = [
        ("scenario", report("refund")),
        ("scenario", world.post("/v1/decide", json!({"scenario": "refund", "event": event}))),
        ("path", world.post("/v1/scenarios/refund/runs", json!({}))),
        ("path", world.post(&format!("/v1/scenarios/refund/runs/{:032}/renew", 0), json!({}))),
        ("path", world.post("/v1/scenarios/refund/switch-off", json!({}))),
        ("path", world.get("/v1/scenarios/refund")),
        ("path", world.get("/v1/scenarios/refund/log")),
        ("query, scenario", world.get("/v1/executions?scenario=refund")),
        ("query, scenario", world.get("/v1/executions/groups?scenario=refund")),
        ("query, scenario", world.get("/v1/executions/export?scenario=refund")),
        ("all.scenario", world.post("/v1/executions/retry", all.clone())),
        ("all.scenario", world.post("/v1/executions/delete", all)),
    ];
    for (place, answer) in problems {
        let problem = answer.json();
        assert_eq!((answer.status, &problem["place"]), (404, &json!(place)), "{problem}");
        assert_eq!(problem["detail"], "there is no scenario `refund`");
        assert_eq!(problem["fix"], "did you mean `refunds`?");
    }
    let far = report("invoices").json();
    assert!(far["fix"].as_str().unwrap().contains("other_scenarios = true"), "{far}");
    assert_eq!(world.get("/v1/scenarios").json()["scenarios"].as_array().unwrap().len(), 1);

    // What is kept of a scenario is still shown when the file does not name it any more.
    world.stored("DataError");
    let World { folder, server, .. } = world;
    server.stop();
    let world = World::over(folder, "").unwrap();
    assert_eq!(world.get("/v1/scenarios/refunds").json()["state"]["incomplete"], 1);
    let listed = world.get("/v1/executions?scenario=refunds").json();
    assert_eq!(listed["executions"].as_array().unwrap().len(), 1);
    let report = json!({"scenario": "refunds", "event": event});
    assert_eq!(world.post("/v1/report", report.clone()).status, 404);
    let World { folder, server, .. } = world;
    server.stop();
    let world = World::over(folder, "[server]\nother_scenarios = true\n").unwrap();
    assert_eq!(world.post("/v1/report", report).status, 201);
}

#[test]
fn a_recorded_command_is_shown_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = redress_store::Sqlite::open(folder.path().join("redress.db")).unwrap();
    let event = json!({"error": "DataError", "module": 3});
    let mut report = redress_store::Report::new("nightly", event, "");
    (report.recorded, report.definition) = (true, Some("{}".to_owned()));
    redress_store::Executions::over(store).report(report, jiff::Timestamp::now()).unwrap();
    let world = World::over(folder, "[scenario.nightly]\nrerun = true\n").unwrap();
    let listed = world.get("/v1/executions?scenario=nightly").json();
    let id = listed["executions"][0]["id"].as_str().unwrap();
    assert_eq!(world.get(&format!("/v1/executions/{id}")).json()["recorded"], true);
}

#[test]
fn of_scenarios_that_are_not_named_so_many_are_taken() {
    let world = World::with(
        "[server]\nother_scenarios = true\nmax_other_scenarios = 2\n[scenario.named]\n",
    );
    let report = |world: &World, scenario: &str| {
        let event = json!({"error": "DataError", "module": 3});
        world.post("/v1/report", json!({"scenario": scenario, "event": event}))
    };
    let statuses = |world: &World| {
        let names = ["a", "b", "a", "c", "named", "b"];
        names.map(|scenario| report(world, scenario).status)
    };
    assert_eq!(statuses(&world), [201, 201, 201, 507, 201, 201]);
    let refused = report(&world, "c").json();
    assert_eq!(refused["place"], "scenario");
    assert!(refused["detail"].as_str().unwrap().starts_with("2 scenarios are taken"), "{refused}");
    assert!(refused["fix"].as_str().unwrap().contains("max_other_scenarios"), "{refused}");
    assert_eq!(world.post("/v1/scenarios/c/runs", json!({})).status, 507);
    assert_eq!(world.post("/v1/scenarios/a/runs", json!({})).status, 201);
    // To have something decided leaves nothing, so that it may be anybody's.
    let event = json!({"error": "DataError", "module": 3});
    let decided = world.post("/v1/decide", json!({"scenario": "c", "event": event}));
    assert_eq!(decided.status, 200);

    // What is known when the server starts counts.
    let World { folder, server, .. } = world;
    server.stop();
    let world = World::over(
        folder,
        "[server]\nother_scenarios = true\nmax_other_scenarios = 3\n[scenario.named]\n",
    );
    let world = world.unwrap();
    assert_eq!(["a", "c", "d"].map(|name| report(&world, name).status), [201, 201, 507]);
}

#[test]
fn executions_are_imported_for_scenarios_that_are_taken() {
    let there = World::with("[server]\nother_scenarios = true\n");
    for scenario in ["refunds", "orders", "orders"] {
        let event = json!({"error": "DataError", "module": 3});
        there.post("/v1/report", json!({"scenario": scenario, "event": event}));
    }
    let lines = String::from_utf8(there.get("/v1/executions/export").body).unwrap();
    let import = |world: &World, dry_run: bool| {
        let path = format!("/v1/executions/import?dry_run={dry_run}");
        let content = [("content-type", "application/jsonl")];
        let answer = world.ask("POST", &path, Some(lines.clone()), &content).json();
        (answer["taken"].clone(), answer["refused"].clone(), answer["refusals"][0]["why"].clone())
    };
    let world = World::new();
    let refused = |why: &str| (json!(1), json!(2), json!(why));
    let unnamed = "there is no scenario `orders`; name it in redress.toml, or set `other_scenarios = true` under `[server]` there";
    for dry_run in [true, false] {
        assert_eq!(import(&world, dry_run), refused(unnamed));
    }
    let world = World::with("[server]\nother_scenarios = true\nmax_other_scenarios = 1\n");
    assert_eq!(import(&world, true), (json!(3), json!(0), Json::Null));
    let (_, _, why) = import(&world, false);
    assert!(why.as_str().unwrap().contains("as many as may be; name it in redress.toml"), "{why}");
}

#[test]
fn an_empty_list_says_which_names_are_probably_misspelt() {
    let world = World::new();
    let notes =
        |query: &str| world.get(&format!("/v1/executions?{query}")).json().get("notes").cloned();
    let told = json!([
        "no error is called `DataEror`; did you mean `DataError`?",
        "no rule is called `reveiw`; did you mean `review`?",
    ]);
    assert_eq!(notes("error=DataEror&rule=reveiw"), Some(told));
    // What is like nothing may come yet.
    assert_eq!((notes("error=Zyx"), notes("error=DataError")), (None, None));
}

#[test]
fn scenarios_come_in_pages() {
    let more: String = (1..6).map(|number| format!("[scenario.\"{number}\"]\n")).collect();
    let world = World::with(&format!("{SCENARIOS}{more}"));
    let mut path = "/v1/scenarios?limit=4".to_owned();
    let mut pages = Vec::new();
    loop {
        let page = world.get(&path).json();
        let names = page["scenarios"].as_array().unwrap().iter();
        pages.push(names.map(|it| it["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>());
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/scenarios?limit=4&after={next}");
    }
    assert_eq!(pages, [vec!["1", "2", "3", "4"], vec!["5", "refunds"]]);
}
