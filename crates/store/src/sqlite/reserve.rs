//! Room on the disk for when there is no other: a file beside the store, which is emptied then.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::private;

/// Somewhat more than the write-ahead log grows to. What stands there has to be moved before its room is free, and needs as
/// much for it; without it neither could be written down what is lost, nor could anything be deleted.
const BYTES: u64 = 5 << 20;

/// What is written at a time. No zeros: there are disks that keep no room for them.
const BLOCK: [u8; 4096] = [0xA5; 4096];

/// Room on the disk for when there is no other. Whatever goes wrong with it, less is in reserve, and that is all.
#[derive(Debug)]
pub(super) struct Reserve(PathBuf);

impl Reserve {
    pub(super) fn beside(store: &Path) -> Self {
        let mut path = store.as_os_str().to_owned();
        path.push("-reserve");
        Reserve(path.into())
    }

    pub(super) fn bytes(&self) -> u64 {
        fs::metadata(&self.0).map_or(0, |file| file.len())
    }

    pub(super) fn is_full(&self) -> bool {
        self.bytes() == BYTES
    }

    /// Takes the room; where the disk has not so much, what there was before, or half of what the disk has, so that the
    /// rest finds its place in it.
    pub(super) fn fill(&self, before: u64) {
        let _ = self.take(before);
    }

    /// Gives the room back to the disk.
    pub(super) fn free(&self) {
        let _ = OpenOptions::new().write(true).truncate(true).open(&self.0);
    }

    fn take(&self, before: u64) -> io::Result<()> {
        let mut file = private::truncated(&self.0)?;
        let mut taken = 0;
        while taken < BYTES {
            if let Err(error) = file.write_all(&BLOCK) {
                file.set_len(before.clamp(taken / 2, taken))?;
                return Err(error);
            }
            taken += BLOCK.len() as u64;
        }
        Ok(())
    }
}
