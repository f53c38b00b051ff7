//! Lists, in SQL: a page is the beginning of what a few runs through indexes come to when they are merged.

use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Row, params_from_iter};

use super::Session;
use super::columns;
use super::due::FIRST_OF_ITS_KEY;
use crate::place::Place;
use crate::query::{Filter, Order, Page, Query, Summary};
use crate::state::Status;
use crate::store::{Due, StoreError};

/// So many kinds have a run each. Where a filter takes more, what it takes is not rare, and a search in order finds it.
const KINDS: usize = 100;

/// Where no more than so many were stored in the time that is asked for, they are looked at one by one and sorted. In tests
/// so few that both ways are taken.
const FEW: i64 = if cfg!(test) { 5 } else { 10_000 };

/// Rows that stand in an index in the order of the list. The index is named, so that no guess of the planner makes a
/// page read a million rows.
struct Run {
    index: &'static str,
    condition: &'static str,
    given: Vec<Value>,
}

impl Run {
    fn new(index: &'static str, condition: &'static str, given: impl Into<Vec<Value>>) -> Self {
        Run { index, condition, given: given.into() }
    }
}

impl Session<'_> {
    pub(super) fn page(&mut self, query: &Query) -> Result<Page, StoreError> {
        let mut places = Vec::new();
        for run in self.runs(query)? {
            places.extend(self.places(run, query)?);
        }
        Place::sort(&mut places, query.order);
        Page::beginning(&places, query, |place| self.summary(place.number))
    }

    pub(super) fn first_due_of(
        &self,
        question: &Due<'_>,
        filter: &Filter,
    ) -> Result<Option<Timestamp>, StoreError> {
        let mut first = None;
        for asked in columns::asked_by(question) {
            let mut given = vec![Value::from(question.scenario.to_owned()), Value::from(*asked)];
            let rest = rest(&Query { filter: filter.clone(), ..Query::default() }, &mut given);
            let sql = format!(
                "SELECT due FROM executions e INDEXED BY executions_due
                 WHERE scenario = (SELECT number FROM scenarios WHERE name = ?) AND asked = ? AND status = 1{rest}
                 AND {} ORDER BY due LIMIT 1",
                if question.in_order { FIRST_OF_ITS_KEY } else { "1" }
            );
            let due = self.one(&sql, params_from_iter(given), |row| columns::time(row, 0))?;
            first = first.into_iter().chain(due).min();
        }
        Ok(first)
    }

    fn runs(&self, query: &Query) -> Result<Vec<Run>, StoreError> {
        let statuses = match (query.order, query.filter.status) {
            (Order::Due, None | Some(Status::Pending)) => vec![Status::Pending],
            (Order::Due, Some(_)) => return Ok(Vec::new()),
            (_, None) => Status::ALL.to_vec(),
            (_, Some(status)) => vec![status],
        };
        let statuses: Vec<i64> = statuses.into_iter().map(columns::number_of).collect();
        if let Some(run) = self.of_their_time(query)? {
            return Ok(vec![run]);
        }
        let is_of_kinds = query.filter.error.is_some() || query.filter.rule.is_some();
        if is_of_kinds {
            let kinds = self.kinds_of(&query.filter)?;
            if kinds.len() <= KINDS {
                return Ok(kinds
                    .into_iter()
                    .flat_map(|kind| of_kind(kind, &statuses, query))
                    .collect());
            }
        }
        match &query.filter.scenario {
            Some(name) => self.of_scenario(name, &statuses, query),
            None => Ok(of_all(query)),
        }
    }

    /// The run of what was stored in the time that is asked for, where that is little. Otherwise a search in order finds
    /// it.
    fn of_their_time(&self, query: &Query) -> Result<Option<Run>, StoreError> {
        let Filter { since, before, scenario, status, .. } = &query.filter;
        if since.is_none() && before.is_none() {
            return Ok(None);
        }
        let [since, before] = [(since, i64::MIN), (before, i64::MAX)]
            .map(|(time, other)| time.map_or(other, jiff::Timestamp::as_millisecond));
        let sql = "SELECT count(*) FROM (SELECT 1 FROM executions INDEXED BY executions_created
                                         WHERE created >= ?1 AND created < ?2 LIMIT ?3)";
        let many = self.one(sql, [since, before, FEW + 1], |row| row.get::<_, i64>(0))?;
        if many.is_none_or(|many| many > FEW) {
            return Ok(None);
        }
        let status = match query.order {
            Order::Due => Some(Status::Pending),
            Order::Newest | Order::Oldest => *status,
        };
        let condition = "created >= ? AND created < ? AND (? IS NULL OR status = ?)
             AND (? IS NULL OR scenario = (SELECT number FROM scenarios WHERE name = ?))";
        let status = Value::from(status.map(columns::number_of));
        let scenario = Value::from(scenario.clone());
        let given =
            [since.into(), before.into(), status.clone(), status, scenario.clone(), scenario];
        Ok(Some(Run::new("INDEXED BY executions_created", condition, given)))
    }

    /// The numbers of the kinds that a filter takes, and one too many where they are too many.
    fn kinds_of(&self, filter: &Filter) -> Result<Vec<i64>, StoreError> {
        let (condition, given) = kinds(filter);
        let sql = format!("SELECT number FROM kinds WHERE {condition} LIMIT {}", KINDS + 1);
        self.all(&sql, params_from_iter(given), |row| row.get(0))
    }

    fn of_scenario(
        &self,
        name: &str,
        statuses: &[i64],
        query: &Query,
    ) -> Result<Vec<Run>, StoreError> {
        let sql = "SELECT number FROM scenarios WHERE name = ?1";
        let Some(number) = self.one(sql, [name], |row| row.get::<_, i64>(0))? else {
            return Ok(Vec::new());
        };
        let run = |condition, index, second: i64| {
            Run::new(index, condition, [Value::from(number), Value::from(second)])
        };
        Ok(match query.order {
            Order::Due => {
                let of = "scenario = ? AND asked = ? AND status = 1";
                columns::ASKED.map(|asked| run(of, "INDEXED BY executions_due", asked)).into()
            }
            Order::Newest | Order::Oldest => {
                let of = |status: &i64| {
                    run("scenario = ? AND status = ?", "INDEXED BY executions_listed", *status)
                };
                statuses.iter().map(of).collect()
            }
        })
    }

    /// Where a run begins: one more than the page.
    fn places(&self, run: Run, query: &Query) -> Result<Vec<Place>, StoreError> {
        let mut given = run.given;
        let rest = rest(query, &mut given);
        let order = match query.order {
            Order::Newest => "number DESC",
            Order::Oldest => "number",
            Order::Due => "due, number",
        };
        let (index, condition, limit) = (run.index, run.condition, query.size() + 1);
        let sql = format!(
            "SELECT number, due FROM executions {index} WHERE {condition}{rest} ORDER BY {order} LIMIT {limit}"
        );
        let is_due = query.order == Order::Due;
        self.all(&sql, params_from_iter(given), |row: &Row<'_>| {
            let due = if is_due { columns::time_or_none(row, 1)? } else { None };
            Ok(Place { number: row.get(0)?, due })
        })
    }

    fn summary(&self, number: i64) -> Result<Summary, StoreError> {
        let sql = "SELECT e.id, s.name, e.sequence, e.version, e.status, e.due, e.created, k.error, e.message, k.rule,
                       e.tries, e.size, e.lease, e.asked
                   FROM executions e JOIN kinds k ON k.number = e.kind JOIN scenarios s ON s.number = e.scenario
                   WHERE e.number = ?1";
        let found = self.one(sql, [number], columns::summary)?;
        found.ok_or_else(|| StoreError::Damaged(format!("row {number} has no kind")))
    }
}

