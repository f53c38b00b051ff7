//! The smallest change to an event that would have another rule decide it: the cheapest way through the diagram,
//! where every fact that keeps its value is free.

use std::collections::HashMap;

use serde_json::Value as Json;

use super::budget::TooComplex;
use super::diagram::{Node, Run};
use super::prune::Known;
use super::space::{Space, Variable};
use super::witness::{follow, value_of, written};
use super::{Analysis, classes::Classes, classes::Values, conditions, number};
use crate::event::{Event, Held, json};
use crate::vocabulary::{Fact, Vocabulary};

/// How far an event is from being decided by a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nearest {
    /// With these facts changed, in the order of the vocabulary, the rule decides, and with no fewer; with none
    /// where it does already.
    Changes(Vec<FactChange>),
    /// The rule decides no event.
    Never {
        /// The positions of earlier rules, one of which holds wherever this one does, and none of which can be
        /// left out; empty where it never holds.
        covered_by: Vec<usize>,
        /// Whether its own condition holds for no event.
        condition_never_true: bool,
    },
}

/// A fact of an event that is to have another value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactChange {
    /// Its name.
    pub fact: String,
    /// Its value as a policy writes it; none where it is absent.
    pub before: Option<String>,
    /// The value it is to have, likewise.
    pub after: Option<String>,
    /// The same as an event in JSON gives it, `null` where it is to be absent.
    pub json: Json,
}

impl FactChange {
    fn new(vocabulary: &Vocabulary, fact: &Fact, before: &Held, after: &Held) -> Self {
        let shown = |held: &Held| (*held != Held::Absent).then(|| written(vocabulary, fact, held));
        let json = json(vocabulary, fact.kind, after);
        FactChange { fact: fact.name.clone(), before: shown(before), after: shown(after), json }
    }
}

impl<A> Event<'_, A> {
    /// The fewest facts to change so that this rule, by its position among the policy's, decides the event.
    ///
    /// Of several ways that change as few, one is taken whose new values the policy names, and numbers as near
    /// as they can be; the same event always gives the same answer.
    ///
    /// # Errors
    /// Where the policy is too complex to be analysed exactly.
    ///
    /// ```
    /// use redress::{Policy, analyze::Nearest};
    /// let policy = Policy::default();
    /// let event = policy.event().set("error", "DataError").set("module", 3).build()?;
    /// let first_module = policy.rules().iter().position(|rule| rule.name() == Some("first_module"));
    /// let Nearest::Changes(changes) = event.nearest(first_module.unwrap_or(0))? else { panic!() };
    /// assert_eq!((&*changes[0].fact, changes[0].after.as_deref()), ("module", Some("1")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn nearest(&self, rule: usize) -> Result<Nearest, TooComplex> {
        let (vocabulary, rules) = (self.policy().vocabulary(), self.policy().rules());
        let mut budget = self.policy().budget();
        let space = Space::new(vocabulary, conditions(rules), &mut budget)?;
        let mut analysis = Analysis::new(&space, rules, budget)?;
        let dead = analysis.unreachable()?.into_iter().find(|dead| dead.rule == rule);
        if let Some(dead) = dead {
            let condition_never_true = dead.condition_never_true;
            let covered_by = if condition_never_true { Vec::new() } else { analysis.cover(rule) };
            return Ok(Nearest::Never { covered_by, condition_never_true });
        }
        let held: Vec<Held> =
            space.facts.iter().map(|classes| self.held(classes.fact).clone()).collect();
        let mut search = Search::new(&mut analysis, &held, rule);
        let mut changed = search.walk()?;
        search.has_arrived(&changed)?;
        changed.sort_by_key(|(position, _)| space.facts[*position].fact);
        let change = |(position, after): (usize, Held)| {
            let fact = vocabulary.fact(space.facts[position].fact);
            FactChange::new(vocabulary, fact, &held[position], &after)
        };
        Ok(Nearest::Changes(changed.into_iter().map(change).collect()))
    }
}

/// What a way costs: how many facts change, and how many of them to what no rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Cost {
    changed: u32,
    unnamed: u32,
}

impl Cost {
    const NOTHING: Cost = Cost { changed: 0, unnamed: 0 };
    /// There is no such way.
    const NO_WAY: Cost = Cost { changed: u32::MAX, unnamed: 0 };

