//! The exact analysis of a policy: what it does with every event there can be.
//!
//! There are endlessly many events, but a policy asks only finitely many questions about them. The values of
//! each fact fall into classes that no question can tell apart, and the policy is a function of the classes
//! alone. That function is kept as a decision diagram, so that the combinations are never counted out:
//!
//! ```text
//!  rules ──space──▶ facts, each in classes ──build──▶ diagram ──prune──▶ diagram of what can be
//!                     classes  text                               │
//!                                    gap, rules that never decide ◀┴▶ regions ──show──▶ table, behaviour
//! ```
//!
//! The answers are exact or not given at all: what would take too much work is [`TooComplex`].

mod budget;
mod build;
mod classes;
mod diagram;
#[cfg(test)]
mod fixture;
mod layout;
mod prune;
mod regions;
mod show;
mod space;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod witness;
pub(crate) mod written;

pub use budget::TooComplex;
pub use table::{Behaviour, Row, Table};
pub use witness::Witness;

use std::collections::BTreeSet;

use crate::policy::Rule;
use crate::vocabulary::Vocabulary;
use budget::Budget;
use build::Builder;
use diagram::Node;
use prune::Pruner;
use space::Space;

/// What is to be said about a list of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// An event that no rule decides.
    pub(crate) gap: Option<Witness>,
    /// The rules that can never decide.
    pub(crate) unreachable: Vec<Unreachable>,
    /// Rules other than `otherwise` whose condition is certainly true of every event.
    pub(crate) always_true: Vec<usize>,
}

/// A rule that can never decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreachable {
    pub(crate) rule: usize,
    /// The earlier rules that decide what its condition is true of; not all of them where there is much to
    /// look at.
    pub(crate) covered_by: Vec<usize>,
    /// Whether its own condition is certainly true of no event.
    pub(crate) condition_never_true: bool,
}

/// Analyses rules in order, in at most so many steps.
///
/// # Errors
/// When the steps do not suffice, or a text test is of a kind that cannot be analysed.
pub(crate) fn analyze(
    vocabulary: &Vocabulary,
    rules: &[Rule],
    steps: usize,
) -> Result<Findings, TooComplex> {
    let mut budget = Budget::new(steps);
    let space = Space::new(vocabulary, rules, &mut budget)?;
    let mut builder = Builder::new(&space, budget);
    let conditions = builder.conditions(rules)?;
    let decided = builder.decided(&conditions, number)?;
    let mut pruner = Pruner::new(&space);
    let decided = pruner.prune(&mut builder.diagram, decided)?;
    Analysis { space: &space, builder: &mut builder, pruner: &mut pruner, conditions, decided }
        .findings(rules)
}

/// A rule's number in diagrams.
fn number(rule: usize) -> u32 {
    rule as u32 + 1
}

struct Analysis<'d, 's, 'a> {
    space: &'s Space<'a>,
    builder: &'d mut Builder<'s, 'a>,
    pruner: &'d mut Pruner<'s, 'a>,
    /// Where each rule fires, were it alone.
    conditions: Vec<Node>,
    /// Which rule decides.
    decided: Node,
}

impl Analysis<'_, '_, '_> {
    fn findings(mut self, rules: &[Rule]) -> Result<Findings, TooComplex> {
        let diagram = &mut self.builder.diagram;
        let reached = diagram.numbers(self.decided)?;
        let gap = witness::find(self.space, diagram, self.pruner, self.decided, 0)?;
        let mut findings = Findings { gap, ..Findings::default() };
        for (rule, declared) in rules.iter().enumerate() {
            if !declared.is_otherwise() && self.pruned(self.conditions[rule])? == Node::CERTAIN {
                findings.always_true.push(rule);
            }
            if !reached.contains(&number(rule)) {
                findings.unreachable.push(self.unreachable(rule)?);
            }
        }
        Ok(findings)
    }

    fn pruned(&mut self, node: Node) -> Result<Node, TooComplex> {
        self.pruner.prune(&mut self.builder.diagram, node)
    }

    fn unreachable(&mut self, rule: usize) -> Result<Unreachable, TooComplex> {
        let condition_never_true = self.pruned(self.conditions[rule])? == Node::NOTHING;
        // That the rule never decides is certain; who takes its place is worth only what work is left.
        let covered_by = self.takers(rule).unwrap_or_default();
        Ok(Unreachable {
            rule,
            covered_by: covered_by.into_iter().map(|number| number as usize - 1).collect(),
            condition_never_true,
        })
    }

    /// The numbers of the rules that decide what a rule's condition is true of.
    fn takers(&mut self, rule: usize) -> Result<BTreeSet<u32>, TooComplex> {
        let taken = self.builder.diagram.within(self.conditions[rule], self.decided)?;
        let taken = self.pruned(taken)?;
        let mut takers = self.builder.diagram.numbers(taken)?;
        takers.remove(&0);
        Ok(takers)
    }
}
