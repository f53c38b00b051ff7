//! Tables for a person: columns side by side, the last one cut to the width of the terminal.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table as Grid, presets};
use redress_store::Status;

use crate::failure::Result;
use crate::terminal::{self, Visible};

/// A last column that is narrower says too little to be shown.
const NARROWEST: usize = 12;

/// Between two columns.
const GAP: usize = 2;

/// A table whose last column is as wide as there is room.
pub struct Table {
    header: Vec<&'static str>,
    rows: Vec<(Style, Vec<String>)>,
}

impl Table {
    pub fn new(header: &[&'static str]) -> Self {
        Table { header: header.to_vec(), rows: Vec::new() }
    }

    /// One more row.
    pub fn row(&mut self, style: Style, cells: Vec<String>) {
        let on_one_line = |cell: &String| Visible(cell).to_string().replace(['\n', '\t'], " ");
        self.rows.push((style, cells.iter().map(on_one_line).collect()));
    }

    /// Writes it, for as many columns as the terminal has.
    pub fn write(&self, output: &mut dyn Write) -> Result<()> {
        let (columns, width) = self.fitting();
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        grid.set_header(self.header[..columns].iter().map(|name| name.to_string()));
        for (_, cells) in &self.rows {
            let last = columns - 1;
            let cut = |(at, cell): (usize, &String)| match at == last {
                true => cut(cell, width),
                false => cell.clone(),
            };
            grid.add_row(cells[..columns].iter().enumerate().map(cut));
        }
        for column in grid.column_iter_mut() {
            column.set_padding((0, GAP as u16));
        }
        let styles = std::iter::once(Style::new().bold()).chain(self.rows.iter().map(|row| row.0));
        let coloured = terminal::output_has_colour();
        for (line, style) in grid.lines().zip(styles) {
            let style = if coloured { style } else { Style::new() };
            writeln!(output, "{style}{}{style:#}", line.trim_end())?;
        }
        Ok(())
    }

    /// How many columns are shown, and how wide the last one may be.
    fn fitting(&self) -> (usize, usize) {
        let width = usize::from(terminal::output_width());
        let last = self.header.len() - 1;
        let widest = |column: usize| {
            let cells = self.rows.iter().map(|(_, cells)| cells[column].chars().count());
            cells.max().unwrap_or(0).max(self.header[column].chars().count())
        };
        let before: usize = (0..last).map(|column| widest(column) + GAP).sum();
        match width.saturating_sub(before) {
            left if left >= NARROWEST || last == 0 => (last + 1, left),
            _ => (last, usize::MAX),
        }
    }
}

/// A text, or the beginning of it that fits.
fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

/// How a status is shown: what waits for a person stands out.
pub fn style_of(status: Status) -> Style {
    match status {
        Status::Unresolved => AnsiColor::Yellow.on_default(),
        Status::InProgress => AnsiColor::Cyan.on_default(),
        Status::Pending => Style::new(),
        Status::Resolved => Style::new().dimmed(),
    }
}
