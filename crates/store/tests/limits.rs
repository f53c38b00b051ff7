//! Limits, losses, what switches a scenario off, retention.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use redress_store::{
    Answer, Edit, Filter, Full, Gate, Lost, ManageError, Off, Order, Outcome, Query, Report,
    ReportError, Reported, Runaway, ScenarioHappening, Selection, Settings, Status, WhyOff,
};
use serde_json::json;

use crate::world::{World, calm, event, report};

#[test]
fn a_hundred_are_kept_and_the_next_switches_the_scenario_off() {
    let world = World::new(calm());
    for _ in 0..100 {
        world.stored("DataError");
    }
    let refused = world.executions.report(report("DataError"), world.now);
    assert_eq!(refused, Err(ReportError::Full(Full::Records(100))));
    let off = Off { since: world.now, why: WhyOff::Full(Full::Records(100)) };
    assert_eq!(world.executions.gate("refunds", None), Ok(Gate::Off(off)));
    // Nothing is lost: it is for whoever reported it to keep.
    let state = world.executions.scenario("refunds").unwrap();
    assert_eq!((state.lost, state.refused.executions), (Lost::default(), 1));
    assert_eq!((state.refused.first, state.refused.last), (Some(world.now), Some(world.now)));

    // Room is made by resolving, and it is a person who switches on.
    let page = world.executions.list(&Query::default()).unwrap();
    world.executions.close(page.executions[0].id, "alice", "paid by hand", world.now).unwrap();
    assert_eq!(
        world.executions.switch_on("refunds", "alice", Some("it has room"), world.now),
        Ok(true)
    );
    assert_eq!(world.executions.gate("refunds", None), Ok(Gate::Open));
    world.stored("DataError");
    let log = world.executions.scenario_log("refunds", 10).unwrap();
    assert_eq!(
        log[0].what,
        ScenarioHappening::On { by: "alice".to_owned(), reason: Some("it has room".to_owned()) }
    );
    assert_eq!(log[1].what, ScenarioHappening::Off { why: WhyOff::Full(Full::Records(100)) });
}

#[test]
fn where_data_may_be_lost_it_is_counted() {
    let settings = Settings { data_loss: true, max_records: 1, ..calm() };
    let mut world = World::new(settings);
    world.stored("DataError");
    let first = world.now;
    assert!(matches!(world.reported("DataError"), Reported::Lost(_, Full::Records(1))));
    world.wait(5);
    assert!(matches!(world.reported("DataError"), Reported::Lost(..)));
    let lost = world.executions.scenario("refunds").unwrap().lost;
    assert_eq!((lost.executions, lost.first, lost.last), (2, Some(first), Some(world.now)));
    assert!(lost.bytes > 0);
    assert_eq!(world.executions.scenario("refunds").unwrap().refused, Lost::default());
    assert_eq!(world.executions.gate("refunds", None), Ok(Gate::Open));
}

#[test]
fn bytes_have_a_limit_too() {
    let world = World::new(Settings { max_bytes: redress::Size::from_bytes(1000), ..calm() });
    let large = Report::new("refunds", event("DataError"), vec![b'x'; 800]);
    world.executions.report(large.clone(), world.now).unwrap();
    let refused = world.executions.report(large, world.now);
    assert_eq!(refused, Err(ReportError::Full(Full::Bytes(1000))));
}

#[test]
fn an_edition_of_a_payload_needs_room_as_what_is_stored_does() {
    let world = World::new(Settings { max_bytes: redress::Size::from_bytes(1000), ..calm() });
    let kept = world.stored("DataError");
    let resolve = |bytes: usize| {
        let edit = Edit { payload: vec![b'x'; bytes].into(), version: None };
        world.executions.resolve(kept.id, edit, "alice", "a typo", world.now)
    };
    assert_eq!(resolve(990), Err(ManageError::Full(Full::Bytes(1000))));
    assert_eq!((world.get(kept.id).version, world.get(kept.id).edition), (1, 1));
    resolve(700).unwrap();
    assert_eq!(resolve(700), Err(ManageError::Full(Full::Bytes(1000))));
    assert_eq!(world.executions.scenario("refunds").unwrap().off, None);
}

#[test]
fn storing_that_is_off_fails_the_run() {
    let world = World::new(Settings { storing: false, ..calm() });
    assert!(matches!(world.reported("ConnectionError"), Reported::StoringOff(_)));
    assert_eq!(world.executions.list(&Query::default()).unwrap().executions, []);
}

