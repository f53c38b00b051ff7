//! Each execution that a selection means.

use std::collections::BTreeSet;

use super::Executions;
use crate::id::ExecutionId;
use crate::query::{Filter, LARGEST_PAGE, Order, Query, Selection, Summary};
use crate::state::Status;
use crate::store::{StoreError, readable};

impl Executions {
    /// Shows each execution that a selection means, as a list has it; where a status is given, only those that have it. What
    /// is selected by a filter comes in the order in which it was stored, and what is resolved is meant only where its status
    /// is asked for; what comes while it is gone through is not meant. What is named comes once, and what is not there or
    /// cannot be read is passed over: whatever is done with it is refused by itself.
    ///
    /// ```
    /// use std::collections::BTreeSet;
    /// use redress_store::{Executions, Filter, Memory, Report, Selection, Status};
    /// use serde_json::json;
    ///
    /// let executions = Executions::over(Memory::new());
    /// let now: jiff::Timestamp = "2026-11-25T09:00:00Z".parse()?;
    /// for error in ["DataError", "ConnectionError", "DataError"] {
    ///     let event = json!({"error": error, "module": 3});
    ///     executions.report(Report::new("refunds", event, "17"), now)?;
    /// }
    /// let except = BTreeSet::new();
    /// let all = Selection::All { filter: Filter::default(), except, latest: None };
    /// let (mut numbers, mut pending) = (Vec::new(), Vec::new());
    /// executions.each_of(&all, None, |summary| numbers.push(summary.sequence))?;
    /// let is_pending = Some(Status::Pending);
    /// executions.each_of(&all, is_pending, |summary| pending.push(summary.sequence))?;
    /// assert_eq!((numbers, pending), (vec![1, 2, 3], vec![2]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn each_of(
        &self,
        selection: &Selection,
        status: Option<Status>,
        mut does: impl FnMut(&Summary),
    ) -> Result<(), StoreError> {
        match selection {
            Selection::Ids(ids) => {
                for id in ids.iter().collect::<BTreeSet<_>>() {
                    let named = self.named(*id)?;
                    let meant = |it: &&Summary| status.is_none_or(|status| status == it.status);
                    named.iter().filter(meant).for_each(&mut does);
                }
            }
            Selection::All { filter: Filter { status: Some(asked), .. }, .. }
                if status.is_some_and(|status| status != *asked) => {}
            Selection::All { filter, except, latest } => {
                let filter = Filter { status: status.or(filter.status), ..filter.clone() };
                let query = Query {
                    filter,
                    order: Order::Oldest,
                    limit: LARGEST_PAGE,
                    after: None,
                    latest: Some(latest.map_or_else(|| self.latest(), Ok)?),
                };
                let asked = query.filter.status;
                for page in self.pages(query) {
                    page?.iter().filter(|it| is_meant(it, asked, except)).for_each(&mut does);
                }
            }
        }
        Ok(())
    }

    fn named(&self, id: ExecutionId) -> Result<Option<Summary>, StoreError> {
        self.read(|reading| {
            let Some(execution) = readable(reading, id)? else { return Ok(None) };
            Ok(Some(Summary { lease: reading.lease(id)?, ..Summary::of(&execution) }))
        })
    }
}

/// Whether one that a filter takes is meant by a selection. What is resolved is only where its status is asked for.
pub(super) fn is_meant(
    summary: &Summary,
    asked: Option<Status>,
    except: &BTreeSet<ExecutionId>,
) -> bool {
    (asked.is_some() || summary.status != Status::Resolved) && !except.contains(&summary.id)
}
