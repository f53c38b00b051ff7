//! The tables, and how older files are brought up to date.

use rusqlite::{Connection, TransactionBehavior};

use super::failure;
use crate::store::StoreError;

/// What makes each version out of the one before; a version that was published is never changed.
const MIGRATIONS: &[&str] = &[include_str!("schema.sql")];

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
