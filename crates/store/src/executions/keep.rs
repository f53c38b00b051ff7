//! Reports: decided, and kept where the policy says so.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use redress::{Decision, Policy};
use serde_json::{Map, Value as Json};

use super::Executions;
use super::missed::Misses;
use crate::commit::BATCH;
use crate::entry::{Entry, Fate, Happening, Stored};
use crate::execution::{Execution, State};
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::next;
use crate::payload::Payload;
use crate::report::{Kept, Report, ReportError, Reported, facts};
use crate::scenario::{Full, ScenarioEntry, ScenarioState, WhyOff};
use crate::schedule::whole;
use crate::settings::Scenario;
use crate::store::{StoreError, Transaction, execution};

/// A report whose parts are within their bounds, ready for a transaction.
pub(super) struct Ready {
    pub(super) id: ExecutionId,
    pub(super) report: Report,
    pub(super) scenario: Arc<Scenario>,
    facts: Map<String, Json>,
    bytes: u64,
    chance: f64,
}

impl Executions {
    /// Takes the report of a failed step: the policy of its scenario decides, and what it decides to store is kept
    /// before this returns.
    ///
    /// The facts `scenario`, `storing`, `consecutive`, `attempt` and `size` are filled in where the vocabulary has
    /// them and the report does not say.
    ///
    /// # Errors
    /// Where the report is not as it has to be, where there is no room for it and nothing may be lost, or where the
    /// store cannot do it. Nothing is then kept.
    pub fn report(&self, report: Report, now: Timestamp) -> Result<Reported, ReportError> {
        let now = whole(now);
        let ready = Arc::new(self.ready(report, now)?);
        let (told, taken) = (self.missed.clone(), Arc::new(Mutex::new(None)));
        let (given, taking) = (Arc::clone(&ready), Arc::clone(&taken));
        let outcome = self.write(move |transaction| {
            let misses = told.take(&given.report.scenario);
            *taking.lock().unwrap_or_else(PoisonError::into_inner) = misses;
            take(transaction, &given, misses, now)
        });
        let Err(error) = outcome else { return outcome? };
        if let Some(misses) = taken.lock().unwrap_or_else(PoisonError::into_inner).take() {
            self.missed.put_back(&ready.report.scenario, misses);
        }
        match error {
            StoreError::Full(_) => self.no_room(&ready, error, now),
            error => Err(error.into()),
        }
    }

    /// What becomes of a report that does not fit on the disk, where not even that can be written down.
    fn no_room(
        &self,
        ready: &Ready,
        error: StoreError,
        now: Timestamp,
    ) -> Result<Reported, ReportError> {
        let decision = decide(&ready.scenario.policy, &known_facts(ready, 1))?;
        let name = &ready.report.scenario;
        if Fate::of(&decision) == Fate::Other {
            return Ok(Reported::Decided(decision));
        }
        if !ready.scenario.settings.storing {
            return Ok(Reported::StoringOff(decision));
        }
        if ready.scenario.settings.data_loss {
            self.missed.lose(name, ready.bytes, now);
            return Ok(Reported::Lost(decision, Full::Disk));
        }
        self.missed.switch_off(name, now);
        Err(error.into())
    }

    /// Takes many reports, up to [`BATCH`] in one transaction. The answers are in the order of the reports.
    ///
    /// # Errors
    /// Where the store cannot do it: of this portion and of those behind it nothing is then kept. What is wrong with one
    /// report is its own answer.
    pub fn report_many(
        &self,
        reports: Vec<Report>,
        now: Timestamp,
    ) -> Result<Vec<Result<Reported, ReportError>>, StoreError> {
        let now = whole(now);
        let mut answers = Vec::with_capacity(reports.len());
        let mut reports = reports.into_iter().peekable();
        while reports.peek().is_some() {
            let some = reports.by_ref().take(BATCH).map(|report| self.ready(report, now));
            let some: Vec<Result<Ready, ReportError>> = some.collect();
            answers.extend(self.write(move |transaction| {
                let answer = |ready: Result<Ready, ReportError>| match ready {
                    Ok(ready) => take(transaction, &ready, None, now),
                    Err(error) => Ok(Err(error)),
                };
                some.into_iter().map(answer).collect::<Result<Vec<_>, _>>()
            })?);
        }
        Ok(answers)
    }

