//! What a policy answers: an outcome with its reasons.

use std::fmt;
use std::sync::Arc;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value as Json;

use crate::labels::Labels;
use crate::literal::quoted;
use crate::shared_text::SharedText;
use crate::value::{Duration, Schedule, Size};

/// What becomes of an execution, and why.
///
/// A policy holds one decision a rule, made when it is loaded; deciding hands out a reference to it. Its texts are
/// shared with the policy, so that a clone is cheap.
/// As JSON it has the keys `outcome`, `display`, `rule`, `at`, `labels` and `policy`; the documentation
/// stays with the policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision<A = Outcome> {
    /// What is to be done, in the host's own type where the policy was [typed](crate::Policy::typed).
    pub outcome: A,
    /// The outcome's name and variant, without arguments: `store(retry)`.
    pub display: SharedText,
    /// The name of the rule that decided; none where it has no name.
    pub rule: Option<SharedText>,
    /// Where the rule is written: `default.policy:31`.
    pub at: SharedText,
    /// What the rule hangs on the decision for the host.
    pub labels: Labels,
    /// The fingerprint of the policy that decided.
    pub policy: Fingerprint,
    /// The comment above the rule.
    #[serde(skip)]
    pub documentation: Option<SharedText>,
}

/// A value that a rule hangs on its decision.
///
/// In JSON it is a boolean, a number or a text. A text that looks like a duration is read back as one: whoever
/// needs the type knows it from the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Label {
    /// `true`
    Bool(bool),
    /// `3`
    Int(i64),
    /// `90m`; JSON shows it as text.
    Duration(Duration),
    /// `"ledger"`
    Text(String),
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Label::Bool(value) => value.fmt(f),
            Label::Int(value) => value.fmt(f),
            Label::Duration(value) => value.fmt(f),
            Label::Text(value) => f.write_str(&quoted(value)),
        }
    }
}

/// An outcome of any vocabulary: its name, its variant and its arguments.
///
/// As JSON it is what serde makes of an externally tagged enum: `"stop"`, `{"store":"manual"}`,
/// `{"store":{"retry":{"after":["10m","1h"]}}}`. Read back from JSON, a text that is written like a
/// duration or a size is taken for one; a host that must not confuse them uses its own type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// `store`
    pub name: SharedText,
    /// `retry`
    pub variant: Option<SharedText>,
    /// By name, in the order of the declaration; defaults are filled in.
    pub arguments: Arc<[(SharedText, Argument)]>,
}

/// A value given to an outcome.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Argument {
    /// `true`
    Bool(bool),
    /// `3`
    Int(i64),
    /// `90m`
    Duration(Duration),
    /// `20MB`
    Size(Size),
    /// `"text"`, or the name of an enum's member
    Text(String),
    /// `[10m, 1h]`
    Schedule(Schedule),
}

impl fmt::Display for Argument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Argument::Bool(value) => value.fmt(f),
            Argument::Int(value) => value.fmt(f),
            Argument::Duration(value) => value.fmt(f),
            Argument::Size(value) => value.fmt(f),
            Argument::Text(value) => f.write_str(&quoted(value)),
            Argument::Schedule(value) => value.fmt(f),
        }
    }
}

impl Outcome {
    /// The argument with this name.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Its name and variant, without arguments: `store(retry)`.
    pub fn display(&self) -> String {
        match &self.variant {
            Some(variant) => format!("{}({variant})", self.name),
            None => self.name.to_string(),
        }
    }
}

/// As a policy writes it, arguments included: `store(retry, after: [10m, 1h])`.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        let variant = self.variant.iter().map(SharedText::to_string);
        let arguments = self.arguments.iter().map(|(name, value)| format!("{name}: {value}"));
        let inside: Vec<String> = variant.chain(arguments).collect();
        if inside.is_empty() { Ok(()) } else { write!(f, "({})", inside.join(", ")) }
    }
}

/// The arguments as a map.
struct Arguments<'a>(&'a [(SharedText, Argument)]);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// A variant with its arguments, as serde tags it.
struct Tagged<'a>(&'a str, &'a [(SharedText, Argument)]);

impl Serialize for Tagged<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.1.is_empty() {
            return serializer.serialize_str(self.0);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, &Arguments(self.1))?;
        map.end()
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(variant) = &self.variant else {
            return Tagged(&self.name, &self.arguments).serialize(serializer);
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.name, &Tagged(variant, &self.arguments))?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OutcomeVisitor)
    }
}

struct OutcomeVisitor;

