//! How quick the server is: `cargo bench -p redress-server`, or `cargo bench -p redress-server -- reports`, `lateness`.
//!
//! Durable throughout: every report is on the disk (`synchronous=FULL`) before it is answered. Beside the figures stands
//! what the disk can do by itself, measured at the same time. Clients and server share the machine.

#![allow(clippy::unwrap_used, reason = "a benchmark has nobody to report to")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_scenarios::{Configuration, FindRunner, Runner, Scenarios, Task, Workers};
use redress_server::Server;
use redress_store::{Executions, Outcome, Report, Sqlite};
use serde_json::json;

const CLIENTS: usize = 32;

/// Reports of each client, after some that only warm up.
const REPORTS: usize = 500;

/// What becomes due in a second, and for how many seconds.
const DUE: usize = 1_000;
const SECONDS: usize = 10;

const SETTINGS: &str = r#"
[scenario.refunds]
url = "http://127.0.0.1:9/refunds"
max_records = 100000000
max_bytes = "1000GB"
max_consecutive_errors = 0
runaway = false
parallel_retries = 256
"#;

fn configuration(folder: &Path) -> Configuration {
    let mut configuration = Configuration::parse(folder.join("redress.toml"), SETTINGS).unwrap();
    configuration.server.listen.set_port(0);
    configuration
}

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let is_asked = |name: &str| asked.is_empty() || asked.iter().any(|it| it == name);
    if is_asked("reports") {
        reports();
    }
    if is_asked("lateness") {
        lateness();
    }
}

/// A folder on the disk that holds what is built; what is in memory would synchronise for nothing.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap()
}

// Reports -----------------------------------------------------------------------------------------

