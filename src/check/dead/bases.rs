//! Rules of bases that this file keeps from deciding.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{MOST_SHOWN, come_first, join, names, show_covering};
use crate::analyze::{Unreachable, never_deciding};
use crate::ast::{DeclarationKind, LetDeclaration, LetOperator, RuleDeclaration};
use crate::check::lets::changes_behind;
use crate::check::{Checker, order};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::gather::Unit;
use crate::policy::Rule;
use crate::source::Span;

/// Tells of rules of bases that decide nothing, where this file is to blame.
pub(super) fn report(
    checker: &mut Checker<'_>,
    main: &Unit,
    rules: &[Rule],
    mut dead: Vec<&Unreachable>,
) {
    // A base's `otherwise` that no event reaches any more is what a complete extension is for.
    dead.retain(|dead| !rules[dead.rule].is_otherwise());
    if dead.is_empty() {
        return;
    }
    let dead_before = dead_in_base(checker);
    dead.retain(|dead| !dead_before.contains(&rules[dead.rule].keyword));
    BaseRules { rules, main, written: written(checker) }.report(checker, dead);
}

struct BaseRules<'r, 'a> {
    rules: &'r [Rule],
    main: &'r Unit,
    /// Every rule as it is written, by its keyword.
    written: HashMap<Span, WrittenRule<'a>>,
}

impl<'a> BaseRules<'_, 'a> {
    fn report(&self, checker: &mut Checker<'a>, dead: Vec<&Unreachable>) {
        let mut pushed_aside: BTreeMap<usize, Vec<&Rule>> = BTreeMap::new();
        for dead in dead {
            let rule = &self.rules[dead.rule];
            let report = match dead.covered_by[..] {
                [only] if self.is_own(only) => {
                    pushed_aside.entry(only).or_default().push(rule);
                    continue;
                }
                _ if dead.covered_by.iter().any(|&at| self.is_own(at)) => {
                    Some(self.pushed_aside_by_several(dead))
                }
                _ => self.changed(checker, dead),
            };
            if let Some(report) = report {
                checker.report(report);
            }
        }
        for (by, rules) in pushed_aside {
            checker.report(self.pushed_aside_by(&self.rules[by], &rules));
        }
    }

    fn is_own(&self, rule: usize) -> bool {
        self.rules[rule].keyword.file == self.main.ast.file
    }

    /// The report of the rules to which one of this file's rules leaves nothing.
    fn pushed_aside_by(&self, by: &Rule, aside: &[&Rule]) -> Diagnostic {
        let message = format!("behind this rule {} can never decide", join(&names(aside)));
        let report = Diagnostic::new(Code::UnreachableRule, by.keyword, message);
        let report = aside
            .iter()
            .take(MOST_SHOWN)
            .fold(report, |report, rule| report.also(rule.keyword, "never gets its turn"));
        let it = match aside {
            [rule] => format!("`{}`", rule.title()),
            _ => "they".to_owned(),
        };
        let come =
            format!("this rule comes first and holds for every event that {it} could decide");
        let written = self.written.get(&by.keyword);
        let may_replace = written.is_some_and(|written| !written.replaces);
        let Some(meant) = instead(aside, may_replace) else {
            return report.help(format!("{come}; narrow it if that is not meant"));
        };
        let report = report.help(format!("{come}; {meant}, otherwise narrow this rule"));
        match (aside, written) {
            ([Rule { name: Some(name), .. }], Some(written)) if written.is_bare() => report
                .fix(
                    format!("write `replace {name}:`"),
                    by.keyword.before(),
                    format!("replace {name}: "),
                )
                .guess(),
            _ => report,
        }
    }

    /// The report of a rule to which this file's rules leave nothing together with others.
    fn pushed_aside_by_several(&self, dead: &Unreachable) -> Diagnostic {
        let (rule, covering) = (&self.rules[dead.rule], self.covering(dead));
        let own = dead.covered_by.iter().copied().find(|&at| self.is_own(at));
        let place = own.map_or(rule.keyword, |own| self.rules[own].keyword);
        let others = covering.iter().copied().filter(|rule| rule.keyword != place);
        let others: Vec<&Rule> = others.collect();
        let by: Vec<String> = ["this rule".to_owned()].into_iter().chain(names(&others)).collect();
        let title = rule.title();
        let message = format!("behind this rule `{title}` can never decide");
        let report = Diagnostic::new(Code::UnreachableRule, place, message);
        let report = show_covering(report, &covering).also(rule.keyword, "never gets its turn");
        let come = come_first(&by);
        report.help(match disable(rule) {
            Some(disable) => format!(
                "{come} for every event that `{title}` could decide; if that is meant, write {disable}"
            ),
            None => format!("{come} for every event that `{title}` could decide"),
        })
    }

    /// The report of a rule that decides nothing since this file changes sets; nothing where it changes none.
    fn changed(&self, checker: &Checker<'a>, dead: &Unreachable) -> Option<Diagnostic> {
        let rule = &self.rules[dead.rule];
        let changes = self.changes(checker, dead);
        let (first, others) = changes.split_first()?;
        let message = format!("with this change `{}` can never decide", rule.title());
        let report = match (dead.condition_never_true, rule.condition_span) {
            (true, Some(condition)) => Diagnostic::new(Code::NeverTrue, first.name.span, message)
                .also(condition, "holds for no event any more"),
            _ => {
                let report = Diagnostic::new(Code::UnreachableRule, first.name.span, message);
                show_covering(report, &self.covering(dead))
                    .also(rule.keyword, "never gets its turn")
            }
        };
        let others = others.iter().take(MOST_SHOWN);
        let report =
            others.fold(report, |report, other| report.also(other.name.span, "and this one"));
        Some(report.help(match disable(rule) {
            Some(disable) => format!(
                "the rule is still there but decides nothing; if that is meant, write {disable}"
            ),
            None => "the rule is still there but decides nothing".to_owned(),
        }))
    }

    fn covering(&self, dead: &Unreachable) -> Vec<&Rule> {
        dead.covered_by.iter().map(|&at| &self.rules[at]).collect()
    }

    /// The changes that leave nothing to a rule: what shrinks its own sets, and what grows those of the rules
    /// before it; if there are none of these, all changes to these sets.
    fn changes(&self, checker: &Checker<'a>, dead: &Unreachable) -> Vec<&'a LetDeclaration> {
        let of = |rule: &Rule| self.changes_of(checker, rule);
        let mut changes: Vec<_> = of(&self.rules[dead.rule]);
        let mut of_covering: Vec<_> = self.covering(dead).into_iter().flat_map(of).collect();
        let all = [changes.clone(), of_covering.clone()].concat();
        changes.retain(|change| change.operator == LetOperator::Shrink);
        of_covering.retain(|change| change.operator == LetOperator::Grow);
        changes.extend(of_covering);
        let mut changes = if changes.is_empty() { all } else { changes };
        changes.sort_by_key(|change| change.name.span);
        changes.dedup_by_key(|change| change.name.span);
        changes
    }

    /// The changes that this file makes to the sets of a rule.
    fn changes_of(&self, checker: &Checker<'a>, rule: &Rule) -> Vec<&'a LetDeclaration> {
        let Some(written) = self.written.get(&rule.keyword) else { return Vec::new() };
        changes_behind(checker, written.unit, &written.rule.condition, self.main.ast.file)
    }
}

/// How it is said that a rule takes the place of others; nothing where none of them has a name.
fn instead(aside: &[&Rule], may_replace: bool) -> Option<String> {
    let mut named = aside.iter().copied().filter(|rule| rule.name.is_some());
    let first = named.next()?;
    let replaced = format!("`replace {}: …`", first.title());
    let first = if may_replace { replaced } else { disable(first)? };
    let edits: Vec<String> = [first].into_iter().chain(named.filter_map(disable)).collect();
    let place = match aside {
        _ if !may_replace => "if that is meant".to_owned(),
        [rule] => format!("to put it in the place of `{}`", rule.title()),
        _ => "to put it in their place".to_owned(),
    };
    Some(format!("{place}, write {}", join(&edits)))
}

/// How a rule is taken out of the policy, if it has a name.
fn disable(rule: &Rule) -> Option<String> {
    rule.name.as_ref().map(|name| format!("`disable {name}`"))
}

/// A rule as it is written.
struct WrittenRule<'a> {
    unit: &'a Unit,
    rule: &'a RuleDeclaration,
    replaces: bool,
}

