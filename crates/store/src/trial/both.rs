//! The same histories in memory and in a file: both stores tell the same of them, and nothing that is confidential is in a file.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::history::SECRET;
use super::world::{SCENARIOS, Setting, World};
use crate::entry::{Cause, Entry, Happening};
use crate::execution::Execution;
use crate::executions::Executions;
use crate::id::ExecutionId;
use crate::memory::Memory;
use crate::query::{Filter, Order, Query, Summary};
use crate::sqlite::Sqlite;
use crate::state::{State, Status};

#[test]
fn both_stores_tell_the_same_history() {
    let (setting, folder) = (Setting::new(), tempfile::tempdir().unwrap());
    for seed in 0..12 {
        let sqlite = Sqlite::open(folder.path().join(format!("{seed}.db"))).unwrap();
        let (history, left) = World::new(seed, Arc::new(sqlite), &setting, true).run();
        let problems = history.problems(&left);
        assert!(problems.is_empty(), "seed {seed}: {problems:#?}");
        let (other, right) = World::new(seed, Arc::new(Memory::new()), &setting, true).run();
        assert_eq!(history.seen, other.seen, "seed {seed}");
        for order in ORDERS {
            let query = Query { order, limit: 1000, ..Query::default() };
            let page = left.list(&query).unwrap();
            assert_eq!(page, right.list(&query).unwrap(), "seed {seed}");
            for summary in page.executions {
                for store in [&left, &right] {
                    let found = store.find(&summary.scenario, summary.sequence).unwrap();
                    assert_eq!(found, Some(summary.id), "seed {seed}");
                }
                let [left, right] = [&left, &right].map(|it| log(it, summary.id));
                assert_eq!(left, right, "seed {seed}");
            }
        }
        assert!(holds(folder.path(), "it failed"), "seed {seed}: nothing is in a file");
        assert!(!holds(folder.path(), SECRET), "seed {seed}: what nobody may read is in a file");
        for filter in filters() {
            for store in [&left, &right] {
                let (first, again) = up_to_its_first_page(store, &filter);
                assert_eq!(first, again, "seed {seed}: {filter:?}");
            }
            for order in ORDERS {
                let [left, right] = [&left, &right].map(|it| pages(it, &filter, order));
                assert_eq!(left, right, "seed {seed}: {filter:?} {order:?}");
            }
        }
        for name in SCENARIOS {
            for filter in filters().iter().filter(|it| it.scenario.is_none()) {
                for store in [&left, &right] {
                    for now in times() {
                        let next = store.next_try(name, filter, now).unwrap();
                        let one_by_one = next_one_by_one(store, name, filter, now);
                        assert_eq!(next, one_by_one, "seed {seed}: {filter:?}");
                    }
                }
            }
            for store in [&left, &right] {
                who_waits_for_whom(store, name);
            }
        }
        for now in times() {
            assert_eq!(left.counts(now), right.counts(now), "seed {seed}");
            assert_eq!(left.newcomers(now, 100), right.newcomers(now, 100), "seed {seed}");
        }
        for limit in [2, 100] {
            for message in [None, Some("failed"), Some("nobody says this")] {
                let [left, right] = [&left, &right].map(|it| it.groups(None, message, limit));
                assert_eq!(left, right, "seed {seed}: {message:?}");
            }
        }
        for name in SCENARIOS {
            assert_eq!((left.find(name, 0), right.find(name, u64::MAX)), (Ok(None), Ok(None)));
            assert_eq!(left.scenario(name), right.scenario(name));
            assert_eq!(left.scenario_log(name, 1000), right.scenario_log(name, 1000));
            let [left, right] = [&left, &right].map(|it| it.groups(Some(name), None, 100));
            assert_eq!(left, right, "seed {seed}");
        }
    }
}

/// Before, while and after it happens.
fn times() -> [Timestamp; 5] {
    [0, 1_700_000_000, 1_700_000_060, 1_700_000_600, 1_800_000_000]
        .map(|second| Timestamp::from_second(second).unwrap())
}

/// The log of an execution. What is encrypted is another text each time.
fn log(executions: &Executions, id: ExecutionId) -> Vec<Entry> {
    let mut log = executions.log(id).unwrap();
    for entry in &mut log {
        match &mut entry.what {
            Happening::Stored(stored) => {
                (stored.sealed_event, stored.sealed_definition) = (None, None);
            }
            Happening::Failed { sealed_event, .. } => *sealed_event = None,
            _ => {}
        }
    }
    log
}

