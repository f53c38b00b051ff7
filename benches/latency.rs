//! How long it takes from the start of the command to its first decision, with the default policy.
//!
//! `cargo bench -p redress-benches --bench latency`
//!
//! Builds the command as it is installed and runs it many times, and in turn a program that does nothing: what that one
//! takes is what the system takes to start any.

use std::hint::black_box;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use cpu_time::ThreadTime;
use redress::Policy;
use redress_benches::children::{Taken, cargo, project, taken};

/// How often each is run.
const RUNS: u32 = 400;

fn main() {
    // The first time it is asked for it is read, from then on it is there.
    let [first, second] = [(); 2].map(|()| {
        let start = ThreadTime::now();
        black_box(Policy::default());
        start.elapsed()
    });
    cargo(&["build", "--release", "--locked", "--package", "redress-cli"], |_| {});
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project().join("target"), Into::into);
    let command = target.join("release/redress");
    let one = run(&command, &["decide", "error=ConnectionError", "module=3"]);
    let nothing = run(Path::new("true"), &[]);
    println!("                                       processor    wall");
    line("redress decide, one event", one);
    line("a program that does nothing", nothing);
    println!("Policy::default(), the first time      {:>9.3} ms", milliseconds(first));
    println!("Policy::default(), from then on        {:>9.6} ms", milliseconds(second));
}

fn line(what: &str, taken: Taken) {
    let processor = taken.processor.map_or_else(
        || "?".to_owned(),
        |processor| format!("{:.2}", milliseconds(processor / RUNS)),
    );
    println!("{what:<38} {processor:>9} ms {:>6.2} ms", milliseconds(taken.wall / RUNS));
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

#[allow(clippy::expect_used, reason = "a benchmark that cannot run has nothing to say")]
fn run(program: &Path, arguments: &[&str]) -> Taken {
    taken(|| {
        for _ in 0..RUNS {
            let mut command = Command::new(program);
            let command = command.args(arguments).env_remove("REDRESS_POLICY");
            let status = command.stdout(Stdio::null()).status().expect("it can be started");
            assert!(status.success(), "it decides");
        }
    })
}
