//! What `#[derive(Facts)]` gives, what binding says of it, and what it refuses.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod allocation;
mod bind;
mod decide;
mod generated;
mod reading;
mod refused;
