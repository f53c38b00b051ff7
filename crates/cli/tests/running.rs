//! `redress run` and `redress work` beside each other, with signals and what comes between them: what no case file can show.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

fn redress(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_redress"));
    command.args(arguments).current_dir(folder).env("USER", "alice").stdin(Stdio::null());
    command.env_remove("REDRESS_CONFIG").env_remove("REDRESS_CLOCK");
    command
}

fn output(folder: &Path, arguments: &[&str]) -> Output {
    redress(folder, arguments).output().unwrap()
}

fn said(folder: &Path, arguments: &[&str]) -> String {
    let output = output(folder, arguments);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    text(output.stdout) + &text(output.stderr)
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// The short names of the statuses of all executions, as the list gives them.
fn statuses(folder: &Path) -> Vec<String> {
    let listed = output(folder, &["executions", "list", "--order", "oldest", "--format", "json"]);
    let page: serde_json::Value = serde_json::from_slice(&listed.stdout).unwrap();
    let executions = page["executions"].as_array().unwrap().iter();
    executions.map(|execution| execution["status"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn no_retry_begins_beside_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    said(here, &["run", "-s", "totals", "--", "sh", "-c", "[ -e there ] || exit 75"]);
    said(here, &["executions", "retry", "totals/1"]);
    std::fs::write(here.join("there"), "").unwrap();

    let waits = "echo > begun; while [ ! -e go ]; do sleep 0.02; done";
    let mut run = redress(here, &["run", "-s", "totals", "--", "sh", "-c", waits]).spawn().unwrap();
    until("the run", || here.join("begun").exists());
    let told = said(here, &["work", "--once"]);
    assert!(told.contains("nothing was begun; what is due waits"), "{told}");
    assert!(told.contains("what is due of `totals` waits: a run of it is under way"), "{told}");
    let shown = said(here, &["executions", "show", "totals/1"]);
    assert!(shown.contains("it waits: a run of `totals` is under way"), "{shown}");
    assert!(shown.contains("pending: due, and waits\n"), "{shown}");
    assert_eq!(statuses(here), ["pending"]);
    std::fs::write(here.join("go"), "").unwrap();
    assert!(run.wait().unwrap().success());
    assert!(said(here, &["work", "--once"]).contains("totals/1: resolved"));
    assert_eq!(statuses(here), ["resolved"]);
}

#[test]
fn a_rule_has_one_name_from_wherever_its_file_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let (here, jobs) = (folder.path(), folder.path().join("jobs"));
    std::fs::create_dir_all(jobs.join("shared")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(jobs.join(name), text).unwrap();
    write("redress.toml", "[defaults]\nrerun = true\npolicy = \"./totals.policy\"");
    write("totals.policy", "extends \"shared/base.policy\"\nwhen exit_code == 3 => store(manual)");
    write("shared/base.policy", "extends default\nwhen exit_code == 4 => store(manual)");
    let whole = jobs.join("redress.toml");
    let whole = whole.to_str().unwrap();
    let ways: [(&Path, &[&str]); 3] = [
        (&jobs, &[]),
        (here, &["--config", "jobs/redress.toml"]),
        (Path::new("/"), &["--config", whole]),
    ];
    for (from, config) in ways {
        for exit in ["exit 3", "exit 4"] {
            let run = [&["run", "-s", "totals"], config, &["--", "sh", "-c", exit]].concat();
            said(from, &run);
        }
    }
    let groups = output(&jobs, &["executions", "groups", "--format", "json"]).stdout;
    let groups: serde_json::Value = serde_json::from_slice(&groups).unwrap();
    let groups = groups.as_array().unwrap().iter();
    let mut groups: Vec<String> =
        groups.map(|group| format!("{} of {}", group["executions"], group["rule"])).collect();
    groups.sort();
    assert_eq!(groups, [r#"3 of "shared/base.policy:2""#, r#"3 of "totals.policy:2""#]);
    let listed = output(&jobs, &["executions", "list", "--rule", "totals.policy:2"]).stdout;
    assert_eq!(String::from_utf8(listed).unwrap().matches("totals/").count(), 3);
}

#[test]
fn a_run_that_is_killed_holds_its_scenario_no_longer_than_its_lease() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("redress.toml"), "[defaults]\nrerun = true\nlease = \"1s\"").unwrap();
    said(here, &["run", "-s", "totals", "--", "sh", "-c", "[ -e there ] || exit 75"]);
    said(here, &["executions", "retry", "totals/1"]);
    std::fs::write(here.join("there"), "").unwrap();

    let sleeps = "echo $$ > begun; exec sleep 60";
    let mut run =
        redress(here, &["run", "-s", "totals", "--", "sh", "-c", sleeps]).spawn().unwrap();
    until("the run", || {
        std::fs::read_to_string(here.join("begun")).is_ok_and(|it| it.ends_with('\n'))
    });
    run.kill().unwrap();
    run.wait().unwrap();
    let orphan = std::fs::read_to_string(here.join("begun")).unwrap();
    Command::new("kill").args(["-9", orphan.trim()]).status().unwrap();
    let told = std::cell::RefCell::new(String::new());
    // In either order: the lease may run out between the look at the runs and that at what is due.
    until("the retry, and a word of the run", || {
        told.borrow_mut().push_str(&said(here, &["work", "--once"]));
        let told = told.borrow();
        ["totals/1: resolved", "1 run of `totals` is not heard of any more"]
            .iter()
            .all(|it| told.contains(it))
    });
    let log = said(here, &["executions", "scenarios", "totals"]);
    assert!(log.contains(&format!("a run was not heard of any more (run {} ", run.id())), "{log}");
}

#[test]
fn a_run_that_was_taken_for_dead_goes_on_and_holds_its_scenario_anew() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("redress.toml"), "[defaults]\nrerun = true\nlease = \"1s\"").unwrap();
    said(here, &["run", "-s", "totals", "--", "sh", "-c", "exit 75"]);

    let waits = "echo > begun; while [ ! -e go ]; do sleep 0.02; done";
    let mut run = redress(here, &["run", "-s", "totals", "--", "sh", "-c", waits]);
    let run = run.stderr(Stdio::piped()).spawn().unwrap();
    until("the run", || here.join("begun").exists());
    signal(&run, "-STOP");
    until("a word of the run", || {
        said(here, &["work", "--once"]).contains("1 run of `totals` is not heard of any more")
    });
    said(here, &["executions", "retry", "totals/1"]);
    signal(&run, "-CONT");
    until("that it holds its scenario", || {
        let shown = said(here, &["executions", "show", "totals/1"]);
        shown.contains("it waits: a run of `totals` is under way")
    });
    std::fs::write(here.join("go"), "").unwrap();
    let ended = run.wait_with_output().unwrap();
    let told = String::from_utf8(ended.stderr).unwrap();
    assert!(ended.status.success(), "{told}");
    assert_eq!(told.matches("was not heard of in time, and was given up").count(), 1, "{told}");
}

#[test]
fn work_goes_on_until_it_is_interrupted_and_waits_for_what_runs() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let first = "[ -n \"$REDRESS_EXECUTION\" ] || exit 75; echo > begun; sleep 0.5; echo > ended";
    said(here, &["run", "-s", "totals", "--", "sh", "-c", first]);
    let work = redress(here, &["work"]).stderr(Stdio::piped()).spawn().unwrap();
    said(here, &["executions", "retry", "totals/1"]);
    until("the try", || here.join("begun").exists());
    signal(&work, "-TERM");
    let output = work.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(here.join("ended").exists());
    assert!(told.contains("it waits for 1 running try"), "{told}");
    assert!(told.contains("totals/1: resolved: try 2 succeeded"), "{told}");
    assert_eq!(statuses(here), ["resolved"]);
}

