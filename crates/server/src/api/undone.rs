//! What a retry of many undoes, in words.

use jiff::Timestamp;
use redress_store::{Executions, LastTry, Selection, StoreError, Undone};

use crate::shared::Shared;

/// Says how many of a selection are going to be tried anyway, and when; nothing where none is. Of what nothing runs, none is.
pub(super) fn note(
    shared: &Shared,
    executions: &Executions,
    selection: &Selection,
    now: Timestamp,
) -> Result<Option<String>, StoreError> {
    let undone = executions.undone(selection, |scenario| shared.is_run(scenario), now)?;
    Ok((undone.executions > 0).then(|| told(undone)))
}

fn told(Undone { executions, last }: Undone) -> String {
    let are = if executions == 1 { "execution is" } else { "executions are" };
    let last = match last {
        None => String::new(),
        Some(LastTry::At(at)) => format!(", the last of them at {at}"),
        Some(LastTry::NoSooner(at)) => format!(", the last of them no sooner than {at}"),
    };
    format!("{executions} {are} going to be tried anyway{last}; that is undone")
}
