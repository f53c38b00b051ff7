//! Histories with a seeded clock and planted accidents: crashes between any two writes, full disks, clocks that jump,
//! reports, claims and ends that are delivered twice, workers that die or come back too late.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value as Json, json};

use super::history::SECRET;
use super::stores::Accident;
use super::world::{SCENARIOS, Setting, World};
use crate::entry::{Entry, Happening, Next};
use crate::executions::Executions;
use crate::fault::{Fault, plant};
use crate::id::ExecutionId;
use crate::memory::Memory;
use crate::query::{Filter, Order, Query, Summary};
use crate::report::{Report, ReportError, Reported};
use crate::scenario::Full;
use crate::sqlite::Sqlite;
use crate::state::Status;
use crate::store::StoreError;

/// What is wrong with the history of a seed.
fn problems(seed: u64, setting: &Arc<Setting>) -> Vec<String> {
    let (history, executions) = World::new(seed, Arc::new(Memory::new()), setting, true).run();
    history.problems(&executions)
}

#[test]
fn what_a_full_disk_costs_is_remembered_until_it_can_be_written_down() {
    let mut world = World::new(1, Arc::new(Memory::new()), &Setting::new(), false);
    let now = world.at();
    let report = |name: &str| Report::new(name, json!({"error": "DataError", "module": 2}), "x");
    let full = |world: &World| *world.next.lock().unwrap() = Accident::FullBefore(0);
    full(&world);
    let lost = world.executions.report(report("lossy"), now);
    assert!(matches!(lost, Ok(Reported::Lost(_, Full::Disk))), "{lost:?}");
    full(&world);
    let refused = world.executions.report(report("plain"), now);
    assert!(matches!(refused, Err(ReportError::Store(StoreError::Full(_)))), "{refused:?}");
    full(&world);
    world.executions.report(report("lossy"), now).unwrap();
    let lost = |world: &World| world.executions.scenario("lossy").unwrap().lost.executions;
    let refused = |world: &World| world.executions.scenario("plain").unwrap().refused.executions;
    assert_eq!((lost(&world), refused(&world)), (2, 1));
    assert!(world.executions.scenario("plain").unwrap().off.is_some());
    for name in ["lossy", "plain"] {
        let stored = world.executions.report(report(name), now);
        assert!(matches!(stored, Ok(Reported::Stored(_))), "{stored:?}");
    }
    // Written down: the program may end, and it is known still.
    world.start();
    assert_eq!((lost(&world), refused(&world)), (2, 1));
    assert!(world.executions.scenario("plain").unwrap().off.is_some());
}

#[test]
fn of_many_reports_each_is_lost_or_refused_by_itself_where_the_disk_is_full() {
    let mut world = World::new(1, Arc::new(Memory::new()), &Setting::new(), false);
    let now = world.at();
    let report =
        |name: &str, error: &str| Report::new(name, json!({"error": error, "module": 2}), "x");
    let reports = vec![
        report("lossy", "DataError"),
        report("plain", "DataError"),
        Report::new("", json!({}), "x"),
        report("plain", "RuntimeError"),
        report("lossy", "DataError"),
    ];
    *world.next.lock().unwrap() = Accident::Full;
    let answers = world.executions.report_many(reports.clone(), now).unwrap();
    assert!(matches!(answers[0].became, Ok(Reported::Lost(_, Full::Disk))), "{answers:?}");
    assert!(
        matches!(answers[1].became, Err(ReportError::Store(StoreError::Full(_)))),
        "{answers:?}"
    );
    assert!(matches!(answers[2].became, Err(ReportError::Empty { .. })), "{answers:?}");
    assert!(matches!(answers[3].became, Ok(Reported::Decided(_))), "{answers:?}");
    assert!(matches!(answers[4].became, Ok(Reported::Lost(_, Full::Disk))), "{answers:?}");

    // There is room again, but not for all of them at once.
    *world.next.lock().unwrap() = Accident::FullBefore(2);
    let answers = world.executions.report_many(reports, now).unwrap();
    for (place, answer) in answers.iter().enumerate().filter(|(place, _)| [0, 1, 4].contains(place))
    {
        assert!(matches!(answer.became, Ok(Reported::Stored(_))), "{place}: {answer:?}");
    }
    world.start();
    assert_eq!(world.executions.scenario("lossy").unwrap().lost.executions, 2);
    assert!(world.executions.scenario("plain").unwrap().off.is_some());
}

/// How many histories are made: `REDRESS_HISTORIES`, or a number that takes seconds.
fn histories() -> u64 {
    let given = std::env::var("REDRESS_HISTORIES").ok();
    given.map_or(3_000, |given| given.parse().expect("REDRESS_HISTORIES is a number"))
}

