//! Clauses of conditions and elements of lists that change nothing.
//!
//! A part of a rule's condition matters for an event if the rule would hold with one answer in its place and would
//! not with the other, and if that changes which rule decides.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::budget::TooComplex;
use super::classes::Stretch;
use super::diagram::Node;
use super::{Analysis, number};
use crate::condition::{Condition, Test};
use crate::event::Held;
use crate::source::Span;

/// A clause without which the same rules decide the same events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedundantClause {
    pub(crate) rule: usize,
    /// Its position among those that `and` or `or` join, and theirs, from the whole condition down; `not` and
    /// parentheses do not count.
    pub(crate) path: Vec<usize>,
    /// The earlier rules that decide the events for which it matters; none where the rule holds for the same
    /// events without it.
    pub(crate) decided_by: Vec<usize>,
}

/// An element of a list without which the same rules decide the same events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RedundantElement {
    pub(crate) rule: usize,
    /// The test that the list belongs to.
    pub(crate) test: Span,
    /// Its position in the list.
    pub(crate) element: usize,
    /// The earlier rules that decide its events; none where the rest of the condition says the same of them.
    pub(crate) decided_by: Vec<usize>,
}

/// All parts of rules that may be taken away at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RedundantParts {
    pub(crate) clauses: Vec<RedundantClause>,
    pub(crate) elements: Vec<RedundantElement>,
}

/// The elements of a list.
#[derive(Clone, Debug)]
pub(crate) struct Elements {
    /// How many there are.
    pub(crate) count: usize,
    /// The lowest and the highest value of each that is looked at, with its position.
    pub(crate) values: Vec<(usize, Held, Held)>,
}

/// A clause of a condition.
struct Clause<'c> {
    condition: &'c Condition,
    path: Vec<usize>,
    /// Whether it counts where it is true; behind `not` it does where it is false.
    wanted: bool,
    /// What it says where it is left out.
    neutral: Node,
}

/// A test of a condition.
#[derive(Clone, Copy)]
struct Asked<'c> {
    condition: &'c Condition,
    test: &'c Test,
    /// Whether it counts where it is true; behind `not` it does where it is false.
    wanted: bool,
    /// The clause that it is, with or without `not`, and what that says where it is left out.
    clause: Option<(&'c Condition, Node)>,
}

/// What some parts of a condition would say instead.
type Parts<'a> = Vec<(&'a Condition, Node)>;

