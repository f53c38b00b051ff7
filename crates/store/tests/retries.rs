//! Retries: the schedule, what overrides it, what ends it.

use std::time::Duration;

use redress_store::{
    Cause, Claim, EndError, ExecutionId, Happening, INTERRUPTIONS, Outcome, Query, Refusal,
    ReportError, Reported, Resolution, Settings, Sqlite, State, Status, Waiting,
};
use serde_json::json;

use crate::world::{World, calm, event, report, report_of};

#[test]
fn the_documented_schedule_is_followed_and_then_a_person_is_needed() {
    let mut world = World::new(calm());
    let kept = world.stored("ConnectionError");
    for (step, seconds) in [600, 3600, 10_800, 43_200, 86_400].into_iter().enumerate() {
        assert_eq!(world.due_in(&world.get(kept.id)), seconds as i64);
        world.wait(seconds - 1);
        assert_eq!(world.claims(), []);
        world.wait(1);
        let claim = world.claim();
        assert_eq!(claim.attempt() as usize, step + 2);
        assert_eq!(claim.idempotency_key(), format!("{}-1", kept.id));
        world.fails(&claim, event("ConnectionError"));
    }
    let state = State::Unresolved { why: Waiting::Exhausted };
    assert_eq!(world.get(kept.id).state, state);
    assert_eq!(world.executions.next_time(), Ok(None));
}

#[test]
fn what_the_service_asks_to_wait_takes_the_place_of_the_next_step() {
    let mut world = World::new(calm());
    let kept = world.stored("RateLimitError");
    world.wait(600);
    let asked = json!({"error": "RateLimitError", "module": 3, "retry_after": "90s"});
    let after = world.fails(&world.claim(), asked);
    assert_eq!(world.due_in(&after), 90);
    world.wait(90);
    // It was the second step's place, so the third comes next.
    let after = world.fails(&world.claim(), event("RateLimitError"));
    assert_eq!(world.due_in(&after), 10_800);
    assert_eq!(after.id, kept.id);
}

#[test]
fn a_service_that_asks_for_no_wait_does_not_use_up_the_schedule() {
    let mut world = World::new(calm());
    world.stored("RateLimitError");
    world.wait(600);
    for (asked, due) in [("0s", 3_600), ("0ms", 10_800), ("1ms", 0), ("0d", 86_400)] {
        let event = json!({"error": "RateLimitError", "module": 3, "retry_after": asked});
        let after = world.fails(&world.claim(), event);
        assert_eq!(world.due_in(&after), due, "{asked}");
        world.wait(due.unsigned_abs().max(1));
    }
}

#[test]
fn each_failure_is_decided_again_with_its_attempt() {
    let policy = "extends default
                  rule enough: when error == RateLimitError and module != first and attempt > 2 => store(manual)";
    let mut world = World::with_policy(policy, calm());
    world.stored("RateLimitError");
    world.wait(600);
    let after = world.fails(&world.claim(), event("RateLimitError"));
    assert_eq!(after.status(), Status::Pending);
    world.wait(3600);
    let after = world.fails(&world.claim(), event("RateLimitError"));
    assert_eq!(after.state, State::Unresolved { why: Waiting::Manual });
    assert_eq!(after.decision.rule.as_deref(), Some("enough"));
    assert_eq!(after.event["attempt"], 3);
}

#[test]
fn a_changed_error_changes_its_fate() {
    let mut world = World::new(calm());
    world.stored("ConnectionError");
    world.wait(600);
    let after = world.fails(&world.claim(), event("DataError"));
    assert_eq!(after.state, State::Unresolved { why: Waiting::Manual });

    world.stored("ConnectionError");
    world.wait(600);
    // What is kept does not vanish because the policy would not have kept it.
    let after = world.fails(&world.claim(), event("RuntimeError"));
    assert_eq!(after.state, State::Unresolved { why: Waiting::Decided("fail".to_owned()) });
}

#[test]
fn errors_that_alternate_do_not_go_on_for_ever() {
    let policy = "extends default
                  when error == RateLimitError and module != first => store(retry, after: every(1m, times: 3))";
    let mut world = World::with_policy(policy, calm());
    let kept = world.stored("ConnectionError");
    let mut tries = 0;
    for error in ["RateLimitError", "ConnectionError"].into_iter().cycle() {
        world.wait(86_400);
        let Some(claim) = world.claims().pop() else { break };
        tries += 1;
        world.fails(&claim, event(error));
    }
    assert_eq!(tries, 3);
    assert_eq!(world.get(kept.id).state, State::Unresolved { why: Waiting::Exhausted });
}

