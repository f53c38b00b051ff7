//! The order of the rules: an extension's before its base's, others at their anchors, edits by name.

use std::collections::{BTreeMap, HashMap};

use super::{Checker, Edit, FileRules};
use crate::ast::{Name, RuleDeclaration, Side};
use crate::diagnostic::{Code, Diagnostic};
use crate::policy::Rule;
use crate::source::Span;

/// A rule in the making of the list, with the rules placed right before and after it.
struct Node {
    /// None where it is wrong or disabled; its place still stands.
    rule: Option<Rule>,
    before: Vec<usize>,
    after: Vec<usize>,
}

/// The list of rules as far as the files read so far make it.
#[derive(Default)]
struct Arrangement {
    nodes: Vec<Node>,
    /// Those not placed at an anchor, in their order.
    line: Vec<usize>,
    /// By name: the node, and where the name stands.
    named: BTreeMap<String, (usize, Span)>,
}

/// Puts the rules of all files into the order in which they are asked; the base's file comes first in `files`.
pub(super) fn arrange(checker: &mut Checker<'_>, files: Vec<FileRules<'_>>) -> Vec<Rule> {
    let mut arrangement = Arrangement::default();
    let mut otherwise = None;
    for file in files {
        otherwise = file.otherwise.clone().or(otherwise);
        arrangement.take_in(checker, file);
    }
    let mut rules = arrangement.into_rules();
    if let Some(rule) = rules.get(checker.limits.rules) {
        let message = format!("the policy has more than {} rules", checker.limits.rules);
        let report = Diagnostic::new(Code::TooLarge, rule.keyword, message);
        checker.report(report.help("put values that are decided alike into one set"));
    }
    rules.extend(otherwise);
    rules
}

impl Arrangement {
    /// Applies what a file says to what its bases made.
    fn take_in(&mut self, checker: &mut Checker<'_>, file: FileRules<'_>) {
        let inherited = self.named.clone();
        let mut edited: HashMap<String, Span> = HashMap::new();
        let (edits, additions): (Vec<_>, Vec<_>) =
            file.edits.into_iter().partition(|edit| !matches!(edit, Edit::Add(..)));
        let own: HashMap<&str, Span> = additions.iter().filter_map(name_of_added).collect();
        for edit in edits {
            self.edit(checker, edit, &inherited, &own, &mut edited);
        }
        self.nodes.reserve(additions.len());
        let mut line = Vec::new();
        let mut placed: HashMap<(usize, bool), Vec<usize>> = HashMap::new();
        for addition in additions {
            let Edit::Add(declared, rule) = addition else { continue };
            let Some(at) = self.add(checker, declared, rule) else { continue };
            let Some(placement) = &declared.placement else {
                line.push(at);
                continue;
            };
            let anchor = &placement.anchor;
            match self.anchor(checker, anchor, &inherited, &file.unit.ast.file) {
                Some(node) => {
                    placed.entry((node, placement.side == Side::Before)).or_default().push(at)
                }
                None => checker.damaged = true,
            }
        }
        // This file's come before those that its bases placed at the same anchor.
        for ((node, before), mut group) in placed {
            let side =
                if before { &mut self.nodes[node].before } else { &mut self.nodes[node].after };
            group.append(side);
            *side = group;
        }
        line.append(&mut self.line);
        self.line = line;
    }

    fn add(
        &mut self,
        checker: &mut Checker<'_>,
        declared: &RuleDeclaration,
        rule: Option<Box<Rule>>,
    ) -> Option<usize> {
        let at = self.nodes.len();
        if let Some(name) = &declared.name {
            if let Some((_, first)) = self.named.get(&name.text) {
                let report = Diagnostic::new(
                    Code::DuplicateName,
                    name.span,
                    format!("another rule is called `{name}`"),
                );
                let help = match first.file == name.span.file {
                    true => "rules of one file have names of their own; choose another",
                    false => "to change the rule of a base, `replace` or `disable` it",
                };
                checker.report(report.also(*first, "declared here first").help(help));
                return None;
            }
            self.named.insert(name.text.clone(), (at, name.span));
        }
        self.nodes.push(Node {
            rule: rule.map(|rule| *rule),
            before: Vec::new(),
            after: Vec::new(),
        });
        Some(at)
    }

