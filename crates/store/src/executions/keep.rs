//! What is reported is decided, and kept where the policy says so.

use jiff::Timestamp;
use redress::{Decision, Policy};
use serde_json::{Map, Value as Json};

use super::known::Known;
use super::report::Ready;
use crate::entry::{Entry, Fate, Happening, Stored};
use crate::execution::{Execution, fact};
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::life::next;
use crate::report::{Kept, Report, ReportError, Reported};
use crate::scenario::{Full, WhyOff};
use crate::seal::SealedText;
use crate::settings::Scenario;
use crate::state::State;
use crate::store::{StoreError, Transaction, execution};

/// Decides a report and keeps it, if that is what is decided. Where it is kept already, and that cannot be read, nothing is
/// written, and this one report is answered so.
pub(super) fn keep(
    transaction: &mut dyn Transaction,
    known: &mut Known,
    ready: &Ready,
    origin: Option<ExecutionId>,
    now: Timestamp,
) -> Result<Result<Reported, ReportError>, StoreError> {
    match keep_or_find(transaction, known, ready, origin, now) {
        Err(error) if error.is_of_one() => Ok(Err(error.into())),
        became => became,
    }
}

fn keep_or_find(
    transaction: &mut dyn Transaction,
    known: &mut Known,
    ready: &Ready,
    origin: Option<ExecutionId>,
    now: Timestamp,
) -> Result<Result<Reported, ReportError>, StoreError> {
    let Ready { report, scenario, .. } = ready;
    let facts = known_facts(ready, known.state.consecutive.saturating_add(1));
    let decided = decide(&scenario.policy, &facts);
    let room = known.state.room(ready.bytes, &scenario.settings);
    let is_wanted = scenario.settings.storing && room.is_ok();
    match decided {
        Ok(decision) if is_wanted && Fate::of(&decision) != Fate::Other => {
            let mut event = facts;
            match scenario.hide_event(ready.id, &mut event) {
                Ok(sealed) => {
                    insert(transaction, known, ready, (origin, event, sealed, decision), now)
                        .map(Ok)
                }
                Err(error) => Ok(Err(error.into())),
            }
        }
        decided => Ok(match find_kept(transaction, report)? {
            Some(kept) => Ok(Reported::Known(kept)),
            None => {
                decided.and_then(|decision| not_kept(known, ready, &facts, decision, room, now))
            }
        }),
    }
}

/// The end of a run that the store keeps nothing of, because the policy or the scenario does not want it or there is no
/// room.
fn not_kept(
    known: &mut Known,
    ready: &Ready,
    facts: &Map<String, Json>,
    decision: Decision,
    room: Result<(), Full>,
    now: Timestamp,
) -> Result<Reported, ReportError> {
    let settings = &ready.scenario.settings;
    let (error, instant) = (fact(facts, "error"), fact(facts, "trigger") == "instant");
    if Fate::of(&decision) == Fate::Other {
        end_unkept(known, &decision, (error, instant), &ready.scenario, now);
        return Ok(Reported::Decided(decision));
    }
    if !settings.storing {
        let why = known.state.run_failed(error, instant, settings, now);
        known.switch_off(why, now);
        return Ok(Reported::StoringOff(decision));
    }
    let Err(full) = room else { return Ok(Reported::Decided(decision)) };
    if settings.data_loss {
        known.state.lose(ready.bytes, now);
        return Ok(Reported::Lost(decision, full));
    }
    known.state.refuse(ready.bytes, now);
    known.switch_off(Some(WhyOff::Full(full)), now);
    Err(ReportError::Full(full))
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

/// What is to be kept: what it follows, the event with what of it is encrypted, what the policy said.
type Decided = (Option<ExecutionId>, Map<String, Json>, Option<SealedText>, Decision);

/// Keeps what is reported. A report that is kept already refuses to be kept again; to ask before would cost each report
/// a question.
fn insert(
    transaction: &mut dyn Transaction,
    known: &mut Known,
    ready: &Ready,
    (origin, event, sealed_event, decision): Decided,
    now: Timestamp,
) -> Result<Reported, StoreError> {
    let report = &ready.report;
    let next = next(&decision, &event, 0, now, ready.chance);
    let kept = Kept { id: ready.id, due: State::from(&next).due(), decision: decision.clone() };
    let stored = Stored {
        scenario: report.scenario.clone(),
        sequence: known.state.sequence + 1,
        run: report.run.clone(),
        definition: report.definition.clone(),
        sealed_definition: ready.sealed_definition.clone(),
        recorded: report.recorded,
        key: report.key.clone(),
        once: report.once.clone(),
        trace: report.trace.clone(),
        origin,
        next,
        event,
        sealed_event,
        decision,
        payload: report.payload.kind(),
        size: ready.bytes,
    };
    let entry = Entry { number: 1, at: now, what: Happening::Stored(Box::new(stored)) };
    if !transaction.insert(ready.id, &entry, &report.payload)? {
        let taken = || StoreError::Damaged("its id is taken".to_owned());
        return find_kept(transaction, report)?.map(Reported::Known).ok_or_else(taken);
    }
    known.state.sequence += 1;
    known.state.came(ready.bytes);
    let why = known.state.run_kept(&ready.scenario.settings, now);
    known.switch_off(why, now);
    Ok(Reported::Stored(kept))
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
    Kept { id: execution.id, due: execution.due(), decision: execution.decision }
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
