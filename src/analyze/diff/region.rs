//! What a region has of each fact, for programs, and as a condition that can be asked once more.

use std::sync::Arc;

use serde_json::Value as Json;

use super::super::classes::{Classes, Groups, Stretch, Values, complement, contains};
use super::super::regions::{Choice, Region};
use super::super::show::cells;
use super::super::space::Space;
use super::{RegionFact, RegionText, RegionValue};
use crate::condition::{Accepts, Condition, Intervals, Members, Pattern, Test, Texts};
use crate::event::{Held, json};
use crate::source::{FileId, Span};
use crate::vocabulary::{MemberId, Type, Vocabulary};

/// The facts that matter in a region.
pub(super) fn facts(space: &Space<'_>, region: &Region) -> Vec<RegionFact> {
    let facts = space.facts.iter().zip(&region.choices).zip(cells(space, region, true));
    facts
        .filter(|((_, choice), _)| !choice.is_any())
        .map(|((classes, choice), words)| {
            let has = Has::new(classes, choice);
            let (other, values) = has.values(space.vocabulary);
            RegionFact {
                name: space.vocabulary.fact(classes.fact).name.clone(),
                words,
                values,
                other,
                absent: has.absent,
                texts: choice.demands.iter().map(|&demand| text(classes, demand)).collect(),
            }
        })
        .collect()
}

/// The condition that holds for the events of a region and for no others.
pub(super) fn condition(space: &Space<'_>, region: &Region) -> Condition {
    let facts = space.facts.iter().zip(&region.choices).filter(|(_, choice)| !choice.is_any());
    Condition::All(facts.map(|(classes, choice)| asked(classes, choice)).collect())
}

fn text(classes: &Classes<'_>, (pattern, wanted): (usize, bool)) -> RegionText {
    let pattern = classes.patterns[pattern];
    let (test, text) = (pattern.test.as_str().to_owned(), pattern.text.clone());
    RegionText { test, text, holds: wanted }
}

fn asked(classes: &Classes<'_>, choice: &Choice) -> Condition {
    let has = Has::new(classes, choice);
    // It is no part of any text.
    let span = Span::new(FileId(0), 0..0);
    let test = |accepts| Condition::Test(Test { fact: classes.fact, accepts, span });
    let values = test(has.accepts());
    let value = match has.absent {
        true => Condition::Any([test(Accepts::Absent), values].into()),
        false => values,
    };
    let demand = |&(pattern, wanted): &(usize, bool)| {
        let pattern: &Pattern = classes.patterns[pattern];
        let asked = test(Accepts::Pattern(Arc::new(pattern.clone())));
        if wanted { asked } else { Condition::Not(Box::new(asked)) }
    };
    Condition::All([value].into_iter().chain(choice.demands.iter().map(demand)).collect())
}

/// The values a region has of a fact.
struct Has<'c, 'a> {
    classes: &'c Classes<'a>,
    /// Those of values.
    chosen: Vec<Stretch>,
    absent: bool,
}

impl<'c, 'a> Has<'c, 'a> {
    fn new(classes: &'c Classes<'a>, choice: &Choice) -> Self {
        let count = classes.count();
        let all = vec![(0, classes.absent().unwrap_or(count - 1))];
        let chosen = choice.classes.as_ref().unwrap_or(&all);
        let absent = choice.demands.is_empty() && chosen.last().is_some_and(|last| last.1 >= count);
        let values = chosen.iter().filter(|(first, _)| *first < count);
        let chosen = values.map(|&(first, last)| (first, last.min(count - 1))).collect();
        Has { classes, chosen, absent }
    }

    /// Of names and texts: whether these are all but those listed, and those listed.
    fn listed(&self, groups: &Groups) -> (bool, Vec<u32>) {
        match groups.has_unlisted(&self.chosen) {
            true => (true, groups.items(&complement(&self.chosen, self.classes.count()))),
            false => (false, groups.items(&self.chosen)),
        }
    }

    fn accepts(&self) -> Accepts {
        let has = |class: u32| contains(&self.chosen, class);
        match &self.classes.values {
            Values::Bools => Accepts::Bools { on_true: has(0), on_false: has(1) },
            Values::Numbers { .. } => {
                let intervals = self.chosen.iter().map(|&chosen| self.classes.interval(chosen));
                Accepts::Numbers(Arc::new(Intervals::new(intervals.collect())))
            }
            Values::Members(groups) => {
                let (other, items) = self.listed(groups);
                let members = Members::new(items.into_iter().map(MemberId));
                Accepts::Members(Arc::new(if other { members.complement() } else { members }))
            }
            Values::Texts { texts, groups } => {
                let (negated, items) = self.listed(groups);
                let listed = items.into_iter().map(|item| texts[item as usize].into());
                Accepts::Texts { texts: Arc::new(Texts::new(listed.collect())), negated }
            }
        }
    }

    /// Whether these are all but those listed, and those listed, as an event in JSON gives them.
    fn values(&self, vocabulary: &Vocabulary) -> (bool, Vec<RegionValue>) {
        let fact = vocabulary.fact(self.classes.fact);
        let one = |value: Json| RegionValue::One(value);
        match (&self.classes.values, fact.kind) {
            (Values::Bools, _) => {
                let classes = self.chosen.iter().flat_map(|&(first, last)| first..=last);
                (false, classes.map(|class| one(Json::Bool(class == 0))).collect())
            }
            (Values::Numbers { .. }, kind) => {
                let end = |number, open| {
                    (number != open).then(|| json(vocabulary, kind, &Held::Number(number)))
                };
                let range = |(low, high)| RegionValue::Range {
                    from: end(low, fact.low),
                    to: end(high, fact.high),
                };
                let ranges = self.chosen.iter().map(|&chosen| self.classes.interval(chosen));
                (false, ranges.map(range).collect())
            }
            (Values::Members(groups), Type::Enum(id)) => {
                let members = &vocabulary.enum_type(id).members;
                let (other, items) = self.listed(groups);
                let name = |item: u32| one(members[item as usize].name.as_str().into());
                (other, items.into_iter().map(name).collect())
            }
            (Values::Members(_), _) => (true, Vec::new()),
            (Values::Texts { texts, groups }, _) => {
                let (other, items) = self.listed(groups);
                (other, items.into_iter().map(|item| one(texts[item as usize].into())).collect())
            }
        }
    }
}
