//! What failed alike, in SQL: one run through an index, and what belongs to few.

use rusqlite::{Row, params};

use super::Session;
use super::columns;
use crate::query::Group;
use crate::store::StoreError;

/// Counted by number first: the texts are looked up for each kind, not for each execution. What came first and last and what
/// comes next are seeks into an index for each group that is shown, which cost less than to compare as they are counted.
///
/// `{told}` asks for the message. Where none is asked for it looks at no row, and the index alone answers.
const GROUPS: &str = "
    WITH alike AS MATERIALIZED (
        SELECT kind, status, count(*) AS executions
        FROM executions INDEXED BY executions_alike
        WHERE kind IN (SELECT number FROM kinds WHERE ?1 IS NULL
                       OR scenario = (SELECT number FROM scenarios WHERE name = ?1))
        AND status IN (0, 1, 2) AND {told} GROUP BY kind, status),
    largest AS MATERIALIZED (
        SELECT s.name, k.error, k.rule, a.kind, a.status, a.executions
        FROM alike a JOIN kinds k ON k.number = a.kind JOIN scenarios s ON s.number = k.scenario
        ORDER BY a.executions DESC, s.name, k.error, k.rule, a.status LIMIT ?2),
    placed AS (
        SELECT g.*,
            (SELECT min(number) FROM executions INDEXED BY executions_alike
             WHERE kind = g.kind AND status = g.status AND {told}) AS first,
            (SELECT max(number) FROM executions INDEXED BY executions_alike
             WHERE kind = g.kind AND status = g.status AND {told}) AS last,
            iif(g.status = 1, (SELECT min(due) FROM executions INDEXED BY executions_alike_due
                               WHERE kind = g.kind AND status = 1 AND {told}), NULL) AS due,
            iif(g.status = 2, (SELECT min(lease) FROM executions INDEXED BY executions_alike
                               WHERE kind = g.kind AND status = 2 AND {told}), NULL) AS lease
        FROM largest g)
    SELECT g.name, g.error, g.rule, g.status, g.executions, f.created, g.due, l.id, l.created, l.message, g.lease
    FROM placed g JOIN executions f ON f.number = g.first JOIN executions l ON l.number = g.last
    ORDER BY g.executions DESC, g.name, g.error, g.rule, g.status";

impl Session<'_> {
    pub(super) fn grouped(
        &self,
        scenario: Option<&str>,
        message: Option<&str>,
        limit: i64,
    ) -> Result<Vec<Group>, StoreError> {
        let told = message.map_or("?3 IS NULL", |_| "instr(message, ?3) > 0");
        let sql = GROUPS.replace("{told}", told);
        self.all(&sql, params![scenario, limit, message], |row: &Row<'_>| {
            Ok(Group {
                scenario: row.get(0)?,
                error: row.get(1)?,
                rule: row.get(2)?,
                status: columns::status(row, 3)?,
                executions: row.get(4)?,
                since: columns::time(row, 5)?,
                due: columns::time_or_none(row, 6)?,
                last: columns::id(row, 7)?,
                last_stored: columns::time(row, 8)?,
                message: row.get(9)?,
                lease: columns::time_or_none(row, 10)?,
            })
        })
    }
}
