//! Many at once: at a pace, tried dry, refused one by one.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use redress_store::{
    Change, Edit, ExecutionId, Executions, Filter, Line, ManageError, Memory, Outcome, Pace,
    Payload, Reading, Refusal, Selection, Settings, Status, Store, StoreError, Transaction,
};

use crate::world::{World, calm, event, report};

fn all() -> Filter {
    Filter { scenario: Some("refunds".to_owned()), ..Filter::default() }
}

#[test]
fn a_mass_retry_is_spread_out_and_can_be_tried_dry() {
    let mut world = World::new(Settings { max_records: 1000, ..calm() });
    let kept: Vec<_> = (0..600).map(|_| world.stored("DataError").id).collect();
    let selection =
        Selection::All { filter: all(), except: BTreeSet::from([kept[0]]), latest: None };
    let pace = Pace::every(Duration::from_secs(2));
    let retry =
        |dry| world.executions.retry_many(&selection, "alice", None, pace, dry, world.now).unwrap();
    let dry = retry(true);
    assert_eq!((dry.done, dry.refused), (599, 0));
    assert_eq!(world.get(kept[5]).status(), Status::Unresolved);
    assert_eq!(retry(false), dry);
    assert_eq!(world.due_in(&world.get(kept[599])), 2 * 598);
    assert_eq!(world.get(kept[599]).due(), dry.last_due);
    assert_eq!(world.get(kept[0]).status(), Status::Unresolved);
    world.wait(2);
    assert_eq!(world.claims().len(), 1);
}

#[test]
fn those_that_refuse_take_no_place_of_those_that_are_let_go() {
    let settings = Settings { max_records: 1000, parallel_retries: 100, ..calm() };
    let mut world = World::new(settings);
    for _ in 0..100 {
        world.stored("ConnectionError");
    }
    world.wait(600);
    assert_eq!(world.claims().len(), 100);
    let kept: Vec<_> = (0..300).map(|_| world.stored("DataError").id).collect();
    let selection = Selection::All { filter: all(), except: BTreeSet::new(), latest: None };
    let pace = Pace::every(Duration::from_secs(2));
    let retry =
        |dry| world.executions.retry_many(&selection, "alice", None, pace, dry, world.now).unwrap();
    let dry = retry(true);
    assert_eq!((dry.done, dry.refused), (300, 100));
    assert_eq!(retry(false), dry);
    let due: Vec<i64> = kept.iter().map(|id| world.due_in(&world.get(*id))).collect();
    assert_eq!(due, (0..300).map(|place| 2 * place).collect::<Vec<_>>());
    assert_eq!(dry.last_due, world.get(kept[299]).due());
}

/// Asks for a try of all, one every two seconds; then nobody works for a minute.
fn late(world: &mut World, kept: usize) -> Vec<ExecutionId> {
    let kept: Vec<_> = (0..kept).map(|_| world.stored("DataError").id).collect();
    let selection = Selection::All { filter: all(), except: BTreeSet::new(), latest: None };
    let pace = Pace::every(Duration::from_secs(2));
    world.executions.retry_many(&selection, "alice", None, pace, false, world.now).unwrap();
    world.wait(60);
    kept
}

#[test]
fn what_is_late_keeps_its_pace() {
    let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
    let kept = late(&mut world, 5);
    for id in &kept {
        assert_eq!(world.claim().execution.id, *id);
        assert_eq!(world.claims(), []);
        world.wait(1);
        assert_eq!(world.claims(), []);
        world.wait(1);
    }
}

#[test]
fn what_waits_at_a_pace_keeps_nothing_else_waiting() {
    let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
    let kept = late(&mut world, 30);
    let by_schedule = world.stored("ConnectionError").id;
    world.wait(600);
    world.executions.retry(kept[7], "bob", None, world.now).unwrap();
    let claims = world.claims();
    let begun: BTreeSet<_> = claims.iter().map(|claim| claim.execution.id).collect();
    assert_eq!(begun, BTreeSet::from([kept[0], kept[7], by_schedule]));
    claims.iter().for_each(|claim| drop(world.end(claim, Outcome::Succeeded)));
    let mut elsewhere = report("ConnectionError");
    elsewhere.scenario = "orders".to_owned();
    world.executions.report(elsewhere, world.now).unwrap();
    world.wait(600);
    let begun: Vec<_> = world.claims().into_iter().map(|claim| claim.execution.scenario).collect();
    assert_eq!(begun, ["refunds", "orders"]);
}

