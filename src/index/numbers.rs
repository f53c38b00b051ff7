//! Numbers to classes: which of the boundaries that rules draw are behind a number.

/// The boundaries between classes of numbers.
#[derive(Debug)]
pub(super) struct Numbers {
    /// The lowest value of each class but the first.
    starts: Box<[i64]>,
    /// The number below the first boundary, and the last boundary: what is beyond is of the same classes.
    below: i64,
    last: i64,
    /// The class of each number from the one below the first boundary to the last boundary; nothing where they are far
    /// apart, or too many.
    near: Box<[u8]>,
}

/// Boundaries this far apart are searched for.
const FAR: u64 = 1024;

impl Numbers {
    /// Of these lowest values, in order; none of them is the least number of all.
    pub(super) fn new(starts: Vec<i64>) -> Self {
        let near = match starts[..] {
            [first, .., last] if first.abs_diff(last) < FAR && starts.len() < 256 => {
                (first - 1..=last).map(|value| searched(&starts, value) as u8).collect()
            }
            _ => Box::default(),
        };
        let (below, last) = match starts[..] {
            [first, .., last] | [first @ last] => (first - 1, last),
            [] => (0, 0),
        };
        Numbers { starts: starts.into(), below, last, near }
    }

    /// The lowest value of each class but the first.
    pub(super) fn starts(&self) -> &[i64] {
        &self.starts
    }

    /// The class of a number: how many classes begin at or before it, but for the first.
    #[inline]
    pub(super) fn class(&self, value: i64) -> u32 {
        let nearest = value.min(self.last).max(self.below);
        match self.near.get(nearest.wrapping_sub(self.below) as usize) {
            Some(&class) => class.into(),
            None => searched(&self.starts, value),
        }
    }
}

fn searched(starts: &[i64], value: i64) -> u32 {
    starts.partition_point(|&start| start <= value) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Numbers, searched};

    proptest! {
        /// However near the boundaries are.
        #[test]
        fn classes_are_those_of_a_search(
            spread in prop_oneof![Just(8i64), Just(300), Just(1 << 12), Just(i64::MAX)],
            starts in proptest::collection::btree_set(any::<i64>(), 0..40),
            asked in proptest::collection::vec(any::<i64>(), 40),
        ) {
            let near = |value: i64| (value % spread).max(i64::MIN + 1);
            let mut starts: Vec<i64> = starts.into_iter().map(near).collect();
            starts.sort_unstable();
            starts.dedup();
            let numbers = Numbers::new(starts.clone());
            let beside = starts.iter().flat_map(|&start| [start - 1, start, start.saturating_add(1)]);
            for value in beside.chain(asked.iter().map(|&value| near(value))).chain(asked.iter().copied()) {
                prop_assert_eq!(numbers.class(value), searched(&starts, value), "{}", value);
            }
        }
    }
}
