//! Policies that grow.

use redress::{Facts, Policy};
use redress_benches::{
    Call, Event, FirstFamily, Linear, Report, Rules, first_family, second_family, third_family,
};

use crate::by_hand::{ByLinear, HashIndex, HashIndexOnIds};
use crate::contender::Start;
use crate::contestants as who;
use crate::documented::EVENTS;
#[cfg(feature = "engines")]
use crate::engines::{cedar, cel, datalogic, evalexpr, regorus, rhai, vrl, wirefilter, zen};
use crate::entries::Entries;
use crate::entries::Refused;
use crate::figures::{AtRest, Family, Findings};
use crate::interned::Interned;
use crate::measure::{Effort, Events, Sample};
use crate::ours;

/// The largest policies that other engines are given: beyond, one decision of most takes milliseconds.
const MOST_RULES_OF_PEERS: usize = 10_000;
/// The largest policy that vrl is given: it follows the types of all facts through a chain of `else if`, which takes
/// minutes where the chain has thousands of rules.
const MOST_RULES_OF_VRL: usize = 1_000;
/// The size at which the other starting points are compared.
const ALL_STARTS_AT: usize = 1_000;

/// The sizes of a family.
pub const SIZES: [usize; 5] = [10, 100, 1_000, 10_000, 100_000];

/// The first family: everybody up to 10,000 rules, those with an index up to 100,000.
pub fn first(effort: Effort, findings: &mut Findings) -> Result<(), Refused> {
    for rules in SIZES {
        let family: &'static FirstFamily = Box::leak(Box::new(first_family(rules)));
        let index = HashIndex::new(family);
        let sample = |seed| Sample::new(family.calls(seed), EVENTS, |call| index.first_rule(call));
        let events = Events {
            replayed: sample(1),
            unseen: (0..effort.rounds as u64).map(|round| sample(1_000 + round)).collect(),
        };
        let linear = Linear::new(&family.rules)?;
        for call in &events.replayed.events()[..100] {
            assert_eq!(
                index.first_rule(call),
                linear.decide(call),
                "the index that others are held to"
            );
        }
        let mut entries = Entries::of(format!("first family, {rules} rules"));
        let policy = at_rest(Family::First, &family.rules, findings)?;
        redress(&mut entries, &policy, rules == ALL_STARTS_AT)?;
        entries.add(who::INTERNED, Start::Prepared, Interned::new(&policy)?);
        entries.add(who::HASH_INDEX, Start::Struct, HashIndex::new(family));
        entries.add(who::HASH_INDEX, Start::Prepared, HashIndexOnIds::new(index));
        if rules <= MOST_RULES_OF_PEERS {
            entries.add(who::LINEAR, Start::Struct, ByLinear(linear));
            #[cfg(feature = "engines")]
            peers(&mut entries, family, events.replayed.events());
        }
        entries.measure(&events, effort, Family::First, rules, findings)?;
    }
    Ok(())
}

fn redress<E: Event + Facts + 'static>(
    entries: &mut Entries<E>,
    policy: &Policy,
    all_starts: bool,
) -> Result<(), Refused> {
    entries.add(who::REDRESS, Start::Struct, ours::Bound::new(policy)?);
    if all_starts {
        entries.add(who::REDRESS, Start::Names, ours::Built::new(policy));
        entries.add(who::READER, Start::Names, ours::Read::new(policy));
        entries.add(who::REDRESS, Start::Map, ours::FromMap::new(policy));
        entries.add(who::REDRESS, Start::Text, ours::FromText::new(policy));
    }
    Ok(())
}

