//! Tables and numbers as Markdown.

use std::fmt;

/// A table; the first column is text, the others are numbers unless it is said otherwise.
pub struct Table {
    others: &'static str,
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty one with these columns.
    pub fn new(head: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Table { others: "---:", head: head.into_iter().map(Into::into).collect(), rows: Vec::new() }
    }

    /// An empty one of text.
    pub fn of_text(head: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Table { others: "---", ..Table::new(head) }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} |", self.head.join(" | "))?;
        let lines: Vec<&str> =
            (0..self.head.len()).map(|at| if at == 0 { "---" } else { self.others }).collect();
        writeln!(f, "|{}|", lines.join("|"))?;
        for row in &self.rows {
            writeln!(f, "| {} |", row.join(" | "))?;
        }
        Ok(())
    }
}

/// Nanoseconds in the unit that suits them; a dash where there are none.
pub fn time(nanoseconds: f64) -> String {
    match nanoseconds {
        ns if !ns.is_finite() => "—".into(),
        ns if ns < 9.95 => format!("{ns:.1} ns"),
        ns if ns < 999.5 => format!("{ns:.0} ns"),
        ns if ns < 9_950.0 => format!("{:.1} µs", ns / 1e3),
        ns if ns < 999_500.0 => format!("{:.0} µs", ns / 1e3),
        ns if ns < 9.95e6 => format!("{:.1} ms", ns / 1e6),
        ns if ns < 999.5e6 => format!("{:.0} ms", ns / 1e6),
        ns => format!("{:.1} s", ns / 1e9),
    }
}

/// How many times as much; a dash where nothing was measured.
pub fn times(factor: f64) -> String {
    if factor.is_finite() { format!("{factor:.2} ×") } else { "—".into() }
}

/// A whole number with commas between thousands.
pub fn whole(number: usize) -> String {
    let digits = number.to_string();
    let mut written = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

/// A mean of counts.
pub fn mean(count: f64) -> String {
    if count == 0.0 { "0".into() } else { format!("{count:.1}") }
}
