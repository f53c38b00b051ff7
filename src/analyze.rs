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
mod clauses;
mod copy;
mod cover;
mod diagram;
mod diff;
#[cfg(test)]
mod fixture;
mod goals;
mod layout;
mod nearest;
mod needed;
mod numbers;
mod overlaps;
mod prune;
mod redundant;
mod regions;
mod show;
mod space;
mod spelling;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod witness;
pub(crate) mod written;

pub use budget::TooComplex;
pub(crate) use clauses::{Elements, RedundantClause, RedundantElement, RedundantParts};
pub use diff::{
    Change, ChangedRegion, Clash, Diff, DiffError, RegionFact, RegionText, RegionValue, Verdict,
};
pub use goals::{Goal, Reach};
pub use nearest::{FactChange, Nearest};
pub(crate) use overlaps::{Overlapped, Taker};
pub(crate) use redundant::Redundant;
pub use table::{Behaviour, Row, Table};
pub use witness::Witness;

use std::collections::{HashMap, HashSet};

use crate::condition::{Accepts, Condition, Pattern, tests_of};
use crate::policy::Rule;
use crate::source::{FileId, Span};
use crate::vocabulary::Vocabulary;
pub(crate) use budget::Budget;
use build::Builder;
use diagram::Node;
use prune::Pruner;
use space::Space;

/// What is to be said about a list of rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Findings {
    /// An event that no rule decides.
    pub(crate) gap: Option<Witness>,
    /// Whether it cannot be told if there is such an event, because of tests that are beyond the analysis.
    pub(crate) may_have_gap: bool,
    /// Tests whose patterns are beyond the analysis and so are taken for ones that may answer anything: what is
    /// found holds whatever they answer, and what rests on it is left out.
    pub(crate) beyond: Vec<Span>,
    /// The rules that can never decide.
    pub(crate) unreachable: Vec<Unreachable>,
    /// Those of them that hold for just the events that the one rule which covers them holds for.
    pub(crate) copies: Vec<usize>,
    /// Rules other than `otherwise` whose condition holds for every event.
    pub(crate) always_true: Vec<usize>,
    /// Rules of the file in question that may be taken away.
    pub(crate) redundant: Vec<Redundant>,
    /// Clauses of the file in question, and elements of its lists, that may be taken away.
    pub(crate) redundant_parts: RedundantParts,
    /// Clauses that are needless only because of earlier rules; none where it is not wanted.
    pub(crate) needless_clauses: Vec<RedundantClause>,
    /// Rules of the file in question that earlier ones take events from; none where it is not wanted.
    pub(crate) overlapped: Vec<Overlapped>,
    /// Whether the work sufficed for all that was asked; what was not found out is left out.
    pub(crate) complete: bool,
}

/// What is asked beyond what every policy must be asked.
#[derive(Clone, Debug)]
pub(crate) struct Wanted {
    /// The file whose rules are looked at.
    pub(crate) file: FileId,
    /// Its lists, by the places of the tests that they belong to.
    pub(crate) lists: HashMap<Span, Elements>,
    /// Whether it is wanted which rules overlap, and what matters only for what earlier rules decide.
    pub(crate) notes: bool,
}

/// A rule that can never decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreachable {
    pub(crate) rule: usize,
    /// Earlier rules, one of which holds wherever it does, and none of which can be left out; empty where it
    /// never holds, or where there is too much to look at.
    pub(crate) covered_by: Vec<usize>,
    /// Whether its own condition holds for no event.
    pub(crate) condition_never_true: bool,
}

/// Analyses rules in order, in at most so many steps; very many rules have several times as many.
///
/// # Errors
/// When the steps do not suffice, or a text test is of a kind that cannot be analysed.
pub(crate) fn analyze(
    vocabulary: &Vocabulary,
    rules: &[Rule],
    wanted: Wanted,
    steps: usize,
) -> Result<Findings, TooComplex> {
    let mut budget = Budget::for_rules(steps, rules.len());
    let space = Space::new(vocabulary, conditions(rules), &mut budget)?;
    Analysis::new(&space, rules, budget)?.findings(wanted)
}

