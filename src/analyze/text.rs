//! Is there a text that these patterns match and those do not?
//!
//! Likely texts are tried first. Where none fits, the patterns' automata are run side by side over all texts
//! at once, the shortest first, until one fits or none is left: the answer is exact either way, and comes with
//! a text to show.
//!
//! A pattern may be beyond that: its automaton too large, or one that cannot tell. From then on it may answer
//! anything: that there is no text remains certain, and a text that is found may not have it answer as demanded.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;

use super::budget::{Budget, TooComplex};
use crate::ast::TextTest;
use crate::condition::Pattern;

/// What a text that no test mentions must be like: patterns, by position, and whether they match.
pub(crate) type Demand = (usize, bool);

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
            self.machines.get(&Some(*pattern)).map_or(0, |machine| machine.automaton.memory_usage())
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
        budget.spend(machine.automaton.memory_usage() / 16)?;
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

/// Automata, and whether each is to match.
type Machines = Vec<(Arc<Machine>, bool)>;

/// The share of all steps that one search may take: one pattern too many must not use up what others need.
const SHARE: usize = 8;

/// Why a search has no answer.
enum Beyond {
    /// The automaton at this position cannot tell.
    Machine(usize),
    Steps,
}

impl From<TooComplex> for Beyond {
    fn from(_: TooComplex) -> Self {
        Beyond::Steps
    }
}

/// The largest automaton that is built, in bytes.
const MOST_BYTES: usize = 4 << 20;

/// A pattern as an automaton that reads a text byte by byte.
pub(crate) struct Machine {
    automaton: dense::DFA<Vec<u32>>,
    start: StateID,
}

/// Stands for every state behind a match: that a pattern matches somewhere is not undone by what follows.
const MATCHED: u32 = u32::MAX;
/// Stands for every state behind which a pattern can never match any more.
const DEAD: u32 = u32::MAX - 1;

impl Machine {
    /// Tells texts from other bytes.
    pub(crate) fn of_texts() -> Result<Arc<Self>, TooComplex> {
        Machine::new(r"(?s)\A.*\z").map(Arc::new)
    }

    /// Fails for what is too large. Where a pattern asks for a word boundary, which an automaton can find only
    /// between ASCII characters, it gives up at the first other one.
    pub(crate) fn new(regex: &str) -> Result<Self, TooComplex> {
        let size = Some(MOST_BYTES);
        let limits = dense::Config::new().dfa_size_limit(size).determinize_size_limit(size);
        let automaton = dense::Builder::new()
            .configure(
                limits
                    .start_kind(StartKind::Unanchored)
                    .accelerate(false)
                    .unicode_word_boundary(true),
            )
            .thompson(thompson::Config::new().nfa_size_limit(size))
            .build(regex)
            .map_err(|_| TooComplex)?;
        let start = automaton.start_state(&start::Config::new()).map_err(|_| TooComplex)?;
        Ok(Machine { automaton, start })
    }

    /// A state by the number that it was given away with.
    fn state(&self, state: u32) -> StateID {
        let id = StateID::new(state as usize);
        debug_assert!(id.is_ok(), "every number but the two of no state is one of the automaton's");
        id.unwrap_or(self.start)
    }

    /// The state behind a byte; nothing if the automaton cannot tell.
    fn next(&self, state: u32, byte: u8) -> Option<u32> {
        if state == MATCHED || state == DEAD {
            return Some(state);
        }
        let next = self.automaton.next_state(self.state(state), byte);
        match next {
            _ if self.automaton.is_match_state(next) => Some(MATCHED),
            _ if self.automaton.is_dead_state(next) => Some(DEAD),
            _ if self.automaton.is_quit_state(next) => None,
            _ => Some(next.as_u32()),
        }
    }

    /// Whether the text matches if it ends here.
    fn matches(&self, state: u32) -> bool {
        state == MATCHED
            || state != DEAD
                && self.automaton.is_match_state(self.automaton.next_eoi_state(self.state(state)))
    }
}

/// Where the search stands.
#[derive(Clone, PartialEq, Eq, Hash)]
struct State {
    /// Where each machine stands.
    machines: Box<[u32]>,
    begun: Begun,
}

/// Which of the mentioned texts begin like what was read.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Begun {
    /// The position of the first, and that behind the last.
    first: u32,
    end: u32,
    /// How many bytes were read; 0 once there are none.
    read: u32,
}

impl Begun {
    const NONE: Begun = Begun { first: 0, end: 0, read: 0 };
}

/// A state that was reached, and how.
struct Step {
    state: State,
    /// The step before, and the byte.
    from: Option<(usize, u8)>,
}

/// What lies behind a byte.
enum Ahead {
    State(State),
    /// No text that goes on like this is as demanded.
    Nothing,
    /// The automaton at this position cannot tell.
    Unknown(usize),
}

