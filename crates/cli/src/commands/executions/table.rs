//! Tables for a person: columns side by side, the last one cut to the width of the terminal.

use std::io::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table as Grid, presets};
use redress_store::Status;

use crate::failure::Result;
use crate::terminal::{self, Visible};
use crate::wrapping::wrapped;

/// A last column that is narrower, and has more to say, stands below.
const NARROWEST: usize = 20;

/// Between two columns.
const GAP: usize = 2;

/// A table whose last column, which is the answer, is as wide as there is room.
pub struct Table {
    header: Vec<&'static str>,
    rows: Vec<(Style, Vec<String>)>,
    expendable: Vec<&'static str>,
    is_whole: bool,
}

impl Table {
    pub fn new(header: &[&'static str]) -> Self {
        let header = header.to_vec();
        Table { header, rows: Vec::new(), expendable: Vec::new(), is_whole: false }
    }

    /// Columns that are left out, one after the other, where there is no room for the last one.
    pub fn without_if_narrow(mut self, columns: &[&'static str]) -> Self {
        self.expendable = columns.to_vec();
        self
    }

    /// The last column is wrapped where others are cut: nothing of it is to be missed.
    pub fn with_whole_last(mut self) -> Self {
        self.is_whole = true;
        self
    }

    /// One more row.
    pub fn row(&mut self, style: Style, cells: Vec<String>) {
        let on_one_line = |cell: &String| Visible(cell).to_string().replace(['\n', '\t'], " ");
        self.rows.push((style, cells.iter().map(on_one_line).collect()));
    }

    /// Writes it, for as many columns as the terminal has.
    pub fn write(self, output: &mut dyn Write) -> Result<()> {
        let coloured = terminal::output_has_colour();
        for (style, line) in self.lines(usize::from(terminal::output_width())) {
            let style = if coloured { style } else { Style::new() };
            writeln!(output, "{style}{line}{style:#}")?;
        }
        Ok(())
    }

    /// Its lines in so many columns. Where the last column has no room beside the others, it stands below them.
    fn lines(mut self, width: usize) -> Vec<(Style, String)> {
        self.leave_out_expendable(width);
        let below = self.room(width) < self.needed();
        let room = if below { width.saturating_sub(GAP) } else { self.room(width) }.max(1);
        let last = self.header.len() - 1;
        let answers = self.rows.iter().map(|(_, cells)| self.fit(&cells[last], room)).collect();
        if below { self.lines_with_below(answers) } else { self.lines_with_beside(answers) }
    }

    fn lines_with_beside(mut self, answers: Vec<Vec<String>>) -> Vec<(Style, String)> {
        let mut styles = vec![Style::new().bold()];
        for ((style, cells), answer) in self.rows.iter_mut().zip(answers) {
            styles.extend(vec![*style; answer.len().max(1)]);
            if let Some(last) = cells.last_mut() {
                *last = answer.join("\n");
            }
        }
        styles.into_iter().zip(self.grid()).collect()
    }

    fn lines_with_below(mut self, answers: Vec<Vec<String>>) -> Vec<(Style, String)> {
        self.header.pop();
        for (_, cells) in &mut self.rows {
            cells.pop();
        }
        let mut grid = self.grid().into_iter();
        let header = grid.next().map(|line| (Style::new().bold(), line));
        let mut lines: Vec<_> = header.into_iter().collect();
        for (((style, _), line), answer) in self.rows.iter().zip(grid).zip(answers) {
            let answer = answer.iter().filter(|line| !line.is_empty());
            let answer = answer.map(|line| format!("{}{line}", " ".repeat(GAP)));
            lines.extend(std::iter::once(line).chain(answer).map(|line| (*style, line)));
        }
        lines
    }

    /// Its columns side by side, line by line.
    fn grid(&self) -> Vec<String> {
        let mut grid = Grid::new();
        grid.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
        grid.set_header(&self.header);
        for (_, cells) in &self.rows {
            grid.add_row(cells);
        }
        for column in grid.column_iter_mut() {
            column.set_padding((0, GAP as u16));
        }
        grid.lines().map(|line| line.trim_end().to_owned()).collect()
    }

    /// A text in the last column.
    fn fit(&self, text: &str, room: usize) -> Vec<String> {
        match self.is_whole {
            true => textwrap::wrap(text, room).into_iter().map(String::from).collect(),
            false => vec![cut(text, room)],
        }
    }

    fn leave_out_expendable(&mut self, width: usize) {
        for column in std::mem::take(&mut self.expendable) {
            if self.room(width) < self.needed() {
                self.leave_out(self.header.iter().position(|name| *name == column));
            }
        }
    }

    /// So much room the last column has to have: what it says, or the beginning of it.
    fn needed(&self) -> usize {
        self.widest(self.header.len() - 1).min(NARROWEST)
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
        let others = 0..self.header.len() - 1;
        let before: usize = others.map(|column| self.widest(column) + GAP).sum();
        width.saturating_sub(before)
    }

    fn widest(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|(_, cells)| cells[column].chars().count());
        cells.max().unwrap_or(0).max(self.header[column].chars().count())
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
        table.row(
            Style::new(),
            vec!["refunds/1".into(), "3h ago".into(), "no\troute to host".repeat(3)],
        );
        table.row(Style::new(), vec!["refunds/2".into(), "now".into(), String::new()]);
        table
    }

    fn shown(table: Table, width: usize) -> String {
        let lines = table.lines(width).into_iter().map(|(_, line)| line);
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_answer_is_cut_and_other_columns_give_way_to_it() {
        for (width, expected) in [
            (
                80,
                "NAME       AGE     WHY\nrefunds/1  3h ago  no route to hostno route to hostno route to host\nrefunds/2  now",
            ),
            (39, "NAME       AGE     WHY\nrefunds/1  3h ago  no route to hostno …\nrefunds/2  now"),
            (38, "NAME       WHY\nrefunds/1  no route to hostno route t…\nrefunds/2"),
            (30, "NAME\nrefunds/1\n  no route to hostno route to…\nrefunds/2"),
            (3, "NAME\nrefunds/1\n  …\nrefunds/2"),
        ] {
            assert_eq!(shown(table(), width), expected, "{width}");
        }
        assert_eq!(cut("ärgerlich", 9), "ärgerlich");
        assert_eq!(cut("ärgerlich", 4), "ärg…");
    }

    #[test]
    fn an_answer_that_has_to_be_whole_is_wrapped() {
        let whole = "NAME       WHY\nrefunds/1  no route to hostno route to\n           hostno route to host\nrefunds/2";
        assert_eq!(shown(table().with_whole_last(), 38), whole);
        let below =
            "NAME\nrefunds/1\n  no route to hostno\n  route to hostno\n  route to host\nrefunds/2";
        assert_eq!(shown(table().with_whole_last(), 22), below);
        let styles = table().with_whole_last().lines(38).len();
        assert_eq!(styles, whole.lines().count());
    }

    #[test]
    fn nothing_gives_way_to_an_answer_that_is_short() {
        let mut table = Table::new(&["NAME", "AGE", "WHY"]).without_if_narrow(&["AGE"]);
        table.row(Style::new(), vec!["refunds/1".into(), "3h ago".into(), "\u{1b}full\n".into()]);
        let shown = shown(table, 30);
        assert!(shown.contains("AGE") && !shown.contains('\u{1b}'), "{shown}");
    }
}
