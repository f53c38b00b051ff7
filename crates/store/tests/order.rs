//! Sequential scenarios: one after the other, per key.

use std::sync::{Arc, Mutex};

use redress_store::{
    Begun, Executions, Gate, Memory, Outcome, Reading, Report, Reported, Settings, Store,
    StoreError, Transaction,
};

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

type Happens = Box<dyn FnOnce() + Send>;

/// A store in which something happens before the next transaction.
#[derive(Clone, Default)]
struct Meanwhile {
    inner: Arc<Memory>,
    happens: Arc<Mutex<Option<Happens>>>,
}

impl Store for Meanwhile {
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let happens = self.happens.lock().unwrap().take();
        happens.into_iter().for_each(|happens| happens());
        self.inner.write(work)
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.inner.read(work)
    }
}

#[test]
fn nothing_comes_between_an_open_gate_and_the_run_that_it_lets_begin() {
    let meanwhile = Meanwhile::default();
    let settings = Settings { sequential: true, ..calm() };
    let world = World::over(meanwhile.clone(), "extends default", settings);
    let begins = |run: &str, key: &str| {
        world.executions.begin_run("refunds", Some(key), run, world.now).unwrap()
    };
    let stores = {
        let (inner, now) = (Arc::clone(&meanwhile.inner), world.now);
        move || {
            let report = report("DataError").key("a");
            Executions::over(inner).report(report, now).unwrap();
        }
    };
    *meanwhile.happens.lock().unwrap() = Some(Box::new(stores));
    assert_eq!(begins("run 1", "a"), Begun::Waiting(1));
    assert_eq!(world.executions.is_held("refunds", world.now), Ok(false));
    assert!(matches!(begins("run 2", "b"), Begun::Until(until) if until > world.now));
    assert_eq!(world.executions.is_held("refunds", world.now), Ok(true));

    let switches = {
        let (inner, now) = (Arc::clone(&meanwhile.inner), world.now);
        move || {
            Executions::over(inner).switch_off("refunds", "alice", None, now).unwrap();
        }
    };
    *meanwhile.happens.lock().unwrap() = Some(Box::new(switches));
    assert!(matches!(begins("run 3", "b"), Begun::Off(_)));
    assert_eq!(world.executions.hold_on("refunds", "run 3", world.now), Ok(None));
}
