//! One try: the command runs, its output passes through, signals are handed on.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use redress_scenarios::{NotStarted, Tail, exit_code};

use super::job::Job;
use crate::failure::Status;
use crate::signals::{self, Caught, Signals};

/// How often it is asked whether the command has ended, and whether a signal came.
const PAUSE: Duration = Duration::from_millis(10);

/// How long the rest of standard error is waited for where something else keeps it open.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a signal may take to reach us that has ended the command already.
const GRACE: Duration = Duration::from_millis(50);

/// How a try ended.
pub struct Ended {
    /// Its exit status; nothing where it did not start.
    pub status: Option<ExitStatus>,
    /// Why it did not start, in words.
    pub not_started: Option<String>,
    /// The end of its standard error.
    pub said: String,
    /// How long it took.
    pub took: Duration,
    interrupted: bool,
    missing: bool,
}

impl Ended {
    /// Whether it succeeded.
    pub fn is_success(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// Whether a person at the keyboard ended it, which is no failure of the command.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted
    }

    /// The exit status that says how it ended, as a shell does.
    pub fn status(&self) -> Status {
        let code = match self.status {
            Some(status) => exit_code(status).and_then(|code| u8::try_from(code).ok()),
            None if self.missing => Some(127),
            None => Some(126),
        };
        Status::OfCommand(code.unwrap_or(1))
    }
}

/// What follows `the command`.
impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(status) = self.status else { return f.write_str("cannot be run") };
        match (status.code(), exit_code(status)) {
            (Some(code), _) => write!(f, "failed with status {code}"),
            (None, Some(code)) => write!(f, "was ended by signal {}", code - 128),
            (None, None) => f.write_str("failed"),
        }
    }
}

/// Runs the command once.
pub fn run(job: &Job<'_>, attempt: u32, signals: &Signals) -> Ended {
    let begun = Instant::now();
    let mut child = match start(job, attempt) {
        Ok(child) => child,
        Err(error) => return not_started(job, &error, begun.elapsed()),
    };
    if let (Some(mut input), Some(payload)) = (child.stdin.take(), job.payload.clone()) {
        // Written while the command runs: it may be larger than a pipe holds, and need not be read.
        thread::spawn(move || input.write_all(&payload));
    }
    let said = pass_through(&mut child);
    let (status, mut caught) = wait(&mut child, signals);
    let took = begun.elapsed();
    let said = said.and_then(|said| said.recv_timeout(PATIENCE).ok()).unwrap_or_default().text();
    let is_success = status.is_some_and(|status| status.success());
    if !is_success {
        // A key of the terminal reaches the command first, and ends it before we are told.
        caught.extend(signals.sleep(GRACE));
    }
    let interrupted = !is_success && caught.iter().any(|caught| caught.is_interrupt());
    Ended { status, not_started: None, said, took, interrupted, missing: false }
}

fn not_started(job: &Job<'_>, error: &io::Error, took: Duration) -> Ended {
    let program = Path::new(&job.command.program);
    let why = NotStarted::of(program, Some(&job.command.folder), error);
    let missing = why == NotStarted::NoCommand;
    let why = format!("`{}` cannot be run: {why}", program.display());
    super::say(&why);
    let (status, said) = (None, String::new());
    Ended { status, not_started: Some(why), said, took, interrupted: false, missing }
}

fn start(job: &Job<'_>, attempt: u32) -> io::Result<Child> {
    let input = if job.payload.is_some() { Stdio::piped() } else { Stdio::inherit() };
    Command::new(&job.command.program)
        .args(&job.command.arguments)
        .env("REDRESS_SCENARIO", job.scenario)
        .env("REDRESS_ATTEMPT", attempt.to_string())
        .stdin(input)
        .stderr(Stdio::piped())
        .spawn()
}

/// Copies standard error to ours as it comes, and keeps the end of it.
fn pass_through(child: &mut Child) -> Option<Receiver<Tail>> {
    let mut output = child.stderr.take()?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let (mut tail, mut piece) = (Tail::default(), [0; 4096]);
        while let Ok(read @ 1..) = output.read(&mut piece) {
            tail.push(&piece[..read]);
            // Nobody listens: what is kept is kept all the same.
            let _ = io::stderr().write_all(&piece[..read]);
        }
        let _ = sender.send(tail);
    });
    Some(receiver)
}

/// Waits for the end, and hands on the signals that come; answers those that asked to end.
fn wait(child: &mut Child, signals: &Signals) -> (Option<ExitStatus>, Vec<Caught>) {
    let mut caught = Vec::new();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return (Some(status), caught),
            Ok(None) => {}
            Err(_) => return (None, caught),
        }
        while let Some(signal) = signals.next() {
            if !signal.by_terminal {
                signals::send(child, signal);
            }
            // However many there are, the first few say enough.
            if signal.asks_to_end() && caught.len() < 8 {
                caught.push(signal);
            }
        }
        thread::sleep(PAUSE);
    }
}
