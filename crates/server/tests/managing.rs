//! What a person does.

use std::sync::mpsc::channel;
use std::time::Duration;

use redress_store::{Outcome, Sqlite, Store};
use serde_json::{Value as Json, json};

use crate::world::{SCENARIOS, World};

#[test]
fn a_payload_is_edited_and_run_unless_somebody_was_quicker() {
    let world = World::new();
    let id = world.stored("DataError");
    let path = format!("/v1/executions/{id}/resolve");
    let late = json!({"payload": {"refund": 18}, "version": 7, "reason": "the number was wrong"});
    let refused = world.post(&path, late);
    assert_eq!(
        (refused.status, &refused.json()["detail"]),
        (409, &json!("it has changed since and is at version 1; look at it again"))
    );
    let right = json!({"payload": {"refund": 18}, "version": 1, "reason": "the number was wrong"});
    assert_eq!(world.post(&path, right).json()["edition"], 2);
    let task = world.tasks.recv().unwrap();
    assert_eq!(
        (task.payload.bytes(), task.idempotency_key.as_str()),
        (&b"{\"refund\":18}"[..], format!("{id}-2").as_str())
    );
    assert_eq!(
        world.get(&format!("/v1/executions/{id}/payload?edition=1")).body,
        b"{\"refund\":17}"
    );
    assert_eq!(world.get(&format!("/v1/executions/{id}/payload?edition=3")).status, 404);
    // While it is being tried it is left alone.
    assert_eq!(world.post(&format!("/v1/executions/{id}/retry"), json!({})).status, 409);
    assert_eq!(world.delete(&format!("/v1/executions/{id}")).status, 409);
    world.ends(Outcome::Succeeded);
    world.until(&id, "resolved");
    assert_eq!(world.post(&path, json!({"payload": 1, "reason": "once more"})).status, 409);
}

#[test]
fn an_edition_that_the_scenario_has_no_room_for_is_refused() {
    let world = World::with(&format!("{SCENARIOS}max_bytes = \"500B\"\n"));
    let id = world.stored("DataError");
    let large = json!({"payload": "x".repeat(500), "reason": "the note was missing"});
    let refused = world.post(&format!("/v1/executions/{id}/resolve"), large);
    assert_eq!((refused.status, &refused.json()["place"]), (507, &json!("payload")));
    let told = "with it those that are not resolved would have more than 500 bytes";
    assert_eq!(refused.json()["detail"], told);
    assert_eq!(world.get(&format!("/v1/executions/{id}")).json()["edition"], 1);
}

#[test]
fn one_is_retried_closed_or_deleted() {
    let world = World::new();
    let (first, second) = (world.stored("DataError"), world.stored("DataError"));
    world.ends(Outcome::Failed(json!({"error": "DataError", "message": "it is still wrong"})));
    assert_eq!(
        world.post(&format!("/v1/executions/{first}/retry"), json!({"reason": "mended"})).json()["state"]
            ["status"],
        "pending"
    );
    world.tasks.recv().unwrap();
    let after = world.until(&first, "unresolved");
    assert_eq!(
        (&after["tries"], &after["event"]["message"]),
        (&json!(2), &json!("it is still wrong"))
    );
    assert_eq!(
        world.post(&format!("/v1/executions/{first}/close"), json!({"reason": ""})).status,
        422
    );
    assert_eq!(
        world.post(&format!("/v1/executions/{first}/close"), json!({"reason": "by hand"})).status,
        200
    );
    let deleted = world.delete(&format!("/v1/executions/{second}?reason=a%20test"));
    assert_eq!((deleted.status, &deleted.json()["id"]), (200, &json!(second)));
    assert_eq!(world.get(&format!("/v1/executions/{second}")).status, 404);
    let line = &world.get("/v1/scenarios/refunds/log").json()[0];
    assert_eq!(
        (&line["what"], &line["by"], &line["reason"]),
        (&json!("deleted"), &json!("local"), &json!("a test"))
    );
}

