//! Enums: members, parents, other spellings, and who may add to them.

use std::collections::BTreeMap;

use super::Checker;
use super::lets::show_circle;
use super::names::suggestion;
use crate::ast::{DeclarationKind, EnumDeclaration, MemberDeclaration, Name};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::{Role, Unit};
use crate::names::ByName;
use crate::source::Span;
use crate::vocabulary::{EnumId, EnumType, Member, MemberId};

/// Type names that are no enums.
pub(super) const BUILT_IN_TYPES: [&str; 6] =
    ["bool", "int", "duration", "size", "text", "schedule"];

/// Gathers all enums; then their members, so that a parent may come after its children.
pub(super) fn declare(checker: &mut Checker<'_>) {
    let files = checker.files;
    let all = || {
        files.units().flat_map(|unit| {
            unit.ast.declarations.iter().filter_map(move |declaration| match &declaration.kind {
                DeclarationKind::Enum(declared) => Some((unit, declared)),
                _ => None,
            })
        })
    };
    for (_, declared) in all().filter(|(_, declared)| !declared.grows) {
        declare_enum(checker, declared);
    }
    let mut added = Added::new();
    for (unit, declared) in all() {
        let Some(id) = target(checker, unit, declared) else {
            declared.members.iter().for_each(|member| checker.excused.add(&member.name.text));
            continue;
        };
        for member in &declared.members {
            declare_member(checker, id, member, &declared.name, &mut added, unit);
        }
    }
    for ((id, added), (unit, member)) in added {
        let parent = member.parent.as_ref().and_then(|parent| checker.member(unit, id, parent));
        checker.vocabulary.enums[id.index()].members[added.index()].parent = parent;
    }
    break_circles(checker);
}

/// The members with their declarations, until their parents are found.
type Added<'a> = BTreeMap<(EnumId, MemberId), (&'a Unit, &'a MemberDeclaration)>;

fn declare_enum(checker: &mut Checker<'_>, declared: &EnumDeclaration) {
    let name = &declared.name;
    let known =
        checker.vocabulary.find_enum(&name.text).map(|id| checker.vocabulary.enum_type(id).span);
    if BUILT_IN_TYPES.contains(&name.text.as_str()) {
        let message = format!("`{name}` is a type of the language");
        return checker.report(
            Diagnostic::new(Code::DuplicateName, name.span, message).help("choose another name"),
        );
    }
    if let Some(first) = known {
        return checker.report(
            Diagnostic::new(
                Code::DuplicateName,
                name.span,
                format!("the enum `{name}` is declared twice"),
            )
            .also(first, "declared here first")
            .help(format!("to add members write `enum {name} += {{ … }}`")),
        );
    }
    let id = EnumId(checker.vocabulary.enums.len() as u32);
    checker.vocabulary.enum_names.insert(name.text.clone(), id);
    checker.vocabulary.enums.push(EnumType {
        name: name.text.clone(),
        open: declared.open.is_some(),
        members: Vec::new(),
        spellings: ByName::default(),
        span: name.span,
    });
}

/// The enum a declaration gives members to; reports where it may not.
fn target(checker: &mut Checker<'_>, unit: &Unit, declared: &EnumDeclaration) -> Option<EnumId> {
    let name = &declared.name;
    let Some(id) = checker.vocabulary.find_enum(&name.text) else {
        if declared.grows && !checker.excused.name(&name.text) {
            let report = Diagnostic::new(
                Code::UnknownType,
                name.span,
                format!("no enum is called `{name}`"),
            );
            let enums = checker.vocabulary.enums().map(|kind| kind.name.as_str());
            let report = suggestion(report, name, enums);
            checker.report(report);
        }
        return None;
    };
    let kind = checker.vocabulary.enum_type(id);
    if !declared.grows {
        // A second declaration of the same name was reported; its members are not added.
        return (kind.span == name.span).then_some(id);
    }
    if !kind.open && unit.role != Role::Vocabulary {
        let report =
            Diagnostic::new(Code::ClosedEnum, name.span, format!("the enum `{name}` is closed"))
                .also(kind.span, "declared here without `open`")
                .help("only a vocabulary may add to a closed enum");
        checker.report(report);
        return None;
    }
    Some(id)
}

/// Adds a member, unless it is there already.
fn declare_member<'a>(
    checker: &mut Checker<'_>,
    id: EnumId,
    declared: &'a MemberDeclaration,
    enum_name: &Name,
    added: &mut Added<'a>,
    unit: &'a Unit,
) {
    let kind = &checker.vocabulary.enums[id.index()];
    if let Some(known) = kind.member(&declared.name.text) {
        let parent = added.get(&(id, known)).and_then(|(_, first)| first.parent.as_ref());
        let clash = already_declared(kind, known, parent, declared, enum_name);
        let report = clash.or_else(|| needless(checker, unit, kind, known, declared));
        report.into_iter().for_each(|report| checker.report(report));
        return;
    }
    let kind = &mut checker.vocabulary.enums[id.index()];
    let member = MemberId(kind.members.len() as u32);
    kind.spellings.insert(declared.name.text.clone(), member);
    kind.members.push(Member {
        name: declared.name.text.clone(),
        parent: None,
        spellings: Vec::new(),
        span: declared.name.span,
    });
    for spelling in &declared.spellings {
        add_spelling(checker, id, member, spelling);
    }
    added.insert((id, member), (unit, declared));
}

