//! What a test suite may still have to show of a rule, and an event that shows it.

use super::budget::{Budget, TooComplex};
use super::build::Builder;
use super::conditions;
use super::diagram::Node;
use super::number;
use super::prune::Pruner;
use super::space::Space;
use super::witness::{self, Witness};
use crate::condition::{Condition, Truth};
use crate::policy::{Policy, Rule};

/// Something to be seen of a rule, or of one of its tests by its position in [`Policy::atoms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// The rule decides.
    Decides,
    /// The test has this answer.
    Answers(usize, Truth),
    /// The rule holds, and would not without this answer of the test.
    Holds(usize),
    /// The rule does not hold, and would with another answer of the test.
    Fails(usize),
}

/// Whether there are events that a [`Goal`] is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// This one, for instance.
    Event(Witness),
    /// There are none; this is proved.
    Never,
    /// That would take more work than is allowed.
    Unsure,
}

impl<A> Policy<A> {
    /// For each goal, given with the position of its rule, an event that reaches it or the proof that there is
    /// none. What needs more work than is allowed is left unsure, with all that follows it.
    pub fn reach(&self, goals: &[(usize, Goal)]) -> Vec<Reach> {
        let mut reached = Vec::with_capacity(goals.len());
        // What was found before the work became too much stays.
        let _ = search(self, goals, &mut reached);
        reached.resize(goals.len(), Reach::Unsure);
        reached
    }
}

/// The events for which `yes` is certain, and `no` is not.
#[derive(Default)]
struct Target {
    yes: Option<Condition>,
    no: Option<Condition>,
}

fn search<A>(
    policy: &Policy<A>,
    goals: &[(usize, Goal)],
    reached: &mut Vec<Reach>,
) -> Result<(), TooComplex> {
    let rules = policy.rules();
    let mut budget = policy.budget();
    let mut targets = Vec::with_capacity(goals.len());
    for &(rule, goal) in goals {
        targets.push(target(rules.get(rule), goal, &mut budget)?);
    }
    let space = Space::new(policy.vocabulary(), conditions(rules), &mut budget)?;
    let mut builder = Builder::new(&space, budget);
    let mut pruner = Pruner::new(&space);
    let decided = match goals.iter().any(|(_, goal)| *goal == Goal::Decides) {
        true => {
            let rules = builder.conditions(conditions(rules))?;
            builder.decided(&rules, number)?
        }
        false => Node::NOTHING,
    };
    let decided = pruner.prune(&mut builder.diagram, decided)?;
    for (&(rule, goal), target) in goals.iter().zip(&targets) {
        let (root, wanted) = match goal {
            Goal::Decides => (decided, number(rule)),
            _ => (target.root(&mut builder, &mut pruner)?, YES),
        };
        reached.push(
            match witness::find(&space, &mut builder.diagram, &mut pruner, root, wanted) {
                Ok(Some(event)) => Reach::Event(event),
                Ok(None) => Reach::Never,
                Err(TooComplex) if builder.diagram.budget.is_spent() => return Err(TooComplex),
                Err(TooComplex) => Reach::Unsure,
            },
        );
    }
    Ok(())
}

/// The number of a target's events in its diagram.
const YES: u32 = 2;

impl Target {
    fn root<'s, 'a>(
        &'a self,
        builder: &mut Builder<'s, 'a>,
        pruner: &mut Pruner<'s, 'a>,
    ) -> Result<Node, TooComplex> {
        let yes = builder.conditions([self.yes.as_ref()])?[0];
        let no = match &self.no {
            Some(no) => builder.conditions([Some(no)])?[0],
            None => Node::NOTHING,
        };
        let yes = builder.diagram.within(yes, Node::number(YES))?;
        let root = builder.diagram.first_of(vec![no, yes])?;
        pruner.prune(&mut builder.diagram, root)
    }
}

fn target(rule: Option<&Rule>, goal: Goal, budget: &mut Budget) -> Result<Target, TooComplex> {
    let Some(condition) = rule.and_then(|rule| rule.condition.as_ref()) else {
        return Ok(Target { yes: Some(constant(false)), no: None });
    };
    Ok(match goal {
        Goal::Decides => Target::default(),
        Goal::Answers(at, truth) => answer(atom(condition, at), truth),
        Goal::Holds(at) => Target {
            yes: Some(condition.clone()),
            no: Some(with_atom(condition, at, false, budget)?),
        },
        Goal::Fails(at) => Target {
            yes: Some(with_atom(condition, at, true, budget)?),
            no: Some(condition.clone()),
        },
    })
}

fn answer(test: Option<&Condition>, truth: Truth) -> Target {
    let test = test.cloned().unwrap_or_else(|| constant(false));
    let opposite = Condition::Not(Box::new(test.clone()));
    match truth {
        Truth::True => Target { yes: Some(test), no: None },
        Truth::False => Target { yes: Some(opposite), no: None },
        Truth::Unknown => Target { yes: None, no: Some(Condition::Any([test, opposite].into())) },
    }
}

/// A condition that holds for all events, or for none.
fn constant(holds: bool) -> Condition {
    if holds { Condition::All(Box::default()) } else { Condition::Any(Box::default()) }
}

/// A test by its position.
fn atom(condition: &Condition, at: usize) -> Option<&Condition> {
    let mut left = at;
    find_atom(condition, &mut left)
}

fn find_atom<'c>(condition: &'c Condition, left: &mut usize) -> Option<&'c Condition> {
    match condition {
        Condition::All(clauses) | Condition::Any(clauses) => {
            clauses.iter().find_map(|clause| find_atom(clause, left))
        }
        Condition::Not(inner) => find_atom(inner, left),
        Condition::Named(named) => find_atom(&named.condition, left),
        Condition::Test(_) if *left == 0 => Some(condition),
        Condition::Test(_) => {
            *left -= 1;
            None
        }
    }
}

/// The condition with the answer of one test fixed as the rule wants it, or as it does not.
fn with_atom(
    condition: &Condition,
    at: usize,
    as_wanted: bool,
    budget: &mut Budget,
) -> Result<Condition, TooComplex> {
    Fixing { left: Some(at), budget }.fix(condition, as_wanted)
}

struct Fixing<'b> {
    /// How many tests stand before the one that is fixed; none once it is.
    left: Option<usize>,
    budget: &'b mut Budget,
}

impl Fixing<'_> {
    fn fix(&mut self, condition: &Condition, answer: bool) -> Result<Condition, TooComplex> {
        self.budget.spend(1)?;
        Ok(match condition {
            Condition::All(clauses) => Condition::All(self.clauses(clauses, answer)?),
            Condition::Any(clauses) => Condition::Any(self.clauses(clauses, answer)?),
            Condition::Not(inner) => Condition::Not(Box::new(self.fix(inner, !answer)?)),
            Condition::Named(named) => self.fix(&named.condition, answer)?,
            Condition::Test(_) if self.left == Some(0) => {
                self.left = None;
                constant(answer)
            }
            Condition::Test(_) => {
                self.left = self.left.map(|left| left - 1);
                condition.clone()
            }
        })
    }

    fn clauses(
        &mut self,
        clauses: &[Condition],
        answer: bool,
    ) -> Result<Box<[Condition]>, TooComplex> {
        clauses.iter().map(|clause| self.fix(clause, answer)).collect()
    }
}
