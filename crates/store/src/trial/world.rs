//! What happens in a history, step by step: reports, claims, ends, people, lines from elsewhere, and accidents.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use jiff::Timestamp;
use redress::Policy;
use serde_json::{Value as Json, json};

use super::history::{History, Seen, gone};
use super::stores::{Accident, Careless};
use crate::execution::{Resolution, State, Status};
use crate::executions::{Claim, Edit, Executions, ImportError, Imported, Outcome, Pace};
use crate::id::ExecutionId;
use crate::memory::Memory;
use crate::payload::Payload;
use crate::query::{Filter, Order, Page, Query, Selection, Summary};
use crate::record::Record;
use crate::report::{Report, ReportError, Reported};
use crate::settings::{Scenario, Settings};
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

pub(super) const SCENARIOS: [&str; 3] = ["plain", "ordered", "lossy"];

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

/// What all histories share.
pub(super) struct Setting {
    policy: Policy,
    /// Executions of other stores.
    foreign: Vec<Foreign>,
}

/// An execution of another store, as a line.
struct Foreign {
    line: String,
    record: Record,
    is_running: bool,
}

impl Setting {
    pub(super) fn new() -> Arc<Self> {
        let policy = Policy::parse(POLICY).unwrap();
        let empty = Arc::new(Setting { policy: policy.clone(), foreign: Vec::new() });
        let mut foreign = Vec::new();
        for seed in 1_000_000..1_000_012 {
            let world = World::new(seed, Arc::new(Memory::new()), &empty, true);
            let (_, executions) = World { name: format!("{seed} "), ..world }.run();
            for line in executions.export(&Filter::default()) {
                let line = line.unwrap();
                let (record, execution) = Record::read(line.as_bytes()).unwrap();
                let is_running = execution.status() == Status::InProgress;
                foreign.push(Foreign { line, record, is_running });
            }
        }
        Arc::new(Setting { policy, foreign })
    }
}

