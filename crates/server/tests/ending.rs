//! How a server ends: what is under way ends well, or is given up and run again.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use redress_store::Outcome;
use serde_json::json;

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
#[ignore = "it is run by the test that tells it to end"]
fn the_program_that_is_told_to_end() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    redress_server::start_log(redress_server::Detail::Usual);
    let mut configuration = redress_scenarios::Configuration::without_file(folder.as_ref());
    configuration.server.listen.set_port(0);
    redress_server::Server::run(configuration).unwrap();
}

/// Whoever sees that it listens may tell it to end.
#[cfg(unix)]
#[test]
fn a_program_that_runs_a_server_ends_well_from_its_first_moment() {
    for _ in 0..8 {
        let folder = tempfile::tempdir().unwrap();
        let mut program = Command::new(std::env::current_exe().unwrap())
            .args([
                "ending::the_program_that_is_told_to_end",
                "--exact",
                "--ignored",
                "--nocapture",
            ])
            .env(FOLDER, folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(program.stderr.take().unwrap()).lines();
        let mut says = |what: &str| lines.by_ref().any(|line| line.unwrap().contains(what));
        assert!(says("\"listening\""));
        let id = program.id().to_string();
        assert!(Command::new("kill").arg(id).status().unwrap().success());
        assert!(says("\"stopped\""));
        assert_eq!(program.wait().unwrap().code(), Some(0));
    }
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
