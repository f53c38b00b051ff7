//! Events as JSON text.

use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Event;
use super::builder::EventBuilder;
use super::error::{EventError, EventProblem};
use super::given::Given;
use super::map::KeySeed;
use crate::policy::Policy;

impl<A> Policy<A> {
    /// Reads an event from JSON text.
    ///
    /// # Errors
    /// Where it is no JSON object, or its facts do not fit the vocabulary.
    ///
    /// ```
    /// let policy = redress::Policy::default();
    /// let event = policy.event_from_json(r#"{"error": "ConnectionError", "module": 3}"#)?;
    /// assert_eq!(event.decide().display, "store(retry)");
    /// let error = policy.event_from_json(r#"{"eror": "ConnectionError", "module": "3"}"#).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "unknown fact `eror`, did you mean `error`?; `module` is \"3\", expected an integer"
    /// );
    /// # Ok::<(), redress::EventError>(())
    /// ```
    pub fn event_from_json(&self, text: &str) -> Result<Event<'_, A>, EventError> {
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let builder = self.event().read(&mut deserializer);
        let plain = builder.and_then(|builder| deserializer.end().map(|()| builder.build()));
        // What is not plainly right is read once more, with care.
        if let Ok(Ok(event)) = plain { Ok(event) } else { read(self, text) }
    }
}

/// Reads an event with an eye on how each value is written, so that what is wrong is told as it stands there.
pub(super) fn read<'p, A>(policy: &'p Policy<A>, text: &str) -> Result<Event<'p, A>, EventError> {
    let mut builder = policy.event();
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer
        .deserialize_map(ObjectReader { builder: &mut builder })
        .and_then(|()| deserializer.end())
        .map_err(|error| EventError { problems: vec![problem(text, &error)] })?;
    builder.build()
}

/// Reads an object into a builder.
///
/// It sees each value's text, so that a number beyond 64 bits is shown as it is written, and is no number of
/// another value that happens to be near.
struct ObjectReader<'a, 'p, A> {
    builder: &'a mut EventBuilder<'p, A>,
}

impl<'de, A> Visitor<'de> for ObjectReader<'_, '_, A> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<(), M::Error> {
        while let Some(key) = map.next_key_seed(KeySeed)? {
            let value: &RawValue = map.next_value()?;
            self.builder.give(&key, given(value.get()));
        }
        Ok(())
    }
}

/// A value, from its text.
fn given(value: &str) -> Given<'_> {
    match value.as_bytes().first() {
        Some(b'"') => serde_json::from_str::<String>(value)
            .map_or(Given::Unfit("a text with half of a surrogate pair".into()), Given::from),
        Some(b't' | b'f') => Given::Bool(value == "true"),
        Some(b'n') => Given::Null,
        Some(b'[') => Given::Unfit("a list".into()),
        Some(b'{') => Given::Unfit("a map".into()),
        _ => value.parse().map_or_else(|_| Given::Number(value.into()), Given::Int),
    }
}

/// What is wrong with text that could not be read; whether what is no object is JSON tells only the whole of it.
fn problem(text: &str, error: &serde_json::Error) -> EventProblem {
    if !error.is_data() {
        return not_json(text, error);
    }
    match serde_json::from_str::<IgnoredAny>(text) {
        Err(syntax) => not_json(text, &syntax),
        Ok(_) => EventProblem::NotAnObject { found: kind(text) },
    }
}

fn not_json(text: &str, error: &serde_json::Error) -> EventProblem {
    let line = error.line().max(1);
    let before = text.split('\n').nth(line - 1).unwrap_or_default().as_bytes();
    let before = &before[..error.column().min(before.len())];
    // Bytes that go on with a character do not count.
    let column = before.iter().filter(|&&byte| byte & 0xc0 != 0x80).count();
    EventProblem::NotJson { reason: reason(error), line, column: column.max(1) }
}

/// What an error says, in words that do not speak of parsers.
fn reason(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&place).unwrap_or(&message);
    let known = WORDS.iter().find(|(theirs, _)| *theirs == message);
    known.map_or(message, |(_, ours)| ours).to_owned()
}

