//! The server, asked by HTTP as anybody would ask it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod access;
mod description;
mod documented;
mod ending;
mod looking;
mod managing;
mod nonsense;
mod policies;
mod reporting;
mod runs;
mod tracing;
mod world;
