//! What of the tests of texts a behaviour needs, whatever a policy asks beside that.
//!
//! Not every row of answers is that of a text: what contains `timeout` contains `time`. So a diagram that asks
//! patterns says more than there is to say, and in more than one way. Here it is made to say what it does for texts
//! that there are, with as few patterns as it can, and always in the same way.

use std::collections::HashMap;

use super::budget::TooComplex;
use super::classes::Values;
use super::diagram::{Diagram, Node, Run};
use super::prune::Pruner;
use super::space::{Space, Variable};
use super::spelling::simplicity;

/// The most patterns of which every row of answers is looked at; of more, every two are.
const MOST_TOGETHER: usize = 10;

/// The most patterns of one fact that are looked at.
const MOST_PATTERNS: usize = 128;

/// The rows of answers that texts give, for every fact of a space whose texts are looked into.
pub(crate) struct Texts<'s, 'a> {
    space: &'s Space<'a>,
    /// By fact; certain where some text that no test mentions gives these answers to the patterns that are left.
    given: Vec<Node>,
    /// By fact, the same for all facts behind it.
    behind: Vec<Node>,
    tidied: HashMap<(Node, Option<Given>), Node>,
}

/// What is left of the answers that some text of a fact gives.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Given {
    position: usize,
    answers: Node,
}

impl<'s, 'a> Texts<'s, 'a> {
    pub(crate) fn new(space: &'s Space<'a>, diagram: &mut Diagram) -> Result<Self, TooComplex> {
        let mut pruner = Pruner::new(space);
        let count = space.facts.len();
        let mut given = Vec::with_capacity(count);
        for position in 0..count {
            given.push(answers(space, &mut pruner, diagram, position)?);
        }
        let mut behind = vec![Node::CERTAIN; count];
        for position in (1..count).rev() {
            behind[position - 1] = diagram.within(given[position], behind[position])?;
        }
        Ok(Texts { space, given, behind, tidied: HashMap::new() })
    }

    /// The same function without the patterns that the others can take the place of, and by fact those that are
    /// left, the simplest first. The most involved go first.
    pub(crate) fn without_needless(
        &mut self,
        diagram: &mut Diagram,
        root: Node,
    ) -> Result<(Node, Vec<Vec<usize>>), TooComplex> {
        let mut root = root;
        let mut all = diagram.all_of(self.given.clone())?;
        let mut kept = Vec::with_capacity(self.space.facts.len());
        for (position, classes) in self.space.facts.iter().enumerate() {
            let mut order: Vec<usize> = (0..classes.patterns.len()).collect();
            order.sort_by_cached_key(|&at| simplicity(classes.patterns[at]));
            let mut needed = Vec::new();
            for &pattern in order.iter().rev() {
                let Some(level) = self.space.level(position, Some(pattern)) else { continue };
                let [yes, no] = diagram.cofactors(root, level)?;
                let [if_yes, if_no] = diagram.cofactors(all, level)?;
                if differ(diagram, (yes, no), &[if_yes, if_no])? {
                    needed.push(pattern);
                } else {
                    root = diagram.either(if_yes, yes, no)?;
                    all = diagram.first_of(vec![if_yes, if_no])?;
                    // What it may answer is not asked again when the function is tidied.
                    let answers = diagram.cofactors(self.given[position], level)?;
                    self.given[position] = diagram.first_of(answers.to_vec())?;
                }
            }
            needed.reverse();
            kept.push(needed);
        }
        Ok((root, kept))
    }

    /// The one diagram for all functions that say the same of the texts there are.
    pub(crate) fn tidy(&mut self, diagram: &mut Diagram, root: Node) -> Result<Node, TooComplex> {
        self.descend(diagram, root, None)
    }

    fn descend(
        &mut self,
        diagram: &mut Diagram,
        node: Node,
        given: Option<Given>,
    ) -> Result<Node, TooComplex> {
        let Some(variable) = self.space.variable(diagram.level(node)) else { return Ok(node) };
        let given = self.still_given(diagram, node, variable, given)?;
        if let Some(&tidied) = self.tidied.get(&(node, given)) {
            return Ok(tidied);
        }
        diagram.budget.spend(1)?;
        let tidied = match given {
            Some(given) => self.look_inside(diagram, node, given)?,
            None => {
                diagram.with_children(node, |diagram, child| self.descend(diagram, child, None))?
            }
        };
        self.tidied.insert((node, given), tidied);
        Ok(tidied)
    }

    /// The answers that are left for the pattern that the node asks; none where it asks for a class.
    fn still_given(
        &self,
        diagram: &mut Diagram,
        node: Node,
        variable: Variable,
        given: Option<Given>,
    ) -> Result<Option<Given>, TooComplex> {
        if variable.pattern.is_none() {
            return Ok(None);
        }
        let position = variable.position;
        let whole = Given { position, answers: self.given[position] };
        let mut given = given.filter(|given| given.position == position).unwrap_or(whole);
        // What the patterns in between answer does not matter.
        while diagram.level(given.answers) < diagram.level(node) {
            let level = diagram.level(given.answers);
            let answers = diagram.cofactors(given.answers, level)?;
            given.answers = diagram.first_of(answers.to_vec())?;
        }
        Ok(Some(given))
    }