/// All machines side by side, breadth first.
struct Search<'a> {
    machines: Machines,
    mentioned: &'a [&'a str],
    /// One byte for each set of bytes that no machine and no mentioned text tells apart.
    bytes: Vec<u8>,
}

impl<'a> Search<'a> {
    fn new(machines: Machines, mentioned: &'a [&'a str]) -> Self {
        let named: HashSet<u8> = mentioned.iter().flat_map(|text| text.bytes()).collect();
        let mut seen = HashSet::new();
        let mut bytes: Vec<u8> = (0..=u8::MAX).collect();
        bytes.sort_by_key(|&byte| oddity(byte));
        bytes.retain(|&byte| {
            let class =
                |(machine, _): &(Arc<Machine>, bool)| machine.automaton.byte_classes().get(byte);
            let classes: Vec<u8> = machines.iter().map(class).collect();
            seen.insert((classes, named.contains(&byte).then_some(byte)))
        });
        Search { machines, mentioned, bytes }
    }

    fn run(&self, budget: &mut Budget) -> Result<Option<String>, Beyond> {
        let start = State {
            machines: self.machines.iter().map(|(machine, _)| machine.start.as_u32()).collect(),
            begun: Begun { end: self.mentioned.len() as u32, ..Begun::NONE },
        };
        let mut seen = HashSet::from([start.clone()]);
        let mut steps = vec![Step { state: start, from: None }];
        let (mut at, mut unseen) = (0, None);
        while let Some(step) = steps.get(at) {
            budget.spend(self.machines.len() * (1 + self.bytes.len()))?;
            if self.accepts(&step.state) {
                return Ok(Some(read_back(&steps, at)));
            }
            let mut new = Vec::new();
            for &byte in &self.bytes {
                match self.next(&step.state, byte) {
                    Ahead::State(state) if seen.insert(state.clone()) => {
                        new.push(Step { state, from: Some((at, byte)) });
                    }
                    Ahead::State(_) | Ahead::Nothing => {}
                    Ahead::Unknown(machine) => unseen = Some(machine),
                }
            }
            steps.append(&mut new);
            at += 1;
        }
        unseen.map_or(Ok(None), |machine| Err(Beyond::Machine(machine)))
    }

    fn next(&self, state: &State, byte: u8) -> Ahead {
        let mut next = Vec::with_capacity(state.machines.len());
        let mut unknown = None;
        for (at, ((machine, wanted), &state)) in
            self.machines.iter().zip(&*state.machines).enumerate()
        {
            match machine.next(state, byte) {
                Some(DEAD) if *wanted => return Ahead::Nothing,
                Some(MATCHED) if !*wanted => return Ahead::Nothing,
                Some(state) => next.push(state),
                None => unknown = Some(at),
            }
        }
        if let Some(at) = unknown {
            return Ahead::Unknown(at);
        }
        Ahead::State(State { machines: next.into(), begun: self.narrow(state.begun, byte) })
    }

    /// The mentioned texts that go on like this.
    fn narrow(&self, Begun { first, end, read }: Begun, byte: u8) -> Begun {
        let candidates = &self.mentioned[first as usize..end as usize];
        let next = |text: &&str| text.as_bytes().get(read as usize).copied();
        let from = candidates.partition_point(|text| next(text) < Some(byte)) as u32;
        let to = candidates.partition_point(|text| next(text) <= Some(byte)) as u32;
        match from == to {
            true => Begun::NONE,
            false => Begun { first: first + from, end: first + to, read: read + 1 },
        }
    }

    fn accepts(&self, state: &State) -> bool {
        let right = |((machine, wanted), &state): (&(Arc<Machine>, bool), &u32)| {
            machine.matches(state) == *wanted
        };
        self.machines.iter().zip(&*state.machines).all(right) && !self.is_mentioned(state.begun)
    }

    /// Whether what was read is a mentioned text; it is the first of those that begin like it.
    fn is_mentioned(&self, Begun { first, end, read }: Begun) -> bool {
        first < end && self.mentioned[first as usize].len() == read as usize
    }
}

/// Letters read best, control characters and bytes of other alphabets worst.
fn oddity(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => 0,
        b'A'..=b'Z' => 1,
        b'0'..=b'9' => 2,
        b' ' => 3,
        b'!'..=b'~' => 4,
        128.. => 5,
        _ => 6,
    }
}

/// The bytes that led to a step, as text.
fn read_back(steps: &[Step], mut at: usize) -> String {
    let mut bytes = Vec::new();
    while let Some((from, byte)) = steps.get(at).and_then(|step| step.from) {
        bytes.push(byte);
        at = from;
    }
    bytes.reverse();
    let text = String::from_utf8(bytes);
    debug_assert!(text.is_ok(), "one automaton accepts nothing but texts");
    text.unwrap_or_default()
}
