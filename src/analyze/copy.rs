//! A diagram drawn anew over a space that has changed.

use std::collections::{HashMap, HashSet};

use super::budget::TooComplex;
use super::classes::without;
use super::diagram::{Diagram, Node, Run};
use super::layout::Drawing;
use super::space::Space;
use crate::condition::Pattern;
use crate::vocabulary::FactId;

/// Copies a diagram into one whose facts stand in another order.
pub(super) struct Copy<'c, 'a> {
    pub(super) from: &'c Drawing<'a>,
    pub(super) space: &'c Space<'a>,
    pub(super) forgotten: HashMap<FactId, Vec<u32>>,
    pub(super) diagram: Diagram,
    pub(super) known: HashMap<Node, Node>,
}

impl Copy<'_, '_> {
    pub(super) fn node(&mut self, node: Node) -> Result<Node, TooComplex> {
        let from = self.from;
        let Some(&(fact, pattern)) = from.variables.get(from.diagram.level(node) as usize) else {
            return Ok(node);
        };
        if let Some(&copy) = self.known.get(&node) {
            return Ok(copy);
        }
        let level = self.level(fact, pattern);
        debug_assert!(level.is_some(), "what a drawing asks is in the space");
        let Some(level) = level else { return Ok(node) };
        let runs = self.runs(fact, pattern, from.diagram.runs(node));
        let mut seen = HashSet::new();
        let children: Vec<Node> =
            runs.iter().map(|run| run.child).filter(|&child| seen.insert(child)).collect();
        self.diagram.budget.spend(children.len().saturating_mul(runs.len()))?;
        let mut parts = Vec::with_capacity(children.len());
        for child in children {
            let goes_there =
                |run: &Run| Run { from: run.from, child: Node::from(run.child == child) };
            let classes = self.diagram.node(level, runs.iter().map(goes_there).collect())?;
            let copy = self.node(child)?;
            parts.push(self.diagram.within(classes, copy)?);
        }
        let copy = self.diagram.first_of(parts)?;
        self.known.insert(node, copy);
        Ok(copy)
    }

    fn level(&self, fact: FactId, pattern: Option<&Pattern>) -> Option<u32> {
        let (first, classes) = self.space.find(fact)?;
        let Some(pattern) = pattern else { return Some(first) };
        let at = classes.patterns.iter().position(|other| std::ptr::eq(*other, pattern))?;
        Some(first + 1 + at as u32)
    }

    /// The runs without the classes that are forgotten.
    fn runs(&self, fact: FactId, pattern: Option<&Pattern>, runs: &[Run]) -> Vec<Run> {
        let Some(forgotten) = self.forgotten.get(&fact).filter(|_| pattern.is_none()) else {
            return runs.to_vec();
        };
        let mut left: Vec<Run> = Vec::with_capacity(runs.len());
        for run in runs {
            let from = without(forgotten, run.from);
            left.pop_if(|before| before.from == from);
            left.push(Run { from, child: run.child });
        }
        left
    }
}
