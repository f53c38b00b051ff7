//! What is said and offered about what was probably meant.

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::source::Span;

/// What helps with a syntax error: why or what to do, and changes that would mend it.
#[derive(Default)]
pub(super) struct Hint {
    help: Option<String>,
    fixes: Vec<Fix>,
}

/// A hint that explains.
pub(super) fn help(text: impl Into<String>) -> Hint {
    Hint { help: Some(text.into()), fixes: Vec::new() }
}

/// A hint that speaks for itself: what to write in place of what.
pub(super) fn write(span: Span, text: &str) -> Hint {
    Hint::default().write(span, text)
}

impl Hint {
    /// Offers to write a text in place of another.
    pub(super) fn write(self, span: Span, text: &str) -> Self {
        self.fix(format!("write `{text}`"), span, text)
    }

    pub(super) fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix_all(title, vec![Edit { span, text: text.into() }])
    }

    pub(super) fn fix_all(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), edits, is_guess: false });
        self
    }

    /// Marks the last fix as one that guesses.
    pub(super) fn guess(mut self) -> Self {
        if let Some(fix) = self.fixes.last_mut() {
            fix.is_guess = true;
        }
        self
    }

    /// The report with this hint.
    pub(super) fn add_to(self, report: Diagnostic) -> Diagnostic {
        let report = match self.help {
            Some(help) => report.help(help),
            None => report,
        };
        self.fixes.into_iter().fold(report, |report, fix| {
            let report = report.fix_all(fix.title, fix.edits);
            if fix.is_guess { report.guess() } else { report }
        })
    }
}
