//! The one integration binary; what it tests is data in `cases/`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails where something is not as it should be"
)]

mod allocation;
mod architecture;
mod bound;
mod check;
mod clauses;
mod coverage;
mod crowded;
mod diff;
mod effective;
mod format;
mod fuzz;
mod fuzz_targets;
mod generate;
mod hostile;
mod naive;
mod nearest;
mod parse;
mod planted;
mod properties;
mod rules;
