//! How quick the store is: `cargo bench -p redress-store`, or `cargo bench -p redress-store -- storing`, `together`,
//! `million`. Durable throughout: `synchronous=FULL`.
//!
//! Storing is compared with a bare loop that inserts the same rows into the same tables, with the same batches; the
//! rounds take turns, and the figure is the median of the rounds' ratios. Wall time has the disk in it, the thread's
//! CPU time has not.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_store::{Executions, Filter, Order, Query, Report, Scenario, Settings, Sqlite, Status};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};
use serde_json::json;

fn executions(path: &Path) -> Executions {
    let settings = Settings {
        max_records: u64::MAX,
        max_bytes: redress::Size::from_bytes(i64::MAX),
        max_consecutive_errors: None,
        runaway: None,
        ..Settings::default()
    };
    let executions = Executions::over(Sqlite::open(path).unwrap());
    executions.set_other_scenarios(Scenario { settings, ..Scenario::default() });
    executions
}

fn report(number: usize) -> Report {
    let event = json!({
        "error": "ConnectionError", "module": 3, "message": "connection to ledger.example:443 refused", "status": 503,
    });
    let payload = format!("{{\"refund\":{number},\"note\":\"{}\"}}", "x".repeat(400));
    Report::new("refunds", event, payload.as_str()).once(format!("run {number}"))
}

fn now() -> Timestamp {
    Timestamp::now()
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|it| it == name);
    if is_asked("storing") {
        println!("batch  rows    wall: library / bare  ratio   cpu: ratio");
        for (batch, rows) in [(1, 300), (32, 6_400), (256, 25_600)] {
            storing(batch, rows);
        }
    }
    if is_asked("together") {
        together();
    }
    if is_asked("million") {
        million();
    }
}

// Storing ----------------------------------------------------------------------------------------

/// Wall time and the time this thread had a processor.
struct Watch(Instant, Option<u64>);

fn processor_time() -> Option<u64> {
    fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}

impl Watch {
    fn start() -> Self {
        Watch(Instant::now(), processor_time())
    }

