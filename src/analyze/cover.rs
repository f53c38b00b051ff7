//! Which earlier rules leave nothing to one that never decides.

use super::Analysis;
use super::budget::TooComplex;
use super::diagram::Node;

/// Where the rule holds, and no rule of its cover does.
const LEFT: Node = Node::CERTAIN;
/// Where a rule of its cover holds, too.
const COVERED: Node = Node::number(2);

impl Analysis<'_, '_> {
    /// Earlier rules, one of which holds wherever the rule does, and none of which can be left out.
    ///
    /// Where work runs out, some may be named that could be left out, or none at all.
    pub(super) fn cover(&mut self, rule: usize) -> Vec<usize> {
        let takers = self.takers(rule).unwrap_or_default();
        let mut cover = self.needed(rule, &takers).unwrap_or(takers);
        cover.sort_unstable();
        cover
    }

    /// The rules that decide where the rule holds.
    fn takers(&mut self, rule: usize) -> Result<Vec<usize>, TooComplex> {
        let taken = self.builder.diagram.within(self.conditions[rule], self.decided)?;
        let taken = self.pruned(taken)?;
        let numbers = self.builder.diagram.numbers(taken)?;
        Ok(numbers.into_iter().filter(|&number| number != 0).map(|at| at as usize - 1).collect())
    }

    /// The takers without those whose share the others hold for together.
    ///
    /// Those of other files are left out first, then the earlier ones: so one rule that covers it alone is found,
    /// since it is the last that takes anything.
    fn needed(&mut self, rule: usize, takers: &[usize]) -> Result<Vec<usize>, TooComplex> {
        let file = |at: usize| self.rules[at].keyword.file;
        let mut order = takers.to_vec();
        order.sort_by_key(|&taker| (file(taker) == file(rule), taker));
        let mut shares = Vec::with_capacity(order.len());
        for &taker in &order {
            shares.push(self.builder.diagram.within(self.conditions[taker], COVERED)?);
        }
        // What those from each on hold for together.
        let mut rest = vec![Node::NOTHING];
        for &share in shares.iter().rev() {
            let last = rest[rest.len() - 1];
            rest.push(self.builder.diagram.first_of(vec![share, last])?);
        }
        let (mut kept, mut needed) = (Node::NOTHING, Vec::new());
        for (at, (&taker, &share)) in order.iter().zip(&shares).enumerate() {
            let others = rest[order.len() - at - 1];
            if !self.is_covered(rule, vec![kept, others])? {
                kept = self.builder.diagram.first_of(vec![kept, share])?;
                needed.push(taker);
            }
        }
        Ok(needed)
    }

    /// Whether these hold together wherever the rule does.
    fn is_covered(&mut self, rule: usize, mut by: Vec<Node>) -> Result<bool, TooComplex> {
        by.push(LEFT);
        let covered = self.builder.diagram.first_of(by)?;
        let covered = self.builder.diagram.within(self.conditions[rule], covered)?;
        let covered = self.pruned(covered)?;
        Ok(self
            .builder
            .diagram
            .numbers(covered)?
            .iter()
            .all(|&number| LEFT != Node::number(number)))
    }
}
