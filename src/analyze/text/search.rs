//! The first text that automata accept, as they run side by side over all texts at once.

use std::collections::HashSet;
use std::sync::Arc;

use super::machine::{DEAD, MATCHED, Machine};
use crate::analyze::budget::{Budget, TooComplex};

/// Automata, and whether each is to match.
pub(super) type Machines = Vec<(Arc<Machine>, bool)>;

/// Why a search has no answer.
pub(super) enum Beyond {
    /// The automaton at this position cannot tell.
    Machine(usize),
    Steps,
}

impl From<TooComplex> for Beyond {
    fn from(_: TooComplex) -> Self {
        Beyond::Steps
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
pub(super) struct Search<'a> {
    machines: Machines,
    mentioned: &'a [&'a str],
    /// One byte for each set of bytes that no machine and no mentioned text tells apart.
    bytes: Vec<u8>,
}

impl<'a> Search<'a> {
    pub(super) fn new(machines: Machines, mentioned: &'a [&'a str]) -> Self {
        let named: HashSet<u8> = mentioned.iter().flat_map(|text| text.bytes()).collect();
        let mut seen = HashSet::new();
        let mut bytes: Vec<u8> = (0..=u8::MAX).collect();
        bytes.sort_by_key(|&byte| oddity(byte));
        bytes.retain(|&byte| {
            let class = |(machine, _): &(Arc<Machine>, bool)| machine.class(byte);
            let classes: Vec<u8> = machines.iter().map(class).collect();
            seen.insert((classes, named.contains(&byte).then_some(byte)))
        });
        Search { machines, mentioned, bytes }
    }

    pub(super) fn run(&self, budget: &mut Budget) -> Result<Option<String>, Beyond> {
        let start = State {
            machines: self.machines.iter().map(|(machine, _)| machine.start()).collect(),
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
