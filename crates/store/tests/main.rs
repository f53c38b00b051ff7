//! What the crate promises, seen through its public face.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod bulk;
mod confidential;
mod files;
mod full_disk;
mod limits;
mod order;
mod places;
mod retries;
mod silent;
mod transfer;
mod undone;
mod world;