#[test]
fn three_errors_in_a_row_switch_off_and_what_is_kept_is_no_error() {
    let world = World::new(Settings { runaway: None, ..Settings::default() });
    for _ in 0..2 {
        assert!(matches!(world.reported("RuntimeError"), Reported::Decided(_)));
    }
    world.stored("DataError");
    for _ in 0..2 {
        world.reported("RuntimeError");
    }
    world.executions.run_succeeded("refunds").unwrap();
    for errors in 1..=3 {
        assert_eq!(world.executions.gate("refunds", None), Ok(Gate::Open));
        world.reported("RuntimeError");
        assert_eq!(world.executions.scenario("refunds").unwrap().consecutive, errors);
    }
    let off = Off { since: world.now, why: WhyOff::Consecutive(3) };
    assert_eq!(world.executions.gate("refunds", None), Ok(Gate::Off(off)));
}

#[test]
fn the_policy_sees_how_many_failed_in_a_row() {
    let policy = "extends default
                  when consecutive >= 2 => stop";
    let world = World::with_policy(policy, calm());
    let decided = |reported| match reported {
        Reported::Decided(decision) => decision.display,
        other => panic!("{other:?}"),
    };
    assert_eq!(decided(world.reported("RuntimeError")), "fail");
    assert_eq!(decided(world.reported("RuntimeError")), "stop");
}

#[test]
fn a_runaway_is_switched_off_and_a_scenario_that_is_off_runs_only_what_is_asked_for() {
    let runaway = Runaway { failures: 2, within: "2m".parse().unwrap() };
    let mut world = World::new(Settings { runaway: Some(runaway), ..calm() });
    world.stored("ConnectionError");
    let second = world.stored("ConnectionError");
    let off = Off { since: world.now, why: WhyOff::Runaway(2) };
    assert_eq!(world.executions.gate("refunds", None), Ok(Gate::Off(off.clone())));
    assert_eq!(world.executions.went_off(), [("refunds".to_owned(), off.clone())]);
    let another = world.executions.report_many(vec![report("DataError")], world.now).unwrap();
    assert_eq!(another[0].off, Some(off));
    world.wait(600);
    assert_eq!(world.claims(), []);
    world.executions.retry(second.id, "alice", None, world.now).unwrap();
    assert_eq!(world.claim().execution.id, second.id);
    world.executions.switch_on("refunds", "alice", None, world.now).unwrap();
    assert_eq!(world.claims().len(), 1);
    assert_eq!(world.executions.went_off(), []);
}

#[test]
fn a_try_that_switches_its_scenario_off_is_remembered_until_it_is_told() {
    let runaway = Runaway { failures: 2, within: "2m".parse().unwrap() };
    let world = World::new(Settings { runaway: Some(runaway), ..calm() });
    let kept = world.stored("ConnectionError");
    assert_eq!(world.executions.went_off(), []);
    world.executions.retry(kept.id, "alice", None, world.now).unwrap();
    let claim = world.claim();
    world.fails(&claim, event("ConnectionError"));
    let off = Off { since: world.now, why: WhyOff::Runaway(2) };
    assert_eq!(world.executions.went_off(), [("refunds".to_owned(), off)]);
    assert_eq!(world.executions.went_off(), []);
}

#[test]
fn resolved_executions_are_forgotten_after_thirty_days_and_leave_a_line() {
    let mut world = World::new(calm());
    let kept = world.stored("DataError");
    let stays = world.stored("DataError");
    world.executions.close(kept.id, "alice", "paid by hand", world.now).unwrap();
    world.wait(30 * 86_400);
    assert_eq!(world.executions.tend(world.now).unwrap().forgotten, 0);
    world.wait(1);
    assert_eq!(world.executions.tend(world.now).unwrap().forgotten, 1);
    assert_eq!(world.executions.get(kept.id), Ok(None));
    assert_eq!(world.executions.payload(kept.id, 1), Ok(None));
    let log = world.executions.scenario_log("refunds", 10).unwrap();
    let deleted = ScenarioHappening::Deleted { id: kept.id, sequence: 1, by: None, reason: None };
    assert_eq!(log[0].what, deleted);
    assert!(world.executions.get(stays.id).unwrap().is_some());
}