#[test]
fn work_says_at_the_start_what_is_off() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    said(here, &["run", "-s", "totals", "--", "sh", "-c", "exit 75"]);
    said(here, &["executions", "switch-off", "totals", "--reason", "the ledger moves"]);
    let mut work = redress(here, &["work", "--quiet"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(work.stderr.take().unwrap()).lines();
    let told = lines.next().unwrap().unwrap();
    signal(&work, "-TERM");
    work.wait().unwrap();
    assert!(told.starts_with("redress: `totals` was switched off "), "{told}");
    let why = "alice switched it off: the ledger moves; only what a person asks for is tried until";
    assert!(told.ends_with(&format!(": {why}: redress executions switch-on totals")), "{told}");
}

/// A worker is interrupted twice while its try, and what that has started, runs; answers what another says then.
fn interrupted_twice(here: &Path, arguments: &[&str], name: &str) -> String {
    std::fs::write(here.join("redress.toml"), "[defaults]\nrerun = true\nlease = \"1s\"").unwrap();
    let beats = "(i=0; while [ $i -lt 600 ]; do echo >> beats; sleep 0.05; i=$((i + 1)); done) &";
    let first = "[ -n \"$REDRESS_EXECUTION\" ] || exit 75; [ -e beats ] && exit 0";
    let step = format!("{first}; {beats} wait");
    said(here, &["run", "-s", "totals", "--", "sh", "-c", &step]);
    said(here, &["executions", "retry", "totals/1"]);
    let mut work = redress(here, arguments).spawn().unwrap();
    let heard = || std::fs::read(here.join("beats")).map_or(0, |beats| beats.len());
    until("the try", || heard() > 0);
    signal(&work, name);
    // One after the other: signals of a kind that are not heard of yet are one.
    std::thread::sleep(Duration::from_millis(300));
    let before = heard();
    until("a sign of the try, which is waited for", || heard() > before);
    signal(&work, name);
    assert_eq!(work.wait().unwrap().code(), Some(130));
    let last = heard();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(heard(), last, "what was given up goes on");
    let mut told = String::new();
    until("another try", || {
        told.push_str(&said(here, &["work", "--once"]));
        told.contains("totals/1: resolved: try 3")
    });
    told
}

#[test]
fn a_worker_that_is_interrupted_twice_kills_its_try_and_leaves_the_next_to_another() {
    for (arguments, name) in [(&["work"][..], "-INT"), (&["work", "--once"], "-TERM")] {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        let told = interrupted_twice(here, arguments, name);
        let interrupted = "totals/1: try 2 was interrupted, its worker was not heard of";
        assert!(told.contains(interrupted), "{told}");
        assert!(said(here, &["executions", "log", "totals/1"]).contains("was interrupted"));
    }
}

#[test]
fn a_policy_that_changes_is_swapped_while_work_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text = "[defaults]\nrerun = true\npolicy = \"all.policy\"";
    std::fs::write(here.join("redress.toml"), text).unwrap();
    std::fs::write(here.join("all.policy"), "extends default\n").unwrap();
    let mut work = redress(here, &["work"]).stderr(Stdio::piped()).spawn().unwrap();
    let (sender, lines) = std::sync::mpsc::channel();
    let told = std::io::BufReader::new(work.stderr.take().unwrap());
    std::thread::spawn(move || {
        std::io::BufRead::lines(told)
            .map_while(Result::ok)
            .for_each(|line| sender.send(line).unwrap_or_default());
    });
    let heard = |what: &str| {
        let line = lines.recv_timeout(Duration::from_secs(60)).unwrap();
        assert!(line.contains(what), "{line}");
    };
    heard("at work");
    std::fs::write(here.join("all.policy"), "extends default\nwhen modul == 3 => stop\n").unwrap();
    heard("has changed, but is wrong; the last good one goes on deciding");
    while !lines.recv_timeout(Duration::from_secs(60)).unwrap().contains("`modul`") {}
    std::fs::write(here.join("all.policy"), "extends default\nwhen module == 33 => stop\n")
        .unwrap();
    while !lines.recv_timeout(Duration::from_secs(60)).unwrap().contains("decides from now on") {}
    signal(&work, "-TERM");
    assert!(work.wait().unwrap().success());
}

