//! Histories with a seeded clock and planted accidents: crashes between any two writes, full disks, clocks that jump,
//! reports, claims and ends that are delivered twice, workers that die or come back too late.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use redress::Policy;
use serde_json::{Value as Json, json};

use super::history::{History, Seen};
use super::stores::{Accident, Careless};
use crate::entry::{Happening, Next};
use crate::execution::{Resolution, State, Status};
use crate::executions::{Claim, Edit, Executions, Outcome, Pace};
use crate::fault::{Fault, plant};
use crate::id::ExecutionId;
use crate::memory::Memory;
use crate::payload::Payload;
use crate::query::{Filter, Order, Query, Selection};
use crate::report::{Report, ReportError, Reported};
use crate::scenario::Full;
use crate::settings::{Scenario, Settings};
use crate::sqlite::Sqlite;
use crate::store::{Store, StoreError};

const STEPS: usize = 120;

const POLICY: &str = r#"
    extends default
    replace retryable:
        when module != first and no_handler and error in [ConnectionError, OutOfSpaceError, ModuleTimeoutError]
        => store(retry, after: [1s, 5s, 20s])
    when module != first and no_handler and error == RateLimitError
    => store(retry, after: exponential(1s, factor: 2, max: 30s, times: 4, jitter: 50%))
    when module != first and attempt > 6 => store(manual)
"#;

const SCENARIOS: [&str; 3] = ["plain", "ordered", "lossy"];

fn scenario(name: &str, policy: &Policy) -> Scenario {
    let settings = Settings {
        sequential: name == "ordered",
        data_loss: name == "lossy",
        max_records: if name == "ordered" { 8 } else { 4 },
        max_consecutive_errors: None,
        runaway: None,
        retention: redress::Duration::from_milliseconds(600_000),
        ..Settings::default()
    };
    Scenario { policy: policy.clone(), settings, seal: None }
}

/// A history while it happens.
struct World {
    chance: Rng,
    now: i64,
    store: Arc<dyn Store>,
    next: Arc<Mutex<Accident>>,
    executions: Executions,
    policy: Policy,
    accidents: bool,
    history: History,
    /// Reports that were made, so that they can be delivered again.
    reports: Vec<Report>,
    ids: BTreeSet<ExecutionId>,
    /// Tries that workers believe to have.
    claims: Vec<Claim>,
    holds: BTreeMap<String, i64>,
}

impl World {
    fn new(seed: u64, store: Arc<dyn Store>, policy: &Policy, accidents: bool) -> Self {
        let next = Arc::new(Mutex::new(Accident::None));
        let mut world = World {
            chance: Rng::with_seed(seed),
            now: 1_700_000_000_000,
            executions: Executions::over(Memory::new()),
            store,
            next,
            policy: policy.clone(),
            accidents,
            history: History::default(),
            reports: Vec::new(),
            ids: BTreeSet::new(),
            claims: Vec::new(),
            holds: BTreeMap::new(),
        };
        world.start();
        world
    }

    /// The program begins, for the first time or once more.
    fn start(&mut self) {
        let careless = Careless { inner: Arc::clone(&self.store), next: Arc::clone(&self.next) };
        self.executions = Executions::over(careless).seeded(self.chance.u64(..));
        for name in SCENARIOS {
            self.executions.set_scenario(name, scenario(name, &self.policy));
        }
        // Workers are programs of their own, or die with this one.
        if self.chance.bool() {
            self.claims.clear();
        }
    }

    fn run(mut self) -> (History, Executions) {
        for _ in 0..STEPS {
            self.step();
        }
        *self.next.lock().unwrap() = Accident::None;
        (self.history, self.executions)
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_millisecond(self.now).unwrap()
    }

    fn step(&mut self) {
        if self.accidents && self.chance.u8(..10) == 0 {
            let accident = match self.chance.u8(..4) {
                0 => Accident::CrashAfterCommit,
                1 => Accident::FullBefore(self.chance.u32(..5)),
                _ => Accident::CrashBefore(self.chance.u32(..5)),
            };
            *self.next.lock().unwrap() = accident;
        }
        let result = match self.chance.u8(..100) {
            0..22 => self.report(),
            22..45 => self.claim(),
            45..65 => self.end(),
            65..69 => self.renew(),
            69..72 => self.die(),
            72..80 => self.person(),
            80..82 => self.many(),
            82..84 => self.hold(),
            84..87 => self.executions.tend(self.at()).map(drop),
            87..89 => {
                let name = self.a_scenario();
                self.executions.switch_on(name, "alice", self.at()).map(drop)
            }
            _ => self.pass_time(),
        };
        if let Err(StoreError::File(_)) = result {
            self.start();
        }
        let limits = SCENARIOS.map(|name| {
            let incomplete = self.executions.scenario(name).unwrap().incomplete;
            Seen::Keeps { incomplete, most: scenario(name, &self.policy).settings.max_records }
        });
        self.history.seen.extend(
            limits.into_iter().filter(
                |seen| matches!(seen, Seen::Keeps { incomplete, most } if incomplete > most),
            ),
        );
    }

