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
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::executions::Executions;
    use crate::query::{Filter, Query};
    use crate::report::Report;
    use crate::sqlite::Sqlite;

    #[test]
    fn a_file_of_version_1_is_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let (newer, older) = (folder.path().join("newer.db"), folder.path().join("older.db"));
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let executions = Executions::over(Sqlite::open(&newer).unwrap());
        for (number, error) in ["ConnectionError", "DataError", "DataError"].iter().enumerate() {
            let event = json!({"error": error, "module": 2, "message": "it failed"});
            let scenario = format!("scenario {}", number % 2);
            executions.report(Report::new(scenario, event, "a payload"), now).unwrap();
        }

        let connection = Connection::open(&older).unwrap();
        connection.execute_batch(MIGRATIONS[0]).unwrap();
        connection.pragma_update(None, "user_version", 1).unwrap();
        connection.pragma_update(None, "application_id", APPLICATION).unwrap();
        connection.execute("ATTACH ?1 AS newer", [newer.to_str().unwrap()]).unwrap();
        connection
            .execute_batch(
                "INSERT INTO main.scenarios SELECT * FROM newer.scenarios;
                 INSERT INTO main.executions
                     SELECT e.number, id, e.scenario, sequence, version, status, due, asked, lease, created, resolved,
                            error, message, rule, tries, size, key, once
                     FROM newer.executions e JOIN newer.kinds k ON k.number = e.kind;
                 INSERT INTO main.log SELECT * FROM newer.log;
                 INSERT INTO main.payloads SELECT * FROM newer.payloads;",
            )
            .unwrap();
        drop(connection);

        let migrated = Executions::over(Sqlite::open(&older).unwrap());
        assert_eq!(migrated.audit().unwrap().problems, []);
        let error = Some("DataError".to_owned());
        for filter in [Filter::default(), Filter { error, ..Filter::default() }] {
            let query = Query { filter, ..Query::default() };
            assert_eq!(migrated.list(&query), executions.list(&query));
        }
        assert_eq!(migrated.groups(None, None, 10), executions.groups(None, None, 10));
    }
}
