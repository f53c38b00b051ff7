//! Whether the program of a command is there.

use std::env;
use std::path::{self, Path};

/// Why a command could not be started from this folder: its program is not there. Nothing where it is, or where that cannot be
/// told.
pub(super) fn absent(program: &str, folder: &Path) -> Option<String> {
    // Elsewhere a program has endings that are not written.
    if !cfg!(unix) {
        return None;
    }
    if program.contains('/') {
        let place = path::absolute(folder.join(program)).ok()?;
        return (!place.is_file()).then(|| format!("there is no `{}`", place.display()));
    }
    let listed = env::var_os("PATH")?;
    // What is no whole path there begins where the command runs.
    let is_there = env::split_paths(&listed).any(|it| folder.join(it).join(program).is_file());
    (!is_there).then(|| {
        format!(
            "no folder of the variable PATH has `{program}`; a path from this file begins with `./`"
        )
    })
}
