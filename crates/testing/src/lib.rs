//! Tests for [`redress`] policies: examples, case files and behaviour snapshots.
//!
//! The command `redress test` runs them; so does a test of your own:
//!
//! ```no_run
//! #[test]
//! fn refunds() {
//!     redress_testing::assert_cases("policies/refunds.cases.toml");
//! }
//! ```
//!
//! # Case files
//!
//! A file whose name ends in `.cases.toml` names a policy, and events with what is to become of them:
//!
//! ```
//! use redress::Policy;
//! use redress_testing::CaseFile;
//!
//! let text = r#"
//! policy = "default"                  # a bundled policy, or a path relative to this file
//!
//! [[case]]
//! name = "a busy service is tried again"
//! event = { error = "RateLimitError", module = 4 }
//! outcome = "store(retry)"            # or all of it: { store = { retry = { after = ["10m", "1h", "3h", "12h", "24h"] } } }
//! rule = "retryable"                  # the rule that decides; `otherwise` for the last word
//! labels = {}                         # all of them
//! "#;
//! let cases = CaseFile::parse("busy.cases.toml", text)?;
//! for result in cases.run(&Policy::default()) {
//!     assert!(result.passed(), "{result}");
//! }
//! # Ok::<(), redress_testing::CaseFileError>(())
//! ```
//!
//! `outcome` or `rule` has to be there, `labels` need not. What would never fail is refused: a file without
//! cases, a case that expects nothing, a key, rule, outcome or fact that does not exist, a name used twice.
//! In a run a case that is refused fails, and the others are run all the same.
//!
//! # Behaviour snapshots
//!
//! Beside `refunds.policy` may lie `refunds.behaviour`, the whole of what the policy does as text. It is
//! compared with what the policy does now, so that no change of behaviour goes unseen; [`Runner::update`]
//! writes it.

mod case;
mod case_file;
mod coverage;
mod expected;
mod find;
mod generate;
mod mutants;
mod run;
mod snapshot;
mod summary;

use std::path::Path;

pub use case::Case;
pub use case_file::{CaseFile, CaseFileError, PolicyName};
pub use coverage::{Coverage, GoalCoverage, PolicyCoverage, RuleCoverage, Share};
pub use mutants::{MOST_UNSURE, Mutants, Survivor};
pub use redress_toml::Problem;
pub use run::{Runner, TestError};
pub use summary::{
    Difference, Expectation, Failure, FileKind, FileResult, Summary, TestResult, Verdict,
};

/// Runs what can be tested in a file or folder.
///
/// # Errors
/// Where the path does not exist, is nothing that can be tested, or cannot be read.
pub fn run(path: impl AsRef<Path>) -> Result<Summary, TestError> {
    Runner::new().run([path])
}

/// Runs what can be tested in a file or folder, in a test of your own.
///
/// # Panics
/// Where anything fails, and where there is nothing to test; with all there is to know about it.
#[track_caller]
#[allow(clippy::panic, reason = "this is how a test fails")]
pub fn assert_cases(path: impl AsRef<Path>) {
    match run(path.as_ref()) {
        Err(error) => panic!("{error}"),
        Ok(summary) if summary.is_empty() => {
            panic!("nothing to test in `{}`", path.as_ref().display())
        }
        Ok(summary) => assert!(summary.failed() == 0, "{summary}"),
    }
}