    fn a_scenario(&mut self) -> &'static str {
        SCENARIOS[self.chance.usize(..SCENARIOS.len())]
    }

    fn pass_time(&mut self) -> Result<(), StoreError> {
        self.now += match self.chance.u8(..20) {
            0 if self.accidents => -self.chance.i64(0..30_000),
            1 if self.accidents => self.chance.i64(0..3_600_000),
            2..5 => self.chance.i64(0..60_000),
            _ => self.chance.i64(0..4_000),
        };
        Ok(())
    }

    fn event(&mut self) -> Json {
        let errors = ["ConnectionError", "RateLimitError", "DataError", "RuntimeError"];
        let weights = [0, 0, 0, 0, 1, 1, 1, 2, 3];
        let error = errors[weights[self.chance.usize(..weights.len())]];
        let module = 2 + self.chance.u32(..3);
        let mut event = json!({"error": error, "module": module, "message": "it failed"});
        if self.chance.u8(..6) == 0 {
            event["retry_after"] = json!(self.chance.u32(..40_000));
        }
        event
    }

    fn new_report(&mut self) -> Report {
        let number = self.reports.len();
        let payload = format!("payload {number}");
        let (name, event) = (self.a_scenario(), self.event());
        let report = Report::new(name, event, payload.as_str()).once(format!("report {number}"));
        let report = match self.chance.u8(..3) {
            0 => report,
            1 => report.key("a"),
            _ => report.key("b"),
        };
        self.reports.push(report.clone());
        report
    }

    fn report(&mut self) -> Result<(), StoreError> {
        let again = !self.reports.is_empty() && self.chance.u8(..4) == 0;
        let report = match again {
            true => self.reports[self.chance.usize(..self.reports.len())].clone(),
            false => self.new_report(),
        };
        match self.executions.report(report.clone(), self.at()) {
            Ok(Reported::Stored(kept) | Reported::Known(kept)) => self.stored(&report, kept.id),
            Ok(Reported::Decided(_) | Reported::StoringOff(_) | Reported::Lost(..)) => {}
            Err(ReportError::Full(_)) => {}
            Err(ReportError::Store(error)) => return Err(error),
            Err(error) => panic!("{error}"),
        }
        Ok(())
    }

    fn stored(&mut self, report: &Report, id: ExecutionId) {
        self.ids.insert(id);
        let (once, payload) = (report.once.clone().unwrap(), report.payload.bytes().to_vec());
        self.history.see(Seen::Stored { once, id, payload });
    }

    fn claim(&mut self) -> Result<(), StoreError> {
        let limit = 1 + self.chance.usize(..5);
        let worker = format!("worker {}", self.chance.u8(..3));
        let claims = self.executions.claim(&worker, limit, self.at())?;
        for claim in &claims {
            let execution = &claim.execution;
            self.history.see(Seen::Began {
                id: execution.id,
                attempt: claim.attempt(),
                version: execution.version,
                edition: execution.edition,
                payload: claim.payload.bytes().to_vec(),
            });
            if self.holds.get(&execution.scenario).is_some_and(|until| *until > self.now) {
                self.history.see(Seen::BeganHeld { id: execution.id });
            }
            if execution.scenario == "ordered" && self.is_out_of_order(claim) {
                self.history.see(Seen::BeganOutOfOrder { id: execution.id });
            }
        }
        self.claims.extend(claims);
        for name in SCENARIOS {
            let running = self.all(name, Some(Status::InProgress)).len() as u32;
            let places = Settings::default().parallel_retries;
            if running > places {
                self.history.see(Seen::Running { scenario: name.to_owned(), running, places });
            }
        }
        Ok(())
    }

    fn all(&self, scenario: &str, status: Option<Status>) -> Vec<ExecutionId> {
        let filter = Filter { scenario: Some(scenario.to_owned()), status, ..Filter::default() };
        let query = Query { filter, order: Order::Oldest, limit: 1000, after: None };
        self.executions.list(&query).unwrap().executions.iter().map(|summary| summary.id).collect()
    }

    fn is_out_of_order(&self, claim: &Claim) -> bool {
        let before = |id: &ExecutionId| {
            let other = self.executions.get(*id).unwrap().unwrap();
            other.sequence < claim.execution.sequence
                && other.key == claim.execution.key
                && other.status() != Status::Resolved
        };
        self.all("ordered", None).iter().any(before)
    }

    fn a_claim(&mut self) -> Option<usize> {
        (!self.claims.is_empty()).then(|| self.chance.usize(..self.claims.len()))
    }

    fn end(&mut self) -> Result<(), StoreError> {
        let Some(at) = self.a_claim() else { return Ok(()) };
        let claim = self.claims[at].clone();
        // Now and then a worker does not hear the answer and says it once more.
        if self.chance.u8(..5) != 0 {
            self.claims.swap_remove(at);
        }
        let elsewhere = (self.chance.u8(..8) == 0).then(|| {
            let report = Report { scenario: claim.execution.scenario.clone(), ..self.new_report() };
            // A key counts within its scenario, so that this is what may be delivered again.
            self.reports.pop();
            self.reports.push(report.clone());
            report
        });
        let outcome = match &elsewhere {
            Some(report) => Outcome::FailedElsewhere(Box::new(report.clone())),
            None if self.chance.bool() => Outcome::Succeeded,
            None => Outcome::Failed(self.event()),
        };
        let ended = self.executions.end(&claim, outcome, Duration::from_millis(5), self.at());
        let after = match ended {
            Ok(after) => after,
            Err(crate::EndError::Store(error)) => return Err(error),
            Err(_) => return Ok(()),
        };
        let (id, version) = (claim.execution.id, claim.execution.version);
        self.history.see(Seen::Ended { id, version });
        if let State::Resolved { how, .. } = after.state {
            self.history.see(Seen::Resolved { id });
            if let (Resolution::Continued(with), Some(report)) = (how, elsewhere) {
                self.stored(&report, with);
            }
        }
        Ok(())
    }

    fn renew(&mut self) -> Result<(), StoreError> {
        let Some(at) = self.a_claim() else { return Ok(()) };
        let claim = self.claims[at].clone();
        self.executions.renew(&claim, self.at()).map(drop)
    }

    fn die(&mut self) -> Result<(), StoreError> {
        if let Some(at) = self.a_claim() {
            self.claims.swap_remove(at);
        }
        self.now += self.chance.i64(0..15_000);
        Ok(())
    }

    fn person(&mut self) -> Result<(), StoreError> {
        let ids: Vec<ExecutionId> = self.ids.iter().copied().collect();
        if ids.is_empty() {
            return Ok(());
        }
        let (id, now) = (ids[self.chance.usize(..ids.len())], self.at());
        let before = self.executions.get(id).unwrap();
        let did = match self.chance.u8(..10) {
            0..4 => self.executions.retry(id, "alice", None, now).map(|_| None),
            4..7 => {
                let payload = Payload::from(format!("edited at {now}").as_str());
                let edit = Edit { payload, version: None };
                self.executions.resolve(id, edit, "alice", "it was wrong", now).map(|_| None)
            }
            7..9 => self
                .executions
                .close(id, "alice", "paid by hand", now)
                .map(|_| Some(Seen::Closed { id })),
            _ => {
                let deleted = self.executions.delete(id, "alice", Some("a test"), now);
                let status = before.map_or(Status::Unresolved, |before| before.status());
                deleted.map(|_| Some(Seen::Deleted { id, status }))
            }
        };
        match did {
            Ok(seen) => self.history.seen.extend(seen),
            Err(crate::ManageError::Store(error)) => return Err(error),
            Err(_) => {}
        }
        Ok(())
    }

    fn many(&mut self) -> Result<(), StoreError> {
        let filter = Filter { scenario: Some(self.a_scenario().to_owned()), ..Filter::default() };
        let selection = Selection::All { filter, except: BTreeSet::new() };
        let pace = Pace::every(Duration::from_millis(700));
        let dry = self.chance.bool();
        match self.executions.retry_many(&selection, "alice", None, pace, dry, self.at()) {
            Err(crate::ManageError::Store(error)) => Err(error),
            _ => Ok(()),
        }
    }

    fn hold(&mut self) -> Result<(), StoreError> {
        let name = self.a_scenario();
        if self.holds.remove(name).is_some() {
            return self.executions.let_go(name, "a run");
        }
        let until = self.executions.hold(name, "a run", self.at())?;
        self.holds.insert(name.to_owned(), until.as_millisecond());
        Ok(())
    }
}