#[test]
fn a_dead_worker_loses_its_try_within_seconds_and_it_counts() {
    let mut world = World::new(calm());
    let kept = world.stored("ConnectionError");
    world.wait(600);
    let dead = world.claim();
    world.wait(9);
    assert_eq!(world.claims(), []);
    world.wait(1);
    let claim = world.claim();
    assert_eq!(claim.execution.id, kept.id);
    assert_eq!(claim.attempt(), 3);

    let late = world.executions.end(&dead, Outcome::Succeeded, Duration::ZERO, world.now);
    assert_eq!(late, Err(EndError::Refused(Refusal::LeaseLost)));
    assert_eq!(world.executions.renew(&dead, world.now), Ok(None));
    world.end(&claim, Outcome::Succeeded);
    let twice = world.executions.end(&claim, Outcome::Succeeded, Duration::ZERO, world.now);
    assert_eq!(twice, Err(EndError::Refused(Refusal::LeaseLost)));
}

#[test]
fn a_worker_that_is_heard_of_keeps_its_try() {
    let mut world = World::new(calm());
    world.stored("ConnectionError");
    world.wait(600);
    let claim = world.claim();
    for _ in 0..10 {
        world.wait(9);
        assert!(world.executions.renew(&claim, world.now).unwrap().is_some());
        assert_eq!(world.claims(), []);
    }
    assert_eq!(world.end(&claim, Outcome::Succeeded).status(), Status::Resolved);
}

#[test]
fn what_kills_its_workers_waits_for_a_person() {
    let mut world = World::new(calm());
    let kept = world.stored("ConnectionError");
    world.wait(600);
    for _ in 0..INTERRUPTIONS {
        world.claim();
        world.wait(10);
    }
    assert_eq!(world.claims(), []);
    assert_eq!(world.get(kept.id).state, State::Unresolved { why: Waiting::Interrupted });
}

#[test]
fn a_person_need_not_wait_and_uses_no_step() {
    let mut world = World::new(calm());
    let kept = world.stored("ConnectionError");
    world.executions.retry(kept.id, "alice", None, world.now).unwrap();
    let claim = world.claim();
    let by = Cause::Person("alice".to_owned());
    assert!(matches!(&claim.execution.state, State::InProgress { by: it, .. } if *it == by));
    let after = world.fails(&claim, event("ConnectionError"));
    assert_eq!((after.tries, after.steps, world.due_in(&after)), (2, 0, 600));

    let waits = world.stored("DataError");
    world.executions.retry(waits.id, "alice", None, world.now).unwrap();
    let after = world.fails(&world.claim(), event("DataError"));
    assert_eq!(after.state, State::Unresolved { why: Waiting::Manual });
    world.wait(600);
}

#[test]
fn resolved_means_that_it_ran_or_that_a_person_said_why() {
    let mut world = World::new(calm());
    let kept = world.stored("DataError");
    let refused = world.executions.close(kept.id, "alice", " ", world.now);
    assert_eq!(refused.unwrap_err().to_string(), "closing needs a reason");
    let after = world.executions.close(kept.id, "alice", "paid by hand", world.now).unwrap();
    let how = Resolution::Closed { by: "alice".to_owned(), reason: "paid by hand".to_owned() };
    assert_eq!(after.state, State::Resolved { at: world.now, how });
    for refused in [
        world.executions.close(kept.id, "bob", "once more", world.now),
        world.executions.retry(kept.id, "bob", None, world.now),
    ] {
        assert_eq!(refused.unwrap_err().to_string(), "it is resolved");
    }

    world.stored("ConnectionError");
    world.wait(600);
    let after = world.end(&world.claim(), Outcome::Succeeded);
    assert_eq!(after.state, State::Resolved { at: world.now, how: Resolution::Succeeded });
}