/// What `serde_json` says, and what we say; of the rest nobody has seen any.
const WORDS: &[(&str, &str)] = &[
    ("EOF while parsing a list", "the list has no `]`; it ends"),
    ("EOF while parsing an object", "the object has no `}`; it ends"),
    ("EOF while parsing a string", "the text has no closing `\"`; it ends"),
    ("EOF while parsing a value", "a value is missing; it ends"),
    ("expected `:`", "a `:` is missing"),
    ("expected `,` or `]`", "a `,` or `]` is missing"),
    ("expected `,` or `}`", "a `,` or `}` is missing"),
    ("expected ident", "a word that is no `true`, `false` or `null`"),
    ("expected value", "no value begins"),
    ("key must be a string", "a name in quotes is missing"),
    ("trailing comma", "a `,` has nothing behind it,"),
    ("trailing characters", "the value is over, but the text goes on"),
    ("invalid number", "a number that is not written as JSON writes them"),
    ("invalid escape", "an unknown escape in a text"),
    ("unexpected end of hex escape", "half of a surrogate pair in a text"),
    ("lone leading surrogate in hex escape", "half of a surrogate pair in a text"),
    (
        "control character (\\u0000-\\u001F) found while parsing a string",
        "a text is not closed, or holds a control character,",
    ),
];

/// What kind of JSON a valid text is, by its first character.
fn kind(text: &str) -> &'static str {
    match text.trim_start().bytes().next() {
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &[(&str, &str)] = &[
        ("[", "the list has no `]`; it ends at line 1, column 1"),
        ("{\"a\": 1", "the object has no `}`; it ends at line 1, column 7"),
        ("{\"a", "the text has no closing `\"`; it ends at line 1, column 3"),
        ("{\"a\":", "a value is missing; it ends at line 1, column 5"),
        ("{\"a\" 1}", "a `:` is missing at line 1, column 6"),
        ("[1 2]", "a `,` or `]` is missing at line 1, column 4"),
        ("{\"a\": 1 \"b\": 2}", "a `,` or `}` is missing at line 1, column 9"),
        ("{\"a\": tru }", "a word that is no `true`, `false` or `null` at line 1, column 10"),
        ("{\"é\": é}", "no value begins at line 1, column 7"),
        ("{a: 1}", "a name in quotes is missing at line 1, column 2"),
        ("{\"a\": 1,}", "a `,` has nothing behind it, at line 1, column 9"),
        ("{}\n x", "the value is over, but the text goes on at line 2, column 2"),
        ("{\"a\": 01}", "a number that is not written as JSON writes them at line 1, column 8"),
        ("{\"a\": \"\\q\"}", "an unknown escape in a text at line 1, column 9"),
        ("{\"\\ud800\": 1}", "half of a surrogate pair in a text at line 1, column 9"),
        ("{\"\\ud800\\u0020\": 1}", "half of a surrogate pair in a text at line 1, column 14"),
        (
            "{\"a\": \"b\nc\"}",
            "a text is not closed, or holds a control character, at line 1, column 8",
        ),
    ];

    #[test]
    fn every_problem_of_json_is_told_in_our_words() {
        let policy = Policy::default();
        for (text, told) in TOLD {
            let error = policy.event_from_json(text).unwrap_err();
            assert_eq!(error.to_string(), format!("not JSON: {told}"), "{text}");
        }
        let unseen =
            WORDS.iter().filter(|(_, ours)| !TOLD.iter().any(|(_, told)| told.contains(ours)));
        assert_eq!(unseen.collect::<Vec<_>>(), Vec::<&(&str, &str)>::new());
    }

    #[test]
    fn a_number_is_shown_as_it_is_written() {
        let policy = Policy::default();
        for (value, told) in [
            ("1e20", "`module` is 1e20, expected an integer within 64 bits"),
            (
                "99999999999999999999",
                "`module` is 99999999999999999999, expected an integer within 64 bits",
            ),
            ("1e999", "`module` is 1e999, expected an integer within 64 bits"),
            ("1e0", "`module` is 1e0, expected an integer, written `1`"),
            ("4.0", "`module` is 4.0, expected an integer, written `4`"),
            ("1.50", "`module` is 1.50, expected an integer"),
            (
                "\"\\ud800\"",
                "`module` is a text with half of a surrogate pair, expected an integer",
            ),
            ("[{}]", "`module` is a list, expected an integer"),
        ] {
            let text = format!("{{\"error\": \"DataError\", \"module\": {value}}}");
            assert_eq!(policy.event_from_json(&text).unwrap_err().to_string(), told);
        }
    }
}
