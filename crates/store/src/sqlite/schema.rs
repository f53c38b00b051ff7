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
    use std::path::Path;

    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::executions::Executions;
    use crate::query::{Filter, Order, Query};
    use crate::report::{Report, Reported};
    use crate::sqlite::Sqlite;

    /// Some executions that wait, one that a person asked for, one that is tried and one that is resolved.
    fn kept(path: &Path, now: Timestamp) -> Executions {
        let executions = Executions::over(Sqlite::open(path).unwrap());
        let errors = ["ConnectionError", "DataError", "DataError", "ConnectionError", "DataError"];
        let ids = errors.iter().enumerate().map(|(number, error)| {
            let event = json!({"error": error, "module": 2, "attempt": 3, "message": "it failed"});
            let scenario = format!("scenario {}", number % 2);
            match executions.report(Report::new(scenario, event, "a payload"), now).unwrap() {
                Reported::Stored(kept) => kept.id,
                other => panic!("{other:?}"),
            }
        });
        let ids: Vec<_> = ids.collect();
        executions.retry(ids[3], "alice", None, now).unwrap();
        assert_eq!(executions.claim("worker", 10, now).unwrap().len(), 1);
        executions.retry(ids[2], "alice", None, now).unwrap();
        executions.close(ids[4], "alice", "paid by hand", now).unwrap();
        executions.hold("scenario 1", "a run", now).unwrap();
        executions
    }

    /// What is kept in a newer file, as the program of an older version kept it.
    fn older(path: &Path, newer: &Path, version: usize) {
        let connection = Connection::open(path).unwrap();
        for migration in &MIGRATIONS[..version] {
            connection.execute_batch(migration).unwrap();
        }
        connection.pragma_update(None, "user_version", version as i64).unwrap();
        connection.pragma_update(None, "application_id", APPLICATION).unwrap();
        connection.execute("ATTACH ?1 AS newer", [newer.to_str().unwrap()]).unwrap();
        // Up to version 1 each row has its error and its rule, then it has a kind that many share.
        let kinds = match version {
            1 => "",
            _ => "INSERT INTO main.kinds SELECT * FROM newer.kinds;",
        };
        let alike = if version == 1 { "error, rule" } else { "kind" };
        connection
            .execute_batch(&format!(
                "INSERT INTO main.scenarios SELECT * FROM newer.scenarios;
                 INSERT INTO main.scenario_log SELECT * FROM newer.scenario_log;
                 INSERT INTO main.holds SELECT * FROM newer.holds;
                 {kinds}
                 INSERT INTO main.executions
                     (number, id, scenario, sequence, version, status, due, asked, lease, created, resolved, message,
                      tries, size, key, once, {alike})
                     SELECT e.number, id, e.scenario, sequence, version, status, due, asked, lease, created, resolved,
                            message, tries, size, key, once, {alike}
                     FROM newer.executions e JOIN newer.kinds k ON k.number = e.kind;
                 INSERT INTO main.log SELECT * FROM newer.log;
                 INSERT INTO main.payloads SELECT * FROM newer.payloads;"
            ))
            .unwrap();
    }

    #[test]
    fn a_file_of_any_older_version_is_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let newer = folder.path().join("newer.db");
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let executions = kept(&newer, now);
        for version in 1..MIGRATIONS.len() {
            let path = folder.path().join(format!("{version}.db"));
            older(&path, &newer, version);
            let migrated = Executions::over(Sqlite::open(&path).unwrap());
            assert_eq!(migrated.audit().unwrap().problems, [], "version {version}");
            let error = Some("DataError".to_owned());
            for filter in [Filter::default(), Filter { error, ..Filter::default() }] {
                for order in [Order::Newest, Order::Due] {
                    let query = Query { filter: filter.clone(), order, ..Query::default() };
                    let [left, right] = [&migrated, &executions].map(|it| it.list(&query).unwrap());
                    assert!(!left.executions.is_empty());
                    assert_eq!(left, right, "version {version}");
                }
            }
            let [left, right] = [&migrated, &executions].map(|it| it.groups(None, None, 10));
            assert_eq!(left, right, "version {version}");
            let [left, right] = [&migrated, &executions].map(|it| it.counts(now));
            assert_eq!(left, right, "version {version}");
            // It goes on: what a person asked for begins, in the place that is free.
            assert_eq!(migrated.claim("worker", 10, now).unwrap().len(), 1, "version {version}");
            // It is not brought up to date once more.
            drop(migrated);
            assert_eq!(Executions::over(Sqlite::open(&path).unwrap()).audit().unwrap().wrong, 0);
        }
    }
}
