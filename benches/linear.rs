//! The plainest interpreter of rules: asks one after the other, and each what it says.

use std::collections::BTreeSet;

use regex::Regex;

use crate::failure::{Event, Fact, Value};
use crate::rule::{Asks, Condition, Rules};

/// Rules, prepared to be walked.
#[derive(Debug)]
pub struct Linear(Vec<Prepared>);

/// A condition whose patterns are compiled.
#[derive(Debug)]
enum Prepared {
    All(Vec<Prepared>),
    Any(Vec<Prepared>),
    Not(Box<Prepared>),
    IsTrue(Fact),
    One(Fact, String),
    OneOf(Fact, BTreeSet<String>),
    Within(Fact, i64, i64),
    Contains(Fact, String),
    StartsWith(Fact, String),
    EndsWith(Fact, String),
    Like(Fact, Vec<String>),
    Matches(Fact, Regex),
    Absent(Fact),
}

impl Linear {
    /// Prepares the rules.
    ///
    /// # Errors
    /// A regular expression that is none.
    pub fn new(rules: &Rules) -> Result<Self, regex::Error> {
        rules.0.iter().map(|rule| prepare(&rule.condition)).collect::<Result<_, _>>().map(Linear)
    }

    /// The first rule that certainly holds, by its position; the number of rules if none does.
    pub fn decide(&self, event: &impl Event) -> usize {
        let holds = |rule: &Prepared| truth(rule, event) == Some(true);
        self.0.iter().position(holds).unwrap_or(self.0.len())
    }
}

fn prepare(condition: &Condition) -> Result<Prepared, regex::Error> {
    let every = |clauses: &[Condition]| clauses.iter().map(prepare).collect::<Result<_, _>>();
    Ok(match condition {
        Condition::All(clauses) => Prepared::All(every(clauses)?),
        Condition::Any(clauses) => Prepared::Any(every(clauses)?),
        Condition::Not(inner) => Prepared::Not(Box::new(prepare(inner)?)),
        Condition::Test(fact, asks) => question(*fact, asks)?,
    })
}

fn question(fact: Fact, asks: &Asks) -> Result<Prepared, regex::Error> {
    Ok(match asks {
        Asks::IsTrue => Prepared::IsTrue(fact),
        Asks::OneOf(names) if names.len() == 1 => Prepared::One(fact, names.concat()),
        Asks::OneOf(names) => Prepared::OneOf(fact, names.iter().cloned().collect()),
        Asks::Is(name) => Prepared::OneOf(fact, beneath(name)),
        Asks::Within(low, high) => {
            Prepared::Within(fact, low.unwrap_or(i64::MIN), high.unwrap_or(i64::MAX))
        }
        Asks::Contains(text) => Prepared::Contains(fact, text.clone()),
        Asks::StartsWith(text) => Prepared::StartsWith(fact, text.clone()),
        Asks::EndsWith(text) => Prepared::EndsWith(fact, text.clone()),
        Asks::Like(text) => Prepared::Like(fact, text.split('*').map(str::to_owned).collect()),
        Asks::Matches(text) => Prepared::Matches(fact, Regex::new(text)?),
        Asks::Absent => Prepared::Absent(fact),
    })
}

/// A name and, of the standard vocabulary, what stands beneath it.
fn beneath(name: &str) -> BTreeSet<String> {
    let beneath = (name == "InvalidConfigurationError").then_some("InvalidAccessTokenError");
    [Some(name), beneath].into_iter().flatten().map(str::to_owned).collect()
}

/// None where it is not known.
fn truth(condition: &Prepared, event: &impl Event) -> Option<bool> {
    let number = |fact, low, high| match event.fact(fact) {
        Value::Number(number) => Some((low..=high).contains(&number)),
        _ => None,
    };
    match condition {
        Prepared::All(clauses) => until(clauses, event, false),
        Prepared::Any(clauses) => until(clauses, event, true),
        Prepared::Not(inner) => truth(inner, event).map(|truth| !truth),
        Prepared::IsTrue(fact) => match event.fact(*fact) {
            Value::Bool(truth) => Some(truth),
            _ => None,
        },
        Prepared::One(fact, name) => text(event, *fact, |text| text == name),
        Prepared::OneOf(fact, names) => text(event, *fact, |text| names.contains(text)),
        Prepared::Within(fact, low, high) => number(*fact, *low, *high),
        Prepared::Contains(fact, part) => text(event, *fact, |text| text.contains(part)),
        Prepared::StartsWith(fact, part) => text(event, *fact, |text| text.starts_with(part)),
        Prepared::EndsWith(fact, part) => text(event, *fact, |text| text.ends_with(part)),
        Prepared::Like(fact, parts) => text(event, *fact, |text| is_like(text, parts)),
        Prepared::Matches(fact, regex) => text(event, *fact, |text| regex.is_match(text)),
        Prepared::Absent(fact) => Some(event.fact(*fact) == Value::Absent),
    }
}

/// This truth if one clause has it; else not known if one is not; else the other truth.
fn until(clauses: &[Prepared], event: &impl Event, end: bool) -> Option<bool> {
    let mut truth_of_all = Some(!end);
    for clause in clauses {
        match truth(clause, event) {
            Some(truth) if truth == end => return Some(end),
            None => truth_of_all = None,
            Some(_) => {}
        }
    }
    truth_of_all
}

fn text<'a>(event: &'a impl Event, fact: Fact, accepts: impl Fn(&'a str) -> bool) -> Option<bool> {
    match event.fact(fact) {
        Value::Text(text) => Some(accepts(text)),
        _ => None,
    }
}

/// Whether a text is these parts with anything between them.
fn is_like(text: &str, parts: &[String]) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.iter().all(|part| part == text);
    };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}
