//! Trials: whole histories, with everything that goes wrong, through one checker.
//!
//! `simulation` makes histories with a seeded clock and planted accidents, step by step as `world` has them; `kill` has
//! them made by a program that is killed, `race` by two at once over one file; `history` is the checker of all. `both` holds what the stores tell of the same
//! histories against each other, `full_disk` asks what a full one costs, `life` the pure state machine, `backends` what every
//! backend refuses.

mod backends;
mod both;
mod full_disk;
mod history;
mod kill;
mod life;
mod race;
mod simulation;
mod stores;
mod world;