#[test]
fn many_are_done_with_at_once_once_that_is_confirmed() {
    let world = World::new();
    let ids: Vec<String> = (0..4).map(|_| world.stored("DataError")).collect();
    let unconfirmed = world.post("/v1/executions/delete", json!({"all": {"error": "DataError"}}));
    assert_eq!((unconfirmed.status, &unconfirmed.json()["place"]), (422, &json!("confirm")));
    let dry = json!({"all": {}, "dry_run": true});
    assert_eq!(world.post("/v1/executions/delete", dry).json()["done"], 4);
    let some = json!({"all": {"error": "DataError"}, "except": [ids[0]], "confirm": true});
    let done = world.post("/v1/executions/delete", some).json();
    assert_eq!((&done["done"], &done["refused"]), (&json!(3), &json!(0)));

    let gone = json!({"ids": [ids[0], ids[1]], "every": "1h", "first": "2h", "reason": "the service is back"});
    let retried = world.post("/v1/executions/retry", gone).json();
    assert_eq!((&retried["done"], &retried["refused"]), (&json!(1), &json!(1)));
    assert_eq!(retried["refusals"][0]["why"], format!("there is no execution {}", ids[1]));
    world.ends(Outcome::Succeeded);
    world.until(&ids[0], "resolved");
    let ids: Vec<String> = (0..2).map(|_| world.stored("DataError")).collect();
    let unsaid = world.post("/v1/executions/close", json!({"ids": ids}));
    assert_eq!((unsaid.status, &unsaid.json()["place"]), (422, &json!("reason")));
    let close = json!({"ids": ids, "reason": "paid by hand"});
    assert_eq!(world.post("/v1/executions/close", close).json()["done"], 2);
    world.until(&ids[1], "resolved");
    for wrong in
        [json!({}), json!({"ids": [], "all": {}}), json!({"ids": [ids[0]], "except": [ids[0]]})]
    {
        assert_eq!(world.post("/v1/executions/retry", wrong).status, 422);
    }
}

#[test]
fn a_retry_of_many_says_what_it_undoes() {
    let world = World::with(&format!("{SCENARIOS}lease = \"10m\"\n"));
    let retry = |body: Json| world.post("/v1/executions/retry", body).json();
    let notes = |told: &Json| told.get("notes").map(|notes| notes[0].as_str().unwrap().to_owned());
    let undoes = |told: &Json, many: &str| {
        let start = format!("{many} going to be tried anyway");
        let notes = notes(told).unwrap();
        notes.starts_with(&start) && notes.ends_with("; that is undone")
    };
    // It holds them all: none begins meanwhile.
    let run = world.post("/v1/scenarios/refunds/runs", json!({})).json();
    assert!(run["run"].is_string());
    let ids: Vec<String> = (0..3).map(|_| world.stored("DataError")).collect();
    let all = json!({"all": {}, "confirm": true, "every": "1h"});
    assert_eq!(notes(&retry(all.clone())), None);
    // The first is due by now, and waits at the pace of the others all the same.
    let dry = retry(json!({"all": {}, "dry_run": true}));
    assert!(undoes(&dry, "3 executions are"), "{dry}");
    assert!(notes(&dry).unwrap().contains(", the last of them no sooner than 20"), "{dry}");
    let but_one = retry(json!({"all": {}, "except": [ids[2]], "dry_run": true}));
    assert!(undoes(&but_one, "2 executions are"), "{but_one}");
    let unresolved = json!({"all": {"status": "unresolved"}, "dry_run": true});
    assert_eq!(notes(&retry(unresolved)), None);
    let one = retry(json!({"ids": [ids[0], ids[0]]}));
    assert!(undoes(&one, "1 execution is"), "{one}");
    // It has no pace any more.
    assert_eq!(notes(&retry(json!({"ids": [ids[0]]}))), None);
    let rest = retry(all);
    assert!(undoes(&rest, "2 executions are"), "{rest}");
}

#[test]
fn where_a_policy_does_not_load_nothing_is_going_to_be_tried_anyway() {
    let refunds = |policy: &str| {
        format!("[scenario.refunds]\nurl = \"http://127.0.0.1:9/\"\npolicy = \"{policy}\"\n")
    };
    for (policy, notes) in [("default", 1), ("missing.policy", 0)] {
        let world = World::as_configured(&refunds(policy));
        world.stored("ConnectionError");
        let dry = world.post("/v1/executions/retry", json!({"all": {}, "dry_run": true})).json();
        let told = dry.get("notes").map_or(0, |notes| notes.as_array().unwrap().len());
        assert_eq!((&dry["done"], told), (&json!(1), notes), "{policy}: {dry}");
    }
}

