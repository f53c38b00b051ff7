//! Reads values of a document, and gathers what is wrong with them and what is worth knowing.

use std::borrow::Cow;
use std::rc::Rc;

use crate::decimal::Decimal;
use crate::json::{Node, Value};
use crate::remark::{Lines, Remark};

/// The most problems that are told, and the most notes; a document of nothing else would fill a screen for hours.
const MOST_REMARKS: usize = 1_000;

/// The most delays that are written out for one document; a thousand of them take milliseconds to compute.
const MOST_DELAYS: usize = 20_000;

/// The most names of a document that are compared with all codes of AWS, each of which takes a millisecond at most.
const MOST_COMPARED: usize = 2_000;

/// A value of the document, and the way to it.
#[derive(Clone, Debug)]
pub(crate) struct At<'a> {
    pub(crate) node: &'a Node,
    /// None for the whole document. It is shared, so that a long way costs its values nothing.
    way: Option<Rc<Step<'a>>>,
}

/// The last step of a way.
#[derive(Debug)]
struct Step<'a> {
    before: Option<Rc<Step<'a>>>,
    name: Cow<'a, str>,
}

/// The most characters of a name that a path shows.
const LONGEST_STEP: usize = 80;

impl<'a> At<'a> {
    pub(crate) fn whole(node: &'a Node) -> Self {
        At { node, way: None }
    }

    fn below(&self, name: Cow<'a, str>, node: &'a Node) -> At<'a> {
        At { node, way: Some(Rc::new(Step { before: self.way.clone(), name })) }
    }

    /// The way as text: `States/Charge/Retry/0`.
    pub(crate) fn path(&self) -> String {
        let mut steps = Vec::new();
        let mut step = self.way.as_ref();
        while let Some(here) = step {
            steps.push(shortened(&here.name));
            step = here.before.as_ref();
        }
        steps.reverse();
        steps.join("/")
    }

    /// The last step of the way.
    fn name(&self) -> String {
        self.way.as_ref().map(|step| shortened(&step.name)).unwrap_or_default()
    }

    /// The entries of an object; none where it is something else.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&'a str, At<'a>)> {
        let entries: &'a [(String, Node)] = match &self.node.value {
            Value::Object(entries) => entries,
            _ => &[],
        };
        entries.iter().map(|(name, node)| (name.as_str(), self.below(name.into(), node)))
    }

    /// The elements of a list; none where it is something else.
    pub(crate) fn items(&self) -> impl Iterator<Item = At<'a>> {
        let items: &'a [Node] = match &self.node.value {
            Value::List(items) => items,
            _ => &[],
        };
        items.iter().enumerate().map(|(at, node)| self.below(at.to_string().into(), node))
    }

    /// The value that an object has under a name.
    pub(crate) fn get(&self, name: &str) -> Option<At<'a>> {
        let Value::Object(entries) = &self.node.value else { return None };
        let (name, node) = entries.iter().find(|(key, _)| key == name)?;
        Some(self.below(name.into(), node))
    }

    /// The text that it is.
    pub(crate) fn as_text(&self) -> Option<&'a str> {
        match &self.node.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(crate) fn is_object(&self) -> bool {
        matches!(self.node.value, Value::Object(_))
    }
}

fn shortened(name: &str) -> String {
    match name.char_indices().nth(LONGEST_STEP) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()),
        None => name.to_owned(),
    }
}

/// What there is to say of a document.
pub(crate) struct Findings<'t> {
    lines: Lines<'t>,
    pub(crate) problems: Vec<Remark>,
    pub(crate) notes: Vec<Remark>,
    /// Why parts of the document are left out; if nothing else is left of it, these are its problems.
    pub(crate) left_out: Vec<Remark>,
    written_out: usize,
    compared: usize,
}

