//! Reads the `Retry` and `Catch` of every state of a definition, wherever in the document the definition stands.

use std::sync::LazyLock;

use redress::Jitter;
use redress::ast::DeclarationKind;

use super::suspects;
use crate::backoff::Backoff;
use crate::decimal::Decimal;
use crate::error_names::ErrorNames;
use crate::reading::{At, Findings};

/// The wildcard for every error but those that end an execution.
pub(super) const ALL: &str = "States.ALL";
/// The wildcard for every error but a timeout; also the name of an error.
pub(super) const TASK_FAILED: &str = "States.TaskFailed";
/// What [`TASK_FAILED`] leaves out.
pub(super) const TIMEOUT: &str = "States.Timeout";
/// Neither retried nor caught, whatever a state says.
pub(super) const RUNTIME: &str = "States.Runtime";
/// Not taken by a wildcard.
pub(super) const DATA_LIMIT: &str = "States.DataLimitExceeded";

/// What a Retrier does where it does not say.
const USUAL_INTERVAL: u64 = 1;
const USUAL_ATTEMPTS: u64 = 3;

/// The most Retriers of one state, and the most Catchers; each is compared with all before it, so that the time grows
/// with their square.
const MOST_MATCHERS: usize = 500;

/// A state that says what becomes of errors.
#[derive(Debug)]
pub(crate) struct State<'a> {
    pub(crate) at: At<'a>,
    pub(crate) name: String,
    pub(crate) retriers: Vec<Retrier<'a>>,
    pub(crate) catchers: Vec<Catcher<'a>>,
}

/// Names of errors as a state matches them.
#[derive(Debug)]
pub(crate) struct Matcher<'a> {
    pub(crate) at: At<'a>,
    pub(crate) written: Vec<(String, At<'a>)>,
}

impl Matcher<'_> {
    /// The names that it takes.
    pub(crate) fn names(&self) -> ErrorNames {
        let mut names = ErrorNames::default();
        for (name, _) in &self.written {
            names.add(&match name.as_str() {
                ALL => ErrorNames::all_but([DATA_LIMIT, RUNTIME]),
                TASK_FAILED => ErrorNames::all_but([TIMEOUT, DATA_LIMIT, RUNTIME]),
                _ => ErrorNames::just([name.clone()]),
            });
        }
        names.without(&ErrorNames::just([RUNTIME.to_owned()]))
    }
}

/// One element of `Retry`.
#[derive(Debug)]
pub(crate) struct Retrier<'a> {
    pub(crate) at: At<'a>,
    pub(crate) errors: Matcher<'a>,
    /// None where it says never to try again.
    pub(crate) backoff: Option<Backoff>,
    /// How many tries it asks for.
    pub(crate) attempts: u64,
    pub(crate) comment: Option<String>,
}

/// One element of `Catch`.
#[derive(Debug)]
pub(crate) struct Catcher<'a> {
    pub(crate) errors: Matcher<'a>,
    pub(crate) next: String,
    pub(crate) result_path: Option<String>,
    pub(crate) comment: Option<String>,
}

/// Whether an object is the definition of a state machine, or of a branch or iterator in one.
fn is_machine(at: &At<'_>) -> bool {
    at.get("StartAt").is_some() && at.get("States").is_some_and(|states| states.is_object())
}

/// Whether an object is a state on its own, or just its rules.
fn is_state(at: &At<'_>) -> bool {
    at.get("Retry").is_some() || at.get("Catch").is_some()
}

/// Whether there is a definition in the document, or the rules of one state.
pub(crate) fn is_definition(document: &At<'_>) -> bool {
    is_state(document) || has_machine(document)
}

fn has_machine(at: &At<'_>) -> bool {
    is_machine(at)
        || at.entries().any(|(_, below)| has_machine(&below))
        || at.items().any(|below| has_machine(&below))
}

/// Every state with rules, in the order of the document.
pub(crate) fn read<'a>(document: &At<'a>, findings: &mut Findings<'_>) -> Vec<State<'a>> {
    let raised = suspects::raised(document);
    let mut states = Vec::new();
    if is_state(document) {
        states.extend(state("state", document, findings));
    } else {
        look_for_machines(document, findings, &mut states);
    }
    for state in &states {
        suspects::report(state, &raised, findings);
    }
    states
}

