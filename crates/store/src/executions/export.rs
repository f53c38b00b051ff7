//! Export: executions as lines of JSON, for another store.

use std::collections::VecDeque;

use super::Executions;
use super::pages::Pages;
use crate::id::ExecutionId;
use crate::query::{Filter, Order, Query};
use crate::record::{LARGEST_LINE, Record};
use crate::report::LARGEST_EVENT;
use crate::store::{Reading, StoreError, told};

/// Executions, one a line; see [`Executions::export`].
#[derive(Debug)]
pub struct Export<'e> {
    executions: &'e Executions,
    pages: Pages<'e>,
    ids: VecDeque<ExecutionId>,
}

impl Iterator for Export<'_> {
    type Item = Result<String, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Some(id) = self.ids.pop_front() else {
                match self.pages.next()? {
                    Ok(page) => self.ids = page.iter().map(|summary| summary.id).collect(),
                    Err(error) => return Some(Err(error)),
                }
                continue;
            };
            // What was deleted meanwhile is passed over.
            if let Some(line) = self.executions.line(id).transpose() {
                return Some(line);
            }
        }
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
        Export { executions: self, pages: self.pages(query), ids: VecDeque::new() }
    }

    fn line(&self, id: ExecutionId) -> Result<Option<String>, StoreError> {
        let Some(record) = self.read(|reading| record(reading, id))? else { return Ok(None) };
        let unreadable = |why: String| StoreError::Unreadable { id, why };
        let line = record.write().map_err(|error| unreadable(error.to_string()))?;
        if line.len() > LARGEST_LINE { Err(too_large(id)) } else { Ok(Some(line)) }
    }
}

/// An execution with all that is kept of it.
fn record(reading: &mut dyn Reading, id: ExecutionId) -> Result<Option<Record>, StoreError> {
    let log = reading.log(id)?;
    if log.is_empty() {
        return Ok(None);
    }
    // Its size has the first event in it. All editions together may be a hundred times as large as a line.
    if told(id, &log)?.size > (LARGEST_LINE + LARGEST_EVENT) as u64 {
        return Err(too_large(id));
    }
    let mut payloads = Vec::new();
    while let Some(payload) = reading.payload(id, payloads.len() as u32 + 1)? {
        payloads.push(payload);
    }
    Ok(Some(Record { id, log, payloads }))
}

fn too_large(id: ExecutionId) -> StoreError {
    let why = "with all editions of its payload it is too large to be exported".to_owned();
    StoreError::Unreadable { id, why }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::entry::Happening;
    use crate::memory::Memory;
    use crate::payload::Payload;
    use crate::report::{Report, Reported};
    use crate::store::Store;

    /// Its payload is none of this size: whoever read it would find a line that is short.
    #[test]
    fn what_is_too_large_is_told_before_its_payloads_are_read() {
        let (store, now) = (Arc::new(Memory::new()), jiff::Timestamp::UNIX_EPOCH);
        let executions = Executions::over(Arc::clone(&store));
        let event = json!({"error": "DataError", "module": 2});
        let Ok(Reported::Stored(kept)) =
            executions.report(Report::new("refunds", event, "17"), now)
        else {
            panic!()
        };
        let mut first = executions.log(kept.id).unwrap().remove(0);
        let Happening::Stored(stored) = &mut first.what else { panic!("{first:?}") };
        stored.size = (LARGEST_LINE + LARGEST_EVENT + 1) as u64;
        let (payload, large) = (Payload::from("17"), ExecutionId::from_bytes([2; 16]));
        store.write(&mut |it| it.insert(large, &first, &payload).map(drop)).unwrap();
        let lines: Vec<_> = executions.export(&Filter::default()).collect();
        assert_eq!(lines[1..], [Err(too_large(large))]);
        assert!(lines[0].is_ok(), "{lines:?}");
    }
}
