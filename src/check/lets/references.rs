//! Which `let`s a `let` or a condition names.

use std::collections::HashSet;

use super::{Checker, LetId};
use crate::ast::{
    Condition as Written, Constant, Element, LetDeclaration, LetValue, List, Name, Predicate,
    Range, SetExpression,
};
use crate::gather::{Role, Unit};
use crate::source::FileId;

/// The changes that a file makes to the sets that a condition names, itself or by way of others.
pub(in crate::check) fn changes_behind<'a>(
    checker: &Checker<'a>,
    unit: &Unit,
    condition: &Written,
    file: FileId,
) -> Vec<&'a LetDeclaration> {
    let mut names = Vec::new();
    names_in_condition(condition, &mut names);
    let mut found: Vec<LetId> =
        names.into_iter().filter_map(|name| find_let(checker, unit, name)).collect();
    let mut seen: HashSet<LetId> = found.iter().copied().collect();
    let mut changes = Vec::new();
    while let Some(id) = found.pop() {
        let by_file = |(unit, change): &(&Unit, &'a LetDeclaration)| {
            (unit.ast.file == file).then_some(*change)
        };
        changes.extend(checker.lets.get(id).changes.iter().filter_map(by_file));
        found.extend(references(checker, id).into_iter().filter(|&next| seen.insert(next)));
    }
    changes.sort_by_key(|change| change.name.span);
    changes
}

/// The `let`s a `let` names.
pub(super) fn references(checker: &Checker<'_>, id: LetId) -> Vec<LetId> {
    let entry = checker.lets.get(id);
    let (unit, declared, changes) = (entry.unit, entry.declared, entry.changes.clone());
    let mut names = Vec::new();
    names_in_value(&declared.value, &mut names);
    let mut references: Vec<LetId> =
        names.iter().filter_map(|name| find_let(checker, unit, name)).collect();
    for (unit, change) in changes {
        let mut names = Vec::new();
        names_in_value(&change.value, &mut names);
        references.extend(names.iter().filter_map(|name| find_let(checker, unit, name)));
    }
    references
}

fn find_let(checker: &Checker<'_>, unit: &Unit, name: &Name) -> Option<LetId> {
    let own = match &unit.role {
        Role::Pack(pack) => checker.lets.find(&format!("{pack}.{name}")),
        _ => None,
    };
    own.or_else(|| checker.lets.find(&name.text))
}

fn names_in_value<'v>(value: &'v LetValue, names: &mut Vec<&'v Name>) {
    match value {
        LetValue::Call(_) => {}
        LetValue::List(list) => names_in_list(list, names),
        LetValue::Range(range) => names_in_range(range, names),
        LetValue::Constant(constant) => names_in_constant(constant, names),
        LetValue::Condition(condition) => names_in_condition(condition, names),
    }
}

fn names_in_constant<'v>(constant: &'v Constant, names: &mut Vec<&'v Name>) {
    if let Constant::Name(name) = constant {
        names.push(name);
    }
}

fn names_in_range<'v>(range: &'v Range, names: &mut Vec<&'v Name>) {
    for bound in [&range.low, &range.high].into_iter().flatten() {
        names_in_constant(bound, names);
    }
}

fn names_in_list<'v>(list: &'v List, names: &mut Vec<&'v Name>) {
    for element in &list.elements {
        match element {
            Element::Constant(constant) => names_in_constant(constant, names),
            Element::Range(range) => names_in_range(range, names),
        }
    }
}

fn names_in_condition<'v>(condition: &'v Written, names: &mut Vec<&'v Name>) {
    match condition {
        Written::Not { inner, .. } | Written::Group { inner, .. } => {
            names_in_condition(inner, names)
        }
        Written::Chain(chain) => {
            names_in_condition(&chain.first, names);
            for link in &chain.rest {
                names_in_condition(&link.clause, names);
            }
        }
        Written::Test(test) => {
            names.push(&test.subject);
            match &test.predicate {
                Predicate::Compare { constant, .. } | Predicate::Text { constant, .. } => {
                    names_in_constant(constant, names);
                }
                Predicate::In { set: SetExpression::List(list), .. } => names_in_list(list, names),
                Predicate::In { set: SetExpression::Range(range), .. } => {
                    names_in_range(range, names)
                }
                Predicate::In { set: SetExpression::Constant(constant), .. } => {
                    names_in_constant(constant, names)
                }
                Predicate::Holds | Predicate::Is(_) | Predicate::Absent | Predicate::Present => {}
            }
        }
    }
}
