//! Which execution is meant by what a person calls it.

use jiff::Timestamp;
use redress_store::{
    ExecutionId, Filter, LARGEST_PAGE, Query, ScenarioEntry, ScenarioHappening, Summary,
};

use super::{Store, name_of, unanswered};
use crate::commands::Count;
use crate::commands::wording::for_shell;
use crate::configuration::command;
use crate::failure::{Failure, Result};

/// Fewer digits than this are meant for something else.
const SHORTEST: usize = 4;

/// The first digits of an id are its time, in milliseconds.
const OF_TIME: usize = 12;

/// In so many lines of the log of a scenario it is looked for what became of one that is gone.
const MOST_LINES: usize = 1_000;

/// So many are named where more than one is meant.
const MOST_NAMED: usize = 5;

impl Store {
    /// The execution that is called so: by scenario and number, by its id, or by the beginning of its id.
    pub fn find(&self, called: &str) -> Result<ExecutionId> {
        if let Ok(id) = called.parse() {
            return Ok(id);
        }
        if let Some((scenario, number)) = scenario_and_number(called) {
            return match self.by_number(scenario, number)? {
                Some(id) => Ok(id),
                None => Err(Failure::fails(match self.unknown_scenario(scenario)? {
                    Some(unknown) => unknown.to_string(),
                    None => self.gone(scenario, number)?,
                })),
            };
        }
        match beginning(called) {
            Some(digits) => self.by_beginning(&digits),
            None => Err(Failure::fails(format_args!(
                "`{called}` is no execution: scenario and number are expected, such as refunds/17, \
                 an id, or its first digits"
            ))),
        }
    }

    /// What became of an execution of a scenario that is not there.
    fn gone(&self, scenario: &str, number: u64) -> Result<String> {
        let executions = self.executions();
        let was_kept =
            number > 0 && number <= executions.scenario(scenario).map_err(unanswered)?.sequence;
        if !was_kept {
            return Ok(format!("there is no execution {number} of `{scenario}`"));
        }
        let log = executions.scenario_log(scenario, MOST_LINES).map_err(unanswered)?;
        let deleted = |line: &ScenarioEntry| match &line.what {
            ScenarioHappening::Deleted { sequence, by, reason, .. } if *sequence == number => {
                Some(deletion(by.as_deref(), reason.as_deref(), &self.relative(line.at)))
            }
            _ => None,
        };
        let what = log.iter().find_map(deleted);
        let what = what.unwrap_or_else(|| "it was deleted, or its retention ended".to_owned());
        let log = command(format_args!("executions scenarios {}", for_shell(scenario)));
        Ok(format!(
            "there is no execution {number} of `{scenario}` any more: {what}; the log of its scenario has it: {log}"
        ))
    }

    fn by_number(&self, scenario: &str, number: u64) -> Result<Option<ExecutionId>> {
        self.executions().find(scenario, number).map_err(unanswered)
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
        let query = Query { filter, limit: LARGEST_PAGE, ..Query::default() };
        let mut found = Vec::new();
        for page in self.executions().pages(query) {
            let page = page.map_err(unanswered)?;
            found.extend(page.into_iter().filter(&holds).take(most - found.len()));
            if found.len() == most {
                break;
            }
        }
        Ok(found)
    }
}

/// What the log of a scenario says of one that is gone.
fn deletion(by: Option<&str>, reason: Option<&str>, when: &str) -> String {
    match (by, reason) {
        (None, _) => format!("it was forgotten {when}, when its retention had ended"),
        (Some(by), None) => format!("{by} deleted it {when}"),
        (Some(by), Some(reason)) => format!("{by} deleted it {when} ({reason})"),
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
    let more = if several.len() > MOST_NAMED { "more than " } else { "" };
    let count = Count(several.len().min(MOST_NAMED), "execution");
    format!("`{digits}…` may be any of {more}{count}: {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use redress_scenarios::Configuration;
    use redress_store::{Executions, Report, Reported, Sqlite};
    use serde_json::json;

    use super::*;
    use crate::configuration::Kept;

    /// Two executions of one moment, and one of a later.
    fn store(folder: &std::path::Path) -> (Store, Vec<ExecutionId>) {
        let configuration = Configuration::without_file(folder);
        let executions = Executions::over(Sqlite::open(&configuration.store).unwrap()).seeded(7);
        let report = |millisecond: i64| {
            let event = json!({"error": "DataError", "module": 2});
            let now = Timestamp::from_millisecond(1_700_000_000_000 + millisecond).unwrap();
            match executions.report(Report::new("a/b", event, ""), now).unwrap() {
                Reported::Stored(kept) => kept.id,
                other => panic!("{other:?}"),
            }
        };
        let ids = [0, 0, 70_000].map(report).to_vec();
        let kept = Kept::open(configuration).unwrap();
        (Store { kept, now: Timestamp::UNIX_EPOCH }, ids)
    }

    fn refusal(store: &Store, called: &str) -> String {
        match store.find(called) {
            Err(Failure::Fails(reason)) => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_execution_is_found_by_all_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        let (store, ids) = store(folder.path());
        for (id, number) in ids.iter().zip(1..) {
            assert_eq!(store.find(&format!("a/b/{number}")).unwrap(), *id);
            assert_eq!(store.find(&id.to_string()).unwrap(), *id);
            let whole = id.to_string();
            assert_eq!(store.find(&whole[..20].to_uppercase()).unwrap(), *id);
            assert_eq!(store.find(&format!("{}-{}", &whole[..8], &whole[8..20])).unwrap(), *id);
        }
        // Twelve digits are a moment.
        assert_eq!(store.find(&ids[2].to_string()[..12]).unwrap(), ids[2]);
        let both = refusal(&store, &ids[0].to_string()[..12]);
        assert!(both.contains("any of 2 executions: a/b/2") && both.contains("a/b/1"), "{both}");
        assert!(refusal(&store, &ids[0].to_string()[..6]).contains("any of 3 executions"));
        assert!(refusal(&store, "ffffffff").contains("there is no execution"));
        assert!(refusal(&store, "a/b/4").contains("there is no execution 4 of `a/b`"));
    }

    #[test]
    fn where_more_are_meant_than_are_named_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let (store, ids) = store(folder.path());
        let summary = store.every(Filter::default(), |summary| summary.id == ids[0], 1).unwrap();
        let several: Vec<Summary> = summary.into_iter().cycle().take(MOST_NAMED + 1).collect();
        let begins =
            |several: &[Summary]| ambiguous("018b", several).split(": ").next().map(str::to_owned);
        assert_eq!(begins(&several[1..]).unwrap(), "`018b…` may be any of 5 executions");
        assert_eq!(begins(&several).unwrap(), "`018b…` may be any of more than 5 executions");
        assert_eq!(ambiguous("018b", &several).matches("a/b/1 (").count(), MOST_NAMED);
    }

    proptest! {
        #[test]
        fn no_name_is_too_strange(called in "\\PC{0,40}|[0-9a-f-]{0,40}|.{0,9}/[0-9]{0,30}") {
            if let Some(digits) = beginning(&called) {
                stored_then(&digits);
            }
            scenario_and_number(&called);
        }
    }
}
