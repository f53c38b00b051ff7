//! Case files, snapshots and runs.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod case_files;
mod coverage;
mod runs;
