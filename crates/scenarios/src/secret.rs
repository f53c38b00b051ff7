//! Files that have a secret: a key, a token.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// No secret is longer; a file that is, is something else. In bytes.
pub const LONGEST_SECRET: u64 = 4096;

/// The text of a file that has a secret, cut behind one byte more than [`LONGEST_SECRET`].
///
/// # Errors
/// Why it is not read, in words that never show what it is: a secret that others than its owner can read is none.
pub fn read_secret(path: &Path) -> Result<String, String> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => format!("it cannot be read: {kind}"),
    };
    let file = File::open(path).map_err(unreadable)?;
    if let Some(can) = open_to_others(&file) {
        return Err(format!("others than its owner can {can} it; take that away, with chmod 600"));
    }
    let mut text = String::new();
    file.take(LONGEST_SECRET + 1).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

/// What others than its owner can do with a file, be it its group or everybody; whoever can change a secret knows one.
#[cfg(unix)]
fn open_to_others(file: &File) -> Option<&'static str> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata().ok()?.permissions().mode();
    match (mode & 0o044, mode & 0o022) {
        (0, 0) => None,
        (0, _) => Some("change"),
        _ => Some("read"),
    }
}

#[cfg(not(unix))]
fn open_to_others(_: &File) -> Option<&'static str> {
    None
}
