//! A pattern as an automaton.

use std::sync::Arc;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;

use crate::analyze::budget::TooComplex;

/// The largest automaton that is built, in bytes.
const MOST_BYTES: usize = 4 << 20;

/// A pattern as an automaton that reads a text byte by byte.
pub(crate) struct Machine {
    automaton: dense::DFA<Vec<u32>>,
    start: StateID,
}

/// Stands for every state behind a match: that a pattern matches somewhere is not undone by what follows.
pub(super) const MATCHED: u32 = u32::MAX;
/// Stands for every state behind which a pattern can never match any more.
pub(super) const DEAD: u32 = u32::MAX - 1;

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

    /// In bytes.
    pub(super) fn size(&self) -> usize {
        self.automaton.memory_usage()
    }

    /// The state before the first byte.
    pub(super) fn start(&self) -> u32 {
        self.start.as_u32()
    }

    /// The class of a byte: all bytes of one lead to the same states.
    pub(super) fn class(&self, byte: u8) -> u8 {
        self.automaton.byte_classes().get(byte)
    }

    /// A state by the number that it was given away with.
    fn state(&self, state: u32) -> StateID {
        let id = StateID::new(state as usize);
        debug_assert!(id.is_ok(), "every number but the two of no state is one of the automaton's");
        id.unwrap_or(self.start)
    }

    /// The state behind a byte; nothing if the automaton cannot tell.
    pub(super) fn next(&self, state: u32, byte: u8) -> Option<u32> {
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
    pub(super) fn matches(&self, state: u32) -> bool {
        state == MATCHED
            || state != DEAD
                && self.automaton.is_match_state(self.automaton.next_eoi_state(self.state(state)))
    }
}
