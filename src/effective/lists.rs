//! All `let`s of a policy, and lists after all changes to them.

mod uses;

use std::collections::{BTreeSet, HashMap, HashSet};

use super::gather::File;
use crate::ast::{
    Constant, Declaration, DeclarationKind, Element, LetDeclaration, LetOperator, LetValue, List,
    Literal, LiteralValue, Name, Range,
};
use crate::condition::Intervals;
use crate::source::{Role, Sources};
use crate::vocabulary::{EnumId, EnumType, FactId, Type, Vocabulary};

/// The `let`s of all files.
pub(super) struct Lets<'a> {
    sources: &'a Sources,
    vocabulary: &'a Vocabulary,
    list: Vec<Let<'a>>,
    names: HashMap<String, usize>,
}

/// A `let` with the changes other files make to it.
pub(super) struct Let<'a> {
    /// With the pack's name before it, if it is a pack's.
    pub(super) name: String,
    pub(super) written: Written<'a>,
    /// `+=` and `-=`, the base's first.
    pub(super) changes: Vec<Written<'a>>,
    /// The facts that are looked for in it.
    facts: BTreeSet<FactId>,
}

/// A declaration of a `let`, with the file it stands in.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) file: &'a File,
    pub(super) declaration: &'a Declaration,
    pub(super) binding: &'a LetDeclaration,
}

/// An element of a list that names no other list.
struct Atom {
    text: String,
    value: Value,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Value {
    /// All values from the first to the last, in the base unit of the type.
    Numbers(Type, i64, i64),
    Bool(bool),
    Text(String),
    /// A member of an enum.
    Name(String),
}

impl<'a> Lets<'a> {
    pub(super) fn new(sources: &'a Sources, vocabulary: &'a Vocabulary, files: &'a [File]) -> Self {
        let mut lets = Lets { sources, vocabulary, list: Vec::new(), names: HashMap::new() };
        for written in files.iter().flat_map(written) {
            if written.binding.operator == LetOperator::Define {
                lets.define(written);
            }
        }
        for written in files.iter().flat_map(written) {
            let changed = lets.names.get(&written.binding.name.text);
            if written.binding.operator != LetOperator::Define
                && let Some(&at) = changed
            {
                lets.list[at].changes.push(written);
            }
        }
        for file in files {
            lets.look_for_uses(file);
        }
        lets
    }

    fn define(&mut self, written: Written<'a>) {
        let own = &written.binding.name.text;
        let name = match written.file.role(self.sources) {
            Role::Pack(pack) => format!("{pack}.{own}"),
            _ => own.clone(),
        };
        self.names.insert(name.clone(), self.list.len());
        self.list.push(Let { name, written, changes: Vec::new(), facts: BTreeSet::new() });
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Let<'a>> {
        self.list.iter()
    }

    /// The `let` that a name in a file stands for; the names of a pack's own sets need no prefix in it.
    pub(super) fn find(&self, file: &File, name: &str) -> Option<&Let<'a>> {
        self.list.get(self.place(file, name)?)
    }

    fn place(&self, file: &File, name: &str) -> Option<usize> {
        let own = match file.role(self.sources) {
            Role::Pack(pack) => self.names.get(&format!("{pack}.{name}")),
            _ => None,
        };
        own.or_else(|| self.names.get(name)).copied()
    }

    /// The value of a `let` as the language writes it, after all changes.
    pub(super) fn value(&self, binding: &Let<'a>) -> String {
        let value = &binding.written.binding.value;
        match value {
            LetValue::List(list) if !binding.changes.is_empty() => self.changed(binding, list),
            _ => self.sources.slice(value.span()).to_owned(),
        }
    }

    /// A list of the vocabulary or a pack with every name in it resolved; other values as they are written.
    pub(super) fn value_in_full(&self, binding: &Let<'a>) -> String {
        match &binding.written.binding.value {
            LetValue::List(list) => bracketed(self.atoms(binding, list)),
            _ => self.value(binding),
        }
    }