fn policy() -> Policy {
    Policy::parse(POLICY).unwrap()
}

/// What is wrong with the history of a seed.
fn problems(seed: u64, policy: &Policy) -> Vec<String> {
    let (history, executions) = World::new(seed, Arc::new(Memory::new()), policy, true).run();
    history.problems(&executions)
}

#[test]
fn what_a_full_disk_costs_is_remembered_until_it_can_be_written_down() {
    let mut world = World::new(1, Arc::new(Memory::new()), &policy(), false);
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
    assert_eq!(lost(&world), 2);
    assert!(world.executions.scenario("plain").unwrap().off.is_some());
    for name in ["lossy", "plain"] {
        let stored = world.executions.report(report(name), now);
        assert!(matches!(stored, Ok(Reported::Stored(_))), "{stored:?}");
    }
    // Written down: the program may end, and it is known still.
    world.start();
    assert_eq!(lost(&world), 2);
    assert!(world.executions.scenario("plain").unwrap().off.is_some());
}

/// How many histories are made: `REDRESS_HISTORIES`, or a number that takes seconds.
fn histories() -> u64 {
    let given = std::env::var("REDRESS_HISTORIES").ok();
    given.map_or(1_000, |given| given.parse().expect("REDRESS_HISTORIES is a number"))
}