    /// What would be decided of an event of a scenario now; nothing is kept or counted.
    ///
    /// # Errors
    /// Where the event is not as it has to be, or the store cannot be read.
    pub fn foresee(
        &self,
        scenario: &str,
        event: Json,
        now: Timestamp,
    ) -> Result<Decision, ReportError> {
        let failed = self.scenario(scenario)?.consecutive;
        // A reference, so that nothing has to be encrypted.
        let report = Report {
            payload: Payload::Reference(String::new()),
            ..Report::new(scenario, event, Vec::new())
        };
        let ready = self.ready(report, whole(now))?;
        decide(&ready.scenario.policy, &known_facts(&ready, failed.saturating_add(1)))
    }

    /// Checks the bounds of a report and hides its payload where it is confidential.
    pub(super) fn ready(&self, mut report: Report, now: Timestamp) -> Result<Ready, ReportError> {
        let scenario = self.scenario_settings(&report.scenario);
        report.checked(&scenario.settings, scenario.seal.is_some())?;
        let (facts, event) = facts(&report.event)?;
        let (id, chance) = (self.new_id(now), self.chance());
        if let (true, Some(seal)) = (scenario.settings.confidential, &scenario.seal) {
            let payload = std::mem::replace(&mut report.payload, Payload::Plain(Vec::new()));
            report.payload = seal.seal(id, payload)?;
        }
        let bytes = (report.payload.bytes().len() + event) as u64;
        Ok(Ready { id, report, scenario, facts, bytes, chance })
    }
}

fn take(
    transaction: &mut dyn Transaction,
    ready: &Ready,
    missed: Option<Misses>,
    now: Timestamp,
) -> Result<Result<Reported, ReportError>, StoreError> {
    let mut known = Known::of(transaction, &ready.report.scenario)?;
    if let Some(missed) = missed {
        let line = missed.tell(&mut known.state);
        known.say(line);
    }
    let outcome = keep(transaction, &mut known, ready, None, now)?;
    known.put(transaction, &ready.report.scenario)?;
    Ok(outcome)
}

/// What is known of a scenario while a transaction changes it.
#[derive(Clone)]
pub(super) struct Known {
    pub(super) state: ScenarioState,
    before: ScenarioState,
    lines: Vec<ScenarioEntry>,
}

impl Known {
    pub(super) fn of(
        transaction: &mut dyn Transaction,
        scenario: &str,
    ) -> Result<Self, StoreError> {
        let state = transaction.scenario(scenario)?;
        Ok(Known { before: state.clone(), state, lines: Vec::new() })
    }

    pub(super) fn switch_off(&mut self, why: Option<WhyOff>, now: Timestamp) {
        let line = why.and_then(|why| self.state.switch_off(why, now));
        self.lines.extend(line);
    }

    pub(super) fn say(&mut self, line: Option<ScenarioEntry>) {
        self.lines.extend(line);
    }

    pub(super) fn put(
        &self,
        transaction: &mut dyn Transaction,
        scenario: &str,
    ) -> Result<(), StoreError> {
        if self.lines.is_empty() && self.state == self.before {
            return Ok(());
        }
        if self.lines.is_empty() {
            return transaction.put_scenario(scenario, &self.state, None);
        }
        self.lines
            .iter()
            .try_for_each(|line| transaction.put_scenario(scenario, &self.state, Some(line)))
    }
}

/// Decides a report and keeps it, if that is what is decided.
pub(super) fn keep(
    transaction: &mut dyn Transaction,
    known: &mut Known,
    ready: &Ready,
    origin: Option<ExecutionId>,
    now: Timestamp,
) -> Result<Result<Reported, ReportError>, StoreError> {
    let Ready { report, scenario, .. } = ready;
    if let Some(kept) = find_kept(transaction, report)? {
        return Ok(Ok(Reported::Known(kept)));
    }
    let facts = known_facts(ready, known.state.consecutive.saturating_add(1));
    let decision = match decide(&scenario.policy, &facts) {
        Ok(decision) => decision,
        Err(error) => return Ok(Err(error)),
    };
    let settings = &scenario.settings;
    let (error, instant) = (text(&facts, "error"), text(&facts, "trigger") == "instant");
    if Fate::of(&decision) == Fate::Other {
        end_unkept(known, &decision, (&error, instant), scenario, now);
        return Ok(Ok(Reported::Decided(decision)));
    }
    if !settings.storing {
        let why = known.state.run_failed(&error, instant, settings, now);
        known.switch_off(why, now);
        return Ok(Ok(Reported::StoringOff(decision)));
    }
    if let Err(full) = known.state.room(ready.bytes, settings) {
        if settings.data_loss {
            known.state.lose(ready.bytes, now);
            return Ok(Ok(Reported::Lost(decision, full)));
        }
        known.switch_off(Some(WhyOff::Full(full)), now);
        return Ok(Err(ReportError::Full(full)));
    }
    let kept = insert(transaction, known, ready, (origin, facts, decision), now)?;
    let why = known.state.run_kept(settings, now);
    known.switch_off(why, now);
    Ok(Ok(Reported::Stored(kept)))
}

