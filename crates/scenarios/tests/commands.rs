//! Commands that run tries.

#![cfg(unix)]

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, Instant};

use redress_scenarios::{CommandRunner, Configuration, RecordedCommand, Runner, Scenarios, Task};
use redress_store::{Executions, Memory, Outcome, Payload};
use serde_json::Value as Json;

fn run(script: &str, payload: Payload, timeout: u64) -> Outcome {
    let words = ["sh", "-c", script].map(str::to_owned).to_vec();
    let task = Task::new("refunds", payload);
    CommandRunner::new(words, Some(Duration::from_millis(timeout))).unwrap().run(&task)
}

fn event(script: &str) -> Json {
    match run(script, Payload::from("{}"), 10_000) {
        Outcome::Failed(event) => event,
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_payload_is_its_input_and_the_try_is_in_its_environment() {
    let payload = "x".repeat(1 << 20);
    let outcome = run("[ $(wc -c) = 1048576 ]", Payload::from(payload.as_str()), 10_000);
    assert_eq!(outcome, Outcome::Succeeded);
    let given =
        r#"[ "$REDRESS_SCENARIO-$REDRESS_ATTEMPT-$REDRESS_IDEMPOTENCY_KEY" = refunds-2-key ]"#;
    assert_eq!(run(given, Payload::from(""), 10_000), Outcome::Succeeded);
    let reference = Payload::Reference("s3://refunds/17".to_owned());
    assert_eq!(
        run("[ $REDRESS_REFERENCE = s3://refunds/17 ]", reference, 10_000),
        Outcome::Succeeded
    );
    // Who does not read a large payload is not kept waiting by it.
    assert_eq!(run("exit 0", Payload::from(payload.as_str()), 10_000), Outcome::Succeeded);
}

#[test]
fn its_end_says_which_error_it_is() {
    for (script, error, code) in [
        ("exit 1", "RuntimeError", 1),
        ("exit 65", "DataError", 65),
        ("exit 75", "ConnectionError", 75),
        ("exit 78", "InvalidConfigurationError", 78),
    ] {
        let event = event(script);
        assert_eq!((&event["error"], &event["exit_code"]), (&error.into(), &code.into()));
        assert!(event["elapsed"].is_u64());
    }
    let told = event("echo first >&2; echo 'no such refund' >&2; exit 3");
    assert_eq!(told["message"], "first\nno such refund");
    let facts = r#"echo busy >&2; echo '{"error": "RateLimitError", "status": 429, "retry_after": "90s"}' >&2; exit 1"#;
    let told = event(facts);
    assert_eq!((&told["error"], &told["retry_after"]), (&"RateLimitError".into(), &"90s".into()));
    // What is in the facts is no message.
    assert_eq!(told["message"], "busy");
    // A line that does not fit the policy is text, and the status decides.
    let line = r#"{"level":"error","msg":"db away"}"#;
    let told = event(&format!("echo '{line}' >&2; exit 69"));
    assert_eq!((&told["error"], &told["message"]), (&"ConnectionError".into(), &line.into()));
    assert_eq!(told.get("level"), None);
    let killed = event("kill -9 $$");
    assert_eq!((&killed["error"], &killed["exit_code"]), (&"RuntimeError".into(), &137.into()));
    assert!(killed["message"].as_str().unwrap().contains("signal: 9"), "{killed}");
}

#[test]
fn what_takes_too_long_is_killed() {
    let start = Instant::now();
    let Outcome::Failed(event) = run("exec sleep 60", Payload::from(""), 100) else { panic!() };
    assert_eq!(event["error"], "ModuleTimeoutError");
    assert!(start.elapsed() < Duration::from_secs(30));
}

#[test]
fn what_is_killed_ends_with_all_that_it_has_started() {
    let folder = tempfile::tempdir().unwrap();
    let beats = folder.path().join("beats");
    // The child of a child goes on writing for as long as it lives.
    let script = format!(
        "(sh -c 'while :; do echo >> {0}; sleep 0.02; done') & while [ ! -s {0} ]; do sleep 0.02; done; wait",
        beats.display()
    );
    let Outcome::Failed(event) = run(&script, Payload::from(""), 2_000) else { panic!() };
    assert_eq!(event["error"], "ModuleTimeoutError");
    let written = || std::fs::metadata(&beats).unwrap().len();
    let before = written();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(written(), before, "something goes on");
}

#[test]
fn a_flood_on_standard_error_is_cut_to_its_end() {
    let told = event("yes 'it fails' | head -c 3000000 >&2; echo 'the end' >&2; exit 1");
    let message = told["message"].as_str().unwrap();
    assert!(message.len() <= 2_010 && message.ends_with("the end"), "{}", message.len());
    assert!(message.starts_with("… it fails\n") || message.starts_with("… fails\n"), "{message}");
}

#[test]
fn what_cannot_be_started_needs_a_person() {
    let words = vec!["./no-such-program".to_owned()];
    let runner = CommandRunner::new(words, None).unwrap();
    let Outcome::Failed(event) = runner.run(&Task::new("refunds", Payload::from(""))) else {
        panic!()
    };
    assert_eq!(event["error"], "InvalidConfigurationError");
    assert_eq!(event["message"], "`./no-such-program` cannot be started: there is no such command");
    assert!(CommandRunner::new(Vec::<String>::new(), None).is_none());
}

#[test]
fn what_keeps_a_command_from_starting_is_told_as_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let write = |name: &str, text: &str, mode: u32| {
        std::fs::write(here.join(name), text).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(mode);
        std::fs::set_permissions(here.join(name), mode).unwrap();
    };
    write("without", "echo it runs", 0o755);
    write("elsewhere", "#!/nowhere/sh\necho it runs", 0o755);
    write("text", "#!/bin/sh\necho it runs", 0o644);
    let (gone, text) = (here.join("gone"), here.join("text"));
    let no_folder =
        |path: &Path| format!("there is no folder `{}`, in which it is to run", path.display());
    let script = "exec format error; a script begins with a line such as `#!/bin/sh`";
    for (program, folder, why) in [
        ("sh", gone.as_path(), no_folder(&gone).as_str()),
        ("./without", &gone, &no_folder(&gone)),
        ("sh", &text, &no_folder(&text)),
        ("./without", here, script),
        ("./elsewhere", here, "what its first line names behind `#!` is not there"),
        ("./text", here, "permission denied"),
        ("./nothing", here, "there is no such command"),
        ("no-such-program-of-any-name", here, "there is no such command"),
    ] {
        let runner = CommandRunner::new([program], None).unwrap().in_folder(folder);
        let Outcome::Failed(event) = runner.run(&Task::new("refunds", Payload::from(""))) else {
            panic!("{program} runs")
        };
        assert_eq!(event["message"], format!("`{program}` cannot be started: {why}"));
    }
}

#[test]
fn a_recorded_command_reads_back_whatever_its_words_are() {
    use std::os::unix::ffi::OsStringExt;
    let word = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let recorded = RecordedCommand {
        program: word(b"./r\xe9dress"),
        arguments: vec![word(b""), word("ä\n".as_bytes()), word(b"caf\xe9 \xff\xc3")],
        folder: word(b"/srv/\x80").into(),
    };
    let definition = recorded.definition();
    assert!(definition.contains(r#"["","ä\n",{"base64":"Y2Fm6SD/ww=="}]"#), "{definition}");
    assert_eq!(RecordedCommand::read(&definition), Some(recorded));
    for wrong in [r#"{"base64":"?"}"#, r#"{"base64":7}"#, r#"{"hex":"ff"}"#, "7", "null"] {
        let definition = format!(r#"{{"arguments":[],"folder":"/","program":{wrong}}}"#);
        assert_eq!(RecordedCommand::read(&definition), None, "{wrong}");
    }
}

#[test]
fn what_was_recorded_is_run_again_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("step"), "#!/bin/sh\n[ \"$1\" = 'a b' ] && cat > given")
        .unwrap();
    let mut permissions = std::fs::metadata(folder.path().join("step")).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    std::fs::set_permissions(folder.path().join("step"), permissions).unwrap();

    let configuration = Configuration::without_file(folder.path());
    let scenarios = Scenarios::new(configuration, &Executions::over(Memory::new()));
    let runner = scenarios.runner("refunds").unwrap();
    let recorded = RecordedCommand {
        program: "./step".into(),
        arguments: vec!["a b".into()],
        folder: folder.path().to_owned(),
    };
    let mut task = Task::new("refunds", Payload::from("the payload"));
    task.definition = Some(recorded.definition());
    // What looks like a recorded command, and was reported by others, is none.
    let Outcome::Failed(event) = runner.run(&task) else { panic!() };
    assert_eq!(event["error"], "InvalidConfigurationError");
    assert!(!folder.path().join("given").exists());
    task.recorded = true;
    assert_eq!(runner.run(&task), Outcome::Succeeded);
    assert_eq!(std::fs::read_to_string(folder.path().join("given")).unwrap(), "the payload");

    task.definition = Some("version 17".to_owned());
    let Outcome::Failed(event) = runner.run(&task) else { panic!() };
    assert_eq!(event["error"], "InvalidConfigurationError");
}

#[test]
fn a_command_of_the_file_runs_in_the_folder_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let there = folder.path().join("there");
    std::fs::create_dir(&there).unwrap();
    let file = there.join("redress.toml");
    let text = "[defaults]\ncommand = [\"./refund\"]\n[scenario.a]\n[scenario.b]\ncommand = [\"sh\", \"refund\"]
                [scenario.c]\nrerun = true\n[scenario.d]\nrerun = false\n[scenario.e]\nurl = \"http://e/\"";
    std::fs::write(&file, text).unwrap();
    let absent = |configuration: &Configuration| -> Vec<String> {
        let absent = configuration.absent();
        absent.map(|(name, problem)| format!("{}: {problem}", name.unwrap_or("-"))).collect()
    };
    let told = format!("line 2: `command`: there is no `{}`", there.join("refund").display());
    let read = || Configuration::read(&file).unwrap();
    assert_eq!(absent(&read()), ["a", "d", "-"].map(|name| format!("{name}: {told}")));

    std::fs::write(there.join("refund"), "#!/bin/sh\npwd > ran\n").unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(there.join("refund"), mode).unwrap();
    assert_eq!(absent(&read()), [""; 0]);
    let scenarios = Scenarios::new(read(), &Executions::over(Memory::new()));
    for name in ["a", "b"] {
        let ended = scenarios.runner(name).unwrap().run(&Task::new(name, Payload::from("{}")));
        assert_eq!(ended, Outcome::Succeeded, "{name}");
        assert!(there.join("ran").exists(), "{name}");
        std::fs::remove_file(there.join("ran")).unwrap();
    }
}

#[test]
fn the_tokens_of_the_server_are_kept_from_what_is_run() {
    // Variables that are there while cargo runs tests.
    let text = r#"
        [scenario.command]
        command = ["sh", "-c", "[ -z \"${CARGO_PKG_NAME+it is set}\" ] && [ -n \"$CARGO_PKG_VERSION\" ]"]
        [scenario.rerun]
        rerun = true
        [server.tokens.alice]
        roles = ["manage"]
        variable = "CARGO_PKG_NAME"
    "#;
    assert!(std::env::var_os("CARGO_PKG_NAME").is_some());
    let folder = tempfile::tempdir().unwrap();
    let configuration = Configuration::parse(folder.path().join("redress.toml"), text).unwrap();
    let scenarios = Scenarios::new(configuration, &Executions::over(Memory::new()));
    let recorded = RecordedCommand {
        program: "sh".into(),
        arguments: ["-c", "[ -z \"${CARGO_PKG_NAME+it is set}\" ]"].map(Into::into).into(),
        folder: folder.path().to_owned(),
    };
    for name in ["command", "rerun"] {
        let mut task = Task::new(name, Payload::from(""));
        (task.definition, task.recorded) = (Some(recorded.definition()), true);
        assert_eq!(scenarios.runner(name).unwrap().run(&task), Outcome::Succeeded, "{name}");
    }
}
