//! Trials: whole histories, with everything that goes wrong, through one checker.
//!
//! `simulation` makes histories with a seeded clock and planted accidents; `history` is the checker.

mod history;
mod simulation;
mod stores;
