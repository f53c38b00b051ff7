//! No `let` leads back to itself, and none too deep.

use std::collections::HashSet;

use super::references::references;
use super::{Checker, LetId};
use crate::diagnostic::{Code, Diagnostic};

/// Reports every `let` that leads back to itself, and those that lead too deep.
pub(super) fn refuse_circles(checker: &mut Checker<'_>) {
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
    let mut on_path = HashSet::from([start]);
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
