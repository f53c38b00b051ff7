//! Policies with one known defect each, and their twins without it: all are found, and none is made up.
//!
//! A case is a policy; behind `# <-` on a line stand the codes that are to be told there, and behind `--- twin`
//! the same policy once it is mended.

use std::collections::BTreeSet;

use redress::{Code, PolicyLoader, Severity};

use super::check::cases;

/// A line, from 1, and what is told there.
type Told = BTreeSet<(usize, Code)>;

/// What is told of a policy; notes only where one of these is wanted.
fn told(text: &str, notes: &BTreeSet<Code>) -> Told {
    let report = PolicyLoader::bundled_only().notes(true).check_text("planted.policy", text);
    let counts =
        |severity: Severity, code: Code| severity != Severity::Note || notes.contains(&code);
    let counted = report.diagnostics.iter().filter(|d| counts(d.severity, d.code));
    counted
        .map(|d| {
            (report.sources.file(d.primary.span.file).line(d.primary.span.start as usize), d.code)
        })
        .collect()
}

/// What the marks of a text say.
fn planted(text: &str) -> Told {
    let marks = text.lines().enumerate().filter_map(|(at, line)| {
        let (_, codes) = line.split_once("# <- ")?;
        Some(codes.split(' ').map(move |code| (at + 1, Code::from_text(code).unwrap())))
    });
    marks.flatten().collect()
}

#[test]
fn every_planted_defect_is_found_and_no_twin_has_one() {
    let cases = cases("planted");
    assert_eq!(cases.len(), 40);
    let mut wrong = Vec::new();
    for (name, text) in cases {
        let (text, twin) = text.split_once("--- twin\n").unwrap();
        let planted = planted(text);
        let codes = planted.iter().map(|(_, code)| *code).collect();
        let (found, made_up) = (told(text, &codes), told(twin, &codes));
        if planted.is_empty() || found != planted || !made_up.is_empty() {
            wrong.push(format!(
                "{name}: planted {planted:?}, found {found:?}, in the twin {made_up:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
