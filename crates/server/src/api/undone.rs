//! What a retry of many undoes: what is going to be tried anyway, at a pace or by a schedule.

use std::collections::BTreeSet;

use jiff::Timestamp;
use redress_store::{
    Executions, Filter, LARGEST_PAGE, ManageError, Order, Query, Selection, Status, Summary,
};

use crate::shared::Shared;

/// What of it is told: how many, and when the last of them is due.
#[derive(Default)]
struct Undone {
    executions: u64,
    last: Option<Timestamp>,
}

/// Says how many of a selection are going to be tried anyway, and when; nothing where none is. Of what nothing runs, none is.
pub(super) fn note(
    shared: &Shared,
    executions: &Executions,
    selection: &Selection,
    now: Timestamp,
) -> Result<Option<String>, ManageError> {
    let mut undone = Undone::default();
    each_pending(executions, selection, |summary| {
        let Some(due) = summary.due else { return };
        let waits = due > now || summary.paced;
        if waits && shared.missing_runner(&summary.scenario).is_none() {
            undone.executions += 1;
            undone.last = undone.last.max(Some(due).filter(|due| *due > now));
        }
    })?;
    Ok((undone.executions > 0).then(|| undone.told()))
}

impl Undone {
    fn told(&self) -> String {
        let are = if self.executions == 1 { "execution is" } else { "executions are" };
        let last = self.last.map_or_else(String::new, |at| format!(", the last of them at {at}"));
        let count = self.executions;
        format!("{count} {are} going to be tried anyway{last}; that is undone")
    }
}

fn each_pending(
    executions: &Executions,
    selection: &Selection,
    mut does: impl FnMut(&Summary),
) -> Result<(), ManageError> {
    let pending = Some(Status::Pending);
    match selection {
        Selection::Ids(ids) => {
            for id in ids.iter().collect::<BTreeSet<_>>() {
                let found = executions.get(*id)?.map(|found| Summary::of(&found));
                found.iter().filter(|it| it.status == Status::Pending).for_each(&mut does);
            }
        }
        Selection::All { filter, .. } if filter.status.is_some_and(|it| it != Status::Pending) => {}
        Selection::All { filter, except, latest } => {
            let filter = Filter { status: pending, ..filter.clone() };
            let (order, limit, latest) = (Order::Oldest, LARGEST_PAGE, *latest);
            let mut query = Query { filter, order, limit, after: None, latest };
            loop {
                let page = executions.list(&query)?;
                let meant = page.executions.iter().filter(|it| !except.contains(&it.id));
                meant.for_each(&mut does);
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
            }
        }
    }
    Ok(())
}
