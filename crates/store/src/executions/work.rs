//! Work: what is due is claimed, run elsewhere, and told how it ended.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::keep::{decide, fill_in, keep};
use super::known::Known;
use super::report::Ready;
use super::tend::{interrupt_silent, update};
use super::{Executions, settings_of};
use crate::execution::{Execution, Status};
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::{Command, Ended, Refusal};
use crate::payload::Payload;
use crate::report::{LARGEST_NAME, Report, ReportError, Reported, facts};
use crate::schedule::{later, whole};
use crate::seal::SealError;
use crate::settings::Scenario;
use crate::store::{Due, StoreError, Transaction, execution};

/// So many that cannot be read are passed over before a scenario's others have to wait.
const SPARE: usize = 16;

/// A try that a worker runs: nobody else has it until the lease runs out.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The execution, in progress.
    pub execution: Execution,
    /// Its payload as it is kept; [`Executions::open`] decrypts it.
    pub payload: Payload,
    /// When it was due.
    pub due: Timestamp,
    /// When the try counts as interrupted, unless the worker is heard of before.
    pub until: Timestamp,
}

impl Claim {
    /// The same for all tries of an execution with the same payload: whoever is given it can tell that an effect was
    /// made before.
    pub fn idempotency_key(&self) -> String {
        format!("{}-{}", self.execution.id, self.execution.edition)
    }

    /// Which try it is, the original run counted.
    pub fn attempt(&self) -> u32 {
        self.execution.tries
    }
}

/// How a try ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It ran and succeeded.
    Succeeded,
    /// It failed again; the facts of the error, for the policy.
    Failed(Json),
    /// The failing module succeeded, and a later one failed: what is left is an execution of its own.
    FailedElsewhere(Box<Report>),
}

