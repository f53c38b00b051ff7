//! The texts that text patterns look for, all of a fact found in one pass.

use std::collections::HashMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::atom::{Atom, How};
use super::operands::Operands;

/// Literals of the patterns of all facts, numbered; those of one fact follow one another.
#[derive(Debug, Default)]
pub(super) struct Literals {
    /// The literal of each pattern.
    of: Box<[Option<u32>]>,
    scanners: Box<[Scanner]>,
    count: u32,
}

/// Fewer patterns are quicker looked for one by one.
const FEW: usize = 8;

/// What finds the literals of one fact.
#[derive(Debug)]
struct Scanner {
    fact: u32,
    /// The number of its first literal.
    first: u32,
    count: u32,
    automaton: AhoCorasick,
}

/// Which literals a text has; a bit for each.
#[derive(Debug)]
pub(super) struct Hits<const WORDS: usize> {
    /// A bit a fact that was looked at.
    scanned: u64,
    words: [u64; WORDS],
}

impl<const WORDS: usize> Default for Hits<WORDS> {
    fn default() -> Self {
        Hits { scanned: 0, words: [0; WORDS] }
    }
}

impl<const WORDS: usize> Hits<WORDS> {
    /// Whether the text of a fact was looked at.
    #[inline]
    pub(super) fn has_scanned(&self, fact: u32) -> bool {
        fact < 64 && self.scanned >> fact & 1 == 1
    }

    #[inline]
    pub(super) fn has(&self, literal: u32) -> bool {
        self.words.get(literal as usize / 64).is_some_and(|word| word >> (literal % 64) & 1 == 1)
    }

    /// The literals found between two numbers, the second not counted.
    pub(super) fn between(&self, from: u32, to: u32) -> impl Iterator<Item = u32> {
        let words = (from / 64..to.div_ceil(64)).zip(&self.words[(from / 64) as usize..]);
        words
            .flat_map(|(at, &word)| Bits(word).map(move |bit| at * 64 + bit))
            .filter(move |literal| (from..to).contains(literal))
    }
}

/// The set bits of a word.
pub(super) struct Bits(pub(super) u64);

impl Iterator for Bits {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let bit = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (bit < 64).then_some(bit)
    }
}

impl Literals {
    /// Numbers the literals of all pattern atoms; also of those that are answered no, which a text without the literal is.
    pub(super) fn new(atoms: impl Iterator<Item = Atom>, operands: &Operands, most: usize) -> Self {
        let mut patterns: Vec<(u32, u32)> = atoms
            .filter(|atom| atom.how == How::Pattern && atom.fact < 64)
            .map(|atom| (atom.fact, operands.pattern(atom).0))
            .collect();
        patterns.sort_unstable();
        patterns.dedup();
        let mut of = vec![None; operands.patterns.len()];
        let mut scanners = Vec::new();
        let mut count = 0;
        for patterns in patterns.chunk_by(|one, other| one.0 == other.0) {
            let (scanner, numbers) = scanner(patterns, operands, count, most);
            numbers.into_iter().for_each(|(pattern, literal)| of[pattern as usize] = Some(literal));
            if let Some(scanner) = scanner {
                count += scanner.count;
                scanners.push(scanner);
            }
        }
        Literals { of: of.into(), scanners: scanners.into(), count }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// The literal that every text has which the pattern accepts.
    #[inline]
    pub(super) fn of(&self, pattern: u32) -> Option<u32> {
        self.of.get(pattern as usize).copied().flatten()
    }

    pub(super) fn scan<const WORDS: usize>(&self, fact: u32, text: &str, hits: &mut Hits<WORDS>) {
        let Some(scanner) = self.scanners.iter().find(|scanner| scanner.fact == fact) else {
            return;
        };
        hits.scanned |= 1 << fact;
        for found in scanner.automaton.find_overlapping_iter(text) {
            let literal = scanner.first + found.pattern().as_u32();
            if let Some(word) = hits.words.get_mut(literal as usize / 64) {
                *word |= 1 << (literal % 64);
            }
        }
    }
}

/// Finds the literals of one fact's patterns, those that there is room for; with the literal of each pattern.
fn scanner(
    patterns: &[(u32, u32)],
    operands: &Operands,
    first: u32,
    most: usize,
) -> (Option<Scanner>, Vec<(u32, u32)>) {
    let mut literals: Vec<Vec<u8>> = Vec::new();
    let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut numbers = Vec::new();
    for &(_, pattern) in patterns {
        let literal = operands.patterns[pattern as usize].literal();
        if literal.is_empty() || first as usize + literals.len() >= most {
            continue;
        }
        let number = *known.entry(literal.clone()).or_insert_with(|| {
            literals.push(literal);
            first + literals.len() as u32 - 1
        });
        numbers.push((pattern, number));
    }
    if numbers.len() < FEW {
        return (None, Vec::new());
    }
    // The tables of a deterministic automaton would take many times the room of the patterns.
    let automaton = AhoCorasick::builder()
        .match_kind(MatchKind::Standard)
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(&literals);
    match automaton {
        Ok(automaton) => {
            let (fact, count) = (patterns[0].0, literals.len() as u32);
            (Some(Scanner { fact, first, count, automaton }), numbers)
        }
        // More text than the automaton can number: each pattern is looked for by itself.
        Err(_) => (None, Vec::new()),
    }
}
