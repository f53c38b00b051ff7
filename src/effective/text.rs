//! The effective policy as text: a policy of its own, in the one layout.

use std::fmt::{self, Write};

use super::{Effective, EffectiveRule, Part};
use crate::format::format;
use crate::parse::parse;

/// A policy that loads, with the place of each piece in the comment above it.
impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        self.head(&mut text)?;
        self.given(&mut text)?;
        for part in self.parts.iter().chain(&self.changes) {
            writeln!(
                text,
                "\n{}{}",
                comment(&part.place(), part.documentation.as_deref()),
                part.text
            )?;
        }
        for rule in &self.rules {
            writeln!(
                text,
                "\n{}{}",
                comment(&rule.place(), rule.documentation.as_deref()),
                rule.text
            )?;
        }
        for (at, disabled) in self.disabled.iter().enumerate() {
            let gap = if at == 0 { "\n" } else { "" };
            writeln!(
                text,
                "{gap}# {} ({}) is disabled by {}",
                disabled.rule, disabled.at, disabled.by
            )?;
        }
        f.write_str(&laid_out(&text))
    }
}

impl Effective {
    fn head(&self, text: &mut String) -> fmt::Result {
        writeln!(text, "# The effective policy of {}.", self.files.join(", extending "))?;
        writeln!(text, "# {}", self.fingerprint)?;
        writeln!(text, "policy 1")?;
        if let Some(file) = &self.vocabulary {
            writeln!(text, "vocabulary {}", crate::analyze::written::quoted(file))?;
        }
        if !self.packs.is_empty() {
            writeln!(text, "use {}", self.packs.join(", "))?;
        }
        Ok(())
    }

    /// What is declared elsewhere, as comments.
    fn given(&self, text: &mut String) -> fmt::Result {
        if self.given.is_empty() {
            return Ok(());
        }
        writeln!(text, "\n# Given by the vocabulary and the packs:")?;
        for part in &self.given {
            let declared = laid_out_part(part);
            let mut lines = declared.lines();
            writeln!(text, "#   {}  # {}", lines.next().unwrap_or_default(), part.place())?;
            lines.try_for_each(|line| writeln!(text, "#   {line}"))?;
        }
        Ok(())
    }
}

impl Part {
    /// Where it is declared and changed.
    fn place(&self) -> String {
        match &self.changed[..] {
            [] => self.at.clone(),
            changed => format!("{}, changed by {}", self.at, changed.join(" and ")),
        }
    }
}

impl EffectiveRule {
    /// Where it is declared, and what it replaces.
    fn place(&self) -> String {
        match &self.replaces[..] {
            [] => self.at.clone(),
            replaced => format!("{}, replaces {}", self.at, replaced.join(" and ")),
        }
    }
}

/// The place, and the documentation as comment lines; the blank line keeps the place from being part of it.
fn comment(place: &str, documentation: Option<&str>) -> String {
    let line = |line: &str| format!("# {line}").trim_end().to_owned() + "\n";
    let documentation: String = documentation.into_iter().flat_map(str::lines).map(line).collect();
    format!("{}\n{documentation}", line(&format!("From {place}:")))
}

/// Text in the one layout.
fn laid_out(text: &str) -> String {
    let parsed = parse("effective.policy", text.replace('\r', ""));
    format(&parsed.ast, parsed.sources.file(parsed.ast.file))
}

/// A declaration of the vocabulary or a pack; one that only a change may name, a pack's set, as it is.
fn laid_out_part(part: &Part) -> String {
    match part.text.strip_prefix(&format!("let {} = ", part.name)) {
        Some(value) if part.name.contains('.') => {
            let stand_in = part.name.replace('.', "_");
            laid_out(&format!("let {stand_in} = {value}")).replacen(&stand_in, &part.name, 1)
        }
        _ => laid_out(&part.text),
    }
}
