//! Keeps the whole behaviour of a policy under review, with one line in a test.
//!
//! ```sh
//! cargo run --example snapshot_policy     # shows the behaviour
//! cargo test --example snapshot_policy    # compares it with what was reviewed
//! ```

use redress::{LoadError, Policy};

fn policy() -> Result<Policy, LoadError> {
    Policy::load(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/refunds.policy"))
}

fn main() -> Result<(), LoadError> {
    print!("{}", policy()?.behaviour());
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn refunds() -> Result<(), redress::LoadError> {
        insta::assert_snapshot!(super::policy()?.behaviour());
        Ok(())
    }

    #[test]
    fn cases() {
        redress_testing::assert_cases(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/examples/refunds.cases.toml"
        ));
    }
}