#[test]
fn thousands_of_histories_keep_every_promise() {
    let policy = policy();
    for seed in 0..histories() {
        let problems = problems(seed, &policy);
        assert!(problems.is_empty(), "seed {seed}: {problems:#?}");
    }
}

/// A history without accidents, or without a kind of entry, would keep every promise and show nothing.
#[test]
fn the_histories_have_everything_in_them() {
    let (policy, mut kinds) = (policy(), BTreeMap::<String, u32>::new());
    let mut count = |kind: String| *kinds.entry(kind).or_default() += 1;
    for seed in 0..60 {
        let (history, executions) = World::new(seed, Arc::new(Memory::new()), &policy, true).run();
        for seen in &history.seen {
            let Json::Object(seen) = serde_json::to_value(seen).unwrap() else { panic!() };
            count(format!("seen {}", seen.keys().next().unwrap()));
        }
        for name in SCENARIOS {
            count(format!("lost {}", executions.scenario(name).unwrap().lost.executions > 0));
            for id in executions_of(&executions, name) {
                for entry in executions.log(id).unwrap() {
                    count(serde_json::to_value(&entry).unwrap()["what"].to_string());
                    if let Happening::Failed { next, .. } | Happening::Interrupted { next } =
                        entry.what
                    {
                        count(format!("{next:?}").chars().take_while(|c| *c != ':').collect());
                        if let Next::Retry { delay, .. } = next {
                            count(
                                format!("{delay:?}")
                                    .chars()
                                    .filter(|c| c.is_alphabetic())
                                    .collect(),
                            );
                        }
                    }
                }
            }
            for line in executions.scenario_log(name, 1000).unwrap() {
                count(format!("line {}", serde_json::to_value(&line).unwrap()["what"]));
            }
        }
    }
    for kind in [
        "\"stored\"",
        "\"started\"",
        "\"succeeded\"",
        "\"failed\"",
        "\"interrupted\"",
        "\"continued\"",
        "\"asked\"",
        "\"closed\"",
        "line \"off\"",
        "line \"on\"",
        "line \"deleted\"",
        "lost true",
        "Person(Exhausted)",
        "Person(Manual)",
        "Person(Interrupted)",
        "Person(Decided(\"fail\"))",
        "Step",
        "RetryAfter",
        "AtOnce",
        "seen Stored",
        "seen Began",
        "seen Ended",
        "seen Resolved",
        "seen Closed",
        "seen Deleted",
    ] {
        assert!(kinds.get(kind).is_some_and(|many| *many >= 3), "{kind} is missing: {kinds:#?}");
    }
}

