//! Two lists of rules as diagrams, and the regions in which they differ.

use std::collections::HashMap;

use super::super::budget::{Budget, TooComplex};
use super::super::build::Builder;
use super::super::diagram::{Diagram, Node};
use super::super::layout::lay_out;
use super::super::numbers::Numbers;
use super::super::prune::Pruner;
use super::super::regions::Region;
use super::super::show::condition;
use super::super::space::Space;
use super::super::table::{decision, decision_by_value};
use super::super::witness;
use super::{Change, ChangedRegion, Verdict, region};
use crate::condition::{Condition, Truth};
use crate::decide::{Value, Values, evaluate};
use crate::event::Held;
use crate::policy::Rule;
use crate::vocabulary::{FactId, Vocabulary};

/// A policy in the common vocabulary.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// Where it cannot be given an event, then those of the rules.
    pub(super) conditions: &'a [Option<Condition>],
    pub(super) rules: &'a [Rule],
}

impl<'a> Side<'a> {
    fn conditions(self) -> impl Iterator<Item = Option<&'a Condition>> {
        self.conditions.iter().map(Option::as_ref)
    }

    /// What the condition at a position decides; nothing for that of refused events.
    fn decides(self, position: usize) -> Option<&'a Rule> {
        self.rules.get(position.checked_sub(1)?)
    }

    /// The one of some rules, in order, that decides an event; one of them does, if there is any.
    fn decider(self, rules: &[usize], event: &Known<'_, '_>) -> Option<usize> {
        let holds = |&rule: &usize| match self.conditions.get(rule + 1) {
            Some(Some(condition)) => evaluate(condition, event) == Truth::True,
            _ => true,
        };
        rules.iter().copied().find(holds)
    }
}

/// What becomes of an event.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Fate {
    /// The number of the decision; none where there can be no such event.
    decision: Option<u32>,
    by_otherwise: bool,
}

/// One decision in the place of another.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Replaced {
    old: Option<u32>,
    new: Option<u32>,
    verdict: Verdict,
}

impl Replaced {
    /// Nothing where the decision is the same.
    fn new(old: Fate, new: Fate) -> Option<Self> {
        let gains_a_rule = old.by_otherwise && !new.by_otherwise && new.decision.is_some();
        let verdict = match old.decision {
            decision if decision == new.decision => return None,
            None => Verdict::Minor,
            Some(_) if gains_a_rule => Verdict::Minor,
            Some(_) => Verdict::Major,
        };
        Some(Replaced { old: old.decision, new: new.decision, verdict })
    }
}

