//! Behaviour snapshots: what a policy does, as text beside it.

use std::fs;
use std::path::{Path, PathBuf};

use redress::Policy;
use similar::TextDiff;

use crate::run::TestError;
use crate::summary::{Failure, Verdict};

/// Where the snapshot of a policy lies.
pub(crate) fn beside(policy: &Path) -> PathBuf {
    policy.with_extension("behaviour")
}

/// The policy whose snapshot this is.
pub(crate) fn policy_of(snapshot: &Path) -> PathBuf {
    snapshot.with_extension("policy")
}

/// Compares a snapshot with what the policy does.
pub(crate) fn compare(snapshot: &Path, policy: &Policy) -> Verdict {
    let kept = match fs::read_to_string(snapshot) {
        Ok(kept) => kept.replace("\r\n", "\n"),
        Err(error) => {
            return Verdict::Failed(Failure::Snapshot(format!("the file cannot be read: {error}")));
        }
    };
    let now = text(policy);
    if kept == now {
        return Verdict::Passed;
    }
    let difference = TextDiff::from_lines(&kept, &now)
        .unified_diff()
        .header("the snapshot", "the policy")
        .to_string();
    Verdict::Failed(Failure::Behaviour(difference))
}

/// Writes what the policy does; leaves a file alone that says so already.
pub(crate) fn write(snapshot: &Path, policy: &Policy) -> Result<Verdict, TestError> {
    if snapshot.exists() && compare(snapshot, policy) == Verdict::Passed {
        return Ok(Verdict::Passed);
    }
    let unwritable = |problem| TestError::Unwritable { path: snapshot.to_owned(), problem };
    fs::write(snapshot, text(policy)).map_err(unwritable)?;
    Ok(Verdict::Written)
}

/// What the policy does, ending with a line break.
fn text(policy: &Policy) -> String {
    format!("{}\n", policy.behaviour().to_string().trim_end())
}