impl<'a> Analysis<'_, 'a> {
    /// The clauses without which some rules hold for the same events, and the elements of lists without which they
    /// decide the same: each by itself and all of them together, so of those that lean on one another only one.
    ///
    /// Lists are given by the places of their tests. What rules decide that are `gone` is not decided by them.
    pub(super) fn redundant_parts(
        &mut self,
        rules: &[usize],
        lists: &HashMap<Span, Elements>,
        gone: &HashSet<usize>,
        found: &mut RedundantParts,
    ) -> Result<(), TooComplex> {
        let all = self.rules;
        for &rule in rules {
            let Some(condition) = &all[rule].condition else { continue };
            let mut parts = self.redundant_clauses(rule, condition, &mut found.clauses)?;
            for asked in tests(condition, true, None) {
                if let Some(elements) = lists.get(&asked.test.span) {
                    self.redundant_in_list(rule, condition, asked, elements, &mut parts, found)?;
                }
            }
        }
        found.elements.retain(|element| !element.decided_by.iter().any(|by| gone.contains(by)));
        Ok(())
    }

    /// Gives what the clauses say once they are left out.
    fn redundant_clauses(
        &mut self,
        rule: usize,
        condition: &'a Condition,
        found: &mut Vec<RedundantClause>,
    ) -> Result<Parts<'a>, TooComplex> {
        let mut parts = Parts::new();
        let mut waiting = clauses(condition, &[], true);
        while let Some(clause) = waiting.pop() {
            let alone = [(clause.condition, clause.neutral)];
            let together = [&parts[..], &alone].concat();
            // Where nothing else is left out yet, alone is together.
            let is_redundant = self.differing(rule, condition, &alone)? == Node::NOTHING
                && (parts.is_empty()
                    || self.differing(rule, condition, &together)? == Node::NOTHING);
            if is_redundant {
                parts = together;
                found.push(RedundantClause { rule, path: clause.path, decided_by: Vec::new() });
            } else {
                waiting.extend(clauses(clause.condition, &clause.path, clause.wanted));
            }
        }
        Ok(parts)
    }

    /// The clauses that matter only for events that earlier rules decide, each by itself.
    pub(super) fn needless_clauses(
        &mut self,
        rules: &[usize],
        found: &mut Vec<RedundantClause>,
    ) -> Result<(), TooComplex> {
        let all = self.rules;
        for &rule in rules {
            let Some(condition) = &all[rule].condition else { continue };
            let mut waiting = clauses(condition, &[], true);
            while let Some(clause) = waiting.pop() {
                let without = vec![(clause.condition, clause.neutral)];
                let differs = self.differing(rule, condition, &without)?;
                if differs == Node::NOTHING {
                    continue;
                }
                match self.earlier_deciders(rule, differs)? {
                    Some(decided_by) => {
                        found.push(RedundantClause { rule, path: clause.path, decided_by });
                    }
                    None => {
                        waiting.extend(clauses(clause.condition, &clause.path, clause.wanted));
                    }
                }
            }
        }
        Ok(())
    }

    /// Where a rule's condition is another one with these parts in it.
    fn differing(
        &mut self,
        rule: usize,
        condition: &'a Condition,
        parts: &[(&'a Condition, Node)],
    ) -> Result<Node, TooComplex> {
        let changed = self.builder.certainly(condition, true, parts)?;
        let differs = self.builder.diagram.zip(self.conditions[rule], changed, &mut differ)?;
        self.pruned(differs)
    }

    /// The rules that decide some events, if all of them come before a rule.
    fn earlier_deciders(
        &mut self,
        rule: usize,
        events: Node,
    ) -> Result<Option<Vec<usize>>, TooComplex> {
        let diagram = &mut self.builder.diagram;
        let later = |other: u32| other >= number(rule);
        // Mostly there is such an event, and soon found; one that cannot be has to be looked at with care.
        if !self.space.has_patterns() && diagram.meets(events, self.decided, &later)? {
            return Ok(None);
        }
        let decided = diagram.within(events, self.decided)?;
        let decided = self.pruned(decided)?;
        Ok(earlier(self.builder.diagram.numbers(decided)?, rule))
    }

    fn redundant_in_list(
        &mut self,
        rule: usize,
        condition: &'a Condition,
        asked: Asked<'a>,
        elements: &Elements,
        parts: &mut Parts<'a>,
        found: &mut RedundantParts,
    ) -> Result<(), TooComplex> {
        let Some(place) = self.space.find(asked.test.fact) else { return Ok(()) };
        let (level, classes) = place;
        let stretches: Vec<Stretch> = elements
            .values
            .iter()
            .map(|(_, low, high)| (classes.class_of(low.value()), classes.class_of(high.value())))
            .collect();
        let listed = self.builder.among(place, &stretches)?;
        let alone = self.decided_where_it_matters(condition, asked.condition, listed, &[])?;
        let together = match parts.is_empty() {
            true => alone,
            false => self.decided_where_it_matters(condition, asked.condition, listed, parts)?,
        };
        let (mut redundant, mut gone) = (Vec::new(), Vec::new());
        for ((element, ..), stretch) in elements.values.iter().zip(stretches) {
            let mut numbers = BTreeSet::new();
            for class in stretch.0..=stretch.1 {
                numbers.extend(self.builder.diagram.numbers_where(alone, level, class)?);
                numbers.extend(self.builder.diagram.numbers_where(together, level, class)?);
            }
            if let Some(decided_by) = earlier(numbers, rule) {
                let (test, element) = (asked.test.span, *element);
                redundant.push(RedundantElement { rule, test, element, decided_by });
                gone.push(stretch);
            }
        }
        // Where none of them changes anything it may be the test that is to blame; otherwise one has to stay, since a
        // list has elements.
        let all = redundant.len() == elements.count;
        if all && !self.is_needless(rule, condition, &asked)? {
            redundant.remove(0);
            gone.remove(0);
        }
        if redundant.len() < elements.count {
            let gone = self.builder.among(place, &gone)?;
            parts.push((asked.condition, self.turned_round(&asked, gone)?));
            found.elements.append(&mut redundant);
        }
        Ok(())
    }

    /// Whether a test as a whole matters for no event, or only for those that earlier rules decide.
    fn is_needless(
        &mut self,
        rule: usize,
        condition: &'a Condition,
        asked: &Asked<'a>,
    ) -> Result<bool, TooComplex> {
        let Some(clause) = asked.clause else { return Ok(true) };
        let differs = self.differing(rule, condition, &[clause])?;
        Ok(self.earlier_deciders(rule, differs)?.is_some())
    }

    /// Which rules decide the events for which the answer of a test matters, among some.
    fn decided_where_it_matters(
        &mut self,
        condition: &'a Condition,
        part: &'a Condition,
        among: Node,
        parts: &[(&'a Condition, Node)],
    ) -> Result<Node, TooComplex> {
        let mut with = |node| {
            let parts = [parts, &[(part, node)]].concat();
            self.builder.certainly(condition, true, &parts)
        };
        let (with, without) = (with(among)?, with(Node::NOTHING)?);
        let matters = self.builder.diagram.zip(with, without, &mut differ)?;
        let decided = self.builder.diagram.within(matters, self.decided)?;
        self.pruned(decided)
    }

    /// What a test says with another answer for some events.
    fn turned_round(&mut self, asked: &Asked<'a>, events: Node) -> Result<Node, TooComplex> {
        let answer = self.builder.certainly(asked.condition, asked.wanted, &[])?;
        self.builder.diagram.zip(answer, events, &mut differ)
    }
}

/// Certain where just one of two is.
fn differ(one: u32, other: u32) -> u32 {
    u32::from(one != other)
}

/// The rules with these numbers, if all of them come before a rule.
fn earlier(numbers: BTreeSet<u32>, rule: usize) -> Option<Vec<usize>> {
    let rules = numbers.into_iter().filter(|&other| other != 0);
    rules.map(|other| (other < number(rule)).then_some(other as usize - 1)).collect()
}

/// What `and` or `or` joins at the top of a condition.
fn clauses<'c>(condition: &'c Condition, path: &[usize], wanted: bool) -> Vec<Clause<'c>> {
    let (joined, all) = match condition {
        Condition::All(joined) => (joined, wanted),
        Condition::Any(joined) => (joined, !wanted),
        Condition::Not(inner) => return clauses(inner, path, !wanted),
        Condition::Named(_) | Condition::Test(_) => return Vec::new(),
    };
    let clause = |(at, condition): (usize, &'c Condition)| Clause {
        condition,
        path: [path, &[at]].concat(),
        wanted,
        neutral: Node::from(all),
    };
    joined.iter().enumerate().map(clause).collect()
}

/// The tests of a condition, but for those of conditions that it names.
fn tests<'c>(
    condition: &'c Condition,
    wanted: bool,
    clause: Option<(&'c Condition, Node)>,
) -> Vec<Asked<'c>> {
    match condition {
        Condition::All(_) | Condition::Any(_) => {
            let clauses = clauses(condition, &[], wanted).into_iter();
            let within = |clause: Clause<'c>| {
                let left_out = Some((clause.condition, clause.neutral));
                tests(clause.condition, wanted, left_out)
            };
            clauses.flat_map(within).collect()
        }
        Condition::Not(inner) => tests(inner, !wanted, clause),
        Condition::Named(_) => Vec::new(),
        Condition::Test(test) => vec![Asked { condition, test, wanted, clause }],
    }
}