/// A history while it happens.
pub(super) struct World {
    /// What the keys of its reports begin with.
    name: String,
    setting: Arc<Setting>,
    /// What was exported before.
    exported: Vec<String>,
    chance: Rng,
    now: i64,
    store: Arc<dyn Store>,
    pub(super) next: Arc<Mutex<Accident>>,
    pub(super) executions: Executions,
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
    pub(super) fn new(
        seed: u64,
        store: Arc<dyn Store>,
        setting: &Arc<Setting>,
        accidents: bool,
    ) -> Self {
        let next = Arc::new(Mutex::new(Accident::None));
        let mut world = World {
            name: String::new(),
            setting: Arc::clone(setting),
            exported: Vec::new(),
            chance: Rng::with_seed(seed),
            now: 1_700_000_000_000,
            executions: Executions::over(Memory::new()),
            store,
            next,
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
    pub(super) fn start(&mut self) {
        let careless = Careless { inner: Arc::clone(&self.store), next: Arc::clone(&self.next) };
        self.executions = Executions::over(careless).seeded(self.chance.u64(..));
        for name in SCENARIOS {
            self.executions.set_scenario(name, scenario(name, &self.setting.policy));
        }
        // Workers are programs of their own, or die with this one.
        if self.chance.bool() {
            self.claims.clear();
        }
    }

    pub(super) fn run(mut self) -> (History, Executions) {
        for _ in 0..STEPS {
            self.step();
        }
        *self.next.lock().unwrap() = Accident::None;
        (self.history, self.executions)
    }

    pub(super) fn at(&self) -> Timestamp {
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
            89..92 => self.import(),
            92..94 => self.import_again(),
            _ => self.pass_time(),
        };
        if let Err(StoreError::File(_)) = result {
            self.start();
        }
        let limits = SCENARIOS.map(|name| {
            let incomplete = self.executions.scenario(name).unwrap().incomplete;
            Seen::Keeps {
                incomplete,
                most: scenario(name, &self.setting.policy).settings.max_records,
            }
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
        let report = Report::new(name, event, payload.as_str())
            .once(format!("{}report {number}", self.name));
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
        if self.chance.u8(..4) != 0 {
            let answer = self.executions.report(report.clone(), self.at());
            return self.answered(&report, answer);
        }
        let reports = vec![report, self.new_report(), self.new_report()];
        let answers = self.executions.report_many(reports.clone(), self.at())?;
        reports.iter().zip(answers).try_for_each(|(report, answer)| self.answered(report, answer))
    }

    fn answered(
        &mut self,
        report: &Report,
        answer: Result<Reported, ReportError>,
    ) -> Result<(), StoreError> {
        match answer {
            Ok(Reported::Stored(kept) | Reported::Known(kept)) => self.stored(report, kept.id),
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
        let query = Query { filter: filter.clone(), ..Query::default() };
        let selection = Selection::All { filter, except: BTreeSet::new() };
        let first = Duration::from_secs(self.chance.u64(..30));
        let (pace, dry) = (Pace { between: Duration::from_millis(700), first }, self.chance.bool());
        let before = self.executions.list(&Query { order: Order::Oldest, ..query }).unwrap();
        match self.executions.retry_many(&selection, "alice", None, pace, dry, self.at()) {
            Err(crate::ManageError::Store(error)) => Err(error),
            Ok(_) if !dry => {
                self.paced(&before, pace);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// When those were let go that a mass retry was for.
    fn paced(&mut self, before: &Page, pace: Pace) {
        let is_asked =
            |summary: &&Summary| matches!(summary.status, Status::Pending | Status::Unresolved);
        let due = |summary: &Summary| {
            let due = self.executions.get(summary.id).unwrap().unwrap().due().unwrap();
            u64::try_from(due.as_millisecond() - self.now).unwrap()
        };
        let waits = before.executions.iter().filter(is_asked).map(due).collect();
        let [first, between] = [pace.first, pace.between].map(|gap| gap.as_millis() as u64);
        self.history.see(Seen::Paced { first, between, waits });
    }

    /// Executions from elsewhere come in, some of them not for the first time, and a line that is none.
    fn import(&mut self) -> Result<(), StoreError> {
        let setting = Arc::clone(&self.setting);
        if setting.foreign.is_empty() {
            return Ok(());
        }
        let gone = gone(&self.executions);
        let some = 1 + self.chance.usize(..6);
        let chosen: Vec<&Foreign> = (0..some)
            .map(|_| &setting.foreign[self.chance.usize(..setting.foreign.len())])
            .filter(|foreign| !gone.contains(&foreign.record.id))
            .collect();
        let mut lines: Vec<&str> = chosen.iter().map(|foreign| foreign.line.as_str()).collect();
        lines.push("{\"format\": 1}");
        self.take(&lines.join("\n"))?;
        for Foreign { record, is_running, .. } in chosen {
            if self.executions.get(record.id).unwrap().is_some() {
                self.ids.insert(record.id);
                let payloads = record.payloads.iter().map(|it| it.bytes().to_vec()).collect();
                let (id, entries) = (record.id, record.log.len() as u32);
                let is_running = *is_running;
                self.history.see(Seen::Imported { id, entries, is_running, payloads });
            }
        }
        Ok(())
    }

    /// What is here is exported, or what was exported before comes in again: it is known.
    fn import_again(&mut self) -> Result<(), StoreError> {
        if self.exported.is_empty() || self.chance.bool() {
            let lines = self.executions.export(&Filter::default());
            self.exported = lines.collect::<Result<_, _>>()?;
            return Ok(());
        }
        let gone = gone(&self.executions);
        let is_here = |line: &&String| {
            let line: Json = serde_json::from_str(line).unwrap();
            !gone.contains(&line["id"].as_str().unwrap().parse().unwrap())
        };
        let lines: Vec<String> = self.exported.iter().filter(is_here).cloned().collect();
        let imported = self.take(&lines.join("\n"))?;
        let (lines, known) = (lines.len() as u64, imported.known);
        self.history.see(Seen::ImportedAgain { lines, known });
        Ok(())
    }

    fn take(&mut self, lines: &str) -> Result<Imported, StoreError> {
        let taken = self.executions.import(lines.as_bytes(), "alice", |_| true, false, self.at());
        taken.map_err(|error| match error {
            ImportError::Store(error) => error,
            error => panic!("{error}"),
        })
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
