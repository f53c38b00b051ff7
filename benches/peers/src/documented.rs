//! Everybody on the documented policy.

use redress::Policy;
use redress_benches::{Documented, Event, Fact, Failure, Linear, documented};
use rustc_hash::FxHashSet;

use crate::by_hand::{ByLinear, ByMatch, ByPhf, Plainest};
use crate::contender::Start;
use crate::contestants as who;
#[cfg(feature = "engines")]
use crate::engines::{cedar, cel, datalogic, evalexpr, regorus, rhai, vrl, wirefilter, zen};
use crate::entries::Entries;
use crate::entries::Refused;
use crate::figures::{Family, Findings};
use crate::interned::Interned;
use crate::measure::{Effort, Events, Sample};
use crate::ours;

/// The events of each sample.
pub const EVENTS: usize = 10_000;

/// Measures it.
pub fn run(effort: Effort, findings: &mut Findings) -> Result<(), Refused> {
    let documented = documented();
    let linear = Linear::new(&documented.rules)?;
    let sample =
        |seed| Sample::new(documented.failures(seed), EVENTS, |failure| linear.decide(failure));
    let events = Events {
        replayed: sample(1),
        unseen: (0..effort.rounds as u64).map(|round| sample(1_000 + round)).collect(),
    };
    let mut entries = Entries::of("documented policy".to_owned());
    by_hand(&mut entries, &documented)?;
    redress(&mut entries, &Policy::default())?;
    #[cfg(feature = "engines")]
    peers(&mut entries, &documented, events.replayed.events()[0].facts());
    entries.measure(&events, effort, Family::Documented, 4, findings)
}

fn by_hand(entries: &mut Entries<Failure<'static>>, policy: &Documented) -> Result<(), Refused> {
    entries.add(who::MATCH, Start::Struct, ByMatch);
    entries.add(who::PHF, Start::Struct, ByPhf);
    entries.add(who::PLAIN_LISTS, Start::Struct, Plainest::<Vec<String>>::documented());
    entries.add(who::PLAIN_SETS, Start::Struct, Plainest::<FxHashSet<String>>::documented());
    entries.add(who::LINEAR, Start::Struct, ByLinear(Linear::new(&policy.rules)?));
    Ok(())
}

fn redress(entries: &mut Entries<Failure<'static>>, policy: &Policy) -> Result<(), Refused> {
    entries.add(who::REDRESS, Start::Struct, ours::Bound::new(policy)?);
    entries.add(who::INTERNED, Start::Prepared, Interned::new(policy)?);
    entries.add(who::REDRESS, Start::Names, ours::Built::new(policy));
    entries.add(who::READER, Start::Names, ours::Read::new(policy));
    entries.add(who::REDRESS, Start::Map, ours::FromMap::new(policy));
    entries.add(who::REDRESS, Start::Text, ours::FromText::new(policy));
    Ok(())
}

#[cfg(feature = "engines")]
fn peers(entries: &mut Entries<Failure<'static>>, policy: &Documented, facts: &[Fact]) {
    let rules = &policy.rules;
    entries.engine("wirefilter", || wirefilter::Wirefilter::new(rules));
    entries.engine("datalogic", || datalogic::Datalogic::new(rules));
    entries.engine("cel", || cel::Cel::new(rules));
    entries.engine("zen table", || zen::Table::new(rules, facts));
    entries.engine("zen expression", || zen::Conditional::new(rules));
    entries.engine("rhai", rhai::Rhai::documented);
    entries.engine("regorus", || regorus::Regorus::documented(rules));
    entries.engine("cedar", || cedar::Cedar::new(rules));
    entries.engine("vrl", || vrl::Vrl::new(rules));
    entries.engine("evalexpr", || evalexpr::Evalexpr::new(rules));
    entries.text("datalogic", datalogic::Datalogic::new(rules).map(datalogic::FromText::new));
    entries.text("zen table", zen::Table::new(rules, facts).map(zen::FromText::new));
    entries.text("regorus", regorus::Regorus::documented(rules).map(regorus::FromText::new));
}
