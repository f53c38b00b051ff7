//! What holds of any bytes; run by the fuzzer of `fuzz/`, and by `tests/fuzz.rs` on what is kept.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    dead_code,
    reason = "a target that fails panics, and each fuzzer runs one of them"
)]

use std::sync::LazyLock;

use redress::ast::{Ast, DeclarationKind};
use redress::diagnostic::{Diagnostic, Severity};
use redress::source::{Sources, Span};
use redress::{Policy, PolicyLoader, Report};
use serde_json::{Map, Value as Json};

use super::naive::{Event, Naive, Texts};

/// Reading never panics, and every place lies in its file.
pub fn parse(data: &[u8]) {
    let parsed = redress::parse("fuzz.policy", data);
    for diagnostic in &parsed.diagnostics {
        assert_places(diagnostic, &parsed.sources);
    }
    for declaration in &parsed.ast.declarations {
        assert_place(declaration.span, &parsed.sources);
    }
    for comment in &parsed.ast.comments {
        assert!(parsed.sources.slice(comment.span).starts_with('#'));
    }
    let broken = !parsed.ast.broken.is_empty();
    assert!(!broken || has_errors(&parsed.diagnostics), "a broken piece is reported");
}

/// Checking never panics, says where and why, and gives a policy just where there is no error.
pub fn check(data: &[u8]) {
    let report = checked(data);
    for diagnostic in &report.diagnostics {
        assert_places(diagnostic, &report.sources);
    }
    let shown = report.to_string();
    assert_eq!(shown.is_empty(), report.diagnostics.is_empty());
    if report.policy.is_some() {
        assert!(!has_errors(&report.diagnostics), "{shown}");
    } else if !is_library(data) {
        assert!(has_errors(&report.diagnostics), "refused without a reason");
    }
    assert_eq!(has_errors(&report.diagnostics), report.errors() > 0);
}

/// The layout can be read, is its own layout, and means the same.
pub fn format(data: &[u8]) {
    let parsed = redress::parse("fuzz.policy", data);
    if has_errors(&parsed.diagnostics) {
        return;
    }
    let once = redress::format::format(&parsed.ast, parsed.sources.file(parsed.ast.file));
    let again = redress::parse("fuzz.policy", &once);
    assert!(!has_errors(&again.diagnostics), "{once}");
    assert_eq!(redress::format::format(&again.ast, again.sources.file(again.ast.file)), once);
    assert_eq!(comments(&parsed), comments(&again));
    let (before, after) = (checked(data).policy, checked(once.as_bytes()).policy);
    assert_eq!(before.map(|p| p.fingerprint()), after.map(|p| p.fingerprint()), "{once}");
}

/// A policy and an event, parted by a line `---`: the library decides as the naive reading does.
pub fn decide(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (text, event) = text.rsplit_once("\n---\n").unwrap_or((text, EVENT));
    // A pattern can make the naive reading slow, and files are not looked for.
    let Some(policy) = checked(text.as_bytes()).policy else { return };
    decide_one(&policy, text, EVENT);
    decide_one(&policy, text, event);
}

const EVENT: &str = r#"{"error": "ConnectionError", "module": 3}"#;

fn decide_one(policy: &Policy, text: &str, written: &str) {
    let Ok(event) = policy.event_from_json(written) else { return };
    let Ok(Json::Object(facts)) = serde_json::from_str(written) else { return };
    let facts: Event = facts.into_iter().collect();
    let decision = event.decide();
    let expected = Naive::read("fuzz.policy", text, &Texts::new()).decide(&facts);
    let expected = expected.unwrap_or_else(|| panic!("the policy is not total\n{text}"));
    assert_eq!(decision.rule.as_deref(), expected.rule.as_deref(), "{text}");
    assert_eq!(decision.at, expected.at, "{text}");
    assert_eq!(decision.display, expected.display, "{text}");
    let _ = redress::explain::explain(&event);
    let json = serde_json::to_string(decision).unwrap();
    assert_eq!(
        serde_json::to_string(&serde_json::from_str::<redress::Decision>(&json).unwrap()).unwrap(),
        json
    );
}

/// A line an event: all ways to read it agree, whatever was read before.
pub fn event(data: &[u8]) {
    static POLICY: LazyLock<Policy> = LazyLock::new(|| Policy::parse(ALL_KINDS).unwrap());
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut reader = POLICY.reader();
    for line in text.split('\n') {
        let read = POLICY.event_from_json(line);
        let rule = read.as_ref().map(|event| event.deciding_rule());
        assert_eq!(
            reader.json(line).map(|decided| decided.rule).as_ref(),
            rule.as_ref().map_err(|e| *e),
            "{line}"
        );
        if let Ok(facts) = serde_json::from_str::<Map<String, Json>>(line) {
            let built = POLICY.event().read(&facts).unwrap().build();
            let built = built.map(|event| event.deciding_rule());
            assert_eq!(reader.map(&facts).map(|decided| decided.rule), built, "{line}");
        }
        let cells = line.split(',').map(|cell| cell.split_once('=').unwrap_or((cell, "")));
        let set =
            |builder: redress::EventBuilder<'static>, (name, cell)| builder.set_written(name, cell);
        let built = cells.clone().fold(POLICY.event(), set).build();
        let built = built.map(|event| event.deciding_rule());
        assert_eq!(reader.written(cells).map(|decided| decided.rule), built, "{line}");
    }
}

/// Rules that ask for every kind of fact.
const ALL_KINDS: &str = r#"extends default
enum Colour { red, green aka verde }
fact colour: Colour ?
fact label: text = "none"
fact weight: size = 1kB
when message contains "\"" or message == "é" => store(manual)
when label != "none" => fail
when colour == green or phase == commit => handle
when elapsed > 1m or weight > 1MB => stop
when status in 500..599 or exit_code < 0 or attempt > 3 => store(retry)
"#;

fn checked(data: &[u8]) -> Report {
    PolicyLoader::bundled_only().check_text("fuzz.policy", data)
}

/// Whether the text declares things but no rules, so that there is no policy to give.
fn is_library(data: &[u8]) -> bool {
    let Ast { declarations, .. } = redress::parse("fuzz.policy", data).ast;
    declarations.iter().any(|one| {
        matches!(
            one.kind,
            DeclarationKind::Enum(_)
                | DeclarationKind::Fact(_)
                | DeclarationKind::Let(_)
                | DeclarationKind::Outcome(_)
        )
    })
}

fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
}

fn comments(parsed: &redress::Parsed) -> Vec<&str> {
    parsed
        .ast
        .comments
        .iter()
        .map(|comment| parsed.sources.slice(comment.span).trim_end())
        .collect()
}

fn assert_places(diagnostic: &Diagnostic, sources: &Sources) {
    assert_place(diagnostic.primary.span, sources);
    diagnostic.secondary.iter().for_each(|label| assert_place(label.span, sources));
    for fix in &diagnostic.fixes {
        fix.edits.iter().for_each(|edit| assert_place(edit.span, sources));
        let mut spans: Vec<Span> = fix.edits.iter().map(|edit| edit.span).collect();
        spans.sort_unstable();
        assert!(
            spans.is_sorted_by(|a, b| a.file != b.file || a.end <= b.start),
            "edits overlap: {diagnostic:?}"
        );
    }
    assert!(
        !diagnostic.message.is_empty() && !diagnostic.message.contains(char::is_control),
        "{diagnostic:?}"
    );
}

/// The span lies in its file, between characters.
fn assert_place(span: Span, sources: &Sources) {
    assert!(sources.file(span.file).text().get(span.range()).is_some(), "{span:?}");
}
