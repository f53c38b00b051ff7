//! Histories of a real program that is killed at random points, under load, and started again.
//!
//! `REDRESS_KILLS` says how many times. The program is this test binary, which runs
//! [`the_program_that_is_killed`].

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fastrand::Rng;
use jiff::Timestamp;
use redress::Policy;
use serde_json::{Value as Json, json};

use super::history::{History, Seen};
use crate::executions::{Edit, Executions, Outcome};
use crate::payload::Payload;
use crate::query::Query;
use crate::report::{Report, Reported};
use crate::settings::{Scenario, Settings};
use crate::sqlite::Sqlite;
use crate::state::Status;

pub(super) const STORE: &str = "REDRESS_KILL_STORE";
pub(super) const SEED: &str = "REDRESS_KILL_SEED";

/// The program: what this test binary is to run.
pub(super) const PROGRAM: &str = "trial::kill::the_program_that_is_killed";

/// How often it is killed where nobody says.
const KILLS: u64 = 200;

/// So many rounds share a store; then a new one is begun, so that checking stays quick.
const ROUNDS_OF_A_STORE: u64 = 5;

/// So many stores are at work at once: most of a round is waiting, for the disk and for its end.
const STORES_AT_ONCE: usize = 4;

/// In milliseconds: within it reports, tries and retries are under way.
const LONGEST_LIFE: u64 = 150;

pub(super) fn executions(path: &Path) -> Executions {
    let policy = Policy::parse(
        "extends default
         replace retryable: when module != first and error in transient => store(retry, after: [20ms, 50ms, 100ms])",
    );
    let settings = Settings {
        max_records: 1_000_000,
        max_consecutive_errors: None,
        runaway: None,
        parallel_retries: 8,
        lease: redress::Duration::from_milliseconds(300),
        ..Settings::default()
    };
    let executions = Executions::over(Sqlite::open(path).unwrap()).group_commits().unwrap();
    executions.set_other_scenarios(Scenario { policy: policy.unwrap(), settings, seal: None });
    executions
}

fn say(seen: &Seen) {
    println!("@{}", serde_json::to_string(seen).unwrap());
}

fn event(chance: &mut Rng) -> Json {
    let error = if chance.u8(..4) == 0 { "DataError" } else { "ConnectionError" };
    json!({"error": error, "module": 3, "message": "it failed"})
}

/// Reports, works, looks after and tends until it is killed; says what was acknowledged.
#[test]
#[ignore = "it is run by the test that kills it"]
fn the_program_that_is_killed() {
    let Some(path) = std::env::var_os(STORE) else { return };
    let seed: u64 = std::env::var(SEED).unwrap().parse().unwrap();
    let executions = Arc::new(executions(Path::new(&path)));
    let reported = AtomicU64::new(0);
    std::thread::scope(|threads| {
        for number in 0..4 {
            let (executions, reported) = (&executions, &reported);
            threads.spawn(move || {
                let mut chance = Rng::with_seed(seed + number);
                loop {
                    report(executions, seed, reported, &mut chance);
                }
            });
        }
        for number in 0..2 {
            let executions = &executions;
            threads.spawn(move || {
                let mut chance = Rng::with_seed(seed + 10 + number);
                loop {
                    work(executions, &format!("worker {number}"), &mut chance);
                }
            });
        }
        threads.spawn(|| {
            let mut chance = Rng::with_seed(seed + 20);
            loop {
                look_after(&executions, &mut chance);
            }
        });
    });
}

fn report(executions: &Executions, seed: u64, reported: &AtomicU64, chance: &mut Rng) {
    let once = format!("{seed}-{}", reported.fetch_add(1, Ordering::Relaxed));
    let report = Report::new("load", event(chance), once.as_str()).once(once.as_str());
    let deliveries = if chance.u8(..5) == 0 { 2 } else { 1 };
    for _ in 0..deliveries {
        let outcome = executions.report(report.clone(), Timestamp::now()).unwrap();
        if let Reported::Stored(kept) | Reported::Known(kept) = outcome {
            let payload = once.as_bytes().to_vec();
            say(&Seen::Stored { once: once.clone(), id: kept.id, payload });
        }
    }
}

fn work(executions: &Executions, worker: &str, chance: &mut Rng) {
    for claim in executions.claim(worker, 4, Timestamp::now()).unwrap() {
        let execution = &claim.execution;
        let (id, version) = (execution.id, execution.version);
        let (attempt, edition) = (claim.attempt(), execution.edition);
        let payload = claim.payload.bytes().to_vec();
        say(&Seen::Began { id, attempt, version, edition, payload });
        if chance.u8(..20) == 0 {
            // Too late: the lease is lost meanwhile.
            std::thread::sleep(Duration::from_millis(320));
        }
        let outcome = match chance.bool() {
            true => Outcome::Succeeded,
            false => Outcome::Failed(event(chance)),
        };
        let Ok(after) = executions.end(&claim, outcome, Duration::ZERO, Timestamp::now()) else {
            continue;
        };
        say(&Seen::Ended { id, version });
        if after.status() == Status::Resolved {
            say(&Seen::Resolved { id });
        }
    }
}

