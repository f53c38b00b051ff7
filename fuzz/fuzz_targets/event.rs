//! See `tests/fuzz_targets.rs`.
#![no_main]

#[path = "../../tests/naive.rs"]
mod naive;
#[path = "../../tests/fuzz_targets.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::event(data));
