//! Places: how many run at once, and what is in the way.

use std::time::Duration;

use jiff::Timestamp;
use redress_store::{
    Executions, Memory, Outcome, ScenarioEntry, ScenarioHappening, Settings, Sqlite,
};

use crate::world::{World, calm, event, report};

#[test]
fn three_of_a_scenario_run_at_once_the_oldest_first() {
    let mut world = World::new(calm());
    let mut kept = Vec::new();
    for _ in 0..5 {
        kept.push(world.stored("ConnectionError").id);
        world.wait(1);
    }
    let mut elsewhere = report("ConnectionError");
    elsewhere.scenario = "orders".to_owned();
    world.executions.report(elsewhere, world.now).unwrap();
    world.wait(601);
    let claims = world.claims();
    let of = |name: &str| -> Vec<_> {
        let of = claims.iter().filter(|claim| claim.execution.scenario == name);
        of.map(|claim| claim.execution.id).collect()
    };
    assert_eq!(of("refunds"), kept[..3]);
    assert_eq!(of("orders").len(), 1);
    assert_eq!(world.claims(), []);
    world.end(&claims[0], Outcome::Succeeded);
    assert_eq!(world.claim().execution.id, kept[3]);
}

#[test]
fn no_more_is_claimed_than_is_asked_for() {
    let mut world = World::new(Settings { parallel_retries: 10, ..calm() });
    for _ in 0..5 {
        world.stored("ConnectionError");
    }
    world.wait(600);
    assert_eq!(world.executions.claim("worker", 2, world.now).unwrap().len(), 2);
    assert_eq!(world.executions.claim("worker", 0, world.now).unwrap().len(), 0);
    assert_eq!(world.executions.claim("worker", 9, world.now).unwrap().len(), 3);
}

#[test]
fn nothing_is_retried_beside_a_run_of_the_scenario() {
    let mut world = World::new(calm());
    world.stored("ConnectionError");
    world.wait(600);
    world.executions.hold("refunds", "run 4712", world.now).unwrap();
    world.executions.hold("refunds", "run 4713", world.now).unwrap();
    assert_eq!(world.claims(), []);
    world.executions.let_go("refunds", "run 4712").unwrap();
    assert_eq!(world.claims(), []);
    // Who holds and dies does not hold for ever.
    world.wait(10);
    let claim = world.claim();
    world.fails(&claim, event("ConnectionError"));
    world.wait(3600);
    world.executions.hold("refunds", "run 4714", world.now).unwrap();
    world.executions.let_go("refunds", "run 4714").unwrap();
    world.claim();
}

#[test]
fn what_has_to_be_done_next_is_known() {
    let mut world = World::new(calm());
    let kept = world.stored("ConnectionError");
    assert_eq!(world.executions.next_time(), Ok(kept.due));
    world.wait(600);
    let claim = world.claim();
    assert_eq!(world.executions.next_time(), Ok(Some(claim.until)));
}

#[test]
fn of_a_run_that_is_not_heard_of_any_more_a_line_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(folder.path().join("executions.db")).unwrap();
    for executions in [Executions::over(Memory::new()), Executions::over(sqlite)] {
        let now: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
        let at = |seconds: u64| now + Duration::from_secs(seconds);
        executions.hold("refunds", "run 1", now).unwrap();
        executions.hold("refunds", "run 2", now).unwrap();
        executions.hold("orders", "run 3", now).unwrap();
        executions.let_go("refunds", "run 2").unwrap();
        assert_eq!(executions.hold_on("orders", "run 3", at(6)), Ok(Some(at(16))));
        assert_eq!(executions.tend(at(9)).unwrap().vanished, [] as [&str; 0]);
        assert_eq!(executions.tend(at(10)).unwrap().vanished, ["refunds"]);
        assert_eq!(executions.tend(at(15)).unwrap().vanished, [] as [&str; 0]);
        assert_eq!(executions.tend(at(16)).unwrap().vanished, ["orders"]);
        let log = |scenario: &str| executions.scenario_log(scenario, 10).unwrap();
        let vanished = |run: &str| ScenarioHappening::Vanished { run: run.to_owned() };
        assert_eq!(log("refunds"), [ScenarioEntry { at: at(10), what: vanished("run 1") }]);
        assert_eq!(log("orders"), [ScenarioEntry { at: at(16), what: vanished("run 3") }]);
    }
}