#[test]
fn a_try_at_a_pace_that_was_interrupted_waits_at_it_still_and_one_that_failed_does_not() {
    let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
    let kept = late(&mut world, 3);
    let first = world.claim();
    world.wait(2);
    let second = world.claim();
    assert_eq!(world.fails(&second, event("ConnectionError")).gap, None);
    // The lease of the first one runs out, and it is due again, behind the third.
    world.wait(600);
    let due: Vec<_> = world.claims().iter().map(|claim| claim.execution.id).collect();
    assert_eq!(due, [kept[2], second.execution.id]);
    let again = world.get(first.execution.id);
    assert_eq!((again.status(), again.is_paced()), (Status::Pending, true));
    world.wait(2);
    assert_eq!(world.claim().execution.id, first.execution.id);
}

#[test]
fn another_try_that_a_person_asks_for_waits_at_no_pace() {
    let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
    late(&mut world, 5);
    let selection = Selection::All { filter: all(), except: BTreeSet::new(), latest: None };
    world
        .executions
        .retry_many(&selection, "bob", None, Pace::default(), false, world.now)
        .unwrap();
    assert_eq!(world.claims().len(), 5);
    assert_eq!(world.executions.scenario("refunds").unwrap().paced, None);
}

#[test]
fn a_clock_that_is_put_back_stops_no_pace() {
    let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
    late(&mut world, 5);
    let now = world.now;
    world.wait(100_000);
    world.claim();
    world.now = now;
    world.claim();
    assert_eq!(world.claims(), []);
    assert_eq!(
        world.executions.scenario("refunds").unwrap().paced_until(now),
        Some(now + Duration::from_secs(2))
    );
}

#[test]
fn what_began_at_a_pace_keeps_those_waiting_that_are_let_go_later_and_that_is_known() {
    let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
    let mut kept: Vec<_> = (0..6).map(|_| world.stored("DataError").id).collect();
    kept.sort_unstable();
    let day = Duration::from_secs(24 * 3600);
    let retry = |world: &World, ids: &[ExecutionId], pace, dry| {
        let selection = Selection::Ids(ids.to_vec());
        world.executions.retry_many(&selection, "alice", None, pace, dry, world.now).unwrap()
    };
    assert_eq!(retry(&world, &kept[..1], Pace::every(day), false).last_begins, Some(world.now));
    world.end(&world.claim(), Outcome::Succeeded);
    let until = world.now + day;
    world.wait(3600);
    let pace = Pace::every(Duration::from_secs(2));
    for dry in [true, false] {
        let bulk = retry(&world, &kept[1..4], pace, dry);
        assert_eq!(bulk.last_due, Some(world.now + Duration::from_secs(4)));
        assert_eq!(bulk.last_begins, Some(until + Duration::from_secs(4)));
    }
    // Without a pace they wait for nothing.
    let at_once = retry(&world, &kept[4..5], Pace::default(), false);
    assert_eq!((at_once.last_due, at_once.last_begins), (Some(world.now), Some(world.now)));
    let filter = Filter { error: Some("DataError".to_owned()), ..Filter::default() };
    let next_try = |world: &World| world.executions.next_try("refunds", &filter, world.now);
    assert_eq!(next_try(&world), Ok(Some(world.now)));
    world.end(&world.claim(), Outcome::Succeeded);
    assert_eq!(next_try(&world), Ok(Some(until)));
    world.now = until;
    for second in [0, 2, 4] {
        assert_eq!(world.claim().execution.id, kept[1 + second / 2]);
        world.wait(2);
    }
}

