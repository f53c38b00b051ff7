//! The questions, in SQL.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Params, Row, params};

use super::columns::{self, read_json};
use super::{Scenario, Session, failure};
use crate::entry::Entry;
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::place::Place;
use crate::query::{Count, Filter, Group, Newcomer, Page, Query};
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::state::Status;
use crate::store::{Due, Reading, StoreError};

impl Session<'_> {
    /// All rows of an answer.
    pub(super) fn all<T>(
        &self,
        sql: &str,
        given: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failure)?;
        let rows = statement.query_map(given, read).map_err(failure)?;
        rows.collect::<Result<_, _>>().map_err(failure)
    }

    /// The one row of an answer, if there is one.
    pub(super) fn one<T>(
        &self,
        sql: &str,
        given: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, rusqlite::Error>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failure)?;
        statement.query_row(given, read).optional().map_err(failure)
    }
}

pub(super) fn bounded(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Reading for Session<'_> {
    fn log(&mut self, id: ExecutionId) -> Result<Vec<Entry>, StoreError> {
        let sql =
            "SELECT entry FROM log WHERE execution = (SELECT number FROM executions WHERE id = ?1)
                   ORDER BY number";
        let lines: Vec<String> = self.all(sql, params![id.as_bytes()], |row| row.get(0))?;
        let entry = |line: &String| {
            let unreadable = |error: serde_json::Error| error.to_string();
            let read = serde_json::from_str(line).map_err(unreadable);
            read.map_err(|why| StoreError::Unreadable { id, why })
        };
        lines.iter().map(entry).collect()
    }

    fn payload(&mut self, id: ExecutionId, edition: u32) -> Result<Option<Payload>, StoreError> {
        let sql = "SELECT kind, bytes FROM payloads WHERE edition = ?2
                   AND execution = (SELECT number FROM executions WHERE id = ?1)";
        let found = self.one(sql, params![id.as_bytes(), edition], |row| {
            Ok((columns::kind(row, 0)?, row.get(1)?))
        })?;
        let read = |(kind, bytes)| {
            let why = || "its payload is no text".to_owned();
            Payload::from_parts(kind, bytes)
                .ok_or_else(|| StoreError::Unreadable { id, why: why() })
        };
        found.map(read).transpose()
    }

    fn scenario(&mut self, name: &str) -> Result<ScenarioState, StoreError> {
        if let Some(known) = self.scenarios.get(name) {
            return Ok(known.state.clone());
        }
        let sql = "SELECT number, state FROM scenarios WHERE name = ?1";
        let found: Option<(i64, String)> =
            self.one(sql, [name], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let Some((number, state)) = found else { return Ok(ScenarioState::default()) };
        let state: ScenarioState = read_json(&state)?;
        let known = Scenario { number, state: state.clone(), is_changed: false };
        self.scenarios.insert(name.to_owned(), known);
        Ok(state)
    }

    fn scenarios(&mut self) -> Result<Vec<String>, StoreError> {
        self.all("SELECT name FROM scenarios ORDER BY name", [], |row| row.get(0))
    }

    fn scenario_log(&mut self, name: &str, limit: usize) -> Result<Vec<ScenarioEntry>, StoreError> {
        let sql = "SELECT entry FROM scenario_log
                   WHERE scenario = (SELECT number FROM scenarios WHERE name = ?1)
                   ORDER BY number DESC LIMIT ?2";
        let lines: Vec<String> = self.all(sql, params![name, bounded(limit)], |row| row.get(0))?;
        lines.iter().map(|line| read_json(line)).collect()
    }

    fn latest(&mut self) -> Result<Place, StoreError> {
        // A number is never given twice, so what comes behind the last that is kept came later.
        let sql = "SELECT max(number) FROM executions";
        let number = self.one(sql, [], |row| row.get::<_, Option<i64>>(0))?.flatten();
        Ok(Place { number: number.unwrap_or(0), due: None })
    }

    fn list(&mut self, query: &Query) -> Result<Page, StoreError> {
        self.page(query)
    }

    fn groups(
        &mut self,
        scenario: Option<&str>,
        message: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Group>, StoreError> {
        self.grouped(scenario, message, bounded(limit))
    }

    fn newcomers(&mut self, since: Timestamp, limit: usize) -> Result<Vec<Newcomer>, StoreError> {
        // Of each kind, one seek into the index a status.
        let first = |status: i64| {
            format!(
                "SELECT min(number) AS first FROM executions INDEXED BY executions_alike
                 WHERE kind = k.number AND status = {status}"
            )
        };
        let firsts = Status::ALL.map(columns::number_of).map(first).join(" UNION ALL ");
        let sql = format!(
            "SELECT s.name, k.error, k.rule, e.created, e.id FROM kinds k
             JOIN executions e ON e.number = (SELECT min(first) FROM ({firsts}))
             JOIN scenarios s ON s.number = k.scenario
             WHERE e.created >= ?1 ORDER BY e.created DESC, e.number DESC LIMIT ?2"
        );
        self.all(&sql, [since.as_millisecond(), bounded(limit)], |row: &Row<'_>| {
            Ok(Newcomer {
                scenario: row.get(0)?,
                error: row.get(1)?,
                rule: row.get(2)?,
                since: columns::time(row, 3)?,
                first: columns::id(row, 4)?,
            })
        })
    }

    fn counts(&mut self, now: Timestamp) -> Result<Vec<Count>, StoreError> {
        // Of each scenario and status, of what is not resolved, a run through the index; what is due likewise.
        let due = |asked: &str| {
            format!(
                "iif(status = 1, (SELECT count(*) FROM executions INDEXED BY executions_due
                                  WHERE scenario = c.number AND status = 1 AND asked {asked} AND due <= ?1), 0)"
            )
        };
        let (due, paced) = (due("IN (0, 1)"), due("= 2"));
        let sql = format!(
            "WITH c AS MATERIALIZED (
                 SELECT s.number, s.name, w.status,
                        (SELECT count(*) FROM executions INDEXED BY executions_listed
                         WHERE scenario = s.number AND status = w.status) AS executions
                 FROM scenarios s, (SELECT 0 AS status UNION ALL SELECT 1 UNION ALL SELECT 2) w)
             SELECT name, status, executions, {due}, {paced} FROM c WHERE executions > 0 ORDER BY name, status"
        );
        self.all(&sql, [now.as_millisecond()], |row: &Row<'_>| {
            Ok(Count {
                scenario: row.get(0)?,
                status: columns::status(row, 1)?,
                executions: row.get(2)?,
                due: row.get(3)?,
                paced: row.get(4)?,
            })
        })
    }

    fn find_once(&mut self, scenario: &str, once: &str) -> Result<Option<ExecutionId>, StoreError> {
        if !self.scenarios.contains_key(scenario) {
            self.scenario(scenario)?;
        }
        let Some(number) = self.scenarios.get(scenario).map(|known| known.number) else {
            return Ok(None);
        };
        let sql = "SELECT id FROM executions WHERE scenario = ?1 AND once = ?2";
        self.one(sql, params![number, once], |row| columns::id(row, 0))
    }

    fn find_number(
        &mut self,
        scenario: &str,
        sequence: u64,
    ) -> Result<Option<ExecutionId>, StoreError> {
        // No number is so large.
        let Ok(sequence) = i64::try_from(sequence) else { return Ok(None) };
        let sql = "SELECT id FROM executions INDEXED BY executions_numbered
                   WHERE scenario = (SELECT number FROM scenarios WHERE name = ?1) AND sequence = ?2";
        self.one(sql, params![scenario, sequence], |row| columns::id(row, 0))
    }

    fn in_progress(&mut self, scenario: &str) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM executions WHERE status = 2
                   AND scenario = (SELECT number FROM scenarios WHERE name = ?1)";
        Ok(self.one(sql, [scenario], |row| row.get(0))?.unwrap_or(0))
    }

    fn scenarios_due(&mut self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        // One seek into the index a scenario and kind, however many are due.
        let is_any = |asked| {
            format!(
                "EXISTS (SELECT 1 FROM executions WHERE scenario = s.number AND status = 1
                         AND asked = {asked} AND due <= ?1)"
            )
        };
        let is_due = columns::ASKED.map(is_any).join(" OR ");
        let sql = format!("SELECT name FROM scenarios s WHERE {is_due} ORDER BY name");
        self.all(&sql, [now.as_millisecond()], |row| row.get(0))
    }

    fn due(&mut self, question: &Due<'_>) -> Result<Vec<(Timestamp, ExecutionId)>, StoreError> {
        let mut found = Vec::new();
        for asked in columns::asked_by(question) {
            found.extend(match question.in_order {
                true => self.due_in_order(question, *asked)?,
                false => self.due_of(question, *asked)?,
            });
        }
        found.sort_unstable();
        Ok(found.into_iter().map(|(due, _, id)| (due, id)).take(question.limit).collect())
    }

    fn first_due(
        &mut self,
        question: &Due<'_>,
        filter: &Filter,
    ) -> Result<Option<Timestamp>, StoreError> {
        self.first_due_of(question, filter)
    }

    fn before(&mut self, id: ExecutionId) -> Result<Option<ExecutionId>, StoreError> {
        let sql = "SELECT o.id FROM executions e JOIN executions o ON o.scenario = e.scenario AND o.key IS e.key
                   WHERE e.id = ?1 AND o.status <> 3 AND o.number < e.number ORDER BY o.number LIMIT 1";
        self.one(sql, params![id.as_bytes()], |row| columns::id(row, 0))
    }

    fn next_time(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let due = "SELECT min(due) FROM executions WHERE status = 1";
        let lease = "SELECT min(lease) FROM executions WHERE status = 2";
        let due = self.one(due, [], |row| columns::time_or_none(row, 0))?.flatten();
        let lease = self.one(lease, [], |row| columns::time_or_none(row, 0))?.flatten();
        Ok(due.into_iter().chain(lease).min())
    }

    fn silent(&mut self, now: Timestamp, limit: usize) -> Result<Vec<ExecutionId>, StoreError> {
        let sql = "SELECT id FROM executions WHERE status = 2 AND lease <= ?1 ORDER BY lease, number LIMIT ?2";
        self.all(sql, [now.as_millisecond(), bounded(limit)], |row| columns::id(row, 0))
    }

    fn lease(&mut self, id: ExecutionId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "SELECT lease FROM executions WHERE id = ?1";
        let found = self.one(sql, params![id.as_bytes()], |row| columns::time_or_none(row, 0))?;
        Ok(found.flatten())
    }

    fn resolved_before(
        &mut self,
        scenario: &str,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<ExecutionId>, StoreError> {
        let sql = "SELECT id FROM executions WHERE status = 3 AND resolved < ?2
                   AND scenario = (SELECT number FROM scenarios WHERE name = ?1)
                   ORDER BY resolved, number LIMIT ?3";
        let given = params![scenario, before.as_millisecond(), bounded(limit)];
        self.all(sql, given, |row| columns::id(row, 0))
    }

    fn is_held(&mut self, scenario: &str, now: Timestamp) -> Result<bool, StoreError> {
        let sql = "SELECT 1 FROM holds WHERE scenario = ?1 AND until > ?2 LIMIT 1";
        let held = self.one(sql, params![scenario, now.as_millisecond()], |_| Ok(()))?;
        Ok(held.is_some())
    }

    fn lapsed_holds(
        &mut self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT scenario, holder FROM holds WHERE until <= ?1
                   ORDER BY until, scenario, holder LIMIT ?2";
        let given = params![now.as_millisecond(), bounded(limit)];
        self.all(sql, given, |row| Ok((row.get(0)?, row.get(1)?)))
    }

    fn incomplete(&mut self, scenario: &str, key: Option<&str>) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM executions WHERE status <> 3 AND (?2 IS NULL OR key = ?2)
                   AND scenario = (SELECT number FROM scenarios WHERE name = ?1)";
        Ok(self.one(sql, params![scenario, key], |row| row.get(0))?.unwrap_or(0))
    }
}
