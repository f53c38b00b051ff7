//! Who is measured: what each one is, how the rules are written for it, and what to bear in mind.

/// What a contestant is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Redress.
    Ours,
    /// Written by hand for one policy, or for policies of one shape.
    ByHand,
    /// Another engine.
    Peer,
}

/// A contestant.
pub struct Contestant {
    /// As it is called in tables.
    pub name: &'static str,
    /// What it is.
    pub kind: Kind,
    /// The crate that it comes from.
    pub package: &'static str,
    /// How the rules are written for it.
    pub encoding: &'static str,
    /// What to bear in mind.
    pub caveat: &'static str,
}

/// Redress.
pub const REDRESS: &str = "Redress";
/// Redress, through a reader that is used again.
pub const READER: &str = "Redress, reader";
/// Redress, with names that the caller interned.
pub const INTERNED: &str = "Redress, names interned";
/// The documented policy as a `match`.
pub const MATCH: &str = "`match` on `&str`";
/// The documented policy with a perfect hash table.
pub const PHF: &str = "phf";
/// The plainest interpreter, with lists of names.
pub const PLAIN_LISTS: &str = "plainest interpreter, lists";
/// The plainest interpreter, with sets of names.
pub const PLAIN_SETS: &str = "plainest interpreter, hash sets";
/// The index of the first family.
pub const HASH_INDEX: &str = "hash index";
/// The linear interpreter of general rules.
pub const LINEAR: &str = "linear interpreter";

