//! Claims: what is due is given to a worker, for as long as the worker is heard of.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::silent::interrupt_silent;
use super::tend::update;
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

/// What a worker gets when it asks for what is due.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claimed {
    /// The tries that it is to run.
    pub claims: Vec<Claim>,
    /// Executions whose try was given up before, since its worker was not heard of; as they are now.
    pub interrupted: Vec<Execution>,
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
        self.claim_where(worker, limit, now, |_| true).map(|claimed| claimed.claims)
    }

    /// [Claims](Self::claim) of some scenarios only: those that the worker knows how to run. Tells which tries were given up
    /// before.
    ///
    /// # Errors
    /// Where the store cannot do it. Nothing is then claimed.
    pub fn claim_where(
        &self,
        worker: &str,
        limit: usize,
        now: Timestamp,
        runs: impl Fn(&str) -> bool + Send + 'static,
    ) -> Result<Claimed, StoreError> {
        let now = whole(now);
        let is_idle = self.read(|reading| {
            Ok(reading.scenarios_due(now)?.is_empty() && reading.silent(now, 1)?.is_empty())
        })?;
        if is_idle {
            return Ok(Claimed::default());
        }
        // It is kept in every log, as who and why are.
        let worker = worker[..worker.floor_char_boundary(LARGEST_NAME)].to_owned();
        let scenarios = Arc::clone(&self.scenarios);
        self.write(move |transaction| {
            let interrupted = interrupt_silent(transaction, now)?;
            let (mut turns, mut found) = (Vec::new(), Vec::new());
            for name in transaction.scenarios_due(now)? {
                if !runs(&name) {
                    continue;
                }
                let scenario = settings_of(&scenarios, &name);
                let places = places(transaction, &name, &scenario, now)?;
                for (due, id) in claimable(transaction, &name, &scenario, places.min(limit), now)? {
                    found.push((due, id, turns.len()));
                }
                turns.push(Turn { scenario, places });
            }
            // Stable: of one scenario and time, what was stored first stays first.
            found.sort_by_key(|(due, ..)| *due);
            let mut claims = Vec::new();
            for (due, id, turn) in found {
                if claims.len() == limit {
                    break;
                }
                let turn = &mut turns[turn];
                if turn.places == 0 {
                    continue;
                }
                match start(transaction, (due, id), &turn.scenario, &worker, now) {
                    Ok(Some(claim)) => {
                        turn.places -= 1;
                        claims.push(claim);
                    }
                    Ok(None) => {}
                    Err(error) if error.is_of_one() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(Claimed { claims, interrupted })
        })
    }

    /// The payload of a claim, decrypted where it is sealed.
    ///
    /// # Errors
    /// Where there is no key, another one, or the payload was changed.
    pub fn open(&self, claim: &Claim) -> Result<Payload, SealError> {
        let scenario = self.scenario_settings(&claim.execution.scenario);
        match (&claim.payload, &scenario.seal) {
            (Payload::Sealed(_), None) => Err(SealError::NoKey),
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

/// A scenario that something is due of, and how many more may run at once.
struct Turn {
    scenario: Arc<Scenario>,
    places: usize,
}

/// How many more of a scenario may run now.
fn places(
    transaction: &mut dyn Transaction,
    name: &str,
    scenario: &Scenario,
    now: Timestamp,
) -> Result<usize, StoreError> {
    if transaction.is_held(name, now)? && !planted(Fault::ForgetsHold) {
        return Ok(0);
    }
    if planted(Fault::ForgetsPlaces) {
        return Ok(usize::MAX);
    }
    let running = transaction.in_progress(name)?;
    Ok(scenario.settings.parallel_retries.saturating_sub(running) as usize)
}

/// What of a scenario may be started now, some more than there are places for: one that cannot be read takes none.
fn claimable(
    transaction: &mut dyn Transaction,
    name: &str,
    scenario: &Scenario,
    places: usize,
    now: Timestamp,
) -> Result<Vec<(Timestamp, ExecutionId)>, StoreError> {
    if places == 0 {
        return Ok(Vec::new());
    }
    let asked_only = transaction.scenario(name)?.off.is_some();
    let early = Duration::from_secs(if planted(Fault::StartsEarly) { 3600 } else { 0 });
    transaction.due(&Due {
        scenario: name,
        now: later(now, early),
        limit: places.saturating_add(SPARE),
        asked_only,
        in_order: scenario.settings.sequential && !planted(Fault::ForgetsOrder),
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
