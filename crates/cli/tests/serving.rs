//! `redress serve`, from its start to the signal that ends it.

#![cfg(unix)]

use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value as Json, json};

fn redress() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redress"));
    command.env_remove("REDRESS_CONFIG");
    command
}

/// A server with what it tells, a line at a time.
struct Server {
    process: Child,
    lines: Lines<BufReader<ChildStderr>>,
    address: String,
}

impl Server {
    fn start(file: &Path) -> Self {
        let mut process = redress()
            .args(["serve", "--listen", "127.0.0.1:0", "--config"])
            .arg(file)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let mut server = Server { process, lines, address: String::new() };
        server.address = server.tells("listening")["address"].as_str().unwrap().to_owned();
        server
    }

    /// The next line that says so; lines before it are passed over.
    fn tells(&mut self, message: &str) -> Json {
        let lines = self.lines.by_ref().map(|line| serde_json::from_str(&line.unwrap()).unwrap());
        let mut lines = lines.filter(|line: &Json| line["message"] == message);
        lines.next().unwrap_or_else(|| panic!("it never says `{message}`"))
    }

    fn ask(&self, head: &str, body: &str) -> (String, Json) {
        self.ask_with(&format!("{head} HTTP/1.1\r\nhost: localhost"), body)
    }

    fn ask_with(&self, head: &str, body: &str) -> (String, Json) {
        let mut connection = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        let request = format!(
            "{head}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
        );
        connection.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), serde_json::from_str(body).unwrap())
    }

    fn told_to_end(&self) {
        let told = Command::new("kill").arg(self.process.id().to_string()).status().unwrap();
        assert!(told.success());
    }

    fn ends_well(mut self) {
        self.tells("stopping");
        self.tells("stopped");
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn it_serves_until_it_is_told_to_end() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("redress.toml");
    std::fs::write(&file, "[scenario.refunds]\nurl = \"http://127.0.0.1:9/\"\n").unwrap();
    let server = Server::start(&file);
    let (status, readiness) = server.ask("GET /readyz", "");
    assert_eq!((status.as_str(), &readiness["ready"]), ("HTTP/1.1 200 OK", &json!(true)));
    server.told_to_end();
    server.ends_well();
}

#[test]
fn a_server_says_what_does_not_open_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let (file, key) = (folder.path().join("redress.toml"), folder.path().join("cards.key"));
    let settings = "url = \"http://127.0.0.1:9/\"\nconfidential = true\nkey_file = \"cards.key\"\n";
    std::fs::write(&file, format!("[scenario.cards]\n{settings}")).unwrap();
    let give = |digits: &str| {
        std::fs::write(&key, digits.repeat(32)).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&key, mode).unwrap();
    };
    give("0f");
    let server = Server::start(&file);
    let event = json!({"error": "ConnectionError", "module": 3});
    let report = json!({"scenario": "cards", "event": event, "payload": "a name"});
    let (status, kept) = server.ask("POST /v1/report", &report.to_string());
    assert_eq!((status.as_str(), &kept["became"]), ("HTTP/1.1 201 Created", &json!("stored")));
    server.told_to_end();
    server.ends_well();

    give("f0");
    let mut server = Server::start(&file);
    let told = server.tells("what is kept does not open: no try of it begins");
    assert_eq!((&told["id"], &told["scenario"]), (&kept["id"], &json!("cards")));
    let why = "the payload was encrypted with another key, or was changed since";
    assert_eq!((&told["why"], &told["level"]), (&json!(why), &json!("ERROR")));
    server.told_to_end();
    server.ends_well();
}

/// The default policy, but that what is tried again is due at once.
const POLICY: &str = "extends default
replace retryable: when module != first and error in transient => store(retry, after: [1ms, 1h])
";

/// The same, again and again.
const QUICKER: &str = "extends default
replace retryable: when module != first and error in transient => store(retry, after: every(1ms, times: 40))
";

/// A retry that is under way until a file is there, and then succeeds.
const SETTINGS: &str = r#"
[scenario.refunds]
policy = "quick.policy"
command = ["sh", "-c", "cat > given; while [ ! -e go ]; do sleep 0.02; done"]

[server]
grace = "1m"
"#;

fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_is_reported_is_tried_by_a_command_and_resolved_also_while_the_server_ends() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("redress.toml"), SETTINGS).unwrap();
    std::fs::write(here.join("quick.policy"), POLICY).unwrap();
    let mut server = Server::start(&here.join("redress.toml"));
    let report = json!({
        "scenario": "refunds", "event": {"error": "ConnectionError", "module": 3}, "payload": {"refund": 17},
    })
    .to_string();
    let reported = |server: &Server| -> String {
        let (status, answer) = server.ask("POST /v1/report", &report);
        assert_eq!(status, "HTTP/1.1 201 Created", "{answer}");
        answer["id"].as_str().unwrap().to_owned()
    };
    std::fs::write(here.join("go"), "").unwrap();
    let first = reported(&server);
    assert_eq!(server.tells("resolved")["id"], first.as_str());
    assert_eq!(std::fs::read_to_string(here.join("given")).unwrap(), r#"{"refund":17}"#);
    let (_, execution) = server.ask(&format!("GET /v1/executions/{first}"), "");
    assert_eq!((&execution["state"]["how"], &execution["tries"]), (&json!("succeeded"), &json!(2)));

    // One that is under way ends within the time that the server is given, and the server after it.
    std::fs::remove_file(here.join("go")).unwrap();
    std::fs::remove_file(here.join("given")).unwrap();
    let second = reported(&server);
    until("the try", || here.join("given").exists());
    server.told_to_end();
    server.tells("stopping");
    std::fs::write(here.join("go"), "").unwrap();
    assert_eq!(server.tells("resolved")["id"], second.as_str());
    server.tells("stopped");
    assert_eq!(server.process.wait().unwrap().code(), Some(0));
}

#[test]
fn a_scenario_that_nothing_runs_is_told_when_it_starts_and_with_each_report_that_waits() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("redress.toml");
    std::fs::write(&file, "[server]\nother_scenarios = true\n[scenario.idle]\n").unwrap();
    let mut server = Server::start(&file);
    for named in ["idle", "any that redress.toml does not name"] {
        let told = server.tells("nothing runs the retries of a scenario");
        assert_eq!((&told["level"], &told["scenario"]), (&json!("WARN"), &json!(named)));
    }
    for named in ["idle", "unnamed"] {
        let event = json!({"error": "ConnectionError", "module": 3});
        let report = json!({"scenario": named, "event": event}).to_string();
        let (status, answer) = server.ask("POST /v1/report", &report);
        assert_eq!(status, "HTTP/1.1 201 Created", "{answer}");
        let told = server.tells("it is kept, and nothing runs its retries");
        assert_eq!((&told["scenario"], &told["id"]), (&json!(named), &answer["id"]));
        let (_, scenario) = server.ask(&format!("GET /v1/scenarios/{named}"), "");
        assert_eq!(scenario.get("runner"), Some(&Json::Null), "{scenario}");
    }
    server.told_to_end();
    server.ends_well();
}

#[test]
fn a_command_that_is_not_there_is_told_when_it_starts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("redress.toml");
    let settings = "[scenario.here]\ncommand = [\"sh\", \"-c\", \"true\"]\n\
                    [scenario.refunds]\ncommand = [\"./refund\", \"--retry\"]\n";
    std::fs::write(&file, settings).unwrap();
    let warned = "a command is not there: each try of its scenario would fail";
    let mut server = Server::start(&file);
    let told = server.tells(warned);
    let there = folder.path().join("refund");
    let problem = format!("line 4: `command`: there is no `{}`", there.display());
    assert_eq!((&told["level"], &told["scenario"]), (&json!("WARN"), &json!("refunds")));
    assert_eq!(told["problem"], json!(problem));
    server.told_to_end();
    server.ends_well();

    // It is told of that one alone, and of none once it is there.
    std::fs::write(&there, "#!/bin/sh\n").unwrap();
    let mut server = Server::start(&file);
    server.told_to_end();
    let told: Vec<String> = server.lines.by_ref().map(Result::unwrap).collect();
    assert!(told.iter().any(|line| line.contains("\"stopped\"")), "{told:?}");
    assert!(!told.iter().any(|line| line.contains(warned)), "{told:?}");
    server.process.wait().unwrap();
}