#[test]
fn what_is_too_large_or_no_report_is_refused_with_a_reason() {
    let world = World::new(calm());
    let refused = |report| world.executions.report(report, world.now).unwrap_err().to_string();
    let payload = vec![0; redress_store::LARGEST_PAYLOAD + 1];
    assert_eq!(
        refused(Report::new("refunds", event("DataError"), payload)),
        "`payload` has 67108865 bytes, no more than 67108864 are taken"
    );
    let long = "x".repeat(70_000);
    let large = json!({"error": "DataError", "module": 3, "message": long});
    assert!(refused(Report::new("refunds", large, "")).starts_with("`event` has 70"));
    assert_eq!(refused(Report::new("", event("DataError"), "")), "`scenario` is empty");
    assert!(
        refused(Report::new("refunds", event("DataError"), "").once("y".repeat(300)))
            .contains("`once`")
    );
    assert_eq!(
        refused(Report::new("refunds", json!([1]), "")),
        "the event is no map from facts to values"
    );
    let wrong = refused(Report::new("refunds", json!({"eror": "DataError", "module": 3}), ""));
    assert!(wrong.contains("did you mean"), "{wrong}");
    assert_eq!(world.executions.scenarios(), Ok(Vec::new()));
}

#[test]
fn many_reports_are_answered_one_by_one() {
    let world = World::new(Settings { max_records: 400, ..calm() });
    let mut reports: Vec<Report> = (0..300).map(|_| report("DataError")).collect();
    reports[7].scenario = String::new();
    reports[270].event = json!({"error": "RuntimeError", "module": 3});
    let answers = world.executions.report_many(reports, world.now).unwrap();
    let stored = |answer: &&Answer| matches!(answer.became, Ok(Reported::Stored(_)));
    assert_eq!(answers.iter().filter(stored).count(), 298);
    assert_eq!(answers[7].became, Err(ReportError::Empty { what: "scenario" }));
    assert!(matches!(answers[270].became, Ok(Reported::Decided(_))));
    assert_eq!(world.executions.scenario("refunds").unwrap().incomplete, 298);
}

#[test]
fn a_list_is_filtered_and_paged_and_stays_where_it_is() {
    let mut world = World::new(calm());
    for error in ["DataError", "ConnectionError", "DataError", "ConnectionError", "DataError"] {
        world.stored(error);
        world.wait(1);
    }
    let filter = Filter { error: Some("DataError".to_owned()), ..Filter::default() };
    let mut query = Query { filter, limit: 2, ..Query::default() };
    let first = world.executions.list(&query).unwrap();
    let numbers = |page: &redress_store::Page| -> Vec<u64> {
        page.executions.iter().map(|summary| summary.sequence).collect()
    };
    assert_eq!(numbers(&first), [5, 3]);
    world.stored("DataError");
    query.after = first.next;
    let second = world.executions.list(&query).unwrap();
    assert_eq!((numbers(&second), second.next), (vec![1], None));

    let since: Timestamp = "2026-11-25T09:00:03Z".parse().unwrap();
    let filter =
        Filter { since: Some(since), rule: Some("retryable".to_owned()), ..Filter::default() };
    let page = world.executions.list(&Query { filter, ..Query::default() }).unwrap();
    assert_eq!(numbers(&page), [4]);
    let groups = world.executions.groups(None, None, 10).unwrap();
    let told: Vec<_> =
        groups.iter().map(|it| (it.error.as_str(), it.rule.as_str(), it.executions)).collect();
    assert_eq!(told, [("DataError", "review", 4), ("ConnectionError", "retryable", 2)]);
    world.wait(600);
    let counts = |world: &World| -> Vec<(Status, u64, u64)> {
        let counts = world.executions.counts(world.now).unwrap();
        counts.iter().map(|count| (count.status, count.executions, count.due)).collect()
    };
    assert_eq!(counts(&world), [(Status::Unresolved, 4, 0), (Status::Pending, 2, 2)]);
    let claim = world.claims().remove(0);
    assert_eq!(counts(&world)[1..], [(Status::InProgress, 2, 0)]);
    world.end(&claim, Outcome::Succeeded);
    assert_eq!(world.executions.groups(Some("refunds"), None, 1).unwrap().len(), 1);
}

