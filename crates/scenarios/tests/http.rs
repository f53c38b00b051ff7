//! Addresses that run tries, with a service on this machine that answers what it is told to.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use redress_scenarios::{Client, Configuration, Endpoint, HttpRunner, Runner, RunnerSource, Task};
use redress_store::{Outcome, Payload};
use serde_json::Value as Json;

use crate::write_secret;

/// A request as it came: its head in lower case, and its body.
struct Request {
    head: String,
    body: Vec<u8>,
}

/// A service that gives each connection this answer; its address, and what it was asked.
fn service(answer: impl Into<Vec<u8>>) -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/refunds", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    let answer = answer.into();
    thread::spawn(move || {
        for connection in listener.incoming() {
            let mut connection = BufReader::new(connection.unwrap());
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") {
                if connection.read_line(&mut head).unwrap() == 0 {
                    break;
                }
            }
            let head = head.to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let mut body = vec![0; length.map_or(0, |length| length.trim().parse().unwrap())];
            connection.read_exact(&mut body).unwrap();
            // A service that answers nothing keeps the connection open.
            let _ = connection.get_mut().write_all(&answer);
            let open = (answer.is_empty()).then_some(connection);
            if sender.send(Request { head, body }).is_err() {
                return;
            }
            if open.is_some() {
                thread::sleep(Duration::from_secs(2));
            }
        }
    });
    (address, requests)
}

fn answer(status: &str, headers: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n{body}"
    )
}

fn runner(url: &str) -> HttpRunner {
    let endpoint = Endpoint::new(url).unwrap();
    HttpRunner::new(endpoint, Some(Duration::from_secs(20)), Client::default())
}

fn failure(answer: impl Into<Vec<u8>>) -> Json {
    let (url, _requests) = service(answer);
    let Outcome::Failed(event) = runner(&url).run(&Task::new("refunds", Payload::from("{}")))
    else {
        panic!("it succeeds")
    };
    event
}