fn look_for_machines<'a>(at: &At<'a>, findings: &mut Findings<'_>, states: &mut Vec<State<'a>>) {
    if is_machine(at) {
        let named = at.get("States").into_iter();
        for (name, below) in named.flat_map(|states| states.entries().collect::<Vec<_>>()) {
            if is_state(&below) {
                states.extend(state(name, &below, findings));
            }
        }
    }
    for (_, below) in at.entries() {
        look_for_machines(&below, findings, states);
    }
    for below in at.items() {
        look_for_machines(&below, findings, states);
    }
}

fn state<'a>(name: &str, at: &At<'a>, findings: &mut Findings<'_>) -> Option<State<'a>> {
    let help = "it is a list of objects with `ErrorEquals`";
    let mut lists = Vec::new();
    for key in ["Retry", "Catch"] {
        let list = match at.get(key) {
            Some(at) => {
                let list = findings.list(&at, help)?;
                if list.len() > MOST_MATCHERS {
                    let message = format!("`{key}` has {} elements", list.len());
                    let help = format!("more than {MOST_MATCHERS} of one state are not read");
                    findings.problem(&at, message, &help);
                    return None;
                }
                list
            }
            None => Vec::new(),
        };
        lists.push(list);
    }
    let (catch, retry) = (lists.pop()?, lists.pop()?);
    let retriers: Vec<_> = retry.iter().map(|at| retrier(at, findings)).collect();
    let catchers: Vec<_> = catch.iter().map(|at| catcher(at, findings)).collect();
    Some(State {
        at: at.clone(),
        name: name.to_owned(),
        retriers: retriers.into_iter().collect::<Option<_>>()?,
        catchers: catchers.into_iter().collect::<Option<_>>()?,
    })
}

const RETRIER: [&str; 7] = [
    "ErrorEquals",
    "IntervalSeconds",
    "MaxAttempts",
    "BackoffRate",
    "MaxDelaySeconds",
    "JitterStrategy",
    "Comment",
];

fn retrier<'a>(at: &At<'a>, findings: &mut Findings<'_>) -> Option<Retrier<'a>> {
    let at = findings.object(at, "it has `ErrorEquals` and says when to try again")?;
    let errors = matcher(&at, findings);
    let number = |key, low, usual, findings: &mut Findings<'_>| match at.get(key) {
        Some(value) => findings.whole_number(&value, low, NUMBERS),
        None => Some(usual),
    };
    let interval = number("IntervalSeconds", 1, USUAL_INTERVAL, findings);
    let attempts = number("MaxAttempts", 0, USUAL_ATTEMPTS, findings);
    let most = match at.get("MaxDelaySeconds") {
        Some(value) => findings.whole_number(&value, 1, NUMBERS).map(Some),
        None => Some(None),
    };
    let rate = rate(&at, findings);
    let jitter = jitter(&at, findings);
    unknown_keys(&at, &RETRIER, "Retrier", findings);
    let attempts = attempts?;
    let comment = comment(&at);
    let times = u32::try_from(attempts.min(crate::backoff::MOST_TRIES)).ok()?;
    let backoff = Backoff {
        start: milliseconds(interval?),
        rate: rate?,
        most: most?.map(milliseconds),
        times,
        jitter: jitter?,
    };
    Some(Retrier {
        at,
        errors: errors?,
        backoff: (times > 0).then_some(backoff),
        attempts,
        comment,
    })
}

const NUMBERS: &str =
    "a value that is put in when the definition is deployed has to be put in first";

fn milliseconds(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000)
}

fn rate(at: &At<'_>, findings: &mut Findings<'_>) -> Option<Decimal> {
    let Some(value) = at.get("BackoffRate") else { return Some(Decimal::TWO) };
    let rate = findings.decimal(&value, NUMBERS)?;
    if rate.is_below_one() {
        let message = format!("`BackoffRate` is {rate}, expected at least 1");
        findings.problem(&value, message, "Step Functions refuses such a definition, too");
        return None;
    }
    Some(rate)
}

