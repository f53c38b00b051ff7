//! Who takes part in a measurement, and who could not.

use std::collections::HashSet;

use redress_benches::Event;

use crate::contender::{Contender, Engine, FromMap, FromNames, FromStruct, Prepared, Start};
use crate::figures::{Family, Figure, Findings, Refusal, Sampled};
use crate::measure::{Effort, Entry, Events, Sample, measure};

/// Why something could not be measured.
pub type Refused = Box<dyn std::error::Error>;

/// Those who take part, and those who could not.
pub struct Entries<E> {
    entries: Vec<Entry<E>>,
    refusals: Vec<Refusal>,
    place: String,
}

impl<E: Event + 'static> Entries<E> {
    /// None yet, at this place.
    pub fn of(place: String) -> Self {
        Entries { entries: Vec::new(), refusals: Vec::new(), place }
    }

    /// A contender of ours, or written by hand.
    pub fn add(
        &mut self,
        name: &'static str,
        start: Start,
        contender: impl Contender<E> + 'static,
    ) {
        self.entries.push(Entry::new(name, start, contender));
    }

    /// Another engine, from a struct, from its own input, from names and values and from a JSON map.
    pub fn engine<T: Engine + 'static>(
        &mut self,
        name: &'static str,
        make: impl Fn() -> Result<T, Refused>,
    ) {
        let made = || -> Result<[T; 4], Refused> { Ok([make()?, make()?, make()?, make()?]) };
        match made() {
            Ok([one, another, third, fourth]) => {
                self.add(name, Start::Struct, FromStruct(one));
                self.add(name, Start::Prepared, Prepared::new(another));
                self.add(name, Start::Names, FromNames(third));
                self.add(name, Start::Map, FromMap::new(fourth));
            }
            Err(reason) => self.refuse(name, &reason),
        }
    }

    /// Another engine from a struct alone.
    pub fn engine_from_struct<T: Engine + 'static>(
        &mut self,
        name: &'static str,
        made: Result<T, Refused>,
    ) {
        match made {
            Ok(engine) => self.add(name, Start::Struct, FromStruct(engine)),
            Err(reason) => self.refuse(name, &reason),
        }
    }

    /// Another engine from text that it reads itself.
    pub fn text(&mut self, name: &'static str, made: Result<impl Contender<E> + 'static, Refused>) {
        if let Ok(contender) = made {
            self.add(name, Start::Text, contender);
        }
    }

    fn refuse(&mut self, name: &'static str, reason: &Refused) {
        let reason: String = reason.to_string().chars().take(200).collect();
        self.refusals.push(Refusal { name, place: self.place.clone(), reason });
    }

    /// Measures them on a policy of so many rules.
    pub fn measure(
        self,
        events: &Events<E>,
        effort: Effort,
        family: Family,
        rules: usize,
        findings: &mut Findings,
    ) -> Result<(), Refused> {
        eprintln!("{}", self.place);
        findings.samples.push(sampled(&events.replayed, family, rules));
        findings.refusals.extend(self.refusals);
        let (measured, unequal) = measure(self.entries, events, effort)?;
        findings.refusals.extend(unequal.iter().map(|problem| Refusal {
            name: problem.name(),
            place: self.place.clone(),
            reason: problem.to_string(),
        }));
        let figure = |measured| Figure { family, rules, measured };
        findings.figures.extend(measured.into_iter().map(figure));
        Ok(())
    }
}

fn sampled<E: Event>(sample: &Sample<E>, family: Family, rules: usize) -> Sampled {
    let said = |event: &E| {
        let values: Vec<_> = event.facts().iter().map(|&fact| event.fact(fact)).collect();
        format!("{values:?}")
    };
    let decided = sample.rules().iter().filter(|&&rule| rule < rules);
    let deciding: HashSet<usize> = decided.clone().copied().collect();
    Sampled {
        family,
        rules,
        events: sample.events().len(),
        distinct: sample.events().iter().map(said).collect::<HashSet<String>>().len(),
        decided: decided.count(),
        deciding: deciding.len(),
    }
}
