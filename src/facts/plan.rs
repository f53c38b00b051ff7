//! Where in a small policy's table each value of a host's type leads.

use super::binding::Slot;
use super::{FactValue, Facts};
use crate::decide::Value;
use crate::index::{Index, SmallPolicy};
use crate::vocabulary::{DefaultValue, MemberId};

/// The summands of a [table](crate::index) by the fields of a host's type.
#[derive(Debug)]
pub(super) struct Plan {
    /// What the facts without a field give.
    base: u32,
    /// One a field, with its number; of a type with many fields those only that a rule asks about.
    fields: Box<[(usize, Summands)]>,
}

/// So many fields are asked in one go, whether a rule asks about them or not: the compiler then knows each.
const FEW: usize = 8;

/// So many steps of a number are added up rather than searched.
const MOST_STEPS: usize = 32;

/// What a field's value adds to the place in the table.
#[derive(Debug, Default)]
struct Summands {
    absent: u32,
    bools: [u32; 2],
    /// Of the lowest numbers, and what is added from each further number on.
    lowest: u32,
    steps: Box<[(i64, u32)]>,
    /// By the field's own names.
    names: Box<[u32]>,
    /// By classes; the last is that of what is absent, the one before it that of all names that are not known.
    classes: Box<[u32]>,
    stamp: u64,
    /// The position of the fact among those that are asked.
    asked: Option<u32>,
}

impl Plan {
    /// Nothing where the policy is not small.
    pub(super) fn new<T: Facts>(index: &Index, slots: &[Slot]) -> Option<Self> {
        let small = index.small()?;
        let mut base = 0u32;
        let mut fields: Vec<(usize, Summands)> = Vec::new();
        for (at, id, summands) in small.facts() {
            let summand = |value: Value<'_>| summands[small.class(at, value) as usize];
            match &slots[id.index()] {
                Slot::Field { number, .. } => {
                    fields.push((*number, field(&small, at, summands, &slots[id.index()])));
                }
                Slot::Absent => base += summand(Value::Absent),
                Slot::Default(default) => base += summand(default.value()),
            }
        }
        if T::FIELDS.len() <= FEW {
            let asked: Vec<usize> = fields.iter().map(|(number, _)| *number).collect();
            let others = (0..T::FIELDS.len()).filter(|number| !asked.contains(number));
            fields.extend(others.map(|number| (number, Summands::default())));
            fields.sort_by_key(|(number, _)| *number);
        }
        Some(Plan { base, fields: fields.into() })
    }

    /// The deciding rule.
    #[inline]
    pub(super) fn first<T: Facts>(&self, small: &SmallPolicy<'_>, facts: &T) -> usize {
        let mut at = self.base;
        if T::FIELDS.len() <= FEW {
            // The number of rounds is known when this is compiled, and so is each field.
            let fields = &self.fields[..T::FIELDS.len()];
            for (number, (_, summands)) in fields.iter().enumerate() {
                at = at.wrapping_add(summands.of(small, facts.fact(number)));
            }
        } else {
            for (number, summands) in &self.fields {
                at = at.wrapping_add(summands.of(small, facts.fact(*number)));
            }
        }
        small.rule(at)
    }
}

fn field(small: &SmallPolicy<'_>, at: u32, summands: &[u32], slot: &Slot) -> Summands {
    let summand = |value: Value<'_>| summands[small.class(at, value) as usize];
    let Slot::Field { default, names, low, high, stamp, .. } = slot else {
        return Summands::default();
    };
    let absent = default.as_ref().map_or(Value::Absent, DefaultValue::value);
    let number = |value: i64| summand(Value::Number(value));
    let (mut before, mut steps) = (number(*low), Vec::new());
    for &start in small.starts(at).iter().filter(|&start| low < start && start <= high) {
        steps.push((start, number(start).wrapping_sub(before)));
        before = number(start);
    }
    let member = |&member: &MemberId| summand(Value::Member(member));
    Summands {
        absent: summand(absent),
        bools: [summand(Value::Bool(false)), summand(Value::Bool(true))],
        lowest: number(*low),
        steps: steps.into(),
        names: names.iter().map(member).collect(),
        classes: summands.into(),
        stamp: *stamp,
        asked: Some(at),
    }
}

impl Summands {
    /// Written out for each field, so that only what its type can be is left.
    #[inline(always)]
    fn of(&self, small: &SmallPolicy<'_>, value: FactValue<'_>) -> u32 {
        match value {
            FactValue::Absent => self.absent,
            FactValue::Bool(value) => self.bools[usize::from(value)],
            FactValue::Int(value) => {
                if self.steps.len() > MOST_STEPS {
                    return self.searched(small, value);
                }
                let more = |&(start, more): &(i64, u32)| if value < start { 0 } else { more };
                self.steps.iter().map(more).fold(self.lowest, u32::wrapping_add)
            }
            FactValue::Name(at) => self.names.get(at).copied().unwrap_or(self.absent),
            FactValue::Interned(name) => match name.member_of(self.stamp) {
                Some(member) => self.classes[member.index().min(self.classes.len() - 2)],
                None => self.foreign(small, name.as_str()),
            },
            FactValue::Text(text) => self.text(small, text),
        }
    }

    /// A number of many steps: what the last step that has begun leads to.
    #[cold]
    #[inline(never)]
    fn searched(&self, small: &SmallPolicy<'_>, value: i64) -> u32 {
        let begun = self.steps.partition_point(|&(start, _)| start <= value);
        match (begun.checked_sub(1), self.asked) {
            (Some(last), Some(at)) => {
                let class = small.class(at, Value::Number(self.steps[last].0));
                self.classes[class as usize]
            }
            _ => self.lowest,
        }
    }

    /// A name of another vocabulary: kept out of the way of those that are known.
    #[cold]
    #[inline(never)]
    fn foreign(&self, small: &SmallPolicy<'_>, name: &str) -> u32 {
        self.text(small, name)
    }

    #[inline]
    fn text(&self, small: &SmallPolicy<'_>, text: &str) -> u32 {
        let Some(at) = self.asked else { return 0 };
        self.classes[small.class(at, Value::Text(text)) as usize]
    }
}
