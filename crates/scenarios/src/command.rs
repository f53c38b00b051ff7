//! A command that runs tries: the payload on its standard input, the event from how it ended.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use redress_store::{Outcome, Payload};
use serde_json::{Map, Value as Json, json};

use crate::runner::{Runner, Task};

/// So much of standard error is kept, its end; a program that floods it takes no more memory than this.
const KEPT: usize = 32 << 10;

/// So many characters of it make the message.
const MESSAGE: usize = 2_000;

/// How often it is asked whether the command has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// A command that runs tries.
///
/// The payload is its standard input. Its environment has `REDRESS_SCENARIO`, `REDRESS_EXECUTION`, `REDRESS_ATTEMPT` and
/// `REDRESS_IDEMPOTENCY_KEY`; a payload that is kept by reference is in `REDRESS_REFERENCE`, and standard input is
/// empty. It succeeds with status 0. Otherwise [`event`] says what its end means.
#[derive(Clone, Debug)]
pub struct CommandRunner {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
}

impl CommandRunner {
    /// The command with these words, the program first, that may take so long; nothing where there are no words.
    pub fn new(words: Vec<String>, timeout: Duration) -> Option<Self> {
        let mut words = words.into_iter();
        Some(CommandRunner { program: words.next()?, arguments: words.collect(), timeout })
    }

    fn start(&self, task: &Task) -> std::io::Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env("REDRESS_SCENARIO", &task.scenario)
            .env("REDRESS_EXECUTION", &task.execution)
            .env("REDRESS_ATTEMPT", task.attempt.to_string())
            .env("REDRESS_IDEMPOTENCY_KEY", &task.idempotency_key)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if let Payload::Reference(place) = &task.payload {
            command.env("REDRESS_REFERENCE", place);
        }
        command.spawn()
    }
}

impl Runner for CommandRunner {
    fn run(&self, task: &Task) -> Outcome {
        let start = Instant::now();
        let mut child = match self.start(task) {
            Ok(child) => child,
            Err(error) => {
                let message = format!("`{}` cannot be started: {}", self.program, error.kind());
                return Outcome::Failed(
                    json!({"error": "InvalidConfigurationError", "message": message}),
                );
            }
        };
        feed(&mut child, task);
        let said = listen(&mut child);
        let ended = wait(&mut child, task, start + self.timeout);
        // A grandchild may keep the pipe open; what was heard by then is all that is waited for.
        let said = said.and_then(|said| said.recv_timeout(Duration::from_secs(1)).ok());
        let said = String::from_utf8_lossy(&said.unwrap_or_default()).into_owned();
        match ended {
            Some(status) if status.success() => Outcome::Succeeded,
            ended => Outcome::Failed(event(ended, &said, start.elapsed())),
        }
    }
}

/// Writes the payload while the command runs: it may be larger than a pipe holds, and need not be read.
fn feed(child: &mut Child, task: &Task) {
    let Some(mut input) = child.stdin.take() else { return };
    let payload = match &task.payload {
        Payload::Plain(bytes) => bytes.clone(),
        Payload::Sealed(_) | Payload::Reference(_) => Vec::new(),
    };
    thread::spawn(move || {
        // Whoever closes its input has read what it wants.
        let _ = input.write_all(&payload);
    });
}

/// Reads standard error to its end and keeps the last of it.
fn listen(child: &mut Child) -> Option<std::sync::mpsc::Receiver<Vec<u8>>> {
    let mut output = child.stderr.take()?;
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let (mut kept, mut piece) = (Vec::new(), [0; 4096]);
        while let Ok(read @ 1..) = output.read(&mut piece) {
            kept.extend_from_slice(&piece[..read]);
            if kept.len() > 2 * KEPT {
                kept.drain(..kept.len() - KEPT);
            }
        }
        let _ = sender.send(kept);
    });
    Some(receiver)
}

/// Waits for the end; nothing where the time was up or the try was given up, and the command was killed.
fn wait(child: &mut Child, task: &Task, end: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < end && !task.is_given_up() => thread::sleep(PAUSE),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
        }
    }
}

/// What the end of a command means, as the facts of an error.
///
/// Where the last line of standard error is a JSON object, it is the facts, and what is here only fills them up. Else
/// the exit status says which error it is, as `sysexits.h` names them: 65 DataError, 69 and 75 ConnectionError, 77
/// InvalidAccessTokenError, 78 InvalidConfigurationError, anything else RuntimeError. A command whose time was up (`None`)
/// is a ModuleTimeoutError.
pub fn event(ended: Option<ExitStatus>, said: &str, took: Duration) -> Json {
    let last = said.trim_end().lines().next_back().unwrap_or_default();
    let mut facts: Map<String, Json> = serde_json::from_str(last).unwrap_or_default();
    let code = ended.and_then(|status| status.code());
    let error = match (ended, code) {
        (None, _) => "ModuleTimeoutError",
        (_, Some(65)) => "DataError",
        (_, Some(69 | 75)) => "ConnectionError",
        (_, Some(77)) => "InvalidAccessTokenError",
        (_, Some(78)) => "InvalidConfigurationError",
        _ => "RuntimeError",
    };
    let mut fill = |name: &str, value: Json| {
        facts.entry(name).or_insert(value);
    };
    fill("error", json!(error));
    let characters = said.trim().chars().count();
    let message: String = said.trim().chars().skip(characters.saturating_sub(MESSAGE)).collect();
    fill("message", json!(if message.is_empty() { how(ended) } else { message }));
    let took = i64::try_from(took.as_millis()).unwrap_or(i64::MAX);
    fill("elapsed", json!(took));
    if let Some(code) = code {
        fill("exit_code", json!(code));
    }
    Json::Object(facts)
}

fn how(ended: Option<ExitStatus>) -> String {
    ended.map_or_else(|| "the command took too long".to_owned(), |status| status.to_string())
}