    /// The cost with more on top of it.
    fn and(self, changed: u32, unnamed: u32) -> Cost {
        match self {
            Cost::NO_WAY => Cost::NO_WAY,
            Cost { changed: c, unnamed: u } => Cost { changed: c + changed, unnamed: u + unnamed },
        }
    }
}

struct Search<'x, 's, 'a> {
    analysis: &'x mut Analysis<'s, 'a>,
    /// What the event says of the facts of the space.
    held: &'x [Held],
    target: Node,
    /// From a node that begins to ask a fact.
    costs: HashMap<Node, Cost>,
    /// From a node that asks a fact whose value changes.
    changing: HashMap<Node, Cost>,
}

impl<'x, 's, 'a> Search<'x, 's, 'a> {
    fn new(analysis: &'x mut Analysis<'s, 'a>, held: &'x [Held], rule: usize) -> Self {
        let target = Node::number(number(rule));
        Search { analysis, held, target, costs: HashMap::new(), changing: HashMap::new() }
    }

    fn variable(&self, node: Node) -> Option<Variable> {
        self.analysis.space.variable(self.analysis.builder.diagram.level(node))
    }

    /// What the node asks, if that is still about the same fact.
    fn still_about(&self, node: Node, position: usize) -> Option<Variable> {
        self.variable(node).filter(|variable| variable.position == position)
    }

    fn classes(&self, position: usize) -> &'s Classes<'a> {
        let space: &'s Space<'a> = self.analysis.space;
        &space.facts[position]
    }

    /// Where the value that the event has leads.
    fn kept(&self, node: Node, position: usize) -> Node {
        let diagram = &self.analysis.builder.diagram;
        follow(self.analysis.space, diagram, node, position, self.held[position].value())
    }

    /// What the cheapest way from here to the target costs.
    fn cost(&mut self, node: Node) -> Result<Cost, TooComplex> {
        let Some(variable) = self.variable(node) else {
            return Ok(if node == self.target { Cost::NOTHING } else { Cost::NO_WAY });
        };
        if let Some(&cost) = self.costs.get(&node) {
            return Ok(cost);
        }
        let kept = self.kept(node, variable.position);
        let kept = self.cost(kept)?;
        let cost = kept.min(self.changing(node, variable.position)?.and(1, 0));
        self.costs.insert(node, cost);
        Ok(cost)
    }

    /// The same where the fact that is asked here has another value, which itself is not counted.
    fn changing(&mut self, node: Node, position: usize) -> Result<Cost, TooComplex> {
        let Some(variable) = self.still_about(node, position) else { return self.cost(node) };
        if let Some(&cost) = self.changing.get(&node) {
            return Ok(cost);
        }
        let runs = self.analysis.builder.diagram.shared_runs(node);
        self.analysis.builder.diagram.budget.spend(runs.len())?;
        let mut cost = Cost::NO_WAY;
        for run in runs.iter() {
            let unnamed = self.unnamed(variable, run);
            cost = cost.min(self.changing(run.child, position)?.and(0, unnamed));
        }
        self.changing.insert(node, cost);
        Ok(cost)
    }

    /// 1 where the first class of the run has only what no rule names, or the absent fact; else 0.
    fn unnamed(&self, variable: Variable, run: &Run) -> u32 {
        let classes = self.classes(variable.position);
        let is_unnamed = variable.pattern.is_none()
            && (classes.absent() == Some(run.from)
                || classes.unlisted() == Some(run.from) && !has_listed(classes, run.from));
        u32::from(is_unnamed)
    }

    /// Goes the cheapest way and takes down the positions of the facts that change on it, with their new values.
    fn walk(&mut self) -> Result<Vec<(usize, Held)>, TooComplex> {
        let mut changed = Vec::new();
        let mut node = self.analysis.decided;
        while let Some(variable) = self.variable(node) {
            let position = variable.position;
            let kept = self.kept(node, position);
            if self.cost(kept)? == self.cost(node)? {
                node = kept;
            } else {
                let (next, value) = self.change(node, position)?;
                changed.push((position, value));
                node = next;
            }
        }
        Ok(changed)
    }

