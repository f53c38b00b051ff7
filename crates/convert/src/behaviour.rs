//! What a policy does about each error from attempt to attempt, where all else about the event is given.

use std::collections::BTreeSet;
use std::fmt;

use redress::ast::DeclarationKind;
use redress::vocabulary::{EnumType, Fact, Type};
use redress::{Argument, Event, Outcome, Policy, PolicyLoader, Rule, Schedule};

use crate::ExportError;
use crate::backoff::Backoff;

/// The most questions that are asked of a policy; each is an event to decide.
const MOST_QUESTIONS: usize = 2_000_000;

/// A rule that a format cannot express.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The rule's name, or its place where it has none.
    pub rule: String,
    /// Where it is declared: `refunds.policy:12`.
    pub at: String,
    /// What cannot be expressed.
    pub message: String,
    /// What would help.
    pub help: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Refusal { rule, at, message, help } = self;
        if rule == at {
            write!(f, "{at}: {message}; {help}")
        } else {
            write!(f, "{at}: `{rule}` {message}; {help}")
        }
    }
}

/// What becomes of every error.
pub(crate) struct Behaviour<'p> {
    pub(crate) policy: &'p Policy,
    /// One a member of the vocabulary's errors, and at last, without a name, any other; where none can come, none.
    pub(crate) courses: Vec<(Option<String>, Course)>,
}

/// The rules that decide an error, each with the first attempt that it decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Course(Vec<(i64, usize)>);

/// A course as other formats see it: so many tries, then the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handling {
    /// When to try again; none for never.
    pub(crate) backoff: Option<Backoff>,
    pub(crate) then: Then,
    /// The rule of the first attempt.
    pub(crate) rule: usize,
    /// The rule of the end.
    pub(crate) last: usize,
    /// Whether the end comes because the schedule has no more delays, though the rule goes on.
    pub(crate) used_up: bool,
}

/// The end of a course.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Then {
    Fail,
    Catch { next: String, result_path: Option<String> },
}

impl<'p> Behaviour<'p> {
    pub(crate) fn of(policy: &'p Policy, given: &[(String, String)]) -> Result<Self, ExportError> {
        let errors = errors(policy)?;
        let restricted = restricted(policy, given)?;
        let attempts = attempts(policy, given, restricted.as_ref().unwrap_or(policy))?;
        let others = errors.open.then(|| other_than(errors));
        let names = errors.members.iter().map(|member| Some(member.name.clone()));
        if (errors.members.len() + 1).saturating_mul(attempts.len()) > MOST_QUESTIONS {
            return Err(ExportError::TooComplex(redress::analyze::TooComplex));
        }
        let mut courses = Vec::new();
        for name in names.chain(others.is_some().then_some(None)) {
            let error = name.as_deref().or(others.as_deref()).unwrap_or_default();
            let mut steps: Vec<(i64, usize)> = Vec::new();
            for &attempt in &attempts {
                let rule = event(policy, given, error, attempt)?.deciding_rule();
                let is_new =
                    steps.last().is_none_or(|&(_, last)| !decides_alike(policy, last, rule));
                if is_new {
                    steps.push((attempt, rule));
                }
            }
            courses.push((name, Course(steps)));
        }
        Ok(Behaviour { policy, courses })
    }

