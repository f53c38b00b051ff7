//! JSON with a place on every value.

use std::fmt;
use std::str;

use redress::{EventProblem, Policy};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::remark::{Lines, Place, Remark};

/// The deepest nesting that is read; each level costs one more reading of what is below it.
const DEEPEST: usize = 64;

/// The most values that are read; each takes some hundred bytes.
const MOST_VALUES: usize = 500_000;

/// The largest document that is read; Step Functions itself takes definitions of 1 MB.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A value and where it begins.
#[derive(Debug)]
pub(crate) struct Node {
    /// In bytes from the beginning of the text.
    pub(crate) at: usize,
    pub(crate) value: Value,
}

/// A value of JSON.
#[derive(Debug)]
pub(crate) enum Value {
    Null,
    Bool,
    /// As it is written, so that nothing of it is lost.
    Number(String),
    Text(String),
    List(Vec<Node>),
    /// In the order in which it is written; no name comes twice.
    Object(Vec<(String, Node)>),
}

impl Value {
    /// What kind of value it is, in words.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool => "a boolean",
            Value::Number(_) => "a number",
            Value::Text(_) => "a text",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
        }
    }
}

/// Reads a document.
pub(crate) fn read(bytes: &[u8]) -> Result<(&str, Node), Remark> {
    if bytes.len() > MOST_BYTES {
        let message = format!("the document is larger than {} MiB", MOST_BYTES >> 20);
        return Err(Remark::new(Place::FIRST, "", message));
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => return Err(not_utf8(bytes, error.valid_up_to())),
    };
    let raw = serde_json::from_str::<&RawValue>(text).map_err(|_| not_json(text))?;
    let node = Reader { text, values: 0 }.node(raw, 0)?;
    Ok((text, node))
}

fn not_utf8(bytes: &[u8], valid: usize) -> Remark {
    let before = String::from_utf8_lossy(bytes.get(..valid).unwrap_or_default());
    let place = Lines::of(&before).place(before.len());
    Remark::new(place, "", "the document is not in UTF-8")
}

/// What is wrong with text that is no JSON, in the words that the library has for events.
fn not_json(text: &str) -> Remark {
    let problem = Policy::default().event_from_json(text).err();
    let problem = problem.and_then(|error| error.problems.into_iter().next());
    let help =
        is_like_yaml(text).then(|| "this looks like YAML; turn it into JSON first".to_owned());
    let remark = match problem {
        Some(EventProblem::NotJson { reason, line, column }) => {
            let message = format!("not JSON: {reason} here");
            Remark::new(Place { line, column }, "", message.replace(", here", " here"))
        }
        _ => Remark::new(Place::FIRST, "", "not JSON"),
    };
    Remark { help, ..remark }
}

/// Whether the first line that says something is `---` or begins with a key that has no quotes, as no JSON does.
fn is_like_yaml(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.find(|line| !line.starts_with(['#', '%'])).unwrap_or_default();
    let is_key = |key: &str| {
        let is_of_word = |c: char| c.is_alphanumeric() || "_-. ".contains(c);
        !key.is_empty() && key.chars().all(is_of_word)
    };
    let is_value = |value: &str| value.is_empty() || value.starts_with(' ');
    let entry = first.trim_start_matches("- ").split_once(':');
    first == "---" || entry.is_some_and(|(key, value)| is_key(key) && is_value(value))
}

struct Reader<'t> {
    text: &'t str,
    values: usize,
}

impl<'t> Reader<'t> {
    fn node(&mut self, raw: &'t RawValue, depth: usize) -> Result<Node, Remark> {
        let written = raw.get();
        // The raw value is a part of the text, so that its address tells where it stands.
        let at = written.as_ptr().addr().saturating_sub(self.text.as_ptr().addr());
        self.values += 1;
        if depth > DEEPEST {
            return Err(self.refusal(at, format!("more than {DEEPEST} levels deep")));
        }
        if self.values > MOST_VALUES {
            return Err(self.refusal(at, format!("more than {MOST_VALUES} values")));
        }
        let value = match written.as_bytes().first() {
            Some(b'{') => self.object(written, at, depth)?,
            Some(b'[') => {
                let raws: Vec<&RawValue> = self.part(written, at)?;
                let nodes = raws.into_iter().map(|raw| self.node(raw, depth + 1));
                Value::List(nodes.collect::<Result<_, _>>()?)
            }
            Some(b'"') => Value::Text(self.part(written, at)?),
            Some(b't' | b'f') => Value::Bool,
            Some(b'n') => Value::Null,
            _ => Value::Number(written.to_owned()),
        };
        Ok(Node { at, value })
    }