/// Why the end of a try is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndError {
    /// There is no such execution any more.
    #[error("there is no execution {0}")]
    Gone(ExecutionId),
    /// The execution does not allow it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The error is not as it has to be; the try is still the worker's.
    #[error(transparent)]
    Report(#[from] ReportError),
    /// The store cannot do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Executions {
    /// Claims what is due, no more than `limit`, for a worker of this name: of each scenario what was due first, no
    /// more at once than its places, and nothing while the scenario is held. A scenario that is switched off runs only what
    /// a person asked for. Tries whose worker was not heard of are given up before.
    ///
    /// The worker has to be heard of ([`renew`](Self::renew)) before the lease runs out, and to say how the try
    /// [`ended`](Self::end).
    ///
    /// # Errors
    /// Where the store cannot do it. Nothing is then claimed.
    pub fn claim(
        &self,
        worker: &str,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Claim>, StoreError> {
        self.claim_where(worker, limit, now, |_| true)
    }

    /// [Claims](Self::claim) of some scenarios only: those that the worker knows how to run.
    ///
    /// # Errors
    /// Where the store cannot do it. Nothing is then claimed.
    pub fn claim_where(
        &self,
        worker: &str,
        limit: usize,
        now: Timestamp,
        runs: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<Vec<Claim>, StoreError> {
        let now = whole(now);
        let due = self.read(|reading| reading.scenarios_due(now))?;
        let silent = self.read(|reading| reading.silent(now, 1))?;
        if due.is_empty() && silent.is_empty() {
            return Ok(Vec::new());
        }
        // It is kept in every log, as who and why are.
        let worker = worker[..worker.floor_char_boundary(LARGEST_NAME)].to_owned();
        let scenarios = Arc::clone(&self.scenarios);
        self.write(move |transaction| {
            interrupt_silent(transaction, now)?;
            let mut found = Vec::new();
            for name in transaction.scenarios_due(now)? {
                if !runs(&name) {
                    continue;
                }
                let scenario = settings_of(&scenarios, &name);
                for (due, id) in claimable(transaction, &name, &scenario, limit, now)? {
                    found.push((due, id, Arc::clone(&scenario)));
                }
            }
            // Stable: of one scenario and time, what was stored first stays first.
            found.sort_by_key(|(due, ..)| *due);
            let mut claims = Vec::new();
            for (due, id, scenario) in found {
                if claims.len() == limit {
                    break;
                }
                let started = start(transaction, (due, id), &scenario, &worker, now);
                match started {
                    Ok(claim) => claims.extend(claim),
                    Err(error) if error.is_of_one() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(claims)
        })
    }

    /// The payload of a claim, decrypted where it is sealed.
    ///
    /// # Errors
    /// Where there is no key, another one, or the payload was changed.
    pub fn open(&self, claim: &Claim) -> Result<Payload, SealError> {
        let scenario = self.scenario_settings(&claim.execution.scenario);
        match (&claim.payload, &scenario.seal) {
            (Payload::Sealed(_), None) => Err(SealError::DoesNotOpen),
            (payload, Some(seal)) => seal.open(claim.execution.id, payload.clone()),
            (payload, None) => Ok(payload.clone()),
        }
    }

    /// Prolongs the lease of a claim. Answers until when, or nothing where the try is no longer the worker's, which
    /// should then stop.
    ///
    /// # Errors
    /// Where the store cannot do it.
    pub fn renew(&self, claim: &Claim, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let scenario = self.scenario_settings(&claim.execution.scenario);
        let until = later(whole(now), scenario.settings.lease());
        let (id, version) = (claim.execution.id, claim.execution.version);
        let renewed = self.write(move |transaction| transaction.renew(id, version, until))?;
        Ok(renewed.then_some(until))
    }

    /// Says how a try ended. A failure is decided again by the policy, with `attempt` counted; what that and the
    /// schedule leave is in the answer, the execution as it is now.
    ///
    /// # Errors
    /// Where the try is not the worker's any more, where the error is not as it has to be (the worker may say it
    /// again, better), or where the store cannot do it.
    pub fn end(
        &self,
        claim: &Claim,
        outcome: Outcome,
        took: Duration,
        now: Timestamp,
    ) -> Result<Execution, EndError> {
        let now = whole(now);
        let (id, version) = (claim.execution.id, claim.execution.version);
        let scenario = self.scenario_settings(&claim.execution.scenario);
        let chance = self.chance();
        let outcome = match outcome {
            Outcome::Succeeded => Told::Well,
            Outcome::Failed(event) => Told::Badly(facts(event)?.0),
            Outcome::FailedElsewhere(report) => {
                Told::Elsewhere(Box::new(self.ready(*report, now)?))
            }
        };
        self.write(move |transaction| {
            let Some(before) = execution(transaction, id)? else {
                return Ok(Err(EndError::Gone(id)));
            };
            let mut known = Known::of(transaction, &before.scenario)?;
            let how = match how(
                transaction,
                &mut known,
                &before,
                (outcome, version),
                &scenario,
                (chance, now),
            )? {
                Ok(how) => how,
                Err(error) => return Ok(Err(error)),
            };
            let failed = matches!(how, Ended::Badly { .. });
            let command = Command::End { version, took, how };
            let (after, entry) = match before.after(command, now) {
                Ok(done) => done,
                Err(refusal) => return Ok(Err(EndError::Refused(refusal))),
            };
            if planted(Fault::ForgetsEnd) {
                return Ok(Ok(after));
            }
            if !update(transaction, &after, &entry, None)? {
                return Ok(Err(EndError::Refused(Refusal::LeaseLost)));
            }
            if failed {
                let why = known.state.failed(&scenario.settings, now);
                known.switch_off(why, now);
            } else {
                known.state.succeeded();
            }
            if after.status() == Status::Resolved {
                known.state.went(after.size);
            }
            known.put(transaction, &after.scenario)?;
            Ok(Ok(after))
        })?
    }
}

/// What a worker told, within its bounds.
enum Told {
    Well,
    Badly(Map<String, Json>),
    Elsewhere(Box<Ready>),
}

/// How a try ended, once the policy has been asked.
fn how(
    transaction: &mut dyn Transaction,
    known: &mut Known,
    before: &Execution,
    (told, version): (Told, u32),
    scenario: &Scenario,
    (chance, now): (f64, Timestamp),
) -> Result<Result<Ended, EndError>, StoreError> {
    let facts = match told {
        Told::Well => return Ok(Ok(Ended::Well)),
        Told::Badly(facts) => facts,
        Told::Elsewhere(ready) => {
            // Nothing may be kept in the name of a worker that has lost its try.
            if before.version != version || before.status() != Status::InProgress {
                return Ok(Err(EndError::Refused(Refusal::LeaseLost)));
            }
            let saved = known.clone();
            // The new one takes the place of this one.
            known.state.went(before.size);
            let kept = keep(transaction, known, &ready, Some(before.id), now)?;
            known.state.came(before.size);
            match kept {
                Ok(Reported::Stored(kept) | Reported::Known(kept)) => {
                    return Ok(Ok(Ended::Elsewhere(kept.id)));
                }
                // What is not kept elsewhere is not lost, but still to be done here.
                Ok(_) | Err(ReportError::Full(_)) => {
                    *known = saved;
                    ready.facts
                }
                Err(error) => return Ok(Err(EndError::Report(error))),
            }
        }
    };
    Ok(decide_again(before, facts, scenario, known)
        .map(|(event, decision)| Ended::Badly { event, decision: Box::new(decision), chance })
        .map_err(EndError::Report))
}

/// What the policy says of one more failure of an execution.
fn decide_again(
    before: &Execution,
    mut facts: Map<String, Json>,
    scenario: &Scenario,
    known: &Known,
) -> Result<(Map<String, Json>, redress::Decision), ReportError> {
    let Scenario { policy, settings, .. } = scenario;
    // Counted here; a worker knows only of its own try.
    facts.remove("attempt");
    let facts = fill_in(policy, facts, |fact| match fact {
        "attempt" => Some(Json::from(before.tries)),
        "scenario" => Some(Json::from(before.scenario.clone())),
        "storing" => Some(Json::from(settings.storing)),
        "consecutive" => Some(Json::from(known.state.consecutive.saturating_add(1))),
        "size" => Some(Json::from(before.size)),
        // What it was that failed does not change from one try to the next.
        "module" | "app" | "phase" => before.event.get(fact).cloned(),
        _ => None,
    });
    let decision = decide(policy, &facts)?;
    Ok((facts, decision))
}

/// What of a scenario may be started now.
fn claimable(
    transaction: &mut dyn Transaction,
    name: &str,
    scenario: &Scenario,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<(Timestamp, ExecutionId)>, StoreError> {
    let settings = &scenario.settings;
    if transaction.is_held(name, now)? && !planted(Fault::ForgetsHold) {
        return Ok(Vec::new());
    }
    let running = transaction.in_progress(name)?;
    let places = settings.parallel_retries.saturating_sub(running) as usize;
    if places == 0 && !planted(Fault::ForgetsPlaces) {
        return Ok(Vec::new());
    }
    let asked_only = transaction.scenario(name)?.off.is_some();
    let early = Duration::from_secs(if planted(Fault::StartsEarly) { 3600 } else { 0 });
    transaction.due(&Due {
        scenario: name,
        now: later(now, early),
        limit: places.min(limit) + SPARE,
        asked_only,
        in_order: settings.sequential && !planted(Fault::ForgetsOrder),
    })
}

fn start(
    transaction: &mut dyn Transaction,
    (due, id): (Timestamp, ExecutionId),
    scenario: &Scenario,
    worker: &str,
    now: Timestamp,
) -> Result<Option<Claim>, StoreError> {
    let Some(before) = execution(transaction, id)? else { return Ok(None) };
    let running = transaction.in_progress(&before.scenario)?;
    if running >= scenario.settings.parallel_retries && !planted(Fault::ForgetsPlaces) {
        return Ok(None);
    }
    let Ok((after, entry)) = before.after(Command::Start { worker: worker.to_owned() }, now) else {
        return Ok(None);
    };
    let Some(payload) = transaction.payload(id, after.edition)? else { return Ok(None) };
    let until = later(now, scenario.settings.lease());
    if !update(transaction, &after, &entry, Some(until))? {
        return Ok(None);
    }
    Ok(Some(Claim { execution: after, payload, due, until }))
}
