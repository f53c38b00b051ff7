//! What is due, in SQL: a run through an index, or where order counts what is first of its key.

use jiff::Timestamp;
use rusqlite::{Row, params};

use super::reading::bounded;
use super::{Session, columns};
use crate::id::ExecutionId;
use crate::store::{Due, StoreError};

/// When it is due, its number, its id.
type Found = (Timestamp, i64, ExecutionId);

/// So many that are due are asked whether they are first of their key, the earliest first. Where too few are, it is asked of
/// each key what is its first: there are many keys, or many that are due, seldom many of both. In tests so few that both
/// ways are taken.
const ASKED_ONE_BY_ONE: usize = if cfg!(test) { 2 } else { 256 };

/// Nothing unresolved of the same key was stored before.
pub(super) const FIRST_OF_ITS_KEY: &str =
    "NOT EXISTS (SELECT 1 FROM executions o WHERE o.scenario = e.scenario AND o.key IS e.key
                 AND o.status <> 3 AND o.number < e.number)";

/// From key to key by seeks, in their order; the last one is none, which is a key as well.
const FIRSTS: &str = "
    WITH RECURSIVE
        s(number) AS (SELECT number FROM scenarios WHERE name = ?1),
        keys(key) AS (
            SELECT (SELECT key FROM executions INDEXED BY executions_of_key
                    WHERE scenario = s.number AND status <> 3 AND key IS NOT NULL ORDER BY key LIMIT 1) FROM s
            UNION ALL
            SELECT (SELECT key FROM executions INDEXED BY executions_of_key
                    WHERE scenario = s.number AND status <> 3 AND key > keys.key ORDER BY key LIMIT 1)
            FROM keys, s WHERE keys.key IS NOT NULL)
    SELECT e.due, e.number, e.id FROM keys, s
    JOIN executions e ON e.number =
        (SELECT number FROM executions INDEXED BY executions_of_key
         WHERE scenario = s.number AND status <> 3 AND key IS keys.key ORDER BY number LIMIT 1)
    WHERE e.status = 1 AND e.asked = ?2 AND e.due <= ?3 ORDER BY e.due, e.number LIMIT ?4";

impl Session<'_> {
    /// What is due of those that something asked for: the schedule, a person, or a person at a pace.
    pub(super) fn due_of(&self, question: &Due<'_>, asked: i64) -> Result<Vec<Found>, StoreError> {
        let found = self.due_and_first(question, asked, ("1", question.limit))?;
        Ok(found.into_iter().map(|(found, _)| found).collect())
    }

    /// Of them, what has nothing unresolved of its key before it.
    pub(super) fn due_in_order(
        &self,
        question: &Due<'_>,
        asked: i64,
    ) -> Result<Vec<Found>, StoreError> {
        let limit = question.limit;
        let looked_at =
            self.due_and_first(question, asked, (FIRST_OF_ITS_KEY, ASKED_ONE_BY_ONE))?;
        let are_all = looked_at.len() < ASKED_ONE_BY_ONE;
        let firsts: Vec<Found> =
            looked_at.into_iter().filter(|(_, is_first)| *is_first).map(|(it, _)| it).collect();
        if are_all || firsts.len() >= limit {
            return Ok(firsts);
        }
        let (now, limit) = (question.now.as_millisecond(), bounded(limit));
        self.all(FIRSTS, params![question.scenario, asked, now, limit], found)
    }

    fn due_and_first(
        &self,
        question: &Due<'_>,
        asked: i64,
        (is_first, limit): (&str, usize),
    ) -> Result<Vec<(Found, bool)>, StoreError> {
        let sql = format!(
            "SELECT due, number, id, {is_first} FROM executions e
             WHERE status = 1 AND scenario = (SELECT number FROM scenarios WHERE name = ?1)
             AND asked = ?2 AND due <= ?3
             ORDER BY due, number LIMIT ?4"
        );
        let given =
            params![question.scenario, asked, question.now.as_millisecond(), bounded(limit)];
        self.all(&sql, given, |row| Ok((found(row)?, row.get(3)?)))
    }
}

fn found(row: &Row<'_>) -> Result<Found, rusqlite::Error> {
    Ok((columns::time(row, 0)?, row.get(1)?, columns::id(row, 2)?))
}
