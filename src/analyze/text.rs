//! Is there a text that these patterns match and those do not?
//!
//! Likely texts are tried first. Where none fits, the patterns' automata are run side by side over all texts
//! at once, the shortest first, until one fits or none is left: the answer is exact either way, and comes with
//! a text to show.
//!
//! A pattern may be beyond that: its automaton too large, or one that cannot tell. From then on it may answer
//! anything: that there is no text remains certain, and a text that is found may not have it answer as demanded.

mod machine;
mod search;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

pub(crate) use machine::Machine;
use search::{Beyond, Machines, Search};

use super::budget::{Budget, TooComplex};
use crate::ast::TextTest;
use crate::condition::Pattern;

/// What a text that no test mentions must be like: patterns, by position, and whether they match.
pub(crate) type Demand = (usize, bool);

/// The share of all steps that one search may take: one pattern too many must not use up what others need.
const SHARE: usize = 8;

/// The texts that no test mentions, and patterns to look into them.
pub(crate) struct TextSearch<'a> {
    /// Sorted.
    mentioned: &'a [&'a str],
    patterns: &'a [&'a Pattern],
    /// Those of patterns, and of none the one that tells texts from other bytes.
    machines: HashMap<Option<usize>, Arc<Machine>>,
    /// Patterns that may answer anything, because they are beyond the analysis.
    free: BTreeSet<usize>,
    samples: HashMap<usize, Option<String>>,
    pairs: HashMap<(Demand, Demand), bool>,
}

