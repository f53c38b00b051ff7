//! What is reported is decided, and kept where the policy says so.

use jiff::Timestamp;
use redress::{Decision, Policy};
use serde_json::{Map, Value as Json};

use super::known::Known;
use super::report::Ready;
use crate::entry::{Entry, Fate, Happening, Stored};
use crate::execution::{Execution, State};
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::next;
use crate::report::{Kept, Report, ReportError, Reported};
use crate::scenario::WhyOff;
use crate::settings::Scenario;
use crate::store::{StoreError, Transaction, execution};

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
pub(super) fn known_facts(ready: &Ready, consecutive: u32) -> Map<String, Json> {
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
