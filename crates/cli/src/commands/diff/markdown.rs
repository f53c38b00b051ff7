//! What changes, as the comment of a pull request.

use std::io::Write;

use redress::Rule;
use redress::analyze::Change;

use super::super::wording::Count;
use super::{Compared, NO_EVENT, Title};
use crate::failure::Result;
use crate::terminal::Visible;

/// So many regions of a change are shown at once; more are folded away.
const MOST_OPEN: usize = 5;

/// Writes the verdict, then a table for each change.
pub fn write(output: &mut dyn Write, compared: &Compared<'_>) -> Result<()> {
    let (verdict, told) = compared.headline();
    let (old, new) = (code(&compared.old.name), code(&compared.new.name));
    writeln!(output, "**{verdict}**: {told} ({old} → {new})")?;
    for change in &compared.diff.changes {
        write_change(output, compared, change)?;
    }
    if !compared.diff.vocabulary.is_empty() {
        writeln!(output, "\n### Vocabulary\n")?;
    }
    for line in &compared.diff.vocabulary {
        writeln!(output, "- {}", Visible(line))?;
    }
    Ok(())
}

fn write_change(output: &mut dyn Write, compared: &Compared<'_>, change: &Change) -> Result<()> {
    let verdict = match change.verdict {
        verdict if verdict == compared.diff.verdict() => String::new(),
        verdict => format!(" ({})", verdict.as_str()),
    };
    match compared.title(change) {
        Title::Whole { old, new } => {
            let decision = |text: &str| if text == NO_EVENT { text.to_owned() } else { code(text) };
            writeln!(output, "\n### {} → {}{verdict}\n", decision(&old), decision(&new))?;
        }
        Title::Inside { outcome, details } => {
            writeln!(output, "\n### {}{verdict}\n", code(&outcome))?;
            for detail in details {
                writeln!(output, "- {}", code(&detail))?;
            }
            writeln!(output)?;
        }
    }
    let is_long = change.regions.len() > MOST_OPEN;
    if is_long {
        let regions = Count(change.regions.len(), "region");
        writeln!(output, "<details><summary>{regions}</summary>\n")?;
    }
    writeln!(output, "| when | by | now by | example |\n| --- | --- | --- | --- |")?;
    for region in &change.regions {
        let when = match region.condition.as_str() {
            "" => "any event".to_owned(),
            condition => cell(condition),
        };
        let (old, new) = (compared.old.rule(region.old_rule), compared.new.rule(region.new_rule));
        let example = cell(&format!("example {}", region.witness));
        writeln!(output, "| {when} | {} | {} | {example} |", place(old), place(new))?;
    }
    if is_long {
        writeln!(output, "\n</details>")?;
    }
    Ok(())
}

fn place(rule: Option<&Rule>) -> String {
    match rule.map(|rule| (rule.name(), cell(rule.at()))) {
        Some((Some(name), at)) => format!("{} {at}", cell(name)),
        Some((None, at)) => at,
        None => "-".to_owned(),
    }
}

/// Code in a table, where a bar would part cells.
fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Text on one line, shown as it is: fenced in more backticks than it has in a row.
fn code(text: &str) -> String {
    let text = Visible(text).to_string().replace(['\n', '\t'], " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    if longest == 0 {
        return format!("`{text}`");
    }
    let fence = "`".repeat(longest + 1);
    format!("{fence} {text} {fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_shown_as_it_is() {
        assert_eq!(code("stop"), "`stop`");
        assert_eq!(code("app == \"a`b\""), "`` app == \"a`b\" ``");
        assert_eq!(cell("a|b"), "`a\\|b`");
    }
}
