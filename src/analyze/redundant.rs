//! Rules whose absence changes no decision.
//!
//! A rule is needed where another decision would take the place of its own. Which rule comes next, were the
//! deciding one not there, is a function of the event like any other: a diagram of the first two rules that
//! hold, made by joining neighbours, as that of the first one is.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::budget::TooComplex;
use super::diagram::Node;
use super::numbers::Numbers;
use super::table::decision;
use super::{Analysis, Unreachable};

/// A rule that may be taken away: what it decides, later rules decide alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redundant {
    pub(crate) rule: usize,
    /// The rules that then decide in its place, in order.
    pub(crate) next: Vec<usize>,
}

/// What comes behind the rule that decides.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Next {
    Nothing,
    /// Some rule; which one is not asked.
    Some {
        alike: bool,
    },
    Rule(usize),
}

/// The rule that decides, and what comes behind it.
type Two = (usize, Next);

/// Pairs as a diagram's numbers, from 1.
struct Pairs(Numbers<Two>);

impl Pairs {
    fn number(&mut self, pair: Two) -> u32 {
        self.0.number(pair) + 1
    }

    fn get(&self, number: u32) -> Option<Two> {
        self.0.get(number.checked_sub(1)?).copied()
    }

    /// Both of what an earlier and a later part of the rules say.
    fn join(&mut self, earlier: u32, later: u32, next: &dyn Fn(usize, usize) -> Next) -> u32 {
        match (self.get(earlier), self.get(later)) {
            (None, _) => later,
            (Some((first, Next::Nothing)), Some((second, _))) => {
                self.number((first, next(first, second)))
            }
            (Some(_), _) => earlier,
        }
    }
}

impl Analysis<'_, '_> {
    /// The rules that may be taken away, all of them together; of those that lean on one another only the last.
    ///
    /// A rule that never decides only because of another one may decide once that is gone; one whose condition is
    /// never true may not. Neither takes another one's place, since it is told itself and may be taken away, too. What a
    /// base decides alike is not redundant, since the base may change: only rules of the file itself take a rule's
    /// place.
    pub(super) fn redundant(
        &mut self,
        unreachable: &[Unreachable],
        is_own: impl Fn(usize) -> bool,
    ) -> Result<Vec<Redundant>, TooComplex> {
        let never_true = unreachable.iter().filter(|dead| dead.condition_never_true);
        let never_true: HashSet<usize> = never_true.map(|dead| dead.rule).collect();
        let dead: HashSet<usize> = unreachable.iter().map(|dead| dead.rule).collect();
        let rules: Vec<usize> =
            (0..self.rules.len()).filter(|at| !never_true.contains(at)).collect();
        let decisions = self.decisions();
        let alone = self.replaceable(&rules, &decisions)?;
        let mut next = self.next(&rules, &alone)?;
        let (mut redundant, mut gone) = (Vec::new(), HashSet::new());
        for rule in alone.into_iter().rev().filter(|&at| is_own(at)) {
            let Some(next) = next.remove(&rule) else { continue };
            let stays = |next: &usize| !gone.contains(next) && !dead.contains(next);
            if next.iter().all(|next| is_own(*next) && stays(next)) {
                gone.insert(rule);
                redundant.push(Redundant { rule, next: next.into_iter().collect() });
            }
        }
        redundant.reverse();
        Ok(redundant)
    }

    /// A number for each rule's decision; alike where outcome, arguments and labels are.
    pub(super) fn decisions(&self) -> Vec<u32> {
        let mut numbers = Numbers::new();
        self.rules.iter().map(|rule| numbers.number(decision(rule))).collect()
    }

    /// The rules in whose place, wherever they decide, another rule would decide alike.
    fn replaceable(
        &mut self,
        rules: &[usize],
        decisions: &[u32],
    ) -> Result<BTreeSet<usize>, TooComplex> {
        let mut later = HashSet::new();
        let mut candidates: BTreeSet<usize> = rules
            .iter()
            .rev()
            .filter(|&&at| !later.insert(decisions[at]) && !self.rules[at].is_otherwise())
            .copied()
            .collect();
        if candidates.is_empty() {
            return Ok(candidates);
        }
        let next = |first: usize, second: usize| Next::Some {
            alike: decisions[first] == decisions[second],
        };
        for (rule, next) in self.first_two(rules, &next)? {
            if next != (Next::Some { alike: true }) {
                candidates.remove(&rule);
            }
        }
        Ok(candidates)
    }

    /// The rules that would decide in the place of each of some.
    fn next(
        &mut self,
        rules: &[usize],
        of: &BTreeSet<usize>,
    ) -> Result<BTreeMap<usize, BTreeSet<usize>>, TooComplex> {
        let mut found: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        if of.is_empty() {
            return Ok(found);
        }
        let next = |first: usize, second: usize| match of.contains(&first) {
            true => Next::Rule(second),
            false => Next::Some { alike: false },
        };
        for (rule, next) in self.first_two(rules, &next)? {
            if let Next::Rule(next) = next {
                found.entry(rule).or_default().insert(next);
            }
        }
        Ok(found)
    }

    /// Every pair of a deciding rule and what comes behind it that there is an event for.
    fn first_two(
        &mut self,
        rules: &[usize],
        next: &dyn Fn(usize, usize) -> Next,
    ) -> Result<Vec<Two>, TooComplex> {
        let mut pairs = Pairs(Numbers::new());
        let mut nodes = Vec::with_capacity(rules.len());
        for &rule in rules {
            let first = Node::number(pairs.number((rule, Next::Nothing)));
            nodes.push(self.builder.diagram.within(self.conditions[rule], first)?);
        }
        let mut join = |earlier, later| pairs.join(earlier, later, next);
        let joined = self.builder.diagram.join(nodes, &mut join)?;
        let joined = self.pruned(joined)?;
        let numbers = self.builder.diagram.numbers(joined)?;
        Ok(numbers.into_iter().filter_map(|number| pairs.get(number)).collect())
    }
}