impl<'de> Visitor<'de> for OutcomeVisitor {
    type Value = Outcome;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an outcome: its name, or a map from its name to its variant or arguments")
    }

    fn visit_str<E: de::Error>(self, name: &str) -> Result<Outcome, E> {
        Ok(Outcome { name: name.into(), variant: None, arguments: Arc::default() })
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Outcome, M::Error> {
        let (name, inside): (SharedText, Ordered) = map
            .next_entry()?
            .ok_or_else(|| de::Error::custom("an outcome's map has one key, its name"))?;
        if map.next_key::<String>()?.is_some() {
            return Err(de::Error::custom("an outcome's map has one key, its name"));
        }
        let (variant, arguments) = read_inside(inside).map_err(de::Error::custom)?;
        Ok(Outcome { name, variant, arguments })
    }
}

type Inside = (Option<SharedText>, Arc<[(SharedText, Argument)]>);

/// JSON whose outermost map keeps the order in which it is written.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Ordered {
    Map(Entries),
    Other(Json),
}

/// The entries of a map in their order.
#[derive(Clone)]
struct Entries(Vec<(String, Ordered)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor)
    }
}

struct EntriesVisitor;

impl<'de> Visitor<'de> for EntriesVisitor {
    type Value = Entries;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries, M::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = map.next_entry()? {
            entries.push(entry);
        }
        Ok(Entries(entries))
    }
}

impl From<Ordered> for Json {
    fn from(ordered: Ordered) -> Json {
        match ordered {
            Ordered::Map(Entries(entries)) => {
                entries.into_iter().map(|(key, value)| (key, Json::from(value))).collect()
            }
            Ordered::Other(value) => value,
        }
    }
}

/// Reads what stands under an outcome's name: a variant, a variant with arguments, or arguments.
fn read_inside(inside: Ordered) -> Result<Inside, String> {
    let entries = match inside {
        Ordered::Other(Json::String(variant)) => return Ok((Some(variant.into()), Arc::default())),
        Ordered::Map(Entries(entries)) => entries,
        Ordered::Other(_) => return Err(NO_OUTCOME.to_owned()),
    };
    if let Ok(arguments) = read_arguments(&entries) {
        return Ok((None, arguments));
    }
    match entries.as_slice() {
        [(variant, Ordered::Map(Entries(arguments)))] => {
            Ok((Some(variant.as_str().into()), read_arguments(arguments)?))
        }
        _ => Err(NO_OUTCOME.to_owned()),
    }
}

const NO_OUTCOME: &str = "under an outcome's name stands its variant or its arguments";

fn read_arguments(entries: &[(String, Ordered)]) -> Result<Arc<[(SharedText, Argument)]>, String> {
    let read = |(name, value): &(String, Ordered)| {
        let value = serde_json::from_value(Json::from(value.clone()));
        value.map(|value| (name.as_str().into(), value)).map_err(|e| e.to_string())
    };
    entries.iter().map(read).collect()
}

/// The outcomes of the standard vocabulary, for `Policy<Action>`.
///
/// ```
/// use redress::{Action, Policy, Store};
/// let policy: Policy<Action> = Policy::default().typed()?;
/// let event = policy.event().set("error", "DataError").set("module", 2).build()?;
/// assert_eq!(event.decide().outcome, Action::Store(Store::Manual));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The run ends at once; nothing is stored.
    Stop,
    /// The run fails.
    Fail,
    /// The attached error handler takes over.
    Handle,
    /// What the run did is taken back.
    Rollback,
    /// What the run did so far is kept, and it ends.
    Commit,
    /// The failed step is passed over.
    Ignore,
    /// The run goes on with a substitute for what the failed step would have given.
    Resume {
        /// The substitute.
        with: String,
    },
    /// The execution is kept as an incomplete one.
    Store(Store),
}

/// How an incomplete execution goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Store {
    /// It is tried again.
    Retry {
        /// When.
        after: Schedule,
    },
    /// It waits for a person.
    Manual,
}

/// A hash of what a policy means and reports: behaviour, names, labels and order, but not layout or comments.
///
/// Written `b3:` and 64 hexadecimal digits of BLAKE3.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(crate) [u8; 32]);

impl Fingerprint {
    /// The 32 bytes of the hash.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "b3:{}", blake3::Hash::from_bytes(self.0).to_hex())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fingerprint {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let hash = text.strip_prefix("b3:").and_then(|hex| blake3::Hash::from_hex(hex).ok());
        hash.map(|hash| Fingerprint(*hash.as_bytes())).ok_or_else(|| {
            de::Error::invalid_value(
                de::Unexpected::Str(&text),
                &"a fingerprint: `b3:` and 64 hexadecimal digits",
            )
        })
    }
}
