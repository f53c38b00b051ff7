//! What a retry undoes: what is going to be tried anyway.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use redress_store::{
    ExecutionId, Filter, LastTry, Outcome, Pace, Query, Report, Scenario, Selection, Settings,
    Sqlite, Status, Undone,
};
use rusqlite::Connection;

use crate::world::{World, calm, event};

fn all() -> Selection {
    Selection::All { filter: Filter::default(), except: BTreeSet::new(), latest: None }
}

fn of_status(status: Status) -> Selection {
    let filter = Filter { status: Some(status), ..Filter::default() };
    Selection::All { filter, except: BTreeSet::new(), latest: None }
}

impl World {
    fn undone(&self, selection: &Selection) -> Undone {
        self.executions.undone(selection, |scenario| scenario != "unrun", self.now).unwrap()
    }

    fn let_go(&self, every: u64) {
        let pace = Pace::every(Duration::from_secs(every));
        self.executions.retry_many(&all(), "alice", None, pace, false, self.now).unwrap();
    }

    /// A time so many seconds from now.
    fn later(&self, seconds: u64) -> Timestamp {
        self.now + Duration::from_secs(seconds)
    }

    fn shown(&self, selection: &Selection, status: Option<Status>) -> Vec<ExecutionId> {
        let mut shown = Vec::new();
        self.executions.each_of(selection, status, |summary| shown.push(summary.id)).unwrap();
        shown
    }
}

#[test]
fn what_a_selection_means_is_shown_one_after_the_other() {
    let mut world = World::new(Settings { max_records: 2_000, ..calm() });
    let kept: Vec<_> = (0..1_200).map(|_| world.stored("DataError").id).collect();
    let pending = world.stored("ConnectionError").id;
    world.executions.close(kept[1], "alice", "paid by hand", world.now).unwrap();
    let meant: Vec<_> = kept.iter().filter(|id| **id != kept[1]).copied().collect();
    assert_eq!(world.shown(&all(), None), [meant.as_slice(), &[pending]].concat());
    assert_eq!(world.shown(&all(), Some(Status::Unresolved)), meant);
    assert_eq!(world.shown(&all(), Some(Status::Resolved)), [kept[1]]);
    assert_eq!(world.shown(&of_status(Status::Resolved), None), [kept[1]]);
    assert_eq!(world.shown(&of_status(Status::Resolved), Some(Status::Pending)), []);
    let filter = Filter { status: Some(Status::Pending), ..Filter::default() };
    let but_it = Selection::All { filter, except: [pending].into(), latest: None };
    assert_eq!(world.shown(&but_it, None), []);

    let nowhere = ExecutionId::from_bytes([7; 16]);
    let named = Selection::Ids(vec![pending, kept[1], nowhere, pending]);
    assert_eq!(world.shown(&named, None), [kept[1], pending]);
    assert_eq!(world.shown(&named, Some(Status::Pending)), [pending]);
    // A worker that is silent is seen, however it was selected.
    world.wait(600);
    assert_eq!(world.claims().len(), 1);
    world.wait(24 * 60 * 60);
    for selection in [&named, &all()] {
        let (mut silent, now) = (0, world.now);
        let add = |it: &redress_store::Summary| silent += u32::from(it.is_silent(now));
        world.executions.each_of(selection, Some(Status::InProgress), add).unwrap();
        assert_eq!(silent, 1, "{selection:?}");
    }
}

#[test]
fn what_cannot_be_read_does_not_keep_the_others_that_are_named_from_being_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executions.db");
    let executions = redress_store::Executions::over(Sqlite::open(&path).unwrap());
    executions.set_other_scenarios(Scenario { settings: calm(), ..Scenario::default() });
    let now = "2026-11-25T09:00:00Z".parse().unwrap();
    for _ in 0..3 {
        executions.report(Report::new("refunds", event("ConnectionError"), "17"), now).unwrap();
    }
    let other = Connection::open(&path).unwrap();
    other.execute("UPDATE log SET entry = '{' WHERE execution = 1", []).unwrap();
    let listed = executions.list(&Query::default()).unwrap().executions;
    let named = Selection::Ids(listed.iter().map(|summary| summary.id).collect());
    assert_eq!(executions.undone(&named, |_| true, now).unwrap().executions, 2);
    let retried = executions.retry_many(&named, "alice", None, Pace::default(), false, now);
    let retried = retried.unwrap();
    assert_eq!((retried.done, retried.refused), (2, 1));
}

