//! Writes the policy of a state: its Retriers in order, then its Catchers, then failing.

use redress::{Argument, Outcome};

use super::definition::{Catcher, Retrier, State};
use crate::Imported;
use crate::backoff::{Carried, LARGEST_FACTOR, MOST_TRIES};
use crate::error_names::ErrorNames;
use crate::policy_text::{PolicyText, store_retry};
use crate::reading::Findings;
use crate::remark::Remark;

/// The longest duration of a policy, in milliseconds.
const LONGEST: u128 = i64::MAX as u128;

/// What catching is called, and what it is given.
pub(super) const CATCH: &str = "outcome catch(next: text, result_path: text ?)";

/// The policies of the states, with what could not be carried over noted.
pub(crate) fn policies(
    document: &str,
    states: &[State<'_>],
    findings: &mut Findings<'_>,
) -> Vec<Imported> {
    states.iter().filter_map(|state| policy(document, state, findings)).collect()
}

fn policy(document: &str, state: &State<'_>, findings: &mut Findings<'_>) -> Option<Imported> {
    let earlier = findings.notes.len();
    let mut policy = PolicyText::new();
    let mut taken = ErrorNames::default();
    let mut rules = Vec::new();
    for (number, retrier) in state.retriers.iter().enumerate() {
        let names = retrier.errors.names();
        let left = names.without(&taken);
        // Only a Retrier that asks for more tries could take an error from an earlier one.
        let errors = match left.all_but {
            true => {
                let sooner = sooner_used_up(state, number);
                // What an earlier rule takes as often need not be left out once more.
                let is_needed = |name: &String| !taken.has(name) || sooner.has(name);
                only(names.clone(), is_needed).without(&sooner)
            }
            false => left,
        };
        rules.extend(retry(number + 1, retrier, errors, findings));
        taken.add(&names);
    }
    if rules.len() > 1 {
        let message = "each Retrier counts its own tries, while a policy sees one `attempt`";
        let help =
            "ask with the tries under one Retrier, or errors that alternate are retried less often";
        findings.note(&state.at, message, Some(help.to_owned()));
    }
    let mut taken = ErrorNames::default();
    for (number, catcher) in state.catchers.iter().enumerate() {
        let names = catcher.errors.names();
        let left = names.without(&taken);
        // Earlier rules have decided what they take, so that a rule for all others need not leave it out.
        let errors = match left.all_but {
            true => only(names.clone(), |name| !taken.has(name)),
            false => left,
        };
        rules.extend(catch(number + 1, catcher, errors));
        taken.add(&names);
    }
    let path = state.at.path();
    let place = if path.is_empty() { String::new() } else { format!(" ({path})") };
    policy.say(&format!(
        "What becomes of an error in the state `{}` of {document}{place}, an Amazon States Language definition.",
        state.name,
    ));
    policy.note(own_notes(&findings.notes, earlier, &path), &path);
    if !state.catchers.is_empty() {
        policy.declare(&format!("# The run goes on in another state.\n{CATCH}"));
    }
    for rule in &rules {
        let documentation = rule.documentation.as_deref();
        policy.rule(&rule.name, documentation, &rule.errors, rule.tries, &rule.outcome);
    }
    match policy.finish() {
        Ok(text) => Some(Imported { name: state.name.clone(), path, text }),
        Err(reason) => {
            findings.problem(
                &state.at,
                format!("no policy can say this: {reason}"),
                "it is left out",
            );
            None
        }
    }
}

/// Without the names of which something is false.
fn only(mut names: ErrorNames, is_needed: impl Fn(&String) -> bool) -> ErrorNames {
    names.names.retain(is_needed);
    names
}

/// What the Retriers before this one take that ask for fewer tries than it does.
fn sooner_used_up(state: &State<'_>, number: usize) -> ErrorNames {
    let tries = |retrier: &Retrier<'_>| retrier.backoff.as_ref().map_or(0, |backoff| backoff.times);
    let (mut taken, mut names) = (ErrorNames::default(), ErrorNames::default());
    let (before, own) = state.retriers.split_at(number.min(state.retriers.len()));
    let own = own.first().map_or(0, tries);
    for earlier in before {
        let all = earlier.errors.names();
        if tries(earlier) < own {
            names.add(&all.without(&taken));
        }
        taken.add(&all);
    }
    names
}

/// What was noted of the state, now and when it was read.
fn own_notes<'a>(
    notes: &'a [Remark],
    earlier: usize,
    path: &'a str,
) -> impl Iterator<Item = &'a Remark> {
    let is_below = move |note: &Remark| {
        let rest = note.path.strip_prefix(path).map(|rest| rest.trim_start_matches('/'));
        rest.is_some_and(|rest| ["Retry", "Catch"].iter().any(|key| rest.starts_with(key)))
    };
    let notes = notes.iter().enumerate();
    notes.filter(move |&(at, note)| at >= earlier || is_below(note)).map(|(_, note)| note)
}

struct Rule {
    name: String,
    documentation: Option<String>,
    errors: ErrorNames,
    tries: Option<u32>,
    outcome: Outcome,
}

fn retry(
    number: usize,
    retrier: &Retrier<'_>,
    errors: ErrorNames,
    findings: &mut Findings<'_>,
) -> Option<Rule> {
    let backoff = retrier.backoff.as_ref().filter(|_| !errors.is_empty())?;
    let at = |key: &str| retrier.at.get(key).unwrap_or_else(|| retrier.at.clone());
    if retrier.attempts > MOST_TRIES {
        let message =
            format!("`MaxAttempts` is {}, and {MOST_TRIES} are carried over", retrier.attempts);
        findings.note(
            &at("MaxAttempts"),
            message,
            Some("a schedule gives no more tries".to_owned()),
        );
    }
    let Carried { schedule, written_out, .. } = backoff.schedule();
    if written_out {
        if !findings.may_write_out(&retrier.at, backoff.times as usize) {
            return None;
        }
        let message = format!(
            "`BackoffRate` is {}: the delays are written out, to the millisecond",
            backoff.rate
        );
        let help = match backoff.rate.as_integer() {
            Some(_) => format!("a schedule's factor is at most {LARGEST_FACTOR}"),
            None => "a schedule's factor is a whole number".to_owned(),
        };
        findings.note(&at("BackoffRate"), message, Some(help));
        if backoff.jitter != redress::Jitter::None {
            let message = "`JitterStrategy` is not carried over";
            let help = "a schedule that is a list has no jitter";
            findings.note(&at("JitterStrategy"), message, Some(help.to_owned()));
        }
    }
    if schedule.delay(schedule.len()).is_some_and(|last| last.as_millis() >= LONGEST) {
        let message = format!("delays of more than {LONGEST}ms are carried over as that");
        findings.note(&retrier.at, message, Some("no duration is longer".to_owned()));
    }
    Some(Rule {
        name: format!("retry_{number}"),
        documentation: retrier.comment.clone(),
        errors,
        tries: Some(backoff.times),
        outcome: store_retry(schedule),
    })
}

fn catch(number: usize, catcher: &Catcher<'_>, errors: ErrorNames) -> Option<Rule> {
    if errors.is_empty() {
        return None;
    }
    let text = |name: &str, text: &str| (name.into(), Argument::Text(text.to_owned()));
    let result_path = catcher.result_path.iter().map(|path| text("result_path", path));
    Some(Rule {
        name: format!("catch_{number}"),
        documentation: catcher.comment.clone(),
        errors,
        tries: None,
        outcome: Outcome {
            name: "catch".into(),
            variant: None,
            arguments: std::iter::once(text("next", &catcher.next)).chain(result_path).collect(),
        },
    })
}
