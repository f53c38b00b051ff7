//! Sequential scenarios: one after the other, per key.

use redress_store::{Gate, Outcome, Report, Reported, Settings};

use crate::world::{World, calm, event, report};

fn keyed(world: &World, key: &str) -> redress_store::ExecutionId {
    match world.executions.report(report("ConnectionError").key(key), world.now).unwrap() {
        Reported::Stored(kept) => kept.id,
        other => panic!("{other:?}"),
    }
}

#[test]
fn executions_of_a_key_run_in_order_and_keys_do_not_wait_for_each_other() {
    let mut world = World::new(Settings { sequential: true, ..calm() });
    let (a1, a2, b1) = (keyed(&world, "a"), keyed(&world, "a"), keyed(&world, "b"));
    world.wait(600);
    let claims = world.claims();
    let ids: Vec<_> = claims.iter().map(|claim| claim.execution.id).collect();
    assert_eq!(ids, [a1, b1]);
    // What waits for a person holds up its key.
    world.fails(&claims[0], event("DataError"));
    assert_eq!(world.claims(), []);
    assert_eq!(world.executions.gate("refunds", Some("a")), Ok(Gate::Waiting(2)));
    world.executions.close(a1, "alice", "paid by hand", world.now).unwrap();
    assert_eq!(world.claim().execution.id, a2);
    world.end(&claims[1], Outcome::Succeeded);
    assert_eq!(world.executions.gate("refunds", Some("b")), Ok(Gate::Open));
    assert_eq!(world.executions.gate("refunds", None), Ok(Gate::Waiting(1)));
}

#[test]
fn without_keys_the_whole_scenario_is_one_sequence() {
    let mut world = World::new(Settings { sequential: true, ..calm() });
    let first = world.stored("ConnectionError");
    world.stored("ConnectionError");
    world.wait(600);
    let claim = world.claim();
    assert_eq!(claim.execution.id, first.id);
    world.end(&claim, Outcome::Succeeded);
    world.claim();
}

#[test]
fn a_scenario_that_is_not_sequential_never_waits() {
    let world = World::new(calm());
    world.executions.report(Report::new("refunds", event("DataError"), ""), world.now).unwrap();
    assert_eq!(world.executions.gate("refunds", None), Ok(Gate::Open));
}