impl<'a> TextSearch<'a> {
    pub(crate) fn new(mentioned: &'a [&'a str], patterns: &'a [&'a Pattern]) -> Self {
        TextSearch {
            mentioned,
            patterns,
            machines: HashMap::new(),
            free: BTreeSet::new(),
            samples: HashMap::new(),
            pairs: HashMap::new(),
        }
    }

    /// A text that no test mentions.
    pub(crate) fn any(&self) -> String {
        fresh("something else", |text| self.mentioned.binary_search(&text).is_ok())
    }

    /// The patterns that may answer anything.
    pub(crate) fn free(&self) -> impl Iterator<Item = &'a Pattern> {
        self.free.iter().map(|&pattern| self.patterns[pattern])
    }

    /// A text as demanded; `known` is one that meets all demands but the last. Nothing if there is none. What
    /// patterns that may answer anything say of it may be otherwise.
    pub(crate) fn find(
        &mut self,
        demands: &[Demand],
        known: &str,
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        let Some((&last, before)) = demands.split_last() else { return Ok(Some(self.any())) };
        budget.spend(8 * demands.len())?;
        if self.patterns[last.0].accepts(known) == last.1 {
            return Ok(Some(known.to_owned()));
        }
        if let Some(text) = self.likely(demands, budget)? {
            return Ok(Some(text));
        }
        if self.free.contains(&last.0) {
            return Ok(Some(known.to_owned()));
        }
        for &other in before {
            if !self.go_together(other, last, budget)? {
                return Ok(None);
            }
        }
        self.search(demands, budget)
    }

    fn fits(&self, text: &str, demands: &[Demand]) -> bool {
        let meets = |&(pattern, wanted): &Demand| self.patterns[pattern].accepts(text) == wanted;
        self.mentioned.binary_search(&text).is_err() && demands.iter().all(meets)
    }

    /// One of the texts that first come to mind.
    fn likely(
        &mut self,
        demands: &[Demand],
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        let Some(&(last, wanted)) = demands.last() else { return Ok(None) };
        if !wanted {
            return Ok(None);
        }
        let Some(sample) = self.sample(last, budget)? else { return Ok(None) };
        if self.fits(&sample, demands) {
            return Ok(Some(sample));
        }
        let joined = self.joined(demands, budget)?;
        Ok(self.fits(&joined, demands).then_some(joined))
    }

    /// Samples of all patterns that have to match, beginnings first, ends last.
    fn joined(&mut self, demands: &[Demand], budget: &mut Budget) -> Result<String, TooComplex> {
        let mut pieces = Vec::new();
        for &(pattern, _) in demands.iter().filter(|(_, wanted)| *wanted) {
            let place = match self.patterns[pattern].test {
                TextTest::StartsWith => 0,
                TextTest::EndsWith => 2,
                TextTest::Contains | TextTest::Like | TextTest::Matches => 1,
            };
            pieces.extend(self.sample(pattern, budget)?.map(|sample| (place, sample)));
        }
        pieces.sort_by_key(|(place, _)| *place);
        Ok(pieces.into_iter().map(|(_, sample)| sample).collect::<Vec<_>>().join(" "))
    }

    /// A text that a pattern matches, if there is one.
    fn sample(
        &mut self,
        pattern: usize,
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        if let Some(sample) = self.samples.get(&pattern) {
            return Ok(sample.clone());
        }
        let Pattern { test, text, .. } = self.patterns[pattern];
        let sample = match test {
            TextTest::Contains | TextTest::StartsWith | TextTest::EndsWith => Some(text.clone()),
            TextTest::Like => Some(text.replace('*', "")),
            TextTest::Matches => self.search(&[(pattern, true)], budget)?,
        };
        self.samples.insert(pattern, sample.clone());
        Ok(sample)
    }

    /// Whether some text meets both demands: a cheap way to see that there is none for many.
    pub(crate) fn go_together(
        &mut self,
        a: Demand,
        b: Demand,
        budget: &mut Budget,
    ) -> Result<bool, TooComplex> {
        if let Some(&known) = self.pairs.get(&(a, b)) {
            return Ok(known);
        }
        let is_free = [a, b].iter().any(|(pattern, _)| self.free.contains(pattern));
        let together = is_free
            || self.fits(&self.any(), &[a, b])
            || self.likely(&[a, b], budget)?.is_some()
            || self.likely(&[b, a], budget)?.is_some()
            || self.search(&[a, b], budget)?.is_some();
        self.pairs.insert((a, b), together);
        Ok(together)
    }

    /// Goes through all texts at once, the shortest first. A pattern that turns out to be beyond that is left out.
    fn search(
        &mut self,
        demands: &[Demand],
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        loop {
            let mut demands = demands.to_vec();
            demands.retain(|(pattern, _)| !self.free.contains(pattern));
            let Some(machines) = self.machines(&demands, budget)? else { continue };
            let mut own = budget.part(SHARE);
            let found = Search::new(machines, self.mentioned).run(&mut own);
            budget.spend(own.spent())?;
            if found.is_err() && budget.is_spent() {
                return Err(TooComplex);
            }
            match (found, self.largest(&demands)) {
                (Ok(found), _) => {
                    let fits = found.as_ref().is_none_or(|text| self.fits(text, &demands));
                    debug_assert!(fits, "an automaton matches what its expression does");
                    return if fits { Ok(found) } else { Err(TooComplex) };
                }
                (Err(Beyond::Machine(at)), _) if at > 0 => {
                    self.free.insert(demands[at - 1].0);
                }
                (Err(_), Some(largest)) => {
                    self.free.insert(largest);
                }
                (Err(_), None) => return Err(TooComplex),
            }
        }
    }

    /// The automata of patterns, behind the one that tells texts from other bytes; none where one of them turns out
    /// to be too large.
    fn machines(
        &mut self,
        demands: &[Demand],
        budget: &mut Budget,
    ) -> Result<Option<Machines>, TooComplex> {
        let mut machines = vec![(self.machine(None, budget)?, true)];
        for &(pattern, wanted) in demands {
            match self.machine(Some(pattern), budget) {
                Ok(machine) => machines.push((machine, wanted)),
                Err(TooComplex) if budget.is_spent() => return Err(TooComplex),
                Err(TooComplex) => {
                    self.free.insert(pattern);
                    return Ok(None);
                }
            }
        }
        Ok(Some(machines))
    }

    /// The pattern with the largest automaton.
    fn largest(&self, demands: &[Demand]) -> Option<usize> {
        let size = |pattern: &usize| {
            self.machines.get(&Some(*pattern)).map_or(0, |machine| machine.size())
        };
        demands.iter().map(|&(pattern, _)| pattern).max_by_key(size)
    }

    /// The automaton of a pattern, or the one that tells texts from other bytes.
    fn machine(
        &mut self,
        pattern: Option<usize>,
        budget: &mut Budget,
    ) -> Result<Arc<Machine>, TooComplex> {
        if let Some(machine) = self.machines.get(&pattern) {
            return Ok(Arc::clone(machine));
        }
        let machine = match pattern {
            Some(at) => Arc::new(Machine::new(&self.patterns[at].as_regex())?),
            None => Machine::of_texts()?,
        };
        budget.spend(machine.size() / 16)?;
        self.machines.insert(pattern, Arc::clone(&machine));
        Ok(machine)
    }
}

/// The first text, by length and then by the order of the machines' bytes, that some machines match and others do
/// not, and that is not mentioned; one of them is to tell texts from other bytes.
pub(crate) fn search_text(
    machines: Machines,
    mentioned: &[&str],
    budget: &mut Budget,
) -> Result<Option<String>, TooComplex> {
    Search::new(machines, mentioned).run(budget).map_err(|_| TooComplex)
}

/// `name`, or with a number behind it, so that it is not taken.
pub(crate) fn fresh(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2u64..).map(|number| format!("{name} {number}"));
    let mut names = [name.to_owned()].into_iter().chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}
