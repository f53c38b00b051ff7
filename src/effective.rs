//! The effective policy: what is in force once every file had its say, and where each piece comes from.
//!
//! It is made from the files as they were written, so that names, comments and layout are those of their
//! authors. As text it is a policy of its own: it builds on no other policy, loads, and has the same
//! fingerprint. Only the vocabulary and the packs are still named, since no policy can be without a vocabulary.

mod gather;
mod lists;
mod names;
mod text;

use crate::decision::Fingerprint;
use crate::policy::Policy;

/// What is in force, and where each piece comes from.
///
/// ```
/// use redress::Policy;
/// let policy = Policy::parse("extends default\nlet transient += [RuntimeError]\ndisable handled")?;
/// let effective = policy.effective();
/// assert_eq!(effective.disabled[0].by, "policy:3");
/// let alone = Policy::parse(&effective.to_string())?;
/// assert_eq!(alone.fingerprint(), policy.fingerprint());
/// # Ok::<(), redress::LoadError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Effective {
    /// The policy's fingerprint.
    pub fingerprint: Fingerprint,
    /// The files of the policy and its bases, the policy's own first.
    pub files: Vec<String>,
    /// The file of the vocabulary; none where it is the standard one.
    pub vocabulary: Option<String>,
    /// The packs as `use` names them: `make`, or a path in quotes.
    pub packs: Vec<String>,
    /// What a vocabulary other than the standard one and the packs declare, sets after all changes; of their
    /// `let`s those that are used. Of the standard vocabulary, the sets that a policy changes.
    pub given: Vec<Part>,
    /// What the policy and its bases declare besides rules: enums, facts, outcomes, and the `let`s that are
    /// used, sets after all changes.
    pub parts: Vec<Part>,
    /// The changes to sets of the vocabulary and the packs, as they are written.
    pub changes: Vec<Part>,
    /// One for each of [`Policy::rules`], in their order.
    pub rules: Vec<EffectiveRule>,
    /// The rules that are not in force.
    pub disabled: Vec<Disabled>,
}

/// A declaration that is no rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is declared.
    pub kind: PartKind,
    /// Its name; a pack's set carries the pack's.
    pub name: String,
    /// The declaration as the language writes it: `let transient = [ConnectionError]`.
    pub text: String,
    /// `FILE:LINE` of the declaration.
    pub at: String,
    /// `FILE:LINE` of everything that changed it since.
    pub changed: Vec<String>,
    /// The comment above it.
    pub documentation: Option<String>,
}

/// The kinds of declarations that are no rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartKind {
    /// `enum`
    Enum,
    /// `fact`
    Fact,
    /// `let`
    Let,
    /// `outcome`
    Outcome,
}

/// A rule that is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectiveRule {
    /// The declaration as the language writes it, without placement and examples; a replacement as the rule
    /// that it is now.
    pub text: String,
    /// `FILE:LINE` of the declaration that is in force.
    pub at: String,
    /// `FILE:LINE` of the declarations that this one replaces, the latest first.
    pub replaces: Vec<String>,
    /// The comment above it.
    pub documentation: Option<String>,
}

/// A rule of a base that is not in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disabled {
    /// Its name.
    pub rule: String,
    /// `FILE:LINE` of its declaration.
    pub at: String,
    /// `FILE:LINE` of the `disable`.
    pub by: String,
}

impl<A> Policy<A> {
    /// What is in force, and where each piece comes from.
    pub fn effective(&self) -> Effective {
        gather::effective(self)
    }
}
