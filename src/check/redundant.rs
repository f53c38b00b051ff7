//! Rules that may be taken away, since later ones decide the same.

use super::Checker;
use super::dead::{MOST_SHOWN, join, names};
use crate::analyze::{Findings, Redundant};
use crate::ast::{Comment, Declaration, DeclarationKind, RuleDeclaration};
use crate::diagnostic::{Code, Diagnostic};
use crate::gather::Unit;
use crate::policy::Rule;
use crate::source::{Source, Span};

pub(super) fn report(checker: &mut Checker<'_>, main: &Unit, rules: &[Rule], findings: &Findings) {
    for redundant in &findings.redundant {
        let report = redundant_rule(checker, main, rules, redundant);
        checker.report(report);
    }
}

fn redundant_rule(
    checker: &Checker<'_>,
    main: &Unit,
    rules: &[Rule],
    redundant: &Redundant,
) -> Diagnostic {
    let rule = &rules[redundant.rule];
    let title = match &rule.name {
        Some(name) => format!("`{name}`"),
        None => "this rule".to_owned(),
    };
    let next: Vec<&Rule> = redundant.next.iter().map(|&at| &rules[at]).collect();
    let message = format!("taking {title} away changes no decision");
    let report = Diagnostic::new(Code::RedundantRule, rule.keyword, message);
    let report = next
        .iter()
        .take(MOST_SHOWN)
        .fold(report, |report, next| report.also(next.keyword, "decides the same"));
    let decide = if next.len() == 1 { "decides" } else { "decide" };
    let report =
        report.help(format!("{} {decide} the same for all its events", join(&names(&next))));
    match declaration(main, rule) {
        Some((declaration, written)) => with_removal(checker, main, report, declaration, written),
        None => report,
    }
}

/// The declaration of a rule.
fn declaration<'a>(main: &'a Unit, rule: &Rule) -> Option<(&'a Declaration, &'a RuleDeclaration)> {
    let mut declarations = main.ast.declarations.iter();
    declarations.find_map(|declaration| match &declaration.kind {
        DeclarationKind::Rule(written) | DeclarationKind::Replace(written)
            if written.keyword == rule.keyword =>
        {
            Some((declaration, written))
        }
        _ => None,
    })
}

/// With the fix that takes the rule away; a guess where more than the rule would be lost.
fn with_removal(
    checker: &Checker<'_>,
    main: &Unit,
    report: Diagnostic,
    declaration: &Declaration,
    rule: &RuleDeclaration,
) -> Diagnostic {
    // Without a replacement the base's own rule would be back.
    if let (DeclarationKind::Replace(_), Some(name)) = (&declaration.kind, &rule.name) {
        let disable = format!("disable {}", checker.sources.slice(name.span));
        return report.fix(format!("write `{disable}`"), declaration.span, disable).guess();
    }
    let source = checker.sources.file(declaration.span.file);
    let (mut span, is_alone) = whole_lines(source, declaration.span);
    if declaration.documentation.is_some() {
        span.start = first_comment(source, &main.ast.comments, span.start);
    }
    let report = report.fix("take the rule away", span, "");
    // A name may stand in other files, and comments and examples are worth something by themselves.
    let is_bare =
        rule.name.is_none() && rule.examples.is_empty() && declaration.documentation.is_none();
    if is_bare && is_alone { report } else { report.guess() }
}

/// Where the lines of comments begin that stand right above a place.
fn first_comment(source: &Source, comments: &[Comment], below: u32) -> u32 {
    let before = comments.partition_point(|comment| comment.span.start < below);
    comments[..before].iter().rev().fold(below, |below, comment| {
        let line = source.line_range(comment.span.start as usize);
        match comment.own_line && line.end + 1 == below as usize {
            true => u32::try_from(line.start).unwrap_or(below),
            false => below,
        }
    })
}

/// The lines of a declaration with the last one's line break, if no other stands on them; and whether nothing
/// else does, not even a comment.
fn whole_lines(source: &Source, span: Span) -> (Span, bool) {
    let (first, last) =
        (source.line_range(span.start as usize), source.line_range(span.end as usize));
    let text = source.text();
    let before = text.get(first.start..span.start as usize).unwrap_or_default();
    let after = text.get(span.end as usize..last.end).unwrap_or_default();
    let after = after.trim();
    if !before.trim().is_empty() || !(after.is_empty() || after.starts_with('#')) {
        return (span, false);
    }
    let end = (last.end + 1).min(text.len());
    (Span::new(span.file, first.start..end), after.is_empty())
}
