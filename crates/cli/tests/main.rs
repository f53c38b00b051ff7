//! The command as people meet it: what it is given, what it prints, how it ends. The cases are data.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails where something is not as it should be"
)]

mod picture;
mod pipes;
mod readme;
#[cfg(unix)]
mod running;
mod serving;
#[cfg(unix)]
mod session;

/// Every case of `tests/cases`: `*.trycmd` with what appears on the terminal, `*.toml` where standard
/// input, the environment, or the difference between the two outputs matters.
#[test]
fn cases() {
    assert!(
        std::env::var_os("REDRESS_POLICY").is_none(),
        "the cases are about what is set by themselves"
    );
    trycmd::TestCases::new().case("tests/cases/*.trycmd").case("tests/cases/*.toml");
}

/// What is kept, at a time that stands still.
// A command that is released has no clock that stands still.
#[cfg(all(unix, debug_assertions))]
#[test]
fn cases_of_what_is_kept() {
    let cases = trycmd::TestCases::new();
    cases.env("TZ", "UTC").env("USER", "alice").env("REDRESS_CLOCK", "2026-01-05T09:00:00Z");
    cases.case("tests/cases/kept/*.trycmd");
}

/// Runs and retries, which take their time.
#[cfg(unix)]
#[test]
fn cases_of_runs() {
    let cases = trycmd::TestCases::new();
    cases.env("LC_ALL", "C").env("USER", "alice");
    cases.case("tests/cases/runs/*.trycmd");
}
