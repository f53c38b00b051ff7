//! Diagnostics as SARIF 2.1.0, the exchange format of code scanning.

use std::collections::BTreeSet;
use std::fmt::Write;

use redress::diagnostic::{Edit, Fix, Label};
use redress::source::{Source, Span};
use redress::{Code, Severity};
use serde_json::{Value, json};

use super::Finding;

/// The log of one run, over several lines.
pub fn log(findings: &[Finding<'_>]) -> String {
    let codes: BTreeSet<Code> = findings.iter().map(|finding| finding.diagnostic.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let rules: Vec<Value> = codes.iter().map(|code| rule(*code)).collect();
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &codes)).collect();
    let driver = json!({
        "name": "redress",
        "version": env!("CARGO_PKG_VERSION"),
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": rules,
    });
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": driver }, "columnKind": "unicodeCodePoints", "results": results }],
    });
    format!("{log:#}")
}

fn rule(code: Code) -> Value {
    let page = format!("docs/errors/{code}.md");
    json!({
        "id": code.as_str(),
        "name": format!("{code:?}"),
        "shortDescription": { "text": code.title() },
        "help": { "text": format!("see {page}"), "markdown": format!("See [`{code}`]({page}).") },
        "defaultConfiguration": { "level": code.severity().as_str() },
    })
}

fn result(finding: &Finding<'_>, codes: &[Code]) -> Value {
    let diagnostic = finding.diagnostic;
    let message = match &diagnostic.help {
        Some(help) => format!("{}\n{help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut result = json!({
        "ruleId": diagnostic.code.as_str(),
        "ruleIndex": codes.binary_search(&diagnostic.code).unwrap_or_default(),
        "level": level,
        "message": { "text": message },
        "locations": [location(finding, &diagnostic.primary)],
    });
    if !diagnostic.secondary.is_empty() {
        let related = diagnostic.secondary.iter().enumerate().map(|(at, label)| {
            let mut related = location(finding, label);
            related["id"] = json!(at + 1);
            related
        });
        result["relatedLocations"] = related.collect();
    }
    if !diagnostic.fixes.is_empty() {
        result["fixes"] = diagnostic.fixes.iter().map(|fix| written_fix(finding, fix)).collect();
    }
    result
}

fn location(finding: &Finding<'_>, label: &Label) -> Value {
    let file = finding.sources.file(label.span.file);
    let mut location = json!({
        "physicalLocation": { "artifactLocation": { "uri": uri(file) }, "region": region(finding, label.span) },
    });
    if !label.text.is_empty() {
        location["message"] = json!({ "text": label.text });
    }
    location
}

fn region(finding: &Finding<'_>, span: Span) -> Value {
    let place = finding.place_of(span);
    json!({
        "startLine": place.start.line,
        "startColumn": place.start.column,
        "endLine": place.end.line,
        "endColumn": place.end.column,
        "byteOffset": span.start,
        "byteLength": span.end.saturating_sub(span.start),
    })
}

fn written_fix(finding: &Finding<'_>, fix: &Fix) -> Value {
    let mut files: Vec<_> = fix.edits.iter().map(|edit| edit.span.file).collect();
    files.dedup();
    let changes = files.iter().map(|file| {
        let edits = fix.edits.iter().filter(|edit| edit.span.file == *file);
        json!({
            "artifactLocation": { "uri": uri(finding.sources.file(*file)) },
            "replacements": edits.map(|edit| replacement(finding, edit)).collect::<Vec<_>>(),
        })
    });
    json!({ "description": { "text": fix.title }, "artifactChanges": changes.collect::<Vec<_>>() })
}

fn replacement(finding: &Finding<'_>, edit: &Edit) -> Value {
    json!({ "deletedRegion": region(finding, edit.span), "insertedContent": { "text": edit.text } })
}

/// A path as a relative reference; an absolute one becomes a `file:` address. What is part of the library has
/// a scheme of its own, so that nobody looks for it on the disk.
fn uri(file: &Source) -> String {
    let path = file.name();
    let scheme = match file.is_bundled() {
        true => "redress:",
        false if path.starts_with('/') => "file://",
        false => "",
    };
    let mut uri = scheme.to_owned();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(byte as char)
            }
            b'\\' if cfg!(windows) => uri.push('/'),
            // Writing to a string does not fail.
            _ => _ = write!(uri, "%{byte:02X}"),
        }
    }
    uri
}
