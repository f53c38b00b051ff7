//! Conditions in the languages that look like C: what most of the engines speak.

use redress_benches::{Asks, Condition, Fact};

/// How a language of this kind writes things.
pub struct Dialect {
    /// Between clauses of which all hold.
    pub and: &'static str,
    /// Between clauses of which one holds.
    pub or: &'static str,
    /// Before what does not hold.
    pub not: &'static str,
    /// Before the name of a fact.
    pub fact: &'static str,
    /// Whether a fact is one of these names.
    pub one_of: fn(&str, &[String]) -> String,
}

/// What no engine here is asked: the documented policy and the first family hold no such question.
#[derive(Debug, thiserror::Error)]
#[error("{0:?} is not translated")]
pub struct Untranslated(pub Asks);

impl Dialect {
    /// The condition as text.
    pub fn write(&self, condition: &Condition) -> Result<String, Untranslated> {
        match condition {
            Condition::All(clauses) => self.joined(clauses, self.and),
            Condition::Any(clauses) => self.joined(clauses, self.or),
            Condition::Not(inner) => Ok(format!("{}({})", self.not, self.write(inner)?)),
            Condition::Test(fact, asks) => self.test(*fact, asks),
        }
    }

    fn joined(&self, clauses: &[Condition], between: &str) -> Result<String, Untranslated> {
        let clauses: Vec<String> =
            clauses.iter().map(|clause| self.write(clause)).collect::<Result<_, _>>()?;
        Ok(format!("({})", clauses.join(between)))
    }

    fn test(&self, fact: Fact, asks: &Asks) -> Result<String, Untranslated> {
        let fact = format!("{}{}", self.fact, fact.name());
        let and = self.and;
        Ok(match asks {
            Asks::IsTrue => fact,
            Asks::OneOf(names) => (self.one_of)(&fact, names),
            Asks::Within(Some(low), Some(high)) if low == high => format!("{fact} == {low}"),
            Asks::Within(Some(low), Some(high)) => {
                format!("({fact} >= {low}{and}{fact} <= {high})")
            }
            Asks::Within(Some(low), None) => format!("{fact} >= {low}"),
            Asks::Within(None, Some(high)) => format!("{fact} <= {high}"),
            other => return Err(Untranslated(other.clone())),
        })
    }
}

/// `f == "A" || f == "B"`.
pub fn by_equality(fact: &str, names: &[String]) -> String {
    let each: Vec<String> = names.iter().map(|name| format!("{fact} == \"{name}\"")).collect();
    if each.len() == 1 { each.concat() } else { format!("({})", each.join(" || ")) }
}

/// `f in ["A", "B"]`, and `f == "A"` where there is one.
pub fn by_membership(fact: &str, names: &[String]) -> String {
    match names {
        [only] => format!("{fact} == \"{only}\""),
        several => format!("{fact} in {}", list(several)),
    }
}

/// `["A", "B"]`.
pub fn list(names: &[String]) -> String {
    format!("{names:?}")
}
