//! Rules that earlier ones take events from.

use super::budget::TooComplex;
use super::diagram::Node;
use super::witness::{self, Witness};
use super::{Analysis, number};

/// Where a rule holds, and another one does, too.
const BOTH: Node = Node::number(2);

/// A rule that decides some of the events it holds for, but not all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Overlapped {
    pub(crate) rule: usize,
    /// The earlier rules that decide the others, in order.
    pub(crate) by: Vec<Taker>,
    /// One of the events that are left to it.
    pub(crate) left: Witness,
}

/// An earlier rule that decides events which a later one holds for, too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taker {
    pub(crate) rule: usize,
    /// One of these events.
    pub(crate) takes: Witness,
    /// Whether both decide the same.
    pub(crate) alike: bool,
    /// Whether it also holds where the later one does not, and so is no exception to it.
    pub(crate) reaches_beyond: bool,
}

impl Analysis<'_, '_> {
    /// Of the rules that decide some event, those that earlier ones take events from.
    pub(super) fn overlapped(
        &mut self,
        is_own: impl Fn(usize) -> bool,
    ) -> Result<Vec<Overlapped>, TooComplex> {
        let decisions = self.decisions();
        let rules = self.rules;
        let asked = (0..rules.len()).filter(|&at| is_own(at) && !rules[at].is_otherwise());
        let mut overlapped = Vec::new();
        for rule in asked {
            overlapped.extend(self.overlapped_rule(rule, &decisions)?);
        }
        Ok(overlapped)
    }

    fn overlapped_rule(
        &mut self,
        rule: usize,
        decisions: &[u32],
    ) -> Result<Option<Overlapped>, TooComplex> {
        let holds = self.builder.diagram.within(self.conditions[rule], self.decided)?;
        let holds = self.pruned(holds)?;
        let numbers = self.builder.diagram.numbers(holds)?;
        let takers = numbers.into_iter().filter(|&other| other != 0 && other != number(rule));
        let takers: Vec<usize> = takers.map(|number| number as usize - 1).collect();
        // A rule to which nothing is left is told of otherwise.
        if takers.is_empty() {
            return Ok(None);
        }
        let Some(left) = self.event(holds, number(rule))? else { return Ok(None) };
        let mut by = Vec::with_capacity(takers.len());
        for taker in takers {
            let Some(takes) = self.event(holds, number(taker))? else { continue };
            let alike = decisions[taker] == decisions[rule];
            let reaches_beyond = self.reaches_beyond(taker, rule)?;
            by.push(Taker { rule: taker, takes, alike, reaches_beyond });
        }
        Ok(Some(Overlapped { rule, by, left }))
    }

    /// An event for which a diagram gives a number; none where there is none, or it cannot be told.
    fn event(&mut self, root: Node, number: u32) -> Result<Option<Witness>, TooComplex> {
        let diagram = &mut self.builder.diagram;
        match witness::find(self.space, diagram, &mut self.pruner, root, number) {
            Err(TooComplex) if !diagram.budget.is_spent() => Ok(None),
            found => found,
        }
    }

    /// Whether a rule also holds where another one does not.
    fn reaches_beyond(&mut self, rule: usize, other: usize) -> Result<bool, TooComplex> {
        let diagram = &mut self.builder.diagram;
        let both = diagram.within(self.conditions[other], BOTH)?;
        let both = diagram.within(self.conditions[rule], both)?;
        let all = diagram.first_of(vec![both, self.conditions[rule]])?;
        let all = self.pruned(all)?;
        Ok(self.event(all, 1)?.is_some())
    }
}
