//! The order of facts in which a policy's behaviour takes the fewest regions.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::budget::{Budget, TooComplex};
use super::copy::Copy;
use super::diagram::{Diagram, Node};
use super::needed::{Texts, needless_classes};
use super::prune::Pruner;
use super::regions::{Region, count, merged, regions};
use super::space::{Space, Variable};
use crate::condition::Pattern;
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
    let first = Drawing::of_all(&space, diagram, root);
    let mut layout = Layout { space: &mut space };
    let first = layout.with_what_it_asks(first, budget)?;
    let first = layout.with_what_it_needs(first, budget)?;
    let mut best = layout.improve(first, budget)?;
    space.reorder(&best.order);
    best.diagram.budget = budget;
    let regions = regions(&space, &mut best.diagram, best.root)?;
    let regions = merged(&space, regions);
    Ok((space, regions))
}

/// A diagram with the facts in a certain order.
pub(super) struct Drawing<'a> {
    order: Vec<FactId>,
    /// What each level asks.
    pub(super) variables: Vec<(FactId, Option<&'a Pattern>)>,
    pub(super) diagram: Diagram,
    root: Node,
    regions: u64,
}

impl<'a> Drawing<'a> {
    /// A diagram over a space, of what can be.
    fn new(space: &Space<'a>, mut diagram: Diagram, root: Node) -> Result<Self, TooComplex> {
        let root = Pruner::new(space).prune(&mut diagram, root)?;
        let regions = count(&mut diagram, root, &mut HashMap::new())?;
        Ok(Drawing { regions, ..Drawing::of_all(space, diagram, root) })
    }

    /// A diagram over a space, of what cannot be as well.
    fn of_all(space: &Space<'a>, diagram: Diagram, root: Node) -> Self {
        let order = space.facts.iter().map(|classes| classes.fact).collect();
        let asked = |variable: &Variable| {
            let classes = &space.facts[variable.position];
            (classes.fact, variable.pattern.map(|pattern| classes.patterns[pattern]))
        };
        let variables = space.variables().iter().map(asked).collect();
        Drawing { order, variables, diagram, root, regions: u64::MAX }
    }
}

/// What is left of a space, by fact.
struct Left {
    /// The patterns that stay, in their order.
    patterns: Vec<Vec<usize>>,
    /// The classes of mentioned texts that are forgotten.
    forgotten: Vec<Vec<u32>>,
}

struct Layout<'l, 'a> {
    space: &'l mut Space<'a>,
}

