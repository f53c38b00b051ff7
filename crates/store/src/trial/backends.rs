//! What every backend refuses: whoever comes too late, or says what is kept already, changes nothing.
//!
//! These conditions stand in each backend, since nothing may happen between asking and writing; here they stand once.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;

use crate::entry::{Entry, Happening};
use crate::execution::Execution;
use crate::executions::Executions;
use crate::id::ExecutionId;
use crate::life::Command;
use crate::memory::Memory;
use crate::payload::Payload;
use crate::query::{Filter, Order, Query};
use crate::report::{Report, Reported};
use crate::sqlite::Sqlite;
use crate::store::{Due, Store, Transaction};

fn each(check: impl Fn(&str, Arc<dyn Store>)) {
    let folder = tempfile::tempdir().unwrap();
    check("memory", Arc::new(Memory::new()));
    check("sqlite", Arc::new(Sqlite::open(folder.path().join("executions.db")).unwrap()));
}

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000).unwrap()
}

fn stored(store: &Arc<dyn Store>, once: &str, key: Option<&str>) -> Execution {
    let executions = Executions::over(Arc::clone(store));
    let event = json!({"error": "ConnectionError", "module": 2});
    let report = Report { key: key.map(str::to_owned), ..Report::new("refunds", event, "x") };
    match executions.report(report.once(once), now()).unwrap() {
        Reported::Stored(kept) => executions.get(kept.id).unwrap().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn write<T>(store: &Arc<dyn Store>, work: impl Fn(&mut dyn Transaction) -> T) -> T {
    let mut answer = None;
    store
        .write(&mut |transaction| {
            answer = Some(work(transaction));
            Ok(())
        })
        .unwrap();
    answer.unwrap()
}

fn ask(due: Timestamp, gap: Option<u64>) -> Command {
    Command::Ask { by: "b".to_owned(), reason: None, due, gap, edited: None }
}

fn log(store: &Arc<dyn Store>, id: ExecutionId) -> Vec<Entry> {
    write(store, |transaction| transaction.log(id).unwrap())
}

#[test]
fn what_is_kept_already_is_not_kept_again() {
    each(|name, store| {
        let kept = stored(&store, "a", None);
        let first = log(&store, kept.id).remove(0);
        let [other, free] = [2, 3].map(|byte| ExecutionId::from_bytes([byte; 16]));
        let put = |id: ExecutionId, entry: &Entry| {
            write(&store, |it| it.insert(id, entry, &Payload::from("y")).unwrap())
        };
        assert!(!put(other, &first), "{name}: its report is kept");
        let mut without_key = first.clone();
        let Happening::Stored(stored) = &mut without_key.what else { panic!("{first:?}") };
        stored.once = None;
        assert!(!put(kept.id, &without_key), "{name}: its id is taken");
        assert!(put(free, &without_key), "{name}: nothing is in its way");
        assert_eq!(log(&store, kept.id), [first], "{name}");
        assert_eq!(log(&store, other), [], "{name}");
    });
}

#[test]
fn a_change_is_made_to_the_version_that_it_was_made_for() {
    each(|name, store| {
        let kept = stored(&store, "a", None);
        let due = kept.due().unwrap();
        let (begun, entry) = kept.after(Command::Start { worker: "w".to_owned() }, due).unwrap();
        let (asked, late) = kept.after(ask(due, None), due).unwrap();
        let renew = |version| write(&store, |it| it.renew(kept.id, version, due).unwrap());
        let update = |after: &Execution, entry: &Entry| {
            write(&store, |it| it.update(after, entry, None).unwrap())
        };
        assert!(!renew(kept.version), "{name}: it is not in progress");
        assert!(update(&begun, &entry), "{name}: the first comes in time");
        assert!(!update(&asked, &late), "{name}: the second comes too late");
        assert!(!renew(kept.version) && renew(begun.version), "{name}");
        let remove = |version| write(&store, |it| it.remove(kept.id, version).unwrap());
        assert!(!remove(kept.version), "{name}");
        assert_eq!(log(&store, kept.id).len(), 2, "{name}");
        assert!(remove(begun.version) && !remove(begun.version), "{name}");
        assert!(!update(&asked, &late), "{name}: it is gone");
        assert_eq!(log(&store, kept.id), [], "{name}");
    });
}

fn question(now: Timestamp) -> Due<'static> {
    Due { scenario: "refunds", now, limit: 10, asked_only: false, paced: false, in_order: false }
}

fn due(store: &Arc<dyn Store>, question: Due<'_>) -> Vec<ExecutionId> {
    let found = write(store, |it| it.due(&question).unwrap());
    found.into_iter().map(|(_, id)| id).collect()
}

#[test]
fn what_waits_at_a_pace_is_found_by_itself() {
    each(|name, store| {
        let [by_schedule, asked, paced, late] =
            ["1", "2", "3", "4"].map(|once| stored(&store, once, None));
        let now = by_schedule.due().unwrap();
        for (kept, due, gap) in
            [(&asked, now, None), (&paced, now, Some(500)), (&late, later(now), Some(500))]
        {
            let (after, entry) = kept.after(ask(due, gap), now).unwrap();
            assert!(write(&store, |it| it.update(&after, &entry, None).unwrap()), "{name}");
        }
        assert_eq!(due(&store, question(now)), [by_schedule.id, asked.id], "{name}");
        let asked_only = Due { asked_only: true, ..question(now) };
        assert_eq!(due(&store, asked_only), [asked.id], "{name}");
        let of_pace = Due { paced: true, ..question(now) };
        assert_eq!(due(&store, of_pace), [paced.id], "{name}");
        assert_eq!(due(&store, Due { now: later(now), ..of_pace }), [paced.id, late.id], "{name}");
        let first = Due { now: later(now), limit: 1, asked_only: true, in_order: true, ..of_pace };
        assert_eq!(due(&store, first), [], "{name}: another one is before them");
        let executions = Executions::over(Arc::clone(&store));
        let all = Query { order: Order::Due, ..Query::default() };
        let filter = Filter { scenario: Some("refunds".to_owned()), ..Filter::default() };
        for query in [Query { filter, ..all.clone() }, all] {
            let page = executions.list(&query).unwrap().executions;
            let listed: Vec<ExecutionId> = page.iter().map(|summary| summary.id).collect();
            assert_eq!(listed, [by_schedule.id, asked.id, paced.id, late.id], "{name}");
        }
    });
}

fn later(now: Timestamp) -> Timestamp {
    now + std::time::Duration::from_millis(500)
}

#[test]
fn in_order_what_is_due_has_nothing_of_its_key_before_it() {
    each(|name, store| {
        let [a, later, without, b] =
            [("1", Some("a")), ("2", Some("a")), ("3", None), ("4", Some("b"))]
                .map(|(once, key)| stored(&store, once, key));
        let at = a.due().unwrap();
        let due = |in_order: bool, asked_only: bool| {
            due(&store, Due { asked_only, in_order, ..question(at) })
        };
        assert_eq!(due(false, false), [a.id, later.id, without.id, b.id], "{name}");
        assert_eq!(due(true, false), [a.id, without.id, b.id], "{name}");
        let close = Command::Close { by: "b".to_owned(), reason: "done".to_owned() };
        let (closed, entry) = a.after(close, now()).unwrap();
        assert!(write(&store, |it| it.update(&closed, &entry, None).unwrap()), "{name}");
        assert_eq!(due(true, false), [later.id, without.id, b.id], "{name}");
        assert_eq!(due(true, true), [], "{name}: nobody asked for them");
    });
}

#[test]
fn in_order_is_found_what_is_first_of_its_key_behind_many_that_are_not() {
    each(|name, store| {
        let keys = [Some("a"), Some("a"), Some("b"), None, Some("b"), Some("a"), None, Some("c")];
        let kept: Vec<Execution> = (0..)
            .zip(keys)
            .map(|(number, key)| stored(&store, &format!("{number}"), key))
            .collect();
        let (now, of_a_person) = (now(), [1, 4, 5, 6, 7, 2]);
        for (place, number) in (0..).zip(of_a_person) {
            let due = now + std::time::Duration::from_millis(place);
            let (after, entry) = kept[number].after(ask(due, Some(9)), now).unwrap();
            assert!(write(&store, |it| it.update(&after, &entry, None).unwrap()), "{name}");
        }
        let paced = Due { paced: true, in_order: true, ..question(later(now)) };
        let firsts = [kept[7].id, kept[2].id];
        assert_eq!(due(&store, paced), firsts, "{name}");
        assert_eq!(due(&store, Due { limit: 1, ..paced }), firsts[..1], "{name}");
        assert_eq!(due(&store, Due { scenario: "nobody", ..paced }), [], "{name}");
    });
}

#[test]
fn a_hold_goes_on_or_ends_for_who_has_it() {
    each(|name, store| {
        let until = |seconds: i64| Timestamp::from_second(1_700_000_000 + seconds).unwrap();
        let hold_on = |who: &str, seconds| {
            write(&store, |it| it.hold_on("refunds", who, until(seconds)).unwrap())
        };
        let let_go = |who: &str| write(&store, |it| it.let_go("refunds", who).unwrap());
        let held_at = |seconds| write(&store, |it| it.is_held("refunds", until(seconds)).unwrap());
        assert!(!hold_on("a", 10) && !let_go("a"), "{name}: nobody holds it");
        assert!(!held_at(0), "{name}");
        write(&store, |it| it.hold("refunds", "a", until(10)).unwrap());
        assert!(!hold_on("b", 20) && !let_go("b"), "{name}: another holds it");
        assert!(hold_on("a", 20) && held_at(19) && !held_at(20), "{name}");
        assert!(let_go("a") && !let_go("a") && !hold_on("a", 30), "{name}: it is let go");
        assert!(!held_at(19), "{name}");
    });
}
