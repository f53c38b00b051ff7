//! What somebody would write by hand for one policy, or for policies of one shape.

use redress_benches::{Call, Event, Failure, FirstFamily, Linear, PERMANENT, TRANSIENT};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::contender::Contender;

/// The documented policy as a `match`.
pub struct ByMatch;

fn by_match(failure: &Failure<'_>) -> usize {
    match (failure.module, failure.handler) {
        (1, _) => 0,
        (_, true) => 1,
        _ => match failure.error {
            "ConnectionError" | "RateLimitError" | "OutOfSpaceError" | "ModuleTimeoutError" => 2,
            "DataError"
            | "InvalidConfigurationError"
            | "InvalidAccessTokenError"
            | "UnexpectedError"
            | "MaxFileSizeExceededError"
            | "MaxResultsExceededError" => 3,
            _ => 4,
        },
    }
}

impl Contender<Failure<'static>> for ByMatch {
    fn prepare(&mut self, _events: &'static [Failure<'static>]) {}

    fn decide(&mut self, events: &'static [Failure<'static>], decided: &mut Vec<usize>) {
        decided.extend(events.iter().map(by_match));
    }
}

static RULES_OF_ERRORS: phf::Map<&'static str, usize> = phf::phf_map! {
    "ConnectionError" => 2,
    "RateLimitError" => 2,
    "OutOfSpaceError" => 2,
    "ModuleTimeoutError" => 2,
    "DataError" => 3,
    "InvalidConfigurationError" => 3,
    "InvalidAccessTokenError" => 3,
    "UnexpectedError" => 3,
    "MaxFileSizeExceededError" => 3,
    "MaxResultsExceededError" => 3,
};

/// The documented policy with its errors in a perfect hash table.
pub struct ByPhf;

impl Contender<Failure<'static>> for ByPhf {
    fn prepare(&mut self, _events: &'static [Failure<'static>]) {}

    fn decide(&mut self, events: &'static [Failure<'static>], decided: &mut Vec<usize>) {
        decided.extend(events.iter().map(|failure| match (failure.module, failure.handler) {
            (1, _) => 0,
            (_, true) => 1,
            _ => RULES_OF_ERRORS.get(failure.error).copied().unwrap_or(4),
        }));
    }
}

/// The plainest interpreter for policies of the documented shape: rules that come at run time, one after the other,
/// each about the module, the handler and a set of errors.
pub struct Plainest<S>(Vec<PlainRule<S>>);

/// A rule of that shape; what it does not ask is `None`.
struct PlainRule<S> {
    first_module: Option<bool>,
    handler: Option<bool>,
    errors: Option<S>,
}

/// A set of errors.
pub trait Names {
    /// Of these names.
    fn of(names: &[&str]) -> Self;
    /// Whether this is one of them.
    fn has(&self, name: &str) -> bool;
}

impl Names for Vec<String> {
    fn of(names: &[&str]) -> Self {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.iter().any(|known| known == name)
    }
}

impl Names for FxHashSet<String> {
    fn of(names: &[&str]) -> Self {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn has(&self, name: &str) -> bool {
        self.contains(name)
    }
}

impl<S: Names> Plainest<S> {
    /// The documented rules. They come from a black box, so that the compiler cannot know them.
    pub fn documented() -> Self {
        let rule = |first_module, handler, errors: Option<&[&str]>| PlainRule {
            first_module: Some(first_module),
            handler,
            errors: errors.map(S::of),
        };
        Plainest(std::hint::black_box(vec![
            rule(true, None, None),
            rule(false, Some(true), None),
            rule(false, Some(false), Some(&TRANSIENT)),
            rule(false, Some(false), Some(&PERMANENT)),
        ]))
    }

    fn first(&self, failure: &Failure<'_>) -> usize {
        let holds = |rule: &PlainRule<S>| {
            rule.first_module.is_none_or(|first| first == (failure.module == 1))
                && rule.handler.is_none_or(|handler| handler == failure.handler)
                && rule.errors.as_ref().is_none_or(|errors| errors.has(failure.error))
        };
        self.0.iter().position(holds).unwrap_or(self.0.len())
    }
}

impl<S: Names> Contender<Failure<'static>> for Plainest<S> {
    fn prepare(&mut self, _events: &'static [Failure<'static>]) {}

    fn decide(&mut self, events: &'static [Failure<'static>], decided: &mut Vec<usize>) {
        decided.extend(events.iter().map(|failure| self.first(failure)));
    }
}