fn look_after(executions: &Executions, chance: &mut Rng) {
    executions.tend(Timestamp::now()).unwrap();
    let page = executions.list(&Query { limit: 20, ..Query::default() }).unwrap();
    let Some(summary) = chance.choice(page.executions) else { return };
    let (id, now) = (summary.id, Timestamp::now());
    match chance.u8(..10) {
        0..5 => drop(executions.retry(id, "alice", None, now)),
        5..7 => {
            let edit = Edit { payload: Payload::from("edited"), version: None };
            drop(executions.resolve(id, edit, "alice", "it was wrong", now));
        }
        7..9 => {
            if executions.close(id, "alice", "paid by hand", now).is_ok() {
                say(&Seen::Closed { id });
            }
        }
        _ => {
            if let Ok(before) = executions.delete(id, "alice", None, now) {
                say(&Seen::Deleted { id, status: before.status() });
            }
        }
    }
    std::thread::sleep(Duration::from_millis(1));
}

/// Starts the program, kills it after so long, and answers what it said.
fn lives(path: &Path, seed: u64, life: Duration) -> Vec<Seen> {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", PROGRAM, "--nocapture"])
        .env(STORE, path)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut seen = Vec::new();
    let mut take = |line: String| {
        // The last line may be cut by the kill; what is cut was not said.
        seen.extend(line.strip_prefix('@').and_then(|line| serde_json::from_str(line).ok()));
    };
    // Its life begins with its first word, so that it is not killed while it only starts.
    let first = lines.by_ref().map_while(Result::ok).find(|line| line.starts_with('@'));
    take(first.expect("the program says what it did"));
    let end = Instant::now() + life;
    let killer = std::thread::spawn(move || {
        std::thread::sleep(end.saturating_duration_since(Instant::now()));
        child.kill().unwrap();
        child.wait().unwrap();
    });
    lines.map_while(Result::ok).for_each(&mut take);
    killer.join().unwrap();
    seen
}

/// Runs what is left until nothing is pending; the time is given, so nobody waits.
fn run_out(executions: &Executions, history: &mut History) {
    let mut now = Timestamp::now();
    loop {
        now += Duration::from_secs(1);
        executions.tend(now).unwrap();
        let claims = executions.claim("the last worker", 1_000, now).unwrap();
        for claim in &claims {
            let after = executions.end(claim, Outcome::Succeeded, Duration::ZERO, now).unwrap();
            history.see(Seen::Resolved { id: after.id });
        }
        if claims.is_empty() && executions.next_time().unwrap().is_none() {
            return;
        }
    }
}

/// Rounds on one store, judged after each, until nothing is left to run. Answers what was seen.
fn rounds(first: u64, rounds: u64, seed: u64) -> History {
    let mut chance = Rng::with_seed(seed * 1_000_000 + first);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("executions.db");
    let mut history = History::default();
    for round in first..first + rounds {
        let life = Duration::from_millis(chance.u64(..LONGEST_LIFE));
        history.seen.extend(lives(&path, seed * 1_000_000 + round * 100, life));
        let problems = history.problems(&executions(&path));
        assert!(problems.is_empty(), "round {round}: {problems:#?}");
    }
    let executions = executions(&path);
    run_out(&executions, &mut history);
    let problems = history.problems(&executions);
    assert!(problems.is_empty(), "after round {}: {problems:#?}", first + rounds - 1);
    history
}

#[test]
fn a_program_that_is_killed_loses_nothing() {
    let kills: u64 = std::env::var("REDRESS_KILLS").map_or(KILLS, |given| given.parse().unwrap());
    let seed = std::env::var(SEED).map_or(1, |given| given.parse().unwrap());
    let next = AtomicU64::new(0);
    let play = || {
        let mut seen = Vec::new();
        loop {
            let first = next.fetch_add(ROUNDS_OF_A_STORE, Ordering::Relaxed);
            if first >= kills {
                return seen;
            }
            seen.extend(rounds(first, ROUNDS_OF_A_STORE.min(kills - first), seed).seen);
        }
    };
    let seen: Vec<Seen> = std::thread::scope(|threads| {
        let players: Vec<_> = (0..STORES_AT_ONCE).map(|_| threads.spawn(play)).collect();
        players.into_iter().flat_map(|player| player.join().unwrap()).collect()
    });
    let count = |right: fn(&Seen) -> bool| seen.iter().filter(|it| right(it)).count();
    let stored = count(|seen| matches!(seen, Seen::Stored { .. }));
    let began = count(|seen| matches!(seen, Seen::Began { .. }));
    println!("{kills} kills, {stored} reports acknowledged, {began} tries begun");
    assert!(stored as u64 >= kills && began > 0, "there was no load");
}