    pub(crate) fn rule(&self, rule: usize) -> Option<&'p Rule> {
        self.policy.rules().get(rule)
    }

    pub(crate) fn refusal(&self, rule: usize, message: impl Into<String>, help: &str) -> Refusal {
        refusal(self.policy, rule, message, help)
    }

    /// The course in the terms of other formats.
    pub(crate) fn handling(&self, course: &Course) -> Result<Handling, Refusal> {
        let Some(&(_, first)) = course.0.first() else {
            return Err(self.refusal(0, "decides nothing", "there is no error to decide"));
        };
        let Some(schedule) = self.schedule(first) else {
            let then = self.then(first)?;
            return Ok(Handling { backoff: None, then, rule: first, last: first, used_up: false });
        };
        self.without_labels(first)?;
        let delays = u32::try_from(schedule.len()).unwrap_or(u32::MAX);
        let asked = course.0.get(1).map(|&(attempt, rule)| (attempt - 1, rule));
        let asked = asked.filter(|&(tries, _)| tries <= i64::from(delays));
        let tries = asked.and_then(|(tries, _)| u32::try_from(tries).ok()).unwrap_or(delays);
        let Some(backoff) = Backoff::of(schedule, tries) else {
            let message = format!("waits {schedule}, and these delays do not grow by one rate");
            let help =
                "write `every(…)`, `exponential(…)`, or delays each so many times the one before";
            return Err(self.refusal(first, message, help));
        };
        let (then, last, used_up) = match asked {
            Some((_, next)) if self.schedule(next).is_some() => {
                let message = format!("changes the schedule at attempt {}", tries + 1);
                return Err(self.refusal(next, message, "an error has one schedule there"));
            }
            Some((_, next)) => (self.then(next)?, next, false),
            None => (Then::Fail, first, true),
        };
        Ok(Handling { backoff: Some(backoff), then, rule: first, last, used_up })
    }

    fn schedule(&self, rule: usize) -> Option<&'p Schedule> {
        let Outcome { name, variant, .. } = self.rule(rule)?.outcome();
        if name != "store" || variant.as_deref() != Some("retry") {
            return None;
        }
        match self.rule(rule)?.outcome().argument("after") {
            Some(Argument::Schedule(schedule)) => Some(schedule),
            _ => None,
        }
    }

    fn then(&self, rule: usize) -> Result<Then, Refusal> {
        self.without_labels(rule)?;
        let text = |outcome: &Outcome, name: &str| match outcome.argument(name) {
            Some(Argument::Text(text)) => Some(text.clone()),
            _ => None,
        };
        let outcome = self.rule(rule).map(Rule::outcome);
        let named = outcome.map_or("", |outcome| outcome.name.as_str());
        let next = outcome.and_then(|outcome| text(outcome, "next"));
        match (named, next, outcome) {
            ("fail", ..) => Ok(Then::Fail),
            ("catch", Some(next), Some(outcome)) => {
                Ok(Then::Catch { next, result_path: text(outcome, "result_path") })
            }
            _ => {
                let display = outcome.map(Outcome::display).unwrap_or_default();
                let help = "it takes `fail`, `store(retry)` with a schedule, and for a state `catch(next: …)`";
                Err(self.refusal(rule, format!("says `{display}`, which has no counterpart"), help))
            }
        }
    }

    fn without_labels(&self, rule: usize) -> Result<(), Refusal> {
        if self.rule(rule).is_none_or(|rule| rule.labels().is_empty()) {
            return Ok(());
        }
        Err(self.refusal(rule, "hangs labels on its decision", "there is no place for them there"))
    }
}

fn refusal(policy: &Policy, rule: usize, message: impl Into<String>, help: &str) -> Refusal {
    let rule = policy.rules().get(rule);
    Refusal {
        rule: rule.map(|rule| rule.title().to_owned()).unwrap_or_default(),
        at: rule.map(|rule| rule.at().to_owned()).unwrap_or_default(),
        message: message.into(),
        help: help.to_owned(),
    }
}

fn decides_alike(policy: &Policy, one: usize, other: usize) -> bool {
    let decision = |rule: usize| {
        let rule = policy.rules().get(rule);
        rule.map(|rule| (rule.outcome(), rule.labels()))
    };
    decision(one) == decision(other)
}

/// The names of errors that a policy can speak of.
fn errors(policy: &Policy) -> Result<&EnumType, ExportError> {
    let vocabulary = policy.vocabulary();
    let fact = vocabulary.find_fact("error").map(|id| vocabulary.fact(id));
    match fact.map(|fact| fact.kind) {
        Some(Type::Enum(id)) => Ok(vocabulary.enum_type(id)),
        _ => Err(ExportError::Fact(
            "the policy's vocabulary has no fact `error` that is a name of an error".to_owned(),
        )),
    }
}

/// A name that the policy does not know.
fn other_than(errors: &EnumType) -> String {
    let mut name = "AnythingElse".to_owned();
    while errors.member(&name).is_some() {
        name.push('_');
    }
    name
}

/// What is given of the facts of an event by what it is exported to.
const KNOWN: [&str; 2] = ["error", "attempt"];

/// The event of an error at an attempt; what has to be said and was not given does not matter, and is anything.
fn event<'p>(
    policy: &'p Policy,
    given: &[(String, String)],
    error: &str,
    attempt: i64,
) -> Result<Event<'p>, ExportError> {
    let mut builder = policy.event().set("error", error);
    for (_, fact) in policy.vocabulary().facts() {
        let name = fact.name.as_str();
        if name == "attempt" {
            builder = builder.set(name, attempt);
        } else if let Some((_, value)) = given.iter().find(|(key, _)| key == name) {
            builder = builder.set_written(name, value);
        } else if fact.is_required() && name != "error" {
            builder = anything(policy, builder, fact);
        }
    }
    let unknown = given.iter().filter(|(key, _)| policy.vocabulary().find_fact(key).is_none());
    let builder = unknown.fold(builder, |builder, (key, value)| builder.set_written(key, value));
    builder.build().map_err(|error| ExportError::Fact(error.to_string()))
}

