//! Executions that travel from one store to another.

mod strange;

use std::collections::BTreeSet;
use std::io::{BufReader, Read};
use std::time::Duration;

use redress::Policy;
use redress_store::{
    Edit, Filter, Imported, NotImported, Outcome, Pace, Payload, Report, Scenario,
    ScenarioHappening, Seal, Selection, Settings, Status,
};
use serde_json::Value as Json;

use crate::world::{World, calm, event, report};

fn lines(world: &World) -> Vec<String> {
    world.executions.export(&Filter::default()).collect::<Result<_, _>>().unwrap()
}

fn import(world: &World, text: &str) -> Imported {
    world.executions.import(text.as_bytes(), "alice", |_| Ok(()), false, world.now).unwrap()
}

fn refusal(world: &World, text: &str) -> String {
    let mut imported = import(world, text);
    assert_eq!((imported.taken, imported.known, imported.refused), (0, 0, 1), "{imported:?}");
    imported.refusals.remove(0).1.to_string()
}

/// A world with an execution of every status, one of them edited.
fn full() -> World {
    let mut world = World::new(calm());
    let resolved = world.stored("ConnectionError");
    let running = world.stored("ConnectionError");
    world.wait(600);
    for claim in world.claims() {
        if claim.execution.id == resolved.id {
            world.end(&claim, Outcome::Succeeded);
        }
    }
    assert_eq!(world.get(running.id).status(), Status::InProgress);
    let edited = world.stored("DataError");
    let edit = Edit { payload: Payload::from(vec![0, 159, 146, 150]), version: None };
    world.executions.resolve(edited.id, edit, "bob", "a typo", world.now).unwrap();
    world.executions.report(report("DataError").once("run 4711").key("a"), world.now).unwrap();
    world
}

#[test]
fn what_is_exported_is_the_same_elsewhere_and_what_was_in_progress_is_interrupted() {
    let (here, mut there) = (full(), World::new(calm()));
    there.now = here.now;
    there.stored("DataError");
    let text = lines(&here).join("\n");
    let told = there.executions.import(text.as_bytes(), "alice", |_| Ok(()), true, there.now);
    assert_eq!(there.executions.list(&Default::default()).unwrap().executions.len(), 1);
    let imported = import(&there, &text);
    assert_eq!(imported, Imported { taken: 4, ..Imported::default() });
    assert_eq!(told.unwrap(), imported);
    for (place, line) in lines(&here).iter().enumerate() {
        let line: Json = serde_json::from_str(line).unwrap();
        let id = line["id"].as_str().unwrap().parse().unwrap();
        let (left, right) = (here.get(id), there.get(id));
        assert_eq!(right.sequence, place as u64 + 2);
        assert_eq!((&left.event, left.size, left.tries), (&right.event, right.size, right.tries));
        for edition in 1..=left.edition {
            let payload = |world: &World| world.executions.payload(id, edition).unwrap().unwrap();
            assert_eq!(payload(&here), payload(&there));
        }
        match left.status() {
            Status::InProgress => assert_eq!(right.due(), Some(there.now)),
            _ => assert_eq!(left.state, right.state),
        }
    }
    let log = there.executions.scenario_log("refunds", 1).unwrap();
    let line = ScenarioHappening::Imported { executions: 4, by: "alice".to_owned() };
    assert_eq!(log[0].what, line);

    // It goes on there, and coming in again changes nothing.
    let claim = there.claims().remove(0);
    there.end(&claim, Outcome::Succeeded);
    assert_eq!(import(&there, &text), Imported { known: 4, ..Imported::default() });
}

#[test]
fn an_exported_line_is_as_it_was() {
    let world = full();
    let mut line: Json = serde_json::from_str(&lines(&world)[2]).unwrap();
    line["log"] = Json::Array(vec![line["log"][1].clone()]);
    let id = line["id"].as_str().unwrap().to_owned();
    let told = serde_json::json!({
        "format": 1,
        "id": id,
        "log": [{
            "number": 2, "at": "2026-11-25T09:10:00Z", "what": "asked", "by": "bob", "reason": "a typo",
            "due": "2026-11-25T09:10:00Z", "edited": {"number": 2, "payload": "plain", "size": 4},
        }],
        "payloads": [{"kind": "plain", "text": "{\"refund\": 17}"}, {"kind": "plain", "base64": "AJ+Slg=="}],
    });
    assert_eq!(line, told);
}