#[test]
fn a_payload_is_edited_in_the_editor_of_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("cards.key"), "0f".repeat(32)).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
    std::fs::set_permissions(here.join("cards.key"), mode).unwrap();
    let cards = "confidential = true\nkey_file = \"cards.key\"\n";
    std::fs::write(
        here.join("redress.toml"),
        format!("[defaults]\nrerun = true\n[scenario.cards]\n{cards}"),
    )
    .unwrap();
    let step = "grep -q 4 && exit 0; echo wrong: card 7777 >&2; exit 65";
    let mut run = redress(here, &["run", "-s", "cards", "--payload", "-", "--", "sh", "-c", step]);
    let mut run = run.stdin(Stdio::piped()).spawn().unwrap();
    run.stdin.take().unwrap().write_all(b"{\"card\": 3}").unwrap();
    assert_eq!(run.wait().unwrap().code(), Some(65));

    for look in [&["show", "cards/1"][..], &["log", "cards/1"], &["list"], &["export"]] {
        let told = said(here, &[&["executions"], look].concat());
        assert!(told.contains("DataError") && !told.contains("7777"), "{told}");
    }

    let edit = |editor: &str| {
        let arguments = ["executions", "resolve", "cards/1", "--edit", "--reason", "a slip"];
        let output =
            redress(here, &arguments).env("EDITOR", editor).env_remove("VISUAL").output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout) + &text(output.stderr))
    };
    let (status, told) = edit("true");
    assert!(status == Some(1) && told.contains("the payload is as it was"), "{told}");
    let (status, told) = edit("false");
    assert!(status == Some(1) && told.contains("the editor `false` failed"), "{told}");
    // Without its key it is neither seen nor edited.
    std::fs::write(here.join("other.toml"), "[scenario.cards]\nconfidential = true\n").unwrap();
    let blind =
        ["executions", "--config", "other.toml", "resolve", "cards/1", "--edit", "--reason", "x"];
    assert!(said(here, &blind).contains("names its `key_file`"));
    // An editor with an option, which also writes another file in the place of the one it is given.
    let (status, told) = edit("sed -i s/3/4/");
    assert!(status == Some(0) && told.contains("what changed is confidential"), "{told}");
    assert!(!said(here, &["executions", "show", "cards/1"]).contains("card\": 4"));
    assert!(said(here, &["work", "--once"]).contains("cards/1: resolved"));
    let kept = std::fs::read(here.join("redress.db")).unwrap();
    assert!(!kept.windows(6).any(|bytes| bytes == b"\"card\""), "the payload is kept in the clear");
    assert!(!kept.windows(4).any(|bytes| bytes == b"7777"), "the message or the command is");
}

