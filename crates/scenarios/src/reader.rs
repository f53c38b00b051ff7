//! Reads TOML with the line of everything, and goes on after a problem.

use std::fmt;
use std::ops::Range;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

/// Something that is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong; where a policy does not load, several lines.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

/// Knows the file's lines and what is wrong with it so far.
pub(crate) struct Reader<'i> {
    text: &'i str,
    problems: Vec<Problem>,
}

impl<'i> Reader<'i> {
    pub(crate) fn new(text: &'i str) -> Self {
        Reader { text, problems: Vec::new() }
    }

    /// The file's table; nothing where it is no TOML, for then what follows from that says little.
    pub(crate) fn root(&mut self) -> Option<DeTable<'i>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            self.problem(error.span().unwrap_or_default(), error.message());
        }
        errors.is_empty().then(|| root.into_inner())
    }

    pub(crate) fn problem(&mut self, span: Range<usize>, message: impl Into<String>) {
        let before = self.text.get(..span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        self.problems.push(Problem { line, message: message.into() });
    }

    /// The problems, by their lines.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.line);
        self.problems
    }

    /// Refuses every other key: what nobody reads is a mistake.
    pub(crate) fn allow_only(&mut self, table: &DeTable<'i>, known: &[&str], whose: &str) {
        for key in table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let help = match redress::suggest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{whose} has `{}`", known.join("`, `")),
            };
            self.problem(key.span(), format!("unknown key `{}`, {help}", name.escape_debug()));
        }
    }

    /// A table, if it is there.
    pub(crate) fn table<'a>(
        &mut self,
        table: &'a DeTable<'i>,
        key: &str,
    ) -> Option<&'a DeTable<'i>> {
        let entry = table.get(key)?;
        let inner = entry.get_ref().as_table();
        if inner.is_none() {
            self.problem(entry.span(), format!("`{key}` is no table"));
        }
        inner
    }

    /// A value, if it is there; `expected` says what it has to be.
    pub(crate) fn value<T: DeserializeOwned>(
        &mut self,
        table: &DeTable<'i>,
        key: &str,
        expected: &str,
    ) -> Option<T> {
        let entry: &Spanned<DeValue<'i>> = table.get(key)?;
        let read = T::deserialize(ValueDeserializer::from(entry.clone())).ok();
        if read.is_none() {
            let written = self.text.get(entry.span()).unwrap_or_default();
            let shown = |c: char| if c.is_control() { ' ' } else { c };
            let written: String = written.chars().take(60).map(shown).collect();
            self.problem(entry.span(), format!("`{key}` is `{written}`, expected {expected}"));
        }
        read
    }
}
