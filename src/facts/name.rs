//! Names that a host looks up once.

use std::fmt;

use super::{FactType, FactValue, FieldKind};
use crate::event::{EventProblem, Given, Held, read};
use crate::policy::Policy;
use crate::suggest::suggest;
use crate::vocabulary::{MemberId, Type};

/// A name of an open enum, looked up once: deciding it costs less than deciding its text.
///
/// It is a text that remembers which member it is, and of which vocabulary. So it can be used with any policy: one whose
/// enum has the same names, such as the next version of the same policy, decides it by what it remembers, any other by
/// its text. What is remembered is 64 bits of a cryptographic hash of the enum's names.
///
/// ```
/// use redress::{Name, Policy};
/// use redress_derive::Facts;
///
/// #[derive(Facts)]
/// struct Failure<'a> {
///     error: Name<'a>,
///     module: u32,
/// }
///
/// let policy = Policy::default();
/// let refused = policy.name("error", "ConnectionError")?;
/// let decision = policy.bind::<Failure>()?.decide(&Failure { error: refused, module: 2 }).clone();
/// assert_eq!(decision.display, "store(retry)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Name<'a> {
    text: &'a str,
    member: MemberId,
    /// What the member is one of; nothing is 0.
    stamp: u64,
}

impl<'a> Name<'a> {
    /// The name as it was given.
    pub fn as_str(self) -> &'a str {
        self.text
    }

    /// The member that it is of the enum with this stamp, if it remembers that.
    #[inline]
    pub(super) fn member_of(self, stamp: u64) -> Option<MemberId> {
        (self.stamp == stamp && stamp != 0).then_some(self.member)
    }
}

impl<A> Policy<A> {
    /// Looks a name up, once, for a fact that has names: as the field of a type that is [bound](Policy::bind), or for
    /// [`EventBuilder::set`](crate::EventBuilder::set).
    ///
    /// A name that an open enum does not know is "anything else", as it is in an event.
    ///
    /// # Errors
    /// Where there is no such fact, or what the fact has is no text, or its enum is closed and does not have the name.
    pub fn name<'a>(&self, fact: &str, name: &'a str) -> Result<Name<'a>, EventProblem> {
        let vocabulary = self.vocabulary();
        let id = vocabulary.find_fact(fact).ok_or_else(|| {
            let names = vocabulary.facts().map(|(_, fact)| fact.name.as_str());
            let suggestion = suggest(fact, names).map(str::to_owned);
            EventProblem::UnknownKey { key: fact.to_owned(), suggestion }
        })?;
        let kind = vocabulary.fact(id).kind;
        if !matches!(kind, Type::Text | Type::Enum(_)) {
            return Err(EventProblem::WrongType {
                key: fact.to_owned(),
                value: format!("of type `{}`", vocabulary.type_name(kind)),
                expected: "an enum or a text".to_owned(),
            });
        }
        let member = match read(vocabulary, vocabulary.fact(id), Given::from(name))? {
            Held::Member(member) => member,
            _ => MemberId::OTHER,
        };
        Ok(Name { text: name, member, stamp: self.index().stamp(id) })
    }
}

impl FactType for Name<'_> {
    const KIND: FieldKind = FieldKind::Interned;

    #[inline]
    fn fact_value(&self) -> FactValue<'_> {
        FactValue::Interned(*self)
    }
}

impl<'a> From<Name<'a>> for Given<'a> {
    fn from(name: Name<'a>) -> Self {
        Given::from(name.text)
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}
