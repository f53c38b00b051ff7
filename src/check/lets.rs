//! `let`: which names there are, what each stands for after `+=` and `-=`, and that none leads back to itself.

use std::collections::HashMap;
use std::sync::Arc;

use super::names::{Meaning, suggestion};
use super::{Checker, Resolved};
use crate::ast::{
    Condition as Written, Constant, DeclarationKind, Element, LetDeclaration, LetOperator,
    LetValue, List, Name, Predicate, Range, SetExpression,
};
use crate::condition::NamedCondition;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::{Role, Unit};
use crate::vocabulary::Type;

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
    let chain = checker.chain;
    for unit in chain.units() {
        for declaration in &unit.ast.declarations {
            if let DeclarationKind::Let(declared) = &declaration.kind {
                if declared.operator == LetOperator::Define {
                    define(checker, unit, declared);
                }
            }
        }
    }
    for unit in chain.units() {
        for declaration in &unit.ast.declarations {
            if let DeclarationKind::Let(declared) = &declaration.kind {
                if declared.operator != LetOperator::Define {
                    change(checker, unit, declared);
                }
            }
        }
    }
    refuse_circles(checker);
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
            let help = "`+=` and `-=` change a set of a base or of a pack";
            let report = if report.help.is_some() { report } else { report.help(help) };
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
    let message = format!("`{name}` is a list, and a list changes by a list");
    let report = Diagnostic::new(Code::WrongKind, span, message);
    match &declared.value {
        LetValue::Constant(_) | LetValue::Range(_) => {
            let list = format!("[{}]", checker.sources.slice(span));
            report.fix(format!("write `{list}`"), span, list)
        }
        _ => report,
    }
}

// Circles ----------------------------------------------------------------------------------------

/// Reports every `let` that leads back to itself, and those that lead too deep.
fn refuse_circles(checker: &mut Checker<'_>) {
    let references: Vec<Vec<LetId>> =
        checker.lets.ids().map(|id| references(checker, id)).collect();
    let mut depth: Vec<Option<usize>> = vec![None; references.len()];
    for start in checker.lets.ids() {
        follow(checker, &references, &mut depth, start);
    }
}

/// Works out how deep the `let`s below `start` lead, without recursion.
fn follow(
    checker: &mut Checker<'_>,
    references: &[Vec<LetId>],
    depth: &mut [Option<usize>],
    start: LetId,
) {
    let mut path: Vec<(LetId, usize)> = vec![(start, 0)];
    let mut on_path = std::collections::HashSet::from([start]);
    while let Some((id, next)) = path.last_mut() {
        let at = id.0 as usize;
        if depth[at].is_none() {
            if let Some(&reference) = references[at].get(*next) {
                *next += 1;
                if on_path.contains(&reference) {
                    report_circle(checker, &path, reference);
                } else if depth[reference.0 as usize].is_none() {
                    on_path.insert(reference);
                    path.push((reference, 0));
                }
                continue;
            }
            let below =
                references[at].iter().filter_map(|id| depth[id.0 as usize]).max().unwrap_or(0);
            depth[at] = Some(below + 1);
            checker.lets.order.push(*id);
            if below + 1 > checker.limits.nesting {
                report_too_deep(checker, *id);
            }
        }
        on_path.remove(id);
        path.pop();
    }
}

fn report_circle(checker: &mut Checker<'_>, path: &[(LetId, usize)], closing: LetId) {
    let from = path.iter().position(|&(id, _)| id == closing).unwrap_or(0);
    let circle: Vec<LetId> = path[from..].iter().map(|&(id, _)| id).collect();
    let mut names: Vec<&str> =
        circle.iter().map(|&id| checker.lets.get(id).name.as_str()).collect();
    names.push(names.first().copied().unwrap_or_default());
    let span = checker.lets.get(closing).declared.name.span;
    let message = format!("`{}` leads back to itself", names[0]);
    let report = Diagnostic::new(Code::RecursiveLet, span, message).help(names.join(" → "));
    checker.report(report);
    for id in circle {
        checker.lets.list[id.0 as usize].wrong = true;
    }
}

fn report_too_deep(checker: &mut Checker<'_>, id: LetId) {
    let entry = &mut checker.lets.list[id.0 as usize];
    let already = std::mem::replace(&mut entry.wrong, true);
    let (name, span) = (entry.name.clone(), entry.declared.name.span);
    // Those that lead to this one are too deep for the same reason.
    if !already {
        let message = format!("`{name}` is nested more than {} names deep", checker.limits.nesting);
        checker.problems.push(Code::NestedTooDeeply.severity(), || {
            Diagnostic::new(Code::NestedTooDeeply, span, message)
                .help("each name that stands for other names counts; write some of them out")
        });
    }
}

