//! Reads TOML with the line of everything, and goes on after a problem.
//!
//! ```
//! use redress_toml::Reader;
//!
//! let mut reader = Reader::new("retries = 3\nretention = 7\ncolor = \"red\"");
//! let root = reader.root().unwrap_or_default();
//! reader.allow_only(&root, &["retries", "retention", "colour"], "the file");
//! assert_eq!(reader.expected::<u32>(&root, "retries", "a whole number"), Some(3));
//! assert_eq!(reader.expected::<String>(&root, "retention", "a duration such as `\"10s\"`"), None);
//! let problems: Vec<String> = reader.finish().iter().map(ToString::to_string).collect();
//! assert_eq!(problems, [
//!     "line 2: `retention` is `7`, expected a duration such as `\"10s\"`",
//!     "line 3: unknown key `color`, did you mean `colour`?",
//! ]);
//! ```

use std::fmt;
use std::ops::Range;
use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue, ValueDeserializer};

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1; 0 where the file as a whole is wrong, as one is that is not there.
    pub line: usize,
    /// What is wrong, in one line or, where a policy does not load, several.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => f.write_str(&self.message),
            line => write!(f, "line {line}: {}", self.message),
        }
    }
}

/// The problems of a file, one a line, each as `FILE:LINE: message`, or `FILE: message` where it has no line.
pub fn located(path: &Path, problems: &[Problem]) -> String {
    let line = |Problem { line, message }: &Problem| match line {
        0 => format!("{}: {message}", path.display()),
        line => format!("{}:{line}: {message}", path.display()),
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Of a value that does not fit no more characters are shown.
const SHOWN: usize = 60;

/// A value and the line it stands on.
#[derive(Clone, Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Its line, from 1.
    pub line: usize,
}

impl<T> Located<T> {
    /// A problem with it.
    pub fn problem(&self, message: impl Into<String>) -> Problem {
        Problem { line: self.line, message: message.into() }
    }
}

/// A value of the file as the parser gives it.
pub type Entry<'a, 'i> = &'a Spanned<DeValue<'i>>;

/// Knows the file's lines and what is wrong with it so far.
pub struct Reader<'i> {
    text: &'i str,
    line_breaks: Vec<usize>,
    problems: Vec<Problem>,
}

impl<'i> Reader<'i> {
    /// Reads the text of a file.
    pub fn new(text: &'i str) -> Self {
        let line_breaks = text.match_indices('\n').map(|(at, _)| at).collect();
        Reader { text, line_breaks, problems: Vec::new() }
    }

    /// The file's table; nothing where it is no TOML, for then what follows from that says little.
    pub fn root(&mut self) -> Option<DeTable<'i>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            self.problem(error.span().unwrap_or_default(), error.message());
        }
        errors.is_empty().then(|| root.into_inner())
    }

    /// The line, from 1, at which a stretch of the file begins.
    pub fn line(&self, span: Range<usize>) -> usize {
        self.line_breaks.partition_point(|&at| at < span.start) + 1
    }

    /// Notes a problem with a stretch of the file.
    pub fn problem(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.problem_at(self.line(span), message);
    }

    /// Notes a problem with a line.
    pub fn problem_at(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem { line, message: message.into() });
    }

    /// Reads a part of the file, and gives what is wrong with it apart from what is wrong elsewhere.
    pub fn apart<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> (T, Vec<Problem>) {
        let elsewhere = std::mem::take(&mut self.problems);
        let part = read(self);
        let mut problems = std::mem::replace(&mut self.problems, elsewhere);
        problems.sort_by_key(|problem| problem.line);
        (part, problems)
    }

    /// The problems, by their lines.
    pub fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.line);
        self.problems
    }

    /// Refuses every other key: what nobody reads is a mistake.
    pub fn allow_only(&mut self, table: &DeTable<'i>, known: &[&str], whose: &str) {
        let mut unknown: Vec<&Spanned<DeString<'i>>> =
            table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())).collect();
        unknown.sort_by_key(|key| key.span().start);
        for key in unknown {
            let help = match redress::suggest(key.get_ref(), known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("{whose} has {}", listed(known)),
            };
            self.problem(
                key.span(),
                format!("unknown key `{}`, {help}", key.get_ref().escape_debug()),
            );
        }
    }

    /// A text, if it is there.
    pub fn text(&mut self, table: &DeTable<'i>, key: &str) -> Option<Located<String>> {
        let entry = table.get(key)?;
        match entry.get_ref() {
            DeValue::String(text) => {
                Some(Located { value: text.to_string(), line: self.line(entry.span()) })
            }
            other => {
                let message = format!("`{key}` is {}, expected a text", kind(other));
                self.problem(entry.span(), message);
                None
            }
        }
    }

    /// A text that has to be there; `span` is where its absence is reported.
    pub fn required_text(
        &mut self,
        table: &DeTable<'i>,
        key: &str,
        span: Range<usize>,
        whose: &str,
    ) -> Option<Located<String>> {
        if table.get(key).is_none() {
            self.problem(span, format!("{whose} has no `{key}`"));
        }
        self.text(table, key)
    }

    /// A table, if it is there.
    pub fn table<'a>(&mut self, table: &'a DeTable<'i>, key: &str) -> Option<&'a DeTable<'i>> {
        let entry = table.get(key)?;
        let inner = entry.get_ref().as_table();
        if inner.is_none() {
            self.problem(
                entry.span(),
                format!("`{key}` is {}, expected a table", kind(entry.get_ref())),
            );
        }
        inner
    }

    /// A value of any type; what is wrong with it the type says.
    pub fn value<T: DeserializeOwned>(&mut self, entry: Entry<'_, 'i>) -> Option<Located<T>> {
        match T::deserialize(ValueDeserializer::from(entry.clone())) {
            Ok(value) => Some(Located { value, line: self.line(entry.span()) }),
            Err(error) => {
                self.problem(entry.span(), error.message());
                None
            }
        }
    }

    /// A value, if it is there; `expected` says what it has to be.
    pub fn expected<T: DeserializeOwned>(
        &mut self,
        table: &DeTable<'i>,
        key: &str,
        expected: &str,
    ) -> Option<T> {
        let entry = table.get(key)?;
        let read = T::deserialize(ValueDeserializer::from(entry.clone())).ok();
        if read.is_none() {
            let written = self.text.get(entry.span()).unwrap_or_default();
            let shown = |c: char| if c.is_control() { ' ' } else { c };
            let written: String = written.chars().take(SHOWN).map(shown).collect();
            self.problem(entry.span(), format!("`{key}` is `{written}`, expected {expected}"));
        }
        read
    }
}

/// What a value is, in words.
pub fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// `a`, `b` and `c`, each in backticks.
pub fn listed(names: &[impl AsRef<str>]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// `, did you mean …?`, where one of the candidates is near.
pub fn did_you_mean<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    redress::suggest(name, candidates)
        .map_or_else(String::new, |near| format!(", did you mean `{near}`?"))
}
