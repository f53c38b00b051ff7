//! The order of facts in which a policy's behaviour takes the fewest regions.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::budget::{Budget, TooComplex};
use super::diagram::{Diagram, Node, Run};
use super::prune::Pruner;
use super::regions::{Region, count, merged, regions};
use super::space::{Space, Variable};
use crate::vocabulary::FactId;

/// Steps that may be taken to find a better order.
const SEARCH_STEPS: usize = 2_000_000;

/// How often each fact is moved.
const MOST_ROUNDS: usize = 3;

/// The regions that a diagram over a space parts all events into.
///
/// The order of facts is chosen by what the diagram does, not by how it came about: facts that matter in fewer
/// ways come first, and then each is moved to where it makes the fewest regions. Only where that is too much
/// work do facts stand in the order that the space has.
pub(crate) fn lay_out<'a>(
    mut space: Space<'a>,
    diagram: Diagram,
    root: Node,
) -> Result<(Space<'a>, Vec<Region>), TooComplex> {
    let budget = diagram.budget.renewed();
    let first = Drawing::new(&space, diagram, root)?;
    let mut best = Layout { space: &mut space }.improve(first, budget);
    space.reorder(&best.order);
    best.diagram.budget = budget;
    let regions = regions(&space, &mut best.diagram, best.root)?;
    let regions = merged(&space, regions);
    Ok((space, regions))
}

/// A diagram with the facts in a certain order.
struct Drawing {
    order: Vec<FactId>,
    /// What each level asks.
    variables: Vec<(FactId, Option<usize>)>,
    diagram: Diagram,
    root: Node,
    regions: u64,
}

impl Drawing {
    /// A diagram over a space, of what can be.
    fn new(space: &Space<'_>, mut diagram: Diagram, root: Node) -> Result<Self, TooComplex> {
        let root = Pruner::new(space).prune(&mut diagram, root)?;
        let regions = count(&mut diagram, root, &mut HashMap::new())?;
        let order = space.facts.iter().map(|classes| classes.fact).collect();
        let fact = |variable: Variable| (space.facts[variable.position].fact, variable.pattern);
        let variables = space.variables().iter().map(|&variable| fact(variable)).collect();
        Ok(Drawing { order, variables, diagram, root, regions })
    }
}

struct Layout<'l, 'a> {
    space: &'l mut Space<'a>,
}

impl Layout<'_, '_> {
    /// The best drawing found; the first one where even the search's beginning is too much work.
    ///
    /// From there on it is drawings that are drawn anew, not the rules, so that how the rules are written has
    /// no part in where the search ends.
    fn improve(&mut self, mut first: Drawing, budget: Budget) -> Drawing {
        let Ok(weights) = self.weights(&mut first) else { return first };
        let order: Vec<FactId> = weights.into_iter().map(|(_, fact)| fact).collect();
        let Ok(mut best) = self.redraw(&first, &order, budget) else { return first };
        let mut left = Budget::new(SEARCH_STEPS);
        for _ in 0..MOST_ROUNDS {
            let before = best.regions;
            for &fact in &order {
                for position in 0..order.len() {
                    let order = moved(&best.order, fact, position);
                    let Ok(drawing) = self.redraw(&best, &order, left) else { return best };
                    left = drawing.diagram.budget;
                    if drawing.regions < best.regions {
                        best = drawing;
                    }
                }
            }
            if best.regions == before {
                break;
            }
        }
        best
    }

    /// The same drawing with the facts in another order.
    fn redraw(
        &mut self,
        drawing: &Drawing,
        order: &[FactId],
        budget: Budget,
    ) -> Result<Drawing, TooComplex> {
        self.space.reorder(order);
        let mut copy = Copy {
            from: drawing,
            space: self.space,
            diagram: Diagram::new(budget),
            known: HashMap::new(),
        };
        let root = copy.node(drawing.root)?;
        Drawing::new(self.space, copy.diagram, root)
    }

    /// In how many ways each fact matters, and the facts that do; the fewest first, then as declared.
    fn weights(&self, drawing: &mut Drawing) -> Result<BTreeSet<(usize, FactId)>, TooComplex> {
        let mut asked: HashMap<FactId, Vec<Node>> = HashMap::new();
        let mut inside: HashMap<FactId, HashSet<usize>> = HashMap::new();
        for node in drawing.diagram.reachable(drawing.root)? {
            let level = drawing.diagram.level(node) as usize;
            let Some(&(fact, pattern)) = drawing.variables.get(level) else { continue };
            match pattern {
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

/// Copies a diagram into one whose facts stand in another order.
struct Copy<'c, 'a> {
    from: &'c Drawing,
    space: &'c Space<'a>,
    diagram: Diagram,
    known: HashMap<Node, Node>,
}

impl Copy<'_, '_> {
    fn node(&mut self, node: Node) -> Result<Node, TooComplex> {
        let from = self.from;
        let Some(&(fact, pattern)) = from.variables.get(from.diagram.level(node) as usize) else {
            return Ok(node);
        };
        if let Some(&copy) = self.known.get(&node) {
            return Ok(copy);
        }
        let Some((first, _)) = self.space.find(fact) else { return Ok(node) };
        let level = first + pattern.map_or(0, |pattern| pattern as u32 + 1);
        let runs = from.diagram.runs(node);
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
