//! The cells of a record, and the columns that they stand in.

use redress::Policy;
use redress::vocabulary::FactId;

/// What the header of a file says.
pub struct Columns {
    names: Vec<String>,
    /// What the names mean to the policy that the file is read for; another one has facts of its own.
    facts: Vec<FactId>,
}

impl Columns {
    /// Columns with these names; none where one of them is no fact of the policy.
    pub fn new(policy: &Policy, names: Vec<String>) -> Option<Self> {
        let fact = |name: &String| policy.vocabulary().find_fact(name);
        let facts = names.iter().map(fact).collect::<Option<_>>()?;
        Some(Columns { names, facts })
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The facts of the policy that the file is read for.
    pub fn facts(&self) -> &[FactId] {
        &self.facts
    }

    /// Cells with the names of their columns.
    pub fn named<'a>(&'a self, cells: Cells<'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.names.iter().map(String::as_str).zip(cells.iter())
    }
}

/// Cells one behind the other in a text.
#[derive(Clone, Copy, Debug)]
pub struct Cells<'a> {
    text: &'a str,
    /// Where each of them ends; the last one may end with the text instead.
    ends: &'a [usize],
    len: usize,
    /// The bytes between one and the next.
    gap: usize,
}

impl<'a> Cells<'a> {
    /// The cells of a line that these commas part.
    pub fn of_line(line: &'a str, commas: &'a [usize]) -> Self {
        Cells { text: line, ends: commas, len: commas.len() + 1, gap: 1 }
    }

    /// Cells that end at these places of a text, each where the next one begins.
    pub fn of_text(text: &'a str, ends: &'a [usize]) -> Self {
        Cells { text, ends, len: ends.len(), gap: 0 }
    }

    /// How many they are.
    pub fn len(self) -> usize {
        self.len
    }

    /// Their texts, in their order.
    pub fn iter(self) -> impl Iterator<Item = &'a str> + Clone {
        let mut start = 0;
        (0..self.len).map(move |at| {
            let end = self.ends.get(at).copied().unwrap_or(self.text.len());
            let cell = self.text.get(start..end).unwrap_or_default();
            start = end + self.gap;
            cell
        })
    }
}
