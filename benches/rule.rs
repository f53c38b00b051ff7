//! Rules as plain data: written out as a policy, or translated into another engine's language.

use std::fmt;

use crate::failure::Fact;

/// Rules in their order, with `otherwise => fail` behind them.
#[derive(Clone, Debug)]
pub struct Rules(pub Vec<Rule>);

/// One rule; its name is `r` and its position, from 0.
#[derive(Clone, Debug)]
pub struct Rule {
    /// When it decides.
    pub condition: Condition,
    /// What it decides.
    pub outcome: &'static str,
}

/// What a rule asks.
#[derive(Clone, Debug)]
pub enum Condition {
    /// All of them hold.
    All(Vec<Condition>),
    /// One of them holds.
    Any(Vec<Condition>),
    /// It certainly does not hold.
    Not(Box<Condition>),
    /// One question about one fact.
    Test(Fact, Asks),
}

/// A question about one fact.
#[derive(Clone, Debug)]
pub enum Asks {
    /// Is it true?
    IsTrue,
    /// Is it one of these?
    OneOf(Vec<String>),
    /// Is it the error of this name, or one beneath it?
    Is(&'static str),
    /// Is it within these bounds, both of them in it?
    Within(Option<i64>, Option<i64>),
    /// Does the text hold this?
    Contains(String),
    /// Does the text begin so?
    StartsWith(String),
    /// Does the text end so?
    EndsWith(String),
    /// Does the whole text look like this, with `*` for anything?
    Like(String),
    /// Does this regular expression find something in it?
    Matches(String),
    /// Is there nothing?
    Absent,
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, rule) in self.0.iter().enumerate() {
            writeln!(f, "rule r{at}: when {} => {}", Outermost(&rule.condition), rule.outcome)?;
        }
        writeln!(f, "otherwise => fail")
    }
}

/// A condition without parentheses around it.
struct Outermost<'a>(&'a Condition);

impl fmt::Display for Outermost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Condition::All(clauses) => joined(f, clauses, " and "),
            Condition::Any(clauses) => joined(f, clauses, " or "),
            Condition::Not(inner) => write!(f, "not {inner}"),
            Condition::Test(fact, asks) => test(f, *fact, asks),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::All(_) | Condition::Any(_) => write!(f, "({})", Outermost(self)),
            Condition::Not(_) | Condition::Test(..) => Outermost(self).fmt(f),
        }
    }
}

fn joined(f: &mut fmt::Formatter<'_>, clauses: &[Condition], between: &str) -> fmt::Result {
    for (at, clause) in clauses.iter().enumerate() {
        write!(f, "{}{clause}", if at == 0 { "" } else { between })?;
    }
    Ok(())
}

fn test(f: &mut fmt::Formatter<'_>, fact: Fact, asks: &Asks) -> fmt::Result {
    let (name, unit) = (fact.name(), unit(fact));
    match asks {
        Asks::IsTrue => f.write_str(name),
        Asks::OneOf(names) => one_of(f, fact, names),
        Asks::Is(ancestor) => write!(f, "{name} is {ancestor}"),
        Asks::Within(Some(low), Some(high)) if low == high => write!(f, "{name} == {low}{unit}"),
        Asks::Within(Some(low), Some(high)) => write!(f, "{name} in {low}{unit}..{high}{unit}"),
        Asks::Within(Some(low), None) => write!(f, "{name} >= {low}{unit}"),
        // A bound beyond a fact's range is refused, so only what has no greatest value is asked to be less than one.
        Asks::Within(None, Some(high)) if fact == Fact::Attempt => {
            write!(f, "{name} < {}", high + 1)
        }
        Asks::Within(None, Some(high)) => write!(f, "{name} <= {high}{unit}"),
        Asks::Within(None, None) => write!(f, "{name} is present"),
        Asks::Contains(text) => write!(f, "{name} contains \"{text}\""),
        Asks::StartsWith(text) => write!(f, "{name} starts with \"{text}\""),
        Asks::EndsWith(text) => write!(f, "{name} ends with \"{text}\""),
        Asks::Like(text) => write!(f, "{name} like \"{text}\""),
        Asks::Matches(text) => write!(f, "{name} matches r\"{text}\""),
        Asks::Absent => write!(f, "{name} is absent"),
    }
}

fn unit(fact: Fact) -> &'static str {
    match fact {
        Fact::Elapsed => "ms",
        Fact::Size => "B",
        _ => "",
    }
}

/// Texts stand in quotes, names of errors do not.
fn one_of(f: &mut fmt::Formatter<'_>, fact: Fact, names: &[String]) -> fmt::Result {
    let quote = if fact == Fact::Error { "" } else { "\"" };
    let written: Vec<String> = names.iter().map(|name| format!("{quote}{name}{quote}")).collect();
    match &written[..] {
        [only] => write!(f, "{} == {only}", fact.name()),
        several => write!(f, "{} in [{}]", fact.name(), several.join(", ")),
    }
}