#[test]
fn thousands_of_histories_keep_every_promise() {
    let setting = Setting::new();
    for seed in 0..histories() {
        let problems = problems(seed, &setting);
        assert!(problems.is_empty(), "seed {seed}: {problems:#?}");
    }
}

/// A history without accidents, or without a kind of entry, would keep every promise and show nothing.
#[test]
fn the_histories_have_everything_in_them() {
    let (setting, mut kinds) = (Setting::new(), BTreeMap::<String, u32>::new());
    let mut count = |kind: String| *kinds.entry(kind).or_default() += 1;
    for seed in 0..60 {
        let (history, executions) = World::new(seed, Arc::new(Memory::new()), &setting, true).run();
        for seen in &history.seen {
            let Json::Object(seen) = serde_json::to_value(seen).unwrap() else { panic!() };
            count(format!("seen {}", seen.keys().next().unwrap()));
        }
        for name in SCENARIOS {
            count(format!("lost {}", executions.scenario(name).unwrap().lost.executions > 0));
            for id in executions_of(&executions, name) {
                for entry in executions.log(id).unwrap() {
                    count(serde_json::to_value(&entry).unwrap()["what"].to_string());
                    if let Happening::Failed { next, .. } | Happening::Interrupted { next } =
                        entry.what
                    {
                        count(format!("{next:?}").chars().take_while(|c| *c != ':').collect());
                        if let Next::Retry { delay, .. } = next {
                            count(
                                format!("{delay:?}")
                                    .chars()
                                    .filter(|c| c.is_alphabetic())
                                    .collect(),
                            );
                        }
                    }
                }
            }
            for line in executions.scenario_log(name, 1000).unwrap() {
                count(format!("line {}", serde_json::to_value(&line).unwrap()["what"]));
            }
        }
    }
    for kind in [
        "\"stored\"",
        "\"started\"",
        "\"succeeded\"",
        "\"failed\"",
        "\"interrupted\"",
        "\"continued\"",
        "\"asked\"",
        "\"closed\"",
        "line \"off\"",
        "line \"on\"",
        "line \"deleted\"",
        "lost true",
        "Person(Exhausted)",
        "Person(Manual)",
        "Person(Interrupted)",
        "Person(Decided(\"fail\"))",
        "Step",
        "RetryAfter",
        "AtOnce",
        "seen Stored",
        "seen Began",
        "seen Ended",
        "seen Resolved",
        "seen Closed",
        "seen Deleted",
        "seen Imported",
        "seen ImportedAgain",
        "seen Paced",
        "line \"imported\"",
    ] {
        assert!(kinds.get(kind).is_some_and(|many| *many >= 3), "{kind} is missing: {kinds:#?}");
    }
}

fn executions_of(executions: &Executions, scenario: &str) -> Vec<ExecutionId> {
    let filter = Filter { scenario: Some(scenario.to_owned()), ..Filter::default() };
    let query = Query { filter, order: Order::Oldest, limit: 1000, after: None };
    executions.list(&query).unwrap().executions.iter().map(|summary| summary.id).collect()
}

/// What the checker says of each mistake.
fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::StartsEarly => "and was due at",
        Fault::OneTryTooMany => "the schedule has",
        Fault::ForgetsRetryAfter => "is not what was asked to wait",
        Fault::TrustsLostLease => "lost: the end of a try",
        Fault::ForgetsOnce => "stored twice",
        Fault::ForgetsHold => "run while held",
        Fault::ForgetsPlaces => "too many at once",
        Fault::ForgetsLog => "audit: its log tells of",
        Fault::ForgetsInterrupted => "not counted",
        Fault::ForgetsLimit => "over the limit",
        Fault::AcknowledgesEarly => "lost:",
        Fault::KeepsHalves => "audit:",
        Fault::ForgetsEnd => "lost: the end of a try",
        Fault::ForgetsOrder => "run out of order",
        Fault::DeletesRunning => "deleted while in progress",
        Fault::FreesHeard => "taken from its worker",
        Fault::ImportsRunning => "in progress elsewhere",
        Fault::ImportsNumber => "another one has its number",
        Fault::ImportsOriginal => "lost: editions",
        Fault::ForgetsPace => "let go too fast",
        Fault::ShowsText | Fault::ShowsPayload => "in the clear",
    }
}

#[test]
fn every_planted_mistake_is_found() {
    let setting = Setting::new();
    for fault in Fault::ALL {
        plant(Some(fault));
        let found = (0..400).flat_map(|seed| problems(seed, &setting));
        let found = found.into_iter().find(|problem| problem.contains(words(fault)));
        plant(None);
        assert!(found.is_some(), "{fault:?} is not found");
    }
}

