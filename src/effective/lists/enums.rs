//! Which lists hold members of an enum, told by the facts that are looked for in them.

use super::{File, Lets};
use crate::ast::{
    Constant, Declaration, DeclarationKind, Element, LetDeclaration, LetValue, List, Predicate,
    SetExpression, Test,
};
use crate::vocabulary::{EnumId, Type};

impl Lets<'_> {
    /// Finds the lists that a file looks for a fact of an enum in.
    pub(super) fn look_for_enums(&mut self, file: &File) {
        for test in file.ast.declarations.iter().flat_map(tests) {
            let Predicate::In { set, .. } = &test.predicate else { continue };
            let Some(fact) = self.vocabulary.find_fact(&test.subject.text) else { continue };
            if let Type::Enum(enum_type) = self.vocabulary.fact(fact).kind {
                let names = names_of_set(set).into_iter();
                self.of_enum(names.filter_map(|name| self.place(file, name)).collect(), enum_type);
            }
        }
    }

    /// Notes of lists, and of all that they name, that their members are of an enum.
    fn of_enum(&mut self, mut open: Vec<usize>, enum_type: EnumId) {
        while let Some(at) = open.pop() {
            if self.list[at].enum_type.replace(enum_type).is_some() {
                continue;
            }
            let binding = &self.list[at];
            for written in std::iter::once(&binding.written).chain(&binding.changes) {
                let names = names_of_value(&written.binding.value).into_iter();
                open.extend(names.filter_map(|name| self.place(written.file, name)));
            }
        }
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
