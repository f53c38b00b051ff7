//! Names that a state matches and that no error ever has, or hardly so.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use redress::Policy;

use super::definition::{ALL, Matcher, RUNTIME, State, TASK_FAILED};
use super::known::{LAMBDA, RESERVED, STATUS};
use super::services::Integration;
use crate::error_names::ErrorNames;
use crate::reading::{At, Findings};

/// How many letters a name may be away from a known one to be taken for a slip.
pub(super) const SLIP: usize = 2;

/// The names that the `Fail` states of a document give; whoever raises a name may also match it.
pub(super) fn raised<'a>(document: &At<'a>) -> HashSet<&'a str> {
    let mut raised = HashSet::new();
    look_for_fail(document, &mut raised);
    raised
}

fn look_for_fail<'a>(at: &At<'a>, raised: &mut HashSet<&'a str>) {
    if at.get("Type").and_then(|kind| kind.as_text()) == Some("Fail") {
        raised.extend(at.get("Error").and_then(|error| error.as_text()));
    }
    at.entries().for_each(|(_, below)| look_for_fail(&below, raised));
    at.items().for_each(|below| look_for_fail(&below, raised));
}

/// Tells what can never fire in a state, or looks as if it could not.
pub(super) fn report(state: &State<'_>, raised: &HashSet<&str>, findings: &mut Findings<'_>) {
    let resource = state.at.get("Resource").and_then(|resource| resource.as_text()).unwrap_or("");
    let integration = Integration::of(resource);
    let retriers = state.retriers.iter().map(|retrier| &retrier.errors).collect::<Vec<_>>();
    let catchers = state.catchers.iter().map(|catcher| &catcher.errors).collect::<Vec<_>>();
    for (matchers, kind) in [(retriers, "Retrier"), (catchers, "Catcher")] {
        order(&matchers, kind, findings);
        for (name, at) in matchers.iter().flat_map(|matcher| &matcher.written) {
            let of_name = suspicion(name, raised).or_else(|| {
                let is_own = name.starts_with("States.") || raised.contains(name.as_str());
                let integration = integration.as_ref().filter(|_| !is_own)?;
                integration.suspicion(name, || findings.may_compare())
            });
            if let Some((message, help)) = of_name {
                findings.note(at, message, help);
            }
        }
    }
}

/// What the order of matchers makes useless.
fn order(matchers: &[&Matcher<'_>], kind: &str, findings: &mut Findings<'_>) {
    let mut taken = ErrorNames::default();
    for (position, matcher) in matchers.iter().enumerate() {
        let has_all = matcher.written.iter().any(|(name, _)| name == ALL);
        if has_all && (matcher.written.len() > 1 || position + 1 < matchers.len()) {
            let message = format!("`{ALL}` has to stand alone, in the last {kind}");
            let help = "Step Functions refuses this definition".to_owned();
            findings.note(&matcher.at, message, Some(help));
        }
        for (name, at) in &matcher.written {
            let is_wildcard = name == ALL || name == TASK_FAILED;
            if !is_wildcard && name != RUNTIME && taken.has(name) {
                let message = format!("`{name}` can never fire: an earlier {kind} takes it");
                findings.note(at, message, None);
            }
        }
        taken.add(&matcher.names());
    }
}

/// What is suspicious, and what to do.
pub(super) type Suspicion = (String, Option<String>);

fn suspicion(name: &str, raised: &HashSet<&str>) -> Option<Suspicion> {
    if name == RUNTIME {
        let help = "an error of this name ends the execution, whatever a state says";
        return Some((format!("`{name}` can never fire"), Some(help.to_owned())));
    }
    if let Some(standard) = other_spelling(name) {
        let message = format!("`{name}` counts as `{standard}` in a policy");
        return Some((
            message,
            Some("the standard vocabulary knows it as another spelling".to_owned()),
        ));
    }
    if RESERVED.contains(&name)
        || is_status(name)
        || LAMBDA.contains(&name)
        || raised.contains(name)
    {
        return None;
    }
    if name.starts_with("States.") {
        let help = match near(name, 4) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "names that begin with `States.` are reserved, and this is none".to_owned(),
        };
        return Some((format!("`{name}` can never fire: no error is called so"), Some(help)));
    }
    if let Some(near) = near(name, SLIP).or_else(|| without_prefix(name)) {
        let message = format!("`{name}` is probably misspelt");
        return Some((message, Some(format!("did you mean `{near}`?"))));
    }
    if name.contains(": ") || (name.contains(' ') && name.ends_with('.')) {
        let message = format!("`{name}` reads like the message of an error");
        return Some((message, Some("only the name of an error is matched".to_owned())));
    }
    None
}

/// The member of the standard vocabulary that this is another spelling of.
fn other_spelling(name: &str) -> Option<&'static str> {
    static SPELLINGS: LazyLock<HashMap<String, String>> = LazyLock::new(|| {
        let standard = Policy::default();
        let members = standard.vocabulary().enums().flat_map(|one| &one.members);
        let spellings = members.flat_map(|member| {
            member.spellings.iter().map(|spelling| (spelling.clone(), member.name.clone()))
        });
        spellings.collect()
    });
    SPELLINGS.get(name).map(String::as_str)
}

/// `States.Http.StatusCode.429`
fn is_status(name: &str) -> bool {
    let status = name.strip_prefix(STATUS).unwrap_or_default();
    status.len() == 3 && status.bytes().all(|byte| byte.is_ascii_digit())
}

/// The reserved names that a state can match; to suggest another one would be no help.
fn matched() -> impl Iterator<Item = &'static str> {
    RESERVED.into_iter().filter(|&known| known != RUNTIME)
}

/// The known name that so few letters are away.
fn near(name: &str, letters: usize) -> Option<&'static str> {
    let known = matched().chain(LAMBDA);
    // What is far longer than any name is none of them, and would take long to compare.
    let alike = known.filter(|known| name.len().abs_diff(known.len()) <= letters);
    let near = alike.map(|known| {
        let distance = match known.eq_ignore_ascii_case(name) {
            true => 0,
            false => strsim::damerau_levenshtein(name, known),
        };
        (distance, known)
    });
    let (distance, near) = near.min_by_key(|&(distance, _)| distance)?;
    (distance <= letters).then_some(near)
}

/// `Timeout` for `States.Timeout`.
fn without_prefix(name: &str) -> Option<&'static str> {
    matched().find(|known| known.strip_prefix("States.") == Some(name))
}
