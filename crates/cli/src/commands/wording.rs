//! What several subcommands say alike: counts, decisions that differ, events to copy.

use std::ffi::OsStr;
use std::fmt;

use html_escape::encode_text;
use redress::{Labels, Outcome};
use serde::Serializer;
use serde::ser::SerializeMap;
use serde_json::Value as Json;

use crate::terminal::Visible;

/// Text in a page of HTML, with nothing in it that is invisible or a tag.
pub fn in_html(text: &str) -> String {
    encode_text(&Visible(text).to_string()).into_owned()
}

/// So many of something: `1 region`, `2 regions`.
pub struct Count(pub usize, pub &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count(count, noun) = self;
        match noun.strip_suffix('y') {
            _ if *count == 1 => write!(f, "1 {noun}"),
            Some(stem) => write!(f, "{count} {stem}ies"),
            None => write!(f, "{count} {noun}s"),
        }
    }
}

/// What two decisions with the same outcome do not have in common: arguments, then labels.
pub fn difference(old: (&Outcome, &Labels), new: (&Outcome, &Labels)) -> Vec<String> {
    let arguments = |outcome: &Outcome| -> Vec<Entry> {
        let by_value = outcome.by_value();
        let both = outcome.arguments.iter().zip(by_value.arguments.iter());
        both.map(|((name, shown), (_, meant))| Entry::new(name.as_str(), shown, meant)).collect()
    };
    let labels = |labels: &Labels| -> Vec<Entry> {
        let by_value = labels.by_value();
        let both = labels.iter().zip(by_value.iter());
        both.map(|((name, shown), (_, meant))| Entry::new(format!("with {name}"), shown, meant))
            .collect()
    };
    let mut differences = entries(&arguments(old.0), &arguments(new.0));
    differences.extend(entries(&labels(old.1), &labels(new.1)));
    differences
}

/// An argument or a label.
struct Entry {
    name: String,
    /// Its value as it is written.
    shown: String,
    /// Its value in the one spelling that it is compared in.
    meant: String,
}

impl Entry {
    fn new(name: impl Into<String>, shown: impl ToString, meant: impl ToString) -> Self {
        Entry { name: name.into(), shown: shown.to_string(), meant: meant.to_string() }
    }
}

/// The entries whose values differ; those of the old ones first.
fn entries(old: &[Entry], new: &[Entry]) -> Vec<String> {
    let find = |of: &'_ [Entry], name: &str| of.iter().position(|entry| entry.name == name);
    let added = new.iter().filter(|entry| find(old, &entry.name).is_none());
    let names = old.iter().chain(added).map(|entry| &entry.name);
    let line = |name: &String| {
        let old = find(old, name).map(|at| &old[at]);
        let new = find(new, name).map(|at| &new[at]);
        let shown = |entry: Option<&Entry>| entry.map_or("nothing", |e| &e.shown).to_owned();
        let differs = old.map(|entry| &entry.meant) != new.map(|entry| &entry.meant);
        differs.then(|| format!("{name}: {} → {}", shown(old), shown(new)))
    };
    names.filter_map(line).collect()
}

/// Facts as the arguments of a command line: `error=DataError app='the ledger'`; none where one of them is an
/// empty text, which no command line can give.
pub fn as_arguments(facts: &[(String, Json)]) -> Option<String> {
    Some(as_words(facts)?.join(" "))
}

/// The same, an argument a word.
pub fn as_words(facts: &[(String, Json)]) -> Option<Vec<String>> {
    let argument = |(name, value): &(String, Json)| match value {
        Json::Null => None,
        Json::String(text) if text.is_empty() => None,
        Json::String(text) => Some(format!("{name}={}", for_shell(text))),
        other => Some(format!("{name}={other}")),
    };
    facts.iter().map(argument).collect()
}

/// Text as a shell takes it for one word.
pub fn for_shell(text: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "._-+:/@%,".contains(c);
    if text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// The same of a word that need not be Unicode: what is not is written as its bytes, as `bash` and others take it.
pub fn word_for_shell(word: &OsStr) -> String {
    if let Some(text) = word.to_str() {
        return for_shell(text);
    }
    let mut quoted = String::from("$'");
    for part in word.as_encoded_bytes().utf8_chunks() {
        quoted += &part.valid().replace('\\', r"\\").replace('\'', r"\'");
        quoted.extend(part.invalid().iter().map(|byte| format!(r"\x{byte:02x}")));
    }
    quoted + "'"
}

/// Facts as an object, in their order.
pub fn as_object<S: Serializer>(
    facts: &[(String, Json)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(facts.len()))?;
    for (name, value) in facts {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_quoted_where_a_shell_needs_it() {
        let facts = [
            ("error", Json::from("DataError")),
            ("module", Json::from(3)),
            ("app", Json::from("it's $HOME")),
            ("wait", Json::from("10m")),
        ];
        let facts = facts.map(|(name, value)| (name.to_owned(), value));
        let arguments = r"error=DataError module=3 app='it'\''s $HOME' wait=10m";
        assert_eq!(as_arguments(&facts).as_deref(), Some(arguments));
        assert_eq!(as_arguments(&[("app".to_owned(), Json::from(""))]), None);
    }
}
