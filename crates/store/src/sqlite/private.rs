//! Files that only their owner may read: what is kept may hold what a payload or an error says.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file where there is none. One that is there stays as it is, its mode as well: whoever shares a store with a group
/// has set that on purpose.
///
/// SQLite gives the files beside a store the mode of the store, so it has to be made before SQLite opens it.
pub(super) fn make_if_missing(path: &Path) {
    // One that is there is not even opened: to close it would let go what SQLite has locked of it in this program.
    let made = private().create_new(true).open(path);
    let is_there = made.is_err_and(|error| error.kind() == io::ErrorKind::AlreadyExists);
    if is_there && !path.exists() {
        // A link to where nothing is yet. Where that cannot be made, SQLite says why.
        let _ = private().create(true).open(path);
    }
}

/// A file to write, empty, made where there is none.
pub(super) fn truncated(path: &Path) -> io::Result<File> {
    private().create(true).truncate(true).open(path)
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