    /// Replaces or disables a rule of a base.
    fn edit(
        &mut self,
        checker: &mut Checker<'_>,
        edit: Edit<'_>,
        inherited: &BTreeMap<String, (usize, Span)>,
        own: &HashMap<&str, Span>,
        edited: &mut HashMap<String, Span>,
    ) {
        let (name, replacement) = match edit {
            Edit::Disable(name) => (name, None),
            Edit::Replace(declared, rule) => match &declared.name {
                Some(name) => (name, Some(rule)),
                None => return,
            },
            Edit::Add(..) => return,
        };
        let Some(&(at, _)) = inherited.get(&name.text) else {
            if let Some(&place) = own.get(name.text.as_str()) {
                checker.damaged = true;
                let message = format!("`{name}` is a rule of the same file");
                let report = Diagnostic::new(Code::UnknownRule, name.span, message);
                let report = report.also(place, "declared here");
                return checker.report(
                    report.help("change it where it stands; edits are for rules of a base"),
                );
            }
            return unknown_rule(checker, name, inherited, "no rule of a base");
        };
        if let Some(first) = edited.insert(name.text.clone(), name.span) {
            let report =
                Diagnostic::new(Code::EditedTwice, name.span, format!("`{name}` is edited twice"));
            return checker.report(report.also(first, "the first time"));
        }
        match replacement {
            Some(rule) => self.nodes[at].rule = rule.map(|rule| *rule),
            None => {
                self.nodes[at].rule = None;
                self.named.remove(&name.text);
            }
        }
    }

    /// The node a rule is placed by: a rule of a base that is not disabled.
    fn anchor(
        &self,
        checker: &mut Checker<'_>,
        name: &Name,
        inherited: &BTreeMap<String, (usize, Span)>,
        file: &crate::source::FileId,
    ) -> Option<usize> {
        let inherited_node = inherited.get(&name.text).map(|&(node, _)| node);
        match (inherited_node, self.named.get(&name.text)) {
            (Some(node), Some(&(current, _))) if node == current => return Some(node),
            (Some(_), _) => {
                let report =
                    Diagnostic::new(Code::UnknownRule, name.span, format!("`{name}` is disabled"));
                checker.report(report.help("no rule can be placed by one that is disabled"));
            }
            (None, Some((_, place))) if place.file == *file => {
                let report = Diagnostic::new(
                    Code::UnknownRule,
                    name.span,
                    format!("`{name}` is a rule of the same file"),
                );
                let report = report.also(*place, "declared here");
                checker.report(
                    report.help("put the rule where it is to stand; anchors are rules of a base"),
                );
            }
            _ => unknown_rule(checker, name, inherited, "no rule of a base"),
        }
        None
    }

    /// The rules in their order: each node's `before`, itself, its `after`.
    ///
    /// A file's nodes hang only on those of its bases, so this goes no deeper than there are files.
    fn into_rules(mut self) -> Vec<Rule> {
        // And one for the `otherwise` behind them.
        let mut rules = Vec::with_capacity(self.nodes.len() + 1);
        for at in std::mem::take(&mut self.line) {
            self.emit(at, &mut rules);
        }
        rules
    }

    fn emit(&mut self, at: usize, rules: &mut Vec<Rule>) {
        for before in std::mem::take(&mut self.nodes[at].before) {
            self.emit(before, rules);
        }
        rules.extend(self.nodes[at].rule.take());
        for after in std::mem::take(&mut self.nodes[at].after) {
            self.emit(after, rules);
        }
    }
}

/// The name of a rule that a file adds, with its place.
fn name_of_added<'e>(edit: &Edit<'e>) -> Option<(&'e str, Span)> {
    let Edit::Add(declared, _) = edit else { return None };
    declared.name.as_ref().map(|name| (name.text.as_str(), name.span))
}

fn unknown_rule(
    checker: &mut Checker<'_>,
    name: &Name,
    known: &BTreeMap<String, (usize, Span)>,
    what: &str,
) {
    checker.damaged = true;
    if checker.excused.name(&name.text) {
        return;
    }
    checker.report_lazily(Code::UnknownRule, |_, _| {
        let message = format!("{what} is called `{name}`");
        let report = Diagnostic::new(Code::UnknownRule, name.span, message);
        let report = super::names::suggestion(report, name, known.keys().map(String::as_str));
        let first: Vec<&str> = known.keys().take(12).map(String::as_str).collect();
        let help = match first.is_empty() {
            true => "only rules of a base can be edited, and there is none here".to_owned(),
            false => format!("the rules of the bases are `{}`", first.join("`, `")),
        };
        if report.help.is_some() { report } else { report.help(help) }
    });
}
