//! The log: a line of JSON for everything worth one.

use std::io;
use std::time::Duration;

use tracing::Level;
use tracing_subscriber::fmt;

/// How much is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// What changed, what was refused, what went wrong.
    #[default]
    Usual,
    /// Also each request that was answered and each try.
    Everything,
}

/// Has everything that is told from now on written to standard error, a JSON object a line. To be called once.
///
/// Of payloads nothing is told, of events the type of the error.
pub fn start(detail: Detail) {
    let level = match detail {
        Detail::Usual => Level::INFO,
        Detail::Everything => Level::DEBUG,
    };
    let lines = fmt().json().flatten_event(true).with_target(false).with_span_list(false);
    // Where a program has a log already, that is the one.
    let _ = lines.with_max_level(level).with_writer(io::stderr).try_init();
}

/// How long something took, in milliseconds with three places: what is behind them is no measure but how binary fractions are
/// written.
pub(crate) fn in_milliseconds(took: Duration) -> f64 {
    (took.as_secs_f64() * 1e6).round() / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_have_three_places() {
        for (nanoseconds, said) in
            [(59_067, "0.059"), (59_567, "0.06"), (1_234_567_891, "1234.568")]
        {
            assert_eq!(in_milliseconds(Duration::from_nanos(nanoseconds)).to_string(), said);
        }
    }
}
