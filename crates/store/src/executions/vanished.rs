//! Runs that are not heard of any more: who held a scenario for one was killed, or lost its machine.

use jiff::Timestamp;

use super::known::Known;
use crate::scenario::{ScenarioEntry, ScenarioHappening};
use crate::store::{StoreError, Transaction};

/// Lets go for those who do not any more, with a line in the logs of their scenarios: it is all that is known of these
/// runs. Answers the scenario of each, no more than `limit`.
pub(super) fn let_go_for_vanished(
    transaction: &mut dyn Transaction,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<String>, StoreError> {
    let lapsed = transaction.lapsed_holds(now, limit)?;
    for (scenario, holder) in &lapsed {
        transaction.let_go(scenario, holder)?;
        let mut known = Known::of(transaction, scenario)?;
        let what = ScenarioHappening::Vanished { run: holder.clone() };
        known.say(Some(ScenarioEntry { at: now, what }));
        known.put(transaction, scenario)?;
    }
    Ok(lapsed.into_iter().map(|(scenario, _)| scenario).collect())
}
