//! How fast many retries are let go.

use std::time::Duration;

use crate::schedule::LONGEST_RETRY_AFTER;

/// A gap is kept with every retry that is let go, and keeps no more than this waiting for it: one that is longer is in
/// the times when they are due. Without it one line of an import could keep a scenario's others waiting for ever.
pub(crate) const LONGEST_GAP: Duration = LONGEST_RETRY_AFTER;

/// After so long the pace doubles, until it is the final one.
const DOUBLES_AFTER: Duration = Duration::from_secs(60);

/// How fast many retries are let go, so that they do not trip the limit that made them fail.
///
/// ```
/// use std::time::Duration;
/// use redress_store::Pace;
///
/// // One a second.
/// let steady = Pace::every(Duration::from_secs(1));
/// assert_eq!(steady.wait(90), Duration::from_secs(90));
///
/// // Six in the first minute, twelve in the second, twenty-four in the third, from then on one a second.
/// let growing = Pace { first: Duration::from_secs(10), ..steady };
/// assert_eq!(growing.wait(6), Duration::from_secs(60));
/// assert_eq!(growing.wait(6 + 12), Duration::from_secs(120));
/// assert_eq!(growing.wait(6 + 12 + 24 + 48 + 60), Duration::from_secs(5 * 60));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// So long after one the next is due; nothing: all at once, and only the places of the scenarios hold them up.
    pub between: Duration,
    /// So long after one the next is due in the beginning. Every minute that is halved, until it is `between`. Where
    /// it is not longer than that, the pace is the same from beginning to end.
    pub first: Duration,
}

/// Why what is asked for is no pace. `every` is what is between one and the next, `first` what is in the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoPace {
    /// Nothing would be between one and the next.
    #[error("{0} is no pace: all would be due at once")]
    Nothing(redress::Duration),
    /// It begins, and there is nothing that it comes to.
    #[error("a pace begins with it, and comes to what `every` says, which is not given")]
    OnlyBegins,
    /// It would become slower.
    #[error("{first} is quicker than `every`, {every}, and is to begin more slowly")]
    Slows {
        /// What is in the beginning.
        first: redress::Duration,
        /// What is in the end.
        every: redress::Duration,
    },
}

impl NoPace {
    /// Which of the two is wrong: `every` or `first`.
    pub fn place(&self) -> &'static str {
        match self {
            NoPace::Nothing(_) => "every",
            NoPace::OnlyBegins | NoPace::Slows { .. } => "first",
        }
    }

    /// What to do.
    pub fn fix(&self) -> &'static str {
        match self {
            NoPace::Nothing(_) | NoPace::Slows { .. } => "give a longer one, or leave it out",
            NoPace::OnlyBegins => "give `every` too, or leave it out",
        }
    }
}

impl Pace {
    /// The pace that somebody asks for; without a word all are due at once.
    ///
    /// # Errors
    /// Where it is none: one of nothing would let all go at once, which is what a pace is to prevent.
    pub fn asked(
        every: Option<redress::Duration>,
        first: Option<redress::Duration>,
    ) -> Result<Self, NoPace> {
        match (every, first) {
            (Some(every), _) if every.milliseconds() == 0 => Err(NoPace::Nothing(every)),
            (None, Some(_)) => Err(NoPace::OnlyBegins),
            (Some(every), Some(first)) if first.milliseconds() < every.milliseconds() => {
                Err(NoPace::Slows { first, every })
            }
            (every, first) => {
                let gap = |given: Option<redress::Duration>| given.map(Duration::from);
                let (between, first) = (gap(every), gap(first));
                Ok(Pace { between: between.unwrap_or_default(), first: first.unwrap_or_default() })
            }
        }
    }

    /// One after the other at the same pace.
    pub fn every(between: Duration) -> Self {
        Pace { between, first: Duration::ZERO }
    }

