//! The vocabulary in which two policies can be compared: all facts and names that either knows.

use std::collections::HashMap;
use std::sync::Arc;

use super::Clash;
use super::translate::{Reading, Side};
use crate::condition::{Accepts, Condition, Intervals, Members, Test};
use crate::names::ByName;
use crate::vocabulary::{
    DefaultValue, EnumId, EnumType, Fact, FactId, Member, MemberId, Type, Vocabulary,
};

/// What either of two vocabularies knows, and how each reads it.
pub(super) struct Common {
    pub(super) vocabulary: Vocabulary,
    pub(super) old: Side,
    pub(super) new: Side,
}

/// Puts two vocabularies together.
///
/// # Errors
/// The facts that are of one type in one of them and of another type in the other.
pub(super) fn common(old: &Vocabulary, new: &Vocabulary) -> Result<Common, Vec<Clash>> {
    let mut merger = Merger {
        old,
        new,
        vocabulary: Vocabulary::default(),
        enums: HashMap::new(),
        clashes: Vec::new(),
    };
    let only_new = new.facts().filter(|(_, fact)| old.find_fact(&fact.name).is_none());
    let facts: Vec<(&Fact, Option<&Fact>)> = old
        .facts()
        .map(|(_, fact)| (fact, new.find_fact(&fact.name).map(|id| new.fact(id))))
        .collect();
    for (fact, other) in facts {
        match other {
            Some(other) => merger.both(fact, other),
            None => merger.one(fact, old),
        }
    }
    for (_, fact) in only_new {
        merger.one(fact, new);
    }
    if !merger.clashes.is_empty() {
        return Err(merger.clashes);
    }
    let vocabulary = merger.vocabulary;
    let (old, new) = (side(old, &vocabulary), side(new, &vocabulary));
    Ok(Common { vocabulary, old, new })
}

struct Merger<'v> {
    old: &'v Vocabulary,
    new: &'v Vocabulary,
    vocabulary: Vocabulary,
    /// The enums that were put together, by their numbers in the two.
    enums: HashMap<(Option<EnumId>, Option<EnumId>), EnumId>,
    clashes: Vec<Clash>,
}

impl Merger<'_> {
    /// A fact that both have.
    fn both(&mut self, old: &Fact, new: &Fact) {
        let kind = match (old.kind, new.kind) {
            (Type::Enum(old), Type::Enum(new)) => {
                Type::Enum(self.enumeration(Some(old), Some(new)))
            }
            (old, new) if old == new => old,
            _ => {
                self.clashes.push(Clash {
                    fact: old.name.clone(),
                    old: self.old.type_name(old.kind).to_owned(),
                    new: self.new.type_name(new.kind).to_owned(),
                });
                return;
            }
        };
        let default = self.default(old, new, kind);
        let same = default.is_some() || (old.default.is_none() && new.default.is_none());
        self.add(Fact {
            kind,
            low: old.low.min(new.low),
            high: old.high.max(new.high),
            optional: old.optional
                || new.optional
                || !same
                || old.is_required() != new.is_required(),
            default,
            ..new.clone()
        });
    }

    /// A fact that one of them has.
    fn one(&mut self, fact: &Fact, side: &Vocabulary) {
        let is_old = std::ptr::eq(side, self.old);
        let kind = match fact.kind {
            Type::Enum(id) if is_old => Type::Enum(self.enumeration(Some(id), None)),
            Type::Enum(id) => Type::Enum(self.enumeration(None, Some(id))),
            kind => kind,
        };
        let default = fact
            .default
            .as_ref()
            .map(|default| renamed(default, fact, side, kind, &self.vocabulary));
        self.add(Fact { kind, default, ..fact.clone() });
    }

    fn add(&mut self, fact: Fact) {
        let id = FactId(self.vocabulary.facts.len() as u32);
        self.vocabulary.fact_names.insert(&fact.name, id.0);
        self.vocabulary.facts.push(fact);
    }

    /// The default that both have; none where they differ.
    fn default(&self, old: &Fact, new: &Fact, kind: Type) -> Option<DefaultValue> {
        let (first, second) = (old.default.as_ref()?, new.default.as_ref()?);
        let first = renamed(first, old, self.old, kind, &self.vocabulary);
        let second = renamed(second, new, self.new, kind, &self.vocabulary);
        (first == second).then_some(second)
    }

    fn enumeration(&mut self, old: Option<EnumId>, new: Option<EnumId>) -> EnumId {
        if let Some(&id) = self.enums.get(&(old, new)) {
            return id;
        }
        let old_type = old.map(|id| self.old.enum_type(id));
        let new_type = new.map(|id| self.new.enum_type(id));
        let id = EnumId(self.vocabulary.enums.len() as u32);
        self.vocabulary.enums.extend(union(old_type, new_type));
        self.enums.insert((old, new), id);
        id
    }
}

