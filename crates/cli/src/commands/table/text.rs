//! The table for a terminal: a grid where it fits, otherwise a paragraph for each row.
//!
//! Values are parted at their commas only, so that no name is ever torn.

use std::io::Write;

use anstyle::Style;
use comfy_table::{ContentArrangement, Table, presets};

use super::{ANY, Grid, Row};
use crate::failure::Result;
use crate::terminal::{self, Visible};
use crate::wrapping::{padded, width_of};

/// What a column takes beside its content: a line and a space on either side.
const BORDER: usize = 3;

/// How far the facts of a paragraph stand in.
const INDENT: usize = 4;

/// Writes the table for as many columns as the terminal has.
pub fn write(output: &mut dyn Write, grid: &Grid) -> Result<()> {
    let width = usize::from(terminal::output_width());
    match widths(grid, width) {
        Some(widths) => write_grid(output, grid, &widths),
        None => write_paragraphs(output, grid, width),
    }
}

/// The widths of the columns; nothing where they do not fit without tearing a value.
fn widths(grid: &Grid, width: usize) -> Option<Vec<usize>> {
    let cells: Vec<Vec<Vec<String>>> = grid.rows.iter().map(columns).collect();
    let most = |column: usize, of: fn(&[String]) -> usize| {
        let cells = cells.iter().map(|row| of(&row[column]));
        cells.max().unwrap_or(0).max(length(&grid.header[column]))
    };
    let columns = 0..grid.header.len();
    let least: Vec<usize> = columns.clone().map(|column| most(column, longest_piece)).collect();
    let mut widths: Vec<usize> = columns.map(|column| most(column, whole)).collect();
    let room = width.checked_sub(BORDER * widths.len() + 1)?;
    while widths.iter().sum::<usize>() > room {
        let can_shrink = |column: &usize| widths[*column] > least[*column];
        let widest = (0..widths.len()).filter(can_shrink).max_by_key(|&column| widths[column])?;
        widths[widest] -= 1;
    }
    Some(widths)
}

/// The cells of a row with its decision and its rule.
fn columns(row: &Row) -> Vec<Vec<String>> {
    let cell =
        |cell: &Vec<String>| if cell.is_empty() { vec![ANY.to_owned()] } else { cell.clone() };
    let facts = row.cells.iter().map(cell);
    facts.chain([at_commas(&row.decision), vec![row.rule.clone()]]).collect()
}

fn longest_piece(pieces: &[String]) -> usize {
    let last = pieces.len().saturating_sub(1);
    let piece = |(at, piece): (usize, &String)| length(piece) + usize::from(at < last);
    pieces.iter().enumerate().map(piece).max().unwrap_or(0)
}

fn whole(pieces: &[String]) -> usize {
    length(&pieces.join(", "))
}

/// How many columns a text takes.
pub fn length(text: &str) -> usize {
    width_of(&Visible(text).to_string())
}

fn write_grid(output: &mut dyn Write, grid: &Grid, widths: &[usize]) -> Result<()> {
    let mut table = Table::new();
    table.load_style(presets::ASCII_FULL).set_header(&grid.header);
    table.set_content_arrangement(ContentArrangement::Disabled);
    let cells = |row: &Row| {
        let cells = columns(row).into_iter().zip(widths);
        cells.map(|(pieces, &width)| wrapped(&pieces, width).join("\n")).collect::<Vec<_>>()
    };
    table.add_rows(grid.rows.iter().map(cells));
    Ok(writeln!(output, "{}", table.trim_fmt())?)
}

fn write_paragraphs(output: &mut dyn Write, grid: &Grid, width: usize) -> Result<()> {
    let bold = if terminal::output_has_colour() { Style::new().bold() } else { Style::new() };
    let names = grid.header.iter().take(grid.header.len().saturating_sub(2));
    let longest = names.clone().map(|name| length(name)).max().unwrap_or(0);
    for (number, row) in grid.rows.iter().enumerate() {
        if number > 0 {
            writeln!(output)?;
        }
        writeln!(output, "{bold}{}{bold:#}  {}", Visible(&row.decision), Visible(&row.rule))?;
        let asked = names.clone().zip(&row.cells).filter(|(_, cell)| !cell.is_empty());
        let room = width.saturating_sub(INDENT + longest + 2);
        for (name, cell) in asked {
            let lines = wrapped(cell, room);
            let gap = format!("\n{:1$}", "", INDENT + longest + 2);
            let name = padded(name, longest);
            writeln!(output, "{:INDENT$}{name}  {}", "", lines.join(&gap))?;
        }
        if row.cells.iter().all(Vec::is_empty) {
            writeln!(output, "{:INDENT$}any event", "")?;
        }
    }
    Ok(())
}

/// Lines of at most so many columns, broken behind commas; a piece that is longer has a line of its own.
pub fn wrapped(pieces: &[String], width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        let comma = if at + 1 < pieces.len() { "," } else { "" };
        let piece = format!("{}{comma}", Visible(piece));
        match lines.last_mut() {
            Some(line) if length(line) + 1 + length(&piece) <= width => {
                line.push(' ');
                line.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}

/// The pieces that commas part, but for commas in quoted text.
pub fn at_commas(text: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut in_quotes, mut escaped) = (false, false);
    for part in text.split_inclusive(", ") {
        for character in part.chars() {
            in_quotes ^= character == '"' && !escaped;
            escaped = character == '\\' && !escaped;
        }
        let Some(piece) = pieces.last_mut() else { continue };
        match part.strip_suffix(", ").filter(|_| !in_quotes) {
            Some(part) => {
                piece.push_str(part);
                pieces.push(String::new());
            }
            None => piece.push_str(part),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_in_quotes_part_nothing() {
        assert_eq!(at_commas("stop"), ["stop"]);
        assert_eq!(
            at_commas(r#"resume(with: "a, \", b", after: [1m, 2m])"#),
            [r#"resume(with: "a, \", b""#, "after: [1m", "2m])"]
        );
    }

    #[test]
    fn no_piece_is_torn() {
        let pieces = ["one", "two", "much longer than a line", "three"].map(str::to_owned);
        assert_eq!(wrapped(&pieces, 9), ["one, two,", "much longer than a line,", "three"]);
    }

    #[test]
    fn columns_shrink_from_the_widest_until_they_fit() {
        let cells = vec![vec!["aaaa".to_owned(), "bb".to_owned()], vec!["c".to_owned()]];
        let row = Row { cells, decision: "stop".to_owned(), rule: "r".to_owned() };
        let header = ["one", "two", "decision", "rule"].map(str::to_owned).to_vec();
        let grid = Grid { header, rows: vec![row] };
        assert_eq!(widths(&grid, 100), Some(vec![8, 3, 8, 4]));
        assert_eq!(widths(&grid, 33), Some(vec![5, 3, 8, 4]));
        assert_eq!(widths(&grid, 32), None);
    }
}
