//! Trials: whole histories, with everything that goes wrong, through one checker.
//!
//! `simulation` makes histories with a seeded clock and planted accidents, step by step as `world` has them; `kill` has
//! them made by a program that is killed; `history` is the checker of both. `life` asks the pure state machine, `backends`
//! what every backend refuses.

mod backends;
mod history;
mod kill;
mod life;
mod simulation;
mod stores;
mod world;
