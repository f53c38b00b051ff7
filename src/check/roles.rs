//! A vocabulary declares enums, facts, lets and outcomes; a pack no head but its version, and neither holds rules.

use super::Checker;
use crate::ast::{Declaration, DeclarationKind};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Role;

pub(super) fn check(checker: &mut Checker<'_>) {
    for unit in checker.files.units() {
        for declaration in &unit.ast.declarations {
            if let Some(what) = refused(&unit.role, &declaration.kind) {
                checker.report(report(&unit.role, declaration, what));
            }
        }
    }
}

/// What the declaration is called, if a file of this role may not hold it.
fn refused(role: &Role, kind: &DeclarationKind) -> Option<&'static str> {
    let what = match kind {
        DeclarationKind::Rule(_) => "a rule",
        DeclarationKind::Replace(_) | DeclarationKind::Disable(_) => "an edit of a rule",
        DeclarationKind::Otherwise(_) => "`otherwise`",
        DeclarationKind::Extends(_) => "`extends`",
        DeclarationKind::Use(_) => "`use`",
        DeclarationKind::Vocabulary(_) if matches!(role, Role::Pack(_)) => "`vocabulary`",
        _ => return None,
    };
    (*role != Role::Policy).then_some(what)
}

fn report(role: &Role, declaration: &Declaration, what: &str) -> Diagnostic {
    let (file, help) = match role {
        Role::Vocabulary => {
            ("a vocabulary", "a vocabulary declares enums, facts, lets and outcomes")
        }
        _ => ("a pack", "a pack declares enums, facts and lets; rules stand in policies"),
    };
    Diagnostic::new(Code::NotAllowedHere, declaration.span, format!("{what} in {file}")).help(help)
}
