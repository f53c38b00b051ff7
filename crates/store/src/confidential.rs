//! What of a confidential execution nobody may read without its key: besides the payload, the texts that somebody wrote.

use redress::Policy;
use redress::vocabulary::Type;
use serde_json::{Map, Value as Json};

use crate::entry::{Entry, Happening};
use crate::execution::Execution;
use crate::fault::{Fault, planted};
use crate::id::ExecutionId;
use crate::payload::Payload;
use crate::record::NotImported;
use crate::seal::{SealError, SealedText};
use crate::settings::Scenario;

/// What the texts are that an encrypted one is bound to: one does not open in the place of the other.
const EVENT: &str = "event";
const DEFINITION: &str = "definition";

/// Whether a fact may hold whatever somebody wrote. The name of the scenario is known anyhow; numbers, durations and the
/// names that an enum has say little more than the decision does.
fn is_free(policy: &Policy, fact: &str) -> bool {
    fact != "scenario" && kind(policy, fact).is_none_or(|kind| kind == Type::Text)
}

fn kind(policy: &Policy, fact: &str) -> Option<Type> {
    let vocabulary = policy.vocabulary();
    vocabulary.find_fact(fact).map(|fact| vocabulary.fact(fact).kind)
}

/// What stands in the place of a name that no member of an open enum has. The policy takes one for the other: it decides on
/// any other name in one way.
const UNKNOWN: &str = "Unknown";

/// Whether a fact is a name that whoever reported it made up.
fn is_made_up(policy: &Policy, fact: &str, value: &Json) -> bool {
    match (kind(policy, fact), value) {
        (Some(Type::Enum(names)), Json::String(name)) => {
            let is_known = policy.vocabulary().enum_type(names).member(name).is_some();
            name != UNKNOWN && !is_known
        }
        _ => false,
    }
}

impl Scenario {
    /// Takes the free texts and the names that nobody has declared out of an event that was decided, where they are
    /// confidential; answers them encrypted.
    /// Where there is no key nothing is left of them.
    pub(crate) fn hide_event(
        &self,
        id: ExecutionId,
        event: &mut Map<String, Json>,
    ) -> Result<Option<SealedText>, SealError> {
        if !self.settings.confidential || planted(Fault::ShowsText) {
            return Ok(None);
        }
        let (mut free, kept): (Map<_, _>, Map<_, _>) =
            std::mem::take(event).into_iter().partition(|(fact, _)| is_free(&self.policy, fact));
        *event = kept;
        for (fact, value) in event.iter_mut() {
            if is_made_up(&self.policy, fact, value) {
                free.insert(fact.clone(), std::mem::replace(value, Json::from(UNKNOWN)));
            }
        }
        match &self.seal {
            Some(seal) if !free.is_empty() => {
                seal.seal_text(id, EVENT, &Json::Object(free).to_string()).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// The last event of an execution with its free texts, where they are kept and open.
    pub(crate) fn reveal_event(&self, execution: &Execution) -> Map<String, Json> {
        let mut event = execution.event.clone();
        if let (Some(seal), Some(sealed)) = (&self.seal, &execution.sealed_event)
            && let Ok(text) = seal.open_text(execution.id, EVENT, sealed)
            && let Ok(free) = serde_json::from_str::<Map<String, Json>>(&text)
        {
            event.extend(free);
        }
        event
    }

    /// Takes the definition away, where it is confidential; answers it encrypted, where there is a key.
    pub(crate) fn hide_definition(
        &self,
        id: ExecutionId,
        definition: &mut Option<String>,
    ) -> Result<Option<SealedText>, SealError> {
        if !self.settings.confidential {
            return Ok(None);
        }
        match (&self.seal, definition.take()) {
            (Some(seal), Some(text)) => seal.seal_text(id, DEFINITION, &text).map(Some),
            _ => Ok(None),
        }
    }

    /// A payload of an execution, decrypted where it is sealed.
    pub(crate) fn reveal_payload(
        &self,
        id: ExecutionId,
        payload: &Payload,
    ) -> Result<Payload, SealError> {
        match (payload, &self.seal) {
            (Payload::Sealed(_), None) => Err(SealError::NoKey),
            (payload, Some(seal)) => seal.open(id, payload.clone()),
            (payload, None) => Ok(payload.clone()),
        }
    }

    /// Whether a payload of an execution can be read.
    pub(crate) fn opens_payload(
        &self,
        id: ExecutionId,
        payload: &Payload,
    ) -> Result<(), SealError> {
        match payload {
            Payload::Sealed(_) => self.reveal_payload(id, payload).map(drop),
            Payload::Plain(_) | Payload::Reference(_) => Ok(()),
        }
    }

    /// Whether all can be read that a try of an execution is given: the payload and the definition.
    pub(crate) fn opens_whole(
        &self,
        execution: &Execution,
        payload: &Payload,
    ) -> Result<(), SealError> {
        self.opens_payload(execution.id, payload)?;
        self.opens_text(execution.id, DEFINITION, execution.sealed_definition.as_ref())
    }

    /// The definition of an execution.
    pub(crate) fn reveal_definition(
        &self,
        execution: &Execution,
    ) -> Result<Option<String>, SealError> {
        match (&execution.sealed_definition, &self.seal) {
            (None, _) => Ok(execution.definition.clone()),
            (Some(_), None) => Err(SealError::NoKey),
            (Some(sealed), Some(seal)) => {
                seal.open_text(execution.id, DEFINITION, sealed).map(Some)
            }
        }
    }

    /// Whether what is hidden in an entry from elsewhere opens here.
    pub(crate) fn opens(&self, id: ExecutionId, entry: &Entry) -> Result<(), SealError> {
        match &entry.what {
            Happening::Stored(stored) => {
                self.opens_text(id, DEFINITION, stored.sealed_definition.as_ref())?;
                self.opens_text(id, EVENT, stored.sealed_event.as_ref())
            }
            Happening::Failed { sealed_event, .. } => {
                self.opens_text(id, EVENT, sealed_event.as_ref())
            }
            _ => Ok(()),
        }
    }

    /// Whether an entry from elsewhere holds nothing that this scenario would have hidden.
    pub(crate) fn hides(&self, entry: &Entry) -> Result<(), NotImported> {
        let plain =
            |what: &str| Err(NotImported::PlainText { what: what.to_owned(), entry: entry.number });
        let event = match &entry.what {
            Happening::Stored(stored) if stored.definition.is_some() => return plain(DEFINITION),
            Happening::Stored(stored) => &stored.event,
            Happening::Failed { event, .. } => event,
            _ => return Ok(()),
        };
        let is_hidden = |(fact, value): &(&String, &Json)| {
            is_free(&self.policy, fact) || is_made_up(&self.policy, fact, value)
        };
        match event.iter().find(is_hidden) {
            Some((fact, _)) => plain(fact),
            None => Ok(()),
        }
    }

    fn opens_text(
        &self,
        id: ExecutionId,
        what: &str,
        sealed: Option<&SealedText>,
    ) -> Result<(), SealError> {
        let Some(sealed) = sealed else { return Ok(()) };
        let seal = self.seal.as_ref().ok_or(SealError::NoKey)?;
        seal.open_text(id, what, sealed).map(drop)
    }
}
