//! `let`: which names there are, and what each stands for after `+=` and `-=`.

mod circles;
mod meaning;
mod names;
mod references;

use std::collections::HashMap;
use std::sync::Arc;

pub(super) use circles::show_circle;
pub(super) use meaning::ListBehind;
pub(super) use names::{check, check_names};
pub(super) use references::changes_behind;

use super::Checker;
use super::names::{sets_of_pack, suggestion};
use crate::ast::{DeclarationKind, LetDeclaration, LetOperator, LetValue, Name};
use crate::condition::NamedCondition;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::{Role, Unit};

/// The position of a `let` among all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct LetId(u32);

/// All `let`s of all files.
#[derive(Default)]
pub(super) struct Lets<'a> {
    list: Vec<Let<'a>>,
    names: HashMap<String, LetId>,
    /// Each behind those it names, so that working them out in this order never goes deep.
    order: Vec<LetId>,
}

/// A `let` with the changes other files make to it.
pub(super) struct Let<'a> {
    /// With the pack's name before it, if it is a pack's.
    pub(super) name: String,
    pub(super) unit: &'a Unit,
    pub(super) declared: &'a LetDeclaration,
    /// `+=` and `-=`, the base's first.
    pub(super) changes: Vec<(&'a Unit, &'a LetDeclaration)>,
    pub(super) used: bool,
    /// It leads back to itself or too deep; reported.
    wrong: bool,
    condition: Memo<(Arc<NamedCondition>, usize, usize)>,
}

/// Something that is worked out at most once.
#[derive(Clone)]
enum Memo<T> {
    Not,
    Done(Option<T>),
}

impl<'a> Lets<'a> {
    pub(super) fn find(&self, name: &str) -> Option<LetId> {
        self.names.get(name).copied()
    }

    pub(super) fn get(&self, id: LetId) -> &Let<'a> {
        &self.list[id.0 as usize]
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Let<'a>> {
        self.list.iter()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = (LetId, &Let<'a>)> {
        self.ids().zip(&self.list)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|entry| entry.name.as_str())
    }

    pub(super) fn mark_used(&mut self, id: LetId) -> LetId {
        self.list[id.0 as usize].used = true;
        id
    }

    fn ids(&self) -> impl Iterator<Item = LetId> + use<> {
        (0..self.list.len() as u32).map(LetId)
    }
}

/// Gathers the definitions of all files, then the changes.
pub(super) fn declare(checker: &mut Checker<'_>) {
    let files = checker.files;
    for unit in files.units() {
        for declaration in &unit.ast.declarations {
            if let DeclarationKind::Let(declared) = &declaration.kind
                && declared.operator == LetOperator::Define
            {
                define(checker, unit, declared);
            }
        }
    }
    for unit in files.units() {
        for declaration in &unit.ast.declarations {
            if let DeclarationKind::Let(declared) = &declaration.kind
                && declared.operator != LetOperator::Define
            {
                change(checker, unit, declared);
            }
        }
    }
    circles::refuse_circles(checker);
}

/// The name a `let` has outside its file.
fn full_name(unit: &Unit, name: &Name) -> String {
    match &unit.role {
        Role::Pack(pack) => format!("{pack}.{name}"),
        _ => name.text.clone(),
    }
}

fn define<'a>(checker: &mut Checker<'a>, unit: &'a Unit, declared: &'a LetDeclaration) {
    let name = full_name(unit, &declared.name);
    let span = declared.name.span;
    if let Some(id) = checker.lets.find(&name) {
        let first = checker.lets.get(id).declared.name.span;
        return checker.report(redeclared(&name, declared, first));
    }
    if let Some(&(kind, member)) = checker.enums_with(&declared.name.text).first() {
        let kind = checker.vocabulary.enum_type(kind);
        let message = format!("`{}` is a member of `{}`", declared.name, kind.name);
        let place = kind.members[member.index()].span;
        let report = Diagnostic::new(Code::HidesMember, span, message).also(place, "declared here");
        checker.excused.add(&declared.name.text);
        return checker
            .report(report.help("a `let` of the same name would hide it; choose another name"));
    }
    checker.lets.names.insert(name.clone(), LetId(checker.lets.list.len() as u32));
    checker.lets.list.push(Let {
        name,
        unit,
        declared,
        changes: Vec::new(),
        used: false,
        wrong: false,
        condition: Memo::Not,
    });
}

fn redeclared(name: &str, declared: &LetDeclaration, first: crate::source::Span) -> Diagnostic {
    let span = declared.name.span;
    if first.file == span.file {
        return Diagnostic::new(Code::DuplicateName, span, format!("`{name}` is declared twice"))
            .also(first, "declared here first");
    }
    let report = Diagnostic::new(
        Code::RedeclaredLet,
        span,
        format!("`{name}` is already declared by another file"),
    )
    .also(first, "declared here");
    match declared.value {
        LetValue::List(_) => {
            report.help(format!("a set is changed with `let {name} += […]` or `let {name} -= […]`"))
        }
        _ => report.help("choose another name"),
    }
}

fn change<'a>(checker: &mut Checker<'a>, unit: &'a Unit, declared: &'a LetDeclaration) {
    let name = &declared.name;
    let Some(id) = checker.lets.find(&name.text) else {
        if !checker.excused.name(&name.text) {
            let report = Diagnostic::new(
                Code::UnknownName,
                name.span,
                format!("no `let` is called `{name}`"),
            );
            let report = suggestion(report, name, checker.lets.names());
            let help = || match name.text.split_once('.') {
                Some((pack, _)) => sets_of_pack(pack, checker.lets.names()),
                None => "`+=` and `-=` change a set of a base or of a pack".to_owned(),
            };
            let report = if report.help.is_some() { report } else { report.help(help()) };
            checker.report(report);
        }
        return;
    };
    checker.lets.mark_used(id);
    let changed = checker.lets.get(id);
    if changed.unit.ast.file == unit.ast.file {
        let report = Diagnostic::new(
            Code::OwnSet,
            name.span,
            format!("`{name}` is declared in the same file"),
        )
        .also(changed.declared.name.span, "declared here")
        .help("write its members there; `+=` and `-=` change a set of a base or of a pack");
        return checker.report(report);
    }
    if !matches!(changed.declared.value, LetValue::List(_)) {
        let message = format!("`{name}` is no list, so it cannot be grown or shrunk");
        let report = Diagnostic::new(Code::WrongKind, name.span, message);
        let place = changed.declared.value.span();
        return checker.report(report.also(place, "this is what it stands for"));
    }
    if !matches!(declared.value, LetValue::List(_)) {
        let report = by_no_list(checker, declared);
        return checker.report(report);
    }
    checker.lets.list[id.0 as usize].changes.push((unit, declared));
}

/// The report of a list that is changed by what is no list.
fn by_no_list(checker: &Checker<'_>, declared: &LetDeclaration) -> Diagnostic {
    let (name, span) = (&declared.name, declared.value.span());
    let message = format!("`{name}` is a list, so only a list can be added or taken away");
    let report = Diagnostic::new(Code::WrongKind, span, message);
    match &declared.value {
        LetValue::Constant(_) | LetValue::Range(_) => {
            let list = format!("[{}]", checker.sources.slice(span));
            report.fix(format!("write `{list}`"), span, list)
        }
        _ => report,
    }
}
