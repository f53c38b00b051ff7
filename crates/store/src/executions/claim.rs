//! Claims: what is due is given to a worker, for as long as the worker is heard of.

use std::sync::Arc;

use jiff::Timestamp;

use super::silent::interrupt_silent;
use super::turn::Turn;
use super::vanished::let_go_for_vanished;
use super::{Executions, settings_of};
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::payload::Payload;
use crate::report::LARGEST_NAME;
use crate::schedule::{later, whole};
use crate::seal::SealError;
use crate::store::StoreError;

/// A try that a worker runs: nobody else has it until the lease runs out.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    /// The execution, in progress.
    pub execution: Execution,
    /// Its payload as it is kept; [`Executions::open`] decrypts it.
    pub payload: Payload,
    /// When it was due; where it waited at a pace, not before that let it begin.
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
    /// The scenarios of runs that were given up before, since they were not heard of in time; one for each run.
    pub vanished: Vec<String>,
    /// When the next may begin of those that are due and that only their pace keeps waiting.
    pub paced: Option<Timestamp>,
    /// What is due and did not begin, since it [does not open](Executions::does_not_open), and why; each is told once.
    pub unopened: Vec<(Execution, SealError)>,
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
    /// more at once than its places, and nothing while the scenario is held. Of what waits at a pace one begins, and the
    /// next no sooner than its gap later, however late they are. A scenario that is switched off runs only what a person
    /// asked for. Tries whose worker was not heard of are given up before, and so are runs that were not: such a run does not
    /// [go on](Self::hold_on) as if it held its scenario still. What does not open with the key of its scenario
    /// [waits](Claimed::unopened), and uses up no try.
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

    /// [Claims](Self::claim) of some scenarios only: those that the worker knows how to run. Tells which tries and runs were
    /// given up before.
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
        let passed_over = Arc::new(self.unopened.passed_over(now));
        let mut claimed = self.write(move |transaction| {
            let interrupted = interrupt_silent(transaction, now)?;
            let vanished = match planted(Fault::PassesRun) {
                true => Vec::new(),
                // All of them: a try may begin beside each.
                false => let_go_for_vanished(transaction, now, usize::MAX)?,
            };
            let (mut turns, mut found) = (Vec::new(), Vec::new());
            for name in transaction.scenarios_due(now)? {
                if !runs(&name) {
                    continue;
                }
                let scenario = settings_of(&scenarios, &name);
                let turn = Turn::of(transaction, name, scenario, Arc::clone(&passed_over), now)?;
                for candidate in turn.candidates(transaction, limit, now)? {
                    found.push((candidate, turns.len()));
                }
                turns.push(turn);
            }
            // Stable: of one scenario and time, what was stored first stays first.
            found.sort_by_key(|(candidate, _)| candidate.due);
            let mut claims = Vec::new();
            for (candidate, turn) in found {
                if claims.len() == limit {
                    break;
                }
                match turns[turn].start(transaction, candidate, &worker, now) {
                    Ok(claim) => claims.extend(claim),
                    Err(error) if error.is_of_one() => {}
                    Err(error) => return Err(error),
                }
            }
            let (mut paced, mut unopened) = (Vec::new(), Vec::new());
            for turn in turns {
                paced.extend(turn.next_paced(transaction, now)?);
                unopened.extend(turn.unopened);
            }
            let paced = paced.into_iter().min();
            Ok(Claimed { claims, interrupted, vanished, paced, unopened })
        })?;
        claimed.unopened = self.unopened.note(claimed.unopened, now);
        Ok(claimed)
    }

    /// The payload of a claim, decrypted where it is sealed.
    ///
    /// # Errors
    /// Where there is no key, another one, or the payload was changed.
    pub fn open(&self, claim: &Claim) -> Result<Payload, SealError> {
        let scenario = self.scenario_settings(&claim.execution.scenario);
        scenario.reveal_payload(claim.execution.id, &claim.payload)
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
