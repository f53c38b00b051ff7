//! Bad input: each a clear answer with place, reason and fix; no bytes bring the server down.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::json;

use crate::description::operations;
use crate::world::{SCENARIOS, World, ask};

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_to_do() {
    let world = World::new();
    let mut told = String::new();
    let mut post = |path: &str, body: &str| {
        let answer = world.ask("POST", path, Some(body.to_owned()), &[]);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem = serde_json::to_string_pretty(&answer.json()).unwrap();
        told.push_str(&format!("POST {path}\n{body}\n{problem}\n\n"));
    };
    for body in [
        "",
        "{",
        "[]",
        r#"{"scenario": "refunds", "event": {"error": "DataError", "module": 2}} more"#,
        r#"{"scenario": "refunds"}"#,
        r#"{"scenario": 7, "event": {}}"#,
        r#"{"scenario": "refunds", "event": []}"#,
        r#"{"scenario": "refunds", "event": {"module": 2}, "paylod": 1}"#,
        r#"{"scenario": "refunds", "event": {"eror": "DataError", "module": "3"}}"#,
        r#"{"scenario": "", "event": {"error": "DataError", "module": 2}}"#,
        r#"{"scenario": "refunds", "event": {"error": "DataError", "module": 2}, "payload_base64": "%"}"#,
        r#"{"scenario": "refunds", "event": {"error": "DataError", "module": 2}, "payload": 1, "reference": "x"}"#,
        r#"{"scenario": "refunds", "scenario": "refunds", "event": {}}"#,
        r#"{"scenario": "refunds", "event": {"error": "DataError", "module": 1e400}}"#,
        r#"{"scenario": "\ud800", "event": {}}"#,
        &format!(
            r#"{{"scenario": "refunds", "event": {{"error": "DataError", "module": 2}}, "once": "{}"}}"#,
            "x".repeat(300)
        ),
    ] {
        post("/v1/report", body);
    }
    post("/v1/executions/nonsense/retry", "{}");
    post("/v1/executions/retry", r#"{"ids": ["nonsense"]}"#);
    post("/v1/executions/retry", r#"{"all": {"eror": "DataError"}, "confirm": true}"#);
    post("/v1/executions/retry", r#"{"all": {}}"#);
    post("/v1/executions/retry", r#"{"ids": [7]}"#);
    post("/v1/executions/retry", r#"{"ids": [], "every": "soon"}"#);
    post("/v1/executions/retry", r#"{"ids": [], "every": "2s", "first": "1s"}"#);
    post("/v1/executions/retry", r#"{"ids": [], "every": "0s"}"#);
    post("/v1/executions/retry", r#"{"ids": [], "first": "1m"}"#);
    post("/v1/executions/retry", r#"{"ids": [], "every": 2}"#);
    post("/v1/executions/retry", r#"{"all": {"since": "yesterday"}, "dry_run": true}"#);
    post("/v1/executions/retry", r#"{"all": {"scenario": ""}, "dry_run": true}"#);
    // Passed over, it would be done.
    post("/v1/executions/retry?dry_run=true", r#"{"all": {}, "confirm": true}"#);
    post(&format!("/v1/executions/{}/retry", "0".repeat(32)), "{}");
    post(&format!("/v1/scenarios/refunds/runs/{}/renew", "0".repeat(32)), r#"{"key": "x"}"#);
    post("/v1/scenarios/refunds/runs/17/renew", "{}");
    post(&format!("/v1/executions/{}/resolve", "0".repeat(32)), r#"{"reason": "x"}"#);
    insta::assert_snapshot!(told);
}

#[test]
fn parameters_and_paths_that_are_wrong_are_told() {
    let world = World::new();
    let mut told = String::new();
    for path in [
        "/v1/executions?stauts=pending",
        "/v1/executions?status=lost",
        "/v1/executions?limit=many",
        "/v1/executions?limit=0",
        "/v1/executions?limit=1001",
        "/v1/executions?limit=-1",
        "/v1/executions?limit=",
        "/v1/executions?limit=99999999999999999999",
        "/v1/executions?limit=1&limit=2",
        "/v1/executions?scenario=",
        "/v1/executions/export?limit=5",
        "/v1/executions/groups?limit=0",
        "/v1/scenarios/refunds/log?limit=0",
        "/v1/executions?after=nowhere",
        "/v1/executions?since=yesterday",
        "/v1/executions?since=2026",
        "/v1/executions?since=2026-11-25T09:00:00+01:00",
        "/v1/executions/17",
        &format!("/v1/executions/{}", "0".repeat(32)),
        &format!("/v1/executions/{}?edition=1", "0".repeat(32)),
        "/v1/scenarios/%FF",
        "/v1/scenarios/a%1B%5B2Jb",
        &format!("/v1/scenarios/{}", "x".repeat(300)),
        "/v2",
        "/v1/executions/",
    ] {
        let answer = world.get(path);
        told.push_str(&format!(
            "GET {path}\n{}\n\n",
            serde_json::to_string_pretty(&answer.json()).unwrap()
        ));
    }
    let answer =
        world.ask("POST", "/v1/report", Some("{}".to_owned()), &[("content-encoding", "gzip")]);
    told.push_str(&format!(
        "POST /v1/report, Content-Encoding: gzip\n{}\n\n",
        serde_json::to_string_pretty(&answer.json()).unwrap()
    ));
    let answer = world.ask("PATCH", "/v1/executions", None, &[]);
    told.push_str(&format!(
        "PATCH /v1/executions\n{}\n",
        serde_json::to_string_pretty(&answer.json()).unwrap()
    ));
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_wrong_is_quoted_no_longer_than_people_read() {
    let world = World::new();
    let name = "x".repeat(40_000);
    let report = |event: &str| format!(r#"{{"scenario": "refunds", "event": {event}}}"#);
    for (path, body) in [
        ("/v1/report", report(&format!(r#"{{"error": "DataError", "module": 2, "{name}": 1}}"#))),
        ("/v1/report", report(&format!(r#"{{"{name}": [1e999]}}"#))),
        ("/v1/report", report(&format!("\"{name}\""))),
        ("/v1/report", format!(r#"{{"{name}": 1}}"#)),
        ("/v1/executions/retry", format!(r#"{{"ids": ["{name}"]}}"#)),
        ("/v1/executions/retry", format!(r#"{{"all": {{"status": "{name}"}}}}"#)),
        ("/v1/executions/retry", format!(r#"{{"all": {{"error": "{name}"}}, "dry_run": true}}"#)),
    ] {
        let answer = world.ask("POST", path, Some(body), &[]);
        assert!(answer.body.len() < 3_000, "{} bytes are answered", answer.body.len());
    }
    let deep = report(&format!(r#"{{"message": {}1{}}}"#, "[".repeat(500), "]".repeat(500)));
    let answer = world.ask("POST", "/v1/report", Some(deep), &[]);
    let problem = answer.json();
    let detail = "the body is not as it has to be: it is nested too deeply";
    assert_eq!((answer.status, &problem["detail"]), (422, &json!(detail)));
    assert!(problem["place"].as_str().unwrap().len() < 250, "{problem}");
}

#[test]
fn what_is_too_large_is_refused_before_it_is_read() {
    let world = World::with(&format!("[server]\nmax_body = \"1kB\"\n{SCENARIOS}"));
    let large = json!({"scenario": "refunds", "event": {"error": "DataError", "module": 2}, "payload": "x".repeat(2_000)});
    assert_eq!(world.post("/v1/report", large).status, 413);
    // The length is said, the body never comes.
    let head = "POST /v1/report HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n";
    assert!(raw(&world, head.as_bytes()).starts_with("HTTP/1.1 413 "));
    // The length is not said.
    let head = "POST /v1/report HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunk = format!("{:x}\r\n{}\r\n0\r\n\r\n", 2_000, " ".repeat(2_000));
    assert!(raw(&world, format!("{head}{chunk}").as_bytes()).starts_with("HTTP/1.1 413 "));

    let many: String = (0..100).map(|number| format!("x-{number}: y\r\n")).collect();
    let told =
        raw(&world, format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\n{many}\r\n").as_bytes());
    assert!(told.starts_with("HTTP/1.1 431 "), "{told}");
    let long = "x".repeat(100_000);
    let told = raw(
        &world,
        format!("GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: {long}\r\n\r\n").as_bytes(),
    );
    assert!(told.starts_with("HTTP/1.1 431 "), "{told}");
    assert_eq!(world.get("/healthz").status, 200);
}

#[test]
fn a_body_that_cannot_be_read_to_its_end_is_not_called_too_large() {
    let world = World::new();
    let head = "POST /v1/report HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    for body in ["content-length: 10\r\n\r\n{", "transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n"] {
        let told = raw(&world, format!("{head}{body}").as_bytes());
        assert!(told.starts_with("HTTP/1.1 400 "), "{told}");
        assert!(told.contains("\"detail\":\"the body ends before its end\""), "{told}");
    }
}

#[test]
fn a_body_that_does_not_come_is_not_waited_for_for_ever() {
    let world = World::with(&format!("[server]\nrequest_timeout = \"100ms\"\n{SCENARIOS}"));
    for (path, detail) in [
        ("/v1/report", "the body was not there after 100ms"),
        (
            "/v1/executions/import",
            "the executions to import cannot be read: the body does not come",
        ),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{{"
        );
        let mut connection = TcpStream::connect(world.server.address()).unwrap();
        connection.write_all(head.as_bytes()).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        // To its end: what still comes of the body is no request.
        let mut told = String::new();
        connection.read_to_string(&mut told).unwrap();
        assert!(told.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{told}");
        assert!(told.contains("\r\nconnection: close\r\n"), "{told}");
        assert!(told.contains(&format!("\"detail\":\"{detail}\"")), "{told}");
    }
}

#[test]
fn more_connections_than_there_may_be_wait_for_a_place() {
    let world = World::with(&format!("[server]\nmax_connections = 2\n{SCENARIOS}"));
    let open: Vec<TcpStream> =
        (0..2).map(|_| TcpStream::connect(world.server.address()).unwrap()).collect();
    let mut third = TcpStream::connect(world.server.address()).unwrap();
    third
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .unwrap();
    third.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    assert!(third.read(&mut [0; 100]).is_err());
    drop(open);
    third.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let mut told = String::new();
    third.read_to_string(&mut told).unwrap();
    assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
}

#[test]
fn no_bytes_bring_it_down() {
    let world = World::new();
    let mut chance = fastrand::Rng::with_seed(7);
    for _ in 0..200 {
        let mut bytes: Vec<u8> = (0..chance.usize(..300)).map(|_| chance.u8(..)).collect();
        if chance.bool() {
            bytes.splice(0..0, *b"POST /v1/report HTTP/1.1\r\nhost: localhost\r\n");
        }
        raw(&world, &bytes);
    }
    assert_eq!(world.get("/healthz").status, 200);
}

#[test]
fn no_body_is_the_servers_fault() {
    let world = World::new();
    let mut chance = fastrand::Rng::with_seed(7);
    let texts = [
        "",
        "refunds",
        "{",
        "[]",
        "{}",
        "null",
        "\"\\u0000\"",
        "1e999",
        "-1",
        "\u{202e}",
        "00000000000000000000000000000000",
    ];
    let keys = [
        "scenario",
        "event",
        "payload",
        "payload_base64",
        "reference",
        "ids",
        "all",
        "except",
        "confirm",
        "every",
        "reason",
        "version",
        "succeeded",
        "key",
        "error",
        "module",
    ];
    for _ in 0..40 {
        for (method, path) in operations().into_iter().filter(|(method, _)| method == "POST") {
            let mut object = serde_json::Map::new();
            for _ in 0..chance.usize(..4) {
                let text = texts[chance.usize(..texts.len())];
                let value = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
                let value = if chance.bool() {
                    value
                } else {
                    json!({keys[chance.usize(..keys.len())]: value})
                };
                object.insert(keys[chance.usize(..keys.len())].to_owned(), value);
            }
            let body = serde_json::to_vec(&object).unwrap();
            let answer = ask(&world.url(&path), &method, Some(body), &[]);
            assert!(answer.status < 500, "{path} {object:?}: {}", answer.status);
        }
    }
}

/// Writes bytes, says no more, and reads what comes.
fn raw(world: &World, bytes: &[u8]) -> String {
    let mut connection = TcpStream::connect(world.server.address()).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    // It may be closed before all is written.
    let _ = connection.write_all(bytes);
    let _ = connection.shutdown(std::net::Shutdown::Write);
    let mut told = Vec::new();
    let _ = connection.read_to_end(&mut told);
    String::from_utf8_lossy(&told).into_owned()
}

#[test]
fn who_only_begins_to_ask_keeps_nobody_out() {
    let world = World::with(&format!("[server]\nmax_connections = 8\n{SCENARIOS}"));
    let halves: Vec<TcpStream> = (0..24)
        .map(|_| {
            let mut stream = TcpStream::connect(world.server.address()).unwrap();
            stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: local").unwrap();
            stream
        })
        .collect();
    assert_eq!(world.get("/readyz").status, 200);
    // It was answered before the time was up of those that came while there was room.
    let mut first = &halves[0];
    first.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let read = first.read(&mut [0; 1]);
    assert!(read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
}