fn executions_of(executions: &Executions, scenario: &str) -> Vec<ExecutionId> {
    let filter = Filter { scenario: Some(scenario.to_owned()), ..Filter::default() };
    let query = Query { filter, order: Order::Oldest, limit: 1000, after: None };
    executions.list(&query).unwrap().executions.iter().map(|summary| summary.id).collect()
}

/// What the checker says of each mistake.
fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::StartsEarly => "and was due at",
        Fault::OneTryTooMany => "the schedule has",
        Fault::ForgetsRetryAfter => "is not what was asked to wait",
        Fault::TrustsLostLease => "lost: the end of a try",
        Fault::ForgetsOnce => "stored twice",
        Fault::ForgetsHold => "run while held",
        Fault::ForgetsPlaces => "too many at once",
        Fault::ForgetsLog => "audit: its log tells of",
        Fault::ForgetsInterrupted => "not counted",
        Fault::ForgetsLimit => "over the limit",
        Fault::AcknowledgesEarly => "lost:",
        Fault::KeepsHalves => "audit:",
        Fault::ForgetsEnd => "lost: the end of a try",
        Fault::ForgetsOrder => "run out of order",
        Fault::DeletesRunning => "deleted while in progress",
    }
}

#[test]
fn every_planted_mistake_is_found() {
    let policy = policy();
    for fault in Fault::ALL {
        plant(Some(fault));
        let found = (0..400).flat_map(|seed| problems(seed, &policy));
        let found = found.into_iter().find(|problem| problem.contains(words(fault)));
        plant(None);
        assert!(found.is_some(), "{fault:?} is not found");
    }
}

#[test]
fn both_stores_tell_the_same_history() {
    let (policy, folder) = (policy(), tempfile::tempdir().unwrap());
    for seed in 0..12 {
        let sqlite = Sqlite::open(folder.path().join(format!("{seed}.db"))).unwrap();
        let (history, left) = World::new(seed, Arc::new(sqlite), &policy, true).run();
        let problems = history.problems(&left);
        assert!(problems.is_empty(), "seed {seed}: {problems:#?}");
        let (other, right) = World::new(seed, Arc::new(Memory::new()), &policy, true).run();
        assert_eq!(history.seen, other.seen, "seed {seed}");
        for order in ORDERS {
            let query = Query { order, limit: 1000, ..Query::default() };
            let page = left.list(&query).unwrap();
            assert_eq!(page, right.list(&query).unwrap(), "seed {seed}");
            for summary in page.executions {
                assert_eq!(left.log(summary.id), right.log(summary.id), "seed {seed}");
            }
        }
        for filter in filters() {
            for order in ORDERS {
                let mut query = Query { filter: filter.clone(), order, limit: 2, after: None };
                loop {
                    let page = left.list(&query).unwrap();
                    assert_eq!(page, right.list(&query).unwrap(), "seed {seed}: {query:?}");
                    query.after = page.next;
                    if query.after.is_none() {
                        break;
                    }
                }
            }
        }
        for second in [1_700_000_000, 1_700_000_600, 1_800_000_000] {
            let now = Timestamp::from_second(second).unwrap();
            assert_eq!(left.counts(now), right.counts(now), "seed {seed}");
        }
        for name in SCENARIOS {
            assert_eq!(left.scenario(name), right.scenario(name));
            assert_eq!(left.scenario_log(name, 1000), right.scenario_log(name, 1000));
            assert_eq!(left.groups(Some(name), 100), right.groups(Some(name), 100), "seed {seed}");
        }
    }
}

const ORDERS: [Order; 3] = [Order::Newest, Order::Oldest, Order::Due];

/// Filters of every kind, alone and together.
fn filters() -> Vec<Filter> {
    let some = |text: &str| Some(text.to_owned());
    let mut filters = vec![
        Filter { rule: some("retryable"), ..Filter::default() },
        Filter { since: Timestamp::from_millisecond(1_700_000_100_000).ok(), ..Filter::default() },
        Filter { before: Timestamp::from_millisecond(1_700_000_100_000).ok(), ..Filter::default() },
    ];
    for status in Status::ALL.map(Some).into_iter().chain([None]) {
        for scenario in [None, some("plain"), some("nobody")] {
            for error in [None, some("ConnectionError")] {
                for rule in [None, some("retryable"), some("review")] {
                    let (scenario, error) = (scenario.clone(), error.clone());
                    filters.push(Filter { scenario, status, error, rule, ..Filter::default() });
                }
            }
        }
    }
    filters
}