    fn object(&mut self, written: &'t str, at: usize, depth: usize) -> Result<Value, Remark> {
        let Entries(raws) = self.part(written, at)?;
        let mut names = std::collections::HashSet::new();
        let mut entries = Vec::with_capacity(raws.len());
        for (name, raw) in raws {
            let node = self.node(raw, depth + 1)?;
            if !names.insert(name.clone()) {
                return Err(self.refusal(node.at, format!("`{name}` is given twice")));
            }
            entries.push((name, node));
        }
        Ok(Value::Object(entries))
    }

    /// Reads a value that is known to be of its kind; only a text can still be wrong.
    fn part<T: serde::Deserialize<'t>>(&self, written: &'t str, at: usize) -> Result<T, Remark> {
        serde_json::from_str(written)
            .map_err(|_| self.refusal(at, "half of a surrogate pair in a text"))
    }

    fn refusal(&self, at: usize, message: impl Into<String>) -> Remark {
        Remark::new(Lines::of(self.text).place(at), "", message)
    }
}

/// The entries of an object in their order.
struct Entries<'t>(Vec<(String, &'t RawValue)>);

impl<'t> serde::Deserialize<'t> for Entries<'t> {
    fn deserialize<D: Deserializer<'t>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'t> Visitor<'t> for InOrder {
            type Value = Entries<'t>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'t>>(self, mut map: M) -> Result<Entries<'t>, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_yaml_is_told_to_be_turned_into_json() {
        let is_told = |text: &str| read(text.as_bytes()).unwrap_err().help.is_some();
        for yaml in [
            "StartAt: Charge\nStates:\n  Charge:\n",
            "# a comment\n\n---\nRetry:\n",
            "%YAML 1.2\n---\n",
            "Retry:\n  - ErrorEquals: [States.ALL]\n",
            "- ErrorEquals: [A]\n",
        ] {
            assert!(is_told(yaml), "{yaml}");
        }
        for other in ["", "{\"a\": 1,}", "[1, 2", "policy 1", "{a: 1}", "<a:b/>", "http://x.y"] {
            assert!(!is_told(other), "{other}");
        }
    }

    fn refused(text: impl AsRef<[u8]>) -> String {
        let remark = read(text.as_ref()).unwrap_err();
        format!("{}: {}", remark.place, remark.message)
    }

    #[test]
    fn every_value_knows_where_it_begins() {
        let (text, node) = read(b"{ \"a\": [1.50,\n  \"b\\n\"] }").unwrap();
        let Value::Object(entries) = &node.value else { panic!("{node:?}") };
        let Value::List(items) = &entries[0].1.value else { panic!("{node:?}") };
        let places = items.iter().map(|item| Lines::of(text).place(item.at).to_string());
        assert_eq!(places.collect::<Vec<_>>(), ["1:9", "2:3"]);
        assert!(matches!(&items[0].value, Value::Number(number) if number == "1.50"));
        assert!(matches!(&items[1].value, Value::Text(text) if text == "b\n"));
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        assert_eq!(refused("{\"a\": 1,\n}"), "2:1: not JSON: a `,` has nothing behind it here");
        assert_eq!(refused("[1, 2"), "1:5: not JSON: the list has no `]`; it ends here");
        assert_eq!(refused(""), "1:1: not JSON: a value is missing; it ends here");
        assert_eq!(refused("[\"\\ud800\"]"), "1:2: half of a surrogate pair in a text");
        assert_eq!(refused(b"[\"\xff\"]"), "1:3: the document is not in UTF-8");
        assert_eq!(refused("{\"a\": 1, \"a\": 2}"), "1:15: `a` is given twice");
        assert_eq!(refused("[".repeat(66) + &"]".repeat(66)), "1:66: more than 64 levels deep");
    }
}
