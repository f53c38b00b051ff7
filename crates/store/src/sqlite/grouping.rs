//! What failed alike, in SQL: one run through an index, and what belongs to few.

use rusqlite::{Row, params};

use super::Session;
use super::columns::{self, read_json};
use crate::query::{Group, NAMED_SCENARIOS};
use crate::store::StoreError;

/// Counted by number first: the texts are looked up for each kind, not for each execution. What came first and last and what
/// comes next are seeks into an index for each kind, which cost less than to compare as they are counted.
const GROUPS: &str = "
    WITH alike AS MATERIALIZED (
        SELECT kind, status, count(*) AS executions
        FROM executions INDEXED BY executions_alike
        WHERE kind IN (SELECT number FROM kinds WHERE ?1 IS NULL
                       OR scenario = (SELECT number FROM scenarios WHERE name = ?1))
        AND status IN (0, 1, 2) GROUP BY kind, status),
    placed AS (
        SELECT k.error, k.rule, s.name, a.status, a.executions,
            (SELECT min(number) FROM executions INDEXED BY executions_alike
             WHERE kind = a.kind AND status = a.status) AS first,
            (SELECT max(number) FROM executions INDEXED BY executions_alike
             WHERE kind = a.kind AND status = a.status) AS last,
            iif(a.status = 1, (SELECT min(due) FROM executions INDEXED BY executions_alike_due
                               WHERE kind = a.kind AND status = 1), NULL) AS due,
            row_number() OVER (PARTITION BY k.error, k.rule, a.status ORDER BY a.executions DESC, s.name) AS place
        FROM alike a JOIN kinds k ON k.number = a.kind JOIN scenarios s ON s.number = k.scenario),
    grouped AS (
        SELECT error, rule, status, sum(executions) AS executions, min(first) AS first, max(last) AS last,
            min(due) AS due, count(*) AS scenarios,
            json_group_array(name ORDER BY place) FILTER (WHERE place <= ?3) AS names
        FROM placed GROUP BY error, rule, status
        ORDER BY sum(executions) DESC, error, rule, status LIMIT ?2)
    SELECT g.error, g.rule, g.status, g.executions, g.names, g.scenarios, f.created, g.due, l.id, l.created, l.message
    FROM grouped g JOIN executions f ON f.number = g.first JOIN executions l ON l.number = g.last
    ORDER BY g.executions DESC, g.error, g.rule, g.status";

impl Session<'_> {
    pub(super) fn grouped(
        &self,
        scenario: Option<&str>,
        limit: i64,
    ) -> Result<Vec<Group>, StoreError> {
        let found =
            self.all(GROUPS, params![scenario, limit, NAMED_SCENARIOS as i64], |row: &Row<'_>| {
                let group = Group {
                    error: row.get(0)?,
                    rule: row.get(1)?,
                    status: columns::status(row, 2)?,
                    executions: row.get(3)?,
                    scenarios: Vec::new(),
                    more_scenarios: row.get::<_, u64>(5)?.saturating_sub(NAMED_SCENARIOS as u64),
                    since: columns::time(row, 6)?,
                    due: columns::time_or_none(row, 7)?,
                    last: columns::id(row, 8)?,
                    last_stored: columns::time(row, 9)?,
                    message: row.get(10)?,
                };
                Ok((group, row.get::<_, String>(4)?))
            })?;
        let named =
            |(group, names): (Group, String)| Ok(Group { scenarios: read_json(&names)?, ..group });
        found.into_iter().map(named).collect()
    }
}
