//! Reports, one by one or many at once, also where the disk is full.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::Executions;
use super::keep::{decide, keep, known_facts};
use super::known::Known;
use super::missed::Misses;
use crate::commit::BATCH;
use crate::entry::Fate;
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::report::{Answer, Report, ReportError, Reported, facts};
use crate::scenario::{Full, Off};
use crate::schedule::whole;
use crate::seal::SealedText;
use crate::settings::Scenario;
use crate::store::{StoreError, Transaction};

/// A report whose parts are within their bounds, ready for a transaction.
pub(super) struct Ready {
    pub(super) id: ExecutionId,
    /// Its event is taken out.
    pub(super) report: Report,
    pub(super) scenario: Arc<Scenario>,
    pub(super) facts: Map<String, Json>,
    /// Its definition, where that is confidential.
    pub(super) sealed_definition: Option<SealedText>,
    pub(super) bytes: u64,
    pub(super) chance: f64,
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
        self.alone(Arc::new(self.ready(report, now)?), now).became
    }

    /// Takes many reports, up to [`BATCH`] in one transaction. The answers are in the order of the reports.
    ///
    /// # Errors
    /// Where the store cannot do it: of this portion and of those behind it nothing is then kept. What is wrong with one
    /// report is its own answer, and so is it that the disk has no room for it, or that the execution cannot be read which
    /// is kept of it already.
    pub fn report_many(
        &self,
        reports: Vec<Report>,
        now: Timestamp,
    ) -> Result<Vec<Answer>, StoreError> {
        let now = whole(now);
        let mut answers = Vec::with_capacity(reports.len());
        let mut reports = reports.into_iter().peekable();
        while reports.peek().is_some() {
            let ready = |report| self.ready(report, now).map(Arc::new);
            let some: Vec<Result<Arc<Ready>, ReportError>> =
                reports.by_ref().take(BATCH).map(ready).collect();
            let right: Vec<Arc<Ready>> = some.iter().flatten().map(Arc::clone).collect();
            let mut became = match self.together(right.clone(), now) {
                // Some may fit, and of each it has to be known whether it is lost.
                Err(StoreError::Full(_)) => {
                    right.into_iter().map(|ready| self.alone(ready, now)).collect()
                }
                became => became?,
            }
            .into_iter();
            let answer = |ready: Result<_, ReportError>| match ready {
                Ok(_) => became.next().unwrap_or_else(|| StoreError::Closed.into()),
                Err(error) => error.into(),
            };
            answers.extend(some.into_iter().map(answer));
        }
        Ok(answers)
    }

    /// What becomes of a report in a transaction of its own.
    fn alone(&self, ready: Arc<Ready>, now: Timestamp) -> Answer {
        match self.together(vec![Arc::clone(&ready)], now) {
            Ok(became) => became.into_iter().next().unwrap_or_else(|| StoreError::Closed.into()),
            Err(error @ StoreError::Full(_)) => {
                let became = self.no_room(&ready, error, now);
                let state = self.scenario(&ready.report.scenario);
                Answer { became, off: state.ok().and_then(|state| state.off) }
            }
            Err(error) => error.into(),
        }
    }

    /// What becomes of reports that share a transaction. With them it is written down what was missed of their
    /// scenarios while the disk was full.
    fn together(
        &self,
        reports: Vec<Arc<Ready>>,
        now: Timestamp,
    ) -> Result<Vec<Answer>, StoreError> {
        let (missed, told) = (self.missed.clone(), Arc::new(Mutex::new(Vec::new())));
        let telling = Arc::clone(&told);
        let names = reports.clone();
        let became = self.write(move |transaction| {
            let each = reports.iter().map(|ready| {
                let misses = missed.take(&ready.report.scenario);
                if let Some(misses) = misses {
                    let mut telling = telling.lock().unwrap_or_else(PoisonError::into_inner);
                    telling.push((ready.report.scenario.clone(), misses));
                }
                take(transaction, ready, misses, now)
            });
            each.collect::<Result<Vec<_>, StoreError>>()
        });
        if became.is_err() {
            for (scenario, misses) in told.lock().unwrap_or_else(PoisonError::into_inner).drain(..)
            {
                self.missed.note(&scenario, misses);
            }
        }
        let named = names.iter().map(|ready| &ready.report.scenario);
        let answer = |(name, (answer, went_off)): (&String, (Answer, Option<Off>))| {
            if let Some(off) = went_off {
                self.went_off.note(name, off);
            }
            answer
        };
        became.map(|became| named.zip(became).map(answer).collect())
    }

    /// What becomes of a report that does not fit on the disk.
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
            self.miss(name, Misses::loss(ready.bytes, now));
            return Ok(Reported::Lost(decision, Full::Disk));
        }
        self.miss(name, Misses::refusal(ready.bytes, now));
        Err(error.into())
    }

    /// Writes down what was missed, where there is room for so much; elsewhere it is remembered until there is.
    fn miss(&self, name: &str, misses: Misses) {
        self.missed.note(name, misses);
        let Some(misses) = self.missed.take(name) else { return };
        let scenario = name.to_owned();
        let written = self.write_small(move |transaction| {
            let mut known = Known::of(transaction, &scenario)?;
            let line = misses.tell(&mut known.state);
            known.say(line);
            known.put(transaction, &scenario)?;
            Ok(known.went_off())
        });
        match written {
            Ok(Some(off)) => self.went_off.note(name, off),
            Ok(None) => {}
            Err(_) => self.missed.note(name, misses),
        }
    }

    /// Checks the bounds of a report and hides its payload and its definition where they are confidential. Its event
    /// is decided before it is hidden.
    pub(super) fn ready(&self, mut report: Report, now: Timestamp) -> Result<Ready, ReportError> {
        let scenario = self.scenario_settings(&report.scenario);
        report.checked(&scenario.settings, scenario.seal.is_some())?;
        let (facts, event) = facts(std::mem::take(&mut report.event))?;
        let (id, chance) = (self.new_id(now), self.chance());
        if let (true, Some(seal)) = (scenario.settings.confidential, &scenario.seal) {
            let payload = std::mem::replace(&mut report.payload, Payload::Plain(Vec::new()));
            report.payload = seal.seal(id, payload)?;
        }
        let sealed_definition = scenario.hide_definition(id, &mut report.definition)?;
        let bytes = (report.payload.bytes().len() + event) as u64;
        Ok(Ready { id, report, scenario, facts, sealed_definition, bytes, chance })
    }
}

/// Answers also why the scenario is off, where it is with this report.
fn take(
    transaction: &mut dyn Transaction,
    ready: &Ready,
    missed: Option<Misses>,
    now: Timestamp,
) -> Result<(Answer, Option<Off>), StoreError> {
    let mut known = Known::of(transaction, &ready.report.scenario)?;
    if let Some(missed) = missed {
        let line = missed.tell(&mut known.state);
        known.say(line);
    }
    let became = keep(transaction, &mut known, ready, None, now)?;
    known.put(transaction, &ready.report.scenario)?;
    let went_off = known.went_off();
    Ok((Answer { became, off: known.state.off }, went_off))
}