#[test]
fn a_key_that_cannot_be_read_is_told_and_stops_what_needs_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("redress.toml");
    let cards = "[scenario.cards]\nurl = \"http://127.0.0.1:9/\"\nconfidential = true\nkey_file = \"key\"\n";
    let others = "[scenario.refunds]\nurl = \"http://127.0.0.1:9/\"\n";
    let open = others.replace("refunds", "open") + "key_file = \"key\"\n";
    std::fs::write(&file, format!("{cards}{others}{open}")).unwrap();
    let mut server = Server::start(&file);
    for named in ["cards", "open"] {
        let told = server.tells("nothing runs the retries of a scenario");
        let fix = "mend its `key_file`, which cannot be read, and start the server again";
        assert_eq!((&told["scenario"], &told["fix"]), (&json!(named), &json!(fix)));
    }
    let told = server.tells(
        "A KEY CANNOT BE READ: nothing confidential is taken of its scenarios, none of their retries run",
    );
    let problem = json!("line 4: `key_file`: there is no such file");
    assert_eq!((&told["level"], &told["problem"]), (&json!("ERROR"), &problem));
    let report = |named: &str| {
        let event = json!({"error": "ConnectionError", "module": 3});
        server.ask("POST /v1/report", &json!({"scenario": named, "event": event}).to_string())
    };
    assert_eq!(report("refunds").0, "HTTP/1.1 201 Created");
    let (status, problem) = report("cards");
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable", "{problem}");
    assert_eq!(problem["detail"], "the key of the scenario `cards` cannot be read");
    let (status, answer) = report("open");
    assert_eq!((status.as_str(), &answer["due"]), ("HTTP/1.1 201 Created", &Json::Null));
    let note = "nothing runs the retries of `open`: mend its `key_file`, which cannot be read, and start the server again";
    assert_eq!(answer["notes"], json!([note]));
    server.told_to_end();
    server.ends_well();
}

#[test]
fn a_policy_that_is_wrong_and_one_that_is_mended_are_told_and_settings_that_change() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let (file, policy) = (here.join("redress.toml"), here.join("quick.policy"));
    std::fs::write(&file, "[scenario.refunds]\npolicy = \"quick.policy\"\n").unwrap();
    std::fs::write(&policy, POLICY).unwrap();
    let mut server = Server::start(&file);
    std::fs::write(&policy, "extends default\nwhen eror == DataError => fail\n").unwrap();
    let wrong =
        server.tells("THE POLICY HAS CHANGED AND IS WRONG: the last good one still decides");
    assert_eq!(wrong["level"], "ERROR");
    // As it was before: the same policy decides, and nevertheless it is told.
    std::fs::write(&policy, POLICY).unwrap();
    let mended = server.tells("the policy is mended");
    assert!(mended["policy"].as_str().unwrap().ends_with("quick.policy"), "{mended}");
    std::fs::write(&file, "[scenario.refunds]\npolicy = \"default\"\n").unwrap();
    let changed =
        server.tells("redress.toml has changed; start the server again to have that hold");
    assert_eq!(changed["level"], "WARN");
    server.told_to_end();
    server.ends_well();
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
    assert!(nowhere.contains("nowhere.toml: there is no such file"), "{nowhere}");
}

/// Tries follow each other until the guard against runaways ends that.
const RUNAWAY: &str = r#"
[scenario.refunds]
policy = "quick.policy"
command = ["sh", "-c", "exit 75"]
runaway = { failures = 3, within = "2m" }
"#;

#[test]
fn a_scenario_that_reports_or_tries_switch_off_is_told_loudly() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("redress.toml"), RUNAWAY).unwrap();
    std::fs::write(here.join("quick.policy"), QUICKER).unwrap();
    let mut server = Server::start(&here.join("redress.toml"));
    let report = json!({"scenario": "refunds", "event": {"error": "ConnectionError", "module": 3}});
    assert_eq!(server.ask("POST /v1/report", &report.to_string()).1.get("off"), None);
    let loudly = "A SCENARIO IS SWITCHED OFF: only what a person asks for is tried";
    let told = server.tells(loudly);
    assert_eq!((&told["level"], &told["scenario"]), (&json!("ERROR"), &json!("refunds")));
    assert_eq!(told["why"], "3 failures came in a short time");
    let fix = told["fix"].as_str().unwrap().to_owned();
    assert!(fix.ends_with(": POST /v1/scenarios/refunds/switch-on"), "{told}");

    // What waits is paused by the guard, so that reports alone bring it about.
    server.ask("POST /v1/scenarios/refunds/switch-on", "{}");
    server.ask("POST /v1/executions/close", r#"{"all": {}, "confirm": true, "reason": "done"}"#);
    let report = json!({"scenario": "refunds", "event": {"error": "DataError", "module": 3}});
    for _ in 0..3 {
        server.ask("POST /v1/report", &report.to_string());
    }
    assert_eq!(server.tells(loudly)["scenario"], "refunds");
    let off = server.ask("GET /v1/scenarios/refunds", "").1["state"]["off"].clone();
    server.told_to_end();
    server.ends_well();

    // Whoever starts it again is told, and so is who works without a server.
    let mut server = Server::start(&here.join("redress.toml"));
    let still = "a scenario is off since before the start: only what a person asks for is tried";
    let told = server.tells(still);
    assert_eq!((&told["level"], &told["scenario"]), (&json!("WARN"), &json!("refunds")));
    assert_eq!((&told["since"], &told["fix"]), (&off["since"], &json!(fix)));
    assert_eq!(told["why"], "3 failures came in a short time");
    server.told_to_end();
    server.ends_well();
}