/// An index for policies of the first family: from application and error to the rules that are about both.
pub struct HashIndex {
    apps: FxHashMap<String, usize>,
    errors: FxHashMap<String, usize>,
    /// The candidates of each pair, in the order of the rules, by `app * errors + error`.
    candidates: Vec<Vec<Candidate>>,
    rules: usize,
}

/// What is left to ask of a rule.
struct Candidate {
    rule: usize,
    status: (u16, u16),
    attempt_below: u32,
}

/// A call whose names were looked up before.
#[derive(Clone, Copy)]
struct Keyed {
    pair: Option<usize>,
    status: u16,
    attempt: u32,
}

impl HashIndex {
    /// Indexes the rules.
    pub fn new(family: &FirstFamily) -> Self {
        let number = |names: Vec<&str>| -> FxHashMap<String, usize> {
            names.into_iter().enumerate().map(|(at, name)| (name.to_owned(), at)).collect()
        };
        let apps = number(family.apps.iter().map(String::as_str).collect());
        let errors = number(redress_benches::KNOWN.to_vec());
        let mut candidates: Vec<Vec<Candidate>> = Vec::new();
        candidates.resize_with(apps.len() * errors.len(), Vec::new);
        for (rule, keyed) in family.keyed.iter().enumerate() {
            for &error in &keyed.errors {
                candidates[keyed.app * errors.len() + errors[error]].push(Candidate {
                    rule,
                    status: keyed.status.unwrap_or((0, u16::MAX)),
                    attempt_below: keyed.attempt_below.unwrap_or(u32::MAX),
                });
            }
        }
        HashIndex { apps, errors, candidates, rules: family.keyed.len() }
    }

    fn key(&self, call: &Call<'_>) -> Keyed {
        let pair = self.apps.get(call.app).and_then(|app| {
            self.errors.get(call.error).map(|error| app * self.errors.len() + error)
        });
        Keyed { pair, status: call.status, attempt: call.attempt }
    }

    /// The position of the first rule that holds.
    pub fn first_rule(&self, call: &Call<'_>) -> usize {
        self.first(self.key(call))
    }

    fn first(&self, call: Keyed) -> usize {
        let Some(pair) = call.pair else { return self.rules };
        let holds = |candidate: &&Candidate| {
            candidate.status.0 <= call.status
                && call.status <= candidate.status.1
                && call.attempt < candidate.attempt_below
        };
        self.candidates[pair].iter().find(holds).map_or(self.rules, |candidate| candidate.rule)
    }
}

impl Contender<Call<'static>> for HashIndex {
    fn prepare(&mut self, _events: &'static [Call<'static>]) {}

    fn decide(&mut self, events: &'static [Call<'static>], decided: &mut Vec<usize>) {
        decided.extend(events.iter().map(|call| self.first_rule(call)));
    }
}

/// The same index, asked with numbers that were looked up before.
pub struct HashIndexOnIds {
    index: HashIndex,
    keyed: Vec<Keyed>,
}

impl HashIndexOnIds {
    /// This index, with nothing looked up yet.
    pub fn new(index: HashIndex) -> Self {
        HashIndexOnIds { index, keyed: Vec::new() }
    }
}

impl Contender<Call<'static>> for HashIndexOnIds {
    fn prepare(&mut self, events: &'static [Call<'static>]) {
        self.keyed = events.iter().map(|call| self.index.key(call)).collect();
    }

    fn decide(&mut self, events: &'static [Call<'static>], decided: &mut Vec<usize>) {
        decided.extend(self.keyed.iter().take(events.len()).map(|&call| self.index.first(call)));
    }
}

/// The linear interpreter of general rules.
pub struct ByLinear(pub Linear);

impl<E: Event> Contender<E> for ByLinear {
    fn prepare(&mut self, _events: &'static [E]) {}

    fn decide(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        decided.extend(events.iter().map(|event| self.0.decide(event)));
    }
}
