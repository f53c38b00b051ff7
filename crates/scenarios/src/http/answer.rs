//! What an answer means, as the facts of an error.

use std::time::Duration;

use jiff::Timestamp;
use redress::Policy;
use redress_errors::error_of_status;
use redress_store::retry_after;
use serde_json::{Map, Value as Json, json};

use crate::facts;

/// So many characters of the body make the message.
const MESSAGE: usize = 2_000;

/// What is looked at of an answer.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) retry_after: Option<String>,
    pub(super) date: Option<String>,
    pub(super) location: Option<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The facts of the error. Where the body is a JSON object with an `error` that fits the policy, it is the facts, and
    /// what the answer says otherwise only fills them up.
    pub(super) fn event(&self, policy: &Policy, took: Duration, now: Timestamp) -> Json {
        let object: Option<Map<String, Json>> = serde_json::from_slice(&self.body).ok();
        let message = self.message(object.as_ref());
        let said = object.filter(|object| object.get("error").is_some_and(Json::is_string));
        let read = |header: &str| retry_after(header, self.date.as_deref(), now);
        let wait = self.retry_after.as_deref().and_then(read);
        let mut known = vec![
            ("error", json!(self.error())),
            ("message", json!(message)),
            ("elapsed", elapsed(took)),
        ];
        if (100..600).contains(&self.status) {
            known.push(("status", json!(self.status)));
        }
        known.extend(wait.map(|wait| ("retry_after", json!(wait.to_string()))));
        facts::event(policy, said, |_| known.clone()).0
    }

    fn error(&self) -> &'static str {
        match self.status {
            // The payload goes nowhere but to the address that was given.
            300..400 => "InvalidConfigurationError",
            status => error_of_status(status),
        }
    }

    /// What the body says to a person: a problem of RFC 9457, a `message`, else its text.
    fn message(&self, object: Option<&Map<String, Json>>) -> String {
        let words = ["detail", "message", "title"];
        let said =
            object.and_then(|object| words.into_iter().find_map(|key| object.get(key)?.as_str()));
        let text = match said {
            Some(said) => said.to_owned(),
            None => String::from_utf8_lossy(&self.body).trim().to_owned(),
        };
        match (&self.location, text.is_empty()) {
            (Some(place), _) if (300..400).contains(&self.status) => {
                let place: String = place.chars().take(200).collect();
                format!("the service answered {}, see {place}; that is not followed", self.status)
            }
            (_, true) => format!("the service answered {}", self.status),
            (_, false) => beginning(&text),
        }
    }
}

/// The beginning of a text, up to a word.
fn beginning(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(MESSAGE) else { return text.to_owned() };
    let whole = text[..end].rsplit_once(char::is_whitespace).map(|(words, _)| words);
    format!("{} …", whole.unwrap_or(&text[..end]))
}

/// The facts where no answer came.
pub(super) fn unanswered(error: &str, message: &str, took: Duration) -> Json {
    json!({"error": error, "message": message, "elapsed": elapsed(took)})
}

fn elapsed(took: Duration) -> Json {
    json!(i64::try_from(took.as_millis()).unwrap_or(i64::MAX))
}
