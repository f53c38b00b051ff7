//! Ends: a worker tells how its try ended, and the policy decides what comes next.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Map, Value as Json};

use super::Executions;
use super::claim::Claim;
use super::keep::{decide, fill_in, keep};
use super::known::Known;
use super::report::Ready;
use super::tend::update;
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::{Command, Ended, Refusal};
use crate::report::{Report, ReportError, Reported, facts};
use crate::schedule::whole;
use crate::settings::Scenario;
use crate::state::Status;
use crate::store::{StoreError, Transaction, execution};

/// How a try ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It ran and succeeded.
    Succeeded,
    /// It failed again; the facts of the error, for the policy.
    Failed(Json),
    /// The failing module succeeded, and a later one failed: what is left is an execution of its own, of the same
    /// scenario. Where it cannot be, it is left here: where the policy does not store it, where there is no room for it, and
    /// where its key, [`once`](Report::once), is that of this execution or of one that is resolved.
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
                of_the_scenario(&report, &claim.execution)?;
                Told::Elsewhere(Arc::new(self.ready(*report, now)?))
            }
        };
        let ended = self.write_small(move |transaction| {
            let Some(before) = execution(transaction, id)? else {
                return Ok(Err(EndError::Gone(id)));
            };
            let mut known = Known::of(transaction, &before.scenario)?;
            let how = match how(
                transaction,
                &mut known,
                &before,
                (outcome.clone(), version),
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
                return Ok(Ok((after, None)));
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
            Ok(Ok((after, known.went_off())))
        })?;
        let (after, went_off) = ended?;
        if let Some(off) = went_off {
            self.went_off.note(&after.scenario, off);
        }
        Ok(after)
    }
}

/// What a worker told, within its bounds.
#[derive(Clone)]
enum Told {
    Well,
    Badly(Map<String, Json>),
    Elsewhere(Arc<Ready>),
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
                Ok(Reported::Stored(kept)) => return Ok(Ok(Ended::Elsewhere(kept.id))),
                Ok(Reported::Known(kept)) if waits_beside(transaction, before, kept.id)? => {
                    return Ok(Ok(Ended::Elsewhere(kept.id)));
                }
                // What is not kept elsewhere is not lost, but still to be done here; so is what is kept there and cannot be
                // read.
                Ok(_) | Err(ReportError::Full(_) | ReportError::Store(_)) => {
                    *known = saved;
                    ready.facts.clone()
                }
                Err(error) => return Ok(Err(EndError::Report(error))),
            }
        }
    };
    Ok(badly(before, facts, scenario, known, chance).map_err(EndError::Report))
}

/// Whether what failed in a later module may be of this scenario, of which all is counted that becomes of its end.
fn of_the_scenario(report: &Report, tried: &Execution) -> Result<(), ReportError> {
    if report.scenario == tried.scenario || planted(Fault::MixesScenarios) {
        return Ok(());
    }
    Err(ReportError::OtherScenario(tried.scenario.clone()))
}

/// Whether what failed in a later module waits in the execution that has its key. It does not in the one that is tried,
/// since that ends, nor in one that is resolved: nobody would try it again.
fn waits_beside(
    transaction: &mut dyn Transaction,
    tried: &Execution,
    with: ExecutionId,
) -> Result<bool, StoreError> {
    if planted(Fault::GoesOnNowhere) {
        return Ok(true);
    }
    let other = execution(transaction, with)?.filter(|other| other.id != tried.id);
    Ok(other.is_some_and(|other| other.status() != Status::Resolved))
}

/// One more failure of an execution, decided and then as it is kept.
fn badly(
    before: &Execution,
    facts: Map<String, Json>,
    scenario: &Scenario,
    known: &Known,
    chance: f64,
) -> Result<Ended, ReportError> {
    let (mut event, decision) = decide_again(before, facts, scenario, known)?;
    let sealed_event = scenario.hide_event(before.id, &mut event)?;
    Ok(Ended::Badly { event, sealed_event, decision: Box::new(decision), chance })
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
    let last = scenario.reveal_event(before);
    let facts = fill_in(policy, facts, |fact| match fact {
        "attempt" => Some(Json::from(before.tries)),
        "scenario" => Some(Json::from(before.scenario.clone())),
        "storing" => Some(Json::from(settings.storing)),
        "consecutive" => Some(Json::from(known.state.consecutive.saturating_add(1))),
        "size" => Some(Json::from(before.size)),
        // What it was that failed does not change from one try to the next.
        "module" | "app" | "phase" => last.get(fact).cloned(),
        _ => None,
    });
    let decision = decide(policy, &facts)?;
    Ok((facts, decision))
}
