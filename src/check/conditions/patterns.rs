//! Tests that look inside a text.

use std::collections::HashMap;
use std::sync::Arc;

use crate::ast::{Constant, Test as WrittenTest, TextTest};
use crate::check::Checker;
use crate::condition::{Accepts, Pattern};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::source::Span;
use crate::vocabulary::{FactId, Type};

/// The patterns compiled so far.
#[derive(Default)]
pub(in crate::check) struct Patterns {
    known: HashMap<(TextTest, String), Arc<Pattern>>,
    /// How many bytes they take up.
    memory: usize,
}

impl<'a> Checker<'a> {
    pub(super) fn text_test(
        &mut self,
        unit: &'a Unit,
        fact: FactId,
        test: &WrittenTest,
        how: TextTest,
        constant: &'a Constant,
    ) -> Option<Accepts> {
        let kind = self.vocabulary.fact(fact).kind;
        if kind != Type::Text {
            let name = self.vocabulary.type_name(kind);
            let message = format!("`{}` is of type `{name}`, not text", test.subject);
            let report = Diagnostic::new(Code::NotText, test.span, message);
            let help =
                format!("`{}` looks inside a text; compare other values with `==`", how.as_str());
            self.report(report.help(help));
            return None;
        }
        let text = self.text(unit, fact, constant)?;
        if how == TextTest::Like && has_foreign_wildcard(&text) {
            self.warn_of_wildcard(constant);
        }
        self.pattern(how, text, constant.span()).map(Accepts::Pattern)
    }

    /// What a name stands for may be used elsewhere, too, so it is not for this place to change.
    fn warn_of_wildcard(&mut self, constant: &Constant) {
        let span = constant.span();
        let message = "`%` stands for itself in `like`";
        let report = Diagnostic::new(Code::ForeignWildcard, span, message)
            .help("any stretch of text is written `*`");
        self.report(match constant {
            Constant::Literal(_) => {
                let written = self.sources.slice(span).replace('%', "*");
                report.fix(format!("write `{written}`"), span, written).guess()
            }
            Constant::Name(_) => report,
        });
    }

    /// A pattern, compiled once however often it is written.
    fn pattern(&mut self, how: TextTest, text: String, span: Span) -> Option<Arc<Pattern>> {
        let key = (how, text);
        if let Some(known) = self.patterns.known.get(&key) {
            return Some(Arc::clone(known));
        }
        if self.patterns.memory > self.limits.pattern_bytes {
            return None;
        }
        let pattern = match Pattern::new(how, &key.1) {
            Ok(pattern) => Arc::new(pattern),
            Err(error) => {
                self.report(bad_pattern(span, &error));
                return None;
            }
        };
        self.patterns.memory += pattern.memory();
        if self.patterns.memory > self.limits.pattern_bytes {
            let message = "the text patterns of the policy are too large together";
            let report = Diagnostic::new(Code::TooLarge, span, message);
            self.report(
                report.help("classes such as `\\w` are large; `(?-u)` keeps them to ASCII"),
            );
            return None;
        }
        self.patterns.known.insert(key, Arc::clone(&pattern));
        Some(pattern)
    }
}

/// Whether a text is probably a pattern of SQL.
fn has_foreign_wildcard(text: &str) -> bool {
    !text.contains('*') && (text.starts_with('%') || text.ends_with('%'))
}

fn bad_pattern(span: Span, error: &regex::Error) -> Diagnostic {
    let text = error.to_string();
    let message = match error {
        regex::Error::CompiledTooBig(_) => "the regular expression is too large".to_owned(),
        _ => {
            let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("not a regular expression: {reason}")
        }
    };
    Diagnostic::new(Code::BadPattern, span, message).help(
        "patterns have the syntax of the `regex` crate; a raw text `r\"…\"` keeps backslashes",
    )
}