impl WrittenRule<'_> {
    /// Whether it begins with its `when`.
    fn is_bare(&self) -> bool {
        !self.replaces && self.rule.name.is_none() && self.rule.placement.is_none()
    }
}

/// Every rule as it is written, by its keyword.
fn written<'a>(checker: &Checker<'a>) -> HashMap<Span, WrittenRule<'a>> {
    let units = checker.files.policies.iter();
    let declarations = units
        .flat_map(|unit| unit.ast.declarations.iter().map(move |declaration| (unit, declaration)));
    let rules = declarations.filter_map(|(unit, declaration)| {
        let (rule, replaces) = match &declaration.kind {
            DeclarationKind::Rule(rule) => (rule, false),
            DeclarationKind::Replace(rule) => (rule, true),
            _ => return None,
        };
        Some((rule.keyword, WrittenRule { unit, rule, replaces }))
    });
    rules.collect()
}

/// The rules that never decide in the base either, so that this file is not to blame; by their keywords.
fn dead_in_base(checker: &Checker<'_>) -> HashSet<Span> {
    let mut problems = Diagnostics::new(0, Severity::Error);
    let mut base =
        Checker::new(checker.files.base(), checker.sources, checker.limits, &mut problems);
    let rules = base.resolve();
    let rules = order::arrange(&mut base, rules);
    if base.damaged || base.problems.has_errors() {
        return HashSet::new();
    }
    let steps = checker.limits.analysis_steps;
    let dead = never_deciding(&base.vocabulary, &rules, steps).unwrap_or_default();
    dead.into_iter().map(|at| rules[at].keyword).collect()
}