#[test]
fn the_log_of_a_try_has_the_trace_of_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("redress.toml"), RUNAWAY.replace("3, within", "100, within")).unwrap();
    std::fs::write(here.join("quick.policy"), POLICY).unwrap();
    let mut server = Server::start(&here.join("redress.toml"));
    let report = json!({"scenario": "refunds", "event": {"error": "ConnectionError", "module": 3}});
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let head = format!(
        "POST /v1/report HTTP/1.1\r\nhost: localhost\r\ntraceparent: 00-{trace}-b7ad6b7169203331-01"
    );
    server.ask_with(&head, &report.to_string());
    let failed = server.tells("failed again");
    assert_eq!((&failed["trace_id"], &failed["attempt"]), (&json!(trace), &json!(2)));
    let took = failed["took_ms"].to_string();
    let places = took.split_once('.').map_or(0, |(_, places)| places.len());
    assert!(places <= 3, "{took}");
    server.told_to_end();
    server.ends_well();
}

#[cfg(unix)]
#[test]
fn the_log_of_what_is_refused_says_who_asked() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let token = "0123456789abcdef-reads";
    std::fs::write(here.join("token"), token).unwrap();
    std::fs::set_permissions(here.join("token"), std::fs::Permissions::from_mode(0o600)).unwrap();
    let settings = "[server.tokens.dashboard]\nfile = \"token\"\nroles = [\"read\"]\n";
    std::fs::write(here.join("redress.toml"), settings).unwrap();
    let mut server = Server::start(&here.join("redress.toml"));
    let head = "POST /v1/scenarios/refunds/switch-off HTTP/1.1\r\nhost: localhost";
    let (status, _) = server.ask_with(&format!("{head}\r\nauthorization: Bearer {token}"), "{}");
    assert_eq!(status, "HTTP/1.1 403 Forbidden");
    let refused = server.tells("a request was refused");
    assert_eq!((&refused["status"], &refused["by"]), (&json!(403), &json!("dashboard")));
    server.told_to_end();
    server.ends_well();
}

#[test]
fn the_log_warns_of_errors_that_are_misspelt_but_does_not_tell_what_is_confidential() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("redress.toml");
    std::fs::write(&file, "[scenario.refunds]\n[scenario.cards]\nconfidential = true\n").unwrap();
    let mut server = Server::start(&file);
    for scenario in ["refunds", "cards"] {
        let event = json!({"error": "RateLimitEror", "module": 3});
        let report = json!({"scenario": scenario, "event": event, "reference": "s3://refunds/17"});
        let answer = server.ask("POST /v1/report", &report.to_string()).1;
        assert_eq!(answer["notes"].as_array().unwrap().len(), 1);
    }
    let warned = "an error has a name that may be misspelt";
    let [open, hidden] = [server.tells(warned), server.tells(warned)];
    assert_eq!(open["note"], "ErrorType has no member RateLimitEror; did you mean RateLimitError?");
    assert_eq!((&hidden["scenario"], hidden.get("note")), (&json!("cards"), None));
    for (scenario, place) in [("refunds", "event.eror"), ("cards", "event")] {
        let event = json!({"eror": "DataError", "module": 3});
        let decide = json!({"scenario": scenario, "event": event});
        let report = json!({"scenario": scenario, "event": event, "reference": "s3://refunds/17"});
        for (path, body) in [("decide", decide), ("report", report)] {
            let answer = server.ask(&format!("POST /v1/{path}"), &body.to_string()).1;
            assert!(answer["place"].as_str().unwrap().contains("event.eror"), "{answer}");
            let told = server.tells("a request was refused");
            assert_eq!(told["place"], place, "{path} of {scenario}");
        }
    }
    server.ask("POST /v1/report", r#"{"scenario": "cards", "event": {"4111 1111": tru}}"#);
    assert_eq!(server.tells("a request was refused")["place"], "event");
    server.told_to_end();
    server.ends_well();
}
