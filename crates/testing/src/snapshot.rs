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
        Err(error) => return refused(format!("the file cannot be read: {error}")),
    };
    match text(policy) {
        Some(now) if kept == now => Verdict::Passed,
        Some(now) => Verdict::Failed(Failure::Behaviour(difference(&kept, &now))),
        None => too_complex(),
    }
}

/// Writes what the policy does; leaves a file alone that says so already.
pub(crate) fn write(snapshot: &Path, policy: &Policy) -> Result<Verdict, TestError> {
    let Some(now) = text(policy) else { return Ok(too_complex()) };
    if snapshot.exists() && compare(snapshot, policy) == Verdict::Passed {
        return Ok(Verdict::Passed);
    }
    let unwritable = |problem| TestError::Unwritable { path: snapshot.to_owned(), problem };
    fs::write(snapshot, now).map_err(unwritable)?;
    Ok(Verdict::Written)
}

/// What the policy does; nothing where it could not be written out, for all such policies would look alike.
fn text(policy: &Policy) -> Option<String> {
    let behaviour = policy.behaviour();
    behaviour.is_written_out().then(|| behaviour.to_string())
}

fn difference(kept: &str, now: &str) -> String {
    TextDiff::from_lines(kept, now).unified_diff().header("the snapshot", "the policy").to_string()
}

fn too_complex() -> Verdict {
    refused("the policy is too complex for a snapshot of its behaviour".to_owned())
}

fn refused(reason: String) -> Verdict {
    Verdict::Failed(Failure::Snapshot(reason))
}
