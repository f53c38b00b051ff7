//! Delays that grow by a rate, as other formats have them, to schedules and back.

use redress::{Duration, Jitter, Schedule, ScheduleRule};

use crate::decimal::Decimal;

/// The most tries that a schedule can give.
pub(crate) const MOST_TRIES: u64 = 1_000;

/// The largest whole rate that a schedule takes as its `factor`.
pub(crate) const LARGEST_FACTOR: u64 = 1_000_000;

/// A rate that is looked for has at most so many decimal places.
const MOST_PLACES: u32 = 6;

/// The first delay, and how those behind it grow; times are in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Backoff {
    pub(crate) start: i64,
    pub(crate) rate: Decimal,
    pub(crate) most: Option<i64>,
    pub(crate) times: u32,
    pub(crate) jitter: Jitter,
}

/// A schedule, and whether the jitter is in it.
pub(crate) struct Carried {
    pub(crate) schedule: Schedule,
    pub(crate) has_jitter: bool,
    /// Whether the delays are written out, because the rate is no whole number.
    pub(crate) written_out: bool,
}

impl Backoff {
    /// The same as a schedule: by a rule where its rate is whole, otherwise written out, without its jitter.
    pub(crate) fn schedule(&self) -> Carried {
        let has_jitter = self.jitter != Jitter::None;
        // A single delay never grows.
        let rate = if self.times == 1 { Some(1) } else { self.rate.as_integer() };
        let factor = rate.filter(|rate| (1..=LARGEST_FACTOR).contains(rate));
        let most = self.most.unwrap_or(i64::MAX);
        let schedule = match factor.and_then(|factor| u32::try_from(factor).ok()) {
            Some(1) if !has_jitter && self.times == 1 => {
                Schedule::Delays(vec![duration(self.start.min(most))])
            }
            Some(1) if !has_jitter => Schedule::Rule(ScheduleRule::Every {
                interval: duration(self.start.min(most)),
                times: self.times,
            }),
            Some(factor) => Schedule::Rule(ScheduleRule::Exponential {
                start: duration(self.start.min(most)),
                factor,
                max: self.most.filter(|_| factor > 1).map(duration),
                times: self.times,
                jitter: self.jitter,
            }),
            None => {
                let delays = self.delays().into_iter().map(duration).collect();
                let schedule = Schedule::Delays(delays);
                return Carried { schedule, has_jitter: false, written_out: true };
            }
        };
        Carried { schedule, has_jitter, written_out: false }
    }

    /// Every delay, each rounded to a millisecond, half up.
    pub(crate) fn delays(&self) -> Vec<i64> {
        self.rate.powers(self.start, self.most.unwrap_or(i64::MAX), self.times as usize)
    }

    /// The first `times` delays of a schedule as a start and a rate; nothing where they do not grow by one.
    ///
    /// A delay that begins at its upper bound stays there, so that it has none: formats differ in what they make of one.
    pub(crate) fn of(schedule: &Schedule, times: u32) -> Option<Backoff> {
        let backoff = |start: Duration, rate, most: Option<Duration>, jitter| Backoff {
            start: start.milliseconds(),
            rate,
            most: most.map(Duration::milliseconds),
            times,
            jitter,
        };
        match schedule {
            Schedule::Rule(ScheduleRule::Every { interval, .. }) => {
                Some(backoff(*interval, Decimal::ONE, None, Jitter::None))
            }
            Schedule::Rule(ScheduleRule::Exponential { start, max: Some(max), jitter, .. })
                if max.milliseconds() <= start.milliseconds() =>
            {
                Some(backoff(*max, Decimal::ONE, None, *jitter))
            }
            Schedule::Rule(ScheduleRule::Exponential { start, factor, max, jitter, .. }) => {
                let rate = Decimal::read(&factor.to_string())?;
                Some(backoff(*start, rate, *max, *jitter))
            }
            Schedule::Delays(delays) => {
                let delays: Vec<i64> =
                    delays.iter().take(times as usize).map(|delay| delay.milliseconds()).collect();
                fitting(&delays)
            }
        }
    }
}

fn duration(milliseconds: i64) -> Duration {
    Duration::from_milliseconds(milliseconds)
}

/// The rate with the fewest decimal places by which these delays grow, without an upper bound if that will do.
fn fitting(delays: &[i64]) -> Option<Backoff> {
    let (&start, &last) = (delays.first()?, delays.last()?);
    let times = u32::try_from(delays.len()).ok()?;
    let backoff = |rate, most| Backoff { start, rate, most, times, jitter: Jitter::None };
    let second = *delays.get(1).unwrap_or(&start);
    if delays.iter().all(|&delay| delay == start) {
        return Some(backoff(Decimal::ONE, None));
    }
    let rates = (0..=MOST_PLACES).filter_map(|places| Decimal::quotient(second, start, places));
    let tried = rates.flat_map(|rate| [backoff(rate, None), backoff(rate, Some(last))]);
    tried.into_iter().find(|backoff| backoff.delays() == delays)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn backoffs() -> impl Strategy<Value = Backoff> {
        let rate = prop_oneof![
            (1..=9u32).prop_map(|rate| rate.to_string()),
            (100..=999u32).prop_map(|rate| format!("{}.{:02}", rate / 100, rate % 100)),
        ];
        let most = proptest::option::of(1_000..=600_000i64);
        let jitter = prop_oneof![Just(Jitter::None), Just(Jitter::Full)];
        // Rounded delays of a few milliseconds would fit many rates.
        (1..=60i64, rate, most, 1..=12u32, jitter).prop_map(|(start, rate, most, times, jitter)| {
            let start = start * 1_000;
            let most = most.map(|most| most.max(start));
            Backoff { start, rate: Decimal::read(&rate).unwrap(), most, times, jitter }
        })
    }

    proptest! {
        #[test]
        fn a_schedule_has_the_delays_of_its_backoff(backoff in backoffs()) {
            let carried = backoff.schedule();
            let delays = (1..=backoff.times as usize).map(|number| {
                carried.schedule.delay(number).map(|delay| delay.as_millis() as i64)
            });
            let expected: Vec<_> = backoff.delays().into_iter().map(Some).collect();
            prop_assert_eq!(delays.collect::<Vec<_>>(), expected);
            prop_assert_eq!(carried.schedule.delay(backoff.times as usize + 1), None);
            prop_assert!(carried.has_jitter || backoff.jitter == Jitter::None || carried.written_out);
        }

        #[test]
        fn a_schedule_is_read_back_with_its_delays(backoff in backoffs()) {
            let carried = backoff.schedule();
            let again = Backoff::of(&carried.schedule, backoff.times).unwrap();
            prop_assert_eq!(again.delays(), backoff.delays());
            prop_assert_eq!(again.jitter != Jitter::None, carried.has_jitter);
        }
    }

    #[test]
    fn delays_that_grow_by_no_rate_have_none() {
        let delays = |minutes: &[i64]| {
            Schedule::Delays(minutes.iter().map(|&minute| duration(minute * 60_000)).collect())
        };
        assert_eq!(Backoff::of(&delays(&[10, 60, 180, 720, 1440]), 5), None);
        assert_eq!(Backoff::of(&delays(&[10, 60, 180]), 2).unwrap().rate.to_string(), "6");
        assert_eq!(Backoff::of(&delays(&[0, 1]), 2), None);
    }
}
