//! Diagnostics as text: for people, for programs, for code scanning, for GitHub.

mod excerpt;
pub mod github;
pub mod human;
pub mod json;
pub mod sarif;

use std::fmt;

use redress::source::{Position, Sources, Span};
use redress::{Diagnostic, Report, Severity};

/// A diagnostic with the files it speaks of.
#[derive(Clone, Copy)]
pub struct Finding<'a> {
    /// What is wrong.
    pub diagnostic: &'a Diagnostic,
    /// The files its places are in.
    pub sources: &'a Sources,
}

impl<'a> Finding<'a> {
    /// All that a report keeps.
    pub fn all(report: &'a Report) -> impl Iterator<Item = Finding<'a>> {
        report.diagnostics.iter().map(|diagnostic| Finding { diagnostic, sources: &report.sources })
    }

    /// The place itself.
    pub fn place(&self) -> Place<'a> {
        self.place_of(self.diagnostic.primary.span)
    }

    /// A place in one of its files.
    pub fn place_of(&self, span: Span) -> Place<'a> {
        let file = self.sources.file(span.file);
        Place {
            file: file.name(),
            bundled: file.is_bundled(),
            start: file.position(span.start as usize),
            end: file.position(span.end as usize),
        }
    }
}

/// A stretch of a file by lines and columns, both from 1; the end is not part of it.
pub struct Place<'a> {
    /// The file's name.
    pub file: &'a str,
    /// Whether the file is part of the library, so that there is none of this name on the disk.
    pub bundled: bool,
    /// The first character.
    pub start: Position,
    /// The character after the last.
    pub end: Position,
}

/// How many problems there are, those included that are too many to be kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// What refuses a policy.
    pub errors: usize,
    /// What is suspicious.
    pub warnings: usize,
    /// What is worth knowing.
    pub notes: usize,
}

impl Counts {
    /// Those of one report.
    pub fn of(report: &Report) -> Self {
        Counts { errors: report.errors(), warnings: report.warnings(), notes: report.notes() }
    }

    /// Together with others.
    pub fn plus(self, other: Counts) -> Self {
        Counts {
            errors: self.errors + other.errors,
            warnings: self.warnings + other.warnings,
            notes: self.notes + other.notes,
        }
    }

    /// With one problem fewer.
    pub fn without(mut self, severity: Severity) -> Self {
        match severity {
            Severity::Error => self.errors = self.errors.saturating_sub(1),
            Severity::Warning => self.warnings = self.warnings.saturating_sub(1),
            Severity::Note => self.notes = self.notes.saturating_sub(1),
        }
        self
    }

    /// With warnings taken for errors.
    pub fn denied(self) -> Self {
        Counts { errors: self.errors + self.warnings, warnings: 0, ..self }
    }

    /// Whether there are none.
    pub fn is_zero(self) -> bool {
        self == Counts::default()
    }
}

/// `2 errors, 1 warning`
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let there = counts.iter().filter(|(number, _)| *number > 0);
        let mut told: Vec<String> = there.map(|&(number, noun)| count(number, noun)).collect();
        if told.is_empty() {
            told.push(count(0, "error"));
        }
        f.write_str(&told.join(", "))
    }
}

/// `1 file`, `2 files`
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