/// The facts of a report, with those that the store knows.
fn known_facts(ready: &Ready, consecutive: u32) -> Map<String, Json> {
    let Ready { report, scenario, .. } = ready;
    fill_in(&scenario.policy, ready.facts.clone(), |fact| match fact {
        "scenario" => Some(Json::from(report.scenario.clone())),
        "storing" => Some(Json::from(scenario.settings.storing)),
        "consecutive" => Some(Json::from(consecutive)),
        "attempt" => Some(Json::from(1)),
        "size" => Some(Json::from(ready.bytes)),
        _ => None,
    })
}

/// The end of a run of which nothing is kept.
fn end_unkept(
    known: &mut Known,
    decision: &Decision,
    (error, instant): (&str, bool),
    scenario: &Scenario,
    now: Timestamp,
) {
    match decision.outcome.name.as_str() {
        "ignore" | "commit" | "resume" => known.state.succeeded(),
        // The handler says what becomes of the run.
        "handle" => {}
        _ => {
            let why = known.state.run_failed(error, instant, &scenario.settings, now);
            known.switch_off(why, now);
        }
    }
}

fn insert(
    transaction: &mut dyn Transaction,
    known: &mut Known,
    ready: &Ready,
    (origin, event, decision): (Option<ExecutionId>, Map<String, Json>, Decision),
    now: Timestamp,
) -> Result<Kept, StoreError> {
    let report = &ready.report;
    known.state.sequence += 1;
    known.state.came(ready.bytes);
    let stored = Stored {
        scenario: report.scenario.clone(),
        sequence: known.state.sequence,
        run: report.run.clone(),
        definition: report.definition.clone(),
        key: report.key.clone(),
        once: report.once.clone(),
        trace: report.trace.clone(),
        origin,
        next: next(&decision, &event, 0, now, ready.chance),
        event,
        decision,
        payload: report.payload.kind(),
        size: ready.bytes,
    };
    let execution = Execution::stored(ready.id, now, &stored);
    let entry = Entry { number: 1, at: now, what: Happening::Stored(Box::new(stored)) };
    if !transaction.insert(&execution, &entry, &report.payload)? {
        let why = "its id is taken".to_owned();
        return Err(StoreError::Damaged(why));
    }
    Ok(kept(execution))
}

fn find_kept(
    transaction: &mut dyn Transaction,
    report: &Report,
) -> Result<Option<Kept>, StoreError> {
    let Some(once) = report.once.as_deref().filter(|_| !planted(Fault::ForgetsOnce)) else {
        return Ok(None);
    };
    let Some(id) = transaction.find_once(&report.scenario, once)? else { return Ok(None) };
    Ok(execution(transaction, id)?.map(kept))
}

fn kept(execution: Execution) -> Kept {
    let due = match execution.state {
        State::Pending { due, .. } => Some(due),
        _ => None,
    };
    Kept { id: execution.id, decision: execution.decision, due }
}

/// The facts with those that the store knows, where the vocabulary has them and nobody has said them.
pub(super) fn fill_in(
    policy: &Policy,
    mut facts: Map<String, Json>,
    value: impl Fn(&str) -> Option<Json>,
) -> Map<String, Json> {
    for (_, fact) in policy.vocabulary().facts() {
        if facts.contains_key(&fact.name) {
            continue;
        }
        if let Some(value) = value(&fact.name) {
            facts.insert(fact.name.clone(), value);
        }
    }
    facts
}

/// What the policy says of an event. The documentation stays with the policy.
pub(super) fn decide(policy: &Policy, facts: &Map<String, Json>) -> Result<Decision, ReportError> {
    let read = policy.event().read(facts).map_err(|_| ReportError::NoMap)?;
    let event = read.build().map_err(ReportError::Event)?;
    Ok(Decision { documentation: None, ..event.decide().clone() })
}

pub(super) fn text(facts: &Map<String, Json>, name: &str) -> String {
    facts.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
}
