//! The tables, and how older files are brought up to date.

use rusqlite::{Connection, TransactionBehavior};

use super::failure;
use crate::store::StoreError;

/// What makes each version out of the one before; a version that was published is never changed.
const MIGRATIONS: &[&str] = &[
    include_str!("schema.sql"),
    include_str!("kinds.sql"),
    include_str!("numbers.sql"),
    include_str!("pace.sql"),
    include_str!("created.sql"),
];

/// "redr", so that a file of another program is not taken for a store.
const APPLICATION: i64 = 0x7265_6472;

pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failure)?;
    let pragma = |name: &str| {
        transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(failure)
    };
    let (found, application) = (pragma("user_version")?, pragma("application_id")?);
    let tables: i64 = transaction
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(failure)?;
    if application != APPLICATION && (application != 0 || found != 0 || tables != 0) {
        return Err(StoreError::Damaged("the file belongs to another program".to_owned()));
    }
    let known = MIGRATIONS.len() as i64;
    let Some(missing) = usize::try_from(found).ok().and_then(|found| MIGRATIONS.get(found..))
    else {
        return Err(StoreError::Newer { found, known });
    };
    for migration in missing {
        transaction.execute_batch(migration).map_err(failure)?;
    }
    if !missing.is_empty() {
        transaction.pragma_update(None, "user_version", known).map_err(failure)?;
        transaction.pragma_update(None, "application_id", APPLICATION).map_err(failure)?;
    }
    transaction.commit().map_err(failure)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;
    use std::time::Duration;

    use jiff::Timestamp;
    use serde_json::json;
    use tempfile::TempDir;

    use super::*;
    use crate::executions::{Executions, Pace};
    use crate::query::{Filter, Order, Query, Selection};
    use crate::report::Report;
    use crate::sqlite::Sqlite;

    /// A folder with a file of this version, `newer.db`, in which something is kept since then.
    struct Filled {
        folder: TempDir,
        executions: Executions,
        now: Timestamp,
    }

    impl Filled {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let now = Timestamp::from_second(1_700_000_000).unwrap();
            let executions =
                Executions::over(Sqlite::open(folder.path().join("newer.db")).unwrap());
            fill(&executions, now);
            Filled { folder, executions, now }
        }
    }

    /// What is kept before a file is brought up to date.
    fn fill(executions: &Executions, now: Timestamp) {
        for (number, error) in ["ConnectionError", "DataError", "DataError"].iter().enumerate() {
            let event = json!({"error": error, "module": 2, "attempt": 3, "message": "it failed"});
            let scenario = format!("scenario {}", number % 2);
            executions.report(Report::new(scenario, event, "a payload"), now).unwrap();
        }
    }

    /// Of what is kept one is tried, one waits to be and one is closed; and there is a run.
    fn stir(executions: &Executions, now: Timestamp) {
        let query = Query { order: Order::Oldest, ..Query::default() };
        let ids: Vec<_> =
            executions.list(&query).unwrap().executions.iter().map(|it| it.id).collect();
        executions.retry(ids[0], "alice", None, now).unwrap();
        assert_eq!(executions.claim("worker", 10, now).unwrap().len(), 1);
        executions.retry(ids[1], "alice", None, now).unwrap();
        executions.close(ids[2], "alice", "paid by hand", now).unwrap();
        executions.hold("scenario 0", "a run", now).unwrap();
    }

    /// A file of an older version with what a newer one has.
    fn older(path: &Path, newer: &Path, version: usize) {
        let connection = Connection::open(path).unwrap();
        MIGRATIONS[..version].iter().for_each(|it| connection.execute_batch(it).unwrap());
        connection.pragma_update(None, "user_version", version as i64).unwrap();
        connection.pragma_update(None, "application_id", APPLICATION).unwrap();
        connection.execute("ATTACH ?1 AS newer", [newer.to_str().unwrap()]).unwrap();
        for table in
            ["scenarios", "scenario_log", "holds", "kinds", "executions", "log", "payloads"]
        {
            let from = match (version, table) {
                (1, "kinds") => continue,
                (1, "executions") => OF_VERSION_1.to_owned(),
                _ => format!("SELECT * FROM newer.{table}"),
            };
            connection.execute(&format!("INSERT INTO main.{table} {from}"), []).unwrap();
        }
    }

    /// Its executions had error and rule each by itself.
    const OF_VERSION_1: &str =
        "SELECT e.number, id, e.scenario, sequence, version, status, due, asked, lease, created, resolved,
                error, message, rule, tries, size, key, once
         FROM newer.executions e JOIN newer.kinds k ON k.number = e.kind";

    /// Whether both stores tell the same.
    fn tell_the_same(one: &Executions, other: &Executions) {
        assert_eq!(one.audit().unwrap().problems, []);
        let (error, before) = (Some("DataError".to_owned()), Some(Timestamp::MAX));
        for filter in [
            Filter::default(),
            Filter { error, ..Filter::default() },
            Filter { before, ..Filter::default() },
        ] {
            let query = Query { filter, ..Query::default() };
            assert_eq!(one.list(&query), other.list(&query));
        }
        assert_eq!(one.groups(None, None, 10), other.groups(None, None, 10));
        assert_eq!(one.counts(Timestamp::MAX), other.counts(Timestamp::MAX));
    }

    #[test]
    fn a_file_of_each_older_version_is_brought_up_to_date() {
        let Filled { folder, executions, now } = Filled::new();
        let path = |name: &str| folder.path().join(name);
        stir(&executions, now);
        for version in 1..MIGRATIONS.len() {
            let path_of_it = path(&format!("{version}.db"));
            older(&path_of_it, &path("newer.db"), version);
            // Once it is brought up to date it stays so.
            for _ in 0..2 {
                let migrated = Executions::over(Sqlite::open(&path_of_it).unwrap());
                tell_the_same(&migrated, &executions);
            }
            // It goes on.
            let migrated = Executions::over(Sqlite::open(&path_of_it).unwrap());
            assert_eq!(migrated.claim("worker", 10, now).unwrap().len(), 1, "version {version}");
        }
    }

    #[test]
    fn what_waits_at_a_pace_in_a_file_of_version_4_waits_at_it_still() {
        let Filled { folder, executions, now } = Filled::new();
        let path = |name: &str| folder.path().join(name);
        let selection =
            Selection::All { filter: Filter::default(), except: BTreeSet::new(), latest: None };
        let pace = Pace::every(Duration::from_secs(2));
        executions.retry_many(&selection, "alice", None, pace, false, now).unwrap();
        older(&path("4.db"), &path("newer.db"), 4);
        let migrated = Executions::over(Sqlite::open(path("4.db")).unwrap());
        tell_the_same(&migrated, &executions);
        let page = migrated.list(&Query { order: Order::Due, ..Query::default() }).unwrap();
        let paced: Vec<bool> = page.executions.iter().map(|summary| summary.paced).collect();
        assert_eq!(paced, [true, true, true]);
    }
}
