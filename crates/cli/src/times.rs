//! Times: the clock, and how people say when something was or will be.

use std::fmt;
use std::time::Duration;

use jiff::{Timestamp, tz::TimeZone};

/// The time.
pub fn now() -> Timestamp {
    stopped().unwrap_or_else(Timestamp::now)
}

/// For tests, which compare what is shown, the variable `REDRESS_CLOCK` stops the clock; never in a command that is released.
#[cfg(debug_assertions)]
fn stopped() -> Option<Timestamp> {
    std::env::var("REDRESS_CLOCK").ok()?.parse().ok()
}

#[cfg(not(debug_assertions))]
fn stopped() -> Option<Timestamp> {
    None
}

/// A duration in its largest unit that says enough: `45s`, `90s`, `10m`, `1h`, `36h`, `3d`.
pub struct InWords(pub Duration);

impl fmt::Display for InWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.0.as_millis();
        let rounded = |unit: u128| (milliseconds + unit / 2) / unit;
        let (seconds, minutes, hours) = (rounded(1_000), rounded(60_000), rounded(3_600_000));
        match () {
            () if milliseconds < 950 => write!(f, "{milliseconds}ms"),
            () if seconds < 120 && seconds != 60 => write!(f, "{seconds}s"),
            () if minutes < 120 && minutes != 60 => write!(f, "{minutes}m"),
            () if hours < 48 => write!(f, "{hours}h"),
            () => write!(f, "{}d", rounded(86_400_000)),
        }
    }
}

/// When something was or will be, seen from now: `in 10m`, `3h ago`, `now`.
pub struct Relative {
    /// From when it is seen.
    pub now: Timestamp,
    /// When it is.
    pub at: Timestamp,
}

impl fmt::Display for Relative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let away = self.at.duration_since(self.now);
        match (away.unsigned_abs(), away.is_negative()) {
            (away, _) if away < Duration::from_millis(500) => f.write_str("now"),
            (away, true) => write!(f, "{} ago", InWords(away)),
            (away, false) => write!(f, "in {}", InWords(away)),
        }
    }
}

/// A time in the time zone of the reader, to the second.
pub fn local(at: Timestamp) -> String {
    at.to_zoned_datetime(TimeZone::system()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_in_the_unit_that_says_enough() {
        let said = |milliseconds| InWords(Duration::from_millis(milliseconds)).to_string();
        let units = [0, 900, 1_000, 89_600, 599_000, 3_600_000, 7_200_000, 86_400_000, 172_800_000];
        assert_eq!(units.map(said), ["0ms", "900ms", "1s", "90s", "10m", "1h", "2h", "24h", "2d"]);
    }

    #[test]
    fn a_time_is_seen_from_now() {
        let now: Timestamp = "2026-11-25T09:00:00Z".parse().unwrap();
        let said = |seconds: i64| {
            let at = now + jiff::SignedDuration::from_secs(seconds);
            Relative { now, at }.to_string()
        };
        assert_eq!([600, -10_800, 0].map(said), ["in 10m", "3h ago", "now"]);
    }
}
