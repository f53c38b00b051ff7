//! Tables for a person: columns side by side, the last one cut to the width of the terminal, or below where that is narrow.

#[cfg(test)]
mod tests;

use std::io::Write;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentArrangement, Table as Grid, presets};
use redress_store::Status;

use crate::failure::Result;
use crate::terminal::{self, Visible};
use crate::wrapping::{cut, width_of, wrapped};

/// A last column that is narrower, and has more to say, stands below.
const NARROWEST: usize = 20;

/// A column that is shortened keeps so much of what it says.
const SHORTEST: usize = 12;

/// Between two columns.
const GAP: usize = 2;

/// A table whose last column, which is the answer, is as wide as there is room.
pub struct Table {
    header: Vec<&'static str>,
    rows: Vec<(Style, Vec<String>)>,
    shortened: Option<&'static str>,
    expendable: Vec<&'static str>,
    is_whole: bool,
}

impl Table {
    pub fn new(header: &[&'static str]) -> Self {
        let header = header.to_vec();
        let (rows, expendable) = (Vec::new(), Vec::new());
        Table { header, rows, shortened: None, expendable, is_whole: false }
    }

    /// A column that is cut before any is left out.
    pub fn shortened_if_narrow(mut self, column: &'static str) -> Self {
        self.shortened = Some(column);
        self
    }

    /// Columns that are left out, one after the other, where all of them have no room, even with the last one below; which
    /// they are is then said.
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
        let Laid { lines, left_out } = self.laid_out(usize::from(terminal::output_width()));
        for (style, line) in lines {
            let style = if coloured { style } else { Style::new() };
            writeln!(output, "{style}{line}{style:#}")?;
        }
        output.flush()?;
        if !left_out.is_empty() {
            terminal::note(format_args!(
                "no room for {}: see a wider terminal, or --format json",
                left_out.join(", ")
            ));
        }
        Ok(())
    }

    /// Its lines in so many columns. Where the last column has no room beside the others, it stands below them; others are
    /// left out where they have no room even so.
    fn laid_out(mut self, width: usize) -> Laid {
        let left_out = self.leave_out_expendable(width);
        self.shorten(width);
        let below = self.room(width) < self.needed();
        let room = if below { width.saturating_sub(GAP) } else { self.room(width) }.max(1);
        let last = self.header.len() - 1;
        let answers = self.rows.iter().map(|(_, cells)| self.fit(&cells[last], room)).collect();
        let lines =
            if below { self.lines_with_below(answers) } else { self.lines_with_beside(answers) };
        Laid { lines, left_out }
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

    /// Leaves out what has no room, and answers which columns those are.
    fn leave_out_expendable(&mut self, width: usize) -> Vec<&'static str> {
        let mut left_out = Vec::new();
        for column in std::mem::take(&mut self.expendable) {
            if self.surplus(width) > self.spare() {
                self.leave_out(self.place(column));
                left_out.push(column);
            }
        }
        left_out
    }

    /// How many columns too wide it is, with the last one below.
    fn surplus(&self, width: usize) -> usize {
        self.before().saturating_sub(width + GAP)
    }

    fn place(&self, column: &str) -> Option<usize> {
        self.header.iter().position(|name| *name == column)
    }

    /// How much narrower it can be by the column that is shortened.
    fn spare(&self) -> usize {
        let column = self.shortened.and_then(|column| self.place(column));
        column.map_or(0, |column| self.widest(column).saturating_sub(SHORTEST))
    }

    fn shorten(&mut self, width: usize) {
        let (surplus, spare) = (self.surplus(width), self.spare());
        let Some(column) = self.shortened.and_then(|column| self.place(column)) else { return };
        if surplus > 0 && spare > 0 {
            let room = self.widest(column) - surplus.min(spare);
            self.rows.iter_mut().for_each(|(_, cells)| cells[column] = cut(&cells[column], room));
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
        width.saturating_sub(self.before())
    }

    /// What stands before the last column.
    fn before(&self) -> usize {
        let others = 0..self.header.len() - 1;
        others.map(|column| self.widest(column) + GAP).sum()
    }

    fn widest(&self, column: usize) -> usize {
        let cells = self.rows.iter().map(|(_, cells)| width_of(&cells[column]));
        cells.max().unwrap_or(0).max(width_of(self.header[column]))
    }
}

/// A table in a number of columns.
struct Laid {
    lines: Vec<(Style, String)>,
    left_out: Vec<&'static str>,
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
        let names = self.0.iter().map(|[name, _]| width_of(name)).max().unwrap_or(0);
        let (gap, others) = (" ".repeat(GAP), " ".repeat(names + 2 * GAP));
        for [name, said] in self.0 {
            writeln!(output, "{}", wrapped(&said, &format!("{gap}{name:names$}{gap}"), &others))?;
        }
        Ok(())
    }
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
