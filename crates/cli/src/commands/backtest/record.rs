//! What was recorded: events, or decisions with their events.

use redress::{Decision, Labels, Outcome, SharedText};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::RecordedEvent;

/// One record.
pub enum Record {
    /// An event, as far as can be seen.
    Event,
    /// A decision with its event.
    Decision { event: RecordedEvent, decided: Box<Decided> },
    /// A decision without the event that it is about; so will be all others.
    WithoutEvent,
    /// No use, for this reason.
    Unusable(String),
}

/// The keys that tell a record from an event.
#[derive(Deserialize)]
struct Keys<'a> {
    #[serde(borrow)]
    event: Option<&'a RawValue>,
    #[serde(borrow)]
    outcome: Option<&'a RawValue>,
    #[serde(borrow)]
    policy: Option<&'a RawValue>,
    error: Option<String>,
    line: Option<u64>,
}

impl Record {
    /// Reads a record; what is none is taken for an event, and found wrong as such.
    pub fn read(text: &str) -> Record {
        let Ok(keys) = serde_json::from_str::<Keys<'_>>(text) else { return Record::Event };
        match keys {
            Keys { event: Some(event), outcome: Some(_), .. } if event.get().starts_with('{') => {
                match serde_json::from_str::<Decision>(text) {
                    Ok(decision) => Record::Decision {
                        event: event.to_owned(),
                        decided: Box::new(Decided::from(&decision)),
                    },
                    Err(_) => Record::Unusable(
                        "its decision is not as `redress decide` writes it".to_owned(),
                    ),
                }
            }
            Keys { event: None, outcome: Some(_), policy: Some(_), .. } => Record::WithoutEvent,
            Keys { event: None, outcome: None, error: Some(error), line: Some(_), .. } => {
                Record::Unusable(format!("it was not decided: {error}"))
            }
            _ => Record::Event,
        }
    }
}

/// What was decided, in a form in which recorded and new decisions can be compared.
#[derive(Clone, Debug, Serialize)]
pub struct Decided {
    /// What is to be done.
    pub outcome: Outcome,
    /// Without arguments.
    pub display: SharedText,
    /// What hangs on it.
    pub labels: Labels,
    /// The name of the rule that decided.
    pub rule: Option<SharedText>,
    /// Where that rule is written.
    pub at: SharedText,
    /// Outcome and labels by their values, as they are read from JSON: a text and a duration are told apart only by a
    /// vocabulary.
    #[serde(skip)]
    meaning: (Outcome, Labels),
}

/// The same as it is read back where it is recorded.
fn as_read<T: Clone + Serialize + DeserializeOwned>(written: &T) -> T {
    let json = serde_json::to_value(written);
    json.and_then(serde_json::from_value).unwrap_or_else(|_| written.clone())
}

impl From<&Decision> for Decided {
    fn from(decision: &Decision) -> Self {
        let (outcome, labels): (Outcome, Labels) =
            (as_read(&decision.outcome), as_read(&decision.labels));
        Decided {
            meaning: (outcome.by_value(), labels.by_value()),
            outcome: decision.outcome.clone(),
            display: decision.display.clone(),
            labels: decision.labels.clone(),
            rule: decision.rule.clone(),
            at: decision.at.clone(),
        }
    }
}

impl Decided {
    /// Whether the same is to be done, whatever rule says so.
    pub fn is_same(&self, other: &Decided) -> bool {
        self.meaning == other.meaning
    }

    /// The outcome with its arguments and labels, as a rule writes them.
    pub fn decision(&self) -> String {
        let labels = self.labels.iter().map(|(name, value)| format!("{name}: {value}"));
        let labels = labels.collect::<Vec<_>>().join(", ");
        match labels.is_empty() {
            true => self.outcome.to_string(),
            false => format!("{} with {labels}", self.outcome),
        }
    }

    /// `retryable, default.policy:31`
    pub fn place(&self) -> String {
        match &self.rule {
            Some(rule) => format!("{rule}, {}", self.at),
            None => self.at.to_string(),
        }
    }
}
