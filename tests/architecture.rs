//! The invariants of the architecture that can be seen in the sources.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value as Json;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder with this ending, as paths from the root with their text, in order.
fn files(folder: &str, ending: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    gather(&root().join(folder), ending, &mut found);
    found.sort();
    let relative = |path: PathBuf| {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        (name, fs::read_to_string(&path).unwrap())
    };
    let found: Vec<_> = found.into_iter().map(relative).collect();
    assert!(!found.is_empty(), "{folder} has no *{ending}");
    found
}

fn gather(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, ending, found);
        } else if path.to_str().unwrap().ends_with(ending) {
            found.push(path);
        }
    }
}

/// The code of a file: its lines without comments, documentation included.
fn code(text: &str) -> String {
    let lines = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    lines.collect::<Vec<_>>().join("\n")
}

/// The files of the library, its unit tests left out, whose code has one of the words.
fn with_word(words: &[&str]) -> Vec<String> {
    let has = |text: &str| words.iter().any(|word| code(text).contains(word));
    let library = files("src", ".rs").into_iter().filter(|(name, _)| !name.ends_with("tests.rs"));
    library.filter(|(_, text)| has(text)).map(|(name, _)| name).collect()
}

#[test]
fn only_the_parser_names_pest() {
    assert_eq!(
        with_word(&["pest::", "pest_derive", "Rule::piece"]),
        ["src/parse/build.rs", "src/parse.rs"]
    );
}

#[test]
fn deciding_knows_nothing_of_the_text() {
    let deciding = |name: &str| {
        ["src/decide.rs", "src/index.rs", "src/names.rs"].contains(&name)
            || name.starts_with("src/index/") && !name.ends_with("tests.rs")
    };
    let files = files("src", ".rs").into_iter().filter(|(name, _)| deciding(name));
    let mut count = 0;
    for (name, text) in files {
        count += 1;
        for module in ["ast", "parse", "source", "gather", "check", "diagnostic", "analyze"] {
            assert!(!code(&text).contains(&format!("crate::{module}")), "{name} names {module}");
        }
    }
    assert!(count > 5, "the index has come to lie elsewhere");
}

#[test]
fn no_stage_looks_ahead() {
    let later: [(&str, &[&str]); 4] = [
        ("src/parse.rs", &["gather", "check", "compile", "policy", "decide", "analyze"]),
        ("src/gather.rs", &["check", "compile", "policy", "decide", "analyze"]),
        ("src/decide.rs", &["compile", "analyze"]),
        ("src/compile.rs", &["parse", "gather"]),
    ];
    for (name, modules) in later {
        let text = fs::read_to_string(root().join(name)).unwrap();
        for module in modules {
            assert!(!code(&text).contains(&format!("crate::{module}")), "{name} names {module}");
        }
    }
}

#[test]
fn the_library_has_no_clock_no_environment_and_no_network() {
    let words = [
        "SystemTime",
        "Instant",
        "std::env",
        "env::var",
        "std::net",
        "std::process",
        "std::thread",
        "rand::",
        "println!",
        "eprintln!",
    ];
    assert_eq!(with_word(&words), [""; 0]);
}

#[test]
fn only_the_loader_touches_files() {
    assert_eq!(with_word(&["std::fs", "fs::", "File::"]), ["src/load.rs"]);
}

#[test]
fn every_file_of_rules_is_bundled_and_every_bundled_one_lies_there() {
    let mut bundled: Vec<&str> = redress::POLICIES
        .iter()
        .chain(redress::PACKS)
        .chain([&redress::VOCABULARY])
        .map(|file| file.text)
        .collect();
    let lying = files("rules", ".policy");
    let mut texts: Vec<&str> = lying.iter().map(|(_, text)| text.as_str()).collect();
    bundled.sort_unstable();
    texts.sort_unstable();
    assert_eq!(bundled, texts);
    for file in redress::POLICIES {
        assert_eq!(file.file, format!("{}.policy", file.name));
    }
    for file in redress::PACKS {
        assert_eq!(file.file, format!("packs/{}.policy", file.name));
    }
}

// Dependencies -----------------------------------------------------------------------------------

/// What the library may depend on, each with the reason.
const ALLOWED: &[(&str, &str)] = &[
    ("aho-corasick", "all literals of text tests found in one pass"),
    ("blake3", "the fingerprint"),
    ("pest", "reads the grammar's language"),
    ("pest_derive", "makes the parser from the grammar"),
    ("regex", "`matches` and `like`, in linear time"),
    ("regex-automata", "text tests as automata, for the exact analysis"),
    ("regex-syntax", "what every text has that a `matches` finds"),
    ("serde", "events from any format, decisions into any"),
    ("serde_json", "JSON is the form of events and decisions"),
    ("strsim", "did you mean?"),
    ("thiserror", "errors as types"),
];

fn metadata() -> Json {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn package<'m>(metadata: &'m Json, name: &str) -> &'m Json {
    let packages = metadata["packages"].as_array().unwrap();
    packages.iter().find(|package| package["name"] == name && package["source"].is_null()).unwrap()
}

/// The names of what a package depends on when it runs.
fn dependencies(package: &Json) -> BTreeSet<&str> {
    let all = package["dependencies"].as_array().unwrap().iter();
    all.filter(|one| one["kind"].is_null()).map(|one| one["name"].as_str().unwrap()).collect()
}

#[test]
fn the_library_depends_on_what_it_is_allowed_to() {
    let metadata = metadata();
    let allowed: BTreeSet<&str> = ALLOWED.iter().map(|(name, _)| *name).collect();
    assert_eq!(dependencies(package(&metadata, "redress")), allowed);
}

/// Everything a program gets with the library; a new line here is a new crate in every host.
#[test]
fn the_whole_tree_of_the_library_is_known() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package=redress", "--edges=normal", "--prefix=none", "--format={p}"])
        .args(["--target=all", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let names: BTreeSet<&str> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    for heavy in ["clap", "tokio", "ratatui", "rayon", "chrono", "rand", "reqwest"] {
        assert!(!names.contains(heavy), "the library has come to depend on {heavy}");
    }
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    insta::assert_snapshot!(names.join("\n"));
}

#[test]
fn nothing_that_builds_on_the_library_is_built_on_by_it() {
    let metadata = metadata();
    let members = metadata["workspace_members"].as_array().unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let names: BTreeSet<&str> = packages
        .iter()
        .filter(|package| members.contains(&package["id"]))
        .map(|package| package["name"].as_str().unwrap())
        .collect();
    let library = dependencies(package(&metadata, "redress"));
    assert!(names.len() > 3, "{names:?}");
    assert!(names.is_disjoint(&library), "{library:?}");
}