fn jitter(at: &At<'_>, findings: &mut Findings<'_>) -> Option<Jitter> {
    let Some(value) = at.get("JitterStrategy") else { return Some(Jitter::None) };
    match value.as_text() {
        Some("NONE") => Some(Jitter::None),
        Some("FULL") => Some(Jitter::Full),
        _ => {
            let message = "`JitterStrategy` is neither \"FULL\" nor \"NONE\"";
            findings.problem(&value, message, "there are no others");
            None
        }
    }
}

/// Keys of a Catcher that change what the next state is given, and not what becomes of the error.
const SHAPES: [&str; 2] = ["Output", "Assign"];
const CATCHER: [&str; 6] = ["ErrorEquals", "Next", "ResultPath", "Comment", "Output", "Assign"];

fn catcher<'a>(at: &At<'a>, findings: &mut Findings<'_>) -> Option<Catcher<'a>> {
    let at = findings.object(at, "it has `ErrorEquals` and `Next`")?;
    let errors = matcher(&at, findings);
    let next = match at.get("Next") {
        Some(next) => findings.text(&next, "it is the name of a state").map(str::to_owned),
        None => {
            findings.problem(&at, "the Catcher has no `Next`", "say which state comes next");
            None
        }
    };
    for (key, value) in SHAPES.iter().filter_map(|key| Some((key, at.get(key)?))) {
        let message = format!("`{key}` is not carried over");
        let help = "a policy says which state comes next, not what it is given";
        findings.note(&value, message, Some(help.to_owned()));
    }
    let result_path = at.get("ResultPath").and_then(|path| {
        let text = path.as_text();
        if text.is_none() {
            let message =
                format!("`ResultPath` is {}, and not carried over", path.node.value.kind());
            findings.note(&path, message, Some("a text would be".to_owned()));
        }
        text.map(str::to_owned)
    });
    unknown_keys(&at, &CATCHER, "Catcher", findings);
    Some(Catcher { errors: errors?, next: next?, result_path, comment: comment(&at) })
}

fn comment(at: &At<'_>) -> Option<String> {
    at.get("Comment")?.as_text().map(str::to_owned)
}

fn matcher<'a>(at: &At<'a>, findings: &mut Findings<'_>) -> Option<Matcher<'a>> {
    let Some(list) = at.get("ErrorEquals") else {
        findings.problem(at, "`ErrorEquals` is missing", "it says which errors this is about");
        return None;
    };
    let help = "it is a list of names of errors, such as `[\"States.ALL\"]`";
    let items = findings.list(&list, help)?;
    if items.is_empty() {
        findings.problem(&list, "`ErrorEquals` names no error", help);
        return None;
    }
    let mut written = Vec::with_capacity(items.len());
    for item in items {
        let name = findings.text(&item, help)?;
        if taken_names().any(|taken| taken == name) {
            let message = format!("`{name}` is what the standard vocabulary calls something else");
            let help = "an error cannot be called so in a policy, and the state is left out";
            findings.leave_out(&item, message, help);
            return None;
        }
        written.push((name.to_owned(), item));
    }
    Some(Matcher { at: list, written })
}

/// What the standard vocabulary names with `let`, which no member of an enum may be called.
fn taken_names() -> impl Iterator<Item = &'static str> {
    static TAKEN: LazyLock<Vec<String>> = LazyLock::new(|| {
        let parsed = redress::parse(redress::VOCABULARY.file, redress::VOCABULARY.text);
        let lets = parsed.ast.declarations.into_iter().filter_map(|it| match it.kind {
            DeclarationKind::Let(named) => Some(named.name.text),
            _ => None,
        });
        lets.collect()
    });
    TAKEN.iter().map(String::as_str)
}

fn unknown_keys(at: &At<'_>, known: &[&str], of: &str, findings: &mut Findings<'_>) {
    for (key, value) in at.entries().filter(|(key, _)| !known.contains(key)) {
        let message = format!("a {of} has no `{key}`; it was passed over");
        let meant = redress::suggest(key, known.iter().copied());
        findings.note(&value, message, meant.map(|meant| format!("did you mean `{meant}`?")));
    }
}
