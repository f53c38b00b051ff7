//! The command as people meet it: what it is given, what it prints, how it ends. The cases are data.

#![allow(clippy::unwrap_used, reason = "a test fails where something is not as it should be")]

mod picture;
mod pipes;
mod readme;

/// Every case of `tests/cases`: `*.trycmd` with what appears on the terminal, `*.toml` where standard
/// input, the environment, or the difference between the two outputs matters.
#[test]
fn cases() {
    assert!(
        std::env::var_os("REDRESS_POLICY").is_none(),
        "the cases are about what is set by themselves"
    );
    trycmd::TestCases::new().case("tests/cases/*.trycmd").case("tests/cases/*.toml");
}
