//! The packs and their policies, held to the data that they are written from: every row is decided, and counted.
//!
//! The tests read the data and not the packs. `cargo test -p redress-packs -- --nocapture` prints the counts.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "in a test, and in what helps one, that is how it fails"
)]

mod aws;
mod files;
mod grpc;
mod http;
mod kafka;
mod make;
mod page;
mod postgres;
mod tally;
mod together;