#[test]
fn a_command_is_run_and_run_again_with_words_that_are_no_unicode() {
    use std::os::unix::ffi::OsStrExt;
    let word = |bytes: &'static [u8]| std::ffi::OsStr::from_bytes(bytes);
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join(word(b"ordner \xe4"));
    std::fs::create_dir(&here).unwrap();
    let step = r#"printf %s "$0" > given; [ -n "$REDRESS_EXECUTION" ] || exit 75"#;
    let mut run = redress(&here, &["run", "-s", "totals", "--", "sh", "-c", step]);
    assert_eq!(run.arg(word(b"it's \\ caf\xe9")).status().unwrap().code(), Some(0));
    let given = || std::fs::read(here.join("given")).unwrap();
    assert_eq!(given(), b"it's \\ caf\xe9");
    std::fs::remove_file(here.join("given")).unwrap();
    let shown = said(&here, &["executions", "show", "totals/1"]);
    assert!(shown.contains(r"$'it\'s \\ caf\xe9'"), "{shown}");
    said(&here, &["executions", "retry", "totals/1"]);
    assert!(said(&here, &["work", "--once"]).contains("totals/1: resolved"));
    assert_eq!(given(), b"it's \\ caf\xe9");
}

#[test]
fn a_failure_whose_next_try_is_interrupted_counts() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let policy = "extends default\noutcome retry(after: schedule)\nwhen exit_code == 9 => retry(after: [1h])\n";
    std::fs::write(here.join("all.policy"), policy).unwrap();
    let text = "[defaults]\nrerun = true\npolicy = \"all.policy\"\nmax_consecutive_errors = 1";
    std::fs::write(here.join("redress.toml"), text).unwrap();
    let arguments = ["run", "-s", "totals", "--", "sh", "-c", "echo > ran; exit 9"];
    let run = redress(here, &arguments).stderr(Stdio::piped()).spawn().unwrap();
    until("the failure", || here.join("ran").exists());
    // The command has yet to end, and its failure to be decided.
    std::thread::sleep(Duration::from_millis(500));
    signal(&run, "-TERM");
    let output = run.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(9), "{told}");
    assert!(
        told.contains("interrupted at try 2; before, the command failed with status 9"),
        "{told}"
    );
    assert!(told.contains("`totals` is switched off now"), "{told}");
}

