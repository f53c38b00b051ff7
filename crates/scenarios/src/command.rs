//! A command that runs tries: the payload on its standard input, the event from how it ended.

mod event;
mod not_started;
mod tail;

use std::ffi::OsString;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use redress_store::{Outcome, Payload};
use serde_json::json;

use crate::runner::{Runner, Task};

pub use event::{event, exit_code};
pub use not_started::NotStarted;
pub use tail::Tail;

/// How often it is asked whether the command has ended.
const PAUSE: Duration = Duration::from_millis(10);

/// A command that runs tries.
///
/// The payload is its standard input. Its environment is that of this program, with `REDRESS_SCENARIO`, `REDRESS_EXECUTION`, `REDRESS_ATTEMPT` and
/// `REDRESS_IDEMPOTENCY_KEY`; a payload that is kept by reference is in `REDRESS_REFERENCE`, and standard input is
/// empty. It succeeds with status 0. Otherwise [`event`] says what its end means.
#[derive(Clone, Debug)]
pub struct CommandRunner {
    program: OsString,
    arguments: Vec<OsString>,
    folder: Option<PathBuf>,
    timeout: Option<Duration>,
    withheld: Vec<String>,
}

impl CommandRunner {
    /// The command with these words, the program first, that may take so long, or as long as it likes; nothing where
    /// there are no words.
    pub fn new<W: Into<OsString>>(
        words: impl IntoIterator<Item = W>,
        timeout: Option<Duration>,
    ) -> Option<Self> {
        let mut words = words.into_iter().map(Into::into);
        let (program, arguments) = (words.next()?, words.collect());
        Some(CommandRunner { program, arguments, folder: None, timeout, withheld: Vec::new() })
    }

    /// Runs it in this folder, not in that of the program that asks for it.
    #[must_use]
    pub fn in_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Runs it without these variables of the environment, which it has otherwise as the program that asks for it has.
    #[must_use]
    pub fn without(mut self, variables: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.withheld.extend(variables.into_iter().map(Into::into));
        self
    }

    fn start(&self, task: &Task) -> std::io::Result<Child> {
        let mut command = Command::new(self.path());
        for variable in &self.withheld {
            command.env_remove(variable);
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
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
        in_group_of_its_own(&mut command);
        command.spawn()
    }

    /// Where the program is. From which folder a path such as `./refund` is looked for differs between systems, so it is
    /// said.
    fn path(&self) -> PathBuf {
        let program = Path::new(&self.program);
        let is_path = program.parent().is_some_and(|parent| parent != Path::new(""));
        match &self.folder {
            Some(folder) if is_path => folder.join(program),
            _ => program.to_owned(),
        }
    }
}

/// The keys of a terminal are for whoever asked for the try: what runs may come to its end.
#[cfg(unix)]
fn in_group_of_its_own(command: &mut Command) {
    std::os::unix::process::CommandExt::process_group(command, 0);
}

#[cfg(not(unix))]
fn in_group_of_its_own(_: &mut Command) {}

/// Kills what was not waited for yet, with all that it has started: what goes on would run beside the next try.
#[cfg(unix)]
fn kill(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    if let Some(group) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        let _ = kill_process_group(group, Signal::KILL);
    }
}

#[cfg(not(unix))]
fn kill(child: &mut Child) {
    let _ = child.kill();
}

impl Runner for CommandRunner {
    fn run(&self, task: &Task) -> Outcome {
        let start = Instant::now();
        let mut child = match self.start(task) {
            Ok(child) => child,
            Err(error) => {
                let program = Path::new(&self.program);
                let why = NotStarted::of(program, self.folder.as_deref(), &error);
                let message = format!("`{}` cannot be started: {why}", program.display());
                return Outcome::Failed(
                    json!({"error": "InvalidConfigurationError", "message": message}),
                );
            }
        };
        feed(&mut child, task);
        let said = listen(&mut child);
        let ended = wait(&mut child, task, self.timeout.map(|timeout| start + timeout));
        // A grandchild may keep the pipe open; what was heard by then is all that is waited for.
        let said = said.and_then(|said| said.recv_timeout(Duration::from_secs(1)).ok());
        let said = said.unwrap_or_default();
        match ended {
            Some(status) if status.success() => Outcome::Succeeded,
            ended => Outcome::Failed(event(&task.policy, ended, &said.text(), start.elapsed()).0),
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
fn listen(child: &mut Child) -> Option<std::sync::mpsc::Receiver<Tail>> {
    let mut output = child.stderr.take()?;
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        let (mut tail, mut piece) = (Tail::default(), [0; 4096]);
        while let Ok(read @ 1..) = output.read(&mut piece) {
            tail.push(&piece[..read]);
        }
        let _ = sender.send(tail);
    });
    Some(receiver)
}

/// Waits for the end; nothing where the time was up or the try was given up, and the command was killed.
fn wait(child: &mut Child, task: &Task, end: Option<Instant>) -> Option<ExitStatus> {
    loop {
        let in_time = end.is_none_or(|end| Instant::now() < end);
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if in_time && !task.is_given_up() => thread::sleep(PAUSE),
            _ => {
                kill(child);
                let _ = child.wait();
                return None;
            }
        }
    }
}