/// Whether an event is left that no rule decides: the first thing that [`analyze`] finds out, with the same steps, and
/// nothing else.
///
/// # Errors
/// As for [`analyze`].
pub(crate) fn gaps(
    vocabulary: &Vocabulary,
    rules: &[Rule],
    steps: usize,
) -> Result<Findings, TooComplex> {
    let mut budget = Budget::for_rules(steps, rules.len());
    let space = Space::new(vocabulary, conditions(rules), &mut budget)?;
    let mut analysis = Analysis::new(&space, rules, budget)?;
    let findings = analysis.gaps()?;
    Ok(Findings { beyond: analysis.beyond(), ..findings })
}

/// The positions of the rules that can never decide.
///
/// # Errors
/// As for [`analyze`].
pub(crate) fn never_deciding(
    vocabulary: &Vocabulary,
    rules: &[Rule],
    steps: usize,
) -> Result<Vec<usize>, TooComplex> {
    let mut budget = Budget::for_rules(steps, rules.len());
    let space = Space::new(vocabulary, conditions(rules), &mut budget)?;
    let unreachable = Analysis::new(&space, rules, budget)?.unreachable()?;
    Ok(unreachable.into_iter().map(|dead| dead.rule).collect())
}

/// The conditions of rules; none for `otherwise`.
pub(crate) fn conditions(rules: &[Rule]) -> impl Iterator<Item = Option<&Condition>> {
    rules.iter().map(|rule| rule.condition.as_ref())
}

/// A rule's number in diagrams.
fn number(rule: usize) -> u32 {
    rule as u32 + 1
}

struct Analysis<'s, 'a> {
    space: &'s Space<'a>,
    rules: &'a [Rule],
    builder: Builder<'s, 'a>,
    pruner: Pruner<'s, 'a>,
    /// Where each rule fires, were it alone.
    conditions: Vec<Node>,
    /// Which rule decides.
    decided: Node,
}

impl<'s, 'a> Analysis<'s, 'a> {
    fn new(space: &'s Space<'a>, rules: &'a [Rule], budget: Budget) -> Result<Self, TooComplex> {
        let mut builder = Builder::new(space, budget);
        let conditions = builder.conditions(conditions(rules))?;
        let decided = builder.decided(&conditions, number)?;
        let mut pruner = Pruner::new(space);
        let decided = pruner.prune(&mut builder.diagram, decided)?;
        Ok(Analysis { space, rules, builder, pruner, conditions, decided })
    }

    /// What is found about events that no rule decides, and nothing else.
    fn gaps(&mut self) -> Result<Findings, TooComplex> {
        let diagram = &mut self.builder.diagram;
        let gap = witness::find(self.space, diagram, &mut self.pruner, self.decided, 0);
        let may_have_gap = gap.is_err() && !diagram.budget.is_spent();
        let gap = if may_have_gap { None } else { gap? };
        Ok(Findings { gap, may_have_gap, ..Findings::default() })
    }

    fn findings(mut self, wanted: Wanted) -> Result<Findings, TooComplex> {
        let gaps = self.gaps()?;
        let always_true = self.always_true()?;
        let mut unreachable = self.unreachable()?;
        // That a rule never decides is certain; who takes its place is worth only what work is left.
        for dead in unreachable.iter_mut().filter(|dead| !dead.condition_never_true) {
            dead.covered_by = self.cover(dead.rule);
        }
        let copies = self.copies(&unreachable)?;
        let mut findings = Findings { copies, unreachable, always_true, ..gaps };
        findings.complete = true;
        // Each of these questions has the steps to itself; what they do not suffice for is left out.
        let whole = self.builder.diagram.budget.renewed();
        for question in [Self::find_redundant_rules, Self::find_redundant_parts, Self::find_notes] {
            self.builder.diagram.budget = whole;
            findings.complete &= question(&mut self, &wanted, &mut findings).is_ok();
        }
        findings.beyond = self.beyond();
        findings.complete &= findings.beyond.is_empty();
        Ok(findings)
    }

