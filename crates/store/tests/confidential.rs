//! Payloads that nobody may see.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use redress::Policy;
use redress_store::{
    Change, Claimed, Edit, ExecutionId, Executions, Filter, NotImported, Outcome, Payload,
    PayloadKind, Query, Report, ReportError, Reported, Scenario, Seal, SealError, Settings, Sqlite,
};
use serde_json::json;

use crate::world::{World, calm, event, report};

fn confidential(key: Option<u8>) -> Scenario {
    let settings = Settings { confidential: true, ..calm() };
    Scenario { policy: Policy::default(), settings, seal: key.map(|key| Seal::new([key; 32])) }
}

#[test]
fn a_confidential_payload_is_kept_encrypted_and_opened_for_its_worker() {
    let mut world = World::new(calm());
    world.executions.set_scenario("refunds", confidential(Some(1)));
    let kept = world.stored("ConnectionError");
    let shown = world.executions.payload(kept.id, 1).unwrap().unwrap();
    assert_eq!(shown.kind(), PayloadKind::Sealed);
    assert!(!shown.bytes().windows(6).any(|bytes| bytes == b"refund"));
    let edit = Edit { payload: Payload::from("edited"), version: None };
    world.executions.resolve(kept.id, edit, "alice", "a typo", world.now).unwrap();
    let shown = world.executions.payload(kept.id, 2).unwrap().unwrap();
    assert_eq!(shown.kind(), PayloadKind::Sealed);

    let difference = world.executions.difference(kept.id, 2).unwrap().unwrap();
    assert_eq!((difference.by.as_str(), difference.change), ("alice", Change::Confidential));

    world.wait(600);
    let claim = world.claim();
    assert_eq!(world.executions.open(&claim), Ok(Payload::from("edited")));
    world.executions.set_scenario("refunds", confidential(Some(2)));
    assert_eq!(world.executions.open(&claim), Err(SealError::DoesNotOpen));
    world.executions.set_scenario("refunds", confidential(None));
    assert_eq!(world.executions.open(&claim), Err(SealError::NoKey));
}

