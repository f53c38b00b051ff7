//! Two programs over one file that look for work at the same time: no try is given out twice, and the places are kept.

use std::fs::{self, File, OpenOptions};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::history::{History, Seen};
use super::kill::{PROGRAM, SEED, STORE, executions};
use crate::executions::Executions;
use crate::query::{Filter, Query};
use crate::state::Status;

/// How often they race.
const RACES: u64 = 4;

const PROGRAMS: u64 = 2;

/// So many tries make a race.
const TRIES: usize = 100;

/// How often it is counted how many run.
const PAUSE: Duration = Duration::from_millis(1);

/// A program until it is killed, which it is in any case.
struct Program(Child);

impl Program {
    /// What all programs say goes to one file, line by line, so that its order is the one in which they said it.
    fn start(path: &Path, seed: u64, said: &File) -> Self {
        let program = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", PROGRAM, "--nocapture"])
            .env(STORE, path)
            .env(SEED, seed.to_string())
            .stdout(said.try_clone().unwrap())
            .stderr(Stdio::null())
            .spawn();
        Program(program.unwrap())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn said(path: &Path) -> Vec<Seen> {
    let text = fs::read_to_string(path).unwrap();
    let said = text.lines().filter_map(|line| line.strip_prefix('@'));
    // The last line of a program may be cut by the kill; what is cut was not said.
    said.filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Whether both have been at work by now.
fn have_raced(seen: &[Seen], seeds: &[u64]) -> bool {
    let has_reported = |seed: &u64| {
        let begins = format!("{seed}-");
        seen.iter().any(|it| matches!(it, Seen::Stored { once, .. } if once.starts_with(&begins)))
    };
    let tries = seen.iter().filter(|it| matches!(it, Seen::Began { .. })).count();
    tries >= TRIES && seeds.iter().all(has_reported)
}

/// How many run at once in a state of the store, where those are too many.
fn too_many(executions: &Executions) -> Option<Seen> {
    let filter = Filter { status: Some(Status::InProgress), ..Filter::default() };
    let query = Query { filter, limit: 1_000, ..Query::default() };
    let running = executions.list(&query).unwrap().executions.len() as u32;
    let scenario = "load".to_owned();
    let places = executions.scenario_settings(&scenario).settings.parallel_retries;
    (running > places).then_some(Seen::Running { scenario, running, places })
}

#[test]
fn two_programs_that_race_for_work_run_nothing_twice_and_keep_the_places() {
    for race in 0..RACES {
        let folder = tempfile::tempdir().unwrap();
        let (path, said_at) = (folder.path().join("executions.db"), folder.path().join("said"));
        let executions = executions(&path);
        let file = OpenOptions::new().create(true).append(true).open(&said_at).unwrap();
        let seeds: Vec<u64> =
            (1..=PROGRAMS).map(|program| race * 10_000 + program * 1_000).collect();
        let programs: Vec<Program> =
            seeds.iter().map(|seed| Program::start(&path, *seed, &file)).collect();
        let (mut counted, end) = (Vec::new(), Instant::now() + Duration::from_secs(60));
        while !have_raced(&said(&said_at), &seeds) {
            assert!(Instant::now() < end, "race {race}: the programs are not at work");
            for _ in 0..50 {
                counted.extend(too_many(&executions));
                std::thread::sleep(PAUSE);
            }
        }
        drop(programs);
        let mut history = History { seen: said(&said_at) };
        history.seen.extend(counted);
        let problems = history.problems(&executions);
        assert!(problems.is_empty(), "race {race}: {problems:#?}");
    }
}
