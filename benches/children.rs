//! What other processes take that a benchmark starts.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

/// Ticks a second in which Linux tells the time of processes to all programs, whatever its own clock.
const TICKS: f64 = 100.0;

/// What it took to run something.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// By the clock on the wall.
    pub wall: Duration,
    /// On the processors, of all processes together, to a hundredth of a second; nothing where the system does not tell.
    pub processor: Option<Duration>,
}

/// What it takes to run work that starts other processes and waits for them.
pub fn taken(work: impl FnOnce()) -> Taken {
    let (before, start) = (children(), Instant::now());
    work();
    let wall = start.elapsed();
    let processor = before.zip(children()).map(|(before, after)| after.saturating_sub(before));
    Taken { wall, processor }
}

/// The time on the processors of all processes that this one has waited for.
fn children() -> Option<Duration> {
    let line = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may hold anything.
    let fields: Vec<&str> = line.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(Duration::from_secs_f64((ticks(13)? + ticks(14)?) / TICKS))
}

/// The folder of the whole project.
pub fn project() -> PathBuf {
    let mut folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    folder.pop();
    folder
}

/// Runs a command of cargo and gives what it prints.
///
/// # Panics
/// Where it fails.
#[allow(
    clippy::panic,
    clippy::expect_used,
    reason = "a benchmark that cannot run has nothing to say"
)]
pub fn cargo(arguments: &[&str], told: impl FnOnce(&mut Command)) -> String {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(project()).args(arguments);
    told(&mut command);
    let output = command.output().expect("cargo can be started");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "cargo {arguments:?} fails:\n{errors}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
