//! A `let` of the file itself that nothing uses.

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;

pub(super) fn check(checker: &mut Checker<'_>, main: &Unit) {
    if checker.excused.any() || checker.damaged {
        return;
    }
    let unused =
        checker.lets.iter().filter(|entry| !entry.used && entry.unit.ast.file == main.ast.file);
    let reports: Vec<Diagnostic> = unused
        .map(|entry| {
            Diagnostic::new(
                Code::UnusedName,
                entry.declared.name.span,
                format!("nothing uses `{}`", entry.name),
            )
            .help("use it in a rule or take it away")
        })
        .collect();
    for report in reports {
        checker.report(report);
    }
}