fn reports() {
    println!(
        "{CLIENTS} clients that keep their connections, each waits for its answer; medians of 5 rounds"
    );
    println!("reports/s  processor time a report  synchronisations/s of the disk alone");
    let mut rounds: Vec<(f64, f64, f64)> = (0..5).map(|_| round()).collect();
    rounds.sort_by(|one, other| one.0.total_cmp(&other.0));
    let of = |figure: fn(&(f64, f64, f64)) -> f64| {
        let mut figures: Vec<f64> = rounds.iter().map(figure).collect();
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    println!("{:9.0}  {:20.0} µs  {:.0}", of(|it| it.0), of(|it| it.1 * 1e6), of(|it| it.2));
    println!("slowest and quickest round: {:.0}/s, {:.0}/s", rounds[0].0, rounds[4].0);
}

fn round() -> (f64, f64, f64) {
    let folder = folder();
    let server = Server::start(configuration(folder.path())).unwrap();
    let address = server.address();
    clients(address, 20);
    let (start, processor) = (Instant::now(), processor_time());
    clients(address, REPORTS);
    let (wall, processor) = (start.elapsed().as_secs_f64(), processor_time() - processor);
    let answers = (CLIENTS * REPORTS) as f64;
    server.stop();
    (answers / wall, processor / answers, synchronisations(folder.path()))
}

fn clients(address: SocketAddr, reports: usize) {
    thread::scope(|threads| {
        for client in 0..CLIENTS {
            threads.spawn(move || {
                let mut connection = BufReader::new(TcpStream::connect(address).unwrap());
                connection.get_mut().set_nodelay(true).unwrap();
                for number in 0..reports {
                    report(&mut connection, client * reports + number);
                }
            });
        }
    });
}

/// The least of a client, so that the server has the processor.
fn report(connection: &mut BufReader<TcpStream>, number: usize) {
    let payload = "x".repeat(400);
    let body = format!(
        r#"{{"scenario":"refunds","event":{{"error":"ConnectionError","module":3,"message":"connection to ledger.example:443 refused","status":503}},"payload":{{"refund":{number},"note":"{payload}"}}}}"#
    );
    let length = body.len();
    let request = format!(
        "POST /v1/report HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    connection.get_mut().write_all(request.as_bytes()).unwrap();
    let mut line = String::new();
    connection.read_line(&mut line).unwrap();
    assert!(line.starts_with("HTTP/1.1 201 "), "{line}");
    let mut length = 0;
    while line != "\r\n" {
        line.clear();
        connection.read_line(&mut line).unwrap();
        if let Some(given) = line.strip_prefix("content-length: ") {
            length = given.trim().parse().unwrap();
        }
    }
    connection.read_exact(&mut vec![0; length]).unwrap();
}

/// Processor time of this process so far, that of clients included, in steps of 10 ms.
fn processor_time() -> f64 {
    let text = fs::read_to_string("/proc/self/stat").unwrap();
    // The name of the program may hold spaces; it ends with the last parenthesis.
    let fields: Vec<&str> = text.rsplit_once(')').unwrap().1.split_whitespace().collect();
    let ticks = |place: usize| fields[place].parse::<f64>().unwrap();
    (ticks(11) + ticks(12)) / 100.0
}

/// How often a second the disk makes 4 KiB at the end of a file durable.
fn synchronisations(folder: &Path) -> f64 {
    let file = File::create(folder.join("synchronised")).unwrap();
    let (start, mut count) = (Instant::now(), 0_u64);
    while start.elapsed() < Duration::from_millis(500) {
        file.write_all_at(&[7; 4096], count * 4096).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    count as f64 / start.elapsed().as_secs_f64()
}

// Lateness ----------------------------------------------------------------------------------------

fn lateness() {
    let folder = folder();
    let configuration = configuration(folder.path());
    let store = Sqlite::open(folder.path().join("redress.db")).unwrap();
    let executions = Arc::new(Executions::over(store).group_commits().unwrap());
    let _scenarios = Scenarios::new(configuration, &executions);
    let first = Timestamp::now() + Duration::from_secs(5);
    let all = DUE * SECONDS;
    let wait = |number: usize| {
        let due = first + Duration::from_micros((number * 1_000_000 / DUE) as u64);
        let now = Timestamp::now();
        (due.duration_since(now).as_millis().max(0), now)
    };
    for some in (0..all).collect::<Vec<_>>().chunks(250) {
        let now = wait(0).1;
        let reports = some.iter().map(|number| {
            let (wait, _) = wait(*number);
            let event = json!({"error": "ConnectionError", "module": 3, "retry_after": i64::try_from(wait).unwrap()});
            Report::new("refunds", event, r#"{"refund": 17}"#)
        });
        let answers = executions.report_many(reports.collect(), now).unwrap();
        assert!(answers.iter().all(|answer| answer.became.is_ok()));
    }
    assert!(Timestamp::now() < first, "storing took longer than there was time");
    let late: Arc<Mutex<Vec<f64>>> = Arc::default();
    let told = Arc::clone(&late);
    let runner: Arc<dyn Runner> = Arc::new(move |task: &Task| {
        let late = Timestamp::now().duration_since(task.due).as_secs_f64() * 1000.0;
        told.lock().unwrap().push(late);
        Outcome::Succeeded
    });
    let find: Arc<FindRunner> = Arc::new(move |_: &str| Some(Arc::clone(&runner)));
    let complain =
        Box::new(|notice: redress_scenarios::Notice| assert!(!notice.is_trouble(), "{notice:?}"));
    let workers = Workers::start(Arc::clone(&executions), "bench", 256, find, complain).unwrap();
    let processor = processor_time();
    let end = Instant::now() + Duration::from_secs(60);
    while late.lock().unwrap().len() < all && Instant::now() < end {
        thread::sleep(Duration::from_millis(20));
    }
    workers.stop();
    let processor = (processor_time() - processor) / all as f64;
    let mut late = late.lock().unwrap().clone();
    late.sort_by(f64::total_cmp);
    assert_eq!(late.len(), all);
    assert!(late[0] >= 0.0, "one ran early");
    let share = |share: f64| late[((all - 1) as f64 * share) as usize];
    println!(
        "{DUE} due a second for {SECONDS} s, runs that succeed at once, each durable from claim to end"
    );
    println!(
        "half within  99 % within  all within  processor time a try  synchronisations/s of the disk alone"
    );
    println!(
        "{:8.1} ms  {:8.1} ms  {:7.1} ms  {:17.0} µs  {:.0}",
        share(0.5),
        share(0.99),
        share(1.0),
        processor * 1e6,
        synchronisations(folder.path())
    );
}