#[test]
fn what_waits_at_a_pace_that_is_kept_is_not_late() {
    let mut world = World::new(Settings { parallel_retries: 100, ..calm() });
    late(&mut world, 5);
    world.stored("ConnectionError");
    world.wait(600);
    let due_and_paced = |world: &World| {
        let counts = world.executions.counts(world.now).unwrap();
        let pending = counts.iter().find(|count| count.status == Status::Pending).unwrap();
        (pending.due, pending.paced)
    };
    // Nobody works: one of those at a pace could begin.
    assert_eq!(due_and_paced(&world), (2, 4));
    let begun = world.claims();
    let lateness: Vec<_> = begun.iter().map(|claim| world.now.duration_since(claim.due)).collect();
    assert_eq!(lateness.iter().map(|late| late.as_secs()).collect::<Vec<_>>(), [660, 0]);
    assert_eq!(due_and_paced(&world), (0, 4));
    world.wait(3);
    assert_eq!(due_and_paced(&world), (1, 3));
    // It was due ten minutes ago, and could begin since a second.
    assert_eq!(world.now.duration_since(world.claim().due).as_secs(), 1);
    assert_eq!(due_and_paced(&world), (0, 3));
}

#[test]
fn a_mass_retry_may_begin_slowly_and_speed_up() {
    let world = World::new(Settings { max_records: 1000, ..calm() });
    let kept: Vec<_> = (0..100).map(|_| world.stored("DataError").id).collect();
    let selection = Selection::All { filter: all(), except: BTreeSet::new(), latest: None };
    let pace = Pace { between: Duration::from_secs(1), first: Duration::from_secs(20) };
    world.executions.retry_many(&selection, "alice", None, pace, false, world.now).unwrap();
    let dues: Vec<_> = kept.iter().map(|id| world.due_in(&world.get(*id))).collect();
    // Three in the first minute, six in the second, twelve in the third, …
    assert_eq!(dues[..11], [0, 20, 40, 60, 70, 80, 90, 100, 110, 120, 125]);
    let of_minute = |minute: i64| dues.iter().filter(|due| **due / 60 == minute).count();
    assert_eq!([0, 1, 2, 3].map(of_minute), [3, 6, 12, 24]);
}

/// A store to which another program reports after each change.
struct Restless {
    store: Arc<Memory>,
    other: World,
}

impl Store for Restless {
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.store.write(work)?;
        self.other.stored("DataError");
        Ok(())
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.store.read(work)
    }
}

#[test]
fn what_comes_while_many_are_dealt_with_is_left_alone() {
    let store = Arc::new(Memory::new());
    let settings = Settings { max_records: 1000, ..calm() };
    let other = World::over(Arc::clone(&store), "extends default", settings);
    for _ in 0..600 {
        other.stored("DataError");
    }
    let now = other.now;
    let executions = Executions::over(Restless { store: Arc::clone(&store), other });
    let selection = Selection::All { filter: all(), except: BTreeSet::new(), latest: None };
    let bulk = executions.delete_many(&selection, "alice", None, false, now).unwrap();
    assert_eq!((bulk.done, bulk.refused), (600, 0));
    // It is done in portions, and one came with each.
    let left = executions.scenario("refunds").unwrap();
    assert_eq!((left.incomplete, left.sequence), (3, 603));
}

#[test]
fn what_is_stored_after_they_were_counted_is_not_meant() {
    let world = World::new(calm());
    let kept = world.stored("DataError").id;
    let latest = Some(world.executions.latest().unwrap());
    let selection = Selection::All { filter: all(), except: BTreeSet::new(), latest };
    let later = world.stored("DataError").id;
    for dry in [true, false] {
        let closed = world.executions.close_many(&selection, "alice", "paid", dry, world.now);
        assert_eq!(closed.unwrap().done, 1);
    }
    assert_eq!(world.get(kept).status(), Status::Resolved);
    assert_eq!(world.get(later).status(), Status::Unresolved);
    // Where nothing was kept, nothing is meant.
    let empty = World::new(calm());
    let latest = Some(empty.executions.latest().unwrap());
    let selection = Selection::All { filter: all(), except: BTreeSet::new(), latest };
    empty.stored("DataError");
    let deleted = empty.executions.delete_many(&selection, "alice", None, false, empty.now);
    assert_eq!(deleted.unwrap().done, 0);
}