    /// A list with what was added to it, names as they are; where something was taken away, its values.
    fn changed(&self, binding: &Let<'a>, list: &List) -> String {
        if binding.shrinks() {
            return bracketed(self.atoms(binding, list));
        }
        let added = binding.changes.iter().filter_map(|change| list_of(change.binding));
        let elements = std::iter::once(list).chain(added).flat_map(|list| &list.elements);
        let texts: Vec<&str> = elements.map(|element| self.sources.slice(element.span())).collect();
        format!("[{}]", texts.join(", "))
    }

    /// The values of a list after all changes to it.
    fn atoms(&self, binding: &Let<'a>, list: &List) -> Vec<Atom> {
        let mut atoms = self.elements(binding.written.file, list);
        for change in &binding.changes {
            let Some(list) = list_of(change.binding) else { continue };
            let changed = self.elements(change.file, list);
            match change.binding.operator {
                LetOperator::Shrink => atoms = self.without(binding, atoms, changed),
                _ => atoms.extend(changed),
            }
        }
        atoms
    }

    fn elements(&self, file: &File, list: &List) -> Vec<Atom> {
        list.elements.iter().flat_map(|element| self.element(file, element)).collect()
    }

    fn element(&self, file: &File, element: &Element) -> Vec<Atom> {
        match element {
            Element::Range(range) => self.range(file, range).into_iter().collect(),
            Element::Constant(Constant::Literal(literal)) => {
                self.literal(literal).into_iter().collect()
            }
            Element::Constant(Constant::Name(name)) => self.named(file, name),
        }
    }

    /// What a name in a list stands for: another list, a range, a constant, or itself.
    fn named(&self, file: &File, name: &Name) -> Vec<Atom> {
        let Some(binding) = self.find(file, &name.text) else {
            return vec![self.member(name)];
        };
        let file = binding.written.file;
        match &binding.written.binding.value {
            LetValue::List(list) => self.atoms(binding, list),
            LetValue::Range(range) => self.range(file, range).into_iter().collect(),
            LetValue::Constant(Constant::Literal(literal)) => {
                self.literal(literal).into_iter().collect()
            }
            LetValue::Constant(Constant::Name(alias)) => self.named(file, alias),
            LetValue::Call(_) | LetValue::Condition(_) => Vec::new(),
        }
    }

    fn member(&self, name: &Name) -> Atom {
        let text = self.sources.slice(name.span).to_owned();
        Atom { text, value: Value::Name(name.text.clone()) }
    }

    /// The member that a name is a spelling of, in an enum if it is known which.
    fn right_name(&self, name: &str, enum_type: Option<EnumId>) -> Value {
        let right = |kind: &'a EnumType| kind.name_of(kind.member(name)?);
        let right_name = match enum_type {
            Some(enum_type) => right(self.vocabulary.enum_type(enum_type)),
            None => self.vocabulary.enums().find_map(right),
        };
        Value::Name(right_name.unwrap_or(name).to_owned())
    }

    fn literal(&self, literal: &Literal) -> Option<Atom> {
        let text = self.sources.slice(literal.span);
        let value = match &literal.value {
            LiteralValue::Bool(value) => Value::Bool(*value),
            LiteralValue::Text(text) => Value::Text(text.clone()),
            _ => number(literal).map(|(kind, number)| Value::Numbers(kind, number, number))?,
        };
        Some(Atom { text: text.to_owned(), value })
    }

    fn range(&self, file: &File, range: &Range) -> Option<Atom> {
        let bound = |bound: &Option<Constant>| self.bound(file, bound.as_ref()?);
        let (low, high) = (bound(&range.low), bound(&range.high));
        let (kind, _) = low.or(high)?;
        let end = |bound: Option<(Type, i64)>, open| bound.map_or(open, |(_, number)| number);
        Some(self.interval(kind, end(low, kind.least()), end(high, i64::MAX)))
    }

