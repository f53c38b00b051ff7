//! Export: executions as lines of JSON, for another store.

use std::collections::VecDeque;

use super::Executions;
use crate::id::ExecutionId;
use crate::query::{Filter, Order, Query};
use crate::record::{LARGEST_LINE, Record};
use crate::store::{Reading, StoreError};

/// Executions, one a line; see [`Executions::export`].
#[derive(Debug)]
pub struct Export<'e> {
    executions: &'e Executions,
    /// The next page; nothing behind the last.
    query: Option<Query>,
    ids: VecDeque<ExecutionId>,
}

impl Iterator for Export<'_> {
    type Item = Result<String, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(id) = self.ids.pop_front() else {
                match self.next_page()? {
                    Ok(()) => continue,
                    Err(error) => return Some(Err(error)),
                }
            };
            // What was deleted meanwhile is passed over.
            if let Some(line) = self.executions.line(id).transpose() {
                return Some(line);
            }
        }
    }
}

impl Export<'_> {
    fn next_page(&mut self) -> Option<Result<(), StoreError>> {
        let mut query = self.query.take()?;
        let page = match self.executions.list(&query) {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        self.ids = page.executions.iter().map(|summary| summary.id).collect();
        query.after = page.next;
        self.query = query.after.map(|_| query);
        Some(Ok(()))
    }
}

impl Executions {
    /// The executions that a filter takes, each with its log and all editions of its payload, as a line of JSON; what
    /// was stored first comes first. Payloads are written as they are kept: what is encrypted stays so, what is plain is
    /// there to read.
    ///
    /// Each line is one state of its execution; what changes while lines are taken is in them or not. An execution that
    /// cannot be read is an error between the lines, and the others follow.
    pub fn export(&self, filter: &Filter) -> Export<'_> {
        let query = Query { filter: filter.clone(), order: Order::Oldest, ..Query::default() };
        Export { executions: self, query: Some(query), ids: VecDeque::new() }
    }

    fn line(&self, id: ExecutionId) -> Result<Option<String>, StoreError> {
        let unreadable = |why: &str| StoreError::Unreadable { id, why: why.to_owned() };
        let Some(record) = self.read(|reading| record(reading, id))? else { return Ok(None) };
        let line = record.write().map_err(|error| unreadable(&error.to_string()))?;
        if line.len() > LARGEST_LINE {
            return Err(unreadable(
                "with all editions of its payload it is too large to be exported",
            ));
        }
        Ok(Some(line))
    }
}

/// An execution with all that is kept of it.
fn record(reading: &mut dyn Reading, id: ExecutionId) -> Result<Option<Record>, StoreError> {
    let log = reading.log(id)?;
    if log.is_empty() {
        return Ok(None);
    }
    let mut payloads = Vec::new();
    while let Some(payload) = reading.payload(id, payloads.len() as u32 + 1)? {
        payloads.push(payload);
    }
    Ok(Some(Record { id, log, payloads }))
}