#[test]
fn only_a_run_that_is_under_way_goes_on_or_ends() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(folder.path().join("executions.db")).unwrap();
    for executions in [Executions::over(Memory::new()), Executions::over(sqlite)] {
        let now: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
        let at = |seconds: u64| now + Duration::from_secs(seconds);
        let hold_on = |run: &str, now| executions.hold_on("refunds", run, now).unwrap();
        assert_eq!(hold_on("never begun", now), None);
        assert_eq!(executions.let_go("refunds", "never begun"), Ok(false));
        for run in ["run 1", "run 2"] {
            executions.hold("refunds", run, now).unwrap();
        }
        assert_eq!(executions.hold_on("orders", "run 1", now), Ok(None));
        assert_eq!(executions.let_go("refunds", "run 1"), Ok(true));
        assert_eq!(hold_on("run 1", at(1)), None);
        assert_eq!(executions.let_go("refunds", "run 1"), Ok(false));
        // Late, but nobody has given it up.
        assert_eq!(hold_on("run 2", at(11)), Some(at(21)));
        executions.tend(at(30)).unwrap();
        assert_eq!(hold_on("run 2", at(31)), None);
        assert_eq!(executions.end_run("refunds", "run 2", true), Ok(false));
        assert_eq!(executions.is_held("refunds", at(31)), Ok(false));
        let vanished = ScenarioHappening::Vanished { run: "run 2".to_owned() };
        let log = executions.scenario_log("refunds", 10).unwrap();
        assert_eq!(log, [ScenarioEntry { at: at(30), what: vanished }]);
    }
}

#[test]
fn a_run_that_was_late_does_not_go_on_beside_a_retry() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(folder.path().join("executions.db")).unwrap();
    for executions in [Executions::over(Memory::new()), Executions::over(sqlite)] {
        let mut now: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
        executions.report(report("ConnectionError"), now).unwrap();
        now += Duration::from_secs(600);
        for (scenario, run) in [("refunds", "run 1"), ("refunds", "run 2"), ("orders", "run 3")] {
            executions.hold(scenario, run, now).unwrap();
        }
        now += Duration::from_secs(6);
        executions.hold_on("refunds", "run 2", now).unwrap();
        let claim = |now| executions.claim_where("worker", 9, now, |_| true).unwrap();
        now += Duration::from_secs(5);
        // The second one is heard of; the others are given up, though nothing begins yet.
        let claimed = claim(now);
        assert_eq!((claimed.claims.len(), claimed.vanished.len()), (0, 2));
        assert_eq!(executions.hold_on("refunds", "run 1", now), Ok(None));
        now += Duration::from_secs(5);
        let claimed = claim(now);
        assert_eq!((claimed.claims.len(), claimed.vanished), (1, vec!["refunds".to_owned()]));
        assert_eq!(executions.hold_on("refunds", "run 2", now), Ok(None));
        assert_eq!(executions.end_run("refunds", "run 2", true), Ok(false));
        assert_eq!(executions.tend(now).unwrap().vanished, [] as [&str; 0]);
        let log = executions.scenario_log("refunds", 10).unwrap();
        let vanished = |run: &str| ScenarioHappening::Vanished { run: run.to_owned() };
        assert_eq!(
            log.into_iter().map(|line| line.what).collect::<Vec<_>>(),
            ["run 2", "run 1"].map(vanished)
        );
    }
}

#[test]
fn an_end_of_a_run_counts_once() {
    let world = World::new(calm());
    let executions = &world.executions;
    let consecutive = || executions.scenario("refunds").unwrap().consecutive;
    executions.hold("refunds", "run 1", world.now).unwrap();
    world.reported("RuntimeError");
    assert_eq!(consecutive(), 1);
    assert_eq!(executions.end_run("refunds", "run 1", true), Ok(true));
    assert_eq!(consecutive(), 0);
    world.reported("RuntimeError");
    assert_eq!(executions.end_run("refunds", "run 1", true), Ok(false));
    assert_eq!(consecutive(), 1);
}