    fn stop(self) -> (f64, f64) {
        let processor = processor_time()
            .zip(self.1)
            .map_or(f64::NAN, |(end, start)| (end - start) as f64 / 1e9);
        (self.0.elapsed().as_secs_f64(), processor)
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn storing(batch: usize, rows: usize) {
    let (mut library, mut bare, mut wall, mut processor) = (vec![], vec![], vec![], vec![]);
    for _ in 0..5 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library.db");
        let of_library = by_library(&path, batch, rows);
        let of_bare = by_hand(&path, &folder.path().join("bare.db"), batch);
        library.push(rows as f64 / of_library.0);
        bare.push(rows as f64 / of_bare.0);
        wall.push(of_bare.0 / of_library.0);
        processor.push(of_bare.1 / of_library.1);
    }
    println!(
        "{batch:5}  {rows:6}  {:9.0}/s {:9.0}/s  {:.2}    {:.2}",
        median(library),
        median(bare),
        median(wall),
        median(processor)
    );
}

fn by_library(path: &Path, batch: usize, rows: usize) -> (f64, f64) {
    let executions = executions(path);
    let batches: Vec<Vec<Report>> = (0..rows)
        .step_by(batch)
        .map(|first| (first..first + batch).map(report).collect())
        .collect();
    let watch = Watch::start();
    report_all(&executions, batches);
    watch.stop()
}

/// Kept apart, as [`insert_all`] is, so that a profiler can tell the two.
#[inline(never)]
fn report_all(executions: &Executions, batches: Vec<Vec<Report>>) {
    for batch in batches {
        let answers = executions.report_many(batch, now()).unwrap();
        assert!(answers.iter().all(|answer| answer.became.is_ok()));
    }
}

/// All rows of a table, and the statement that inserts one.
fn table(connection: &Connection, name: &str) -> (String, Vec<Vec<Value>>) {
    let mut statement = connection.prepare(&format!("SELECT * FROM {name} ORDER BY 1")).unwrap();
    let columns = statement.column_count();
    let places = vec!["?"; columns].join(", ");
    let row = |row: &rusqlite::Row<'_>| (0..columns).map(|column| row.get(column)).collect();
    let rows = statement.query_map([], row).unwrap().collect::<Result<_, _>>().unwrap();
    (format!("INSERT INTO {name} VALUES ({places})"), rows)
}

/// The same rows, by nothing but prepared statements; the scenario is changed once a batch, as in the library.
fn by_hand(from: &Path, to: &Path, batch: usize) -> (f64, f64) {
    let full = Connection::open(from).unwrap();
    let tables = ["executions", "log", "payloads"].map(|name| table(&full, name));
    let kinds = table(&full, "kinds");
    let state: String =
        full.query_row("SELECT state FROM scenarios", [], |row| row.get(0)).unwrap();
    drop(Sqlite::open(to).unwrap());
    let mut connection = Connection::open(to).unwrap();
    connection.pragma_update(None, "synchronous", "FULL").unwrap();
    connection.pragma_update(None, "cache_size", -32 << 10).unwrap();
    connection.execute("INSERT INTO scenarios VALUES (1, 'refunds', '{}')", []).unwrap();
    let (sql, kinds) = kinds;
    connection.execute(&sql, params_from_iter(&kinds[0])).unwrap();
    let watch = Watch::start();
    insert_all(&mut connection, &tables, &state, batch);
    watch.stop()
}

#[inline(never)]
fn insert_all(
    connection: &mut Connection,
    tables: &[(String, Vec<Vec<Value>>); 3],
    state: &str,
    batch: usize,
) {
    let rows = tables[0].1.len();
    for first in (0..rows).step_by(batch) {
        let transaction = connection.transaction().unwrap();
        for number in first..(first + batch).min(rows) {
            for (sql, rows) in tables {
                let mut statement = transaction.prepare_cached(sql).unwrap();
                statement.execute(params_from_iter(&rows[number])).unwrap();
            }
        }
        transaction.execute("UPDATE scenarios SET state = ?1 WHERE number = 1", [state]).unwrap();
        transaction.commit().unwrap();
    }
}

/// Thirty-two threads that report one by one and wait for each answer, with group commit.
fn together() {
    let folder = tempfile::tempdir().unwrap();
    let executions = executions(&folder.path().join("together.db")).group_commits().unwrap();
    let start = Instant::now();
    thread::scope(|threads| {
        for thread in 0..32 {
            let executions = &executions;
            threads.spawn(move || {
                for number in 0..500 {
                    executions.report(report(thread * 500 + number), now()).unwrap();
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    println!("32 threads, group commit: {:.0}/s, each acknowledged by itself", 16_000.0 / seconds);
}

// A million ---------------------------------------------------------------------------------------

const MILLION: i64 = 1_000_000;

/// A store with a million pending executions, copies of one that was reported.
fn fill(path: &Path) {
    executions(path).report(report(0), now()).unwrap();
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA synchronous = OFF;
             BEGIN;
             CREATE TEMP TABLE numbers AS
                 WITH RECURSIVE n(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < {MILLION}) SELECT n FROM n;
             INSERT INTO kinds SELECT 2, scenario, 'RateLimitError', 'rare' FROM kinds;
             INSERT INTO executions
                 SELECT n, CAST(printf('%016d', n) AS BLOB), scenario, n, version, status, due + n % 1000, asked, lease,
                        created - ({MILLION} - n), resolved, message, tries, size, key, 'run ' || n, 1 + (n % 100000 = 0)
                 FROM executions, numbers;
             INSERT INTO log SELECT n, number, entry FROM log, numbers;
             INSERT INTO payloads SELECT n, n, edition, kind, bytes FROM payloads, numbers;
             UPDATE scenarios SET state = json_set(state, '$.incomplete', {MILLION}, '$.sequence', {MILLION});
             COMMIT;"
        ))
        .unwrap();
}

fn milliseconds(mut work: impl FnMut()) -> f64 {
    let times = (0..9).map(|_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1000.0
    });
    median(times.collect())
}

fn million() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("million.db");
    fill(&path);
    let start = Instant::now();
    let executions = executions(&path);
    let later = now() + Duration::from_secs(3_600);
    executions.tend(later).unwrap();
    let claims = executions.claim("worker", 10, later).unwrap();
    assert_eq!(claims.len(), 3);
    executions.next_time().unwrap();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "1,000,000 pending: opened, tended, first ones claimed after {:.1} ms",
        seconds * 1000.0
    );

    let some = |text: &str| Some(text.to_owned());
    let of = Filter { scenario: some("refunds"), ..Filter::default() };
    let created = executions.list(&Query::default()).unwrap().executions[0].created;
    let before = |seconds: u64| Some(created - Duration::from_secs(seconds));
    let filters = [
        ("all", Filter::default()),
        ("a scenario", of.clone()),
        ("what is pending in it", Filter { status: Some(Status::Pending), ..of.clone() }),
        ("an error", Filter { error: some("ConnectionError"), ..Filter::default() }),
        ("an error that ten have", Filter { error: some("RateLimitError"), ..Filter::default() }),
        ("a rule that decided ten, in a scenario", Filter { rule: some("rare"), ..of }),
        (
            "a thousand by their time",
            Filter { since: before(400), before: before(399), ..Filter::default() },
        ),
        ("the older half", Filter { before: before(500), ..Filter::default() }),
        ("the newer half", Filter { since: before(500), ..Filter::default() }),
    ];
    for (what, filter) in filters {
        let [newest, oldest, due] = [Order::Newest, Order::Oldest, Order::Due].map(|order| {
            let query = Query { filter: filter.clone(), order, ..Query::default() };
            milliseconds(|| assert!(executions.list(&query).unwrap().executions.len() >= 10))
        });
        println!(
            "first page of {what}: newest {newest:.2} ms, oldest {oldest:.2} ms, by due time {due:.2} ms"
        );
    }
    let groups =
        milliseconds(|| assert_eq!(executions.groups(None, None, 100).unwrap().len(), 2 + 1));
    println!("groups by scenario, error, rule and status: {groups:.0} ms");
    let find = milliseconds(|| assert!(executions.find("refunds", 500_000).unwrap().is_some()));
    println!("one execution by its number: {find:.3} ms");
    let one = claims[0].execution.id;
    let get = milliseconds(|| assert!(executions.get(one).unwrap().is_some()));
    println!("one execution with its log: {get:.3} ms");
}