    /// Asks a pattern, unless the later ones tell all that it does.
    fn look_inside(
        &mut self,
        diagram: &mut Diagram,
        node: Node,
        given: Given,
    ) -> Result<Node, TooComplex> {
        let level = diagram.level(node);
        let [yes, no] = diagram.cofactors(node, level)?;
        let [if_yes, if_no] = diagram.cofactors(given.answers, level)?;
        let with = |answers: Node| Some(Given { answers, ..given });
        if if_yes == Node::NOTHING {
            return self.descend(diagram, no, with(if_no));
        }
        if if_no == Node::NOTHING {
            return self.descend(diagram, yes, with(if_yes));
        }
        if differ(diagram, (yes, no), &[if_yes, if_no, self.behind[given.position]])? {
            let yes = self.descend(diagram, yes, with(if_yes))?;
            let no = self.descend(diagram, no, with(if_no))?;
            let runs = vec![Run { from: 0, child: yes }, Run { from: 1, child: no }];
            return diagram.node(level, runs);
        }
        let either = diagram.either(if_yes, yes, no)?;
        let answers = diagram.first_of(vec![if_yes, if_no])?;
        self.descend(diagram, either, with(answers))
    }
}

/// By fact, the classes of mentioned texts that are treated as texts that no test mentions and look like them.
pub(crate) fn needless_classes(
    space: &Space<'_>,
    diagram: &mut Diagram,
    root: Node,
) -> Result<Vec<Vec<u32>>, TooComplex> {
    let mut mentioned: Vec<Vec<u32>> = Vec::with_capacity(space.facts.len());
    for classes in &space.facts {
        let is_text = matches!(classes.values, Values::Texts { .. });
        mentioned.push(if is_text { (0..classes.count() - 1).collect() } else { Vec::new() });
    }
    for node in diagram.reachable(root)? {
        let Some(Variable { position, pattern: None }) = space.variable(diagram.level(node)) else {
            continue;
        };
        diagram.budget.spend(mentioned[position].len())?;
        let classes = &space.facts[position];
        let unmentioned = diagram.child(node, classes.count() - 1);
        mentioned[position].retain(|&class| {
            let like = space.answered(diagram, unmentioned, position, class);
            diagram.child(node, class) == like
        });
    }
    Ok(mentioned)
}

/// Whether two functions differ where all of these are certain.
fn differ(
    diagram: &mut Diagram,
    (one, other): (Node, Node),
    places: &[Node],
) -> Result<bool, TooComplex> {
    if one == other {
        return Ok(false);
    }
    let mut places = places.to_vec();
    places.push(diagram.zip(one, other, &mut |one, other| u32::from(one != other))?);
    Ok(diagram.all_of(places)? != Node::NOTHING)
}

/// Where some text that no test mentions gives these answers to the patterns of a fact.
///
/// For few patterns, and for any number that are all about a beginning, an end or a part, this is exact: a text can
/// be made of the parts with something between them that no pattern has, so that no three contradict each other
/// where no two do.
fn answers<'s, 'a>(
    space: &'s Space<'a>,
    pruner: &mut Pruner<'s, 'a>,
    diagram: &mut Diagram,
    position: usize,
) -> Result<Node, TooComplex> {
    let count = space.facts[position].patterns.len();
    match count {
        0 => Ok(Node::CERTAIN),
        1..=MOST_TOGETHER => {
            together(space, pruner, diagram, Variable { position, pattern: Some(0) }, None)
        }
        _ if count <= MOST_PATTERNS => in_pairs(space, pruner, diagram, position),
        _ => Err(TooComplex),
    }
}

fn together<'s, 'a>(
    space: &'s Space<'a>,
    pruner: &mut Pruner<'s, 'a>,
    diagram: &mut Diagram,
    variable: Variable,
    known: super::prune::Known,
) -> Result<Node, TooComplex> {
    let Some(level) = space.level(variable.position, variable.pattern) else {
        return Ok(Node::CERTAIN);
    };
    let next = Variable { pattern: variable.pattern.map(|at| at + 1), ..variable };
    let mut runs = Vec::with_capacity(2);
    for (from, wanted) in [(0, true), (1, false)] {
        let child = match pruner.learn(known, variable, wanted, &mut diagram.budget)? {
            Some(known) => together(space, pruner, diagram, next, Some(known))?,
            None => Node::NOTHING,
        };
        runs.push(Run { from, child });
    }
    diagram.node(level, runs)
}

fn in_pairs<'s, 'a>(
    space: &'s Space<'a>,
    pruner: &mut Pruner<'s, 'a>,
    diagram: &mut Diagram,
    position: usize,
) -> Result<Node, TooComplex> {
    let count = space.facts[position].patterns.len();
    let mut answers = Vec::new();
    for (a, b) in (0..count).flat_map(|b| (0..b).map(move |a| (a, b))) {
        for (yes_a, yes_b) in [(true, true), (true, false), (false, true), (false, false)] {
            let demands = [(a, yes_a), (b, yes_b)];
            if !pruner.go_together(position, demands, &mut diagram.budget)? {
                let mut not_both = Vec::new();
                for (pattern, yes) in demands {
                    let Some(level) = space.level(position, Some(pattern)) else { continue };
                    let runs = [(0, !yes), (1, yes)]
                        .map(|(from, yes)| Run { from, child: Node::from(yes) });
                    not_both.push(diagram.node(level, runs.to_vec())?);
                }
                answers.push(diagram.first_of(not_both)?);
            }
        }
    }
    diagram.all_of(answers)
}
