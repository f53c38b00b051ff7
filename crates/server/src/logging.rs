//! The log: a line of JSON for everything worth one.

use std::io;

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
