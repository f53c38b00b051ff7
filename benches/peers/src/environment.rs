//! Where and with what a run was made.

use std::fs;
use std::process::Command;

/// The exact versions of everything that is measured.
const LOCK: &str = include_str!("../Cargo.lock");

/// What a reader has to know of the machine.
pub struct Environment {
    /// The name of the processor.
    pub processor: String,
    /// The processors that the program may use.
    pub cores: usize,
    /// The compiler.
    pub compiler: String,
    /// What the machine did at the beginning: runnable tasks, averaged over a minute.
    pub load: String,
}

impl Environment {
    /// Looks around.
    pub fn look() -> Self {
        let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = processors.lines().find_map(|line| line.strip_prefix("model name"));
        let name = name.map(|name| name.trim_start_matches([' ', '\t', ':']).to_owned());
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Environment {
            processor: name.unwrap_or_else(|| "unknown processor".into()),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            compiler: compiler().unwrap_or_else(|| "unknown compiler".into()),
            load: load.split_whitespace().next().unwrap_or("unknown").to_owned(),
        }
    }
}

fn compiler() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The newest version of a package in the lock file.
pub fn version(package: &str) -> Option<&'static str> {
    let name = format!("name = \"{package}\"");
    let mut lines = LOCK.lines();
    let mut newest = None;
    while let Some(line) = lines.next() {
        if line == name {
            newest = lines.next()?.strip_prefix("version = \"")?.strip_suffix('"');
        }
    }
    newest
}
