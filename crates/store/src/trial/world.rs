//! What happens in a history, step by step: reports, claims, ends, people, lines from elsewhere, and accidents.

mod people;
mod setting;
mod travel;
mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use fastrand::Rng;
use jiff::Timestamp;
use redress::Policy;
use serde_json::{Value as Json, json};

use super::history::{CONFIDENTIAL, History, SECRET, Seen};
use super::stores::{Accident, Careless};
use crate::executions::{Claim, Executions};
use crate::id::ExecutionId;
use crate::memory::Memory;
use crate::report::{Report, ReportError, Reported};
use crate::seal::Seal;
use crate::settings::{Scenario, Settings};
use crate::store::{Store, StoreError};

pub(super) use setting::Setting;

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

const KEY: [u8; 32] = [7; 32];

pub(super) const SCENARIOS: [&str; 4] = ["plain", "ordered", "lossy", CONFIDENTIAL];

fn scenario(name: &str, policy: &Policy) -> Scenario {
    let settings = Settings {
        sequential: name == "ordered",
        data_loss: name == "lossy",
        max_records: if name == "ordered" { 8 } else { 4 },
        // Some editions of a payload fill it up.
        max_bytes: redress::Size::from_bytes(if name == "plain" { 250 } else { 1 << 30 }),
        max_consecutive_errors: None,
        runaway: None,
        retention: redress::Duration::from_milliseconds(600_000),
        confidential: name == CONFIDENTIAL,
        ..Settings::default()
    };
    // One key for all, so that what is confidential elsewhere opens here.
    let seal = settings.confidential.then(|| Seal::new(KEY));
    Scenario { policy: policy.clone(), settings, seal }
}

/// What somebody writes in a scenario: where that is confidential, what nobody may read.
fn written(scenario: &str, text: &str) -> String {
    if scenario == CONFIDENTIAL { format!("{SECRET}: {text}") } else { text.to_owned() }
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
    /// The scenarios of which it is certain that no run is under way.
    free: BTreeSet<&'static str>,
    /// When the last try of a scenario began that had waited at a pace, and how long the next has to wait.
    paced: BTreeMap<String, (i64, u64)>,
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
            free: BTreeSet::from(SCENARIOS),
            paced: BTreeMap::new(),
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

    /// What is confidential is opened with this key from now on.
    fn take_key(&self, key: [u8; 32]) {
        let scenario = scenario(CONFIDENTIAL, &self.setting.policy);
        let seal = Some(Seal::new(key));
        self.executions.set_scenario(CONFIDENTIAL, Scenario { seal, ..scenario });
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
            84..87 => self.tend(),
            87..89 => self.switch_on(),
            89..92 => self.import(),
            92..94 => self.import_again(),
            _ => self.pass_time(),
        };
        if let Err(StoreError::File(_)) = result {
            self.start();
        }
        self.keeps();
    }

    /// What is kept, where it is more than may be.
    fn keeps(&mut self) {
        for name in SCENARIOS {
            let state = self.executions.scenario(name).unwrap();
            let settings = scenario(name, &self.setting.policy).settings;
            let most = [settings.max_records, settings.max_bytes.bytes().unsigned_abs()];
            for (kept, most) in [state.incomplete, state.bytes].into_iter().zip(most) {
                if kept > most {
                    self.history.see(Seen::Keeps { kept, most });
                }
            }
        }
    }

    fn a_scenario(&mut self) -> &'static str {
        SCENARIOS[self.chance.usize(..SCENARIOS.len())]
    }

    fn pass_time(&mut self) -> Result<(), StoreError> {
        self.now += match self.chance.u8(..20) {
            0 if self.accidents => {
                // What began at a time that has not come holds nobody up.
                self.paced.clear();
                -self.chance.i64(0..30_000)
            }
            1 if self.accidents => self.chance.i64(0..3_600_000),
            2..5 => self.chance.i64(0..60_000),
            _ => self.chance.i64(0..4_000),
        };
        Ok(())
    }

    fn event(&mut self, scenario: &str) -> Json {
        let errors = ["ConnectionError", "RateLimitError", "DataError", "RuntimeError"];
        let weights = [0, 0, 0, 0, 1, 1, 1, 2, 3];
        let error = errors[weights[self.chance.usize(..weights.len())]];
        let module = 2 + self.chance.u32(..3);
        let message = written(scenario, "it failed");
        let mut event = json!({"error": error, "module": module, "message": message});
        if self.chance.u8(..6) == 0 {
            // A service may name a moment that is past.
            let is_past = self.chance.u8(..4) == 0;
            event["retry_after"] = json!(if is_past { 0 } else { self.chance.u32(..40_000) });
        }
        if self.chance.u8(..6) == 0 {
            event["attempt"] = json!(1 + self.chance.u32(..4));
        }
        event
    }

    fn new_report(&mut self) -> Report {
        let name = self.a_scenario();
        self.new_report_of(name)
    }

    fn new_report_of(&mut self, name: &str) -> Report {
        let number = self.reports.len();
        let payload = written(name, &format!("payload {number}"));
        let event = self.event(name);
        let mut report = Report::new(name, event, payload.as_str())
            .once(format!("{}report {number}", self.name));
        report.definition = Some(written(name, "the first"));
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
        reports
            .iter()
            .zip(answers)
            .try_for_each(|(report, answer)| self.answered(report, answer.became))
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
}
