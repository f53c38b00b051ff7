//! What several subcommands say alike: counts, decisions that differ, events to copy.

use std::fmt;

use html_escape::encode_text;
use redress::{Labels, Outcome, UnknownName};
use serde::Serializer;
use serde::ser::SerializeMap;
use serde_json::Value as Json;

use crate::terminal::Visible;

/// Text in a page of HTML, with nothing in it that is invisible or a tag.
pub fn in_html(text: &str) -> String {
    encode_text(&Visible(text).to_string()).into_owned()
}

/// What to say of an unknown name that is probably a slip of the fingers.
pub fn slip(unknown: &UnknownName) -> Option<String> {
    let UnknownName { name, enum_type, near, .. } = unknown;
    near.as_ref().map(|near| format!("{enum_type} has no member {name}; did you mean {near}?"))
}

/// So many of something: `1 region`, `2 regions`.
pub struct Count(pub usize, pub &'static str);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Count(count, noun) = self;
        write!(f, "{count} {noun}{}", if *count == 1 { "" } else { "s" })
    }
}

/// What two decisions with the same outcome do not have in common: arguments, then labels.
pub fn difference(old: (&Outcome, &Labels), new: (&Outcome, &Labels)) -> Vec<String> {
    let arguments = |outcome: &Outcome| -> Vec<(String, String)> {
        let shown =
            outcome.arguments.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        shown.collect()
    };
    let labels = |labels: &Labels| -> Vec<(String, String)> {
        labels.iter().map(|(name, value)| (format!("with {name}"), value.to_string())).collect()
    };
    let mut differences = entries(&arguments(old.0), &arguments(new.0));
    differences.extend(entries(&labels(old.1), &labels(new.1)));
    differences
}

/// The entries whose values differ; those of the old ones first.
fn entries(old: &[(String, String)], new: &[(String, String)]) -> Vec<String> {
    let value = |of: &[(String, String)], name: &str| {
        of.iter().find(|(key, _)| key == name).map_or("nothing", |(_, value)| value).to_owned()
    };
    let added = new.iter().filter(|(name, _)| old.iter().all(|(key, _)| key != name));
    let names = old.iter().chain(added).map(|(name, _)| name);
    names
        .map(|name| (name, value(old, name), value(new, name)))
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| format!("{name}: {old} → {new}"))
        .collect()
}

/// Facts as the arguments of a command line: `error=DataError app='the ledger'`; none where one of them is an
/// empty text, which no command line can give.
pub fn as_arguments(facts: &[(String, Json)]) -> Option<String> {
    let argument = |(name, value): &(String, Json)| match value {
        Json::Null => None,
        Json::String(text) if text.is_empty() => None,
        Json::String(text) => Some(format!("{name}={}", for_shell(text))),
        other => Some(format!("{name}={other}")),
    };
    Some(facts.iter().map(argument).collect::<Option<Vec<_>>>()?.join(" "))
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