    fn bound(&self, file: &File, bound: &Constant) -> Option<(Type, i64)> {
        match bound {
            Constant::Literal(literal) => number(literal),
            Constant::Name(name) => {
                let binding = self.find(file, &name.text)?;
                let LetValue::Constant(value) = &binding.written.binding.value else { return None };
                self.bound(binding.written.file, value)
            }
        }
    }

    fn interval(&self, kind: Type, low: i64, high: i64) -> Atom {
        let number = |number| self.vocabulary.show_number(kind, number).to_string();
        let text = match (low, high) {
            _ if low == high => number(low),
            (i64::MIN, i64::MAX) => format!("..{zero}, {zero}..", zero = number(0)),
            (_, i64::MAX) => format!("{}..", number(low)),
            _ if low == kind.least() => format!("..{}", number(high)),
            _ => format!("{}..{}", number(low), number(high)),
        };
        Atom { text, value: Value::Numbers(kind, low, high) }
    }

    fn without(&self, binding: &Let<'_>, atoms: Vec<Atom>, gone: Vec<Atom>) -> Vec<Atom> {
        let is_range =
            |atom: &Atom| matches!(atom.value, Value::Numbers(_, low, high) if low != high);
        if atoms.iter().chain(&gone).any(is_range) {
            return self.without_numbers(binding, &atoms, &gone);
        }
        // Beside a name without quotes one in quotes is a member, too, and no text.
        let is_name = |atom: &Atom| matches!(atom.value, Value::Name(_));
        let enum_type = self.enum_of(binding);
        let has_members = enum_type.is_some() || atoms.iter().chain(&gone).any(is_name);
        let value = |atom: &Atom| match &atom.value {
            Value::Name(name) => self.right_name(name, enum_type),
            Value::Text(text) if has_members => self.right_name(text, enum_type),
            value => value.clone(),
        };
        let gone: HashSet<Value> = gone.iter().map(value).collect();
        atoms.into_iter().filter(|atom| !gone.contains(&value(atom))).collect()
    }

    /// What is left of ranges; but for what no fact can be, which nobody may ask for.
    fn without_numbers(&self, binding: &Let<'_>, atoms: &[Atom], gone: &[Atom]) -> Vec<Atom> {
        let kind = atoms.iter().find_map(|atom| match atom.value {
            Value::Numbers(kind, ..) => Some(kind),
            _ => None,
        });
        let left = intervals(atoms).without(&intervals(gone));
        let possible = left.as_slice().iter().filter(|&&left| self.may_be(binding, left));
        possible.filter_map(|&(low, high)| Some(self.interval(kind?, low, high))).collect()
    }
}

impl Let<'_> {
    /// Whether something is taken away from it.
    pub(super) fn shrinks(&self) -> bool {
        self.changes.iter().any(|change| change.binding.operator == LetOperator::Shrink)
    }
}

fn written(file: &File) -> impl Iterator<Item = Written<'_>> {
    file.ast.declarations.iter().filter_map(move |declaration| match &declaration.kind {
        DeclarationKind::Let(binding) => Some(Written { file, declaration, binding }),
        _ => None,
    })
}

fn list_of(binding: &LetDeclaration) -> Option<&List> {
    match &binding.value {
        LetValue::List(list) => Some(list),
        _ => None,
    }
}

fn bracketed(atoms: Vec<Atom>) -> String {
    let texts: Vec<String> = atoms.into_iter().map(|atom| atom.text).collect();
    format!("[{}]", texts.join(", "))
}

fn intervals(atoms: &[Atom]) -> Intervals {
    let numbers = atoms.iter().filter_map(|atom| match atom.value {
        Value::Numbers(_, low, high) => Some((low, high)),
        _ => None,
    });
    Intervals::new(numbers.collect())
}

fn number(literal: &Literal) -> Option<(Type, i64)> {
    match &literal.value {
        LiteralValue::Int(number) => Some((Type::Int, *number)),
        LiteralValue::Duration(duration) => Some((Type::Duration, duration.milliseconds())),
        LiteralValue::Size(size) => Some((Type::Size, size.bytes())),
        _ => None,
    }
}