#[test]
fn a_flood_on_standard_error_passes_through() {
    let folder = tempfile::tempdir().unwrap();
    let flood = "yes 'it fails' | head -c 3000000 >&2; echo 'the end' >&2; exit 75";
    let output = output(folder.path(), &["run", "-s", "floods", "--", "sh", "-c", flood]);
    assert!(output.stderr.len() > 3_000_000, "{}", output.stderr.len());
    let shown = said(folder.path(), &["executions", "show", "floods/1"]);
    assert!(shown.contains("the end") && shown.len() < 10_000, "{}", shown.len());
}

#[test]
fn a_run_may_wait_for_earlier_executions_to_be_resolved() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text = "[defaults]\nrerun = true\nsequential = true";
    std::fs::write(here.join("redress.toml"), text).unwrap();
    said(
        here,
        &["run", "-s", "orders", "--", "sh", "-c", "[ -n \"$REDRESS_EXECUTION\" ] || exit 75"],
    );
    let waits = ["run", "-s", "orders", "--wait", "60s", "--", "sh", "-c", "echo > ran"];
    let mut run = redress(here, &waits).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(!here.join("ran").exists());
    // The run that waits holds nothing, so that what it waits for can be done.
    said(here, &["executions", "retry", "orders/1"]);
    assert!(said(here, &["work", "--once"]).contains("orders/1: resolved"));
    assert!(run.wait().unwrap().success());
    assert!(here.join("ran").exists());
}

#[test]
fn what_comes_from_outside_plays_no_tricks_on_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let name = "red \u{202e}";
    let step = "printf '\\033[2Jgone\\n{\"error\": \"DataError\", \"app\": \"\\\\u001b[2J\"}\\n' >&2; exit 1";
    let kept = output(here, &["run", "-s", name, "--", "sh", "-c", step]);
    let told = String::from_utf8(kept.stderr).unwrap();
    let ours: String = told.lines().filter(|line| line.starts_with("redress: ")).collect();
    assert!(ours.contains("keeps it as") && !ours.contains(['\u{1b}', '\u{202e}']), "{ours:?}");
    let called = format!("{name}/1");
    for arguments in [
        &["list"][..],
        &["groups"],
        &["scenarios"],
        &["show", &called],
        &["log", &called],
        &["retry", &called],
        &["close", &called, "--reason", "\u{1b}"],
        &["close", &called, "--reason", "x"],
        &["show", &called],
        &["switch-off", name],
    ] {
        let shown = said(here, &[&["executions"], arguments].concat());
        assert!(!shown.contains(['\u{1b}', '\u{202e}']), "{arguments:?}: {shown:?}");
    }
}

#[test]
fn work_says_that_it_has_switched_a_scenario_off() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let settings = "[scenario.totals]\npolicy = \"quick.policy\"\nrerun = true\nrunaway = { failures = 4, within = \"2m\" }\n";
    std::fs::write(here.join("redress.toml"), settings).unwrap();
    let policy = "extends command\nrule quick: when error == ConnectionError => store(retry, after: every(1ms, times: 40))\n";
    std::fs::write(here.join("quick.policy"), policy).unwrap();
    said(here, &["run", "-s", "totals", "--", "sh", "-c", "echo no route to host >&2; exit 75"]);
    // It ends where nothing is due just now, and the next try is due a moment later.
    let mut told = String::new();
    until("the scenario is switched off", || {
        told += &said(here, &["work", "--once"]);
        told.contains("is switched off now")
    });
    told += &said(here, &["work", "--once", "--quiet"]);
    let last = told.lines().find(|line| line.contains("totals/1: try 4 failed after ")).unwrap();
    assert!(last.ends_with("; it waits until its scenario is switched on"), "{told}");
    let line = "`totals` is switched off now: 4 failures came in a short time; only what a person asks for is tried until: redress \
                executions switch-on totals";
    assert_eq!(told.matches("is switched off now").count(), 1, "{told}");
    assert!(told.contains(line), "{told}");
    // A time that does not come is not promised.
    let listed = said(here, &["executions", "list"]);
    let grouped = said(here, &["executions", "groups"]);
    for shown in [&listed, &grouped] {
        assert!(shown.contains("  off  "), "{shown}");
        assert!(shown.contains("note: `totals` was switched off "), "{shown}");
    }
}

