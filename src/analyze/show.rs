//! Regions in words: as cells of a table, and as conditions of the language.

use super::classes::{Classes, Stretch, Values, complement};
use super::regions::{Choice, Region};
use super::space::Space;
use super::written;
use crate::condition::Pattern;
use crate::vocabulary::{Fact, Type, Vocabulary};

/// The values of a fact that a region has.
struct Shown<'a> {
    vocabulary: &'a Vocabulary,
    fact: &'a Fact,
    values: Chosen,
    /// Whether it has the absent fact, too.
    absent: bool,
    /// Of each text test what it is, what it looks for, and whether it is to say yes.
    demands: Vec<(&'static str, String, bool)>,
}

/// The values of a fact that is not absent.
enum Chosen {
    All,
    Numbers(Vec<Interval>),
    These(Vec<String>),
    AllBut(Vec<String>),
}

/// Whole numbers from the first to the last.
type Interval = (i64, i64);

/// A cell for each fact of the space, in the pieces that commas part; empty where any value will do.
pub(crate) fn cells(space: &Space<'_>, region: &Region, readable: bool) -> Vec<Vec<String>> {
    let cell = |(classes, choice): (&Classes<'_>, &Choice)| {
        if choice.is_any() {
            Vec::new()
        } else {
            shown(space.vocabulary, classes, choice).cell(readable)
        }
    };
    space.facts.iter().zip(&region.choices).map(cell).collect()
}

/// The region as a condition; empty where it has all events.
pub(crate) fn condition(space: &Space<'_>, region: &Region) -> String {
    let asked = space.facts.iter().zip(&region.choices).filter(|(_, choice)| !choice.is_any());
    let clauses =
        asked.flat_map(|(classes, choice)| shown(space.vocabulary, classes, choice).clauses());
    clauses.collect::<Vec<_>>().join(" and ")
}