#[test]
fn those_in_progress_are_not_deleted_and_the_others_are() {
    let mut world = World::new(calm());
    let kept: Vec<_> = (0..5).map(|_| world.stored("ConnectionError").id).collect();
    world.wait(600);
    let running: BTreeSet<_> = world.claims().iter().map(|claim| claim.execution.id).collect();
    assert_eq!(running.len(), 3);
    let mut ids = kept.clone();
    ids.push(kept[4]);
    let bulk = world
        .executions
        .delete_many(&Selection::Ids(ids), "alice", Some("a test"), false, world.now)
        .unwrap();
    assert_eq!((bulk.done, bulk.refused), (2, 3));
    let refused: BTreeSet<_> = bulk.refusals.iter().map(|(id, _)| *id).collect();
    assert_eq!(refused, running);
    assert_eq!(bulk.refusals[0].1, ManageError::Refused(Refusal::InProgress));
    assert_eq!(world.executions.scenario("refunds").unwrap().incomplete, 3);
}

#[test]
fn many_are_closed_at_once_with_one_reason() {
    let mut world = World::new(Settings { max_records: 1000, ..calm() });
    let running = world.stored("ConnectionError").id;
    world.wait(600);
    world.claim();
    let kept: Vec<_> = (0..300).map(|_| world.stored("DataError").id).collect();
    let close = |reason: &str, selection: &Selection, dry: bool| {
        world.executions.close_many(selection, "alice", reason, dry, world.now)
    };
    let some = Selection::All { filter: all(), except: BTreeSet::from([kept[0]]), latest: None };
    assert_eq!(close(" ", &some, false), Err(ManageError::Refused(Refusal::NoReason)));
    let dry = close("paid by hand", &some, true).unwrap();
    assert_eq!((dry.done, dry.refused, world.get(kept[1]).status()), (299, 1, Status::Unresolved));
    assert_eq!(close("paid by hand", &some, false).unwrap(), dry);
    assert_eq!(dry.refusals, [(running, ManageError::Refused(Refusal::InProgress))]);
    assert_eq!(world.get(kept[299]).status(), Status::Resolved);
    assert_eq!(world.get(kept[0]).status(), Status::Unresolved);
    assert_eq!(world.executions.scenario("refunds").unwrap().incomplete, 2);
    let log = serde_json::to_value(&world.executions.log(kept[7]).unwrap()[1]).unwrap();
    assert_eq!((&log["what"], &log["reason"]), (&"closed".into(), &"paid by hand".into()));
    let again = close("once more", &Selection::Ids(kept[1..3].to_vec()), false).unwrap();
    assert_eq!((again.done, again.refused), (0, 2));
}

#[test]
fn an_edited_payload_is_run_and_the_original_is_kept() {
    let world = World::new(calm());
    let kept = world.stored("DataError");
    let edit = Edit { payload: Payload::from(r#"{"refund": 18}"#), version: Some(1) };
    world.executions.resolve(kept.id, edit.clone(), "alice", "a typo", world.now).unwrap();
    let again = world.executions.resolve(kept.id, edit, "bob", "a typo", world.now);
    assert_eq!(again, Err(ManageError::Refused(Refusal::Changed(2))));
    let claim = world.claim();
    assert_eq!(claim.payload, Payload::from(r#"{"refund": 18}"#));
    assert_eq!(claim.idempotency_key(), format!("{}-2", kept.id));
    assert_eq!(world.executions.payload(kept.id, 1), Ok(Some(Payload::from(r#"{"refund": 17}"#))));
    assert_eq!(world.end(&claim, Outcome::Succeeded).status(), Status::Resolved);
    let difference = world.executions.difference(kept.id, 2).unwrap().unwrap();
    let told = (difference.by.as_str(), difference.reason.as_deref(), difference.at);
    assert_eq!(told, ("alice", Some("a typo"), world.now));
    let Change::Lines(hunks) = difference.change else { panic!("{difference:?}") };
    let changed =
        [Line::Removed("  \"refund\": 17".to_owned()), Line::Added("  \"refund\": 18".to_owned())];
    assert_eq!(hunks[0].lines[1..3], changed);
    for edition in [0, 1, 3] {
        assert_eq!(world.executions.difference(kept.id, edition), Ok(None));
    }
    let log = serde_json::to_value(&world.executions.log(kept.id).unwrap()[1]).unwrap();
    assert_eq!((&log["by"], &log["reason"]), (&"alice".into(), &"a typo".into()));
}
