//! What changes, for a terminal: the verdict, then a paragraph for each change.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use redress::Rule;
use redress::analyze::{Change, ChangedRegion, RegionFact, Verdict};

use super::super::table::{at_commas, length, wrapped};
use super::super::wording::as_arguments;
use super::{Compared, MOST_RULES, Title};
use crate::failure::Result;
use crate::terminal::{self, Visible};

/// How far what is said of a change stands in.
const INDENT: usize = 4;

/// How far the facts of a region stand in.
const FACTS: usize = 8;

/// What stands before an event.
const EXAMPLE: &str = "example";

/// Writes what changes, for as many columns as the terminal has.
pub fn write(output: &mut dyn Write, compared: &Compared<'_>) -> Result<()> {
    let page = Page { compared, styles: Styles::new(), width: terminal::output_width().into() };
    let (verdict, told) = compared.headline();
    let style = page.styles.verdict(compared.diff.verdict());
    writeln!(output, "{style}{verdict}{style:#}: {told}")?;
    for change in &compared.diff.changes {
        page.change(output, change)?;
    }
    page.vocabulary(output)
}

/// The styles of what stands out; none where there is no colour.
struct Styles {
    has_colour: bool,
}

impl Styles {
    fn new() -> Self {
        Styles { has_colour: terminal::output_has_colour() }
    }

    fn of(&self, style: Style) -> Style {
        if self.has_colour { style } else { Style::new() }
    }

    fn verdict(&self, verdict: Verdict) -> Style {
        let colour = match verdict {
            Verdict::Patch => AnsiColor::Green,
            Verdict::Minor => AnsiColor::Yellow,
            Verdict::Major => AnsiColor::Red,
        };
        self.of(colour.on_default().bold())
    }

    fn bold(&self) -> Style {
        self.of(Style::new().bold())
    }

    fn quiet(&self) -> Style {
        self.of(Style::new().dimmed())
    }
}

struct Page<'a> {
    compared: &'a Compared<'a>,
    styles: Styles,
    width: usize,
}