#[test]
fn both_stores_tell_the_same_history() {
    let (setting, folder) = (Setting::new(), tempfile::tempdir().unwrap());
    for seed in 0..12 {
        let sqlite = Sqlite::open(folder.path().join(format!("{seed}.db"))).unwrap();
        let (history, left) = World::new(seed, Arc::new(sqlite), &setting, true).run();
        let problems = history.problems(&left);
        assert!(problems.is_empty(), "seed {seed}: {problems:#?}");
        let (other, right) = World::new(seed, Arc::new(Memory::new()), &setting, true).run();
        assert_eq!(history.seen, other.seen, "seed {seed}");
        for order in ORDERS {
            let query = Query { order, limit: 1000, ..Query::default() };
            let page = left.list(&query).unwrap();
            assert_eq!(page, right.list(&query).unwrap(), "seed {seed}");
            for summary in page.executions {
                for store in [&left, &right] {
                    let found = store.find(&summary.scenario, summary.sequence).unwrap();
                    assert_eq!(found, Some(summary.id), "seed {seed}");
                }
                let [left, right] = [&left, &right].map(|it| log(it, summary.id));
                assert_eq!(left, right, "seed {seed}");
            }
        }
        assert!(holds(folder.path(), "it failed"), "seed {seed}: nothing is in a file");
        assert!(!holds(folder.path(), SECRET), "seed {seed}: what nobody may read is in a file");
        for filter in filters() {
            for order in ORDERS {
                let [left, right] = [&left, &right].map(|it| pages(it, &filter, order));
                assert_eq!(left, right, "seed {seed}: {filter:?} {order:?}");
            }
        }
        for second in [0, 1_700_000_000, 1_700_000_060, 1_700_000_600, 1_800_000_000] {
            let now = Timestamp::from_second(second).unwrap();
            assert_eq!(left.counts(now), right.counts(now), "seed {seed}");
            assert_eq!(left.newcomers(now, 100), right.newcomers(now, 100), "seed {seed}");
        }
        for limit in [2, 100] {
            for message in [None, Some("failed"), Some("nobody says this")] {
                let [left, right] = [&left, &right].map(|it| it.groups(None, message, limit));
                assert_eq!(left, right, "seed {seed}: {message:?}");
            }
        }
        for name in SCENARIOS {
            assert_eq!((left.find(name, 0), right.find(name, u64::MAX)), (Ok(None), Ok(None)));
            assert_eq!(left.scenario(name), right.scenario(name));
            assert_eq!(left.scenario_log(name, 1000), right.scenario_log(name, 1000));
            let [left, right] = [&left, &right].map(|it| it.groups(Some(name), None, 100));
            assert_eq!(left, right, "seed {seed}");
        }
    }
}

/// The log of an execution. What is encrypted is another text each time.
fn log(executions: &Executions, id: ExecutionId) -> Vec<Entry> {
    let mut log = executions.log(id).unwrap();
    for entry in &mut log {
        match &mut entry.what {
            Happening::Stored(stored) => {
                (stored.sealed_event, stored.sealed_definition) = (None, None);
            }
            Happening::Failed { sealed_event, .. } => *sealed_event = None,
            _ => {}
        }
    }
    log
}

/// Whether a text stands in a file of a folder, as it is.
fn holds(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes())
    })
}

/// All pages of a list. The numbers that places have are each store's own.
fn pages(executions: &Executions, filter: &Filter, order: Order) -> Vec<Vec<Summary>> {
    let mut query = Query { filter: filter.clone(), order, limit: 2, after: None };
    let mut pages = Vec::new();
    loop {
        let page = executions.list(&query).unwrap();
        pages.push(page.executions);
        query.after = page.next;
        if query.after.is_none() {
            return pages;
        }
    }
}

const ORDERS: [Order; 3] = [Order::Newest, Order::Oldest, Order::Due];

/// Filters of every kind, alone and together.
fn filters() -> Vec<Filter> {
    let some = |text: &str| Some(text.to_owned());
    let mut filters = vec![
        Filter { rule: some("retryable"), ..Filter::default() },
        Filter { message: some("failed"), ..Filter::default() },
        Filter { message: some("nobody says this"), scenario: some("plain"), ..Filter::default() },
        Filter { since: Timestamp::from_millisecond(1_700_000_100_000).ok(), ..Filter::default() },
        Filter { before: Timestamp::from_millisecond(1_700_000_100_000).ok(), ..Filter::default() },
    ];
    for status in Status::ALL.map(Some).into_iter().chain([None]) {
        for scenario in [None, some("plain"), some("nobody")] {
            for error in [None, some("ConnectionError")] {
                for rule in [None, some("retryable"), some("review")] {
                    let (scenario, error) = (scenario.clone(), error.clone());
                    filters.push(Filter { scenario, status, error, rule, ..Filter::default() });
                }
            }
        }
    }
    filters
}