/// Whether a text stands in a file of a folder, as it is.
fn holds(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        bytes.windows(text.len()).any(|bytes| bytes == text.as_bytes())
    })
}

/// All pages of a list. The numbers that places have are each store's own.
fn pages(executions: &Executions, filter: &Filter, order: Order) -> Vec<Vec<Summary>> {
    let query = Query { filter: filter.clone(), order, limit: 2, ..Query::default() };
    executions.pages(query).map(Result::unwrap).collect()
}

/// The first page, and what a list has that ends where the page does.
fn up_to_its_first_page(executions: &Executions, filter: &Filter) -> (Vec<Summary>, Vec<Summary>) {
    let order = Order::Oldest;
    let query = Query { filter: filter.clone(), order, limit: 2, ..Query::default() };
    let first = executions.list(&query).unwrap();
    let again = Query { limit: 1000, latest: first.next, ..query };
    (first.executions, executions.list(&again).unwrap().executions)
}

/// When the next of them is tried, asked one by one.
fn next_one_by_one(
    executions: &Executions,
    scenario: &str,
    filter: &Filter,
    now: Timestamp,
) -> Option<Timestamp> {
    let state = executions.scenario(scenario).unwrap();
    let due = |execution: Execution| match execution.state {
        State::Pending { by: Cause::Schedule, .. } if state.off.is_some() => None,
        State::Pending { due, .. } => {
            let paced = state.paced_until(now).filter(|_| execution.is_paced());
            let is_first = executions.waits_for(execution.id).unwrap().is_none();
            is_first.then_some(paced.map_or(due, |until| until.max(due)))
        }
        _ => None,
    };
    let (scenario, status) = (Some(scenario.to_owned()), Some(Status::Pending));
    let filter = Filter { scenario, status, ..filter.clone() };
    let page = executions.list(&Query { filter, limit: 1000, ..Query::default() }).unwrap();
    let found = page.executions.iter().map(|it| executions.get(it.id).unwrap().unwrap());
    found.filter_map(due).min()
}

/// Each waits for the first that is not resolved, of its key, that came before it.
fn who_waits_for_whom(executions: &Executions, scenario: &str) {
    let is_sequential = executions.scenario_settings(scenario).settings.sequential;
    let filter = Filter { scenario: Some(scenario.to_owned()), ..Filter::default() };
    let query = Query { filter, order: Order::Oldest, limit: 1000, ..Query::default() };
    let page = executions.list(&query).unwrap();
    let all: Vec<Execution> =
        page.executions.iter().map(|it| executions.get(it.id).unwrap().unwrap()).collect();
    for (place, execution) in all.iter().enumerate() {
        let is_before =
            |it: &&Execution| it.status() != Status::Resolved && it.key == execution.key;
        let first = all[..place].iter().find(is_before).filter(|_| is_sequential);
        assert_eq!(executions.waits_for(execution.id).unwrap().as_ref(), first);
    }
}

const ORDERS: [Order; 3] = [Order::Newest, Order::Oldest, Order::Due];

/// Filters of every kind, alone and together.
fn filters() -> Vec<Filter> {
    let some = |text: &str| Some(text.to_owned());
    let mut filters = vec![
        Filter { rule: some("retryable"), ..Filter::default() },
        Filter { message: some("failed"), ..Filter::default() },
        Filter { message: some("nobody says this"), scenario: some("plain"), ..Filter::default() },
        Filter { since: Timestamp::from_millisecond(1_700_000_100_000).ok(), ..Filter::default() },
        Filter { before: Timestamp::from_millisecond(1_700_000_100_000).ok(), ..Filter::default() },
    ];
    for status in Status::ALL.map(Some).into_iter().chain([None]) {
        for scenario in [None, some("plain"), some("nobody")] {
            for error in [None, some("ConnectionError")] {
                for rule in [None, some("retryable"), some("review")] {
                    let (scenario, error) = (scenario.clone(), error.clone());
                    filters.push(Filter { scenario, status, error, rule, ..Filter::default() });
                }
            }
        }
    }
    filters
}
