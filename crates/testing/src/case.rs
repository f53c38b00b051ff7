//! One case: an event, and what is to become of it.

use redress::{Decision, Event, EventProblem, Given, Policy, Rule};
use toml::de::{DeTable, DeValue};
use toml::{Table, Value};

use crate::expected;
use crate::summary::{Difference, Expectation, Failure, TestResult, Verdict};
use redress_toml::{Entry, Located, Problem, Reader, did_you_mean, kind};

/// One case of a [`CaseFile`](crate::CaseFile).
#[derive(Clone, Debug)]
pub struct Case {
    name: String,
    line: usize,
    event: Located<Vec<Fact>>,
    outcome: Option<Located<Value>>,
    rule: Option<Located<String>>,
    labels: Option<Table>,
}

/// What the event says of a fact.
#[derive(Clone, Debug)]
struct Fact {
    key: Located<String>,
    value: Given<'static>,
}

const KEYS: [&str; 5] = ["name", "event", "outcome", "rule", "labels"];

impl Case {
    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The line at which it begins.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Reads an element of `case`; nothing where it is not as it has to be.
    pub(crate) fn read<'i>(reader: &mut Reader<'i>, entry: Entry<'_, 'i>) -> Option<Case> {
        let Some(table) = entry.get_ref().as_table() else {
            reader.problem(
                entry.span(),
                format!("a case is {}, expected a table", kind(entry.get_ref())),
            );
            return None;
        };
        reader.allow_only(table, &KEYS, "a case");
        let name = reader.required_text(table, "name", entry.span(), "the case");
        let event = read_event(reader, table, entry);
        if table.get("outcome").is_none() && table.get("rule").is_none() {
            reader.problem(
                entry.span(),
                "the case expects nothing; give it an `outcome` or a `rule`",
            );
        }
        let outcome = table.get("outcome").and_then(|entry| reader.value(entry));
        let rule = reader.text(table, "rule");
        let labels = reader.table(table, "labels").and(table.get("labels"));
        let labels = labels.and_then(|entry| reader.value(entry)).map(|labels| labels.value);
        Some(Case {
            name: name?.value,
            line: reader.line(entry.span()),
            event: event?,
            outcome,
            rule,
            labels,
        })
    }

    /// Runs it against a policy.
    pub fn run(&self, policy: &Policy) -> TestResult {
        let (verdict, unknown_names) = match self.event(policy) {
            Ok(event) => {
                let failure = self.compare(event.decide());
                (failure.map_or(Verdict::Passed, Verdict::Failed), event.unknown_names())
            }
            Err(problems) => (Verdict::Failed(Failure::CaseFile(problems)), Vec::new()),
        };
        let slips = unknown_names.into_iter().filter(|unknown| unknown.near.is_some()).collect();
        TestResult { name: Some(self.name.clone()), line: self.line, verdict, slips }
    }

    /// The event, if all names of the case are those of the policy.
    pub(crate) fn event<'p>(&self, policy: &'p Policy) -> Result<Event<'p>, Vec<Problem>> {
        let facts = self.event.value.iter();
        let event = facts
            .fold(policy.event(), |event, fact| event.set(&fact.key.value, fact.value.clone()))
            .build();
        let misfits =
            event.as_ref().err().map(|error| error.problems.as_slice()).unwrap_or_default();
        let mut problems: Vec<Problem> = misfits.iter().map(|misfit| self.misfit(misfit)).collect();
        let vocabulary = policy.vocabulary();
        problems.extend(
            self.outcome.as_ref().and_then(|outcome| expected::problem(vocabulary, outcome)),
        );
        problems.extend(self.rule.as_ref().and_then(|rule| unknown_rule(policy, rule)));
        problems.sort_by_key(|problem| problem.line);
        event.ok().filter(|_| problems.is_empty()).ok_or(problems)
    }

    /// A problem with the event, at the line of its key if it has one.
    fn misfit(&self, problem: &EventProblem) -> Problem {
        let key = self
            .event
            .value
            .iter()
            .map(|fact| &fact.key)
            .find(|key| Some(key.value.as_str()) == problem.key());
        Problem { line: key.map_or(self.event.line, |key| key.line), message: problem.to_string() }
    }

    /// What is not as expected.
    fn compare(&self, decision: &Decision) -> Option<Failure> {
        let outcome = self
            .outcome
            .as_ref()
            .and_then(|outcome| expected::difference(&outcome.value, decision));
        let rule = self.rule.as_ref().and_then(|rule| other_rule(&rule.value, decision));
        let labels =
            self.labels.as_ref().and_then(|labels| expected::other_labels(labels, decision));
        let differences: Vec<Difference> = outcome.into_iter().chain(rule).chain(labels).collect();
        let rule = decision.rule.as_ref().unwrap_or(&decision.at);
        (!differences.is_empty()).then(|| Failure::Decision {
            differences,
            rule: rule.to_string(),
            at: decision.at.to_string(),
        })
    }
}

fn unknown_rule(policy: &Policy, rule: &Located<String>) -> Option<Problem> {
    let is_meant = |known: &Rule| known.title() == rule.value || known.at() == rule.value;
    if policy.rules().iter().any(is_meant) {
        return None;
    }
    let names = || policy.rules().iter().map(Rule::title);
    Some(rule.problem(format!(
        "the policy has no rule `{}`{}",
        rule.value,
        did_you_mean(&rule.value, names())
    )))
}

fn other_rule(expected: &str, decision: &Decision) -> Option<Difference> {
    // A rule without a name goes by its place.
    let got = decision.rule.as_deref().unwrap_or(&decision.at);
    (got != expected && decision.at != expected).then(|| Difference {
        about: Expectation::Rule,
        expected: format!("`{expected}`"),
        got: format!("`{got}`"),
    })
}

/// Reads the event, in the order of the file.
fn read_event<'i>(
    reader: &mut Reader<'i>,
    case: &DeTable<'i>,
    whole: Entry<'_, 'i>,
) -> Option<Located<Vec<Fact>>> {
    let Some(entry) = case.get("event") else {
        reader.problem(whole.span(), "the case has no `event`");
        return None;
    };
    let mut entries: Vec<_> = reader.table(case, "event")?.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    let fact = |(key, value): (&toml::Spanned<toml::de::DeString<'i>>, Entry<'_, 'i>)| Fact {
        key: Located { value: key.get_ref().to_string(), line: reader.line(key.span()) },
        value: given(value.get_ref()),
    };
    let facts = entries.into_iter().map(fact).collect();
    Some(Located { value: facts, line: reader.line(entry.span()) })
}

/// The value as an event takes it.
fn given(value: &DeValue<'_>) -> Given<'static> {
    match value {
        DeValue::String(text) => Given::Text(text.to_string().into()),
        DeValue::Boolean(value) => Given::Bool(*value),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(value) => Given::Int(value),
            Err(_) if integer.radix() == 10 => Given::Number(integer.as_str().to_owned().into()),
            Err(_) => Given::Unfit("a number over 64 bits".into()),
        },
        DeValue::Float(number) => Given::Number(number.as_str().to_owned().into()),
        other => Given::Unfit(kind(other).into()),
    }
}