#[test]
fn the_payload_is_posted_with_what_tells_the_try() {
    let (url, requests) = service(answer("204 No Content", "", ""));
    let mut task = Task::new("Rückerstattung 100%", Payload::from(r#"{"refund": 17}"#));
    task.traceparent = Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
    assert_eq!(runner(&url).run(&task), Outcome::Succeeded);
    let Request { head, body } = requests.recv().unwrap();
    assert_eq!(body, br#"{"refund": 17}"#);
    for line in [
        "post /refunds http/1.1",
        "idempotency-key: key",
        "redress-scenario: r%c3%bcckerstattung 100%25",
        "redress-execution: 00000000000000000000000000000000",
        "redress-attempt: 2",
        "content-type: application/json",
        "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    ] {
        assert!(head.lines().any(|it| it == line), "{line} is not in\n{head}");
    }
}

#[test]
fn a_reference_is_a_header_and_a_token_is_read_for_every_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("token");
    write_secret(file.clone(), "first\n");
    let (url, requests) = service(answer("200 OK", "", "fine"));
    let endpoint = Endpoint::new(&url).unwrap().token_file(file.clone()).unwrap();
    let endpoint = endpoint.header("X-Team", "ledger").unwrap();
    let endpoint = endpoint.header("Content-Type", "text/plain").unwrap();
    let runner = HttpRunner::new(endpoint, Some(Duration::from_secs(20)), Client::default());
    let task = Task::new("refunds", Payload::Reference("s3://refunds/17".to_owned()));
    assert_eq!(runner.run(&task), Outcome::Succeeded);
    let head = requests.recv().unwrap().head;
    for line in [
        "redress-reference: s3://refunds/17",
        "authorization: bearer first",
        "x-team: ledger",
        "content-type: text/plain",
        "content-length: 0",
    ] {
        assert!(head.lines().any(|it| it == line), "{line} is not in\n{head}");
    }
    write_secret(file.clone(), "second");
    assert_eq!(runner.run(&task), Outcome::Succeeded);
    assert!(requests.recv().unwrap().head.contains("authorization: bearer second"));
    std::fs::remove_file(&file).unwrap();
    let Outcome::Failed(event) = runner.run(&task) else { panic!("it succeeds") };
    assert_eq!(event["error"], "InvalidAccessTokenError");
    assert_eq!(event["message"], "`token_file`: there is no such file");
}

#[test]
fn the_answer_says_which_error_it_is() {
    for (status, error) in [
        ("401 Unauthorized", "InvalidAccessTokenError"),
        ("404 Not Found", "DataError"),
        ("429 Too Many Requests", "RateLimitError"),
        ("500 Internal Server Error", "UnexpectedError"),
        ("503 Service Unavailable", "ConnectionError"),
    ] {
        let event = failure(answer(status, "", ""));
        assert_eq!(event["error"], error);
        assert_eq!(event["status"], status[..3].parse::<u16>().unwrap());
        assert_eq!(event["message"], format!("the service answered {}", &status[..3]));
        assert!(event["elapsed"].is_u64());
    }
    let busy = failure(answer(
        "503 Service Unavailable",
        "Retry-After: 120\r\n",
        "  closed for the night ",
    ));
    assert_eq!(
        (&busy["retry_after"], &busy["message"]),
        (&"2m".into(), &"closed for the night".into())
    );
    // Of no other clock than its own.
    let dated = |date: &str| {
        let until = "Retry-After: Sun, 06 Nov 1994 08:50:37 GMT\r\n";
        failure(answer("429 Too Many Requests", &format!("{date}{until}"), ""))
    };
    assert_eq!(dated("Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n")["retry_after"], "1m");
    assert_eq!(dated("")["retry_after"], "0ms");
    let problem = failure(answer(
        "422 X",
        "",
        r#"{"title": "no", "detail": "no such refund", "status": 422}"#,
    ));
    assert_eq!(
        (&problem["error"], &problem["message"]),
        (&"DataError".into(), &"no such refund".into())
    );
    let facts = r#"{"error": "LedgerClosedError", "module": 4, "retry_after": "6h"}"#;
    let told = failure(answer("409 Conflict", "Retry-After: 1\r\n", facts));
    assert_eq!(told["error"], "LedgerClosedError");
    assert_eq!(
        (&told["module"], &told["retry_after"], &told["status"]),
        (&4.into(), &"6h".into(), &409.into())
    );
}

#[test]
fn a_body_that_does_not_fit_the_policy_is_text() {
    let body = r#"{"error":"DataError","nope":true}"#;
    let event = failure(answer("503 Service Unavailable", "", body));
    assert_eq!((&event["status"], &event["error"]), (&503.into(), &"ConnectionError".into()));
    assert_eq!((event["message"].as_str(), event.get("nope")), (Some(body), None));
}

#[test]
fn no_redirect_is_followed() {
    let (other, asked) = service(answer("200 OK", "", ""));
    let event = failure(answer("307 Temporary Redirect", &format!("Location: {other}\r\n"), ""));
    assert_eq!(event["error"], "InvalidConfigurationError");
    assert_eq!(
        event["message"],
        format!("the service answered 307, see {other}; that is not followed")
    );
    assert!(asked.recv_timeout(Duration::from_millis(50)).is_err());
}

#[test]
fn a_large_answer_is_cut() {
    let event = failure(answer("500 X", "", &"x".repeat(5_000_000)));
    let message = event["message"].as_str().unwrap();
    assert!(message.ends_with(" …") && message.chars().count() == 2_002, "{message}");
}

#[test]
fn where_no_answer_comes_the_connection_or_the_time_is_to_blame() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let Outcome::Failed(event) =
        runner(&format!("http://{closed}/")).run(&Task::new("refunds", Payload::from("")))
    else {
        panic!("it succeeds")
    };
    assert_eq!(event["error"], "ConnectionError", "{event}");

    let (url, _requests) = service("");
    let endpoint = Endpoint::new(&url).unwrap();
    let slow = HttpRunner::new(endpoint, Some(Duration::from_millis(100)), Client::default());
    let start = Instant::now();
    let Outcome::Failed(event) = slow.run(&Task::new("refunds", Payload::from(""))) else {
        panic!("it succeeds")
    };
    assert_eq!(event["error"], "ModuleTimeoutError", "{event}");
    assert!(start.elapsed() < Duration::from_secs(10));

    for nonsense in ["", "hello", "HTTP/1.1 999999 X\r\n\r\n", "\0\0\0\0\r\n\r\n"] {
        let sent = format!("{nonsense}\r\n\r\n");
        assert_eq!(failure(sent)["error"], "ConnectionError", "{nonsense}");
    }
}

#[test]
fn what_is_no_endpoint_is_refused() {
    for url in ["", "refunds", "ftp://here/", "http://", "http://alice:secret@here/", "http://a b/"]
    {
        assert!(Endpoint::new(url).is_err(), "{url}");
    }
    let endpoint = || Endpoint::new("https://ledger.example/refunds").unwrap();
    for (name, value) in [
        ("Host", "x"),
        ("Redress-Attempt", "1"),
        ("a b", "c"),
        ("x", "a\nb"),
        ("Authorization", "x"),
    ] {
        assert!(endpoint().header(name, value).is_err(), "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("empty", "\n"), ("two", "a b"), ("large", &*"x".repeat(5_000))] {
        write_secret(folder.path().join(name), text);
        let why = endpoint().token_file(folder.path().join(name)).unwrap_err();
        assert!(why.starts_with("the file has no token"), "{why}");
    }
}

#[test]
fn the_file_says_where_tries_are_posted_to() {
    let folder = tempfile::tempdir().unwrap();
    write_secret(folder.path().join("token"), "0123456789abcdef");
    let text = r#"
        [scenario.refunds]
        url = "https://ledger.example/refunds"
        headers = { X-Team = "ledger" }
        token_file = "token"
    "#;
    let configuration = Configuration::parse(folder.path().join("redress.toml"), text).unwrap();
    let endpoint = Endpoint::new("https://ledger.example/refunds").unwrap();
    let endpoint = endpoint.header("X-Team", "ledger").unwrap();
    let endpoint = endpoint.token_file(folder.path().join("token")).unwrap();
    let runner = configuration.scenario("refunds").runner.clone();
    assert_eq!(runner, Some(RunnerSource::Url(endpoint)));
}

#[test]
fn what_is_wrong_with_an_address_is_told_with_its_line() {
    let text = r#"
        [scenario.one]
        url = "ledger.example"
        [scenario.two]
        url = "http://127.0.0.1/"
        command = ["./refund"]
        [scenario.three]
        headers = { X-Team = "ledger" }
        [scenario.four]
        url = "http://127.0.0.1/"
        headers = { Host = "x" }
        [scenario.five]
        url = "http://127.0.0.1/"
        token_file = "nowhere"
    "#;
    let error = Configuration::parse("redress.toml", text).unwrap_err();
    let told: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "line 3: `url`: an address begins with `http://` or `https://`",
            "line 5: `url`: `command` says already what runs retries",
            "line 8: `headers`: it says something along with a `url`, and there is none here",
            "line 11: `headers`: the header `Host` is said by the call itself",
            "line 14: `token_file`: there is no such file",
        ]
    );
}