    /// Fails where a pattern that is beyond the analysis says something else of the event than was thought.
    fn has_arrived(&self, changed: &[(usize, Held)]) -> Result<(), TooComplex> {
        let mut held = self.held.to_vec();
        for (position, value) in changed {
            held[*position] = value.clone();
        }
        let mut node = self.analysis.decided;
        while let Some(variable) = self.variable(node) {
            let (space, diagram) = (self.analysis.space, &self.analysis.builder.diagram);
            let value = held[variable.position].value();
            node = follow(space, diagram, node, variable.position, value);
        }
        let is_there = node == self.target;
        let is_free = || self.analysis.pruner.free().next().is_some();
        debug_assert!(is_there || is_free(), "the changed event is decided by the rule");
        if is_there { Ok(()) } else { Err(TooComplex) }
    }

    /// The value that leads to the target most cheaply, and where it leads.
    fn change(&mut self, node: Node, position: usize) -> Result<(Node, Held), TooComplex> {
        let (mut node, mut known): (Node, Known) = (node, None);
        let classes = self.classes(position);
        let mut class = classes.looked_into();
        while let Some(variable) = self.still_about(node, position) {
            match variable.pattern {
                None => {
                    let (next, value) = self.choose(node, variable)?;
                    node = next;
                    class = classes.looked_into().filter(|&looked_into| looked_into == value.0);
                    if class.is_none() {
                        return Ok((node, value.1));
                    }
                }
                Some(_) => (node, known) = self.answer(node, variable, known)?,
            }
        }
        match class {
            Some(_) => Ok((node, Held::Text(self.analysis.pruner.text(known, position).into()))),
            None => Ok((node, self.held[position].clone())),
        }
    }

    /// The first of the cheapest runs, or that with the nearest number, as its class and one of its values.
    fn choose(
        &mut self,
        node: Node,
        variable: Variable,
    ) -> Result<(Node, (u32, Held)), TooComplex> {
        let position = variable.position;
        let runs = self.analysis.builder.diagram.shared_runs(node);
        let mut best: Option<(Cost, u64, Node, u32, Held)> = None;
        for (at, run) in runs.iter().enumerate() {
            let cost = self.changing(run.child, position)?.and(0, self.unnamed(variable, run));
            let end = runs.get(at + 1).map(|next| next.from - 1);
            let (value, distance) = self.nearest_value(position, run.from, end);
            if cost != Cost::NO_WAY
                && best.as_ref().is_none_or(|best| (cost, distance) < (best.0, best.1))
            {
                best = Some((cost, distance, run.child, run.from, value));
            }
        }
        let (.., child, class, value) = best.ok_or(TooComplex)?;
        Ok((child, (class, value)))
    }

    /// A value of the classes from the first to the last, and how far it is from the event's, where both are
    /// numbers.
    fn nearest_value(&self, position: usize, first: u32, last: Option<u32>) -> (Held, u64) {
        let classes = self.classes(position);
        let is_number = matches!(classes.values, Values::Numbers { .. });
        if is_number
            && let Held::Number(before) = self.held[position]
            && classes.absent() != Some(first)
        {
            let most = classes.count() - 1;
            let (low, high) = classes.interval((first, last.unwrap_or(most).min(most)));
            let nearest = before.max(low).min(high);
            return (Held::Number(nearest), nearest.abs_diff(before));
        }
        (value_of(self.analysis.space.vocabulary, classes, first), 0)
    }

    /// The cheaper answer of a pattern that some text makes it give.
    fn answer(
        &mut self,
        node: Node,
        variable: Variable,
        known: Known,
    ) -> Result<(Node, Known), TooComplex> {
        let mut best: Option<(Cost, Node, Known)> = None;
        for (class, wanted) in [(0, true), (1, false)] {
            let next = self.analysis.builder.diagram.child(node, class);
            let cost = self.changing(next, variable.position)?;
            let budget = &mut self.analysis.builder.diagram.budget;
            let learned = self.analysis.pruner.learn(known, variable, wanted, budget)?;
            if learned.is_some() && best.is_none_or(|best| cost < best.0) {
                best = Some((cost, next, learned));
            }
        }
        // A pruned diagram always has an answer.
        best.map(|(_, next, learned)| (next, learned)).ok_or(TooComplex)
    }
}

/// Whether the class has names or texts that are listed, beside all that are not.
fn has_listed(classes: &Classes<'_>, class: u32) -> bool {
    match &classes.values {
        Values::Members(groups) | Values::Texts { groups, .. } => {
            groups.classes.get(class as usize).is_some_and(|items| !items.is_empty())
        }
        _ => true,
    }
}
