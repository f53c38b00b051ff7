//! Workers, with a real clock.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::sleep;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress::Policy;
use redress_scenarios::{Ending, FindRunner, Notice, Runner, Task, Workers};
use redress_store::{
    Entry, ExecutionId, Executions, Happening, Memory, Outcome, Pace, Reading, Report, Reported,
    Scenario, Selection, Settings, Status, Store, StoreError, Transaction,
};
use serde_json::json;

fn executions() -> Arc<Executions> {
    executions_in(Memory::new())
}

fn executions_in(store: impl Store + 'static) -> Arc<Executions> {
    let policy = "extends default
                  replace retryable: when module != first and error in transient => store(retry, after: [10ms, 10ms, 10ms])";
    let settings = Settings {
        lease: redress::Duration::from_milliseconds(300),
        max_consecutive_errors: None,
        runaway: None,
        ..Settings::default()
    };
    let executions = Executions::over(store);
    let policy = Policy::parse(policy).unwrap();
    executions.set_other_scenarios(Scenario { policy, settings, seal: None });
    Arc::new(executions)
}

fn report(executions: &Executions, scenario: &str) -> ExecutionId {
    let event = json!({"error": "ConnectionError", "module": 3});
    match executions.report(Report::new(scenario, event, "17"), Timestamp::now()).unwrap() {
        Reported::Stored(kept) => kept.id,
        other => panic!("{other:?}"),
    }
}

fn find(run: impl Fn(&Task) -> Outcome + Send + Sync + 'static) -> Arc<FindRunner> {
    let runner: Arc<dyn Runner> = Arc::new(run);
    Arc::new(move |scenario: &str| (scenario == "refunds").then(|| Arc::clone(&runner)))
}

fn until(executions: &Executions, id: ExecutionId, status: Status) {
    let start = Instant::now();
    while executions.get(id).unwrap().unwrap().status() != status {
        assert!(start.elapsed() < Duration::from_secs(60), "{:?}", executions.log(id));
        sleep(Duration::from_millis(5));
    }
}

fn start(
    executions: &Arc<Executions>,
    find: Arc<FindRunner>,
) -> (Workers, Arc<Mutex<Vec<Notice>>>) {
    let troubles: Arc<Mutex<Vec<Notice>>> = Arc::default();
    let told = Arc::clone(&troubles);
    let tell = Box::new(move |notice: Notice| {
        if notice.is_trouble() {
            told.lock().unwrap().push(notice);
        }
    });
    (Workers::start(Arc::clone(executions), "worker", 8, find, tell).unwrap(), troubles)
}

#[test]
fn what_is_due_is_run_until_it_succeeds() {
    let executions = executions();
    let id = report(&executions, "refunds");
    let other = report(&executions, "unknown");
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let (workers, troubles) = start(
        &executions,
        find(move |task| {
            assert_eq!(task.payload.bytes(), b"17");
            match counted.fetch_add(1, Ordering::Relaxed) {
                0 => Outcome::Failed(json!({"error": "RateLimitError", "retry_after": "20ms"})),
                1 => panic!("a runner that panics"),
                _ => Outcome::Succeeded,
            }
        }),
    );
    // The panic is an UnexpectedError, which a person has to look at.
    until(&executions, id, Status::Unresolved);
    executions.retry(id, "alice", None, Timestamp::now()).unwrap();
    until(&executions, id, Status::Resolved);
    workers.stop();
    assert_eq!(runs.load(Ordering::Relaxed), 3);
    assert_eq!(executions.get(id).unwrap().unwrap().tries, 4);
    // Nothing runs it, so nobody claims it.
    assert_eq!(executions.get(other).unwrap().unwrap().status(), Status::Pending);
    assert_eq!(*troubles.lock().unwrap(), []);
    assert_eq!(executions.audit().unwrap().problems, []);
}

#[test]
fn a_long_try_keeps_its_lease_and_stopping_waits_for_it() {
    let executions = executions();
    let id = report(&executions, "refunds");
    let (workers, troubles) = start(
        &executions,
        find(|_| {
            sleep(Duration::from_millis(1_000));
            Outcome::Succeeded
        }),
    );
    until(&executions, id, Status::InProgress);
    let meanwhile = executions.tend(Timestamp::now()).unwrap();
    assert_eq!(meanwhile.interrupted, []);
    workers.stop();
    assert_eq!(executions.get(id).unwrap().unwrap().status(), Status::Resolved);
    assert_eq!(executions.get(id).unwrap().unwrap().tries, 2);
    assert_eq!(*troubles.lock().unwrap(), []);
}

#[test]
fn an_event_that_does_not_fit_is_a_failure_all_the_same() {
    let executions = executions();
    let id = report(&executions, "refunds");
    let (workers, _) = start(&executions, find(|_| Outcome::Failed(json!({"eror": "DataError"}))));
    until(&executions, id, Status::Unresolved);
    workers.stop();
    let execution = executions.get(id).unwrap().unwrap();
    assert_eq!(execution.error(), "UnexpectedError");
    assert!(execution.message().contains("did you mean"), "{}", execution.message());
}