#[cfg(feature = "engines")]
fn peers(
    entries: &mut Entries<Call<'static>>,
    family: &FirstFamily,
    events: &'static [Call<'static>],
) {
    let (rules, facts) = (&family.rules, events[0].facts());
    if rules.0.len() == ALL_STARTS_AT {
        entries.engine("wirefilter", || wirefilter::Wirefilter::new(rules));
        entries.engine("datalogic", || datalogic::Datalogic::new(rules));
        entries.engine("cel", || cel::Cel::new(rules));
        entries.engine("zen table", || zen::Table::new(rules, facts));
        entries.engine("rhai, indexed by hand", || rhai::Rhai::by_app(family));
        entries.engine("regorus, indexed by hand", || regorus::Regorus::indexed(family));
        entries.engine("cedar", || cedar::Cedar::new(rules));
        entries.engine("evalexpr", || evalexpr::Evalexpr::new(rules));
        entries.text("datalogic", datalogic::Datalogic::new(rules).map(datalogic::FromText::new));
        entries.text("zen table", zen::Table::new(rules, facts).map(zen::FromText::new));
        let regorus = regorus::Regorus::indexed(family);
        entries.text("regorus, indexed by hand", regorus.map(regorus::FromText::new));
    } else {
        entries.engine_from_struct("wirefilter", wirefilter::Wirefilter::new(rules));
        entries.engine_from_struct("datalogic", datalogic::Datalogic::new(rules));
        entries.engine_from_struct("cel", cel::Cel::new(rules));
        entries.engine_from_struct("zen table", zen::Table::new(rules, facts));
        entries.engine_from_struct("rhai, indexed by hand", rhai::Rhai::by_app(family));
        entries.engine_from_struct("regorus, indexed by hand", regorus::Regorus::indexed(family));
        entries.engine_from_struct("cedar", cedar::Cedar::new(rules));
        entries.engine_from_struct("evalexpr", evalexpr::Evalexpr::new(rules));
    }
    entries.engine_from_struct("rhai", rhai::Rhai::new(rules));
    entries.engine_from_struct("regorus", regorus::Regorus::scanned(family));
    if rules.0.len() <= MOST_RULES_OF_VRL {
        entries.engine_from_struct("vrl", vrl::Vrl::new(rules));
    }
}

/// The second and the third family, beside the interpreter that walks through them.
pub fn others(effort: Effort, findings: &mut Findings) -> Result<(), Refused> {
    for rules in [10, 100, 1_000, 10_000] {
        let second = Box::leak(Box::new(second_family(rules)));
        let reports = |seed| second.reports(seed);
        beside_linear(Family::Second, &second.rules, reports, effort, findings)?;
        let third = Box::leak(Box::new(third_family(rules)));
        let reports = |seed| third.reports(seed);
        beside_linear(Family::Third, &third.rules, reports, effort, findings)?;
    }
    Ok(())
}

fn beside_linear<I: Iterator<Item = Report<'static>>>(
    family: Family,
    rules: &Rules,
    reports: impl Fn(u64) -> I,
    effort: Effort,
    findings: &mut Findings,
) -> Result<(), Refused> {
    let linear = Linear::new(rules)?;
    let sample = |seed| Sample::new(reports(seed), EVENTS, |report| linear.decide(report));
    let events = Events {
        replayed: sample(1),
        unseen: (0..effort.rounds as u64).map(|round| sample(1_000 + round)).collect(),
    };
    let mut entries = Entries::of(format!("{}, {} rules", family.name(), rules.0.len()));
    let policy = at_rest(family, rules, findings)?;
    redress(&mut entries, &policy, false)?;
    entries.add(who::LINEAR, Start::Struct, ByLinear(Linear::new(rules)?));
    entries.measure(&events, effort, family, rules.0.len(), findings)
}

/// Loads a policy, and notes the bytes that it holds.
fn at_rest(family: Family, rules: &Rules, findings: &mut Findings) -> Result<Policy, Refused> {
    let text = rules.to_string();
    let mut policy = None;
    let counted = allocation_counter::measure(|| policy = Some(Policy::parse(&text)));
    let policy = policy.ok_or("the policy was not loaded")??;
    findings.at_rest.push(AtRest { family, rules: rules.0.len(), bytes: counted.bytes_current });
    Ok(policy)
}
