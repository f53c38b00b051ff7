//! The commands of the README and of other pages print what these say they print.
//!
//! `TRYCMD=overwrite cargo test -p redress-cli readme` writes what they print now.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What a command of a page prints, run where its reader would run it.
fn run(command: &str) -> String {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("redress"), "only the command itself is run: {command}");
    let mut process = Command::new(env!("CARGO_BIN_EXE_redress"));
    let output =
        process.args(words).current_dir(root()).env_remove("REDRESS_POLICY").output().unwrap();
    let carried_out = output.status.code().is_some_and(|status| status <= 1);
    assert!(carried_out, "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The text with the output of every command in its `console` blocks as it is now.
fn with_real_output(text: &str) -> String {
    let mut result = String::new();
    let mut in_block = false;
    for line in text.lines() {
        match line {
            "```console" => in_block = true,
            "```" => in_block = false,
            _ => {}
        }
        let command = line.strip_prefix("$ ").filter(|_| in_block);
        if in_block && command.is_none() && line != "```console" {
            continue;
        }
        result.push_str(line);
        result.push('\n');
        if let Some(command) = command {
            result.push_str(&run(command));
        }
    }
    result
}

#[test]
fn the_readme_shows_what_the_command_prints() {
    assert_shows_what_is_printed("README.md", "\n$ redress decide");
}

#[test]
fn the_page_on_testing_shows_what_the_command_prints() {
    assert_shows_what_is_printed("docs/testing.md", "\n$ redress test --coverage");
}

#[test]
fn the_page_on_formats_shows_what_the_command_prints() {
    assert_shows_what_is_printed("docs/formats.md", "\n$ redress check --format json");
}

#[test]
fn the_page_on_importing_shows_what_the_command_prints() {
    assert_shows_what_is_printed("docs/import.md", "\n$ redress import examples/charge.asl.json");
}

#[test]
fn the_case_file_on_the_page_can_be_run() {
    let page = fs::read_to_string(root().join("docs/testing.md")).unwrap();
    let block = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let path = root().join("examples/page.cases.toml");
    let cases = redress_testing::CaseFile::parse(&path, block).unwrap();
    let policy = redress::Policy::load(root().join("examples/refunds.policy")).unwrap();
    let results: Vec<_> = cases.run(&policy);
    assert!(results.len() == 1 && results[0].passed(), "{}", results[0]);
}

/// A page shows what the commands in it print, one of which is given.
fn assert_shows_what_is_printed(name: &str, command: &str) {
    let path = root().join(name);
    let text = fs::read_to_string(&path).unwrap();
    let real = with_real_output(&text);
    if std::env::var("TRYCMD").is_ok_and(|mode| mode == "overwrite") {
        return fs::write(&path, &real).unwrap();
    }
    assert!(real.contains(command), "{name} shows the command at work");
    let first = text.lines().zip(real.lines()).find(|(old, new)| old != new);
    assert!(text == real, "{name} is not what the commands print; first difference: {first:?}");
}

/// The `console` blocks of a page.
fn console_blocks(text: &str) -> Vec<&str> {
    let blocks = text.split("```console\n").skip(1);
    blocks.filter_map(|rest| Some(rest.split_once("```")?.0)).collect()
}

#[test]
fn what_the_pages_show_is_a_case() {
    let cases: String = fs::read_dir(root().join("crates/cli/tests/cases"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "trycmd"))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    for page in ["docs/changes.md", "docs/packs.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let blocks = console_blocks(&text);
        assert!(blocks.len() > 3, "{page} shows the command at work");
        for block in blocks {
            assert!(cases.contains(block.trim_end()), "{page} shows no case:\n{block}");
        }
    }
}

#[test]
fn the_policies_on_the_page_on_packs_are_those_of_its_cases() {
    let page = fs::read_to_string(root().join("docs/packs.md")).unwrap();
    let folder = root().join("crates/cli/tests/cases/packs.in");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy();
        let block = format!("```policy {name}\n{}```\n", fs::read_to_string(&path).unwrap());
        assert!(page.contains(&block), "docs/packs.md shows another {name}");
    }
}
