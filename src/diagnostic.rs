//! What is wrong or suspicious in a policy, as plain data.
//!
//! A [`Diagnostic`] holds no text formatting: whoever shows it (a terminal, JSON, an editor) turns it
//! into text at the edge. Wording: lower case, no final stop, the author's own text in backticks, the
//! explanation in `help`.

mod silence;

use std::fmt;

use crate::source::{Sources, Span};

pub use crate::code::Code;
pub(crate) use silence::{Silencer, Silencers};

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing, and told only where it is asked for.
    Note,
    /// Suspicious, but it has a meaning.
    Warning,
    /// The policy is refused.
    Error,
}

impl Severity {
    /// `"note"`, `"warning"` or `"error"`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place that helps to understand a diagnostic, with what is to be seen there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be seen there; may be empty.
    pub text: String,
}

/// A replacement of a stretch of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// What takes its place.
    pub text: String,
}

/// A change that mends the problem when a tool applies all its edits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What the change does, as an order: ``write `MaxFileSizeExceededError` ``.
    pub title: String,
    /// The replacements; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether it guesses what the author meant, so that no tool should make it unasked.
    pub is_guess: bool,
}

/// One problem of a policy: what, where, why, and what would mend it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code; its page is `docs/errors/CODE.md`.
    pub code: Code,
    /// Whether the policy is refused.
    pub severity: Severity,
    /// What is wrong, in one line.
    pub message: String,
    /// Where, and what is to be seen there.
    pub primary: Label,
    /// Other places that matter.
    pub secondary: Vec<Label>,
    /// Why it is so, or what to do.
    pub help: Option<String>,
    /// Changes that would mend it, the likeliest first.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A diagnostic with the severity that belongs to its code.
    pub(crate) fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Diagnostic {
            code,
            severity: code.severity(),
            message: presentable(message.into()),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            help: None,
            fixes: Vec::new(),
        }
    }

    /// Says what is to be seen at the place itself.
    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = presentable(text.into());
        self
    }

    /// Adds another place.
    pub(crate) fn also(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: presentable(text.into()) });
        self
    }

    /// Says why, or what to do.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(presentable(text.into()));
        self
    }

    /// Adds a fix of one replacement.
    pub(crate) fn fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix_all(title, vec![Edit { span, text: text.into() }])
    }

    /// Adds a fix of several replacements.
    pub(crate) fn fix_all(mut self, title: impl Into<String>, edits: Vec<Edit>) -> Self {
        if edits.iter().any(|edit| edit.text.len() > LONGEST_FIX) {
            return self;
        }
        let title = presentable(title.into());
        self.fixes.push(Fix { title, edits, is_guess: false });
        self
    }

    /// Marks the last fix as one that guesses what the author meant.
    pub(crate) fn guess(mut self) -> Self {
        if let Some(fix) = self.fixes.last_mut() {
            fix.is_guess = true;
        }
        self
    }

    /// `FILE:LINE:COLUMN: severity[CODE]: message`, the one-line form.
    pub fn one_line<'a>(&'a self, sources: &'a Sources) -> impl fmt::Display + 'a {
        OneLine { diagnostic: self, sources }
    }
}

/// What is quoted from a policy is shown up to so many characters, and a whole message up to so many.
const LONGEST_QUOTE: usize = 1_000;
const LONGEST_MESSAGE: usize = 4_000;

/// A fix that writes more bytes than this helps nobody.
const LONGEST_FIX: usize = 2_000;

/// The text as it is shown, on one line and not too long.
fn presentable(text: String) -> String {
    on_one_line(if text.len() > LONGEST_QUOTE { shortened(&text) } else { text })
}

/// The text with long quotes cut in the middle.
fn shortened(text: &str) -> String {
    let quote = |(at, part): (usize, &str)| {
        if at % 2 == 1 { cut(part, LONGEST_QUOTE) } else { part.to_owned() }
    };
    let parts: Vec<String> = text.split('`').enumerate().map(quote).collect();
    cut(&parts.join("`"), LONGEST_MESSAGE)
}

/// The beginning and the end of a text of more than `longest` characters.
fn cut(text: &str, longest: usize) -> String {
    let count = text.chars().count();
    if count <= longest {
        return text.to_owned();
    }
    let end = longest / 5;
    let beginning: String = text.chars().take(longest - end - 1).collect();
    let rest: String = text.chars().skip(count - end).collect();
    format!("{beginning}…{rest}")
}

/// The text with its control characters written out: a name with a line break in it, or with an order to the
/// terminal, is shown as it would have to be written.
fn on_one_line(text: String) -> String {
    if !text.contains(char::is_control) {
        return text;
    }
    let written =
        |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().map(written).collect()
}

