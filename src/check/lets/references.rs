//! Which `let`s a `let` names.

use super::{Checker, LetId};
use crate::ast::{
    Condition as Written, Constant, Element, LetValue, List, Name, Predicate, Range, SetExpression,
};
use crate::gather::{Role, Unit};

/// The `let`s a `let` names.
pub(super) fn references(checker: &mut Checker<'_>, id: LetId) -> Vec<LetId> {
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
