//! What stands in the columns.

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Error, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::execution::Execution;
use crate::id::ExecutionId;
use crate::payload::PayloadKind;
use crate::query::Summary;
use crate::state::Status;
use crate::store::{Due, StoreError};

/// Most entries have fewer bytes; without room for them, what is written is copied again and again as it grows.
const ENTRY: usize = 1 << 10;

/// A column that holds what no version of this program writes there.
fn strange(column: usize, kind: Type, why: &str) -> Error {
    Error::FromSqlConversionFailure(column, kind, why.into())
}

pub(super) fn time(row: &Row<'_>, column: usize) -> Result<Timestamp, Error> {
    let milliseconds = row.get(column)?;
    Timestamp::from_millisecond(milliseconds).map_err(|_| strange(column, Type::Integer, "no time"))
}

pub(super) fn time_or_none(row: &Row<'_>, column: usize) -> Result<Option<Timestamp>, Error> {
    match row.get_ref(column)?.data_type() {
        Type::Null => Ok(None),
        _ => time(row, column).map(Some),
    }
}

pub(super) fn id(row: &Row<'_>, column: usize) -> Result<ExecutionId, Error> {
    row.get::<_, [u8; 16]>(column).map(ExecutionId::from_bytes)
}

pub(super) fn number_of(status: Status) -> i64 {
    match status {
        Status::Unresolved => 0,
        Status::Pending => 1,
        Status::InProgress => 2,
        Status::Resolved => 3,
    }
}

pub(super) fn status(row: &Row<'_>, column: usize) -> Result<Status, Error> {
    let number: i64 = row.get(column)?;
    let found = Status::ALL.into_iter().find(|status| number_of(*status) == number);
    found.ok_or_else(|| strange(column, Type::Integer, "no status"))
}

/// What stands in the column `asked`: the schedule, a person, a person at a pace.
pub(super) const ASKED: [i64; 3] = [0, 1, PACED];
const PACED: i64 = 2;

pub(super) fn asked(execution: &Execution) -> i64 {
    match (execution.state.is_asked(), execution.is_paced()) {
        (false, _) => 0,
        (true, false) => 1,
        (true, true) => PACED,
    }
}

/// What stands there of those that a question is for.
pub(super) fn asked_by(question: &Due<'_>) -> &'static [i64] {
    match (question.paced, question.asked_only) {
        (true, _) => &[PACED],
        (false, true) => &[1],
        (false, false) => &[0, 1],
    }
}

pub(super) fn number_of_kind(kind: PayloadKind) -> i64 {
    match kind {
        PayloadKind::Plain => 0,
        PayloadKind::Sealed => 1,
        PayloadKind::Reference => 2,
    }
}

pub(super) fn kind(row: &Row<'_>, column: usize) -> Result<PayloadKind, Error> {
    match row.get(column)? {
        0 => Ok(PayloadKind::Plain),
        1 => Ok(PayloadKind::Sealed),
        2 => Ok(PayloadKind::Reference),
        _ => Err(strange(column, Type::Integer, "no kind of payload")),
    }
}

/// What a list shows of a row.
pub(super) fn summary(row: &Row<'_>) -> Result<Summary, Error> {
    Ok(Summary {
        id: id(row, 0)?,
        scenario: row.get(1)?,
        sequence: row.get(2)?,
        version: row.get(3)?,
        status: status(row, 4)?,
        due: time_or_none(row, 5)?,
        created: time(row, 6)?,
        error: row.get(7)?,
        message: row.get(8)?,
        rule: row.get(9)?,
        tries: row.get(10)?,
        size: row.get(11)?,
        lease: time_or_none(row, 12)?,
        paced: row.get::<_, i64>(13)? == PACED,
    })
}

pub(super) fn read_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(error.to_string()))
}

pub(super) fn write_json(value: &impl Serialize) -> Result<String, StoreError> {
    let damaged = |why: String| StoreError::Damaged(why);
    let mut bytes = Vec::with_capacity(ENTRY);
    serde_json::to_writer(&mut bytes, value).map_err(|error| damaged(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| damaged(error.to_string()))
}