#[test]
fn run_and_work_say_which_error_may_be_misspelt() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let fails = r#"echo '{"error": "RateLimitEror"}' >&2; exit 1"#;
    let slip = "ErrorType has no member RateLimitEror; did you mean RateLimitError?";
    let told = said(here, &["run", "-s", "totals", "--", "sh", "-c", fails]);
    assert!(told.contains(slip), "{told}");
    said(here, &["executions", "retry", "totals/1"]);
    let told = said(here, &["work", "--once"]);
    assert!(told.contains(slip), "{told}");
}

#[test]
fn a_command_does_not_run_under_a_name_that_no_failure_of_it_could_be_kept_under() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let long = "x".repeat(257);
    for (name, why) in [
        ("", "is empty"),
        ("a\nb", "has a control character, such as a line break"),
        (&long, "has 257 bytes, no more than 256 are taken"),
    ] {
        for option in ["scenario", "key", "once"] {
            let mut run = redress(here, &["run"]);
            if option != "scenario" {
                run.args(["--scenario", "totals"]);
            }
            run.args([&format!("--{option}"), name, "--", "sh", "-c", "echo > ran; exit 75"]);
            let output = run.output().unwrap();
            let told = String::from_utf8(output.stderr).unwrap();
            assert_eq!(
                (output.status.code(), told),
                (Some(125), format!("error: `{option}` {why}\n"))
            );
        }
    }
    assert!(!here.join("ran").exists() && !here.join("redress.db").exists());
}

#[test]
fn what_was_edited_is_left_to_the_person_where_the_execution_has_changed_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    std::fs::write(here.join("redress.toml"), "[defaults]\nrerun = true").unwrap();
    std::fs::write(here.join("order.json"), "{\"account\": 3}").unwrap();
    let run = ["run", "-s", "orders", "--payload", "order.json", "--", "sh", "-c", "exit 65"];
    said(here, &run);
    // Somebody else closes it while the editor is open.
    let editor = format!(
        "sh -c 'sed -i s/3/4/ \"$0\"; {} executions close orders/1 --reason paid'",
        env!("CARGO_BIN_EXE_redress")
    );
    let resolve = ["executions", "resolve", "orders/1", "--edit", "--reason", "another account"];
    let output = redress(here, &resolve).env("VISUAL", editor).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("orders/1 has changed since"), "{told}");
    let (_, rest) = told.split_once("what you have written is in `").unwrap();
    let (path, _) = rest.split_once('`').unwrap();
    assert_eq!(std::fs::read_to_string(path).unwrap(), "{\"account\": 4}");
    std::fs::remove_file(path).unwrap();
}

#[test]
fn an_export_is_written_to_a_pipe_and_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    said(here, &["run", "-s", "totals", "--", "sh", "-c", "exit 65"]);
    let exported = said(here, &["executions", "export"]);
    assert_eq!(exported.lines().count(), 1, "{exported}");

    assert!(Command::new("mkfifo").arg(here.join("pipe")).status().unwrap().success());
    let read = std::thread::spawn({
        let pipe = here.join("pipe");
        move || std::fs::read_to_string(pipe).unwrap()
    });
    said(here, &["executions", "export", "--output", "pipe"]);
    assert_eq!(read.join().unwrap(), exported);

    std::os::unix::fs::symlink("kept.jsonl", here.join("link")).unwrap();
    std::fs::write(here.join("kept.jsonl"), "").unwrap();
    said(here, &["executions", "export", "--output", "link"]);
    assert_eq!(std::fs::read_to_string(here.join("kept.jsonl")).unwrap(), exported);
    assert!(here.join("link").is_symlink());
    // The store by another name is the store.
    std::os::unix::fs::symlink("redress.db", here.join("other")).unwrap();
    let told = said(here, &["executions", "export", "--output", "other"]);
    assert!(told.contains("`other` is of the store itself"), "{told}");
    assert_eq!(said(here, &["executions", "export"]), exported);
}