    /// How long after the first the one is due that has so many before it.
    pub fn wait(&self, before: u64) -> Duration {
        let (mut gap, mut left, mut passed) = (self.first, before, Duration::ZERO);
        while gap > self.between {
            // A minute has at least one, however long the gap.
            let of_this_minute = DOUBLES_AFTER.as_nanos().div_ceil(gap.as_nanos());
            if u128::from(left) < of_this_minute {
                break;
            }
            left -= u64::try_from(of_this_minute).unwrap_or(left);
            passed = passed.saturating_add(times(gap, of_this_minute));
            gap = (gap / 2).max(self.between);
        }
        passed.saturating_add(times(gap.max(self.between), left.into()))
    }

    /// The milliseconds from the one that has so many before it to the next; nothing where all are due at once.
    pub(super) fn gap(&self, before: u64) -> Option<u64> {
        let gap = self.wait(before.saturating_add(1)).saturating_sub(self.wait(before));
        u64::try_from(gap.min(LONGEST_GAP).as_millis()).ok().filter(|gap| *gap > 0)
    }
}

/// The duration so many times, or the longest that there is.
fn times(gap: Duration, many: u128) -> Duration {
    let nanoseconds = gap.as_nanos().saturating_mul(many);
    let (seconds, rest) = (nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
    match u64::try_from(seconds) {
        Ok(seconds) => Duration::new(seconds, u32::try_from(rest).unwrap_or(0)),
        Err(_) => Duration::MAX,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One after the other: after each minute's worth of retries the gap is halved.
    fn naive(pace: Pace, before: u64) -> Duration {
        let (mut gap, mut passed, mut since) =
            (pace.first.max(pace.between), Duration::ZERO, Duration::ZERO);
        for _ in 0..before {
            passed += gap;
            since += gap;
            if since >= DOUBLES_AFTER {
                gap = (gap / 2).max(pace.between);
                since = Duration::ZERO;
            }
        }
        passed
    }

    #[test]
    fn what_is_no_pace_is_refused_with_its_place() {
        let asked = |every: Option<&str>, first: Option<&str>| {
            let read = |text: &str| text.parse().unwrap();
            let refused = Pace::asked(every.map(read), first.map(read));
            refused.map_err(|error| format!("`{}`: {error}; {}", error.place(), error.fix()))
        };
        let second = Duration::from_secs(1);
        assert_eq!(asked(None, None), Ok(Pace::default()));
        assert_eq!(asked(Some("1s"), None), Ok(Pace::every(second)));
        assert_eq!(asked(Some("1s"), Some("1s")), Ok(Pace { between: second, first: second }));
        for (every, first, told) in [
            (
                Some("0s"),
                None,
                "`every`: 0s is no pace: all would be due at once; give a longer one, or leave it out",
            ),
            (
                None,
                Some("1m"),
                "`first`: a pace begins with it, and comes to what `every` says, which is not given; give `every` too, or leave it out",
            ),
            (
                Some("2s"),
                Some("0s"),
                "`first`: 0s is quicker than `every`, 2s, and is to begin more slowly; give a longer one, or leave it out",
            ),
        ] {
            assert_eq!(asked(every, first), Err(told.to_owned()));
        }
    }

    proptest! {
        #[test]
        fn a_pace_is_what_counting_one_by_one_comes_to(
            between in 0..5_000u64,
            first in 0..200_000u64,
            before in 0..3_000u64,
        ) {
            let pace = Pace { between: Duration::from_millis(between), first: Duration::from_millis(first) };
            prop_assert_eq!(pace.wait(before), naive(pace, before));
        }

        #[test]
        fn no_pace_is_too_strange(between in any::<Duration>(), first in any::<Duration>(), before in any::<u64>()) {
            let pace = Pace { between, first };
            prop_assert!(pace.wait(before) >= Pace::every(between).wait(before));
            prop_assert!(pace.wait(before) <= pace.wait(before.saturating_add(1)));
            prop_assert!(pace.gap(before).is_none_or(|gap| Duration::from_millis(gap) <= LONGEST_GAP));
        }
    }
}