/// The `let`s a `let` names.
fn references(checker: &mut Checker<'_>, id: LetId) -> Vec<LetId> {
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

// Meaning ----------------------------------------------------------------------------------------

/// Checks the conditions and schedules that `let`s name, used or not.
pub(super) fn check(checker: &mut Checker<'_>) {
    for id in checker.lets.order.clone() {
        let entry = checker.lets.get(id);
        let (unit, declared) = (entry.unit, entry.declared);
        if let Some(fact) = checker.vocabulary.find_fact(&entry.name) {
            let (name, place) = (entry.name.clone(), checker.vocabulary.fact(fact).span);
            checker.lets.mark_used(id);
            let report = Diagnostic::new(
                Code::DuplicateName,
                declared.name.span,
                format!("`{name}` is also a fact"),
            );
            checker.report(
                report.also(place, "declared here").help("facts and `let`s share one set of names"),
            );
        }
        match &declared.value {
            LetValue::Condition(_) => drop(checker.named_condition(id)),
            LetValue::Call(call) => drop(checker.schedule_call(unit, call)),
            LetValue::List(_) | LetValue::Range(_) | LetValue::Constant(_) => {}
        }
    }
}

/// Checks that what lists, ranges and constants name is there, used or not.
///
/// It comes behind the rules, which say more about a name that they look for in a certain enum.
pub(super) fn check_names(checker: &mut Checker<'_>) {
    for id in checker.lets.ids() {
        let entry = checker.lets.get(id);
        let definition = (entry.unit, entry.declared);
        for (unit, declared) in std::iter::once(definition).chain(entry.changes.clone()) {
            check_names_in(checker, unit, &declared.value);
        }
    }
}

fn check_names_in<'a>(checker: &mut Checker<'a>, unit: &'a Unit, value: &'a LetValue) {
    match value {
        LetValue::List(list) => {
            list.elements.iter().for_each(|element| check_element(checker, unit, element))
        }
        LetValue::Range(range) => check_range(checker, unit, range),
        LetValue::Constant(Constant::Name(name)) if refuse_fact(checker, unit, name) => {}
        LetValue::Constant(constant) => check_constant(checker, unit, constant),
        LetValue::Condition(_) | LetValue::Call(_) => {}
    }
}

fn check_element<'a>(checker: &mut Checker<'a>, unit: &'a Unit, element: &'a Element) {
    match element {
        Element::Constant(constant) => check_constant(checker, unit, constant),
        Element::Range(range) => check_range(checker, unit, range),
    }
}

fn check_range<'a>(checker: &mut Checker<'a>, unit: &'a Unit, range: &'a Range) {
    for bound in [&range.low, &range.high].into_iter().flatten() {
        check_constant(checker, unit, bound);
    }
}

/// Refuses a `let` that stands for a fact, but for a boolean one, which is a condition; gives whether it did.
fn refuse_fact<'a>(checker: &mut Checker<'a>, unit: &'a Unit, name: &'a Name) -> bool {
    let Some(Meaning::Fact(fact)) = checker.find(unit, &name.text) else { return false };
    let fact = checker.vocabulary.fact(fact);
    if fact.kind == Type::Bool || !checker.enums_with(&name.text).is_empty() {
        return false;
    }
    let message = format!("`{name}` is a fact, which a `let` cannot stand for");
    let report =
        Diagnostic::new(Code::WrongKind, name.span, message).also(fact.span, "declared here");
    checker.report(report.help("a `let` names a set, a condition, a schedule or a constant"));
    true
}

/// A name has to stand for something: a `let`, a fact, or a member of some enum.
fn check_constant<'a>(checker: &mut Checker<'a>, unit: &'a Unit, constant: &'a Constant) {
    let Constant::Name(name) = constant else { return };
    if checker.find(unit, &name.text).is_some() {
        return;
    }
    let enums = checker.enums_with(&name.text);
    if let Some(&(id, _)) = enums.first() {
        checker.member(unit, id, name);
        return;
    }
    if checker.excused.name(&name.text) || !checker.unknown.insert(name.span) {
        return;
    }
    checker.report_lazily(Code::UnknownName, |vocabulary, lets| {
        let members = vocabulary
            .enums()
            .flat_map(|kind| kind.members.iter().map(|member| member.name.as_str()));
        let report =
            Diagnostic::new(Code::UnknownName, name.span, format!("nothing is called `{name}`"));
        suggestion(report, name, lets.names().chain(members))
    });
}

impl<'a> Checker<'a> {
    /// The condition that a `let` names; none where it is wrong, or is no condition.
    pub(super) fn named_condition(&mut self, id: LetId) -> Option<Resolved> {
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
    pub(super) fn value_behind(&mut self, id: LetId) -> Option<(LetId, &'a Unit, &'a LetValue)> {
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
    pub(super) fn is_condition(&mut self, id: LetId) -> bool {
        match self.value_behind(id) {
            Some((_, _, LetValue::Condition(_))) => true,
            Some((_, unit, LetValue::Constant(Constant::Name(alias)))) => {
                matches!(self.find(unit, &alias.text), Some(Meaning::Fact(_)))
            }
            _ => false,
        }
    }

    /// What kind of thing a `let` is, for messages.
    pub(super) fn kind_of_let(&mut self, id: LetId) -> &'static str {
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
    pub(super) fn elements_behind(&mut self, id: LetId) -> Option<ListBehind<'a>> {
        let (id, unit, value) = self.value_behind(id)?;
        let LetValue::List(list) = value else { return None };
        Some(ListBehind { unit, list, changes: self.lets.get(id).changes.clone() })
    }
}

/// A list with the changes other files make to it.
pub(super) struct ListBehind<'a> {
    pub(super) unit: &'a Unit,
    pub(super) list: &'a List,
    pub(super) changes: Vec<(&'a Unit, &'a LetDeclaration)>,
}