fn anything<'p>(
    policy: &'p Policy,
    builder: redress::EventBuilder<'p>,
    fact: &Fact,
) -> redress::EventBuilder<'p> {
    match fact.kind {
        Type::Bool => builder.set(&fact.name, false),
        Type::Text => builder.set(&fact.name, "x"),
        Type::Int | Type::Duration | Type::Size => {
            builder.set(&fact.name, 1i64.clamp(fact.low, fact.high))
        }
        Type::Enum(id) => {
            let members = &policy.vocabulary().enum_type(id).members;
            builder.set(&fact.name, members.first().map_or("x", |member| member.name.as_str()))
        }
    }
}

/// The attempts at which decisions can change, from the first on.
///
/// It is an error where a decision hangs on anything but the error, the attempt, and what is given.
fn attempts(
    policy: &Policy,
    given: &[(String, String)],
    restricted: &Policy,
) -> Result<Vec<i64>, ExportError> {
    let table = restricted.table()?;
    // In front of a restricted policy stands a rule of ours.
    let ours = restricted.rules().len() - policy.rules().len();
    let mut attempts = BTreeSet::from([1]);
    let mut refusals = Vec::new();
    for row in table.rows.iter().filter(|row| row.rule >= ours) {
        for (fact, cell) in table.facts.iter().zip(&row.cells).filter(|(_, cell)| !cell.is_empty())
        {
            if fact == "attempt" {
                let numbers = cell.split(|c: char| !c.is_ascii_digit());
                let numbers = numbers.filter_map(|number| number.parse::<i64>().ok());
                attempts
                    .extend(numbers.flat_map(|n| [n.saturating_sub(1), n, n.saturating_add(1)]));
            } else if !KNOWN.contains(&fact.as_str()) && given.iter().all(|(key, _)| key != fact) {
                let message = format!("is chosen by `{fact}`, which nothing there knows");
                let help = format!("say what it always is, `{fact}=…`, or do without it");
                refusals.push(refusal(policy, row.rule - ours, message, &help));
            }
        }
    }
    if !refusals.is_empty() {
        let mut seen = std::collections::HashSet::new();
        refusals.retain(|refusal| seen.insert(refusal.message.clone()));
        return Err(ExportError::Refused(refusals));
    }
    Ok(attempts.into_iter().filter(|&attempt| attempt >= 1).collect())
}

/// The policy behind a rule that takes all events for which the facts are not as given; none where none is given.
fn restricted(policy: &Policy, given: &[(String, String)]) -> Result<Option<Policy>, ExportError> {
    if given.is_empty() {
        return Ok(None);
    }
    if let Some((key, _)) = given.iter().find(|(key, _)| KNOWN.contains(&key.as_str())) {
        let message = format!("`{key}` cannot be given: it is what the export is about");
        return Err(ExportError::Fact(message));
    }
    let (errors, vocabulary) = (errors(policy)?, policy.vocabulary());
    let event = event(policy, given, &other_than(errors), 1)?;
    let mut elsewhere = Vec::new();
    for (key, _) in given {
        let Some(id) = vocabulary.find_fact(key) else { continue };
        let Some(value) = event.shown(id) else {
            return Err(ExportError::Fact(format!("`{key}=` gives no value")));
        };
        let absent = vocabulary.fact(id).optional.then(|| format!("{key} is absent"));
        elsewhere.extend(absent.into_iter().chain([format!("{key} != {value}")]));
    }
    let outcome = policy.rules().first().map(|rule| rule.outcome().to_string());
    let rule = format!("when {} => {}\n\n", elsewhere.join(" or "), outcome.unwrap_or_default());
    let mut text = policy.effective().to_string();
    let parsed = redress::parse("effective.policy", &text);
    let decides = |kind: &DeclarationKind| {
        matches!(kind, DeclarationKind::Rule(_) | DeclarationKind::Otherwise(_))
    };
    let first = parsed.ast.declarations.iter().find(|declaration| decides(&declaration.kind));
    text.insert_str(first.map_or(text.len(), |declaration| declaration.span.range().start), &rule);
    let restricted = PolicyLoader::new()
        .check_text("effective.policy", text)
        .into_policy()
        .ok()
        .filter(|restricted| restricted.rules().len() == policy.rules().len() + 1);
    restricted.map(Some).ok_or_else(|| {
        ExportError::Fact("what these facts leave of the policy cannot be told".to_owned())
    })
}
