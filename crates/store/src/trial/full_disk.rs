//! What a disk that is full costs is counted, and neither forgotten nor counted twice.

use std::sync::Arc;

use rusqlite::Connection;
use serde_json::json;

use super::stores::Accident;
use super::world::{Setting, World};
use crate::executions::Executions;
use crate::memory::Memory;
use crate::report::{Report, ReportError, Reported};
use crate::scenario::Full;
use crate::sqlite::Sqlite;
use crate::store::StoreError;

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

#[test]
fn what_was_missed_is_told_once_where_what_is_kept_of_a_report_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executions.db");
    let store = Arc::new(Sqlite::open(&path).unwrap());
    let mut world = World::new(1, store, &Setting::new(), false);
    let now = world.at();
    let report =
        |key: &str| Report::new("lossy", json!({"error": "DataError", "module": 2}), "x").once(key);
    world.executions.report(report("1"), now).unwrap();
    *world.next.lock().unwrap() = Accident::FullBefore(0);
    let lost = world.executions.report(report("2"), now);
    assert!(matches!(lost, Ok(Reported::Lost(_, Full::Disk))), "{lost:?}");
    Connection::open(&path).unwrap().execute("UPDATE log SET entry = '{'", []).unwrap();
    let alone = std::mem::replace(&mut world.executions, Executions::over(Memory::new()));
    world.executions = alone.group_commits().unwrap();
    let answers = world.executions.report_many(vec![report("3"), report("1")], now).unwrap();
    assert!(matches!(answers[0].became, Ok(Reported::Stored(_))), "{answers:?}");
    assert!(
        matches!(answers[1].became, Err(ReportError::Store(StoreError::Unreadable { .. }))),
        "{answers:?}"
    );
    world.start();
    assert_eq!(world.executions.scenario("lossy").unwrap().lost.executions, 1);
}