    /// Where the patterns are first asked that are beyond the analysis.
    fn beyond(&self) -> Vec<Span> {
        let mut free: Vec<&Pattern> = self.pruner.free().collect();
        let mut places = Vec::new();
        for test in tests_of(conditions(self.rules).flatten()) {
            if free.is_empty() {
                break;
            }
            let Accepts::Pattern(asked) = &test.accepts else { continue };
            if let Some(at) = free.iter().position(|pattern| **pattern == **asked) {
                free.swap_remove(at);
                places.push(test.span);
            }
        }
        places.sort_unstable_by_key(|span| (span.file, span.start));
        places
    }

    fn find_redundant_rules(
        &mut self,
        wanted: &Wanted,
        findings: &mut Findings,
    ) -> Result<(), TooComplex> {
        let rules = self.rules;
        let is_own = |at: usize| rules[at].keyword.file == wanted.file;
        findings.redundant = self.redundant(&findings.unreachable, is_own)?;
        Ok(())
    }

    fn find_redundant_parts(
        &mut self,
        wanted: &Wanted,
        findings: &mut Findings,
    ) -> Result<(), TooComplex> {
        let rules = self.worth_a_closer_look(wanted, findings);
        let gone = findings.redundant.iter().map(|redundant| redundant.rule).collect();
        self.redundant_parts(&rules, &wanted.lists, &gone, &mut findings.redundant_parts)
    }

    fn find_notes(&mut self, wanted: &Wanted, findings: &mut Findings) -> Result<(), TooComplex> {
        if !wanted.notes {
            return Ok(());
        }
        let rules = self.rules;
        findings.overlapped = self.overlapped(|at| rules[at].keyword.file == wanted.file)?;
        let rules = self.worth_a_closer_look(wanted, findings);
        self.needless_clauses(&rules, &mut findings.needless_clauses)
    }

    /// The rules of the file in question of which nothing is told already; none while events are undecided.
    fn worth_a_closer_look(&self, wanted: &Wanted, findings: &Findings) -> Vec<usize> {
        let told: HashSet<usize> = findings
            .unreachable
            .iter()
            .map(|dead| dead.rule)
            .chain(findings.redundant.iter().map(|redundant| redundant.rule))
            .chain(findings.always_true.iter().copied())
            .collect();
        let rules = self.rules.iter().enumerate();
        let own = rules.filter(|(at, rule)| {
            rule.keyword.file == wanted.file && !rule.is_otherwise() && !told.contains(at)
        });
        let decides_all = findings.gap.is_none() && !findings.may_have_gap;
        own.map(|(at, _)| at).filter(|_| decides_all).collect()
    }

    fn always_true(&mut self) -> Result<Vec<usize>, TooComplex> {
        let mut always_true = Vec::new();
        for (at, rule) in self.rules.iter().enumerate() {
            if !rule.is_otherwise() && self.pruned(self.conditions[at])? == Node::CERTAIN {
                always_true.push(at);
            }
        }
        Ok(always_true)
    }

    /// The rules that never decide, not yet with what covers them.
    fn unreachable(&mut self) -> Result<Vec<Unreachable>, TooComplex> {
        let reached = self.builder.diagram.numbers(self.decided)?;
        let mut unreachable = Vec::new();
        for rule in (0..self.rules.len()).filter(|&rule| !reached.contains(&number(rule))) {
            let condition_never_true = self.pruned(self.conditions[rule])? == Node::NOTHING;
            unreachable.push(Unreachable { rule, covered_by: Vec::new(), condition_never_true });
        }
        Ok(unreachable)
    }

    /// The rules that hold for the same events as the one that covers them.
    fn copies(&mut self, unreachable: &[Unreachable]) -> Result<Vec<usize>, TooComplex> {
        let mut copies = Vec::new();
        for dead in unreachable {
            if let [covering] = dead.covered_by[..] {
                let covering = self.pruned(self.conditions[covering])?;
                if covering == self.pruned(self.conditions[dead.rule])? {
                    copies.push(dead.rule);
                }
            }
        }
        Ok(copies)
    }

    fn pruned(&mut self, node: Node) -> Result<Node, TooComplex> {
        self.pruner.prune(&mut self.builder.diagram, node)
    }
}
