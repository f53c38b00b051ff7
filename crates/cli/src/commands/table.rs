//! `redress table`: the behaviour of a policy as a decision table.

mod text;

use std::io::Write;

use redress::analyze::{self, Table};
use redress::{Fingerprint, Labels, Outcome, Policy, Rule};
use serde::Serialize;

use crate::arguments::{Format, Table as Arguments, TableFormat};
use crate::commands::wording::in_html;
use crate::failure::{Failure, Result, Status};
use crate::terminal::Visible;
use crate::{policies, terminal};

pub use text::{at_commas, length, wrapped};

/// What stands for any value where an empty cell could be taken for a missing one.
const ANY: &str = "-";

/// A table as people read it: what all formats but JSON show.
struct Grid {
    /// The facts, the decision and the rule.
    header: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    /// A fact's values in the pieces that commas part; empty where any value will do.
    cells: Vec<Vec<String>>,
    decision: String,
    rule: String,
}

impl Row {
    /// Every cell as one text; `any` stands where any value will do.
    fn texts(&self, any: &str) -> Vec<String> {
        let cell = |pieces: &Vec<String>| match pieces.is_empty() {
            true => any.to_owned(),
            false => pieces.join(", "),
        };
        let facts = self.cells.iter().map(cell);
        facts.chain([self.decision.clone(), self.rule.clone()]).collect()
    }
}

/// Writes the table.
pub fn run(arguments: &Arguments) -> Result {
    let format = if arguments.format == TableFormat::Json { Format::Json } else { Format::Human };
    let policy = policies::load(&arguments.file, format)?;
    let table = policy.table().map_err(|_| {
        Failure::fails(format_args!(
            "`{}` makes no table: it has more than 10,000 rows, or is too complex to be worked out",
            main_file(&policy)
        ))
    })?;
    let mut output = terminal::output();
    match arguments.format {
        TableFormat::Text => text::write(&mut output, &grid(&policy, &table))?,
        TableFormat::Markdown => write_markdown(&mut output, &grid(&policy, &table))?,
        TableFormat::Html => write_html(&mut output, &policy, &grid(&policy, &table))?,
        TableFormat::Csv => write_csv(&mut output, &grid(&policy, &table))?,
        TableFormat::Json => write_json(&mut output, &policy, &table)?,
    }
    output.flush()?;
    Ok(Status::Done)
}

fn main_file(policy: &Policy) -> &str {
    policy.sources().iter().next().map_or("policy", |(_, source)| source.name())
}

/// The rows with their decisions and rules.
fn grid(policy: &Policy, table: &Table) -> Grid {
    let header =
        table.facts.iter().cloned().chain(["decision".to_owned(), "rule".to_owned()]).collect();
    let row = |row: &analyze::Row| {
        let rule = &policy.rules()[row.rule];
        Row { cells: row.readable.clone(), decision: decision(rule), rule: rule.title().to_owned() }
    };
    Grid { header, rows: table.rows.iter().map(row).collect() }
}

/// The outcome and the labels, as a rule writes them.
fn decision(rule: &Rule) -> String {
    let labels = rule.labels().iter().map(|(name, label)| format!("{name}: {label}"));
    let labels: Vec<String> = labels.collect();
    match labels.is_empty() {
        true => rule.outcome().to_string(),
        false => format!("{} with {}", rule.outcome(), labels.join(", ")),
    }
}

fn write_markdown(output: &mut dyn Write, grid: &Grid) -> Result<()> {
    let line = |cells: &[String]| {
        let cells = cells.iter().map(|cell| Visible(cell).to_string());
        let cells: Vec<String> = cells.map(|cell| markdown_cell(&cell)).collect();
        format!("| {} |", cells.join(" | "))
    };
    writeln!(output, "{}", line(&grid.header))?;
    writeln!(output, "|{}", " --- |".repeat(grid.header.len()))?;
    for row in &grid.rows {
        writeln!(output, "{}", line(&row.texts(ANY)))?;
    }
    Ok(())
}

/// Text that Markdown shows as it is.
fn markdown_cell(text: &str) -> String {
    let mut cell = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' => cell.push(' '),
            '\\' | '|' | '*' | '_' | '`' | '[' | ']' | '<' | '>' | '~' | '&' => {
                cell.extend(['\\', character])
            }
            _ => cell.push(character),
        }
    }
    cell
}

fn write_csv(output: &mut dyn Write, grid: &Grid) -> Result<()> {
    let mut writer = csv::Writer::from_writer(output);
    let rows = grid.rows.iter().map(|row| row.texts(""));
    for row in std::iter::once(grid.header.clone()).chain(rows) {
        writer.write_record(row).map_err(std::io::Error::from)?;
    }
    Ok(writer.flush()?)
}

/// A page that needs nothing else.
fn write_html(output: &mut dyn Write, policy: &Policy, grid: &Grid) -> Result<()> {
    let name = in_html(main_file(policy));
    let row = |cells: &[String], tag: &str| {
        let cells: String =
            cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", in_html(cell))).collect();
        format!("<tr>{cells}</tr>")
    };
    write!(output, "{HTML_HEAD}<title>{name}</title>\n{HTML_STYLE}</head>\n<body>\n<table>\n")?;
    writeln!(output, "<caption>The behaviour of {name} ({})</caption>", policy.fingerprint())?;
    writeln!(output, "<thead>{}</thead>\n<tbody>", row(&grid.header, "th"))?;
    for cells in &grid.rows {
        writeln!(output, "{}", row(&cells.texts(ANY), "td"))?;
    }
    Ok(write!(output, "</tbody>\n</table>\n</body>\n</html>\n")?)
}

const HTML_HEAD: &str = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n";
const HTML_STYLE: &str = "<style>
body { font-family: sans-serif; margin: 2em }
table { border-collapse: collapse }
caption { text-align: left; padding-bottom: 1em }
th, td { border: 1px solid #999; padding: 0.3em 0.6em; text-align: left; vertical-align: top }
tbody tr:nth-child(even) { background: #f4f4f4 }
</style>
";

#[derive(Serialize)]
struct WrittenTable<'a> {
    policy: Fingerprint,
    facts: &'a [String],
    rows: Vec<WrittenRow<'a>>,
}

#[derive(Serialize)]
struct WrittenRow<'a> {
    cells: &'a [String],
    outcome: &'a Outcome,
    display: String,
    labels: &'a Labels,
    rule: Option<&'a str>,
    at: &'a str,
}

fn write_json<'a>(output: &mut dyn Write, policy: &'a Policy, table: &'a Table) -> Result<()> {
    let written_row = |row: &'a analyze::Row| {
        let rule = &policy.rules()[row.rule];
        let (outcome, display) = (rule.outcome(), rule.outcome().display());
        let (labels, name, at) = (rule.labels(), rule.name(), rule.at());
        WrittenRow { cells: &row.cells, outcome, display, labels, rule: name, at }
    };
    let rows = table.rows.iter().map(written_row).collect();
    let written = WrittenTable { policy: policy.fingerprint(), facts: &table.facts, rows };
    serde_json::to_writer(&mut *output, &written).map_err(std::io::Error::from)?;
    Ok(writeln!(output)?)
}