pub(super) struct Comparison<'a> {
    old: Side<'a>,
    new: Side<'a>,
    /// In one spelling, so that what says the same is one.
    decisions: Numbers<String>,
    /// Each as the first rule writes it.
    written: HashMap<u32, String>,
    fates: Numbers<Fate>,
    replaced: Numbers<Replaced>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(old: Side<'a>, new: Side<'a>) -> Self {
        let (decisions, fates, replaced) = (Numbers::new(), Numbers::new(), Numbers::new());
        Comparison { old, new, decisions, written: HashMap::new(), fates, replaced }
    }

    /// All changes, the largest first.
    pub(super) fn changes(
        mut self,
        space: Space<'a>,
        budget: Budget,
    ) -> Result<Vec<Change>, TooComplex> {
        let (diagram, root) = self.draw(&space, budget)?;
        let budget = diagram.budget.renewed();
        let (space, regions) = lay_out(space, diagram, root)?;
        let mut changes: Vec<Change> =
            self.replaced.iter().map(|replaced| self.change(*replaced)).collect();
        for (region, number) in self.describe(&space, &regions, budget)?.into_iter().zip(&regions) {
            changes[number.number as usize - 1].regions.push(region);
        }
        // What no event can meet has a number, too.
        changes.retain(|change| !change.regions.is_empty());
        changes.sort_by_key(|change| std::cmp::Reverse(change.verdict));
        Ok(changes)
    }

    /// The diagram of what changes.
    fn draw(&mut self, space: &Space<'a>, budget: Budget) -> Result<(Diagram, Node), TooComplex> {
        let mut builder = Builder::new(space, budget);
        let old = self.fates(&mut builder, self.old)?;
        let new = self.fates(&mut builder, self.new)?;
        let mut diagram = builder.diagram;
        let (fates, replaced) = (&self.fates, &mut self.replaced);
        let fate = |number: u32| fates.get(number.checked_sub(1)?).copied();
        let mut join = |old: u32, new: u32| match (fate(old), fate(new)) {
            (Some(old), Some(new)) => {
                Replaced::new(old, new).map_or(0, |change| replaced.number(change) + 1)
            }
            // A policy that loads decides every event it can be given.
            _ => 0,
        };
        let root = diagram.zip(old, new, &mut join)?;
        Ok((diagram, root))
    }

    /// What becomes of each event, as a number from 1.
    fn fates(&mut self, builder: &mut Builder<'_, 'a>, side: Side<'a>) -> Result<Node, TooComplex> {
        let fates = (0..side.conditions.len()).map(|at| {
            let fate = match side.decides(at) {
                None => Fate { decision: None, by_otherwise: false },
                Some(rule) => {
                    Fate { decision: Some(self.number(rule)), by_otherwise: rule.is_otherwise() }
                }
            };
            self.fates.number(fate) + 1
        });
        let fates: Vec<u32> = fates.collect();
        let conditions = builder.conditions(side.conditions())?;
        builder.decided(&conditions, |at| fates[at])
    }

    /// The number of what a rule decides.
    fn number(&mut self, rule: &Rule) -> u32 {
        let number = self.decisions.number(decision_by_value(rule));
        self.written.entry(number).or_insert_with(|| decision(rule));
        number
    }

    fn change(&self, replaced: Replaced) -> Change {
        let decision = |number: Option<u32>| self.written.get(&number?).cloned();
        Change {
            old: decision(replaced.old),
            new: decision(replaced.new),
            verdict: replaced.verdict,
            regions: Vec::new(),
        }
    }

    /// Whether two rules decide differently, where none stands for an event that a policy cannot be given.
    fn differ(&self, old: Option<usize>, new: Option<usize>) -> bool {
        let [old, new] = [old.map(|at| &self.old.rules[at]), new.map(|at| &self.new.rules[at])];
        old.map(decision_by_value) != new.map(decision_by_value)
    }

    /// The regions in words, each with one of its events and the rules that decide them.
    fn describe(
        &self,
        space: &Space<'a>,
        regions: &[Region],
        budget: Budget,
    ) -> Result<Vec<ChangedRegion>, TooComplex> {
        let asked: Vec<Condition> =
            regions.iter().map(|region| region::condition(space, region)).collect();
        let asked: Vec<Option<&Condition>> = asked.iter().map(Some).collect();
        let [old, new] = [self.old, self.new].map(|side| {
            let rules: Vec<Option<&Condition>> = side.conditions().collect();
            deciders(space.vocabulary, &rules, &asked, budget)
        });
        let (old, new) = (old?, new?);
        let (mut pruner, mut budget) = (Pruner::new(space), budget);
        let mut described = Vec::with_capacity(regions.len());
        for ((region, old_rules), new_rules) in regions.iter().zip(old).zip(new) {
            let (witness, values) = witness::of_region(space, &mut pruner, region, &mut budget)?;
            let values = Known { space, values: &values };
            let old_rule = self.old.decider(&old_rules, &values);
            let new_rule = self.new.decider(&new_rules, &values);
            if !self.differ(old_rule, new_rule) {
                // A pattern that is beyond the analysis was thought to say what it does not.
                debug_assert!(pruner.free().next().is_some(), "the event of a region is in it");
                return Err(TooComplex);
            }
            described.push(ChangedRegion {
                facts: region::facts(space, region),
                condition: condition(space, region),
                old_rule,
                new_rule,
                old_rules,
                new_rules,
                witness,
            });
        }
        Ok(described)
    }
}

/// For each of the conditions asked, all rules that decide events for which it holds, in order.
fn deciders<'c>(
    vocabulary: &'c Vocabulary,
    conditions: &[Option<&'c Condition>],
    asked: &[Option<&'c Condition>],
    mut budget: Budget,
) -> Result<Vec<Vec<usize>>, TooComplex> {
    let all = conditions.iter().chain(asked).copied();
    let space = Space::new(vocabulary, all, &mut budget)?;
    let mut builder = Builder::new(&space, budget);
    let mut pruner = Pruner::new(&space);
    let rules = builder.conditions(conditions.iter().copied())?;
    let decided = builder.decided(&rules, |at| at as u32 + 1)?;
    let whole = builder.diagram.budget.renewed();
    let mut deciders = Vec::with_capacity(asked.len());
    for &events in asked {
        // Each region is a question of its own.
        builder.diagram.budget = whole;
        let events = builder.conditions([events])?[0];
        let decided = builder.diagram.within(events, decided)?;
        let decided = pruner.prune(&mut builder.diagram, decided)?;
        let numbers = builder.diagram.numbers(decided)?.into_iter();
        // Before the rules stands the condition of what is refused.
        deciders.push(numbers.filter_map(|at| Some(at.checked_sub(2)? as usize)).collect());
    }
    Ok(deciders)
}

/// An event of a region.
struct Known<'k, 'a> {
    space: &'k Space<'a>,
    /// By position in the space.
    values: &'k [Held],
}

impl Values for Known<'_, '_> {
    fn value(&self, fact: FactId) -> Value<'_> {
        let at = self.space.facts.iter().position(|classes| classes.fact == fact);
        at.map_or(Value::Absent, |at| self.values[at].value())
    }
}
