//! Closed pipes, full disks, long lines: what no case file can show.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

fn redress(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redress"));
    command.args(arguments).env_remove("REDRESS_POLICY").stdin(Stdio::null());
    command
}

fn case(path: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(path)
        .to_string_lossy()
        .into_owned()
}

/// Runs it with a standard output that nobody reads, and gives the status and standard error.
fn into_closed_pipe(arguments: &[&str]) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let child = redress(arguments).stdout(writer).stderr(Stdio::piped()).spawn().unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_closed_pipe_ends_every_command_quietly() {
    let events = case("events.in/good.jsonl");
    let policy = case("decide.in/refunds.policy");
    let ugly = case("fmt.in/ugly.policy");
    let commands: &[&[&str]] = &[
        &["--help"],
        &["decide", "error=DataError", "module=2"],
        &["decide", "--events", &events],
        &["explain", "error=DataError", "module=2"],
        &["check", &policy],
        &["check", "--format", "json", &policy],
        &["check", "--format", "sarif", &policy],
        &["show", "default"],
        &["show", "default", "--format", "json"],
        &["table", "default"],
        &["table", "default", "--format", "markdown"],
        &["table", "default", "--format", "html"],
        &["table", "default", "--format", "csv"],
        &["table", "default", "--format", "json"],
        &["fmt", "--check", &ugly],
        &["completions", "bash"],
        &["man"],
    ];
    for command in commands {
        assert_eq!(into_closed_pipe(command), (Some(0), String::new()), "{command:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_and_no_panic() {
    for command in [
        &["show", "default"][..],
        &["completions", "fish"],
        &["man"],
        &["decide", "error=DataError", "module=2"],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = redress(command).stdout(full).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        assert!(said.starts_with("error: cannot write the output: "), "{command:?}: {said}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_standard_error_is_no_panic() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = redress(&["decide", "eror=DataError"]).stderr(full).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

/// Feeds events to the command from another thread, so that neither side waits for the other.
fn decide(feed: impl FnOnce(&mut ChildStdin) + Send + 'static) -> Output {
    let mut child = redress(&["decide", "--events", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || feed(&mut input));
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    output
}

const GOOD: &str = r#"{"error":"ConnectionError","module":3}"#;

/// Writes a text literal of 40 MiB.
fn write_long_text(input: &mut ChildStdin) {
    input.write_all(b"{\"error\":\"").unwrap();
    let block = vec![b'x'; 1 << 20];
    (0..40).for_each(|_| input.write_all(&block).unwrap());
    input.write_all(b"\"}").unwrap();
}

fn assert_second_too_long(output: &Output) {
    let lines: Vec<_> = output.stdout.lines().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(lines[0].contains("store(retry)") && lines[2].contains("store(retry)"), "{lines:?}");
    assert_eq!(lines[1], r#"{"error":"longer than the 16 MiB an event may have","line":2}"#);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn a_line_that_is_too_long_is_answered_and_passed_over() {
    let output = decide(|input| {
        writeln!(input, "{GOOD}").unwrap();
        write_long_text(input);
        writeln!(input, "\n{GOOD}").unwrap();
    });
    assert_second_too_long(&output);
}

#[test]
fn an_element_that_is_too_long_is_answered_and_passed_over() {
    let output = decide(|input| {
        writeln!(input, "[{GOOD},").unwrap();
        write_long_text(input);
        writeln!(input, ",\n{GOOD}]").unwrap();
    });
    assert_second_too_long(&output);
}

#[test]
fn a_record_that_is_too_long_is_answered_and_passed_over() {
    let output = decide(|input| {
        writeln!(input, "error,module\nConnectionError,3").unwrap();
        let block = vec![b','; 1 << 20];
        (0..20).for_each(|_| input.write_all(&block).unwrap());
        writeln!(input, "\nConnectionError,3").unwrap();
    });
    let lines: Vec<_> = output.stdout.lines().map(Result::unwrap).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[1], r#"{"error":"longer than the 16 MiB an event may have","line":3}"#);
}

/// The command deciding events as they are written to it.
fn deciding() -> (Child, ChildStdin, BufReader<ChildStdout>) {
    let mut child = redress(&["decide", "--events", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    (child, input, output)
}

/// Every decision comes before the next event has to be there, so that both sides of a pipe may wait for each other.
#[test]
fn events_are_decided_as_they_come() {
    let formats: [(&str, &str, &str); 3] =
        [("", GOOD, "\n"), ("[", GOOD, ",\n"), ("error,module\n", "ConnectionError,3", "\n")];
    for (head, event, end) in formats {
        let (mut child, mut input, mut output) = deciding();
        write!(input, "{head}").unwrap();
        for _ in 0..3 {
            write!(input, "{event}{end}").unwrap();
            let mut line = String::new();
            output.read_line(&mut line).unwrap();
            assert!(line.contains("store(retry)"), "{head}{event}: {line}");
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// The highest use of memory so far, in KiB.
#[cfg(target_os = "linux")]
fn peak_memory(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Endless input is decided as it comes, in memory that does not grow.
#[cfg(target_os = "linux")]
#[test]
fn a_long_array_takes_little_memory() {
    let (mut child, mut input, mut output) = deciding();
    let feeder = std::thread::spawn(move || {
        input.write_all(b"[").unwrap();
        let block = format!("{GOOD},").repeat(1_000);
        (0..200).for_each(|_| input.write_all(block.as_bytes()).unwrap());
        input
    });
    let mut line = String::new();
    for _ in 0..190_000 {
        line.clear();
        output.read_line(&mut line).unwrap();
    }
    assert!(line.contains("store(retry)"), "{line}");
    assert!(peak_memory(&child) < 64 * 1024, "{} KiB", peak_memory(&child));
    let rest = std::thread::spawn(move || output.read_to_end(&mut Vec::new()).unwrap());
    writeln!(feeder.join().unwrap(), "{GOOD}]").unwrap();
    assert!(child.wait().unwrap().success());
    rest.join().unwrap();
}