impl<'a> Layout<'_, 'a> {
    /// The drawing of what can be without patterns and mentions of texts that no decision hangs on, even if any text
    /// could answer anything. What is only asked beside would else have a part in what the others are taken for.
    fn with_what_it_asks(
        &mut self,
        mut drawing: Drawing<'a>,
        budget: Budget,
    ) -> Result<Drawing<'a>, TooComplex> {
        if self.space.has_texts()
            && let Ok(left) = self.asked(&mut drawing)
        {
            return self.reduced(&drawing, &left, budget);
        }
        Drawing::new(self.space, drawing.diagram, drawing.root)
    }

    /// The patterns that are asked, without the classes that can be forgotten.
    fn asked(&self, drawing: &mut Drawing<'a>) -> Result<Left, TooComplex> {
        let Drawing { diagram, root, .. } = drawing;
        let mut patterns = vec![BTreeSet::new(); self.space.facts.len()];
        for node in diagram.reachable(*root)? {
            if let Some(Variable { position, pattern: Some(pattern) }) =
                self.space.variable(diagram.level(node))
            {
                patterns[position].insert(pattern);
            }
        }
        let forgotten = needless_classes(self.space, diagram, *root)?;
        let patterns = patterns.into_iter().map(|asked| asked.into_iter().collect()).collect();
        Ok(Left { patterns, forgotten })
    }

    /// The drawing without patterns and mentions of texts that its function does not need; as it is where that is
    /// too much work to find out.
    fn with_what_it_needs(
        &mut self,
        mut drawing: Drawing<'a>,
        budget: Budget,
    ) -> Result<Drawing<'a>, TooComplex> {
        if !self.space.has_texts() {
            return Ok(drawing);
        }
        let Ok((root, left)) = self.needed(&mut drawing) else {
            return Ok(drawing);
        };
        drawing.root = root;
        self.reduced(&drawing, &left, budget)
    }

    /// The same function with what it needs.
    fn needed(&self, drawing: &mut Drawing<'a>) -> Result<(Node, Left), TooComplex> {
        let diagram = &mut drawing.diagram;
        let mut texts = Texts::new(self.space, diagram)?;
        let (root, patterns) = texts.without_needless(diagram, drawing.root)?;
        let root = texts.tidy(diagram, root)?;
        let forgotten = needless_classes(self.space, diagram, root)?;
        Ok((root, Left { patterns, forgotten }))
    }

    fn reduced(
        &mut self,
        drawing: &Drawing<'a>,
        left: &Left,
        budget: Budget,
    ) -> Result<Drawing<'a>, TooComplex> {
        let forgotten = self.space.facts.iter().zip(&left.forgotten);
        let forgotten = forgotten.map(|(fact, classes)| (fact.fact, classes.clone())).collect();
        self.space.reduce(&left.patterns, &left.forgotten);
        self.copy(drawing, forgotten, budget)
    }

    /// The drawing with the patterns of each fact in the order in which those come first that leave least to say
    /// once they have said yes; otherwise the simplest first.
    fn with_patterns_in_order(
        &mut self,
        mut drawing: Drawing<'a>,
        budget: Budget,
    ) -> Result<Drawing<'a>, TooComplex> {
        if !self.space.has_patterns() {
            return Ok(drawing);
        }
        self.tidy(&mut drawing);
        let mut orders = Vec::with_capacity(self.space.facts.len());
        for (position, classes) in self.space.facts.iter().enumerate() {
            let mut order: Vec<(u64, usize)> = Vec::with_capacity(classes.patterns.len());
            for pattern in 0..classes.patterns.len() {
                let Some(level) = self.space.level(position, Some(pattern)) else { continue };
                let [yes, _] = drawing.diagram.cofactors(drawing.root, level)?;
                order.push((count(&mut drawing.diagram, yes, &mut HashMap::new())?, pattern));
            }
            order.sort_unstable();
            orders.push(order.into_iter().map(|(_, pattern)| pattern).collect());
        }
        let left = Left { forgotten: vec![Vec::new(); orders.len()], patterns: orders };
        let mut drawing = self.reduced(&drawing, &left, budget)?;
        self.tidy(&mut drawing);
        drawing.regions = count(&mut drawing.diagram, drawing.root, &mut HashMap::new())?;
        Ok(drawing)
    }

    /// Makes the drawing the one of all that say the same of the texts there are; leaves it as it is where that is
    /// too much work.
    fn tidy(&self, drawing: &mut Drawing<'a>) {
        let tidied = Texts::new(self.space, &mut drawing.diagram)
            .and_then(|mut texts| texts.tidy(&mut drawing.diagram, drawing.root));
        drawing.root = tidied.unwrap_or(drawing.root);
    }

    /// The best drawing found; the first one where even the search's beginning is too much work.
    ///
    /// From there on it is drawings that are drawn anew, not the rules, so that how the rules are written has
    /// no part in where the search ends.
    fn improve(
        &mut self,
        mut first: Drawing<'a>,
        budget: Budget,
    ) -> Result<Drawing<'a>, TooComplex> {
        let Ok(weights) = self.weights(&mut first) else { return Ok(first) };
        let order: Vec<FactId> = weights.into_iter().map(|(_, fact)| fact).collect();
        let Ok(best) = self.redraw(&first, &order, budget) else { return Ok(first) };
        let mut best = self.with_patterns_in_order(best, budget)?;
        let mut left = Budget::new(SEARCH_STEPS);
        for _ in 0..MOST_ROUNDS {
            let before = best.regions;
            for &fact in &order {
                for position in 0..order.len() {
                    let order = moved(&best.order, fact, position);
                    let Ok(drawing) = self.redraw(&best, &order, left) else { return Ok(best) };
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
        Ok(best)
    }

    /// The same drawing with the facts in another order.
    fn redraw(
        &mut self,
        drawing: &Drawing<'a>,
        order: &[FactId],
        budget: Budget,
    ) -> Result<Drawing<'a>, TooComplex> {
        self.space.reorder(order);
        self.copy(drawing, HashMap::new(), budget)
    }

    /// The same drawing over the space as it is now; by fact, the classes of texts that are mentioned no more.
    fn copy(
        &self,
        drawing: &Drawing<'a>,
        forgotten: HashMap<FactId, Vec<u32>>,
        budget: Budget,
    ) -> Result<Drawing<'a>, TooComplex> {
        let mut copy = Copy {
            from: drawing,
            space: self.space,
            forgotten,
            diagram: Diagram::new(budget),
            known: HashMap::new(),
        };
        let root = copy.node(drawing.root)?;
        Drawing::new(self.space, copy.diagram, root)
    }

    /// In how many ways each fact matters, and the facts that do; the fewest first, then as declared.
    fn weights(&self, drawing: &mut Drawing<'a>) -> Result<BTreeSet<(usize, FactId)>, TooComplex> {
        let mut asked: HashMap<FactId, Vec<Node>> = HashMap::new();
        let mut inside: HashMap<FactId, HashSet<*const Pattern>> = HashMap::new();
        for node in drawing.diagram.reachable(drawing.root)? {
            let level = drawing.diagram.level(node) as usize;
            let Some(&(fact, pattern)) = drawing.variables.get(level) else { continue };
            match pattern {
                None => asked.entry(fact).or_default().push(node),
                Some(pattern) => {
                    inside.entry(fact).or_default().insert(std::ptr::from_ref(pattern));
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