#[test]
fn a_list_by_due_time_shows_what_is_next_and_goes_on_where_it_ended() {
    let mut world = World::new(calm());
    for error in ["ConnectionError", "DataError", "RateLimitError", "ConnectionError"] {
        world.stored(error);
        world.wait(1);
    }
    let last = world.executions.list(&Query { limit: 1, ..Query::default() }).unwrap();
    world.executions.retry(last.executions[0].id, "alice", None, world.now).unwrap();
    let mut query = Query { order: Order::Due, limit: 2, ..Query::default() };
    let first = world.executions.list(&query).unwrap();
    let numbers = |page: &redress_store::Page| -> Vec<u64> {
        page.executions.iter().map(|summary| summary.sequence).collect()
    };
    // What a person asked for is due at once; what waits for a person is not due at all.
    assert_eq!(numbers(&first), [4, 1]);
    // The first of them runs meanwhile, and is due later again: the list goes on where it ended.
    let claim = world.claim();
    world.fails(&claim, event("ConnectionError"));
    let written = serde_json::to_string(&first).unwrap();
    let read: redress_store::Page = serde_json::from_str(&written).unwrap();
    query.after = read.next;
    assert_eq!(numbers(&world.executions.list(&query).unwrap()), [3, 4]);
    let resolved = Filter { status: Some(redress_store::Status::Resolved), ..Filter::default() };
    let query = Query { filter: resolved, order: Order::Due, ..Query::default() };
    assert_eq!(world.executions.list(&query).unwrap(), redress_store::Page::default());
}

#[test]
fn what_would_be_decided_is_told_and_leaves_nothing() {
    let world = World::new(Settings::default());
    let decide = |event| world.executions.decide(Report::new("refunds", event, "{}"), world.now);
    let event = serde_json::json!({"error": "ConnectionError", "module": 3});
    assert_eq!(decide(event).unwrap().display, "store(retry)");
    assert!(matches!(decide(serde_json::json!({"eror": "x"})), Err(ReportError::Event(_))));
    assert_eq!(world.executions.counts(world.now), Ok(vec![]));
    assert_eq!(world.executions.scenarios(), Ok(vec![]));
}

#[test]
fn a_way_to_fail_that_is_new_is_told_and_what_waits_too_long_is_a_list() {
    let mut world = World::new(calm());
    world.stored("DataError");
    world.wait(60);
    let since = world.now;
    assert_eq!(world.executions.newcomers(since, 10), Ok(Vec::new()));
    world.stored("DataError");
    let first = world.stored("ConnectionError");
    world.wait(60);
    world.stored("ConnectionError");
    let newcomers = world.executions.newcomers(since, 10).unwrap();
    let told: Vec<_> = newcomers
        .iter()
        .map(|it| (it.error.as_str(), it.rule.as_str(), it.since, it.first))
        .collect();
    assert_eq!(told, [("ConnectionError", "retryable", since, first.id)]);

    let status = Some(redress_store::Status::Unresolved);
    let filter = Filter { status, before: Some(since), ..Filter::default() };
    let query = Query { filter, order: Order::Oldest, ..Query::default() };
    let page = world.executions.list(&query).unwrap();
    assert_eq!(page.executions.iter().map(|it| it.sequence).collect::<Vec<_>>(), [1]);
}

#[test]
fn names_have_no_control_characters() {
    let world = World::new(calm());
    for name in ["a\nb", "\u{1b}[2J", "a\0", "\u{9b}2J", "\u{7f}"] {
        let refused = |report: Report, what| {
            let refused = world.executions.report(report, world.now);
            assert_eq!(refused, Err(ReportError::Control { what }), "{name:?}");
        };
        let report = || report("DataError");
        let mut misnamed = report();
        misnamed.scenario = name.to_owned();
        refused(misnamed, "scenario");
        refused(report().run(name), "run");
        refused(report().key(name), "key");
        refused(report().once(name), "once");
    }
    assert_eq!(world.executions.list(&Query::default()).unwrap().executions, []);
    // Any letters are fine.
    world.executions.report(report("DataError").key("Grüße, 世界 ☂"), world.now).unwrap();
}

