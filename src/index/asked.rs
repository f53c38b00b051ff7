//! The facts that rules ask about, and the classes that their values fall into.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use blake3::Hasher;

use super::numbers::Numbers;
use crate::condition::{Accepts, Condition, tests_of};
use crate::decide::Value;
use crate::names::Names;
use crate::vocabulary::{EnumType, FactId, MemberId, Type, Vocabulary};

/// The facts that some rule asks about, the most often asked first.
#[derive(Debug)]
pub(super) struct Asked {
    facts: Box<[AskedFact]>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct AskedFact {
    pub(super) id: FactId,
    /// The class of what is absent, the last one; of names and texts that of all others is the one before it.
    absent: u32,
    kind: Kind,
}

/// How a value becomes a class.
#[derive(Debug)]
enum Kind {
    Bool,
    Number(Numbers),
    /// The enum's names, with the numbers of their members.
    Member(Names),
    /// The texts that rules mention, numbered.
    Text(Names),
}

impl Asked {
    pub(super) fn new<'a>(
        vocabulary: &Vocabulary,
        conditions: impl Iterator<Item = &'a Condition>,
    ) -> Self {
        let mut facts: HashMap<FactId, Gathered> = HashMap::new();
        for test in tests_of(conditions) {
            facts.entry(test.fact).or_default().add(&test.accepts);
        }
        let mut gathered: Vec<(FactId, Gathered)> = facts.into_iter().collect();
        gathered.sort_by_key(|(id, gathered)| (std::cmp::Reverse(gathered.uses), *id));
        let fact = |(id, gathered): (FactId, Gathered)| {
            let (kind, absent) = kind(vocabulary, id, gathered);
            AskedFact { id, absent, kind }
        };
        Asked { facts: gathered.into_iter().map(fact).collect() }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &AskedFact)> {
        (0..).zip(&self.facts)
    }

    #[inline]
    pub(super) fn get(&self, fact: u32) -> &AskedFact {
        &self.facts[fact as usize]
    }
}

impl AskedFact {
    /// How many classes there are.
    pub(super) fn classes(&self) -> u32 {
        self.absent + 1
    }

    /// The class of what is absent.
    #[inline]
    pub(super) fn absent(&self) -> u32 {
        self.absent
    }

    /// The class of a value; what is of another type is not known, as what is absent.
    #[inline(always)]
    pub(super) fn class(&self, value: Value<'_>) -> u32 {
        // Texts and numbers are asked for most, so they do not wait for the others to be told apart.
        if let (Value::Text(text), Kind::Member(names) | Kind::Text(names)) = (value, &self.kind) {
            return names.get(text).unwrap_or(self.absent - 1);
        }
        if let (Value::Number(value), Kind::Number(numbers)) = (value, &self.kind) {
            return numbers.class(value);
        }
        match (value, &self.kind) {
            (Value::Member(member), Kind::Member(_)) => member.0.min(self.absent - 1),
            (Value::Bool(value), Kind::Bool) => value.into(),
            _ => self.absent,
        }
    }

    /// The class of a number.
    pub(super) fn number(&self, value: i64) -> u32 {
        self.class(Value::Number(value))
    }

    /// The class of a member.
    pub(super) fn member(&self, member: MemberId) -> u32 {
        self.class(Value::Member(member))
    }

    /// The class of a text that rules mention.
    pub(super) fn text(&self, text: &str) -> u32 {
        self.class(Value::Text(text))
    }

    /// The lowest value of each class of numbers but the first.
    pub(super) fn starts(&self) -> &[i64] {
        match &self.kind {
            Kind::Number(numbers) => numbers.starts(),
            _ => &[],
        }
    }

    /// What tells an enum's names from those of any other; nothing is 0.
    pub(super) fn stamp(&self, vocabulary: &Vocabulary) -> u64 {
        match (&self.kind, vocabulary.fact(self.id).kind) {
            (Kind::Member(_), Type::Enum(id)) => stamp(vocabulary.enum_type(id)),
            _ => 0,
        }
    }
}

/// 64 bits of a hash of all names and of what they stand for.
fn stamp(kind: &EnumType) -> u64 {
    let mut hasher = Hasher::new();
    for member in &kind.members {
        let names = std::iter::once(&member.name).chain(&member.spellings);
        for name in names {
            hasher.update(&(name.len() as u64).to_le_bytes());
            hasher.update(name.as_bytes());
        }
        // Longer than any name is.
        hasher.update(&u64::MAX.to_le_bytes());
    }
    hasher.finalize().as_bytes().first_chunk().map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// How values of a fact become classes, and the class of what is absent.
fn kind(vocabulary: &Vocabulary, id: FactId, gathered: Gathered) -> (Kind, u32) {
    match vocabulary.fact(id).kind {
        Type::Bool => (Kind::Bool, 2),
        Type::Int | Type::Duration | Type::Size => {
            let mut starts = gathered.starts;
            starts.sort_unstable();
            starts.dedup();
            // The first class begins with the least number.
            starts.retain(|&start| start != i64::MIN);
            let absent = starts.len() as u32 + 1;
            (Kind::Number(Numbers::new(starts)), absent)
        }
        Type::Enum(id) => {
            let (members, mut names) = (vocabulary.enum_type(id), Names::new());
            for (name, member) in &members.spellings {
                names.insert(name, member.0);
            }
            names.settle();
            (Kind::Member(names), members.members.len() as u32 + 1)
        }
        Type::Text => {
            let mut texts = gathered.texts;
            texts.settle();
            let absent = texts.len() as u32 + 1;
            (Kind::Text(texts), absent)
        }
    }
}

/// What rules say of one fact.
#[derive(Default)]
struct Gathered {
    uses: usize,
    starts: Vec<i64>,
    texts: Names,
    /// Sets that were looked at and that others may share.
    shared: HashSet<*const ()>,
}

impl Gathered {
    fn add(&mut self, accepts: &Accepts) {
        self.uses += 1;
        match accepts {
            Accepts::Numbers(intervals) if first(&mut self.shared, intervals) => {
                for &(low, high) in intervals.as_slice() {
                    self.starts.push(low);
                    self.starts.extend(high.checked_add(1));
                }
            }
            Accepts::Texts { texts, .. } if first(&mut self.shared, texts) => {
                for text in texts.iter() {
                    let number = self.texts.len() as u32;
                    self.texts.insert(text, number);
                }
            }
            _ => {}
        }
    }
}

/// Whether a set is met for the first time, as far as it matters: what nobody shares is met once.
fn first<T>(shared: &mut HashSet<*const ()>, set: &Arc<T>) -> bool {
    Arc::strong_count(set) == 1 || shared.insert(Arc::as_ptr(set).cast())
}
