//! A store in one file, with SQLite: nothing to install, nothing to run.

mod columns;
mod due;
mod grouping;
mod listing;
mod private;
mod readers;
mod reading;
mod reserve;
mod schema;
mod writing;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::ffi::SQLITE_IOERR_SHMSIZE;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use readers::Readers;
use reserve::Reserve;

use crate::scenario::ScenarioState;
use crate::store::{Reading, Store, StoreError, Transaction};

/// A store in one file, with SQLite.
///
/// Every transaction is synchronised to the disk before it counts (`synchronous=FULL`, write-ahead log), so what was
/// acknowledged survives a crash of the program, of the system and of the power. Reading does not wait for writing, nor for
/// other reading.
/// Several programs may use one file; they wait for each other for up to five seconds.
///
/// On Unix what is made may be read and written by its owner only, the files beside it included; a file that is there keeps
/// its mode.
///
/// Beside the file is another, its name with `-reserve`: room for small changes when the disk is full. It may be deleted,
/// and is made again when the store is opened.
#[derive(Debug)]
pub struct Sqlite {
    path: PathBuf,
    writer: Mutex<Connection>,
    readers: Readers,
    reserve: Reserve,
}

/// How long one program waits for another that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// Statements that are kept ready; all there are fit.
const STATEMENTS: usize = 64;

/// Pages that are kept in memory. With SQLite's own 2 MB the indexes of some ten thousand executions are read anew for
/// each batch.
const CACHE_KILOBYTES: i64 = 32 << 10;

/// After a checkpoint the write-ahead log is cut to this size.
const LOG_BYTES: i64 = 64 << 20;

impl Sqlite {
    /// Opens the store in a file, which is made where there is none, and brings an older one up to date.
    ///
    /// # Errors
    /// Where the file cannot be opened, is something else, or comes from a newer version of this program.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let reserve = Reserve::beside(path);
        private::make_if_missing(path);
        let connections = connections(path).or_else(|error| match error {
            StoreError::Full(_) => {
                reserve.free();
                connections(path)
            }
            error => Err(error),
        });
        let (writer, readers) = connections.map_err(|error| named(path, error))?;
        let writer = Mutex::new(writer);
        let sqlite = Sqlite { path: path.to_owned(), writer, readers, reserve };
        sqlite.fill_reserve(sqlite.reserve.bytes());
        Ok(sqlite)
    }

    fn fill_reserve(&self, before: u64) {
        if !self.reserve.is_full() {
            self.empty_log();
            self.reserve.fill(before);
        }
    }

    /// Moves what the write-ahead log holds to its places, and gives its room back to the disk. Where somebody reads, it
    /// stays.
    fn empty_log(&self) {
        let _ = lock(&self.writer).pragma_update(None, "wal_checkpoint", "TRUNCATE");
    }

    /// Whether what the write-ahead log holds is sure to find its places in the room that is in reserve.
    fn may_empty_log(&self) -> bool {
        let mut log = self.path.clone().into_os_string();
        log.push("-wal");
        fs::metadata(log).is_ok_and(|log| log.len() <= self.reserve.bytes())
    }
}

/// One to write, and those that read.
fn connections(path: &Path) -> Result<(Connection, Readers), StoreError> {
    let mut writer = connect(path, OpenFlags::default())?;
    schema::migrate(&mut writer)?;
    Ok((writer, Readers::open(path)?))
}

fn connect(path: &Path, flags: OpenFlags) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(path, flags).map_err(failure)?;
    connection.busy_timeout(PATIENCE).map_err(failure)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    let set = |name: &str, value: &str| connection.pragma_update(None, name, value);
    set("journal_mode", "WAL").map_err(failure)?;
    set("synchronous", "FULL").map_err(failure)?;
    set("foreign_keys", "ON").map_err(failure)?;
    set("cache_size", &(-CACHE_KILOBYTES).to_string()).map_err(failure)?;
    set("journal_size_limit", &LOG_BYTES.to_string()).map_err(failure)?;
    // A file from elsewhere is data; it gets no chance to run anything.
    set("trusted_schema", "OFF").map_err(failure)?;
    Ok(connection)
}

fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    // A panic rolls its transaction back, so the connection behind a poisoned lock is sound.
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One transaction, or one state to read.
struct Session<'c> {
    connection: &'c Connection,
    /// What is known of the scenarios that were asked for: many writes share a transaction, and most are about the
    /// same few.
    scenarios: BTreeMap<String, Scenario>,
    /// The kind that was asked for last, for the same reason.
    kind: Option<Kind>,
}

/// Executions that failed alike.
struct Kind {
    number: i64,
    scenario: i64,
    error: String,
    rule: String,
}

/// What is known of a scenario during a transaction.
struct Scenario {
    number: i64,
    state: ScenarioState,
    /// The row does not say so yet.
    is_changed: bool,
}

impl<'c> Session<'c> {
    fn new(connection: &'c Connection) -> Self {
        Session { connection, scenarios: BTreeMap::new(), kind: None }
    }
}

impl Store for Sqlite {
    fn write(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut connection = lock(&self.writer);
        write(&mut connection, work).map_err(|error| named(&self.path, error))
    }

    fn write_with_reserve(
        &self,
        work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let (may_empty_log, before) = (self.may_empty_log(), self.reserve.bytes());
        self.reserve.free();
        if may_empty_log {
            self.empty_log();
        }
        let became = self.write(work);
        self.fill_reserve(before);
        became
    }

    fn read(
        &self,
        work: &mut dyn FnMut(&mut dyn Reading) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.readers.lend(|connection| {
            let transaction = connection.transaction().map_err(failure)?;
            work(&mut Session::new(&transaction))
        })
    }
}

fn write(
    connection: &mut Connection,
    work: &mut dyn FnMut(&mut dyn Transaction) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let begun = connection.transaction_with_behavior(TransactionBehavior::Immediate);
    let transaction = begun.map_err(failure)?;
    let mut session = Session::new(&transaction);
    work(&mut session)?;
    session.put_changed_scenarios()?;
    transaction.commit().map_err(failure)
}

/// Which file it is that has no room, and what can be done.
fn named(path: &Path, error: StoreError) -> StoreError {
    match error {
        StoreError::Full(_) => {
            StoreError::Full(format!("`{}` cannot grow; make room on its disk", path.display()))
        }
        error => error,
    }
}

/// SQLite's errors in our words.
fn failure(error: rusqlite::Error) -> StoreError {
    use rusqlite::ErrorCode as Code;
    let why = error.to_string();
    // The index of the write-ahead log has no room.
    if error.sqlite_error().map(|error| error.extended_code) == Some(SQLITE_IOERR_SHMSIZE) {
        return StoreError::Full(why);
    }
    match error.sqlite_error_code() {
        Some(Code::DiskFull) => StoreError::Full(why),
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => StoreError::Busy(why),
        Some(Code::DatabaseCorrupt | Code::NotADatabase) => StoreError::Damaged(why),
        Some(_) => StoreError::File(why),
        // Not SQLite but what stands in the columns.
        None => StoreError::Damaged(why),
    }
}
