//! The pages under `docs/errors/`: one a code, each with examples that are run.

use std::collections::BTreeSet;
use std::fs;

use redress::{Code, Report, Severity};

use super::host::Case;
use super::project;

/// A fenced block of a page.
struct Block {
    language: String,
    text: String,
    line: usize,
}

fn page(code: Code) -> String {
    let path = project("docs/errors").join(format!("{code}.md"));
    fs::read_to_string(&path).unwrap_or_else(|_| panic!("docs/errors/{code}.md is missing"))
}

fn blocks(page: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (at, line) in page.lines().enumerate() {
        match (open.as_mut(), line.strip_prefix("```")) {
            (None, Some(language)) => {
                open = Some(Block {
                    language: language.to_owned(),
                    text: String::new(),
                    line: at + 1,
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.text.push_str(&format!("{line}\n")),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

#[test]
fn every_code_has_a_page_and_every_page_a_code() {
    let files = fs::read_dir(project("docs/errors")).unwrap();
    let names: BTreeSet<String> =
        files.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let codes = Code::ALL.iter().map(|code| format!("{code}.md"));
    assert_eq!(names, codes.chain(["README.md".to_owned()]).collect());
    for &code in Code::ALL {
        let title = format!("# {code}: {}\n", code.title());
        assert!(
            page(code).starts_with(&title),
            "docs/errors/{code}.md does not begin with {title}"
        );
    }
}

#[test]
fn the_index_lists_every_code() {
    let index = fs::read_to_string(project("docs/errors/README.md")).unwrap();
    let row =
        |code: &Code| format!("| [{code}]({code}.md) | {} | {} |", code.severity(), code.title());
    let wanted: Vec<String> = Code::ALL.iter().map(row).collect();
    let rows: Vec<&str> = index.lines().filter(|line| line.starts_with("| [R")).collect();
    assert_eq!(rows, wanted);
}

/// What shows the mistake gives its code and no other error; what mends it gives neither.
#[test]
fn every_block_does_what_its_page_says() {
    let mut wrong = Vec::new();
    for &code in Code::ALL {
        let blocks = blocks(&page(code));
        for language in ["policy-error", "policy"] {
            if !blocks.iter().any(|block| block.language == language) {
                wrong.push(format!("{code}.md has no block `{language}`"));
            }
        }
        for block in &blocks {
            let asked =
                if code.severity() == Severity::Note { "--- host: notes wanted\n" } else { "" };
            let report = Case::read("main.policy", &format!("{asked}{}", block.text)).check();
            let right = match block.language.as_str() {
                "policy-error" => gives_only(&report, code),
                "policy" => is_free_of(&report, code),
                "text" => continue,
                other => panic!("{code}.md:{}: blocks are not called `{other}`", block.line),
            };
            if !right {
                let language = &block.language;
                wrong.push(format!("{code}.md:{} (`{language}`) gives:\n{report}", block.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn gives_only(report: &Report, code: Code) -> bool {
    let of_another_code =
        |other: &&redress::Diagnostic| other.severity == Severity::Error && other.code != code;
    report.diagnostics.iter().any(|diagnostic| diagnostic.code == code)
        && !report.diagnostics.iter().any(|diagnostic| of_another_code(&diagnostic))
}

fn is_free_of(report: &Report, code: Code) -> bool {
    report.errors() == 0 && !report.diagnostics.iter().any(|diagnostic| diagnostic.code == code)
}
