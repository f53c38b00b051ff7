//! Traces: taken over from a report, and handed on to what runs its tries.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::sync::Arc;

use redress_scenarios::{Client, Endpoint, FindRunner, HttpRunner, Runner};
use redress_server::Server;
use serde_json::json;

use crate::world::{World, ask};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[test]
fn the_trace_of_a_report_reaches_its_runner() {
    let world = World::new();
    let body = json!({"scenario": "refunds", "event": {"error": "ConnectionError", "module": 3}})
        .to_string();
    let answer = world.ask("POST", "/v1/report", Some(body), &[("traceparent", TRACE)]);
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(world.tasks.recv().unwrap().traceparent.as_deref(), Some(TRACE));
    assert_eq!(world.get(&format!("/v1/executions/{id}")).json()["trace"], TRACE);
    // What is no trace is not handed on.
    let body = json!({"scenario": "refunds", "event": {"error": "ConnectionError", "module": 3}})
        .to_string();
    world.ask("POST", "/v1/report", Some(body), &[("traceparent", "00-nonsense")]);
    assert_eq!(world.tasks.recv().unwrap().traceparent, None);
}

#[test]
fn a_scenario_is_run_by_its_address_from_report_to_success() {
    let service = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint =
        Endpoint::new(&format!("http://{}/refunds", service.local_addr().unwrap())).unwrap();
    let runner: Arc<dyn Runner> = Arc::new(HttpRunner::new(endpoint, None, Client::default()));
    let find: Arc<FindRunner> = Arc::new(move |_: &str| Some(Arc::clone(&runner)));
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("quick.policy"),
        "extends default
replace retryable: when module != first and error in transient => store(retry, after: [1ms, 1h])",
    )
    .unwrap();
    let text = "[scenario.refunds]\npolicy = \"quick.policy\"\nurl = \"http://127.0.0.1:9/\"";
    let mut configuration =
        redress_scenarios::Configuration::parse(folder.path().join("redress.toml"), text).unwrap();
    configuration.server.listen.set_port(0);
    let server = Server::start_with(configuration, find).unwrap();
    let report = json!({"scenario": "refunds", "event": {"error": "ConnectionError", "module": 3}, "payload": {"refund": 17}});
    let url = format!("http://{}/v1/report", server.address());
    let id = ask(&url, "POST", Some(report.to_string().into_bytes()), &[("traceparent", TRACE)])
        .json()["id"]
        .clone();

    let mut connection = BufReader::new(service.accept().unwrap().0);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        connection.read_line(&mut head).unwrap();
    }
    let id = id.as_str().unwrap();
    for line in [
        format!("traceparent: {TRACE}"),
        format!("idempotency-key: {id}-1"),
        "redress-attempt: 2".to_owned(),
    ] {
        assert!(head.contains(&line), "{line} is not in\n{head}");
    }
    connection
        .get_mut()
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
        .unwrap();
    let url = format!("http://{}/v1/executions/{id}", server.address());
    while ask(&url, "GET", None, &[]).json()["state"]["status"] != "resolved" {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}