#[test]
fn a_retry_undoes_what_waits_for_its_time_or_at_a_pace() {
    let mut world = World::new(calm());
    assert_eq!(world.undone(&all()), Undone::default());
    let first = world.stored("ConnectionError");
    world.stored("DataError");
    let unrun = Report::new("unrun", event("ConnectionError"), "17");
    world.executions.report(unrun, world.now).unwrap();
    let in_ten_minutes = Undone { executions: 1, last: Some(LastTry::At(world.later(600))) };
    for selection in [all(), of_status(Status::Pending), Selection::Ids(vec![first.id, first.id])] {
        assert_eq!(world.undone(&selection), in_ten_minutes);
    }
    assert_eq!(world.undone(&of_status(Status::Unresolved)), Undone::default());
    // What is due by now loses nothing.
    world.wait(600);
    assert_eq!(world.undone(&all()), Undone::default());
    // At a pace it does, however late it is.
    world.let_go(10);
    let two = |last| Undone { executions: 2, last };
    assert_eq!(world.undone(&all()), two(Some(LastTry::NoSooner(world.later(10)))));
    world.wait(60);
    assert_eq!(world.undone(&all()), two(None));
}

#[test]
fn the_last_one_is_no_sooner_than_a_pace_that_is_behind_lets_it() {
    let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
    let kept: Vec<_> = (0..3).map(|_| world.stored("DataError").id).collect();
    world.let_go(60);
    assert_eq!(begin(&world), 1);
    // Each begins when it is due.
    let last = Some(LastTry::At(world.later(120)));
    assert_eq!(world.undone(&all()), Undone { executions: 2, last });
    world.wait(90);
    // One of those before it is late, be it selected or not.
    let last = Some(LastTry::NoSooner(world.later(30)));
    assert_eq!(world.undone(&all()), Undone { executions: 2, last });
    let alone = Selection::Ids(vec![kept[2]]);
    assert_eq!(world.undone(&alone), Undone { executions: 1, last });
    // It has begun, and the next no sooner than a minute later.
    assert_eq!(begin(&world), 1);
    let last = Some(LastTry::NoSooner(world.later(60)));
    assert_eq!(world.undone(&all()), Undone { executions: 1, last });
}

#[test]
fn of_what_is_switched_off_only_what_a_person_asked_for_is_undone() {
    let world = World::new(calm());
    world.stored("ConnectionError");
    let asked = world.stored("DataError");
    world.executions.switch_off("refunds", "alice", None, world.now).unwrap();
    assert_eq!(world.undone(&all()), Undone::default());
    let pace = Pace::every(Duration::from_secs(60));
    let some = Selection::Ids(vec![asked.id]);
    world.executions.retry_many(&some, "alice", None, pace, false, world.now).unwrap();
    assert_eq!(world.undone(&all()), Undone { executions: 1, last: None });
    world.executions.switch_on("refunds", "alice", None, world.now).unwrap();
    let last = Some(LastTry::At(world.later(600)));
    assert_eq!(world.undone(&all()), Undone { executions: 2, last });
}

#[test]
fn what_may_have_to_wait_for_what_came_before_it_is_tried_no_sooner_than_it_is_due() {
    let world = World::new(Settings { sequential: true, ..calm() });
    let first = world.stored("DataError").id;
    world.stored("ConnectionError");
    let one = |last: fn(Timestamp) -> LastTry| Undone {
        executions: 1,
        last: Some(last(world.later(600))),
    };
    assert_eq!(world.undone(&all()), one(LastTry::NoSooner));
    world.executions.close(first, "alice", "paid by hand", world.now).unwrap();
    assert_eq!(world.undone(&all()), one(LastTry::At));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Some begin in time, then nobody works for a while, and is asked; from then on somebody works.
    #[test]
    fn what_is_told_of_the_last_one_comes_true(
        many in 1..6_usize,
        every in 1..20_u64,
        in_time in 0..60_u64,
        idle in 0..60_u64,
    ) {
        let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
        for _ in 0..many {
            world.stored("DataError");
        }
        world.let_go(every);
        let mut begun = 0;
        for _ in 0..in_time {
            begun += begin(&world);
            world.wait(1);
        }
        world.wait(idle);
        let (undone, asked) = (world.undone(&all()), world.now);
        prop_assert_eq!(undone.executions, (many - begun) as u64);
        let mut last = None;
        while begun < many {
            let some = begin(&world);
            last = if some > 0 { Some(world.now) } else { last };
            begun += some;
            world.wait(1);
        }
        match undone.last {
            None => prop_assert!(all_were_due(undone.executions, many, every, in_time + idle)),
            Some(LastTry::At(at)) => prop_assert_eq!(Some(at), last),
            Some(LastTry::NoSooner(at)) => prop_assert!(asked < at && Some(at) <= last),
        }
    }
}

/// Begins what may begin now; it ends at once.
fn begin(world: &World) -> usize {
    let claims = world.claims();
    for claim in &claims {
        world.end(claim, Outcome::Succeeded);
    }
    claims.len()
}

/// Whether so many seconds later the last of many was due, or none is left.
fn all_were_due(left: u64, many: usize, every: u64, seconds: u64) -> bool {
    left == 0 || (many as u64 - 1) * every <= seconds
}
