//! What changes, as the comment of a pull request.

use std::io::Write;

use redress::Rule;
use redress::analyze::Change;

use super::super::wording::Count;
use super::{Compared, MOST_RULES, NO_EVENT, Title};
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
        let old = compared.old.rules(&region.old_rules);
        let new = compared.new.rules(&region.new_rules);
        let example = cell(&format!("example {}", region.witness));
        writeln!(output, "| {when} | {} | {} | {example} |", places(&old), places(&new))?;
    }
    if is_long {
        writeln!(output, "\n</details>")?;
    }
    Ok(())
}

fn places(rules: &[&Rule]) -> String {
    let place = |rule: &&Rule| match (rule.name(), cell(rule.at())) {
        (Some(name), at) => format!("{} {at}", cell(name)),
        (None, at) => at,
    };
    let more = rules.len().saturating_sub(MOST_RULES);
    let more = (more > 0).then(|| format!("{more} more"));
    let places: Vec<String> = rules.iter().take(MOST_RULES).map(place).chain(more).collect();
    if places.is_empty() { "-".to_owned() } else { places.join("; ") }
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
