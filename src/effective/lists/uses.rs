//! What a list is a list of, told by the facts that are looked for in it.

use super::{File, Let, Lets};
use crate::ast::{
    Constant, Declaration, DeclarationKind, Element, LetDeclaration, LetValue, List, Predicate,
    SetExpression, Test,
};
use crate::vocabulary::{EnumId, FactId, Type};

impl Lets<'_> {
    /// Finds the facts that a file looks for in lists.
    pub(super) fn look_for_uses(&mut self, file: &File) {
        for test in file.ast.declarations.iter().flat_map(tests) {
            let Predicate::In { set, .. } = &test.predicate else { continue };
            if let Some(fact) = self.vocabulary.find_fact(&test.subject.text) {
                let names = names_of_set(set).into_iter();
                self.used_with(fact, names.filter_map(|name| self.place(file, name)).collect());
            }
        }
    }

    /// Notes of lists, and of all that they name, that a fact is looked for in them.
    fn used_with(&mut self, fact: FactId, mut open: Vec<usize>) {
        while let Some(at) = open.pop() {
            if !self.list[at].facts.insert(fact) {
                continue;
            }
            let binding = &self.list[at];
            for written in std::iter::once(&binding.written).chain(&binding.changes) {
                let names = names_of_value(&written.binding.value).into_iter();
                open.extend(names.filter_map(|name| self.place(written.file, name)));
            }
        }
    }

    /// The enum whose members a list has: where a fact of one is looked for in it, texts are members, too.
    pub(super) fn enum_of(&self, binding: &Let<'_>) -> Option<EnumId> {
        binding.facts.iter().find_map(|&fact| match self.vocabulary.fact(fact).kind {
            Type::Enum(enum_type) => Some(enum_type),
            _ => None,
        })
    }

    /// Whether some fact that is looked for in a list can be one of these numbers; so too where none is.
    pub(super) fn may_be(&self, binding: &Let<'_>, numbers: (i64, i64)) -> bool {
        let mut facts = binding.facts.iter().map(|&fact| self.vocabulary.fact(fact));
        binding.facts.is_empty() || facts.any(|fact| fact.may_be(numbers))
    }
}

/// The tests of the conditions that a declaration writes.
fn tests(declaration: &Declaration) -> Vec<&Test> {
    match &declaration.kind {
        DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => rule.condition.tests(),
        DeclarationKind::Let(LetDeclaration { value: LetValue::Condition(condition), .. }) => {
            condition.tests()
        }
        _ => Vec::new(),
    }
}

fn names_of_set(set: &SetExpression) -> Vec<&str> {
    match set {
        SetExpression::List(list) => names_of_list(list),
        SetExpression::Constant(Constant::Name(name)) => vec![&name.text],
        SetExpression::Constant(Constant::Literal(_)) | SetExpression::Range(_) => Vec::new(),
    }
}

fn names_of_value(value: &LetValue) -> Vec<&str> {
    match value {
        LetValue::List(list) => names_of_list(list),
        LetValue::Constant(Constant::Name(name)) => vec![&name.text],
        _ => Vec::new(),
    }
}

fn names_of_list(list: &List) -> Vec<&str> {
    let names = list.elements.iter().filter_map(|element| match element {
        Element::Constant(Constant::Name(name)) => Some(name.text.as_str()),
        _ => None,
    });
    names.collect()
}