impl<'t> Findings<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Findings {
            lines: Lines::of(text),
            problems: Vec::new(),
            notes: Vec::new(),
            left_out: Vec::new(),
            written_out: 0,
            compared: 0,
        }
    }

    fn remark(&self, at: &At<'_>, message: impl Into<String>, help: Option<String>) -> Remark {
        Remark { help, ..Remark::new(self.lines.place(at.node.at), &at.path(), message) }
    }

    /// Something that keeps the document from being carried over.
    pub(crate) fn problem(&mut self, at: &At<'_>, message: impl Into<String>, help: &str) {
        if self.problems.len() < MOST_REMARKS {
            let remark = self.remark(at, message, Some(help.to_owned()));
            self.problems.push(remark);
        }
    }

    /// Something for which a part of the document cannot be carried over at all.
    pub(crate) fn leave_out(&mut self, at: &At<'_>, message: impl Into<String>, help: &str) {
        if self.left_out.len() < MOST_REMARKS {
            let remark = self.remark(at, message, Some(help.to_owned()));
            self.left_out.push(remark);
        }
    }

    /// Something that is not carried over, or does not mean what it seems to.
    pub(crate) fn note(&mut self, at: &At<'_>, message: impl Into<String>, help: Option<String>) {
        if self.notes.len() < MOST_REMARKS {
            let remark = self.remark(at, message, help);
            self.notes.push(remark);
        }
    }

    /// Whether one more name may be compared with all codes of AWS; without a bound, hostile ones would take minutes.
    pub(crate) fn may_compare(&mut self) -> bool {
        self.compared += 1;
        self.compared <= MOST_COMPARED
    }

    /// Whether so many delays may still be written out; otherwise a problem.
    pub(crate) fn may_write_out(&mut self, at: &At<'_>, delays: usize) -> bool {
        self.written_out = self.written_out.saturating_add(delays);
        let may = self.written_out <= MOST_DELAYS;
        if !may {
            let message = format!("more than {MOST_DELAYS} delays would have to be written out");
            self.problem(at, message, "a whole rate needs none, and fewer attempts need fewer");
        }
        may
    }

    fn wrong_kind(&mut self, at: &At<'_>, expected: &str, help: &str) {
        let name = at.name();
        let message = match &at.node.value {
            Value::Number(number) => format!("`{name}` is {number}, expected {expected}"),
            Value::Text(text) => {
                let text = serde_json::Value::from(text.as_str());
                format!("`{name}` is {text}, expected {expected}")
            }
            other => format!("`{name}` is {}, expected {expected}", other.kind()),
        };
        self.problem(at, message, help);
    }

    pub(crate) fn text<'a>(&mut self, at: &At<'a>, help: &str) -> Option<&'a str> {
        let text = at.as_text();
        if text.is_none() {
            self.wrong_kind(at, "a text", help);
        }
        text
    }

    pub(crate) fn list<'a>(&mut self, at: &At<'a>, help: &str) -> Option<Vec<At<'a>>> {
        if !matches!(at.node.value, Value::List(_)) {
            self.wrong_kind(at, "a list", help);
            return None;
        }
        Some(at.items().collect())
    }

    pub(crate) fn object<'a>(&mut self, at: &At<'a>, help: &str) -> Option<At<'a>> {
        if !at.is_object() {
            self.wrong_kind(at, "an object", help);
            return None;
        }
        Some(at.clone())
    }

    /// A whole number, also where it is written `3.0`, as JSON of other programs does.
    pub(crate) fn whole_number(&mut self, at: &At<'_>, low: u64, help: &str) -> Option<u64> {
        let number = match &at.node.value {
            Value::Number(number) => Decimal::read(number).and_then(|number| number.as_integer()),
            _ => None,
        };
        let number = number.filter(|&number| number >= low);
        if number.is_none() {
            self.wrong_kind(at, &format!("a whole number from {low}"), help);
        }
        number
    }

    pub(crate) fn decimal(&mut self, at: &At<'_>, help: &str) -> Option<Decimal> {
        let number = match &at.node.value {
            Value::Number(number) => Decimal::read(number),
            _ => None,
        };
        if number.is_none() {
            self.wrong_kind(at, "a number of up to 30 digits", help);
        }
        number
    }
}
