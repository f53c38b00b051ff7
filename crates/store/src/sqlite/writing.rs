//! The changes, in SQL.

use jiff::Timestamp;
use rusqlite::{Params, Row, params};

use super::columns::{self, write_json};
use super::{Kind, Scenario, Session, failure};
use crate::entry::{Entry, Happening};
use crate::execution::{Execution, tries_before};
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::query::Shown;
use crate::scenario::{ScenarioEntry, ScenarioState};
use crate::state::State;
use crate::store::{Reading, StoreError, Transaction};

impl Session<'_> {
    /// Carries out a statement; answers how many rows it changed.
    fn change(&self, sql: &str, given: impl Params) -> Result<usize, StoreError> {
        let mut statement = self.connection.prepare_cached(sql).map_err(failure)?;
        statement.execute(given).map_err(failure)
    }

    /// What is known of a scenario, of a new one too.
    fn known(&mut self, name: &str) -> Result<&mut Scenario, StoreError> {
        if !self.scenarios.contains_key(name) {
            let state = self.scenario(name)?;
            if !self.scenarios.contains_key(name) {
                let sql = "INSERT INTO scenarios (name, state) VALUES (?1, ?2)";
                self.change(sql, [name, &write_json(&state)?])?;
                let number = self.connection.last_insert_rowid();
                let new = Scenario { number, state, is_changed: false };
                self.scenarios.insert(name.to_owned(), new);
            }
        }
        let gone = || StoreError::Damaged(format!("`{name}` is not kept"));
        self.scenarios.get_mut(name).ok_or_else(gone)
    }

    /// Writes what became of the scenarios, before the transaction ends.
    pub(super) fn put_changed_scenarios(&mut self) -> Result<(), StoreError> {
        let sql = "UPDATE scenarios SET state = ?2 WHERE number = ?1";
        for known in self.scenarios.values().filter(|known| known.is_changed) {
            self.change(sql, params![known.number, write_json(&known.state)?])?;
        }
        Ok(())
    }

    /// The number of the kind that an execution is of, of a new one too.
    fn kind(&mut self, scenario: i64, shown: Shown<'_>) -> Result<i64, StoreError> {
        let Shown { error, rule, .. } = shown;
        let is =
            |kind: &&Kind| kind.scenario == scenario && kind.error == error && kind.rule == rule;
        if let Some(kind) = self.kind.as_ref().filter(is) {
            return Ok(kind.number);
        }
        let sql = "SELECT number FROM kinds WHERE scenario = ?1 AND error = ?2 AND rule = ?3";
        let found = self.one(sql, params![scenario, error, rule], |row| row.get(0))?;
        let number = match found {
            Some(number) => number,
            None => {
                let sql = "INSERT INTO kinds (scenario, error, rule) VALUES (?1, ?2, ?3)";
                self.change(sql, params![scenario, error, rule])?;
                self.connection.last_insert_rowid()
            }
        };
        self.kind = Some(Kind { number, scenario, error: error.to_owned(), rule: rule.to_owned() });
        Ok(number)
    }

    /// Forgets a kind that nothing is of any more.
    fn tidy_kind(&mut self, kind: i64) -> Result<(), StoreError> {
        let sql = "DELETE FROM kinds WHERE number = ?1
                   AND NOT EXISTS (SELECT 1 FROM executions WHERE kind = ?1)";
        self.change(sql, [kind])?;
        self.kind = None;
        Ok(())
    }

    fn execution_number(&self, id: ExecutionId) -> Result<Option<i64>, StoreError> {
        let sql = "SELECT number FROM executions WHERE id = ?1";
        self.one(sql, params![id.as_bytes()], |row| row.get(0))
    }

    fn put_entry(&self, execution: i64, entry: &Entry) -> Result<(), StoreError> {
        let sql = "INSERT INTO log (execution, number, entry) VALUES (?1, ?2, ?3)";
        self.change(sql, params![execution, entry.number, write_json(entry)?])?;
        Ok(())
    }

    fn put_bytes(&self, execution: i64, edition: u32, payload: &Payload) -> Result<(), StoreError> {
        let sql = "INSERT INTO payloads (execution, edition, kind, bytes) VALUES (?1, ?2, ?3, ?4)";
        let kind = columns::number_of_kind(payload.kind());
        self.change(sql, params![execution, edition, kind, payload.bytes()])?;
        Ok(())
    }
}

fn milliseconds(time: Option<Timestamp>) -> Option<i64> {
    time.map(Timestamp::as_millisecond)
}

fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl Transaction for Session<'_> {
    fn put_scenario(
        &mut self,
        name: &str,
        state: &ScenarioState,
        line: Option<&ScenarioEntry>,
    ) -> Result<(), StoreError> {
        let known = self.known(name)?;
        known.state.clone_from(state);
        known.is_changed = true;
        let number = known.number;
        if let Some(line) = line {
            let sql = "INSERT INTO scenario_log (scenario, entry) VALUES (?1, ?2)";
            self.change(sql, params![number, write_json(line)?])?;
        }
        Ok(())
    }

    fn insert(
        &mut self,
        id: ExecutionId,
        entry: &Entry,
        payload: &Payload,
    ) -> Result<bool, StoreError> {
        let Happening::Stored(stored) = &entry.what else {
            let why = "a log begins with what was stored".to_owned();
            return Err(StoreError::Unreadable { id, why });
        };
        let sql = "INSERT INTO executions (id, scenario, sequence, version, status, due, asked, created, kind,
                       message, tries, size, key, once)
                   VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
                   ON CONFLICT DO NOTHING";
        let (state, shown) =
            (State::from(&stored.next), Shown::of(&stored.event, &stored.decision));
        let scenario = self.known(&stored.scenario)?.number;
        let kind = self.kind(scenario, shown)?;
        let given = params![
            id.as_bytes(),
            scenario,
            integer(stored.sequence),
            columns::number_of(state.status()),
            milliseconds(state.due()),
            state.is_asked(),
            entry.at.as_millisecond(),
            kind,
            shown.message,
            tries_before(&stored.event),
            integer(stored.size),
            stored.key,
            stored.once,
        ];
        if self.change(sql, given)? == 0 {
            self.tidy_kind(kind)?;
            return Ok(false);
        }
        let number = self.connection.last_insert_rowid();
        self.put_entry(number, entry)?;
        self.put_bytes(number, 1, payload)?;
        Ok(true)
    }

    fn update(
        &mut self,
        execution: &Execution,
        entry: &Entry,
        lease: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT number, scenario, kind FROM executions WHERE id = ?1";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        let found = self.one(sql, params![execution.id.as_bytes()], read)?;
        let Some((number, scenario, before)): Option<(i64, i64, i64)> = found else {
            return Ok(false);
        };
        let sql = "UPDATE executions SET version = ?2, status = ?3, due = ?4, asked = ?5, resolved = ?6, lease = ?7,
                       kind = ?8, message = ?9, tries = ?10, size = ?11
                   WHERE number = ?1 AND version = ?12";
        let state = &execution.state;
        let shown = Shown::of(&execution.event, &execution.decision);
        let kind = self.kind(scenario, shown)?;
        let given = params![
            number,
            execution.version,
            columns::number_of(execution.status()),
            milliseconds(state.due()),
            columns::asked(execution),
            milliseconds(state.resolved()),
            milliseconds(lease),
            kind,
            shown.message,
            execution.tries,
            integer(execution.size),
            entry.number.saturating_sub(1),
        ];
        if self.change(sql, given)? == 0 {
            self.tidy_kind(kind)?;
            return Ok(false);
        }
        self.put_entry(number, entry)?;
        if kind != before {
            self.tidy_kind(before)?;
        }
        Ok(true)
    }

    fn put_payload(
        &mut self,
        id: ExecutionId,
        edition: u32,
        payload: &Payload,
    ) -> Result<(), StoreError> {
        match self.execution_number(id)? {
            Some(number) => self.put_bytes(number, edition, payload),
            None => Ok(()),
        }
    }

    fn renew(
        &mut self,
        id: ExecutionId,
        version: u32,
        lease: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE executions SET lease = ?3 WHERE id = ?1 AND version = ?2 AND status = 2";
        let given = params![id.as_bytes(), version, lease.as_millisecond()];
        Ok(self.change(sql, given)? == 1)
    }

    fn remove(&mut self, id: ExecutionId, version: u32) -> Result<bool, StoreError> {
        let sql = "SELECT number, kind FROM executions WHERE id = ?1 AND version = ?2";
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let found = self.one(sql, params![id.as_bytes(), version], read)?;
        let Some((number, kind)): Option<(i64, i64)> = found else { return Ok(false) };
        self.change("DELETE FROM log WHERE execution = ?1", [number])?;
        self.change("DELETE FROM payloads WHERE execution = ?1", [number])?;
        self.change("DELETE FROM executions WHERE number = ?1", [number])?;
        self.tidy_kind(kind)?;
        Ok(true)
    }

    fn hold(&mut self, scenario: &str, holder: &str, until: Timestamp) -> Result<(), StoreError> {
        let sql = "INSERT INTO holds (scenario, holder, until) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO UPDATE SET until = excluded.until";
        self.change(sql, params![scenario, holder, until.as_millisecond()])?;
        Ok(())
    }

    fn hold_on(
        &mut self,
        scenario: &str,
        holder: &str,
        until: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE holds SET until = ?3 WHERE scenario = ?1 AND holder = ?2";
        Ok(self.change(sql, params![scenario, holder, until.as_millisecond()])? == 1)
    }

    fn let_go(&mut self, scenario: &str, holder: &str) -> Result<bool, StoreError> {
        let sql = "DELETE FROM holds WHERE scenario = ?1 AND holder = ?2";
        Ok(self.change(sql, [scenario, holder])? == 1)
    }
}
