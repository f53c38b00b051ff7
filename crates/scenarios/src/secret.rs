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
    use std::os::unix::fs::MetadataExt;
    let metadata = file.metadata().ok()?;
    for_others(metadata.mode(), metadata.uid())
}

/// The same of a mode, and of the number of the owner. What root owns its group may read: so a host hands a secret to
/// a service that is not root.
#[cfg(unix)]
fn for_others(mode: u32, owner: u32) -> Option<&'static str> {
    let readers = if owner == 0 { 0o004 } else { 0o044 };
    match (mode & readers, mode & 0o022) {
        (0, 0) => None,
        (0, _) => Some("change"),
        _ => Some("read"),
    }
}

#[cfg(not(unix))]
fn open_to_others(_: &File) -> Option<&'static str> {
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::for_others;

    #[test]
    fn a_secret_is_its_owners_and_what_root_owns_its_group_may_read() {
        let (root, other) = (0, 1000);
        for (mode, owner, can) in [
            (0o100600, other, None),
            (0o100400, other, None),
            (0o100640, other, Some("read")),
            (0o100604, other, Some("read")),
            (0o100620, other, Some("change")),
            (0o100440, root, None),
            (0o100644, root, Some("read")),
            (0o100660, root, Some("change")),
        ] {
            assert_eq!(for_others(mode, owner), can, "{mode:o} of {owner}");
        }
    }
}
