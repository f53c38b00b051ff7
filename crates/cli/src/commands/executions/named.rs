//! Which execution is meant by what a person calls it.

use jiff::Timestamp;
use redress_store::{ExecutionId, Filter, LARGEST_PAGE, Query, Summary};

use super::{Store, name_of, unanswered};
use crate::commands::Count;
use crate::failure::{Failure, Result};

/// Fewer digits than this are meant for something else.
const SHORTEST: usize = 4;

/// The first digits of an id are its time, in milliseconds.
const OF_TIME: usize = 12;

/// So many are named where more than one is meant.
const MOST_NAMED: usize = 5;

impl Store {
    /// The execution that is called so: by scenario and number, by its id, or by the beginning of its id.
    pub fn find(&self, called: &str) -> Result<ExecutionId> {
        if let Ok(id) = called.parse() {
            return Ok(id);
        }
        if let Some((scenario, number)) = scenario_and_number(called) {
            return self.by_number(scenario, number)?.ok_or_else(|| {
                Failure::fails(format_args!("there is no execution {number} of `{scenario}`"))
            });
        }
        match beginning(called) {
            Some(digits) => self.by_beginning(&digits),
            None => Err(Failure::fails(format_args!(
                "`{called}` is no execution: scenario and number are expected, such as refunds/17, \
                 an id, or its first digits"
            ))),
        }
    }

    fn by_number(&self, scenario: &str, number: u64) -> Result<Option<ExecutionId>> {
        let filter = Filter { scenario: Some(scenario.to_owned()), ..Filter::default() };
        let found = self.every(filter, |summary| summary.sequence == number, 1)?;
        Ok(found.first().map(|summary| summary.id))
    }

    fn by_beginning(&self, digits: &str) -> Result<ExecutionId> {
        let Some(filter) = stored_then(digits) else {
            return Err(Failure::fails(format_args!("there is no execution `{digits}`")));
        };
        let begins = |summary: &Summary| summary.id.to_string().starts_with(digits);
        let found = self.every(filter, begins, MOST_NAMED + 1)?;
        match found.as_slice() {
            [] => Err(Failure::fails(format_args!("there is no execution `{digits}…`"))),
            [one] => Ok(one.id),
            several => Err(Failure::fails(ambiguous(digits, several))),
        }
    }

    /// The first `most` that a filter takes and a condition holds for, in pages.
    fn every(
        &self,
        filter: Filter,
        holds: impl Fn(&Summary) -> bool,
        most: usize,
    ) -> Result<Vec<Summary>> {
        let mut query = Query { filter, limit: LARGEST_PAGE, ..Query::default() };
        let mut found = Vec::new();
        loop {
            let page = self.executions().list(&query).map_err(unanswered)?;
            found.extend(page.executions.into_iter().filter(&holds).take(most - found.len()));
            query.after = page.next;
            if found.len() == most || query.after.is_none() {
                return Ok(found);
            }
        }
    }
}

fn scenario_and_number(called: &str) -> Option<(&str, u64)> {
    let (scenario, number) = called.rsplit_once('/')?;
    Some((scenario, number.parse().ok()?))
}

/// The first digits of an id, as it is shown.
fn beginning(called: &str) -> Option<String> {
    let digits: String = called.chars().filter(|c| *c != '-').collect();
    let are_digits = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (are_digits && (SHORTEST..32).contains(&digits.len())).then(|| digits.to_ascii_lowercase())
}

/// The ids that begin so were given in this time.
fn stored_then(digits: &str) -> Option<Filter> {
    let of_time = &digits[..digits.len().min(OF_TIME)];
    let at = |filled: char| {
        let whole: String =
            of_time.chars().chain(std::iter::repeat(filled)).take(OF_TIME).collect();
        let milliseconds = i64::from_str_radix(&whole, 16).ok()?;
        Timestamp::from_millisecond(milliseconds).ok()
    };
    let since = at('0')?;
    // Beyond the last time there is nothing is stored.
    let last = at('f').unwrap_or(Timestamp::MAX);
    let before = last.checked_add(jiff::SignedDuration::from_millis(1)).unwrap_or(Timestamp::MAX);
    Some(Filter { since: Some(since), before: Some(before), ..Filter::default() })
}

fn ambiguous(digits: &str, several: &[Summary]) -> String {
    let named = several.iter().take(MOST_NAMED);
    let names: Vec<String> =
        named.map(|summary| format!("{} ({})", name_of(summary), summary.id)).collect();
    let more = if several.len() > MOST_NAMED { " and others" } else { "" };
    let count = Count(several.len().min(MOST_NAMED), "execution");
    format!("`{digits}…` may be any of {count}: {}{more}", names.join(", "))
}
