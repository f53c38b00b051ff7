//! What a `let` stands for, once others that it stands for are followed.

use std::sync::Arc;

use super::{LetId, Memo};
use crate::ast::{Constant, LetDeclaration, LetValue, List, Name};
use crate::check::names::Meaning;
use crate::check::{Checker, Resolved};
use crate::condition::NamedCondition;
use crate::gather::Unit;

impl<'a> Checker<'a> {
    /// The condition that a `let` names; none where it is wrong, or is no condition.
    pub(in crate::check) fn named_condition(&mut self, id: LetId) -> Option<Resolved> {
        let entry = self.lets.get(id);
        if let Memo::Done(done) = &entry.condition {
            return done.clone().map(|(named, depth, tests)| Resolved {
                condition: crate::condition::Condition::Named(named),
                depth,
                tests,
            });
        }
        let (unit, declared, name, wrong) =
            (entry.unit, entry.declared, entry.name.clone(), entry.wrong);
        let resolved = match &declared.value {
            _ if wrong => None,
            LetValue::Condition(condition) => self.condition(unit, condition),
            LetValue::Constant(Constant::Name(alias)) => self.alias_condition(unit, alias),
            _ => None,
        };
        let memo = resolved.map(|resolved| {
            let named = NamedCondition { name, condition: resolved.condition };
            (Arc::new(named), resolved.depth + 1, resolved.tests)
        });
        self.lets.list[id.0 as usize].condition = Memo::Done(memo);
        self.named_condition(id)
    }

    /// The condition behind `let other = that_one`.
    fn alias_condition(&mut self, unit: &'a Unit, alias: &'a Name) -> Option<Resolved> {
        match self.find(unit, &alias.text)? {
            Meaning::Let(id) => self.named_condition(id),
            Meaning::Fact(fact) => self.bare_fact(fact, alias),
        }
    }

    /// What a `let` is in the end, when it stands for another: the file and value of the last one.
    pub(in crate::check) fn value_behind(
        &mut self,
        id: LetId,
    ) -> Option<(LetId, &'a Unit, &'a LetValue)> {
        let mut current = id;
        loop {
            let entry = self.lets.get(current);
            if entry.wrong {
                return None;
            }
            let (unit, value) = (entry.unit, &entry.declared.value);
            let LetValue::Constant(Constant::Name(alias)) = value else {
                return Some((current, unit, value));
            };
            match self.find(unit, &alias.text) {
                Some(Meaning::Let(next)) => current = next,
                _ => return Some((current, unit, value)),
            }
        }
    }

    /// Whether a `let` names a condition.
    pub(in crate::check) fn is_condition(&mut self, id: LetId) -> bool {
        match self.value_behind(id) {
            Some((_, _, LetValue::Condition(_))) => true,
            Some((_, unit, LetValue::Constant(Constant::Name(alias)))) => {
                matches!(self.find(unit, &alias.text), Some(Meaning::Fact(_)))
            }
            _ => false,
        }
    }

    /// What kind of thing a `let` is, for messages.
    pub(in crate::check) fn kind_of_let(&mut self, id: LetId) -> &'static str {
        if self.is_condition(id) {
            return "a condition";
        }
        match self.value_behind(id) {
            Some((_, _, LetValue::Call(_))) => "a schedule",
            Some((_, _, LetValue::List(_) | LetValue::Range(_))) => "a set",
            _ => "a constant",
        }
    }

    /// The elements of the list a `let` stands for, after all changes: what is added, and what is taken away.
    pub(in crate::check) fn elements_behind(&mut self, id: LetId) -> Option<ListBehind<'a>> {
        let (id, unit, value) = self.value_behind(id)?;
        let LetValue::List(list) = value else { return None };
        Some(ListBehind { unit, list, changes: self.lets.get(id).changes.clone() })
    }
}

/// A list with the changes other files make to it.
pub(in crate::check) struct ListBehind<'a> {
    pub(in crate::check) unit: &'a Unit,
    pub(in crate::check) list: &'a List,
    pub(in crate::check) changes: Vec<(&'a Unit, &'a LetDeclaration)>,
}
