//! Policy and event to decision: cannot fail, cannot panic, allocates nothing.

use crate::condition::{Accepts, Condition, Test, Truth};
use crate::vocabulary::{DefaultValue, Fact, FactId, MemberId};

/// What an event says of a fact.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Absent,
    Bool(bool),
    /// Of an `int`; of a `duration` in milliseconds; of a `size` in bytes.
    Number(i64),
    Member(MemberId),
    /// Of a `text`; of a host's type, also a name that was not looked up in its enum yet.
    Text(&'a str),
}

/// Something that can be asked for the facts of a vocabulary.
pub(crate) trait Values {
    fn value(&self, fact: FactId) -> Value<'_>;
}

impl DefaultValue {
    /// The same as the value of an event.
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            DefaultValue::Bool(value) => Value::Bool(*value),
            DefaultValue::Int(value) => Value::Number(*value),
            DefaultValue::Duration(value) => Value::Number(value.milliseconds()),
            DefaultValue::Size(value) => Value::Number(value.bytes()),
            DefaultValue::Text(text) => Value::Text(text),
            DefaultValue::Member(member) => Value::Member(*member),
        }
    }
}

impl Fact {
    /// What it is where an event does not say.
    pub(crate) fn unsaid(&self) -> Value<'_> {
        self.default.as_ref().map_or(Value::Absent, DefaultValue::value)
    }
}

/// What is known of the condition.
pub(crate) fn evaluate(condition: &Condition, values: &impl Values) -> Truth {
    match condition {
        Condition::All(clauses) => all(clauses, values),
        Condition::Any(clauses) => any(clauses, values),
        Condition::Not(inner) => evaluate(inner, values).negate(),
        Condition::Named(named) => evaluate(&named.condition, values),
        Condition::Test(test) => ask(test, values),
    }
}

/// The least of the clauses' truths; stops at the first false one.
fn all(clauses: &[Condition], values: &impl Values) -> Truth {
    let mut least = Truth::True;
    for clause in clauses {
        least = least.min(evaluate(clause, values));
        if least == Truth::False {
            break;
        }
    }
    least
}

/// The greatest of the clauses' truths; stops at the first true one.
fn any(clauses: &[Condition], values: &impl Values) -> Truth {
    let mut greatest = Truth::False;
    for clause in clauses {
        greatest = greatest.max(evaluate(clause, values));
        if greatest == Truth::True {
            break;
        }
    }
    greatest
}

/// The answer to one question.
pub(crate) fn ask(test: &Test, values: &impl Values) -> Truth {
    #[cfg(test)]
    crate::index::note_step();
    accepts(&test.accepts, values.value(test.fact))
}

/// Whether a test says yes to a value; a value of a type that the test is not about is not known.
pub(crate) fn accepts(accepts: &Accepts, value: Value<'_>) -> Truth {
    match (accepts, value) {
        (Accepts::Absent, value) => Truth::from(value == Value::Absent),
        (Accepts::Present, value) => Truth::from(value != Value::Absent),
        (Accepts::Bools { on_false, on_true }, Value::Bool(value)) => {
            Truth::from(if value { *on_true } else { *on_false })
        }
        (Accepts::Numbers(intervals), Value::Number(value)) => {
            Truth::from(intervals.contains(value))
        }
        (Accepts::Members(members), Value::Member(member)) => Truth::from(members.contains(member)),
        (Accepts::Texts { texts, negated }, Value::Text(text)) => {
            Truth::from(texts.contains(text) != *negated)
        }
        (Accepts::Pattern(pattern), Value::Text(text)) => Truth::from(pattern.accepts(text)),
        _ => Truth::Unknown,
    }
}