#[test]
fn a_failure_in_a_later_module_is_an_execution_of_its_own() {
    let mut world = World::new(redress_store::Settings { max_records: 1, ..calm() });
    let old = world.stored("ConnectionError");
    world.wait(600);
    // The limit does not stand in the way: the new one takes the place of the old one.
    let elsewhere = Outcome::FailedElsewhere(Box::new(report("DataError")));
    let after = world.end(&world.claim(), elsewhere);
    let State::Resolved { how: Resolution::Continued(new), .. } = after.state else {
        panic!("{after:?}")
    };
    let new = world.get(new);
    assert_eq!((new.origin, new.status()), (Some(old.id), Status::Unresolved));

    // What the policy does not keep is not lost either: the old one stays.
    world.executions.retry(new.id, "alice", None, world.now).unwrap();
    let elsewhere = Outcome::FailedElsewhere(Box::new(report("RuntimeError")));
    let after = world.end(&world.claim(), elsewhere);
    assert_eq!(after.state, State::Unresolved { why: Waiting::Decided("fail".to_owned()) });
}

/// Executions whose reports have these keys; then the first of them is tried.
fn tried(keys: &[&str]) -> (World, Vec<ExecutionId>, Claim) {
    let mut world = World::new(calm());
    let kept = keys.iter().map(|key| {
        match world.executions.report(report("ConnectionError").once(*key), world.now) {
            Ok(Reported::Stored(kept)) => kept.id,
            other => panic!("{other:?}"),
        }
    });
    let kept: Vec<ExecutionId> = kept.collect();
    world.wait(600);
    let claim = world.executions.claim("worker", 1, world.now).unwrap().remove(0);
    assert_eq!(claim.execution.id, kept[0]);
    (world, kept, claim)
}

fn later(key: &str) -> Outcome {
    Outcome::FailedElsewhere(Box::new(report("DataError").once(key)))
}

#[test]
fn a_later_failure_with_the_key_of_the_execution_itself_is_left_in_it() {
    let (world, kept, claim) = tried(&["run-4711"]);
    let after = world.end(&claim, later("run-4711"));
    assert_eq!(after.state, State::Unresolved { why: Waiting::Manual });
    assert_eq!((after.id, after.error()), (kept[0], "DataError"));
    assert_eq!(world.executions.list(&Query::default()).unwrap().executions.len(), 1);
}

#[test]
fn a_later_failure_that_is_kept_already_is_left_there_unless_that_is_resolved() {
    let (world, kept, claim) = tried(&["run-4711", "run-4712"]);
    let after = world.end(&claim, later("run-4712"));
    let how = Resolution::Continued(kept[1]);
    assert_eq!(after.state, State::Resolved { at: world.now, how });

    let (world, kept, claim) = tried(&["run-4711", "run-4712"]);
    world.executions.close(kept[1], "alice", "paid by hand", world.now).unwrap();
    let after = world.end(&claim, later("run-4712"));
    assert_eq!(after.state, State::Unresolved { why: Waiting::Manual });
}

#[test]
fn a_later_failure_is_of_the_scenario_of_the_try() {
    let (world, _, claim) = tried(&["run-4711"]);
    let mut other = report("DataError");
    other.scenario = "orders".to_owned();
    let other = Outcome::FailedElsewhere(Box::new(other));
    let refused = world.executions.end(&claim, other, Duration::ZERO, world.now);
    let why = ReportError::OtherScenario("refunds".to_owned());
    assert_eq!(refused, Err(EndError::Report(why)));
    // The try is still the worker's, and nothing was kept.
    assert_eq!(world.executions.scenarios(), Ok(vec!["refunds".to_owned()]));
    assert_eq!(world.end(&claim, Outcome::Succeeded).status(), Status::Resolved);
}

#[test]
fn a_report_that_is_delivered_twice_is_kept_once() {
    let world = World::new(calm());
    let report = report("ConnectionError").once("run 4711");
    let first = world.executions.report(report.clone(), world.now).unwrap();
    let second = world.executions.report(report.clone(), world.now).unwrap();
    let (Reported::Stored(first), Reported::Known(second)) = (first, second) else { panic!() };
    assert_eq!(first, second);
    let mut other = report;
    other.scenario = "orders".to_owned();
    let other = world.executions.report(other, world.now).unwrap();
    assert!(matches!(other, Reported::Stored(_)));
}

