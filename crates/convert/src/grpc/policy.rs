//! Writes the policy of a group of methods: one rule, then failing.

use super::config::Group;
use crate::Imported;
use crate::backoff::Carried;
use crate::error_names::ErrorNames;
use crate::policy_text::{PolicyText, store_retry};
use crate::reading::Findings;

/// The most methods that the comment of a policy names.
const MOST_NAMED: usize = 20;

/// The policies of the groups, with what could not be carried over noted.
pub(crate) fn policies(
    document: &str,
    groups: &[Group<'_>],
    findings: &mut Findings<'_>,
) -> Vec<Imported> {
    groups.iter().filter_map(|group| policy(document, group, findings)).collect()
}

fn policy(document: &str, group: &Group<'_>, findings: &mut Findings<'_>) -> Option<Imported> {
    let path = group.at.path();
    let Carried { schedule, has_jitter, written_out } = group.backoff.schedule();
    if written_out && !findings.may_write_out(&group.at, group.backoff.times as usize) {
        return None;
    }
    if !has_jitter {
        let message = format!(
            "`backoffMultiplier` is {}: the delays are written out, to the millisecond",
            group.backoff.rate
        );
        let help =
            "a schedule that is a list has no jitter, while clients vary each delay by a fifth";
        findings.note(&group.at, message, Some(help.to_owned()));
    }
    let mut policy = PolicyText::new();
    policy.say(&format!(
        "What becomes of an error of these methods, by {document} ({path}), a gRPC service config:"
    ));
    let more = group.methods.len().saturating_sub(MOST_NAMED);
    let mut named: Vec<String> = group.methods.iter().take(MOST_NAMED).cloned().collect();
    named.extend((more > 0).then(|| format!("and {more} more")));
    policy.say(&named.join("\n"));
    let notes = findings.notes.iter().filter(|note| {
        let rest = note.path.strip_prefix(path.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    policy.note(notes, &path);
    let outcome = store_retry(schedule);
    let codes = ErrorNames::just(group.codes.iter().cloned());
    policy.rule("retry", None, &codes, Some(group.backoff.times), &outcome);
    let name = group.methods.first().cloned().unwrap_or_else(|| "no methods".to_owned());
    match policy.finish() {
        Ok(text) => Some(Imported { name, path, text }),
        Err(reason) => {
            findings.problem(
                &group.at,
                format!("no policy can say this: {reason}"),
                "it is left out",
            );
            None
        }
    }
}
