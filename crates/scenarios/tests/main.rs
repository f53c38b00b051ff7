//! Scenarios: the file, the policies that change, commands, workers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test says what is wrong by failing")]

mod commands;
mod file;
mod http;
mod server;
mod swap;
mod working;