struct OneLine<'a> {
    diagnostic: &'a Diagnostic,
    sources: &'a Sources,
}

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Diagnostic { code, severity, message, primary, .. } = self.diagnostic;
        let file = self.sources.file(primary.span.file);
        let at = file.position(primary.span.start as usize);
        write!(f, "{}:{}:{}: {severity}[{code}]: {message}", file.name(), at.line, at.column)
    }
}

/// Diagnostics of one severity, as many as are kept, and how many there were.
#[derive(Debug, Default)]
struct Collected {
    kept: Vec<Diagnostic>,
    count: usize,
}

impl Collected {
    fn push(&mut self, limit: usize, make: impl FnOnce() -> Diagnostic) {
        self.count += 1;
        if self.kept.len() < limit {
            self.kept.push(make());
        }
    }
}

/// What is reported in the end.
#[derive(Debug)]
pub(crate) struct Finished {
    /// In the order of their places, each once.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How many more there were.
    pub(crate) suppressed: usize,
    /// How many errors there were, kept or not.
    pub(crate) errors: usize,
    /// How many notes there were, kept or not.
    pub(crate) notes: usize,
}

/// Collects diagnostics up to a limit and counts the rest; errors are kept before warnings, these before notes.
#[derive(Debug)]
pub(crate) struct Diagnostics {
    errors: Collected,
    warnings: Collected,
    notes: Collected,
    limit: usize,
    /// What matters less is not told.
    least: Severity,
    silencers: Silencers,
}

impl Diagnostics {
    /// None yet; what matters less than `least` is not told.
    pub(crate) fn new(limit: usize, least: Severity) -> Self {
        Diagnostics {
            errors: Collected::default(),
            warnings: Collected::default(),
            notes: Collected::default(),
            limit,
            least,
            silencers: Silencers::default(),
        }
    }

    /// Whether diagnostics of this severity are told, so that it is worth looking for them.
    pub(crate) fn wants(&self, severity: Severity) -> bool {
        severity >= self.least
    }

    /// Keeps a diagnostic, or counts it when there are too many already.
    ///
    /// It is made only if it is kept: a list of a million misspelt names costs no million suggestions.
    pub(crate) fn push(&mut self, severity: Severity, make: impl FnOnce() -> Diagnostic) {
        if !self.wants(severity) {
            return;
        }
        let collected = match severity {
            Severity::Error => return self.errors.push(self.limit, make),
            Severity::Warning => &mut self.warnings,
            Severity::Note => &mut self.notes,
        };
        if self.silencers.is_empty() {
            return collected.push(self.limit, make);
        }
        let diagnostic = make();
        if !self.silencers.silence(&diagnostic) {
            collected.push(self.limit, || diagnostic);
        }
    }

    /// Counts an error without looking into it, if there are too many already.
    pub(crate) fn count_if_full(&mut self) -> bool {
        let is_full = self.errors.kept.len() >= self.limit;
        self.errors.count += usize::from(is_full);
        is_full
    }

    /// Keeps a diagnostic that is already made.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic) {
        self.push(diagnostic.severity, || diagnostic);
    }

    /// Whether the policy is refused already.
    pub(crate) fn has_errors(&self) -> bool {
        self.errors.count > 0
    }

    /// Silences warnings and notes, those included that are already here.
    pub(crate) fn silence(&mut self, mut silencers: Silencers) {
        for collected in [&mut self.warnings, &mut self.notes] {
            let before = collected.kept.len();
            collected.kept.retain(|diagnostic| !silencers.silence(diagnostic));
            collected.count -= before - collected.kept.len();
        }
        self.silencers = silencers;
    }

    /// What silences diagnostics.
    pub(crate) fn silencers(&self) -> &Silencers {
        &self.silencers
    }

    /// All that is reported.
    pub(crate) fn finish(self) -> Finished {
        let Diagnostics { errors, warnings, notes, limit, .. } = self;
        let all = errors.count + warnings.count + notes.count;
        let kept = errors.kept.into_iter().chain(warnings.kept).chain(notes.kept);
        let mut list: Vec<Diagnostic> = kept.take(limit).collect();
        let suppressed = all - list.len();
        let place = |d: &Diagnostic| (d.primary.span, d.code);
        list.sort_by(|a, b| place(a).cmp(&place(b)).then_with(|| a.message.cmp(&b.message)));
        let count = |list: &[Diagnostic], severity: Severity| {
            list.iter().filter(|diagnostic| diagnostic.severity == severity).count()
        };
        let severities = [Severity::Error, Severity::Note];
        let before = severities.map(|severity| count(&list, severity));
        list.dedup();
        let after = severities.map(|severity| count(&list, severity));
        Finished {
            suppressed,
            errors: errors.count - (before[0] - after[0]),
            notes: notes.count - (before[1] - after[1]),
            diagnostics: list,
        }
    }
}
