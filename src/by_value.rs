//! Outcomes and labels in one spelling, so that those that say the same are equal: `60s` is `1m`.

use crate::decision::{Argument, Label, Outcome};
use crate::labels::Labels;
use crate::value::{Duration, Schedule, ScheduleRule, Size, TimeUnit};

impl Outcome {
    /// The same with durations and sizes in the largest unit that gives a whole number, so that outcomes that say the
    /// same are equal however they are written. One day stays `24h`.
    ///
    /// ```
    /// let policy = redress::Policy::parse(
    ///     "when module == first => store(retry, after: [60s, 24h])
    ///      otherwise => store(retry, after: [1m, 1d])",
    /// )?;
    /// let [first, otherwise] = policy.decisions() else { return Ok(()) };
    /// assert_ne!(first.outcome, otherwise.outcome);
    /// assert_eq!(first.outcome.by_value(), otherwise.outcome.by_value());
    /// # Ok::<(), redress::LoadError>(())
    /// ```
    pub fn by_value(&self) -> Self {
        let arguments = self.arguments.iter();
        let arguments = arguments.map(|(name, value)| (name.clone(), argument(value))).collect();
        Outcome { name: self.name.clone(), variant: self.variant.clone(), arguments }
    }
}

impl Labels {
    /// The same with durations in the largest unit that gives a whole number, as [`Outcome::by_value`] has them.
    pub fn by_value(&self) -> Self {
        self.mapped(|label| match label {
            Label::Duration(written) => Label::Duration(duration(*written)),
            other => other.clone(),
        })
    }
}

fn argument(written: &Argument) -> Argument {
    match written {
        Argument::Duration(written) => Argument::Duration(duration(*written)),
        Argument::Size(written) => Argument::Size(Size::from_bytes(written.bytes())),
        Argument::Schedule(written) => Argument::Schedule(schedule(written)),
        Argument::Bool(_) | Argument::Int(_) | Argument::Text(_) => written.clone(),
    }
}

fn schedule(written: &Schedule) -> Schedule {
    match written {
        Schedule::Delays(delays) => {
            Schedule::Delays(delays.iter().copied().map(duration).collect())
        }
        Schedule::Rule(ScheduleRule::Every { interval, times }) => {
            Schedule::Rule(ScheduleRule::Every { interval: duration(*interval), times: *times })
        }
        Schedule::Rule(ScheduleRule::Exponential { start, factor, max, times, jitter }) => {
            Schedule::Rule(ScheduleRule::Exponential {
                start: duration(*start),
                factor: *factor,
                max: max.map(duration),
                times: *times,
                jitter: *jitter,
            })
        }
    }
}

/// A schedule that ends with a day mostly counts in hours.
fn duration(written: Duration) -> Duration {
    let day = TimeUnit::Day.milliseconds();
    let hours = Duration::new(24, TimeUnit::Hour).filter(|_| written.milliseconds() == day);
    hours.unwrap_or_else(|| Duration::from_milliseconds(written.milliseconds()))
}
