//! Conditions and rules as diagrams.

use std::collections::HashMap;
use std::sync::Arc;

use super::budget::{Budget, TooComplex};
use super::classes::{Answer, Classes, Stretch};
use super::diagram::{Diagram, Node, Run};
use super::space::{Question, Space};
use crate::condition::Condition;

/// Makes diagrams over a space.
///
/// A condition that is not certain need not be certainly false, so that `not` is no operation on diagrams:
/// it is carried down to the tests, which are asked where they certainly say yes, or certainly say no.
pub(crate) struct Builder<'s, 'a> {
    pub(crate) space: &'s Space<'a>,
    pub(crate) diagram: Diagram,
    tests: HashMap<(Question, bool), Node>,
    named: HashMap<(usize, bool), Node>,
}

impl<'s, 'a> Builder<'s, 'a> {
    pub(crate) fn new(space: &'s Space<'a>, budget: Budget) -> Self {
        Builder {
            space,
            diagram: Diagram::new(budget),
            tests: HashMap::new(),
            named: HashMap::new(),
        }
    }

    /// Where each condition is certainly true; none is that of an `otherwise`.
    pub(crate) fn conditions(
        &mut self,
        conditions: impl IntoIterator<Item = Option<&'a Condition>>,
    ) -> Result<Vec<Node>, TooComplex> {
        let node = |condition: Option<&'a Condition>| match condition {
            Some(condition) => self.certainly(condition, true, &[]),
            None => Ok(Node::CERTAIN),
        };
        conditions.into_iter().map(node).collect()
    }

    /// Which rule decides, as its `number`, which is not 0.
    pub(crate) fn decided(
        &mut self,
        conditions: &[Node],
        number: impl Fn(usize) -> u32,
    ) -> Result<Node, TooComplex> {
        let mut rules = Vec::with_capacity(conditions.len());
        for (rule, &condition) in conditions.iter().enumerate() {
            rules.push(self.diagram.within(condition, Node::number(number(rule)))?);
        }
        self.diagram.first_of(rules)
    }

    /// Where the condition is certainly true, or certainly false, if some parts of it, outside the conditions it
    /// names, certainly were so where it is given for them.
    pub(crate) fn certainly(
        &mut self,
        condition: &'a Condition,
        wanted: bool,
        parts: &[(&'a Condition, Node)],
    ) -> Result<Node, TooComplex> {
        if let Some((_, said)) = parts.iter().find(|(part, _)| std::ptr::eq(*part, condition)) {
            return Ok(*said);
        }
        match condition {
            Condition::All(clauses) => self.clauses(clauses, wanted, wanted, parts),
            Condition::Any(clauses) => self.clauses(clauses, wanted, !wanted, parts),
            Condition::Not(inner) => self.certainly(inner, !wanted, parts),
            Condition::Named(named) => {
                let key = (Arc::as_ptr(named) as usize, wanted);
                if let Some(&node) = self.named.get(&key) {
                    return Ok(node);
                }
                let node = self.certainly(&named.condition, wanted, &[])?;
                self.named.insert(key, node);
                Ok(node)
            }
            Condition::Test(test) => match self.space.question(test) {
                Some(question) => self.test(question, wanted),
                None => Ok(Node::NOTHING),
            },
        }
    }

    fn clauses(
        &mut self,
        clauses: &'a [Condition],
        wanted: bool,
        all: bool,
        parts: &[(&'a Condition, Node)],
    ) -> Result<Node, TooComplex> {
        self.diagram.budget.spend(clauses.len())?;
        let nodes = clauses
            .iter()
            .map(|clause| self.certainly(clause, wanted, parts))
            .collect::<Result<_, _>>()?;
        if all { self.diagram.all_of(nodes) } else { self.diagram.first_of(nodes) }
    }

    /// Certain where the fact at a level has one of these classes.
    pub(crate) fn among(
        &mut self,
        (level, classes): (u32, &Classes<'a>),
        wanted: &[Stretch],
    ) -> Result<Node, TooComplex> {
        let mut wanted = wanted.to_vec();
        wanted.sort_unstable();
        let mut stretches: Vec<Stretch> = Vec::with_capacity(wanted.len());
        for (first, last) in wanted {
            match stretches.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => {
                    before.1 = before.1.max(last);
                }
                _ => stretches.push((first, last)),
            }
        }
        let mut runs = runs(&stretches, classes.count(), true);
        runs.extend(classes.absent().map(|from| Run { from, child: Node::NOTHING }));
        self.diagram.node(level, runs)
    }

    fn test(&mut self, question: Question, wanted: bool) -> Result<Node, TooComplex> {
        if let Some(&node) = self.tests.get(&(question, wanted)) {
            return Ok(node);
        }
        let node = self.ask(question, wanted)?;
        self.tests.insert((question, wanted), node);
        Ok(node)
    }

    fn ask(&mut self, question: Question, wanted: bool) -> Result<Node, TooComplex> {
        let Some((level, classes)) = self.space.find(question.fact) else {
            return Ok(Node::NOTHING);
        };
        let count = classes.count();
        let mut runs = match &classes.answers[question.answer] {
            Answer::Presence { wanted: present } => {
                vec![Run { from: 0, child: Node::from(*present == wanted) }]
            }
            Answer::Classes(accepted) => runs(accepted, count, wanted),
            Answer::Pattern { index, classes } => {
                let asked = [(0, wanted), (1, !wanted)]
                    .map(|(from, yes)| Run { from, child: Node::from(yes) });
                let mut runs = runs(classes, count - 1, wanted);
                let child = self.diagram.node(level + 1 + *index as u32, asked.to_vec())?;
                runs.push(Run { from: count - 1, child });
                runs
            }
        };
        if let Some(absent) = classes.absent() {
            let certain = match &classes.answers[question.answer] {
                Answer::Presence { wanted: present } => *present != wanted,
                _ => false,
            };
            runs.push(Run { from: absent, child: Node::from(certain) });
        }
        self.diagram.node(level, runs)
    }
}

/// The first `count` classes, certain where they are accepted, or where they are not if that is what is wanted.
fn runs(accepted: &[Stretch], count: u32, wanted: bool) -> Vec<Run> {
    let run = |from: u32, yes: bool| Run { from, child: Node::from(yes == wanted) };
    let mut runs = vec![run(0, false)];
    for &(first, last) in accepted {
        runs.pop_if(|run| run.from == first);
        runs.push(run(first, true));
        runs.push(run(last + 1, false));
    }
    runs.retain(|run| run.from < count);
    runs
}