fn shown<'a>(vocabulary: &'a Vocabulary, classes: &Classes<'_>, choice: &Choice) -> Shown<'a> {
    let demand = |&(pattern, wanted): &(usize, bool)| {
        let pattern: &Pattern = classes.patterns[pattern];
        (pattern.test.as_str(), written::quoted(&pattern.text), wanted)
    };
    let mut demands: Vec<(&'static str, String, bool)> =
        choice.demands.iter().map(demand).collect();
    // What a text is like comes before what it is not like.
    demands.sort_by_key(|(.., wanted)| !wanted);
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
    Shown { vocabulary, fact: vocabulary.fact(classes.fact), values, absent, demands }
}

fn chosen_values(vocabulary: &Vocabulary, classes: &Classes<'_>, chosen: &[Stretch]) -> Chosen {
    let fact = vocabulary.fact(classes.fact);
    let others = complement(chosen, classes.count());
    match (&classes.values, fact.kind) {
        (Values::Bools, _) => {
            Chosen::These(chosen.iter().map(|&(first, _)| (first == 0).to_string()).collect())
        }
        (Values::Numbers { .. }, _) => {
            Chosen::Numbers(chosen.iter().map(|&stretch| classes.interval(stretch)).collect())
        }
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

impl Shown<'_> {
    /// The pieces that commas part.
    fn cell(&self, readable: bool) -> Vec<String> {
        let mut pieces = match &self.values {
            Chosen::Numbers(intervals) => {
                let number = |&interval| match readable {
                    true => self.number_in_words(interval),
                    false => self.number(interval),
                };
                intervals.iter().map(number).collect()
            }
            Chosen::These(values) => values.clone(),
            Chosen::AllBut(values) => with_first(values, "other than "),
            Chosen::All if self.absent || !self.demands.is_empty() => Vec::new(),
            Chosen::All => vec!["present".to_owned()],
        };
        if self.absent {
            pieces = match pieces.is_empty() {
                true => vec!["absent".to_owned()],
                false => with_first(&pieces, "absent or "),
            };
        }
        let demands = if readable { self.demands_in_words() } else { self.each_demand() };
        for mut demand in demands {
            if let (Some(last), Some(first)) = (pieces.pop(), demand.first_mut()) {
                first.insert_str(0, &format!("{last} and "));
            }
            pieces.append(&mut demand);
        }
        pieces
    }

    fn each_demand(&self) -> Vec<Vec<String>> {
        let demand = |(test, text, wanted): &(&'static str, String, bool)| match wanted {
            true => vec![format!("{test} {text}")],
            false => vec![format!("not {test} {text}")],
        };
        self.demands.iter().map(demand).collect()
    }

    /// The same with `contains none of "a", "b"` in the place of several that are to say no, behind the others.
    fn demands_in_words(&self) -> Vec<Vec<String>> {
        let is_one_of_many = |demand: &(&'static str, String, bool)| {
            let alike = self.demands.iter().filter(|other| (other.0, other.2) == (demand.0, false));
            !demand.2 && alike.count() > 1
        };
        let (many, few): (Vec<_>, Vec<_>) = self.demands.iter().cloned().partition(is_one_of_many);
        let mut words = Shown { demands: few, values: Chosen::All, ..*self }.each_demand();
        let mut groups: Vec<(&'static str, Vec<String>)> = Vec::new();
        for (test, text, _) in many {
            match groups.iter_mut().find(|(known, _)| *known == test) {
                Some((_, texts)) => texts.push(text),
                None => groups.push((test, vec![format!("{test} none of {text}")])),
            }
        }
        words.extend(groups.into_iter().map(|(_, texts)| texts));
        words
    }

    /// Clauses that `and` joins.
    fn clauses(&self) -> Vec<String> {
        let name = &self.fact.name;
        let values = match &self.values {
            Chosen::Numbers(intervals) => self.within(intervals),
            Chosen::These(values) => these(self.fact, values),
            Chosen::AllBut(values) => Some(match &values[..] {
                [value] => format!("{name} != {value}"),
                _ => format!("{name} not in [{}]", values.join(", ")),
            }),
            Chosen::All if self.absent || !self.demands.is_empty() => None,
            Chosen::All => Some(format!("{name} is present")),
        };
        let either = match (self.absent, values) {
            (true, Some(values)) if self.is_joined(&values) => {
                Some(format!("({name} is absent or ({values}))"))
            }
            (true, Some(values)) => Some(format!("({name} is absent or {values})")),
            (true, None) => Some(format!("{name} is absent")),
            (false, values) => values,
        };
        let demand = |(test, text, wanted): &(&'static str, String, bool)| match wanted {
            true => format!("{name} {test} {text}"),
            false => format!("not {name} {test} {text}"),
        };
        either.into_iter().chain(self.demands.iter().map(demand)).collect()
    }

    /// Whether `and` joins the parts of a condition about the values.
    fn is_joined(&self, values: &str) -> bool {
        matches!(self.values, Chosen::Numbers(_)) && values.contains(" and ")
    }

    // Numbers -------------------------------------------------------------------------------------

    fn written(&self, number: i64) -> String {
        self.vocabulary.show_number(self.fact.kind, number).to_string()
    }

    /// `300001ms..`
    fn number(&self, (low, high): Interval) -> String {
        match (low, high) {
            _ if low == high => self.written(low),
            _ if low == self.fact.low => format!("..{}", self.written(high)),
            _ if high == self.fact.high => format!("{}..", self.written(low)),
            _ => format!("{}..{}", self.written(low), self.written(high)),
        }
    }

    /// `over 5m`
    fn number_in_words(&self, interval: Interval) -> String {
        let (low, high) = interval;
        let (low_end, high_end) = (self.number_before(low), self.number_behind(high));
        let open = (low == self.fact.low, high == self.fact.high);
        match (low_end, high_end, open) {
            (Some(low), _, (false, true)) => format!("over {low}"),
            (_, Some(high), (true, false)) => format!("under {high}"),
            (Some(low), Some(high), (false, false)) => format!("over {low} to under {high}"),
            (Some(low), None, (false, false)) => format!("over {low} to {}", self.written(high)),
            (None, Some(high), (false, false)) => format!("{} to under {high}", self.written(low)),
            _ => self.number(interval),
        }
    }

    /// The number before this one, where it is written in a larger unit.
    fn number_before(&self, number: i64) -> Option<String> {
        self.rounder(number.checked_sub(1)?, number)
    }

    /// The number behind this one, where it is written in a larger unit.
    fn number_behind(&self, number: i64) -> Option<String> {
        self.rounder(number.checked_add(1)?, number)
    }

    fn rounder(&self, number: i64, than: i64) -> Option<String> {
        let (number, than) = (self.written(number), self.written(than));
        let has_other_unit = unit(&number) != unit(&than);
        (has_other_unit && number.len() < than.len()).then_some(number)
    }

    /// The condition that a number lies in one of these intervals; nothing where there are none.
    fn within(&self, intervals: &[Interval]) -> Option<String> {
        let name = &self.fact.name;
        match *intervals {
            [] => None,
            [(low, high)] if low == high => Some(format!("{name} == {}", self.written(low))),
            [interval] => Some(
                self.compared(interval)
                    .unwrap_or_else(|| format!("{name} in {}", self.number(interval))),
            ),
            _ => {
                let numbers: Vec<String> =
                    intervals.iter().map(|&interval| self.number(interval)).collect();
                Some(format!("{name} in [{}]", numbers.join(", ")))
            }
        }
    }

    /// `elapsed > 5m`, where that says it in a larger unit than a range does.
    fn compared(&self, (low, high): Interval) -> Option<String> {
        let name = &self.fact.name;
        let (before, behind) = (self.number_before(low), self.number_behind(high));
        let open = (low == self.fact.low, high == self.fact.high);
        if (open.0 || before.is_none()) && (open.1 || behind.is_none()) {
            return None;
        }
        let low = match before {
            _ if open.0 => None,
            Some(before) => Some(format!("{name} > {before}")),
            None => Some(format!("{name} >= {}", self.written(low))),
        };
        let high = match behind {
            _ if open.1 => None,
            Some(behind) => Some(format!("{name} < {behind}")),
            None => Some(format!("{name} <= {}", self.written(high))),
        };
        Some(low.into_iter().chain(high).collect::<Vec<_>>().join(" and "))
    }
}

/// The unit of a written number; empty where it has none.
fn unit(written: &str) -> &str {
    written.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-')
}

/// The values with a word before the first.
fn with_first(values: &[String], word: &str) -> Vec<String> {
    let mut values = values.to_vec();
    if let Some(first) = values.first_mut() {
        first.insert_str(0, word);
    }
    values
}

/// The condition that a fact has one of these values; nothing where there are none.
fn these(fact: &Fact, values: &[String]) -> Option<String> {
    let name = &fact.name;
    match values {
        [] => None,
        [value] if fact.kind == Type::Bool => {
            Some(if value == "true" { name.clone() } else { format!("not {name}") })
        }
        [value] => Some(format!("{name} == {value}")),
        values => Some(format!("{name} in [{}]", values.join(", "))),
    }
}
