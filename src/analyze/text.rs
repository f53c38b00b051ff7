//! Is there a text that these patterns match and those do not?
//!
//! Likely texts are tried first. Where none fits, the patterns' automata are run side by side over all texts
//! at once, the shortest first, until one fits or none is left: the answer is exact either way, and comes with
//! a text to show.

use std::collections::{HashMap, HashSet};
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
    machines: HashMap<usize, Arc<Machine>>,
    samples: HashMap<usize, Option<String>>,
    pairs: HashMap<(Demand, Demand), bool>,
}

impl<'a> TextSearch<'a> {
    pub(crate) fn new(mentioned: &'a [&'a str], patterns: &'a [&'a Pattern]) -> Self {
        TextSearch {
            mentioned,
            patterns,
            machines: HashMap::new(),
            samples: HashMap::new(),
            pairs: HashMap::new(),
        }
    }

    /// A text that no test mentions.
    pub(crate) fn any(&self) -> String {
        fresh("something else", |text| self.mentioned.binary_search(&text).is_ok())
    }

    /// A text as demanded; `known` is one that meets all demands but the last. Nothing if there is none.
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
    fn go_together(
        &mut self,
        a: Demand,
        b: Demand,
        budget: &mut Budget,
    ) -> Result<bool, TooComplex> {
        if let Some(&known) = self.pairs.get(&(a, b)) {
            return Ok(known);
        }
        let likely = self.likely(&[a, b], budget)?.or(self.likely(&[b, a], budget)?);
        let together = likely.is_some() || self.search(&[a, b], budget)?.is_some();
        self.pairs.insert((a, b), together);
        Ok(together)
    }

    /// Goes through all texts at once, the shortest first.
    fn search(
        &mut self,
        demands: &[Demand],
        budget: &mut Budget,
    ) -> Result<Option<String>, TooComplex> {
        let mut machines = vec![(self.machine(None, budget)?, true)];
        for &(pattern, wanted) in demands {
            machines.push((self.machine(Some(pattern), budget)?, wanted));
        }
        let found = Search::new(machines, self.mentioned)?.run(budget)?;
        match found {
            Some(text) if !self.fits(&text, demands) => Err(TooComplex),
            found => Ok(found),
        }
    }

    /// The automaton of a pattern, or the one that tells texts from other bytes.
    fn machine(
        &mut self,
        pattern: Option<usize>,
        budget: &mut Budget,
    ) -> Result<Arc<Machine>, TooComplex> {
        let key = pattern.unwrap_or(usize::MAX);
        if let Some(machine) = self.machines.get(&key) {
            return Ok(Arc::clone(machine));
        }
        let regex =
            pattern.map_or_else(|| r"(?s)\A.*\z".to_owned(), |at| self.patterns[at].as_regex());
        let machine = Arc::new(Machine::new(&regex)?);
        budget.spend(machine.automaton.memory_usage() / 16)?;
        self.machines.insert(key, Arc::clone(&machine));
        Ok(machine)
    }
}

/// `name`, or with a number behind it, so that it is not taken.
pub(crate) fn fresh(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2u64..).map(|number| format!("{name} {number}"));
    let mut names = [name.to_owned()].into_iter().chain(numbered);
    names.find(|name| !is_taken(name)).unwrap_or_default()
}

/// The largest automaton that is built, in bytes.
const MOST_BYTES: usize = 4 << 20;

/// A pattern as an automaton that reads a text byte by byte.
struct Machine {
    automaton: dense::DFA<Vec<u32>>,
    start: StateID,
}

/// Stands for every state behind a match: that a pattern matches somewhere is not undone by what follows.
const MATCHED: u32 = u32::MAX;
/// Stands for every state behind which a pattern can never match any more.
const DEAD: u32 = u32::MAX - 1;

