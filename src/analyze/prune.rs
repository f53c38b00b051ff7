//! Takes out of diagrams what no text can be like: one that contains `timeout` but not `time`.

use std::collections::HashMap;

use super::budget::{Budget, TooComplex};
use super::classes::Values;
use super::diagram::{Diagram, Node, Run};
use super::space::{Space, Variable};
use super::text::{Demand, TextSearch};
use crate::condition::Pattern;

/// What is known, on the way down a diagram, of a text that no test mentions; nothing yet, or its number.
pub(crate) type Known = Option<usize>;

struct Knowledge {
    /// The position of the fact in the space.
    position: usize,
    demands: Vec<Demand>,
    /// A text that is like this.
    text: String,
}

/// Searches for texts, and remembers what it found.
pub(crate) struct Pruner<'s, 'a> {
    space: &'s Space<'a>,
    /// One a fact, where tests look inside its texts.
    searches: Vec<Option<TextSearch<'s>>>,
    knowledge: Vec<Knowledge>,
    learned: HashMap<(Known, Variable, bool), Option<usize>>,
    pruned: HashMap<(Node, Known), Node>,
}

impl<'s, 'a> Pruner<'s, 'a> {
    pub(crate) fn new(space: &'s Space<'a>) -> Self {
        let searches = space.facts.iter().map(|classes| match &classes.values {
            Values::Texts { texts, .. } if !classes.patterns.is_empty() => {
                Some(TextSearch::new(texts, &classes.patterns))
            }
            _ => None,
        });
        Pruner {
            space,
            searches: searches.collect(),
            knowledge: Vec::new(),
            learned: HashMap::new(),
            pruned: HashMap::new(),
        }
    }

    /// The patterns that are beyond the analysis: what is found where they answer may not be.
    pub(crate) fn free(&self) -> impl Iterator<Item = &'s Pattern> + '_ {
        self.searches.iter().flatten().flat_map(TextSearch::free)
    }

    /// The same function of all texts there are; every way through the diagram is that of some text.
    pub(crate) fn prune(&mut self, diagram: &mut Diagram, node: Node) -> Result<Node, TooComplex> {
        if self.searches.iter().all(Option::is_none) {
            return Ok(node);
        }
        self.descend(diagram, node, None)
    }

    fn descend(
        &mut self,
        diagram: &mut Diagram,
        node: Node,
        known: Known,
    ) -> Result<Node, TooComplex> {
        let Some(variable) = self.space.variable(diagram.level(node)) else { return Ok(node) };
        let known = known.filter(|&known| self.is_about(known, variable));
        if let Some(&pruned) = self.pruned.get(&(node, known)) {
            return Ok(pruned);
        }
        diagram.budget.spend(1)?;
        let pruned = match variable.pattern {
            Some(_) => self.look_inside(diagram, node, known, variable)?,
            // Each class of values has its value.
            None => {
                diagram.with_children(node, |diagram, child| self.descend(diagram, child, None))?
            }
        };
        self.pruned.insert((node, known), pruned);
        Ok(pruned)
    }

    /// Whether what is known is of the text that the variable asks about.
    fn is_about(&self, known: usize, variable: Variable) -> bool {
        variable.pattern.is_some() && self.knowledge[known].position == variable.position
    }

    /// Asks a pattern, unless what is known of the text tells the answer.
    fn look_inside(
        &mut self,
        diagram: &mut Diagram,
        node: Node,
        known: Known,
        variable: Variable,
    ) -> Result<Node, TooComplex> {
        let (yes, no) = (diagram.child(node, 0), diagram.child(node, 1));
        let if_yes = self.learn(known, variable, true, &mut diagram.budget)?;
        let if_no = self.learn(known, variable, false, &mut diagram.budget)?;
        match (if_yes, if_no) {
            (None, _) => self.descend(diagram, no, known),
            (_, None) => self.descend(diagram, yes, known),
            (if_yes, if_no) => {
                let yes = self.descend(diagram, yes, if_yes)?;
                let no = self.descend(diagram, no, if_no)?;
                let runs = vec![Run { from: 0, child: yes }, Run { from: 1, child: no }];
                diagram.node(diagram.level(node), runs)
            }
        }
    }

    /// What is known once a pattern has given its answer; nothing if no text makes it give that one.
    pub(crate) fn learn(
        &mut self,
        known: Known,
        variable: Variable,
        wanted: bool,
        budget: &mut Budget,
    ) -> Result<Option<usize>, TooComplex> {
        if let Some(&learned) = self.learned.get(&(known, variable, wanted)) {
            return Ok(learned);
        }
        let (position, Some(pattern)) = (variable.position, variable.pattern) else {
            return Ok(None);
        };
        let Some(search) = &mut self.searches[position] else { return Ok(None) };
        let before = known.map(|known| &self.knowledge[known]);
        let mut demands = before.map_or_else(Vec::new, |before| before.demands.clone());
        demands.push((pattern, wanted));
        let text = before.map_or_else(|| search.any(), |before| before.text.clone());
        let found = search.find(&demands, &text, budget)?;
        let learned = found.map(|text| {
            self.knowledge.push(Knowledge { position, demands, text });
            self.knowledge.len() - 1
        });
        self.learned.insert((known, variable, wanted), learned);
        Ok(learned)
    }

    /// Whether some text of a fact meets two demands.
    pub(crate) fn go_together(
        &mut self,
        position: usize,
        [a, b]: [Demand; 2],
        budget: &mut Budget,
    ) -> Result<bool, TooComplex> {
        budget.spend(8)?;
        match &mut self.searches[position] {
            Some(search) => search.go_together(a, b, budget),
            None => Ok(true),
        }
    }

    /// A text that is like what is known.
    pub(crate) fn text(&self, known: Known, position: usize) -> String {
        match (known, &self.searches[position]) {
            (Some(known), _) => self.knowledge[known].text.clone(),
            (None, Some(search)) => search.any(),
            (None, None) => String::new(),
        }
    }
}