#[test]
fn names_that_nothing_is_known_of_are_told_where_nothing_is_done() {
    let world = World::with(&format!("[server]\nother_scenarios = true\n{SCENARIOS}"));
    world.stored("DataError");
    let told = |what: &str, all: Json| {
        let body = json!({"all": all, "dry_run": true, "reason": "it is gone"});
        let answer = world.post(&format!("/v1/executions/{what}"), body);
        (answer.status, answer.json()["done"].clone(), answer.json().get("notes").cloned())
    };
    for what in ["retry", "close", "delete"] {
        let notes = json!([
            "nothing is known of a scenario `refnds`; did you mean `refunds`?",
            "no error is called `DataEror`; did you mean `DataError`?",
            "no rule is called `reveiw`; did you mean `review`?",
        ]);
        let all = json!({"scenario": "refnds", "error": "DataEror", "rule": "reveiw"});
        assert_eq!(told(what, all), (200, json!(0), Some(notes)));
    }
    let nothing_like_it = json!(["no error is called `Zyx`"]);
    assert_eq!(told("retry", json!({"error": "Zyx"})), (200, json!(0), Some(nothing_like_it)));
    // Whatever is named right is no mistake, whether or not there is something to do.
    assert_eq!(told("retry", json!({"error": "RateLimitError"})), (200, json!(0), None));
    assert_eq!(told("retry", json!({"error": "DataError"})), (200, json!(1), None));
    // Others are not taken: it cannot be one of them.
    let world = World::new();
    let refused =
        world.post("/v1/executions/retry", json!({"all": {"scenario": "refnds"}, "dry_run": true}));
    assert_eq!((refused.status, &refused.json()["fix"]), (404, &json!("did you mean `refunds`?")));
}

#[test]
fn executions_are_taken_along_and_brought_in() {
    let world = World::new();
    let ids: Vec<String> = ["DataError", "UnexpectedError"].map(|error| world.stored(error)).into();
    let exported = world.get("/v1/executions/export");
    assert_eq!(exported.header("content-type"), "application/jsonl");
    let lines = String::from_utf8(exported.body).unwrap();
    assert_eq!(lines.lines().count(), 2);
    let one = world.get("/v1/executions/export?error=DataError").body;
    assert_eq!(String::from_utf8(one).unwrap(), lines.split_inclusive('\n').next().unwrap());
    assert_eq!(world.get("/v1/executions/export?limit=1").status, 422);

    let other = World::with(&format!("{SCENARIOS}\n[scenario.nightly]\nrerun = true\n"));
    let import = |text: &str, query: &str| {
        let path = format!("/v1/executions/import{query}");
        let answer = other.ask(
            "POST",
            &path,
            Some(text.to_owned()),
            &[("content-type", "application/jsonl")],
        );
        assert_eq!(answer.status, 200, "{}", answer.json());
        answer.json()
    };
    assert_eq!(import(&lines, "?dry_run=true")["taken"], 2);
    let some = format!("{lines}this is no execution\n");
    let taken = import(&some, "");
    assert_eq!(
        (&taken["taken"], &taken["refused"], &taken["refusals"][0]["line"]),
        (&json!(2), &json!(1), &json!(3))
    );
    assert_eq!(import(&lines, "")["known"], 2);
    let kept = other.get("/v1/executions?order=oldest").json();
    assert_eq!(
        (&kept["executions"][0]["id"], &kept["executions"][1]["id"]),
        (&json!(ids[0]), &json!(ids[1]))
    );
    // What is not taken is told with what is to be done.
    let of = |scenario: &str| {
        lines.replace("\"scenario\":\"refunds\"", &format!("\"scenario\":\"{scenario}\""))
    };
    let recorded =
        lines.replacen("\"event\"", "\"definition\":\"{}\",\"recorded\":true,\"event\"", 1);
    for (lines, refused, why) in [
        (
            of("nightly"),
            2,
            "the scenario `nightly` runs recorded commands again, so it takes executions and payloads only from the \
             command on this machine; give the scenario a `url` or a `command` in redress.toml",
        ),
        (of("refnds"), 2, "there is no scenario `refnds`; did you mean `refunds`?"),
        (
            recorded,
            1,
            "it has a recorded command, which is code; import it by the command on this machine: `redress executions \
             import --trust`",
        ),
    ] {
        for query in ["?dry_run=true", ""] {
            let told = import(&lines, query);
            assert_eq!(
                (&told["refused"], &told["refusals"][0]),
                (&json!(refused), &json!({"line": 1, "why": why}))
            );
        }
    }
}