/// The default of a fact in the numbers of the common vocabulary.
fn renamed(
    default: &DefaultValue,
    fact: &Fact,
    side: &Vocabulary,
    kind: Type,
    common: &Vocabulary,
) -> DefaultValue {
    match (default, fact.kind, kind) {
        (DefaultValue::Member(member), Type::Enum(own), Type::Enum(id)) => {
            let name = side.enum_type(own).name_of(*member);
            let renamed = name.and_then(|name| common.enum_type(id).member(name));
            debug_assert!(renamed.is_some(), "a default is a member, and the common enum has it");
            DefaultValue::Member(renamed.unwrap_or(MemberId::OTHER))
        }
        _ => default.clone(),
    }
}

/// Every name that either knows and that they do not read alike is a member of its own.
fn union(old: Option<&EnumType>, new: Option<&EnumType>) -> Option<EnumType> {
    let shown = new.or(old)?;
    let mut union = EnumType {
        name: shown.name.clone(),
        open: [old, new].into_iter().flatten().any(|kind| kind.open),
        members: Vec::new(),
        spellings: ByName::default(),
        span: shown.span,
    };
    let sides = || [old, new].into_iter().flatten();
    for member in sides().flat_map(|side| &side.members) {
        add_member(&mut union, &member.name, member);
    }
    for (side, member) in
        sides().flat_map(|side| side.members.iter().map(move |member| (side, member)))
    {
        let other = sides().find(|other| !std::ptr::eq(*other, side));
        for spelling in &member.spellings {
            let read_alike = other.is_none_or(|other| {
                other.member(spelling).and_then(|id| other.name_of(id)) == Some(&member.name)
            });
            match union.member(&member.name) {
                Some(id) if read_alike => {
                    union.spellings.entry(spelling.clone()).or_insert(id);
                }
                _ => add_member(&mut union, spelling, member),
            }
        }
    }
    Some(union)
}

fn add_member(kind: &mut EnumType, name: &str, like: &Member) {
    if kind.spellings.contains_key(name) {
        return;
    }
    let id = MemberId(kind.members.len() as u32);
    kind.spellings.insert(name.to_owned(), id);
    kind.members.push(Member {
        name: name.to_owned(),
        parent: None,
        spellings: Vec::new(),
        span: like.span,
    });
}

/// How one of the two reads what the common vocabulary has.
fn side(own: &Vocabulary, common: &Vocabulary) -> Side {
    let readings = own.facts().map(|(_, fact)| reading(own, fact, common));
    let readings: Vec<Reading> = readings.collect();
    let mut refusals = Vec::new();
    for ((_, fact), reading) in own.facts().zip(&readings) {
        refusals.extend(refusals_of(own, fact, reading, common));
    }
    Side::new(readings, refusals)
}

fn reading(own: &Vocabulary, fact: &Fact, common: &Vocabulary) -> Reading {
    let id = common.find_fact(&fact.name);
    debug_assert!(id.is_some(), "every fact of either is one of the common vocabulary");
    let id = id.unwrap_or(FactId(0));
    let shared = common.fact(id);
    let members = match (fact.kind, shared.kind) {
        (Type::Enum(own_id), Type::Enum(common_id)) => {
            let kind = own.enum_type(own_id);
            let known = |member: &Member| kind.member(&member.name).unwrap_or(MemberId::OTHER);
            let members: Vec<MemberId> =
                common.enum_type(common_id).members.iter().map(known).collect();
            let same = members.iter().zip(0..).all(|(&member, at)| member == MemberId(at));
            (!same || members.len() != kind.members.len()).then_some(members)
        }
        _ => None,
    };
    let default = fact.default.clone().filter(|_| shared.default.is_none());
    Reading { fact: id, members, default }
}

/// The values of a fact that one of the two cannot hold though the common vocabulary can.
fn refusals_of(
    own: &Vocabulary,
    fact: &Fact,
    reading: &Reading,
    common: &Vocabulary,
) -> Vec<Condition> {
    let shared = common.fact(reading.fact);
    let test = |accepts| Condition::Test(Test { fact: reading.fact, accepts, span: fact.span });
    let mut refusals = Vec::new();
    if fact.kind.is_ordered() && (fact.low, fact.high) != (shared.low, shared.high) {
        let held = Intervals::new(vec![(fact.low, fact.high)]);
        refusals.push(test(Accepts::Numbers(Arc::new(held.complement()))));
    }
    if let (Type::Enum(own_id), Type::Enum(common_id)) = (fact.kind, shared.kind) {
        let (kind, all) = (own.enum_type(own_id), common.enum_type(common_id));
        let known = |(member, _): &(&Member, u32)| kind.member(&member.name).is_some();
        if !kind.open && (all.open || !all.members.iter().zip(0..).all(|member| known(&member))) {
            let known = all.members.iter().zip(0..).filter(known).map(|(_, at)| MemberId(at));
            refusals.push(test(Accepts::Members(Arc::new(Members::new(known).complement()))));
        }
    }
    if fact.is_required() && !shared.is_required() {
        refusals.push(test(Accepts::Absent));
    }
    refusals
}
