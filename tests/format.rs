//! The formatter: cases with their layout, and what holds of every layout.

#![allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]

mod generated;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use redress::Parsed;
use redress::ast::Ast;
use redress::format::format;
use regex::Regex;

#[test]
fn cases() {
    let cases = policies(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/format"));
    assert!(!cases.is_empty());
    for path in cases {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = fs::read_to_string(&path).unwrap();
        let formatted = assert_sound(&text);
        let with_crlf = |text: &str| text.replace('\n', "\r\n");
        assert_eq!(assert_sound(&with_crlf(&text)), with_crlf(&formatted), "{name} with CRLF");
        assert_eq!(assert_sound(&format!("\u{feff}{text}")), formatted, "{name} with a BOM");
        insta::with_settings!({
            snapshot_path => "snapshots/format",
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, { insta::assert_snapshot!(name, formatted) });
    }
}

#[test]
fn nothing_is_the_layout_of_nothing() {
    for empty in ["", "\n", " \r\n\t\n", "\u{feff}", "\u{feff}\n\n"] {
        assert_eq!(assert_sound(empty), "");
    }
}

#[test]
fn long_lists_take_no_stack_and_little_time() {
    let members: Vec<String> = (0..100_000).map(|at| format!("Error{at}")).collect();
    let list = format!("let all = [{}]", members.join(", # why\n"));
    let enumeration = format!("enum All {{ {} }}", members.join(" "));
    let condition = format!("when {} => fail", members.join(" and "));
    for text in [list, enumeration, condition] {
        assert!(assert_sound(&text).lines().count() >= members.len());
    }
}

#[test]
fn the_deepest_nesting_is_laid_out() {
    let negations = format!("when {}a => fail\n", "not ".repeat(64));
    assert_eq!(assert_sound(&negations).lines().count(), 2);
    let groups = format!("when {}a{} => fail\n", "(".repeat(64), ")".repeat(64));
    assert_eq!(assert_sound(&groups).lines().count(), 130);
}

/// The policy files of a folder in the order of their names.
fn policies(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "policy"));
    files.sort();
    files
}

/// The layout of a text, once everything was looked at that holds of every layout.
fn assert_sound(text: &str) -> String {
    let before = read(text);
    let formatted = layout(&before);
    let after = read(&formatted);
    assert_eq!(layout(&after), formatted, "formatting once more changes:\n{text}");
    assert_eq!(tree(&after.ast), tree(&before.ast), "the tree differs:\n{text}\n{formatted}");
    assert_eq!(tokens(&formatted), tokens(text), "tokens differ:\n{text}\n{formatted}");
    assert_eq!(comments(&after), comments(&before), "comments differ:\n{text}\n{formatted}");
    assert_tidy(&formatted);
    formatted
}

fn assert_tidy(formatted: &str) {
    let with_line_feeds = formatted.replace("\r\n", "\n");
    let with_crlf = with_line_feeds.replace('\n', "\r\n");
    assert!(formatted == with_line_feeds || formatted == with_crlf, "lines end in two ways");
    let formatted = with_line_feeds;
    assert!(formatted.is_empty() || formatted.ends_with('\n'));
    assert!(!formatted.starts_with('\n'), "a blank line at the start:\n{formatted}");
    assert!(!formatted.ends_with("\n\n"), "a blank line at the end:\n{formatted}");
    assert!(!formatted.contains("\n\n\n"), "two blank lines:\n{formatted}");
    assert!(!formatted.contains(['\r', '\u{feff}']));
    for line in formatted.lines() {
        assert_eq!(line.trim_end(), line, "space at the end of a line:\n{formatted}");
        let indent = line.len() - line.trim_start().len();
        assert_eq!(indent % 4, 0, "`{line}` is indented by {indent}:\n{formatted}");
    }
}

fn read(text: &str) -> Parsed {
    let parsed = redress::parse("case.policy", text);
    assert!(parsed.diagnostics.is_empty(), "{:#?} in:\n{text}", parsed.diagnostics);
    parsed
}

fn layout(parsed: &Parsed) -> String {
    format(&parsed.ast, parsed.sources.file(parsed.ast.file))
}

/// The declarations without the places of anything.
fn tree(ast: &Ast) -> String {
    static SPAN: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b\d+\.\.\d+\b").unwrap());
    SPAN.replace_all(&format!("{:?}", ast.declarations), "_").into_owned()
}

/// The tokens without commas, which the layout sets as it likes, and without empty parentheses, which say
/// nothing behind an outcome.
fn tokens(text: &str) -> Vec<&str> {
    static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
        let text = r#"r"[^"]*"|"(?:\\.|[^"\\])*""#;
        let word = r"-?\d\w*%?|[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*";
        let sign = r"=>|==|!=|<=|>=|\+=|-=|\.\.|[^\s\u{feff}]";
        Regex::new(&format!(r"#[^\r\n]*|{text}|{word}|{sign}")).unwrap()
    });
    let tokens = TOKEN.find_iter(text).map(|token| token.as_str());
    let tokens = tokens.filter(|token| !token.starts_with('#') && *token != ",");
    let mut kept: Vec<&str> = Vec::new();
    for token in tokens {
        match (token, kept.last()) {
            (")", Some(&"(")) => drop(kept.pop()),
            _ => kept.push(token),
        }
    }
    kept
}

fn comments(parsed: &Parsed) -> Vec<&str> {
    let text = |comment: &redress::ast::Comment| parsed.sources.slice(comment.span).trim_end();
    parsed.ast.comments.iter().map(text).collect()
}