#[test]
fn what_does_not_open_waits_and_uses_up_no_try() {
    let mut world = World::new(calm());
    world.executions.set_scenario("refunds", confidential(Some(1)));
    // More than there are places, and some to spare.
    let old: Vec<ExecutionId> = (0..40).map(|_| world.stored("ConnectionError").id).collect();
    world.executions.set_scenario("refunds", confidential(Some(2)));
    let new = world.stored("ConnectionError").id;
    let first = world.executions.first_unopened("refunds").unwrap().unwrap();
    assert_eq!((first.0.id, first.1), (old[0], SealError::DoesNotOpen));
    assert_eq!(world.executions.does_not_open(&world.get(new)), Ok(None));
    assert_eq!(world.executions.first_unopened("others"), Ok(None));

    world.wait(600);
    let (mut told, mut began) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let claimed = world.executions.claim_where("worker", 9, world.now, |_| true).unwrap();
        told.extend(claimed.unopened);
        began.extend(claimed.claims);
    }
    // Each is told once, and keeps nobody waiting who opens.
    assert_eq!(
        told.iter().map(|(it, _)| it.id).collect::<BTreeSet<_>>(),
        old.iter().copied().collect()
    );
    assert_eq!(told.len(), old.len());
    assert!(told.iter().all(|(_, why)| *why == SealError::DoesNotOpen));
    assert_eq!(began.iter().map(|claim| claim.execution.id).collect::<Vec<_>>(), [new]);
    world.end(&began[0], Outcome::Succeeded);
    assert!(old.iter().all(|id| world.get(*id).version == 1));
    world.wait(10);
    assert_eq!(
        world.executions.claim_where("worker", 9, world.now, |_| true),
        Ok(Claimed::default())
    );

    // Another payload may be given to it without the old one.
    let edit = Edit { payload: Payload::from("edited"), version: None };
    world.executions.resolve(old[7], edit, "alice", "a new card", world.now).unwrap();
    world.wait(10);
    let claim = (0..9).flat_map(|_| world.claims()).next().unwrap();
    assert_eq!(world.executions.open(&claim), Ok(Payload::from("edited")));
    world.end(&claim, Outcome::Succeeded);

    world.executions.set_scenario("refunds", confidential(None));
    world.wait(10);
    assert_eq!(world.claims(), []);
    let why = world.executions.first_unopened("refunds").unwrap().unwrap().1;
    assert_eq!(why, SealError::NoKey);

    // The key is back.
    world.executions.set_scenario("refunds", confidential(Some(1)));
    world.wait(10);
    let claims = world.claims();
    assert_eq!(claims.iter().map(|it| it.attempt()).collect::<Vec<_>>(), [2, 2, 2]);
    assert_eq!(world.executions.open(&claims[0]), Ok(Payload::from(r#"{"refund": 17}"#)));
}

#[test]
fn a_definition_that_does_not_open_waits_as_well() {
    let mut world = World::new(calm());
    world.executions.set_scenario("refunds", confidential(Some(1)));
    let place = Payload::Reference("s3://refunds/17".to_owned());
    let mut report = Report::new("refunds", event("ConnectionError"), place);
    report.definition = Some("refund".to_owned());
    world.executions.report(report, world.now).unwrap();
    world.executions.set_scenario("refunds", confidential(Some(2)));
    world.wait(600);
    assert_eq!(world.claims(), []);
    world.executions.set_scenario("refunds", confidential(Some(1)));
    world.wait(10);
    assert_eq!(world.claim().attempt(), 2);
}

#[test]
fn without_a_key_only_a_reference_is_taken() {
    let world = World::new(calm());
    world.executions.set_scenario("refunds", confidential(None));
    let refused = world.executions.report(report("DataError"), world.now);
    assert_eq!(refused, Err(ReportError::Confidential));
    let place = Payload::Reference("s3://refunds/17".to_owned());
    let report = Report::new("refunds", event("DataError"), place);
    let Reported::Stored(kept) = world.executions.report(report, world.now).unwrap() else {
        panic!("it is not kept")
    };
    let edit = Edit { payload: Payload::Reference("s3://refunds/18".to_owned()), version: None };
    world.executions.resolve(kept.id, edit, "alice", "a typo", world.now).unwrap();
    let difference = world.executions.difference(kept.id, 2).unwrap().unwrap();
    assert_eq!(difference.change, Change::Confidential);
}

/// Nobody may see it, wherever it was said.
const CARD: &str = "4111111111111111";

/// A policy that reads what nobody may see.
const READS: &str = r#"extends default
    when message contains "4111" and app == "card 4111111111111111" => store(retry, after: [10s, 10s])"#;

fn cards(path: &Path, key: Option<u8>) -> Executions {
    let executions = Executions::over(Sqlite::open(path).unwrap());
    let policy = Policy::parse(READS).unwrap();
    executions.set_scenario("refunds", Scenario { policy, ..confidential(key) });
    executions
}

fn card_failure() -> serde_json::Value {
    json!({
        "error": "ConnectionError", "module": 3, "status": 503, "app": format!("card {CARD}"),
        "message": format!("no answer for {CARD}"),
    })
}

/// Whatever of a store can be seen.
fn all_that_is_seen(executions: &Executions, folder: &Path) -> Vec<u8> {
    let mut seen = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        seen.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    let page = executions.list(&Query::default()).unwrap();
    for summary in &page.executions {
        let execution = executions.get(summary.id).unwrap();
        let log = executions.log(summary.id).unwrap();
        seen.extend(serde_json::to_vec(&(execution, log)).unwrap());
    }
    seen.extend(serde_json::to_vec(&page).unwrap());
    seen.extend(executions.export(&Filter::default()).flat_map(|line| line.unwrap().into_bytes()));
    seen
}

fn holds_a_card(seen: &[u8]) -> bool {
    seen.windows(CARD.len()).any(|bytes| bytes == CARD.as_bytes())
}

#[test]
fn what_the_policy_reads_of_a_confidential_error_nobody_else_does() {
    let folder = tempfile::tempdir().unwrap();
    let executions = cards(&folder.path().join("store.db"), Some(1));
    let mut now: jiff::Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
    let mut report = Report::new("refunds", card_failure(), CARD);
    report.definition = Some(format!("refund --card {CARD}"));
    let Reported::Stored(kept) = executions.report(report, now).unwrap() else { panic!() };
    // It was decided by what is hidden now, and so is the next failure, whose app is known from the first.
    assert_eq!(kept.due, Some(now + Duration::from_secs(10)));
    now += Duration::from_secs(10);
    let claim = executions.claim("worker", 1, now).unwrap().remove(0);
    assert_eq!(executions.open(&claim), Ok(Payload::from(CARD)));
    let definition = executions.definition(&claim.execution);
    assert_eq!(definition, Ok(Some(format!("refund --card {CARD}"))));
    let again = json!({"error": "ConnectionError", "message": format!("{CARD}: still no answer")});
    let took = Duration::from_secs(1);
    let after = executions.end(&claim, Outcome::Failed(again), took, now).unwrap();
    assert_eq!(after.due(), Some(now + Duration::from_secs(10)));

    let shown = json!({
        "error": "ConnectionError", "module": 3, "scenario": "refunds", "storing": true,
        "consecutive": 1, "attempt": 2, "size": after.size,
    });
    assert_eq!(serde_json::Value::Object(after.event.clone()), shown);
    assert_eq!((after.message(), after.definition.as_deref()), ("", None));
    assert!(!holds_a_card(&all_that_is_seen(&executions, folder.path())));

    // Where nothing is confidential all of it is to be seen: this test can fail.
    let folder = tempfile::tempdir().unwrap();
    let open = Executions::over(Sqlite::open(folder.path().join("store.db")).unwrap());
    open.report(Report::new("refunds", card_failure(), ""), now).unwrap();
    assert!(holds_a_card(&all_that_is_seen(&open, folder.path())));
}

#[test]
fn without_a_key_the_texts_of_an_error_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let executions = cards(&folder.path().join("store.db"), None);
    let now = "2026-11-25T09:00:00Z".parse().unwrap();
    let place = Payload::Reference("s3://refunds/17".to_owned());
    let mut report = Report::new("refunds", card_failure(), place);
    report.definition = Some(format!("refund --card {CARD}"));
    let Reported::Stored(kept) = executions.report(report, now).unwrap() else { panic!() };
    assert_eq!(kept.due, Some(now + Duration::from_secs(10)));
    let execution = executions.get(kept.id).unwrap().unwrap();
    assert_eq!((&execution.sealed_event, &execution.sealed_definition), (&None, &None));
    assert_eq!(execution.event["status"], 503);
    assert!(!holds_a_card(&all_that_is_seen(&executions, folder.path())));
}

#[test]
fn texts_travel_encrypted_and_plain_ones_are_not_taken() {
    let here = World::new(calm());
    here.executions.set_scenario("refunds", confidential(Some(1)));
    here.stored("DataError");
    let line = here.executions.export(&Filter::default()).next().unwrap().unwrap();
    assert!(line.contains("sealed_event"), "{line}");
    let import = |line: &str, key: u8| {
        let there = World::new(calm());
        there.executions.set_scenario("refunds", confidential(Some(key)));
        there.executions.import(line.as_bytes(), "alice", |_| Ok(()), false, there.now).unwrap()
    };
    assert_eq!(import(&line, 1).taken, 1);
    assert_eq!(import(&line, 2).refused, 1);
    let plain = line.replacen(r#""error":"#, r#""message":"it failed","error":"#, 1);
    let told = NotImported::PlainText { what: "message".to_owned(), entry: 1 };
    assert_eq!(import(&plain, 1).refusals, [(1, told)]);
}

#[test]
fn a_name_that_somebody_made_up_for_an_error_is_hidden_as_well() {
    for key in [Some(1), None] {
        let folder = tempfile::tempdir().unwrap();
        let executions = cards(&folder.path().join("store.db"), key);
        let now: jiff::Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
        let mut event = card_failure();
        event["error"] = json!(format!("Card{CARD}Error"));
        let payload = Payload::Reference("s3://refunds/17".to_owned());
        let report = Report::new("refunds", event.clone(), payload);
        let Reported::Stored(kept) = executions.report(report, now).unwrap() else { panic!() };
        let listed = executions.list(&Query::default()).unwrap().executions;
        assert_eq!(listed[0].error, "Unknown");
        assert_eq!(executions.groups(None, None, 10).unwrap()[0].error, "Unknown");

        // What cannot be seen cannot be looked for.
        let filter = Filter { message: Some(CARD.to_owned()), ..Filter::default() };
        let found = executions.list(&Query { filter, ..Query::default() }).unwrap();
        assert_eq!(found.executions, []);
        assert_eq!(executions.groups(None, Some(CARD), 10).unwrap(), []);

        // The next error as well.
        let now = now + Duration::from_secs(10);
        let claim = executions.claim("worker", 1, now).unwrap().remove(0);
        executions.end(&claim, Outcome::Failed(event), Duration::from_secs(1), now).unwrap();
        assert_eq!(executions.get(kept.id).unwrap().unwrap().error(), "Unknown");
        assert!(!holds_a_card(&all_that_is_seen(&executions, folder.path())));

        // From elsewhere it comes only hidden, and as it is here it does.
        let lines: Vec<String> =
            executions.export(&Filter::default()).map(|line| line.unwrap()).collect();
        let made_up = lines[0].replace("\"Unknown\"", "\"MadeUpError\"");
        let elsewhere = tempfile::tempdir().unwrap();
        let there = cards(&elsewhere.path().join("store.db"), key);
        let import =
            |line: &str| there.import(line.as_bytes(), "alice", |_| Ok(()), false, now).unwrap();
        let told = NotImported::PlainText { what: "error".to_owned(), entry: 1 };
        assert_eq!(import(&made_up).refusals, [(1, told)]);
        assert_eq!(import(&lines[0]).taken, 1);
    }
}
