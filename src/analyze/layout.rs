//! The order of facts in which a policy's behaviour takes the fewest regions.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::budget::{Budget, TooComplex};
use super::build::Builder;
use super::diagram::{Diagram, Node};
use super::prune::Pruner;
use super::regions::{Region, count, regions};
use super::space::Space;
use crate::limits::Limits;
use crate::policy::Rule;
use crate::vocabulary::{FactId, Vocabulary};

/// Steps that may be taken to find a better order.
const SEARCH_STEPS: usize = 1_000_000;

/// The regions that the rules part all events into; `number` says, from 1, which rules are to be told apart.
///
/// The order of facts is chosen by what the policy does, not by how it is written: facts that matter in fewer
/// ways come first, and then each is moved to where it makes the fewest regions. Only where that is too much
/// work do facts stand in the order in which the rules ask them.
pub(crate) fn lay_out<'a>(
    vocabulary: &'a Vocabulary,
    rules: &'a [Rule],
    number: &dyn Fn(usize) -> u32,
) -> Result<(Space<'a>, Vec<Region>), TooComplex> {
    let mut budget = Budget::new(Limits::default().analysis_steps);
    let mut space = Space::new(vocabulary, rules, &mut budget)?;
    let mut layout = Layout { space: &mut space, rules, number };
    let first = layout.draw(budget)?;
    let best = layout.improve(first)?;
    let Drawing { order, mut diagram, root, .. } = best;
    space.reorder(&order);
    diagram.budget = Budget::new(Limits::default().analysis_steps);
    let regions = regions(&space, &mut diagram, root)?;
    Ok((space, regions))
}

struct Layout<'l, 'a> {
    space: &'l mut Space<'a>,
    rules: &'a [Rule],
    number: &'l dyn Fn(usize) -> u32,
}

/// The rules as a diagram, facts in a certain order.
struct Drawing {
    order: Vec<FactId>,
    diagram: Diagram,
    root: Node,
    regions: u64,
}

impl<'a> Layout<'_, 'a> {
    /// Draws the rules with the facts in the order that the space has.
    fn draw(&self, budget: Budget) -> Result<Drawing, TooComplex> {
        let mut builder = Builder::new(self.space, budget);
        let conditions = builder.conditions(self.rules)?;
        let decided = builder.decided(&conditions, self.number)?;
        let mut diagram = builder.diagram;
        let root = Pruner::new(self.space).prune(&mut diagram, decided)?;
        let regions = count(&mut diagram, root, &mut HashMap::new())?;
        let order = self.space.facts.iter().map(|classes| classes.fact).collect();
        Ok(Drawing { order, diagram, root, regions })
    }

    fn draw_in(&mut self, order: &[FactId], budget: Budget) -> Result<Drawing, TooComplex> {
        self.space.reorder(order);
        self.draw(budget)
    }

    /// The best drawing found; the first one where the search is cut short.
    fn improve(&mut self, mut first: Drawing) -> Result<Drawing, TooComplex> {
        let Ok(weights) = self.weights(&mut first) else { return Ok(first) };
        let order: Vec<FactId> = weights.into_iter().map(|(_, fact)| fact).collect();
        let mut left = Budget::new(SEARCH_STEPS);
        let Ok(mut best) = self.draw_in(&order, left) else { return Ok(first) };
        left = best.diagram.budget;
        for &fact in &order {
            for position in 0..order.len() {
                let Ok(drawing) = self.draw_in(&moved(&best.order, fact, position), left) else {
                    return Ok(best);
                };
                left = drawing.diagram.budget;
                if drawing.regions < best.regions {
                    best = drawing;
                }
            }
        }
        Ok(best)
    }

    /// In how many ways each fact matters, and the facts that do; the fewest first, then as declared.
    fn weights(&self, drawing: &mut Drawing) -> Result<BTreeSet<(usize, FactId)>, TooComplex> {
        let mut asked: HashMap<FactId, Vec<Node>> = HashMap::new();
        let mut inside: HashMap<FactId, HashSet<usize>> = HashMap::new();
        for node in drawing.diagram.reachable(drawing.root)? {
            let Some(variable) = self.space.variable(drawing.diagram.level(node)) else { continue };
            let fact = self.space.facts[variable.position].fact;
            match variable.pattern {
                None => asked.entry(fact).or_default().push(node),
                Some(pattern) => {
                    inside.entry(fact).or_default().insert(pattern);
                }
            }
        }
        let facts: BTreeSet<FactId> = asked.keys().chain(inside.keys()).copied().collect();
        let mut weights = BTreeSet::new();
        for fact in facts {
            let nodes = asked.get(&fact).map_or(&[][..], |nodes| nodes);
            let classes = told_apart(&mut drawing.diagram, nodes)?;
            let patterns = inside.get(&fact).map_or(0, HashSet::len);
            weights.insert((classes.saturating_add(patterns), fact));
        }
        Ok(weights)
    }
}

/// The order with one fact in another place.
fn moved(order: &[FactId], fact: FactId, position: usize) -> Vec<FactId> {
    let mut order: Vec<FactId> = order.iter().copied().filter(|&other| other != fact).collect();
    order.insert(position.min(order.len()), fact);
    order
}

/// How many kinds of classes the nodes, which all ask the same variable, treat differently.
fn told_apart(diagram: &mut Diagram, nodes: &[Node]) -> Result<usize, TooComplex> {
    let starts: BTreeSet<u32> =
        nodes.iter().flat_map(|&node| diagram.runs(node).iter().map(|run| run.from)).collect();
    diagram.budget.spend(starts.len().saturating_mul(nodes.len()))?;
    let children =
        |&class: &u32| nodes.iter().map(|&node| diagram.child(node, class)).collect::<Vec<Node>>();
    Ok(starts.iter().map(children).collect::<HashSet<_>>().len())
}
