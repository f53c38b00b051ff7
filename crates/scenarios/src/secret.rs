//! Files that have a secret: a key, a token.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// No secret is longer; a file that is, is something else. In bytes.
pub const LONGEST_SECRET: u64 = 4096;

/// The text of a file that has a secret, cut behind one byte more than [`LONGEST_SECRET`].
///
/// # Errors
/// Why it is not read, in words that never show what it is: a secret that every user of the machine can read is none.
pub fn read_secret(path: &Path) -> Result<String, String> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => format!("it cannot be read: {kind}"),
    };
    let file = File::open(path).map_err(unreadable)?;
    if is_open_to_all(&file) {
        return Err(
            "every user of this machine can read it; take that away, with chmod 600".to_owned()
        );
    }
    let mut text = String::new();
    file.take(LONGEST_SECRET + 1).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

#[cfg(unix)]
fn is_open_to_all(file: &File) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.permissions().mode() & 0o004 != 0)
}

#[cfg(not(unix))]
fn is_open_to_all(_: &File) -> bool {
    false
}
