//! `redress serve`, from its start to the signal that ends it.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

fn redress() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redress"));
    command.env_remove("REDRESS_CONFIG");
    command
}

#[test]
fn it_serves_until_it_is_told_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("redress.toml");
    std::fs::write(&file, "[scenario.refunds]\nurl = \"http://127.0.0.1:9/\"\n").unwrap();
    let mut server = redress()
        .args(["serve", "--listen", "127.0.0.1:0", "--config"])
        .arg(&file)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stderr.take().unwrap()).lines();
    let mut told = || -> Json { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    let listening = told();
    assert_eq!(listening["message"], "listening");
    let mut connection = TcpStream::connect(listening["address"].as_str().unwrap()).unwrap();
    connection
        .write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"ready\":true"), "{answer}");

    let told_to_end = Command::new("kill").arg(server.id().to_string()).status().unwrap();
    assert!(told_to_end.success());
    assert_eq!(
        (told()["message"].as_str(), told()["message"].as_str()),
        (Some("stopping"), Some("stopped"))
    );
    assert_eq!(server.wait().unwrap().code(), Some(0));
}

#[test]
fn what_keeps_it_from_starting_is_said_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| {
        let output =
            redress().arg("serve").args(arguments).current_dir(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let open = said(&["--listen", "0.0.0.0:0"]);
    assert!(open.starts_with("error: without a token it listens to this machine alone"), "{open}");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let told = said(&["--listen", &address]);
    assert!(
        told.contains(&format!("it cannot listen to {address}: another program listens there")),
        "{told}"
    );
    let nowhere = said(&["--config", "nowhere.toml"]);
    assert!(nowhere.contains("nowhere.toml:1: there is no such file"), "{nowhere}");
}
