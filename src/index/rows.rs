//! Many rules at once: a bit for each rule and each class of values.

use std::collections::HashMap;

use super::atom::How;
use super::entries::{BoxAtom, Entries};
use super::literals::Bits;
use super::seen::Seen;
use crate::decide::Values;

/// For each of a few facts and each class of its values, or few classes together, which rules can do with it.
#[derive(Debug)]
pub(super) struct Rows {
    /// How many rules there are, in their order; each bit stands for one.
    count: usize,
    columns: Box<[Column]>,
    bits: Box<[u64]>,
}

#[derive(Debug)]
struct Column {
    fact: u32,
    buckets: Buckets,
    /// Where its first row begins.
    start: u32,
}

/// Classes are put together where there are more: a row for each would take too much room.
const MOST_BUCKETS: u32 = 64;

/// More facts would tell little more.
const MOST_COLUMNS: usize = 6;

/// A fact has to refuse at least this share of the rules, on average, to have a column.
const LEAST_REFUSED: f64 = 0.1;

/// How classes are put together.
#[derive(Clone, Copy, Debug)]
struct Buckets {
    classes: u32,
}

impl Buckets {
    fn count(self) -> u32 {
        self.classes.min(MOST_BUCKETS)
    }

    /// What is absent is never put together with what is there.
    #[inline]
    fn of(self, class: u32) -> u32 {
        if self.classes <= MOST_BUCKETS {
            return class;
        }
        if class + 1 == self.classes {
            return MOST_BUCKETS - 1;
        }
        (u64::from(class) * u64::from(MOST_BUCKETS - 1) / u64::from(self.classes - 1)) as u32
    }
}

impl Rows {
    /// Which of the rules can do with the values of an event, in their order.
    pub(super) fn candidates<'r, V: Values, const WORDS: usize>(
        &'r self,
        seen: &mut Seen<'_, V, WORDS>,
    ) -> impl Iterator<Item = u32> + use<'r, V, WORDS> {
        let words = self.count.div_ceil(64);
        let mut rows: [&[u64]; MOST_COLUMNS] = [&[]; MOST_COLUMNS];
        for (row, column) in rows.iter_mut().zip(&self.columns) {
            let bucket = column.buckets.of(seen.class(column.fact)) as usize;
            let start = column.start as usize + bucket * words;
            *row = &self.bits[start..start + words];
        }
        let count = self.columns.len();
        (0..words).flat_map(move |word| {
            #[cfg(test)]
            crate::index::note_step();
            let all = rows[..count].iter().fold(u64::MAX, |all, row| all & row[word]);
            Bits(all).map(move |bit| word as u32 * 64 + bit)
        })
    }
}

impl Rows {
    /// Rows for the facts that tell these entries apart best; none where no fact does.
    pub(super) fn new(entries: &Entries<'_>, of: &[u32]) -> Option<Rows> {
        let words = of.len().div_ceil(64);
        let (mut columns, mut bits) = (Vec::new(), Vec::new());
        for fact in telling(entries, of) {
            let buckets = Buckets { classes: entries.asked.get(fact).classes() };
            let start = bits.len();
            bits.resize(start + buckets.count() as usize * words, 0);
            for (at, &entry) in of.iter().enumerate() {
                for bucket in Bits(accepted(entries, entry, fact, buckets)) {
                    bits[start + bucket as usize * words + at / 64] |= 1 << (at % 64);
                }
            }
            columns.push(Column { fact, buckets, start: start as u32 });
        }
        (!columns.is_empty()).then(|| Rows {
            count: of.len(),
            columns: columns.into(),
            bits: bits.into(),
        })
    }
}

/// The facts of which the entries take the fewest values, the best first.
fn telling(entries: &Entries<'_>, of: &[u32]) -> Vec<u32> {
    let mut refused: HashMap<u32, f64> = HashMap::new();
    for &entry in of {
        for atom in entries.atoms(entry).iter().filter(|atom| atom.atom.how != How::Pattern) {
            let Some(width) = atom.width else { continue };
            let classes = entries.asked.get(atom.atom.fact).classes();
            let share = 1.0 - f64::from(width) / f64::from(classes);
            *refused.entry(atom.atom.fact).or_default() += share;
        }
    }
    let enough = of.len() as f64 * LEAST_REFUSED;
    let mut telling: Vec<(u32, f64)> =
        refused.into_iter().filter(|&(_, refused)| refused > enough).collect();
    telling.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    telling.truncate(MOST_COLUMNS);
    telling.into_iter().map(|(fact, _)| fact).collect()
}

/// The buckets of which the entry takes some value, a bit for each.
fn accepted(entries: &Entries<'_>, entry: u32, fact: u32, buckets: Buckets) -> u64 {
    let mut stretches = Vec::new();
    let mut accepted = u64::MAX >> (MOST_BUCKETS - buckets.count());
    let of_fact = |atom: &&BoxAtom| atom.atom.fact == fact && atom.width.is_some();
    for atom in entries.atoms(entry).iter().filter(of_fact) {
        entries.stretches(atom.atom, &mut stretches);
        let mask = |&(from, to): &(u32, u32)| {
            let (from, to) = (buckets.of(from), buckets.of(to));
            (u64::MAX << from) & (u64::MAX >> (MOST_BUCKETS - 1 - to))
        };
        accepted &= stretches.iter().map(mask).fold(0, |all, mask| all | mask);
    }
    accepted
}
