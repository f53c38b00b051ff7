//! A scenario's turn when work is given out: what of it may begin now.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::claim::Claim;
use super::tend::update;
use super::unopened::PassedOver;
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::Command;
use crate::scenario::Paced;
use crate::schedule::later;
use crate::seal::SealError;
use crate::settings::Scenario;
use crate::store::{Due, StoreError, Transaction, execution};

/// So many that cannot be read are passed over before a scenario's others have to wait.
const SPARE: usize = 16;

/// A scenario that something is due of.
pub(super) struct Turn {
    name: String,
    scenario: Arc<Scenario>,
    /// How many more may run now.
    places: usize,
    /// Only what a person asked for may begin.
    is_off: bool,
    /// When the pace lets one begin of those that wait at it, where that has not come.
    paced_until: Option<Timestamp>,
    /// When the pace let one begin, where that has come: before that none of them was late.
    paced_since: Option<Timestamp>,
    /// What did not open a moment ago.
    passed_over: Arc<PassedOver>,
    /// What does not open, though it is due.
    pub(super) unopened: Vec<(Execution, SealError)>,
}

/// What may begin now, if there is a place for it.
pub(super) struct Candidate {
    pub(super) due: Timestamp,
    id: ExecutionId,
    is_paced: bool,
}

impl Turn {
    pub(super) fn of(
        transaction: &mut dyn Transaction,
        name: String,
        scenario: Arc<Scenario>,
        passed_over: Arc<PassedOver>,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let places = places(transaction, &name, &scenario, now)?;
        let state = transaction.scenario(&name)?;
        let (is_off, paced_until) = (state.off.is_some(), state.paced_until(now));
        let paced_since = state.paced.map(|paced| paced.next()).filter(|next| *next <= now);
        let unopened = Vec::new();
        Ok(Turn { name, scenario, places, is_off, paced_until, paced_since, passed_over, unopened })
    }

    /// What may be started now, no more than `limit` and some to spare: one that cannot be read or opened takes no place.
    pub(super) fn candidates(
        &self,
        transaction: &mut dyn Transaction,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Candidate>, StoreError> {
        let places = self.places.min(limit);
        if places == 0 {
            return Ok(Vec::new());
        }
        let most = places.saturating_add(SPARE + self.passed_over.to_spare());
        let mut candidates = self.due(transaction, false, most, now)?;
        if self.paced_until.is_none() {
            candidates.extend(self.due(transaction, true, most, now)?);
        }
        candidates.retain(|candidate| !self.passed_over.has(candidate.id));
        Ok(candidates)
    }

    fn due(
        &self,
        transaction: &mut dyn Transaction,
        is_paced: bool,
        limit: usize,
        now: Timestamp,
    ) -> Result<Vec<Candidate>, StoreError> {
        let early = Duration::from_secs(if planted(Fault::StartsEarly) { 3600 } else { 0 });
        let due = transaction.due(&Due {
            scenario: &self.name,
            now: later(now, early),
            limit,
            asked_only: self.is_off,
            paced: is_paced,
            in_order: self.scenario.settings.sequential && !planted(Fault::ForgetsOrder),
        })?;
        Ok(due.into_iter().map(|(due, id)| Candidate { due, id, is_paced }).collect())
    }

    /// Starts a try, where there is a place for it by now and its pace lets it begin.
    pub(super) fn start(
        &mut self,
        transaction: &mut dyn Transaction,
        candidate: Candidate,
        worker: &str,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        if self.places == 0 || candidate.is_paced && self.paced_until.is_some() {
            return Ok(None);
        }
        let mut claim = self.begin(transaction, &candidate, worker, now)?;
        if let Some(claim) = &mut claim {
            self.places -= 1;
            let since = self.paced_since.filter(|_| candidate.is_paced);
            claim.due = since.map_or(claim.due, |since| since.max(claim.due));
            self.pace(transaction, &claim.execution, now)?;
        }
        Ok(claim)
    }

    fn begin(
        &mut self,
        transaction: &mut dyn Transaction,
        candidate: &Candidate,
        worker: &str,
        now: Timestamp,
    ) -> Result<Option<Claim>, StoreError> {
        let Candidate { due, id, .. } = *candidate;
        let Some(before) = execution(transaction, id)? else { return Ok(None) };
        let begin = Command::Start { worker: worker.to_owned() };
        let Ok((after, entry)) = before.after(begin, now) else { return Ok(None) };
        let Some(payload) = transaction.payload(id, after.edition)? else { return Ok(None) };
        if let Err(why) = self.scenario.opens_whole(&before, &payload)
            && !planted(Fault::TriesUnopened)
        {
            self.unopened.push((before, why));
            return Ok(None);
        }
        let until = later(now, self.scenario.settings.lease());
        if !update(transaction, &after, &entry, Some(until))? {
            return Ok(None);
        }
        Ok(Some(Claim { execution: after, payload, due, until }))
    }

    /// When the next may begin of those that are due, where only their pace keeps them waiting.
    pub(super) fn next_paced(
        &self,
        transaction: &mut dyn Transaction,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, StoreError> {
        let Some(until) = self.paced_until.filter(|_| self.places > 0) else { return Ok(None) };
        let is_any = !self.due(transaction, true, 1, now)?.is_empty();
        Ok(is_any.then_some(until))
    }

    /// One that waited at a pace keeps the next one waiting.
    fn pace(
        &mut self,
        transaction: &mut dyn Transaction,
        began: &Execution,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(gap) = began.gap else { return Ok(()) };
        let mut state = transaction.scenario(&self.name)?;
        state.paced = Some(Paced { began: now, gap });
        self.paced_until = state.paced_until(now);
        transaction.put_scenario(&self.name, &state, None)
    }
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