#[test]
fn an_end_that_does_not_fit_the_policy_may_be_said_again() {
    let mut world = World::new(calm());
    world.stored("ConnectionError");
    world.wait(600);
    let claim = world.claim();
    let wrong = Outcome::Failed(json!({"eror": "DataError", "module": 3}));
    let refused = world.executions.end(&claim, wrong, Duration::ZERO, world.now).unwrap_err();
    assert!(matches!(refused, EndError::Report(_)), "{refused}");
    assert_eq!(world.end(&claim, Outcome::Succeeded).status(), Status::Resolved);
}

#[test]
fn the_log_tells_the_whole_story() {
    let mut world = World::new(calm());
    let kept = world.stored("ConnectionError");
    world.wait(600);
    world.fails(&world.claim(), event("ConnectionError"));
    world.executions.retry(kept.id, "alice", Some("it is back"), world.now).unwrap();
    world.end(&world.claim(), Outcome::Succeeded);
    let log = world.executions.log(kept.id).unwrap();
    let said: Vec<String> = log
        .iter()
        .map(|entry| match &entry.what {
            Happening::Started { by: Cause::Person(name), .. } => format!("started by {name}"),
            Happening::Asked { by, reason, .. } => {
                format!("{by} asks: {}", reason.as_deref().unwrap())
            }
            other => serde_json::to_value(other).unwrap()["what"].as_str().unwrap().to_owned(),
        })
        .collect();
    let story =
        ["stored", "started", "failed", "alice asks: it is back", "started by alice", "succeeded"];
    assert_eq!(said, story);
}

#[test]
fn tries_that_the_host_made_in_place_are_counted() {
    counts_tries_in_place(World::new(calm()));
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path().join("executions.db")).unwrap();
    counts_tries_in_place(World::over(store, "extends default", calm()));
}

fn counts_tries_in_place(mut world: World) {
    let tried = json!({"error": "ConnectionError", "module": 3, "attempt": 4});
    let Reported::Stored(kept) = world.executions.report(report_of(tried), world.now).unwrap()
    else {
        panic!("it is not kept")
    };
    assert_eq!(world.get(kept.id).tries, 4);
    assert_eq!(world.executions.list(&Query::default()).unwrap().executions[0].tries, 4);
    world.wait(600);
    let claim = world.claim();
    assert_eq!(claim.attempt(), 5);
    let after = world.fails(&claim, event("ConnectionError"));
    // The first step was used, whatever was tried before.
    assert_eq!((after.event["attempt"].as_u64(), world.due_in(&after)), (Some(5), 3600));
    assert_eq!(world.executions.audit().unwrap().problems, []);

    // More than anybody tries is no reason to fall over.
    for attempt in [u64::from(u32::MAX), i64::MAX as u64] {
        let often = json!({"error": "DataError", "module": 3, "attempt": attempt});
        world.executions.report(report_of(often), world.now).unwrap();
    }
    assert_eq!(world.executions.audit().unwrap().problems, []);
}

#[test]
fn who_only_asks_what_would_be_decided_changes_nothing() {
    let world = World::new(Settings { max_consecutive_errors: Some(1), ..calm() });
    let asked = world.executions.decide(report("RuntimeError"), world.now).unwrap();
    assert_eq!(asked.display.to_string(), "fail");
    assert_eq!(world.executions.scenario("refunds").unwrap(), Default::default());
    let Reported::Decided(told) = world.reported("RuntimeError") else { panic!("it is kept") };
    assert_eq!(asked, told);
    assert_ne!(world.executions.scenario("refunds").unwrap(), Default::default());
}

#[test]
fn who_finds_a_worker_silent_tells_which_try_was_given_up() {
    let mut world = World::new(calm());
    let [first, second] = [0; 2].map(|_| world.stored("ConnectionError").id);
    world.wait(600);
    assert_eq!(world.claims().len(), 2);
    assert_eq!(world.executions.tend(world.now).unwrap().interrupted, []);
    world.wait(11);
    let claimed = world.executions.claim_where("another", 1, world.now, |_| true).unwrap();
    let told: Vec<_> = claimed.interrupted.iter().map(|it| (it.id, it.tries, it.due())).collect();
    assert_eq!(told, [(first, 2, Some(world.now)), (second, 2, Some(world.now))]);
    assert_eq!(claimed.claims[0].execution.id, first);
    world.wait(11);
    let tended = world.executions.tend(world.now).unwrap();
    assert_eq!(tended.interrupted, [world.get(first)]);
}