#[test]
fn a_recorded_command_is_given_nothing_else_to_read() {
    let world = World::new();
    let id = world.stored("DataError");
    let World { folder, server, .. } = world;
    server.stop();
    let again = SCENARIOS.replace("url = \"http://127.0.0.1:9/refunds\"", "rerun = true");
    let world = World::over(folder, &again).unwrap();
    let path = format!("/v1/executions/{id}");
    let edited = json!({"payload": "rm -r ledger", "reason": "it is a shell"});
    let refused = world.post(&format!("{path}/resolve"), edited);
    assert_eq!((refused.status, &refused.json()["place"]), (403, &json!("scenario")));
    assert_eq!(world.get(&path).json()["edition"], 1);
    // What changes no code stays possible.
    assert_eq!(world.post(&format!("{path}/retry"), json!({})).status, 200);
    world.ends(Outcome::Succeeded);
    world.until(&id, "resolved");
    assert_eq!(world.delete(&path).status, 200);
}

#[test]
fn what_is_done_with_many_may_take_longer_than_an_answer() {
    let world = World::new();
    let ids: Vec<String> = (0..4).map(|_| world.stored("DataError")).collect();
    let lines = String::from_utf8(world.get("/v1/executions/export").body).unwrap();
    let World { folder, server, .. } = world;
    server.stop();
    let limits = "[server]\nrequest_timeout = \"100ms\"\n";
    let world = World::over(folder, &format!("{limits}{SCENARIOS}")).unwrap();
    let store = Sqlite::open(world.folder.path().join("redress.db")).unwrap();
    let id = |number: usize| json!({"ids": [ids[number]], "reason": "it is done"}).to_string();
    for (path, body, status) in [
        ("close", id(0), 200),
        ("delete", id(1), 200),
        ("retry", id(2), 200),
        ("import", lines, 200),
        (&*format!("{}/close", ids[3]), r#"{"reason": "it is done"}"#.to_owned(), 503),
    ] {
        // Another program holds the store for longer than an answer may take.
        std::thread::scope(|scope| {
            let (holds, held) = channel();
            let store = &store;
            scope.spawn(move || {
                let held = store.write(&mut |_| {
                    holds.send(()).unwrap();
                    std::thread::sleep(Duration::from_millis(600));
                    Ok(())
                });
                held.unwrap();
            });
            held.recv().unwrap();
            let answer = world.ask("POST", &format!("/v1/executions/{path}"), Some(body), &[]);
            assert_eq!(answer.status, status, "{path}: {}", answer.json());
        });
    }
}

#[test]
fn what_waits_at_a_pace_says_until_when_and_is_not_late() {
    let world = World::new();
    let (first, second) = (world.stored("DataError"), world.stored("DataError"));
    let retry = |id: &str, every: &str| {
        world.post("/v1/executions/retry", json!({"ids": [id], "every": every})).json()
    };
    retry(&first, "1h");
    world.tasks.recv().unwrap();
    let done = retry(&second, "1ms");
    assert!(done["last_begins"].as_str() > done["last_due"].as_str(), "{done}");
    let shown = world.get(&format!("/v1/executions/{second}")).json();
    assert_eq!(shown["paced_until"], done["last_begins"]);
    let listed = world.get("/v1/executions?status=pending").json();
    assert_eq!(listed["executions"][0]["paced"], true, "{listed}");
    let figures = String::from_utf8(world.get("/metrics").body).unwrap();
    for line in ["redress_due{scenario=\"refunds\"} 0", "redress_paced{scenario=\"refunds\"} 1"] {
        assert!(figures.contains(line), "{line} is not in\n{figures}");
    }
    world.ends(Outcome::Succeeded);
    world.until(&first, "resolved");
}