#[test]
fn a_group_says_where_since_when_and_when_it_is_tried() {
    let mut world = World::new(calm());
    let begin = world.now;
    let mut stored = |scenario: &str, error: &str, message: &str| {
        let event = json!({"error": error, "module": 3, "message": message});
        let report = Report::new(scenario, event, "");
        let Reported::Stored(kept) = world.executions.report(report, world.now).unwrap() else {
            panic!("{scenario} keeps it");
        };
        world.wait(1);
        kept.id
    };
    stored("a", "ConnectionError", "refused");
    stored("b", "DataError", "no amount");
    for scenario in ["c", "a", "d", "e", "f", "c", "c", "a"] {
        stored(scenario, "ConnectionError", "reset");
    }
    let last = stored("g", "ConnectionError", "timed out");
    let groups = world.executions.groups(None, None, 10).unwrap();
    // Each scenario has its own cause, so each has its own group.
    let told: Vec<_> = groups.iter().map(|it| (it.scenario.as_str(), it.executions)).collect();
    assert_eq!(told, [("a", 3), ("c", 3), ("b", 1), ("d", 1), ("e", 1), ("f", 1), ("g", 1)]);
    let [of_a, of_c, of_b, .., of_g] = groups.as_slice() else { panic!("{groups:?}") };
    assert_eq!((of_a.since, of_a.due), (begin, Some(begin + Duration::from_secs(600))));
    assert_eq!((of_g.last, of_g.last_stored), (last, begin + Duration::from_secs(10)));
    assert_eq!((of_a.message.as_str(), of_g.message.as_str()), ("reset", "timed out"));
    assert_eq!((of_b.due, of_b.message.as_str()), (None, "no amount"));
    assert_eq!(world.executions.groups(None, None, 2).unwrap(), groups[..2]);
    assert_eq!(world.executions.groups(Some("c"), None, 10).unwrap(), std::slice::from_ref(of_c));

    // Two causes in one scenario are told apart by what they say.
    let refused = world.executions.groups(Some("a"), Some("efuse"), 10).unwrap();
    let [refused] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!((refused.executions, refused.message.as_str()), (1, "refused"));
    let filter = Filter { message: Some("reset".to_owned()), ..Filter::default() };
    let page =
        world.executions.list(&Query { filter: filter.clone(), ..Query::default() }).unwrap();
    assert_eq!(page.executions.len(), 8);
    let selection = Selection::All { filter, except: BTreeSet::new(), latest: None };
    let closed = world.executions.close_many(&selection, "alice", "mended", false, world.now);
    assert_eq!(closed.unwrap().done, 8);
    assert_eq!(
        world.executions.groups(Some("a"), None, 10).unwrap(),
        std::slice::from_ref(refused)
    );
}

#[test]
fn a_list_by_urgency_has_pages_and_each_execution_is_on_one() {
    let mut world = World::new(calm());
    for error in ["ConnectionError", "DataError", "RateLimitError", "DataError", "ConnectionError"]
    {
        world.stored(error);
        world.wait(1);
    }
    world.wait(600);
    let claims = world.claims();
    for error in ["ConnectionError", "DataError", "ConnectionError"] {
        world.stored(error);
        world.wait(1);
    }
    world.end(&claims[0], Outcome::Succeeded);
    let pages = |filter: &Filter, limit: usize| {
        let (mut pages, mut after) = (Vec::new(), None);
        loop {
            let page = world.executions.urgent(filter, limit, after).unwrap();
            let shown = page.executions.iter().map(|it| (it.status, it.sequence));
            pages.push(shown.collect::<Vec<_>>());
            // As who asks writes it down.
            after = page.next.map(|next| next.to_string().parse().unwrap());
            if after.is_none() {
                return pages;
            }
        }
    };
    use Status::{InProgress, Pending, Unresolved};
    let whole = [
        (Unresolved, 7),
        (Unresolved, 4),
        (Unresolved, 2),
        (InProgress, 5),
        (InProgress, 3),
        (Pending, 6),
        (Pending, 8),
    ];
    for limit in 1..9 {
        let pages = pages(&Filter::default(), limit);
        assert_eq!(pages.concat(), whole, "{limit}");
        assert!(pages[..pages.len() - 1].iter().all(|page| page.len() == limit), "{pages:?}");
        assert!(!pages[pages.len() - 1].is_empty(), "{pages:?}");
    }
    let filter = Filter { error: Some("DataError".to_owned()), ..Filter::default() };
    assert_eq!(pages(&filter, 3), [[(Unresolved, 7), (Unresolved, 4), (Unresolved, 2)]]);
    let filter = Filter { status: Some(Status::Resolved), ..Filter::default() };
    assert_eq!(pages(&filter, 3).concat(), []);
}
