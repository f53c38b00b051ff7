//! One event as JSON text.

use redress::{Event, Policy};
use serde::de::IgnoredAny;

/// Why a piece of JSON is no event.
pub enum Problem {
    /// It is not even JSON.
    Syntax {
        /// What is wrong.
        message: String,
        /// The line in the piece, from 1.
        line: usize,
        /// The byte in that line, from 1.
        column: usize,
    },
    /// It is JSON, but no event of the policy's vocabulary.
    Unfit(String),
}

/// Reads an event.
pub fn read<'p>(policy: &'p Policy, piece: &[u8]) -> Result<Event<'p>, Problem> {
    let text = std::str::from_utf8(piece).map_err(|_| Problem::Unfit("not UTF-8".to_owned()))?;
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = policy
        .event()
        .read(&mut deserializer)
        .and_then(|builder| deserializer.end().map(|()| builder));
    match read {
        Ok(builder) => builder.build().map_err(|error| Problem::Unfit(error.to_string())),
        Err(error) => Err(problem(text, &error)),
    }
}

/// What is wrong with text that could not be read; whether it is JSON tells only the whole of it.
fn problem(text: &str, error: &serde_json::Error) -> Problem {
    match serde_json::from_str::<IgnoredAny>(text) {
        Err(syntax) => Problem::Syntax {
            message: message(&syntax),
            line: syntax.line(),
            column: syntax.column(),
        },
        Ok(_) if error.is_data() => {
            Problem::Unfit(format!("an event is a JSON object, but this is {}", kind(text)))
        }
        Ok(_) => Problem::Unfit(message(error)),
    }
}

/// What an error says, without the place.
fn message(error: &serde_json::Error) -> String {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&place).unwrap_or(&message);
    message.replace("EOF while parsing", "it ends inside").replace("expected ident", "not a value")
}

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
