//! The newcomer's path in the README is walked, command by command, in an empty folder.
//!
//! `TRYCMD=overwrite cargo test -p redress-cli session` writes what the commands say now.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

/// What a block of a session begins with.
const SESSION: &str = "```console session\n";

fn readme() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")
}

/// The first block of this language that begins with a comment of this name.
fn block<'t>(text: &'t str, language: &str, name: &str) -> &'t str {
    let fence = format!("```{language}\n");
    let blocks = text.split(&fence).skip(1).filter_map(|rest| Some(rest.split_once("```")?.0));
    let is_it = |block: &&str| block.starts_with(&format!("# {name}"));
    blocks.into_iter().find(is_it).unwrap_or_else(|| panic!("there is no `{name}`"))
}

/// What a shell says to a line, on both outputs.
fn run(line: &str, folder: &Path) -> String {
    let bin = Path::new(env!("CARGO_BIN_EXE_redress")).parent().unwrap().to_owned();
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("exec 2>&1\n{line}")).current_dir(folder);
    shell.env("PATH", path).env("LC_ALL", "C").env("TZ", "UTC").env("USER", "alice");
    shell.env_remove("REDRESS_CONFIG").env_remove("REDRESS_CLOCK");
    String::from_utf8(shell.output().unwrap().stdout).unwrap()
}

/// The session with what is said now.
fn walked(session: &str, folder: &Path) -> String {
    let commands = session.lines().filter_map(|line| line.strip_prefix("$ "));
    commands.map(|command| format!("$ {command}\n{}", run(command, folder))).collect()
}

/// Without what differs from one time to the next.
fn lasting(text: &str) -> String {
    let changes = [
        (r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", "TIME"),
        (r"process \d+", "process N"),
        (r"after \d+m?s", "after N"),
        (r"in \d+m?s|\d+m?s ago|\bnow\b", "THEN"),
        (r" +", " "),
    ];
    changes.iter().fold(text.to_owned(), |text, (pattern, stands)| {
        Regex::new(pattern).unwrap().replace_all(&text, *stands).into_owned()
    })
}

#[test]
fn a_newcomer_sees_what_the_readme_shows() {
    let text = fs::read_to_string(readme()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (language, name) in [("policy", "totals.policy"), ("toml", "redress.toml")] {
        fs::write(folder.path().join(name), block(&text, language, name)).unwrap();
    }
    let (before, rest) = text.split_once(SESSION).unwrap();
    let (session, after) = rest.split_once("```").unwrap();
    let real = walked(session, folder.path());
    assert!(real.contains("totals/1: resolved: try 3 succeeded"), "{real}");
    if lasting(&real) == lasting(session) {
        return;
    }
    assert!(
        std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite"),
        "the session is not what the commands say now:\n{real}"
    );
    fs::write(readme(), format!("{before}{SESSION}{real}```{after}")).unwrap();
}