fn add_spelling(checker: &mut Checker<'_>, id: EnumId, member: MemberId, spelling: &Name) {
    let kind = &mut checker.vocabulary.enums[id.index()];
    if let Some(known) = kind.member(&spelling.text) {
        let place = kind.members[known.index()].span;
        let known = &kind.members[known.index()].name;
        let message = if *known == spelling.text {
            format!("`{spelling}` is a member of `{}` itself", kind.name)
        } else {
            format!("`{spelling}` is already another spelling of `{known}`")
        };
        let report = Diagnostic::new(Code::ClashingMember, spelling.span, message)
            .also(place, "declared here");
        return checker.report(report);
    }
    kind.spellings.insert(spelling.text.clone(), member);
    kind.members[member.index()].spellings.push(spelling.text.clone());
}

/// The report of a member that is declared twice; nothing where two files declare it alike.
fn already_declared(
    kind: &EnumType,
    known: MemberId,
    parent: Option<&Name>,
    declared: &MemberDeclaration,
    enum_name: &Name,
) -> Option<Diagnostic> {
    let first = &kind.members[known.index()];
    let same_file = first.span.file == declared.name.span.file;
    let name = &declared.name;
    if first.name != name.text {
        let message = format!("`{name}` is already another spelling of `{}`", first.name);
        let report = Diagnostic::new(Code::ClashingMember, name.span, message);
        return Some(report.also(first.span, "declared here"));
    }
    if same_file {
        let message = format!("`{enum_name}` has the member `{name}` twice");
        return Some(
            Diagnostic::new(Code::DuplicateName, name.span, message)
                .also(first.span, "the first one"),
        );
    }
    let spellings = declared.spellings.iter().map(|spelling| spelling.text.as_str());
    let same_spellings = spellings.eq(first.spellings.iter().map(String::as_str));
    let same_parent =
        parent.map(|parent| &parent.text) == declared.parent.as_ref().map(|parent| &parent.text);
    (!(same_spellings && same_parent)).then(|| clash(name, first.span))
}

/// The report of a member that the policy itself adds to those that are there; packs may agree with each other.
fn needless(
    checker: &Checker<'_>,
    unit: &Unit,
    kind: &EnumType,
    known: MemberId,
    declared: &MemberDeclaration,
) -> Option<Diagnostic> {
    let name = &declared.name;
    let is_main = checker.files.policies.last().is_some_and(|main| main.ast.file == unit.ast.file);
    let message = format!("`{}` has `{name}` already", kind.name);
    is_main.then(|| {
        Diagnostic::new(Code::NothingToChange, name.span, message)
            .also(kind.members[known.index()].span, "declared here")
    })
}

fn clash(name: &Name, first: Span) -> Diagnostic {
    Diagnostic::new(
        Code::ClashingMember,
        name.span,
        format!("`{name}` is declared in another way, too"),
    )
    .also(first, "declared here first")
    .help("two files may declare a member only with the same parent and the same spellings")
}

/// Reports members that descend from themselves, and cuts them off their parents.
fn break_circles(checker: &mut Checker<'_>) {
    let mut reports = Vec::new();
    for kind in &mut checker.vocabulary.enums {
        let mut state = vec![Visit::Not; kind.members.len()];
        for start in 0..kind.members.len() {
            let circle = climb(&kind.members, &mut state, start);
            let Some(&last) = circle.last() else { continue };
            // Told from the member that closes the circle.
            let in_order =
                [last].into_iter().chain(circle.iter().copied().filter(|&at| at != last));
            let members = in_order.map(|at| &kind.members[at]);
            let links: Vec<(Span, &str)> =
                members.map(|member| (member.span, member.name.as_str())).collect();
            let message = format!("`{}` descends from itself", links[0].1);
            let report = Diagnostic::new(Code::RecursiveLet, links[0].0, message);
            let report = show_circle(report, &links, "is a kind of");
            reports.push(report.help(match links.len() {
                1 => "it has to descend from another member, or from none".to_owned(),
                count => format!("these {count} members lead in a circle; take one `is` away"),
            }));
            kind.members[last].parent = None;
        }
    }
    for report in reports {
        checker.report(report);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Not,
    Now,
    Done,
}

/// Climbs from a member to its ancestors; gives the circle this leads into, if it is a new one.
fn climb(members: &[Member], state: &mut [Visit], start: usize) -> Vec<usize> {
    let mut path = Vec::new();
    let mut current = Some(start);
    let mut circle = Vec::new();
    while let Some(at) = current {
        match state[at] {
            Visit::Done => break,
            Visit::Now => {
                circle.extend(path.iter().copied().skip_while(|&member| member != at));
                break;
            }
            Visit::Not => {
                state[at] = Visit::Now;
                path.push(at);
                current = members[at].parent.map(MemberId::index);
            }
        }
    }
    for at in path {
        state[at] = Visit::Done;
    }
    circle
}