impl Machine {
    /// Fails for what is too large. Where a pattern asks for a word boundary, which an automaton can find only
    /// between ASCII characters, it gives up at the first other one.
    fn new(regex: &str) -> Result<Self, TooComplex> {
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

    fn state(&self, state: u32) -> StateID {
        StateID::new(state as usize).unwrap_or(self.start)
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

/// Where all machines stand, and which of the mentioned texts begin like what was read: two positions and
/// the number of bytes.
type State = Box<[u32]>;

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
    /// Some automaton cannot tell.
    Unknown,
}

/// All machines side by side, breadth first.
struct Search<'a> {
    machines: Vec<(Arc<Machine>, bool)>,
    mentioned: &'a [&'a str],
    /// One byte for each set of bytes that no machine and no mentioned text tells apart.
    bytes: Vec<u8>,
}

impl<'a> Search<'a> {
    fn new(
        machines: Vec<(Arc<Machine>, bool)>,
        mentioned: &'a [&'a str],
    ) -> Result<Self, TooComplex> {
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
        Ok(Search { machines, mentioned, bytes })
    }

    fn run(&self, budget: &mut Budget) -> Result<Option<String>, TooComplex> {
        let mut start: Vec<u32> =
            self.machines.iter().map(|(machine, _)| machine.start.as_u32()).collect();
        start.extend([0, self.mentioned.len() as u32, 0]);
        let start: State = start.into();
        let mut seen = HashSet::from([start.clone()]);
        let mut steps = vec![Step { state: start, from: None }];
        let (mut at, mut all_seen) = (0, true);
        while let Some(step) = steps.get(at) {
            budget.spend(self.machines.len() * (1 + self.bytes.len()))?;
            if self.accepts(&step.state) {
                return read_back(&steps, at).map(Some);
            }
            let mut new = Vec::new();
            for &byte in &self.bytes {
                match self.next(&step.state, byte) {
                    Ahead::State(state) if seen.insert(state.clone()) => {
                        new.push(Step { state, from: Some((at, byte)) });
                    }
                    Ahead::State(_) | Ahead::Nothing => {}
                    Ahead::Unknown => all_seen = false,
                }
            }
            steps.append(&mut new);
            at += 1;
        }
        if all_seen { Ok(None) } else { Err(TooComplex) }
    }

    fn next(&self, state: &State, byte: u8) -> Ahead {
        let mut next = Vec::with_capacity(state.len());
        let mut unknown = false;
        for ((machine, wanted), &state) in self.machines.iter().zip(&**state) {
            match machine.next(state, byte) {
                Some(DEAD) if *wanted => return Ahead::Nothing,
                Some(MATCHED) if !*wanted => return Ahead::Nothing,
                Some(state) => next.push(state),
                None => unknown = true,
            }
        }
        if unknown {
            return Ahead::Unknown;
        }
        next.extend(self.narrow(&state[self.machines.len()..], byte));
        Ahead::State(next.into())
    }

    /// The mentioned texts that go on like this.
    fn narrow(&self, state: &[u32], byte: u8) -> [u32; 3] {
        let &[first, end, read] = state else { return [0; 3] };
        let candidates = self.mentioned.get(first as usize..end as usize).unwrap_or_default();
        let next = |text: &&str| text.as_bytes().get(read as usize).copied();
        let from = candidates.partition_point(|text| next(text) < Some(byte)) as u32;
        let to = candidates.partition_point(|text| next(text) <= Some(byte)) as u32;
        if from == to { [0; 3] } else { [first + from, first + to, read + 1] }
    }

    fn accepts(&self, state: &State) -> bool {
        let (states, mentioned) = state.split_at(self.machines.len());
        let right = |((machine, wanted), &state): (&(Arc<Machine>, bool), &u32)| {
            machine.matches(state) == *wanted
        };
        self.machines.iter().zip(states).all(right) && !self.is_mentioned(mentioned)
    }

    fn is_mentioned(&self, state: &[u32]) -> bool {
        let &[first, end, read] = state else { return false };
        first < end
            && self.mentioned.get(first as usize).is_some_and(|text| text.len() == read as usize)
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
fn read_back(steps: &[Step], mut at: usize) -> Result<String, TooComplex> {
    let mut bytes = Vec::new();
    while let Some((from, byte)) = steps.get(at).and_then(|step| step.from) {
        bytes.push(byte);
        at = from;
    }
    bytes.reverse();
    String::from_utf8(bytes).map_err(|_| TooComplex)
}
