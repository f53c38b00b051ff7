//! An event, made of what somebody said and what is known otherwise.

use redress::{EventError, EventProblem, Policy};
use serde_json::{Map, Value as Json};

/// An event of the facts that somebody said, filled up with those that are known otherwise, as far as the policy has them.
///
/// What was said is taken as a whole or passed over as a whole, with why: half an event could be decided as neither the
/// one nor the other would be. What is known is asked for with whether it is taken.
pub(crate) fn event(
    policy: &Policy,
    said: Option<Map<String, Json>>,
    known: impl Fn(bool) -> Vec<(&'static str, Json)>,
) -> (Json, Option<EventError>) {
    let filled = |mut facts: Map<String, Json>, taken: bool| {
        let has = |name: &str| policy.vocabulary().find_fact(name).is_some();
        for (name, value) in known(taken).into_iter().filter(|(name, _)| has(name)) {
            facts.entry(name).or_insert(value);
        }
        Json::Object(facts)
    };
    let Some(said) = said else { return (filled(Map::new(), false), None) };
    let event = filled(said, true);
    match problems(policy, &event) {
        None => (event, None),
        why => (filled(Map::new(), false), why),
    }
}

/// What does not fit the policy; what is missing may still be filled in by whoever knows.
fn problems(policy: &Policy, event: &Json) -> Option<EventError> {
    let mut error = policy.event_from(event).err()?;
    error.problems.retain(|problem| !matches!(problem, EventProblem::Missing { .. }));
    (!error.problems.is_empty()).then_some(error)
}
