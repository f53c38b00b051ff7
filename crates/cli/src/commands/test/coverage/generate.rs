//! A case file with what the tests of a policy leave out.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Component, Path, PathBuf};

use redress_testing::{Coverage, PolicyCoverage};

use crate::failure::{Failure, Result};
use crate::terminal::Visible;
use crate::{files, terminal};

/// Writes the file, which must not be there yet: what a person has looked at is not written over.
pub fn write(path: &Path, coverage: &Coverage) -> Result<()> {
    let [policy] = &coverage.policies[..] else { return Err(not_one(coverage)) };
    if !path.to_string_lossy().ends_with(".cases.toml") {
        let shown = path.display();
        return Err(Failure::impossible(format_args!(
            "the name of a case file ends in `.cases.toml`, that of `{shown}` does not"
        )));
    }
    let mut output = terminal::output();
    let shown = path.display().to_string();
    let shown = Visible(&shown);
    match policy.case_file(&name(path, policy)) {
        Some(text) => {
            let file = OpenOptions::new().write(true).create_new(true).open(path);
            let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
            written.map_err(|error| match error.kind() {
                ErrorKind::AlreadyExists => Failure::impossible(format_args!(
                    "`{shown}` is there already; it is never written over"
                )),
                _ => files::cannot_write(path, &error),
            })?;
            writeln!(output, "\nwrote: {shown}")?;
        }
        None if policy.is_unsure() => {
            return Err(Failure::fails(format_args!(
                "it cannot be told which events show what is left out: the policy is too complex, so `{shown}` is not written"
            )));
        }
        None => writeln!(output, "\nnothing is left out, so `{shown}` is not written")?,
    }
    Ok(output.flush()?)
}

fn not_one(coverage: &Coverage) -> Failure {
    Failure::impossible(match coverage.policies.len() {
        0 => "there is no policy that loads to make cases for".to_owned(),
        many => format!("a case file is about one policy, not {many}; name the one"),
    })
}

/// How a case file at `path` names the policy.
fn name(path: &Path, policy: &PolicyCoverage) -> String {
    let is_bundled = redress::POLICIES.iter().any(|file| file.name == policy.path);
    if is_bundled {
        return policy.path.clone();
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let absolute = |path: &Path| std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let (from, to) = (absolute(folder_or_here(folder)), absolute(Path::new(&policy.path)));
    // A policy file names others with `/` wherever it is read.
    let parts: Vec<String> = relative(&from, &to)
        .components()
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}

fn folder_or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// The way from a folder to a file, both from the root.
fn relative(from: &Path, to: &Path) -> PathBuf {
    let common = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(common).filter(|part| *part != Component::CurDir);
    up.map(|_| Component::ParentDir).chain(to.components().skip(common)).collect()
}
