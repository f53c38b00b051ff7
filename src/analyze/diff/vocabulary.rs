//! What two vocabularies do not have in common.

use std::collections::BTreeSet;

use super::super::witness;
use crate::event::Held;
use crate::vocabulary::{EnumType, Fact, Vocabulary};

/// A line for each fact, name and outcome that is new, gone or otherwise.
pub(super) fn changes(old: &Vocabulary, new: &Vocabulary) -> Vec<String> {
    let mut lines = facts(old, new);
    lines.extend(enums(old, new));
    lines.extend(outcomes(old, new));
    lines
}

fn facts(old: &Vocabulary, new: &Vocabulary) -> Vec<String> {
    let mut lines = Vec::new();
    for (_, fact) in old.facts() {
        match new.find_fact(&fact.name).map(|id| new.fact(id)) {
            None => lines.push(format!("the fact `{}` is gone", fact.name)),
            Some(now) => {
                let (was, is) = (form(old, fact), form(new, now));
                if was != is {
                    lines.push(format!("the fact `{}` was `{was}` and is `{is}`", fact.name));
                }
            }
        }
    }
    let added = new.facts().filter(|(_, fact)| old.find_fact(&fact.name).is_none());
    lines.extend(
        added.map(|(_, fact)| format!("the fact `{}` is new: `{}`", fact.name, form(new, fact))),
    );
    lines
}

/// The type of a fact as it is declared.
fn form(vocabulary: &Vocabulary, fact: &Fact) -> String {
    let number = |value: i64| vocabulary.show_number(fact.kind, value).to_string();
    let mut form = vocabulary.type_name(fact.kind).to_owned();
    let (low, high) = (fact.low > i64::MIN, fact.high < i64::MAX);
    if fact.kind.is_ordered() && (low || high) {
        let low = if low { number(fact.low) } else { String::new() };
        let high = if high { number(fact.high) } else { String::new() };
        form.push_str(&format!(" {low}..{high}"));
    }
    if fact.optional {
        form.push_str(" ?");
    }
    if let Some(default) = &fact.default {
        let default = witness::written(vocabulary, fact, &Held::from(default.value()));
        form.push_str(&format!(" = {default}"));
    }
    form
}

fn enums(old: &Vocabulary, new: &Vocabulary) -> Vec<String> {
    let mut lines = Vec::new();
    for kind in old.enums() {
        match new.find_enum(&kind.name).map(|id| new.enum_type(id)) {
            None => lines.push(format!("the enum `{}` is gone", kind.name)),
            Some(now) => lines.extend(members(kind, now)),
        }
    }
    let added = new.enums().filter(|kind| old.find_enum(&kind.name).is_none());
    lines.extend(added.map(|kind| format!("the enum `{}` is new", kind.name)));
    lines
}

fn members(old: &EnumType, new: &EnumType) -> Vec<String> {
    let mut lines = Vec::new();
    if old.open != new.open {
        let is = if new.open { "takes other names, too" } else { "takes no other names any more" };
        lines.push(format!("the enum `{}` {is}", new.name));
    }
    let names = |kind: &EnumType| -> BTreeSet<String> {
        kind.members.iter().map(|member| member.name.clone()).collect()
    };
    let (was, is) = (names(old), names(new));
    let list = |names: Vec<&String>| {
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let gone: Vec<&String> = was.difference(&is).collect();
    let added: Vec<&String> = is.difference(&was).collect();
    if !gone.is_empty() {
        lines.push(format!("the enum `{}` has lost {}", new.name, list(gone)));
    }
    if !added.is_empty() {
        lines.push(format!("the enum `{}` has gained {}", new.name, list(added)));
    }
    lines
}

fn outcomes(old: &Vocabulary, new: &Vocabulary) -> Vec<String> {
    let names = |vocabulary: &Vocabulary| -> BTreeSet<String> {
        vocabulary.outcomes().map(|outcome| outcome.display()).collect()
    };
    let (was, is) = (names(old), names(new));
    let gone = was.difference(&is).map(|name| format!("the outcome `{name}` is gone"));
    let added = is.difference(&was).map(|name| format!("the outcome `{name}` is new"));
    gone.chain(added).collect()
}
