//! What every test needs: a server on a port of its own, and a client that holds each answer against the description.

use std::fs;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use redress_scenarios::{Configuration, FindRunner, Runner, Task};
use redress_server::{Server, StartError};
use redress_store::Outcome;
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// Scenarios that say nothing of what runs them; the tests do.
pub const SCENARIOS: &str = r#"
[defaults]
policy = "quick.policy"
max_consecutive_errors = 0
runaway = false

[scenario.refunds]
url = "http://127.0.0.1:9/refunds"
"#;

/// The default policy, but that what is tried again is due at once.
const POLICY: &str = "extends default
replace retryable: when module != first and error in transient => store(retry, after: [1ms, 1h])
";

pub struct World {
    pub folder: TempDir,
    pub server: Server,
    /// What a try waits for: how it is to end.
    pub outcomes: Sender<Outcome>,
    /// The tries that began.
    pub tasks: Receiver<Task>,
}

pub struct Answer {
    pub status: u16,
    pub headers: ureq::http::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Json {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl World {
    pub fn new() -> Self {
        World::with(SCENARIOS)
    }

    pub fn with(configuration: &str) -> Self {
        World::begin(configuration).unwrap_or_else(|error| panic!("{error}"))
    }

    pub fn begin(configuration: &str) -> Result<Self, StartError> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("quick.policy"), POLICY).unwrap();
        for (name, token) in [("reads", READS), ("reports", REPORTS), ("manages", MANAGES)] {
            let path = folder.path().join(name);
            fs::write(&path, token).unwrap();
            close_to_others(&path);
        }
        World::over(folder, configuration)
    }

    /// A server over a store that is there already.
    pub fn over(folder: TempDir, configuration: &str) -> Result<Self, StartError> {
        let configuration = read(&folder, configuration);
        let (outcomes, ends) = channel();
        let (begun, tasks) = channel();
        let (ends, begun) = (Mutex::new(ends), Mutex::new(begun));
        let runner: Arc<dyn Runner> = Arc::new(move |task: &Task| {
            let _ = begun.lock().unwrap().send(task.clone());
            let waiting = ends.lock().unwrap();
            loop {
                match waiting.recv_timeout(Duration::from_millis(10)) {
                    Ok(outcome) => return outcome,
                    Err(_) if task.is_given_up() => return Outcome::Succeeded,
                    Err(_) => {}
                }
            }
        });
        let find: Arc<FindRunner> = Arc::new(move |_: &str| Some(Arc::clone(&runner)));
        let server = Server::start_with(configuration, find)?;
        Ok(World { folder, server, outcomes, tasks })
    }

    /// A server whose retries are run by what the configuration says, and not by the tests; what of it does not load is no
    /// error.
    pub fn as_configured(configuration: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("redress.toml"), configuration).unwrap();
        let mut configuration = Configuration::find_to_look(None, folder.path()).unwrap();
        configuration.server.listen.set_port(0);
        let server = Server::start(configuration).unwrap();
        World { folder, server, outcomes: channel().0, tasks: channel().1 }
    }

    /// How the next try ends.
    pub fn ends(&self, outcome: Outcome) {
        self.outcomes.send(outcome).unwrap();
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    pub fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, None, &[])
    }

    pub fn post(&self, path: &str, body: Json) -> Answer {
        self.ask("POST", path, Some(body.to_string()), &[])
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.ask("DELETE", path, None, &[])
    }

    pub fn ask(
        &self,
        method: &str,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> Answer {
        let answer = ask(&self.url(path), method, body.map(String::into_bytes), headers);
        crate::description::holds(method, path, &answer);
        answer
    }

    /// Reports what is to be stored; the id.
    pub fn stored(&self, error: &str) -> String {
        let event = json!({"error": error, "module": 3, "message": "no route to host"});
        let body = json!({"scenario": "refunds", "event": event, "payload": {"refund": 17}});
        let answer = self.post("/v1/report", body);
        assert_eq!(answer.status, 201, "{}", answer.json());
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    pub fn until(&self, id: &str, status: &str) -> Json {
        let start = Instant::now();
        loop {
            let execution = self.get(&format!("/v1/executions/{id}")).json();
            if execution["state"]["status"] == status {
                return execution;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "{execution}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn read(folder: &TempDir, configuration: &str) -> Configuration {
    let path = folder.path().join("redress.toml");
    let mut read =
        Configuration::parse(path, configuration).unwrap_or_else(|error| panic!("{error}"));
    read.server.listen.set_port(0);
    read
}

pub const READS: &str = "0123456789abcdef-reads";
pub const REPORTS: &str = "0123456789abcdef-reports";
pub const MANAGES: &str = "0123456789abcdef-manages";

#[cfg(unix)]
pub fn close_to_others(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
pub fn close_to_others(_: &std::path::Path) {}

/// One request; content is said to be JSON unless the headers say otherwise.
pub fn ask(url: &str, method: &str, body: Option<Vec<u8>>, headers: &[(&str, &str)]) -> Answer {
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(Duration::from_secs(60)))
        .proxy(None)
        .build();
    let agent = config.new_agent();
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    let says = |name: &str| headers.iter().any(|(header, _)| header.eq_ignore_ascii_case(name));
    if body.is_some() && !says("content-type") {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = match body {
        Some(body) => agent.run(request.body(body).unwrap()),
        None => agent.run(request.body(()).unwrap()),
    }
    .unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.body_mut().read_to_vec().unwrap();
    Answer { status, headers, body }
}