impl Page<'_> {
    fn change(&self, output: &mut dyn Write, change: &Change) -> Result<()> {
        writeln!(output)?;
        self.title(output, change)?;
        for (rules, regions) in self.compared.by_rules(change) {
            let old = self.compared.old.rules(rules.old);
            self.rules(output, &old, &self.compared.new.rules(rules.new))?;
            for (at, region) in regions.into_iter().enumerate() {
                if at > 0 {
                    writeln!(output)?;
                }
                self.region(output, region)?;
            }
        }
        Ok(())
    }

    /// The two decisions, or what differs in them; broken at the arrow, and at commas, where it is too long.
    fn title(&self, output: &mut dyn Write, change: &Change) -> Result<()> {
        let bold = self.styles.bold();
        let verdict = match change.verdict {
            verdict if verdict == self.compared.diff.verdict() => String::new(),
            verdict => format!("{}: ", verdict.as_str()),
        };
        match self.compared.title(change) {
            Title::Whole { old, new } => {
                let whole = format!("{verdict}{old} → {new}");
                if length(&whole) <= self.width {
                    return Ok(writeln!(output, "{bold}{}{bold:#}", Visible(&whole))?);
                }
                self.broken(output, &format!("{verdict}{old}"))?;
                self.broken(output, &format!("→ {new}"))
            }
            Title::Inside { outcome, details } => {
                writeln!(output, "{bold}{verdict}{}{bold:#}", Visible(&outcome))?;
                details.iter().try_for_each(|detail| self.detail(output, detail))
            }
        }
    }

    fn broken(&self, output: &mut dyn Write, text: &str) -> Result<()> {
        let bold = self.styles.bold();
        let lines = wrapped(&at_commas(text), self.width.saturating_sub(INDENT));
        let gap = format!("{bold:#}\n{:INDENT$}{bold}", "");
        Ok(writeln!(output, "{bold}{}{bold:#}", lines.join(&gap))?)
    }

    /// What differs inside an outcome; broken at the arrow where it is too long.
    fn detail(&self, output: &mut dyn Write, detail: &str) -> Result<()> {
        let bold = self.styles.bold();
        if INDENT + length(detail) <= self.width {
            return Ok(writeln!(output, "{:INDENT$}{bold}{}{bold:#}", "", Visible(detail))?);
        }
        let detail = Visible(detail).to_string();
        let gap = format!("{bold:#}\n{:1$}{bold}→ ", "", INDENT);
        Ok(writeln!(output, "{:INDENT$}{bold}{}{bold:#}", "", detail.replacen(" → ", &gap, 1))?)
    }

    /// `by retryable, default.policy:31 → ledger, refunds.policy:5`
    fn rules(&self, output: &mut dyn Write, old: &[&Rule], new: &[&Rule]) -> Result<()> {
        let quiet = self.styles.quiet();
        let line = match (old, new) {
            ([], []) => return Ok(()),
            ([], rules) | (rules, []) => format!("by {}", places(rules)),
            (old, new) => format!("by {} → {}", places(old), places(new)),
        };
        let line = Visible(&line).to_string();
        let broken = format!("\n{:INDENT$} → ", "");
        let line = match INDENT + length(&line) <= self.width {
            true => line,
            false => line.replacen(" → ", &broken, 1),
        };
        Ok(writeln!(output, "{:INDENT$}{quiet}{line}{quiet:#}", "")?)
    }

    /// The facts that matter, and an event that has them.
    fn region(&self, output: &mut dyn Write, region: &ChangedRegion) -> Result<()> {
        let names = region.facts.iter().map(|fact| length(&fact.name));
        let longest = names.chain([EXAMPLE.len()]).max().unwrap_or(0);
        let room = self.width.saturating_sub(FACTS + longest + 2);
        let gap = format!("\n{:1$}", "", FACTS + longest + 2);
        for RegionFact { name, words, .. } in &region.facts {
            let lines = wrapped(words, room).join(&gap);
            writeln!(output, "{:FACTS$}{name:longest$}  {lines}", "")?;
        }
        if region.facts.is_empty() {
            writeln!(output, "{:FACTS$}any event", "")?;
        }
        let event = as_arguments(region.witness.values());
        let event = match event {
            Some(facts) if facts.is_empty() => NO_FACTS.to_owned(),
            Some(facts) => facts,
            None => region.witness.to_string(),
        };
        let quiet = self.styles.quiet();
        // On one line however long, so that it can be copied.
        Ok(writeln!(
            output,
            "{:FACTS$}{quiet}{EXAMPLE:longest$}{quiet:#}  {}",
            "",
            Visible(&event)
        )?)
    }

    fn vocabulary(&self, output: &mut dyn Write) -> Result<()> {
        let lines = &self.compared.diff.vocabulary;
        if lines.is_empty() {
            return Ok(());
        }
        let bold = self.styles.bold();
        writeln!(output, "\n{bold}vocabulary{bold:#}")?;
        for line in lines {
            writeln!(output, "{:INDENT$}{}", "", Visible(line))?;
        }
        Ok(())
    }
}

/// What is said of an event that gives no fact.
const NO_FACTS: &str = "no facts";

/// `retryable, default.policy:31; review, default.policy:37`
fn places(rules: &[&Rule]) -> String {
    let more = match rules.len().saturating_sub(MOST_RULES) {
        0 => None,
        more => Some(format!("{more} more")),
    };
    let shown = rules.iter().take(MOST_RULES).map(|rule| place(rule)).chain(more);
    shown.collect::<Vec<_>>().join("; ")
}

/// `retryable, default.policy:31`
fn place(rule: &Rule) -> String {
    match rule.name() {
        Some(name) => format!("{name}, {}", rule.at()),
        None => rule.at().to_owned(),
    }
}
