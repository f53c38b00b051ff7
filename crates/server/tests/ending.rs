//! How a server ends: what is under way ends well, or is given up and run again.

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use redress_store::Outcome;
use serde_json::{Value as Json, json};

use crate::world::{SCENARIOS, World};

/// A server that gives what is under way so long, over leases that are short.
fn world(grace: &str) -> World {
    World::with(&format!("[server]\ngrace = \"{grace}\"\n{SCENARIOS}lease = \"1s\"\n"))
}

#[test]
fn a_try_ends_within_the_time_that_is_given() {
    let world = world("1m");
    let id = world.stored("ConnectionError");
    world.tasks.recv().unwrap();
    let World { folder, server, outcomes, tasks } = world;
    let stopping = std::thread::spawn(move || server.stop());
    std::thread::sleep(Duration::from_millis(50));
    outcomes.send(Outcome::Succeeded).unwrap();
    stopping.join().unwrap();
    drop(tasks);
    let world = World::over(folder, SCENARIOS).unwrap();
    assert_eq!(world.get(&format!("/v1/executions/{id}")).json()["state"]["how"], "succeeded");
}

#[test]
fn what_does_not_end_in_time_is_given_up_and_run_again() {
    let world = world("50ms");
    let id = world.stored("ConnectionError");
    world.tasks.recv().unwrap();
    let start = Instant::now();
    let World { folder, server, .. } = world;
    server.stop();
    assert!(start.elapsed() < Duration::from_secs(30));
    let world = World::over(folder, SCENARIOS).unwrap();
    // Its lease runs out, and it is tried again.
    let task = world.tasks.recv_timeout(Duration::from_secs(60)).unwrap();
    assert_eq!((task.execution.as_str(), task.attempt), (id.as_str(), 3));
    world.ends(Outcome::Succeeded);
    let log = world.until(&id, "resolved");
    assert_eq!(log["interruptions"], 1);
}

const FOLDER: &str = "REDRESS_RUNS_IN";

#[test]
#[ignore = "it is run by the tests that tell it to end"]
fn the_program_that_is_told_to_end() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    redress_server::start_log(redress_server::Detail::Usual);
    let mut configuration = redress_scenarios::Configuration::find(None, folder.as_ref()).unwrap();
    configuration.server.listen.set_port(0);
    redress_server::Server::run(configuration).unwrap();
}

/// That program, with what it tells.
#[cfg(unix)]
struct Program {
    process: Child,
    lines: Lines<BufReader<ChildStderr>>,
}

#[cfg(unix)]
impl Program {
    fn start(folder: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([
                "ending::the_program_that_is_told_to_end",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env(FOLDER, folder)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        Program { process, lines }
    }

    /// The next line that says so.
    fn says(&mut self, what: &str) -> String {
        let mut lines = self.lines.by_ref().map(Result::unwrap);
        lines.find(|line| line.contains(what)).unwrap_or_else(|| panic!("it never says {what}"))
    }

    fn is_told_to_end(&self, signal: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
    }

    fn ends_well(mut self) {
        self.says("\"stopped\"");
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

/// Whoever sees that it listens may tell it to end.
#[cfg(unix)]
#[test]
fn a_program_that_runs_a_server_ends_well_from_its_first_moment() {
    for signal in ["TERM", "INT", "QUIT", "HUP"].into_iter().cycle().take(8) {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Program::start(folder.path());
        program.says("\"listening\"");
        program.is_told_to_end(signal);
        program.ends_well();
    }
}

#[cfg(unix)]
#[test]
fn who_tells_it_to_end_once_more_is_not_kept_waiting() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "[server]\ngrace = \"10m\"\nrequest_timeout = \"10m\"\n[scenario.refunds]\n";
    std::fs::write(folder.path().join("redress.toml"), settings).unwrap();
    let mut program = Program::start(folder.path());
    let listening: Json = serde_json::from_str(&program.says("\"listening\"")).unwrap();
    let mut connection = TcpStream::connect(listening["address"].as_str().unwrap()).unwrap();
    let head = "POST /v1/report HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 10\r\nexpect: 100-continue\r\n\r\n";
    connection.write_all(head.as_bytes()).unwrap();
    // The server waits for the body: the request is under way.
    let mut told = [0; 25];
    connection.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
    program.is_told_to_end("TERM");
    program.says("\"stopping\"");
    program.is_told_to_end("INT");
    program.says("what is under way is given up");
    program.says("requests were still under way");
    program.ends_well();
}

#[test]
fn a_port_that_is_taken_and_a_store_that_is_none_are_told() {
    let world = World::new();
    let address = world.server.address();
    let folder = tempfile::tempdir().unwrap();
    let mut configuration = redress_scenarios::Configuration::without_file(folder.path());
    configuration.server.listen = address;
    let told = redress_server::Server::start(configuration.clone()).err().unwrap().to_string();
    assert_eq!(
        told,
        format!(
            "it cannot listen to {address}: another program listens there; end it, or choose another with `--listen`"
        )
    );
    configuration.server.listen.set_port(0);
    std::fs::write(&configuration.store, "this is no store, whatever it is called").unwrap();
    let told = redress_server::Server::start(configuration).err().unwrap().to_string();
    assert!(told.contains("the store is damaged"), "{told}");
}

#[test]
fn reports_that_were_answered_are_kept() {
    let world = World::new();
    let ids: Vec<String> = (0..20).map(|_| world.stored("DataError")).collect();
    let World { folder, server, .. } = world;
    server.stop();
    let world = World::over(folder, SCENARIOS).unwrap();
    let page = world.get("/v1/executions?order=oldest").json();
    let kept: Vec<&str> = page["executions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(kept, ids);
    assert_eq!(world.get("/v1/scenarios/refunds").json()["state"]["incomplete"], json!(20));
}