#[test]
fn a_bad_line_is_told_with_its_number_and_the_others_are_taken() {
    let (here, there) = (full(), World::new(calm()));
    let mut all = lines(&here);
    let line = all.pop().unwrap();
    all.insert(1, "{\"format\": 7, \"of\": \"the future\"}".to_owned());
    all.insert(2, String::new());
    all.insert(3, "no JSON".to_owned());
    let imported = import(&there, &all.join("\r\n"));
    assert_eq!((imported.taken, imported.refused), (3, 2));
    let told: Vec<(u64, String)> =
        imported.refusals.iter().map(|(line, why)| (*line, why.to_string())).collect();
    assert_eq!(told[0].0, 2);
    assert_eq!(told[0].1, "it has format 7, this program knows format 1; use a newer program");
    assert_eq!((told[1].0, told[1].1.starts_with("it is no execution: ")), (4, true));

    let changed = |from: &str, to: &str| {
        assert!(line.contains(from), "{line}");
        refusal(&there, &line.replacen(from, to, 1))
    };
    let said = changed(r#""number":1"#, r#""number":2"#);
    assert!(said.contains("does not begin at its beginning"), "{said}");
    let said = changed(r#""kind":"plain""#, r#""kind":"reference""#);
    assert_eq!(said, "edition 1 of the payload is not the one that the log tells of");
    let said = changed(r#""scenario":"refunds""#, r#""scenario":"""#);
    assert_eq!(said, "`scenario` is empty");
    let said = changed(r#""once":"run 4711""#, &format!(r#""once":"{}""#, "x".repeat(300)));
    assert_eq!(said, "`once` has 300 bytes, no more than 256 are taken");
    let said = changed("2026-11-25T09:10:00Z", "2026-11-25T09:10:00.0001Z");
    assert_eq!(said, "its log cannot be: entry 1 has a time with a part of a millisecond");
    let said = changed(
        r#""next":{"person":"manual"}"#,
        r#""next":{"retry":{"due":"2026-11-25T10:00:00Z","by":"schedule","delay":{"step":1}}}"#,
    );
    assert!(said.starts_with("its log cannot be: entry 1: "), "{said}");
    // Nothing of it stayed.
    assert_eq!(import(&there, &line).taken, 1);
}

#[test]
fn a_pace_that_would_keep_others_waiting_for_ever_is_not_taken() {
    let (here, there) = (World::new(calm()), World::new(calm()));
    here.stored("DataError");
    let all = Selection::All { filter: Filter::default(), except: BTreeSet::new(), latest: None };
    let pace = Pace::every(Duration::from_secs(u64::MAX));
    here.executions.retry_many(&all, "alice", None, pace, false, here.now).unwrap();
    let line = lines(&here).remove(0);
    let longest = r#""gap":2592000000"#;
    assert!(line.contains(longest), "{line}");
    let said = refusal(&there, &line.replace(longest, &format!(r#""gap":{}"#, u64::MAX)));
    assert_eq!(said, "its log cannot be: entry 2 has a pace of more than 30d between two");
    assert_eq!(import(&there, &line).taken, 1);
}

#[test]
fn a_line_that_is_no_execution_is_told_in_the_words_of_the_line() {
    let there = World::new(calm());
    let id = r#""format": 1, "id": "019abb0f000070008000000000000000""#;
    for (line, told) in [
        ("no JSON", "it is no JSON, at column 2"),
        (r#"{"format": 1"#, "it is no JSON, at column 12"),
        ("[]", "it is no object, which is what `export` writes, at column 2"),
        ("{}", "missing field `format`, at column 2"),
        (
            r#"{"é": "é", "format": "1"}"#,
            "a value is not of the kind that stands there, at column 24",
        ),
        (
            r#"{"format": 1, "id": "17", "log": []}"#,
            "an id has 32 hexadecimal digits, at column 24",
        ),
        (&format!("{{{id}, \"payloads\": []}}"), "missing field `log`, at column 71"),
        (
            &format!("{{{id}, \"lock\": 1}}"),
            "unknown field `lock`, expected one of `format`, `id`, `log`, `payloads`, at column 62",
        ),
    ] {
        assert_eq!(refusal(&there, line), format!("it is no execution: {told}"), "{line}");
    }
}

#[test]
fn an_id_and_a_report_are_kept_once() {
    let (here, there) = (full(), World::new(calm()));
    let line = lines(&here).pop().unwrap();
    there.executions.report(report("DataError").once("run 4711"), there.now).unwrap();
    let kept = there.executions.list(&Default::default()).unwrap().executions[0].id;
    assert_eq!(refusal(&there, &line), format!("its report is kept already, as {kept}"));

    let there = World::new(calm());
    import(&there, &line);
    let page = here.executions.list(&Default::default()).unwrap();
    here.executions.close(page.executions[0].id, "bob", "paid by hand", here.now).unwrap();
    // A line that goes on from what is kept is not it.
    assert_eq!(
        refusal(&there, lines(&here).last().unwrap()),
        "an execution with this id is kept, and its log is not that of the line, or an older one"
    );
}

#[test]
fn limits_and_scenarios_that_are_not_taken_refuse() {
    let here = full();
    let there = World::new(Settings { max_records: 1, ..calm() });
    let text = lines(&here).join("\n");
    let dry = there.executions.import(text.as_bytes(), "alice", |_| Ok(()), true, there.now);
    let imported = import(&there, &text);
    // What is resolved takes no room.
    assert_eq!((imported.taken, imported.refused), (2, 2));
    assert_eq!(dry.unwrap(), imported);
    assert!(matches!(imported.refusals[0], (3, NotImported::Full(_))));
    assert_eq!(there.executions.scenario("refunds").unwrap().off, None);

    let takes = |execution: &redress_store::Execution| {
        Err(format!("nobody takes what is of `{}`", execution.scenario))
    };
    let none = there.executions.import(text.as_bytes(), "alice", takes, false, there.now).unwrap();
    assert_eq!((none.taken, none.known, none.refused), (0, 0, 4));
    assert_eq!(none.refusals[0].1.to_string(), "nobody takes what is of `refunds`");
}

#[test]
fn what_is_confidential_travels_encrypted_and_opens_with_its_key_only() {
    let confidential = |key: u8| {
        let world = World::new(calm());
        let settings = Settings { confidential: true, ..calm() };
        let seal = Some(Seal::new([key; 32]));
        let scenario = Scenario { policy: Policy::default(), settings, seal };
        world.executions.set_scenario("refunds", scenario);
        world
    };
    let here = confidential(1);
    here.stored("DataError");
    let line = lines(&here).remove(0);
    assert!(line.contains("base64") && !line.contains("refund\\\""), "{line}");
    assert_eq!(
        refusal(&confidential(2), &line),
        "the payload was encrypted with another key, or was changed since"
    );
    // Whether or not the scenario is confidential here: no try could read it.
    let open = |seal: Option<Seal>| {
        let world = World::new(calm());
        let scenario = Scenario { policy: Policy::default(), settings: calm(), seal };
        world.executions.set_scenario("refunds", scenario);
        world
    };
    assert_eq!(
        refusal(&open(None), &line),
        "it is encrypted, and no key is configured for its scenario"
    );
    assert_eq!(
        refusal(&open(Some(Seal::new([2; 32]))), &line),
        "the payload was encrypted with another key, or was changed since"
    );
    assert_eq!(import(&open(Some(Seal::new([1; 32]))), &line).taken, 1);
    let there = confidential(1);
    assert_eq!(import(&there, &line).taken, 1);
    assert_eq!(lines(&there), [line]);

    let plain = World::new(calm());
    plain.executions.report(Report::new("refunds", event("DataError"), "x"), plain.now).unwrap();
    let said = refusal(&there, &lines(&plain)[0]);
    assert_eq!(said, "the scenario is confidential, and its payload is not encrypted");
}

#[test]
fn a_line_without_end_is_read_over_and_the_next_is_taken() {
    let (here, there) = (full(), World::new(calm()));
    let endless = std::io::repeat(b'x').take(redress_store::LARGEST_LINE as u64 + 10);
    let rest = format!("\n{}", lines(&here)[0]);
    let text = BufReader::new(endless.chain(rest.as_bytes()));
    let imported = there.executions.import(text, "alice", |_| Ok(()), false, there.now).unwrap();
    assert_eq!(imported.taken, 1);
    assert_eq!(imported.refusals, [(1, NotImported::TooLong)]);
}

#[test]
fn many_travel_in_portions() {
    let mut here = World::new(Settings { max_records: 1000, ..calm() });
    for _ in 0..600 {
        here.stored("ConnectionError");
    }
    here.wait(600);
    let there = World::new(Settings { max_records: 1000, ..calm() });
    assert_eq!(import(&there, &lines(&here).join("\n")).taken, 600);
    assert_eq!(lines(&here), lines(&there));
}