#[test]
fn what_is_due_is_run_and_then_it_ends() {
    let executions = executions();
    let ids: Vec<ExecutionId> = (0..5).map(|_| report(&executions, "refunds")).collect();
    let other = report(&executions, "unknown");
    sleep(Duration::from_millis(15));
    let notices: Arc<Mutex<Vec<Notice>>> = Arc::default();
    let told = Arc::clone(&notices);
    let tell = Box::new(move |notice: Notice| told.lock().unwrap().push(notice));
    let find = find(|_| Outcome::Succeeded);
    Workers::run_due(Arc::clone(&executions), "worker", 8, find, tell, &Ending::default());
    for id in ids {
        assert_eq!(executions.get(id).unwrap().unwrap().status(), Status::Resolved);
    }
    assert_eq!(executions.get(other).unwrap().unwrap().status(), Status::Pending);
    let notices = notices.lock().unwrap();
    let began = notices.iter().filter(|it| matches!(it, Notice::Began(_))).count();
    let ended = notices.iter().filter(|it| matches!(it, Notice::Ended(..))).count();
    assert_eq!((began, ended, notices.len()), (5, 5, 10));
}

#[test]
fn a_try_whose_worker_died_is_told_when_it_is_given_up() {
    let executions = executions();
    let id = report(&executions, "refunds");
    sleep(Duration::from_millis(15));
    let claims = executions.claim("a worker that dies", 1, Timestamp::now()).unwrap();
    sleep(Duration::from_millis(320));
    let notices: Arc<Mutex<Vec<Notice>>> = Arc::default();
    let told = Arc::clone(&notices);
    let tell = Box::new(move |notice: Notice| told.lock().unwrap().push(notice));
    let find = find(|_| Outcome::Succeeded);
    Workers::run_due(Arc::clone(&executions), "worker", 8, find, tell, &Ending::default());
    let notices = notices.lock().unwrap();
    let Some(Notice::Interrupted(execution)) = notices.first() else { panic!("{notices:?}") };
    assert_eq!((execution.id, execution.tries), (id, claims[0].attempt()));
    assert_ne!(execution.status(), Status::InProgress);
}

/// Four that a person let go at a pace a day ago, when nobody worked; those that a worker begins who runs what is due are
/// resolved.
fn late(executions: &Arc<Executions>, between: Duration) -> Vec<ExecutionId> {
    let ids: Vec<ExecutionId> = (0..4).map(|_| report(executions, "refunds")).collect();
    let (selection, pace) = (Selection::Ids(ids.clone()), Pace::every(between));
    let then = Timestamp::now() - Duration::from_secs(24 * 3600);
    executions.retry_many(&selection, "alice", None, pace, false, then).unwrap();
    let (find, tell) = (find(|_| Outcome::Succeeded), Box::new(|_| ()));
    Workers::run_due(Arc::clone(executions), "worker", 8, find, tell, &Ending::default());
    ids
}

#[test]
fn who_runs_what_is_due_keeps_the_pace_of_what_is_late() {
    let executions = executions();
    let mut began = Vec::new();
    for id in late(&executions, Duration::from_millis(50)) {
        assert_eq!(executions.get(id).unwrap().unwrap().status(), Status::Resolved);
        let log = executions.log(id).unwrap();
        let started = |entry: &&Entry| matches!(entry.what, Happening::Started { .. });
        began.extend(log.iter().filter(started).map(|entry| entry.at.as_millisecond()));
    }
    began.sort_unstable();
    assert_eq!(began.len(), 4);
    assert!(began.windows(2).all(|two| two[1] - two[0] >= 50), "{began:?}");
}

#[test]
fn who_runs_what_is_due_does_not_stay_for_hours() {
    let executions = executions();
    let ids = late(&executions, Duration::from_secs(3600));
    let is_resolved =
        |id: &&ExecutionId| executions.get(**id).unwrap().unwrap().status() == Status::Resolved;
    assert_eq!(ids.iter().filter(is_resolved).count(), 1);
}

/// A store that another program holds for so many writes.
#[derive(Default)]
struct Busy {
    inner: Memory,
    writes: AtomicU32,
}

impl Store for Busy {
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let one_less = |left: u32| left.checked_sub(1);
        match self.writes.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_less) {
            Ok(_) => Err(StoreError::Busy("it is held".to_owned())),
            Err(_) => self.inner.write(work),
        }
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.inner.read(work)
    }
}

/// One that succeeds while the store is held for so many writes; what is known of it when the workers have ended.
fn succeeds_while_busy(writes: u32) -> (Status, u32, u32) {
    let store = Arc::new(Busy::default());
    let executions = executions_in(Arc::clone(&store));
    let id = report(&executions, "refunds");
    sleep(Duration::from_millis(15));
    let find = find(move |_| {
        store.writes.store(writes, Ordering::Relaxed);
        Outcome::Succeeded
    });
    let troubles = Arc::new(AtomicU32::new(0));
    let told = Arc::clone(&troubles);
    let tell = Box::new(move |notice: Notice| {
        if matches!(notice, Notice::End(..)) {
            told.fetch_add(1, Ordering::Relaxed);
        }
    });
    let ending = Ending::default();
    Workers::run_due(Arc::clone(&executions), "worker", 8, find, tell, &ending);
    let execution = executions.get(id).unwrap().unwrap();
    (execution.status(), execution.tries, troubles.load(Ordering::Relaxed))
}

#[test]
fn a_success_is_told_again_where_the_store_cannot_take_it_at_once() {
    assert_eq!(succeeds_while_busy(3), (Status::Resolved, 2, 0));
}

#[test]
fn a_success_that_nobody_takes_is_not_told_for_ever() {
    assert_eq!(succeeds_while_busy(u32::MAX), (Status::InProgress, 2, 1));
}
