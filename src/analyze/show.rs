//! Regions in words: as cells of a table, and as conditions of the language.

use super::classes::{Classes, Stretch, Values, complement};
use super::regions::{Choice, Region};
use super::space::Space;
use super::written;
use crate::condition::Pattern;
use crate::vocabulary::{Fact, Type, Vocabulary};

/// The values of a fact that a region has.
struct Shown {
    values: Chosen,
    /// Whether it has the absent fact, too.
    absent: bool,
    /// Pairs of a text test and whether it is to say yes.
    demands: Vec<(String, bool)>,
}

/// The values of a fact that is not absent.
enum Chosen {
    All,
    These(Vec<String>),
    AllBut(Vec<String>),
}

/// A cell for each fact of the space; empty where any value will do.
pub(crate) fn cells(space: &Space<'_>, region: &Region) -> Vec<String> {
    let cell = |(classes, choice): (&Classes<'_>, &Choice)| {
        if choice.is_any() {
            String::new()
        } else {
            shown(space.vocabulary, classes, choice).cell()
        }
    };
    space.facts.iter().zip(&region.choices).map(cell).collect()
}

/// The region as a condition; empty where it has all events.
pub(crate) fn condition(space: &Space<'_>, region: &Region) -> String {
    let asked = space.facts.iter().zip(&region.choices).filter(|(_, choice)| !choice.is_any());
    let clauses = asked.flat_map(|(classes, choice)| {
        let fact = space.vocabulary.fact(classes.fact);
        shown(space.vocabulary, classes, choice).clauses(fact)
    });
    clauses.collect::<Vec<_>>().join(" and ")
}

fn shown(vocabulary: &Vocabulary, classes: &Classes<'_>, choice: &Choice) -> Shown {
    let demand =
        |&(pattern, wanted): &(usize, bool)| (written_test(classes.patterns[pattern]), wanted);
    let demands = choice.demands.iter().map(demand).collect();
    let count = classes.count();
    let all = vec![(0, classes.absent().unwrap_or(count - 1))];
    let chosen = choice.classes.as_ref().unwrap_or(&all);
    let values: Vec<Stretch> = chosen
        .iter()
        .filter(|(first, _)| *first < count)
        .map(|&(first, last)| (first, last.min(count - 1)))
        .collect();
    let absent = choice.demands.is_empty() && chosen.last().is_some_and(|&(_, last)| last >= count);
    let values = if values == [(0, count - 1)] {
        Chosen::All
    } else {
        chosen_values(vocabulary, classes, &values)
    };
    Shown { values, absent, demands }
}

fn written_test(pattern: &Pattern) -> String {
    format!("{} {}", pattern.test.as_str(), written::quoted(&pattern.text))
}

fn chosen_values(vocabulary: &Vocabulary, classes: &Classes<'_>, chosen: &[Stretch]) -> Chosen {
    let fact = vocabulary.fact(classes.fact);
    let others = complement(chosen, classes.count());
    match (&classes.values, fact.kind) {
        (Values::Bools, _) => {
            Chosen::These(chosen.iter().map(|&(first, _)| (first == 0).to_string()).collect())
        }
        (Values::Numbers { .. }, _) => Chosen::These(
            chosen
                .iter()
                .map(|&stretch| numbers(vocabulary, fact, classes.interval(stretch)))
                .collect(),
        ),
        (Values::Members(groups), Type::Enum(id)) => {
            let members = &vocabulary.enum_type(id).members;
            let name = |item: u32| written::name(&members[item as usize].name);
            pick(
                groups.items(chosen),
                groups.items(&others),
                groups.has_unlisted(chosen),
                groups.open,
                name,
            )
        }
        (Values::Texts { texts, groups }, _) => {
            let text = |item: u32| written::quoted(texts[item as usize]);
            pick(
                groups.items(chosen),
                groups.items(&others),
                groups.has_unlisted(chosen),
                true,
                text,
            )
        }
        (Values::Members(_), _) => Chosen::All,
    }
}

/// Names what is chosen, or what is not: the latter where it cannot be avoided, or says it in far fewer words.
fn pick(
    chosen: Vec<u32>,
    others: Vec<u32>,
    has_unlisted: bool,
    open: bool,
    name: impl Fn(u32) -> String,
) -> Chosen {
    let names = |items: Vec<u32>| items.into_iter().map(&name).collect();
    let few_others = !open && 2 * others.len() < chosen.len();
    if has_unlisted || few_others {
        Chosen::AllBut(names(others))
    } else {
        Chosen::These(names(chosen))
    }
}

fn numbers(vocabulary: &Vocabulary, fact: &Fact, (low, high): (i64, i64)) -> String {
    let number = |value: i64| vocabulary.show_number(fact.kind, value).to_string();
    match (low, high) {
        _ if low == high => number(low),
        _ if low == fact.low => format!("..{}", number(high)),
        _ if high == fact.high => format!("{}..", number(low)),
        _ => format!("{}..{}", number(low), number(high)),
    }
}

impl Shown {
    fn cell(&self) -> String {
        let values = match &self.values {
            Chosen::These(values) => values.join(", "),
            Chosen::AllBut(values) => format!("other than {}", values.join(", ")),
            Chosen::All if self.absent || !self.demands.is_empty() => String::new(),
            Chosen::All => "present".to_owned(),
        };
        let absent = if self.absent { "absent" } else { "" };
        let either = [absent.to_owned(), values].into_iter().filter(|part| !part.is_empty());
        let demands = self
            .demands
            .iter()
            .map(|(test, wanted)| if *wanted { test.clone() } else { format!("not {test}") });
        let all = [either.collect::<Vec<_>>().join(" or ")].into_iter().chain(demands);
        all.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" and ")
    }

    /// Clauses that `and` joins.
    fn clauses(&self, fact: &Fact) -> Vec<String> {
        let name = &fact.name;
        let values = match &self.values {
            Chosen::These(values) => these(fact, values),
            Chosen::AllBut(values) => Some(match &values[..] {
                [value] => format!("{name} != {value}"),
                _ => format!("{name} not in [{}]", values.join(", ")),
            }),
            Chosen::All if self.absent || !self.demands.is_empty() => None,
            Chosen::All => Some(format!("{name} is present")),
        };
        let either = match (self.absent, values) {
            (true, Some(values)) => Some(format!("({name} is absent or {values})")),
            (true, None) => Some(format!("{name} is absent")),
            (false, values) => values,
        };
        let demand = |(test, wanted): &(String, bool)| {
            if *wanted { format!("{name} {test}") } else { format!("not {name} {test}") }
        };
        either.into_iter().chain(self.demands.iter().map(demand)).collect()
    }
}

/// The condition that a fact has one of these values; nothing where there are none.
fn these(fact: &Fact, values: &[String]) -> Option<String> {
    let name = &fact.name;
    match values {
        [] => None,
        [value] if fact.kind == Type::Bool => {
            Some(if value == "true" { name.clone() } else { format!("not {name}") })
        }
        [range] if fact.kind.is_ordered() && range.contains("..") => {
            Some(format!("{name} in {range}"))
        }
        [value] => Some(format!("{name} == {value}")),
        values => Some(format!("{name} in [{}]", values.join(", "))),
    }
}
