//! Tries whose worker is silent: whoever acts on their execution gives them up before.

use std::collections::BTreeSet;

use redress_store::{
    Edit, EndError, Entry, Execution, Filter, Happening, INTERRUPTIONS, ManageError, Outcome,
    Payload, Query, Refusal, Selection, Status, Waiting,
};

use crate::world::{World, calm};

const LEASE: u64 = 10;

/// One whose try runs, since a moment.
fn begun() -> (World, Execution) {
    let mut world = World::new(calm());
    world.stored("ConnectionError");
    world.wait(600);
    let running = world.claim().execution;
    (world, running)
}

type Does = fn(&World, &Execution) -> Result<Execution, ManageError>;

/// Everything that a person wants of one.
fn wishes() -> [Does; 4] {
    [
        |world, it| world.executions.retry(it.id, "alice", None, world.now),
        |world, it| world.executions.close(it.id, "alice", "paid by hand", world.now),
        |world, it| world.executions.delete(it.id, "alice", None, world.now),
        |world, it| {
            let edit = Edit { payload: Payload::from("mended"), version: Some(it.version) };
            world.executions.resolve(it.id, edit, "alice", "a slip", world.now)
        },
    ]
}

fn interrupted(log: &[Entry]) -> usize {
    log.iter().filter(|entry| matches!(entry.what, Happening::Interrupted { .. })).count()
}

#[test]
fn whoever_looks_sees_when_the_lease_runs_out() {
    let (mut world, running) = begun();
    let until = world.now + std::time::Duration::from_secs(LEASE);
    let listed = |world: &World| world.executions.list(&Query::default()).unwrap().executions;
    assert_eq!(world.executions.lease(running.id), Ok(Some(until)));
    assert_eq!(world.executions.groups(None, None, 10).unwrap()[0].lease, Some(until));
    assert!(!listed(&world)[0].is_silent(world.now));
    world.wait(LEASE);
    assert!(listed(&world)[0].is_silent(world.now));
    world.executions.tend(world.now).unwrap();
    assert_eq!(world.executions.lease(running.id), Ok(None));
    assert_eq!(listed(&world)[0].lease, None);
    assert_eq!(world.executions.groups(None, None, 10).unwrap()[0].lease, None);
}

#[test]
fn a_try_whose_worker_is_heard_of_is_left_alone() {
    for wish in wishes() {
        let (mut world, running) = begun();
        world.wait(LEASE - 1);
        let refused = Err(ManageError::Refused(Refusal::InProgress));
        assert_eq!(wish(&world, &running), refused);
        assert_eq!(world.get(running.id), running);
    }
}

#[test]
fn a_try_whose_worker_is_silent_counts_as_interrupted_before_a_person_is_obeyed() {
    let expected = [Status::Pending, Status::Resolved, Status::Pending, Status::Pending];
    for (number, (wish, status)) in wishes().into_iter().zip(expected).enumerate() {
        let (mut world, running) = begun();
        let claim_of_the_silent = running.clone();
        world.wait(LEASE);
        let after = wish(&world, &running).unwrap();
        assert_eq!(after.status(), status);
        assert_eq!(after.tries, running.tries);
        let log = world.executions.log(running.id).unwrap();
        let is_deleted = number == 2;
        assert_eq!(interrupted(&log), usize::from(!is_deleted));
        assert_eq!(world.executions.get(running.id).unwrap().is_none(), is_deleted);
        // The worker that is heard of again has lost its try, and nothing is interrupted twice.
        let tended = world.executions.tend(world.now).unwrap();
        assert_eq!(tended.interrupted, []);
        assert_eq!(world.executions.renew(&claim(claim_of_the_silent), world.now), Ok(None));
        assert_eq!(world.executions.audit().unwrap().problems, []);
    }
}

/// The claim that the worker of an execution believes to have.
fn claim(execution: Execution) -> redress_store::Claim {
    let until = execution.changed;
    redress_store::Claim { execution, payload: Payload::from("17"), due: until, until }
}

#[test]
fn the_worker_that_was_silent_cannot_end_what_a_person_closed() {
    let (mut world, running) = begun();
    let claim = claim(running.clone());
    world.wait(LEASE);
    world.executions.close(running.id, "alice", "paid by hand", world.now).unwrap();
    let took = std::time::Duration::from_secs(LEASE);
    let ended = world.executions.end(&claim, Outcome::Succeeded, took, world.now);
    assert_eq!(ended, Err(EndError::Refused(Refusal::LeaseLost)));
}

#[test]
fn many_are_tried_dry_as_they_would_be_done() {
    let (mut world, running) = begun();
    let all = Selection::All { filter: Filter::default(), except: BTreeSet::new(), latest: None };
    let close = |world: &World, dry| {
        world.executions.close_many(&all, "alice", "paid by hand", dry, world.now).unwrap()
    };
    assert_eq!((close(&world, true).done, close(&world, false).done), (0, 0));
    world.wait(LEASE);
    assert_eq!(close(&world, true).done, 1);
    assert_eq!(world.get(running.id), running);
    assert_eq!(close(&world, false).done, 1);
    assert_eq!(world.get(running.id).status(), Status::Resolved);
}

#[test]
fn a_person_who_retries_one_that_was_interrupted_again_and_again_has_it_tried() {
    let (mut world, running) = begun();
    for _ in 1..INTERRUPTIONS {
        world.wait(LEASE);
        world.claim();
    }
    world.wait(LEASE);
    let after = world.executions.retry(running.id, "alice", None, world.now).unwrap();
    assert_eq!((after.status(), after.interruptions), (Status::Pending, 0));
    let log = world.executions.log(running.id).unwrap();
    let last = log.iter().rev().find(|it| matches!(it.what, Happening::Interrupted { .. }));
    let next = redress_store::Next::Person(Waiting::Interrupted);
    assert_eq!(last.unwrap().what, Happening::Interrupted { next });
}
