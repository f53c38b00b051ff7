//! Connections that read: no question waits for the answer to another.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

use super::{connect, failure};
use crate::store::StoreError;

/// So many are kept for the next question; where more are at work at once, the others are closed again.
const KEPT: usize = 4;

/// Connections that read. Whoever asks takes one that nobody uses, or opens another: what looks through much keeps neither
/// those waiting who look for work, nor anybody else.
#[derive(Debug)]
pub(super) struct Readers {
    /// From the root, so that it is the same file wherever the program goes meanwhile.
    path: PathBuf,
    unused: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Opens the first one, so that what is wrong with the file is known.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let path =
            std::path::absolute(path).map_err(|error| StoreError::File(error.to_string()))?;
        let unused = Mutex::new(vec![reader(&path)?]);
        Ok(Readers { path, unused })
    }

    /// Lends a connection to `work`. Where that panics, the connection is closed.
    pub(super) fn lend<T>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let unused = self.unused().pop();
        let mut connection = unused.map_or_else(|| reader(&self.path), Ok)?;
        let answer = work(&mut connection);
        let mut unused = self.unused();
        if unused.len() < KEPT {
            unused.push(connection);
        }
        answer
    }

    fn unused(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.unused.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reader(path: &Path) -> Result<Connection, StoreError> {
    // A file that is gone is not made anew.
    let connection = connect(path, OpenFlags::default() & !OpenFlags::SQLITE_OPEN_CREATE)?;
    connection.pragma_update(None, "query_only", true).map_err(failure)?;
    Ok(connection)
}

#[cfg(test)]
mod tests {
    use crate::sqlite::Sqlite;
    use crate::store::{Reading, Store, StoreError};

    #[test]
    fn a_question_does_not_wait_for_the_answer_to_another() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(folder.path().join("executions.db")).unwrap();
        let mut asked = 0;
        ask(&sqlite, 8, &mut asked).unwrap();
        // Most of them are closed again, and all may be asked once more.
        ask(&sqlite, 8, &mut asked).unwrap();
        assert_eq!(asked, 16);
        assert_eq!(sqlite.readers.unused().len(), super::KEPT);
    }

    /// Asks while what was asked before has no answer yet.
    fn ask(sqlite: &Sqlite, more: usize, asked: &mut usize) -> Result<(), StoreError> {
        if more == 0 {
            return Ok(());
        }
        sqlite.read(&mut |reading: &mut dyn Reading| {
            *asked += reading.scenarios()?.len() + 1;
            ask(sqlite, more - 1, asked)
        })
    }
}