/// All of them, in the order of the tables.
pub const CONTESTANTS: &[Contestant] = &[
    Contestant {
        name: REDRESS,
        kind: Kind::Ours,
        package: "redress",
        encoding: "a policy; a struct that derives `Facts`, the builder, a `serde_json::Map` and JSON text through a reader",
        caveat: "",
    },
    Contestant {
        name: READER,
        kind: Kind::Ours,
        package: "redress",
        encoding: "names and values through a reader, which keeps no event",
        caveat: "expects names in the order in which they came before",
    },
    Contestant {
        name: INTERNED,
        kind: Kind::Ours,
        package: "redress",
        encoding: "the same struct, its names looked up once by the caller",
        caveat: "the look-up is not in the time",
    },
    Contestant {
        name: MATCH,
        kind: Kind::ByHand,
        package: "",
        encoding: "the four documented rules as Rust",
        caveat: "not a policy at all: a change is a new build",
    },
    Contestant {
        name: PHF,
        kind: Kind::ByHand,
        package: "phf",
        encoding: "the errors of the documented rules in a perfect hash table",
        caveat: "fixed when it is built, like the `match`",
    },
    Contestant {
        name: PLAIN_LISTS,
        kind: Kind::ByHand,
        package: "",
        encoding: "rules as data, of the documented shape only, one after the other; errors in a list",
        caveat: "for one shape of rule; checks nothing",
    },
    Contestant {
        name: PLAIN_SETS,
        kind: Kind::ByHand,
        package: "rustc-hash",
        encoding: "the same, errors in a hash set",
        caveat: "for one shape of rule; checks nothing",
    },
    Contestant {
        name: HASH_INDEX,
        kind: Kind::ByHand,
        package: "rustc-hash",
        encoding: "application and error looked up, then the candidates of that pair; `prepared` is with both looked up before",
        caveat: "for one shape of rule; checks nothing",
    },
    Contestant {
        name: LINEAR,
        kind: Kind::ByHand,
        package: "",
        encoding: "any rules as trees with patterns compiled, walked from the first to the last",
        caveat: "what an engine without an index does at best",
    },
    Contestant {
        name: "wirefilter",
        kind: Kind::Peer,
        package: "wirefilter-engine",
        encoding: "a compiled filter a rule, asked in order over one context, which is used again",
        caveat: "made to match packets against filters; a decision is which filter matched first",
    },
    Contestant {
        name: "datalogic",
        kind: Kind::Peer,
        package: "datalogic-rs",
        encoding: "all rules as one compiled `if`, borrowed values, an arena that is reset",
        caveat: "",
    },
    Contestant {
        name: "cel",
        kind: Kind::Peer,
        package: "cel",
        encoding: "the documented policy as one conditional, a family as a program a rule; variables from a resolver",
        caveat: "an expression language: it has no notion of many rules",
    },
    Contestant {
        name: "zen table",
        kind: Kind::Peer,
        package: "zen-engine",
        encoding: "a compiled decision table, hit policy `first`; zen indexes it from eight rows on",
        caveat: "its home ground at many rules; the graph around the table is what it costs at few",
    },
    Contestant {
        name: "zen expression",
        kind: Kind::Peer,
        package: "zen-expression",
        encoding: "the documented policy as one compiled conditional",
        caveat: "the expression language alone, without decisions or tables",
    },
    Contestant {
        name: "rhai",
        kind: Kind::Peer,
        package: "rhai",
        encoding: "one compiled script: `switch` on the error, or an `if` a rule",
        caveat: "a scripting language: it can do far more than decide",
    },
    Contestant {
        name: "rhai, indexed by hand",
        kind: Kind::Peer,
        package: "rhai",
        encoding: "one compiled script: `switch` on the application, which rhai hashes, then an `if` a rule",
        caveat: "the author of the policy makes and keeps the index",
    },
    Contestant {
        name: "regorus",
        kind: Kind::Peer,
        package: "regorus",
        encoding: "Rego for its virtual machine, used again: `else` a rule, or rules as data that are looked through",
        caveat: "made to authorise",
    },
    Contestant {
        name: "regorus, indexed by hand",
        kind: Kind::Peer,
        package: "regorus",
        encoding: "Rego for its virtual machine: rules as data keyed by application and error",
        caveat: "made to authorise; the author of the policy makes and keeps the index",
    },
    Contestant {
        name: "cedar",
        kind: Kind::Peer,
        package: "cedar-policy",
        encoding: "a `permit` a rule; the first of those that permit decides",
        caveat: "not its home ground: it authorises, has no order of policies, and asks all of them by design",
    },
    Contestant {
        name: "vrl",
        kind: Kind::Peer,
        package: "vrl",
        encoding: "one compiled program: `if`, `else if` a rule, with the types of the facts declared",
        caveat: "made to transform events; a chain of thousands of `else if` is not what it is for",
    },
    Contestant {
        name: "evalexpr",
        kind: Kind::Peer,
        package: "evalexpr",
        encoding: "an operator tree a rule, asked in order, over a context of our own",
        caveat: "version 11, the last one that is not under the AGPL",
    },
];

/// Who is not measured somewhere: who, where, and why.
pub const ABSENT: &[(&str, &str, &str)] = &[
    (
        "casbin",
        "everything",
        "its crate turns on features of rhai (`only_i32`, `no_optimize`, `sync`) that one build cannot have for casbin \
         alone, and rhai would be measured with them",
    ),
    (
        "`match`, phf and the plainest interpreters",
        "the families",
        "each is written for the documented policy, the first two rule by rule; of the families the first has the hash \
         index as its code by hand, and the linear interpreter walks through all of them",
    ),
    ("the hash index", "all but the first family", "only its rules name what could be looked up"),
    (
        "zen expression",
        "the families",
        "one expression that holds all rules; zen has its tables for many of them, and they are measured",
    ),
    (
        "vrl",
        "10,000 rules of the first family",
        "its compiler follows the types of all facts through the chain, which takes minutes at this length",
    ),
    (
        "the other engines",
        "the second and the third family",
        "not each of them has all these questions of texts; there Redress is held against the linear interpreter",
    ),
];

/// The contestant of this name.
pub fn contestant(name: &str) -> Option<&'static Contestant> {
    CONTESTANTS.iter().find(|contestant| contestant.name == name)
}

/// Whether this is another engine.
pub fn is_peer(name: &str) -> bool {
    contestant(name).is_some_and(|contestant| contestant.kind == Kind::Peer)
}
