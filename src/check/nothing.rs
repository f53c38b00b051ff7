//! `null` and its like, which this language does not have.

use crate::ast::Name;
use crate::diagnostic::Diagnostic;
use crate::source::{Sources, Span};

/// What other languages call a value that is not there.
const WORDS: [&str; 5] = ["null", "nil", "none", "undefined", "missing"];

/// Whether a name that nothing has is one of other languages for no value.
pub(super) fn stands_for_nothing(name: &Name) -> bool {
    !name.quoted && WORDS.contains(&name.text.to_ascii_lowercase().as_str())
}

/// Says how to ask whether a fact is there.
pub(super) fn asked_for_nothing(report: Diagnostic, name: &Name, sources: &Sources) -> Diagnostic {
    let report = report.help("whether a fact is there is asked with `is absent` or `is present`");
    let text = sources.file(name.span.file).text();
    let before = text[..name.span.start as usize].trim_end();
    let tests = [("==", "is absent"), ("!=", "is present"), ("is", "is absent")];
    let Some((sign, test)) = tests.into_iter().find(|(sign, _)| before.ends_with(sign)) else {
        return report;
    };
    let start = (before.len() - sign.len()) as u32;
    report.fix(format!("write `{test}`"), Span { start, ..name.span }, test).guess()
}
