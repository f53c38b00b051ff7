//! Finds what can be tested.

use std::fs;
use std::path::{Path, PathBuf};

use crate::run::TestError;
use crate::snapshot;
use crate::summary::FileKind;

/// A file that can be tested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) kind: FileKind,
}

/// Folders that hold nobody's own policies.
const SKIPPED: [&str; 2] = ["target", "node_modules"];

/// What can be tested at a path: the file itself, or all below a folder in the order of their names.
/// Hidden files and folders are left out, and folders that are links, which may lead in a circle.
pub(crate) fn find(path: &Path) -> Result<Vec<Found>, TestError> {
    let metadata = fs::metadata(path).map_err(|problem| TestError::unreadable(path, problem))?;
    let mut found = Vec::new();
    if metadata.is_dir() {
        walk(path, &mut found)?;
    } else {
        let kind = kind(path).ok_or_else(|| TestError::NotATest { path: path.to_owned() })?;
        found.push(Found { path: path.to_owned(), kind });
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<Found>) -> Result<(), TestError> {
    let unreadable = |problem| TestError::unreadable(folder, problem);
    let entries: Result<Vec<fs::DirEntry>, _> = fs::read_dir(folder).map_err(unreadable)?.collect();
    let mut entries = entries.map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with('.') {
            continue;
        }
        let path =
            if folder == Path::new(".") { PathBuf::from(entry.file_name()) } else { entry.path() };
        if entry.file_type().map_err(unreadable)?.is_dir() {
            if !SKIPPED.contains(&name.as_ref()) {
                walk(&path, found)?;
            }
        } else if let Some(kind) =
            kind(&path).filter(|kind| path.is_file() && !is_snapshot_beside(*kind, &path))
        {
            found.push(Found { path, kind });
        }
    }
    Ok(())
}

/// Whether it is tested with the policy it lies beside.
fn is_snapshot_beside(kind: FileKind, path: &Path) -> bool {
    kind == FileKind::Snapshot && snapshot::policy_of(path).is_file()
}

/// What kind of file this is, by its name.
fn kind(path: &Path) -> Option<FileKind> {
    let name = path.file_name()?.to_str()?;
    match name {
        _ if name.ends_with(".policy") => Some(FileKind::Policy),
        _ if name.ends_with(".cases.toml") => Some(FileKind::Cases),
        _ if name.ends_with(".behaviour") => Some(FileKind::Snapshot),
        _ => None,
    }
}
