//! Tables for a person: columns side by side, the last one cut to the width of the terminal.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table as Grid, presets};
use redress_store::Status;

use crate::failure::Result;
use crate::terminal::{self, Visible};
use crate::wrapping::wrapped;

/// A last column that is narrower says too little to be shown.
const NARROWEST: usize = 20;

/// Between two columns.
const GAP: usize = 2;

/// A table whose last column is as wide as there is room.
pub struct Table {
    header: Vec<&'static str>,
    rows: Vec<(Style, Vec<String>)>,
    expendable: Vec<&'static str>,
}

impl Table {
    pub fn new(header: &[&'static str]) -> Self {
        Table { header: header.to_vec(), rows: Vec::new(), expendable: Vec::new() }
    }

    /// Columns that are left out, one after the other, where there is no room for the last one.
    pub fn without_if_narrow(mut self, columns: &[&'static str]) -> Self {
        self.expendable = columns.to_vec();
        self
    }

    /// One more row.
    pub fn row(&mut self, style: Style, cells: Vec<String>) {
        let on_one_line = |cell: &String| Visible(cell).to_string().replace(['\n', '\t'], " ");
        self.rows.push((style, cells.iter().map(on_one_line).collect()));
    }

    /// Writes it, for as many columns as the terminal has.
    pub fn write(mut self, output: &mut dyn Write) -> Result<()> {
        let width = self.make_fit(usize::from(terminal::output_width()));
        let last = self.header.len() - 1;
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        grid.set_header(&self.header);
        for (_, cells) in &mut self.rows {
            cells[last] = cut(&cells[last], width);
            grid.add_row(&*cells);
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

    /// Leaves out what there is no room for. Answers how wide the last column may be.
    fn make_fit(&mut self, width: usize) -> usize {
        for column in std::mem::take(&mut self.expendable) {
            if self.room(width) < NARROWEST {
                self.leave_out(self.header.iter().position(|name| *name == column));
            }
        }
        if self.room(width) < NARROWEST && self.header.len() > 1 {
            self.leave_out(Some(self.header.len() - 1));
            return usize::MAX;
        }
        self.room(width)
    }

    fn leave_out(&mut self, column: Option<usize>) {
        let Some(column) = column else { return };
        self.header.remove(column);
        for (_, cells) in &mut self.rows {
            cells.remove(column);
        }
    }

    /// What the other columns leave for the last one.
    fn room(&self, width: usize) -> usize {
        let widest = |column: usize| {
            let cells = self.rows.iter().map(|(_, cells)| cells[column].chars().count());
            cells.max().unwrap_or(0).max(self.header[column].chars().count())
        };
        let before: usize = (0..self.header.len() - 1).map(|column| widest(column) + GAP).sum();
        width.saturating_sub(before)
    }
}

/// Names with what is said of them, wrapped at words on a terminal.
#[derive(Default)]
pub struct Facts(Vec<[String; 2]>);

impl Facts {
    /// One more, where there is something to say.
    pub fn add(&mut self, name: &str, said: &str) {
        if !said.is_empty() {
            self.0.push([name.to_owned(), Visible(said).to_string()]);
        }
    }

    /// Writes them, standing in a little.
    pub fn write(self, output: &mut dyn Write) -> Result<()> {
        let names = self.0.iter().map(|[name, _]| name.chars().count()).max().unwrap_or(0);
        let (gap, others) = (" ".repeat(GAP), " ".repeat(names + 2 * GAP));
        for [name, said] in self.0 {
            writeln!(output, "{}", wrapped(&said, &format!("{gap}{name:names$}{gap}"), &others))?;
        }
        Ok(())
    }
}

/// A text, or the beginning of it that fits.
pub fn cut(text: &str, width: usize) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["NAME", "AGE", "WHY"]).without_if_narrow(&["AGE"]);
        table.row(Style::new(), vec!["refunds/1".into(), "3h ago".into(), "x\u{1b}y\nz".repeat(9)]);
        table
    }

    #[test]
    fn what_does_not_fit_is_cut_or_left_out() {
        for (width, header, room) in [
            (80, &["NAME", "AGE", "WHY"][..], 61),
            (39, &["NAME", "AGE", "WHY"], 20),
            (38, &["NAME", "WHY"], 27),
            (20, &["NAME"], usize::MAX),
        ] {
            let mut table = table();
            assert_eq!((table.make_fit(width), table.header.as_slice()), (room, header), "{width}");
        }
        assert_eq!(cut("ärgerlich", 9), "ärgerlich");
        assert_eq!(cut("ärgerlich", 4), "ärg…");
        assert!(!table().rows[0].1[2].contains(['\n', '\u{1b}']));
    }
}
