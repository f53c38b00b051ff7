//! Every event is decided, and every rule can decide one.

use super::Checker;
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::policy::Rule;
use crate::source::Span;

pub(super) fn check(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule]) {
    if checker.damaged || checker.problems.has_errors() || checker.excused.any() {
        return;
    }
    if rules.is_empty() {
        let end = checker.sources.file(main.ast.file).text().len();
        let span = Span::new(main.ast.file, end..end);
        let report =
            Diagnostic::new(Code::Gap, span, "the policy has no rules, so no event is decided");
        return checker.report(
            report.help("`otherwise => fail` decides every event, `extends default` brings rules"),
        );
    }
    // The exact analysis goes here.
}
