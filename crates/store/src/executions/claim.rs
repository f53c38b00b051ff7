//! Claims: what is due is given to a worker, for as long as the worker is heard of.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::tend::{interrupt_silent, update};
use super::{Executions, settings_of};
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::Command;
use crate::payload::Payload;
use crate::report::LARGEST_NAME;
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

    /// The definition that the run of an execution had, decrypted where it is sealed.
    ///
    /// # Errors
    /// Where there is no key, another one, or the definition was changed.
    pub fn definition(&self, execution: &Execution) -> Result<Option<String>, SealError> {
        self.scenario_settings(&execution.scenario).reveal_definition(execution)
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
        let renewed = self.write_small(move |transaction| transaction.renew(id, version, until))?;
        Ok(renewed.then_some(until))
    }
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