/// The runs of one kind.
fn of_kind(kind: i64, statuses: &[i64], query: &Query) -> Vec<Run> {
    if query.order == Order::Due {
        let (index, condition) = ("INDEXED BY executions_alike_due", "kind = ? AND status = 1");
        return vec![Run::new(index, condition, [Value::from(kind)])];
    }
    let (index, condition) = ("INDEXED BY executions_alike", "kind = ? AND status = ?");
    let run = |status: &i64| Run::new(index, condition, [Value::from(kind), Value::from(*status)]);
    statuses.iter().map(run).collect()
}

/// The run of whatever is kept, of one status or of all.
fn of_all(query: &Query) -> Vec<Run> {
    vec![match (query.order, query.filter.status) {
        (Order::Due, _) => Run::new("INDEXED BY executions_next", "status = 1", []),
        (_, None) => Run::new("NOT INDEXED", "1", []),
        (_, Some(status)) => {
            let status = Value::from(columns::number_of(status));
            Run::new("INDEXED BY executions_status", "status = ?", [status])
        }
    }]
}

/// The conditions that follow that of a run.
fn rest(query: &Query, given: &mut Vec<Value>) -> String {
    let mut rest = String::new();
    let mut ask = |condition: &str, values: Vec<Value>| {
        rest.push_str(" AND ");
        rest.push_str(condition);
        given.extend(values);
    };
    let filter = &query.filter;
    if filter.error.is_some() || filter.rule.is_some() {
        let (condition, values) = kinds(filter);
        ask(&format!("kind IN (SELECT number FROM kinds WHERE {condition})"), values);
    }
    if let Some(text) = &filter.message {
        ask("instr(message, ?) > 0", vec![Value::from(text.clone())]);
    }
    if let Some(since) = filter.since {
        ask("created >= ?", vec![Value::from(since.as_millisecond())]);
    }
    if let Some(before) = filter.before {
        ask("created < ?", vec![Value::from(before.as_millisecond())]);
    }
    if let Some(latest) = query.latest {
        ask("number <= ?", vec![Value::from(latest.number)]);
    }
    if let Some(Place { number, due }) = query.after {
        let number = Value::from(number);
        match query.order {
            Order::Newest => ask("number < ?", vec![number]),
            Order::Oldest => ask("number > ?", vec![number]),
            Order::Due => {
                let due = due.map_or(i64::MIN, jiff::Timestamp::as_millisecond);
                ask("(due, number) > (?, ?)", vec![Value::from(due), number]);
            }
        }
    }
    rest
}

/// Which kinds a filter takes.
fn kinds(filter: &Filter) -> (String, Vec<Value>) {
    let (mut conditions, mut given) = (vec!["1"], Vec::new());
    let asked = [
        ("scenario = (SELECT number FROM scenarios WHERE name = ?)", &filter.scenario),
        ("error = ?", &filter.error),
        ("rule = ?", &filter.rule),
    ];
    for (condition, value) in asked {
        if let Some(value) = value {
            conditions.push(condition);
            given.push(Value::from(value.clone()));
        }
    }
    (conditions.join(" AND "), given)
}
