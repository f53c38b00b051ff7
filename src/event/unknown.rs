//! Names that a policy has never heard of.

use super::{Event, Held};
use crate::suggest::suggest;
use crate::vocabulary::{Fact, FactId, Type};

/// A name that an open enum does not know: often a slip, or an error that is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The fact that has it.
    pub fact: String,
    /// The enum that does not.
    pub enum_type: String,
    /// The name as the event gives it.
    pub name: String,
    /// A known name that is written much alike.
    pub near: Option<String>,
}

impl<A> Event<'_, A> {
    /// The names in it that open enums do not know, in the order of the vocabulary.
    ///
    /// ```
    /// let policy = redress::Policy::default();
    /// let event = policy.event().set("error", "DataErorr").set("module", 2).build()?;
    /// assert_eq!(event.unknown_names()[0].near.as_deref(), Some("DataError"));
    /// # Ok::<(), redress::EventError>(())
    /// ```
    pub fn unknown_names(&self) -> Vec<UnknownName> {
        let vocabulary = self.policy().vocabulary();
        let unknown = |(id, fact): (FactId, &Fact)| match (self.held(id), fact.kind) {
            (Held::Other(name), Type::Enum(kind)) => {
                let kind = vocabulary.enum_type(kind);
                let known = kind.members.iter().map(|member| member.name.as_str());
                Some(UnknownName {
                    fact: fact.name.clone(),
                    enum_type: kind.name.clone(),
                    name: name.to_string(),
                    near: suggest(&name, known).map(str::to_owned),
                })
            }
            _ => None,
        };
        vocabulary.facts().filter_map(unknown).collect()
    }
}
