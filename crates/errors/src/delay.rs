//! How long to wait before the next try.

use std::time::Duration;

use redress::{Jitter, Schedule};

/// The delay before retry `number`, counted from 1, its jitter settled by `dice`, which gives numbers from 0 to 1;
/// none where the schedule has no more. Nobody comes back before the service asked to.
pub(crate) fn delay(
    schedule: &Schedule,
    number: u32,
    asked: Option<Duration>,
    dice: &mut dyn FnMut() -> f64,
) -> Option<Duration> {
    let delay = schedule.delay(usize::try_from(number).ok()?)?;
    let delay = match schedule.jitter() {
        Jitter::None => delay,
        Jitter::Full => part(delay, dice()),
        Jitter::Percent(percent) => {
            let spread = f64::from(percent) / 100.0;
            part(delay, 1.0 - spread + 2.0 * spread * dice())
        }
    };
    Some(delay.max(asked.unwrap_or_default()))
}

/// So much of a delay; more than there can be is the most there can be.
fn part(delay: Duration, share: f64) -> Duration {
    Duration::try_from_secs_f64(delay.as_secs_f64() * share).unwrap_or(delay)
}
