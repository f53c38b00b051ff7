//! [`Ast`](crate::ast::Ast) to `Checked`: everything a policy means, or everything that is wrong with it.
//!
//! One check a file. What merely follows from something already reported is not reported again: a part that
//! is wrong is `None`, and a name that a broken declaration may have declared is excused.

mod allows;
mod clauses;
mod conditions;
mod constants;
mod dead;
mod decisions;
mod enums;
mod examples;
mod facts;
mod lets;
mod lists;
mod members;
mod names;
mod nothing;
mod order;
mod outcomes;
mod overlaps;
mod redundant;
mod roles;
mod schedules;
mod sets;
mod totality;
mod unused;

use std::collections::HashSet;
use std::sync::Arc;

use crate::ast::{DeclarationKind, RuleDeclaration};
use crate::condition::Condition;
use crate::decision::Outcome;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::gather::{Chain, Unit};
use crate::index::Index;
use crate::limits::Limits;
use crate::policy::{ExampleEvent, Rule};
use crate::shared_text::SharedText;
use crate::source::{Sources, Span};
use crate::vocabulary::{FactId, Vocabulary};

/// A policy without errors; made only by [`check`].
pub(crate) struct Checked {
    pub(crate) vocabulary: Vocabulary,
    pub(crate) rules: Vec<Rule>,
    /// The rules once more, arranged to decide the examples, and later all other events.
    pub(crate) index: Index,
    pub(crate) examples: Vec<ExampleEvent>,
}

/// Checks all files of a policy. Gives nothing where there are errors, or no policy to check.
///
/// Where only errors are told, only they are looked for: what is suspicious costs far more than the rest.
pub(crate) fn check(
    chain: &Chain,
    sources: &Sources,
    limits: &Limits,
    problems: &mut Diagnostics,
) -> Option<Checked> {
    let lints = problems.wants(Severity::Warning);
    if lints {
        allows::gather(Files::of(chain), sources, problems);
    }
    let mut checker = Checker::new(Files::of(chain), sources, limits, problems);
    let rules = checker.resolve();
    let Some(main) = chain.main() else {
        allows::report_unused(&mut checker);
        return None;
    };
    let rules = order::arrange(&mut checker, rules);
    let conditions = rules.iter().map(|rule| rule.condition.as_ref());
    let index = Index::new(&checker.vocabulary, conditions);
    let examples = examples::check(&mut checker, main, &rules, &index);
    let analysed = totality::check(&mut checker, main, &rules);
    if lints {
        unused::check(&mut checker, main);
    }
    if lints && analysed {
        allows::report_unused(&mut checker);
    }
    let refused = checker.problems.has_errors();
    let vocabulary = checker.vocabulary;
    (!refused).then_some(Checked { vocabulary, rules, index, examples })
}

/// The files that are checked together: all of a chain, or all but the outermost.
#[derive(Clone, Copy)]
struct Files<'a> {
    chain: &'a Chain,
    policies: &'a [Unit],
}

impl<'a> Files<'a> {
    fn of(chain: &'a Chain) -> Self {
        Files { chain, policies: &chain.policies }
    }

    /// Those without the policy that everything began with.
    fn base(self) -> Self {
        let policies = self.policies.split_last().map_or(self.policies, |(_, bases)| bases);
        Files { policies, ..self }
    }

    /// The file everything began with.
    fn outermost(self) -> Option<&'a Unit> {
        let Chain { vocabulary, packs, .. } = self.chain;
        self.policies.last().or(packs.last()).or(vocabulary.last())
    }

    /// All files, in the order in which what they declare comes into being.
    fn units(self) -> impl Iterator<Item = &'a Unit> {
        self.chain.vocabulary.iter().chain(&self.chain.packs).chain(self.policies)
    }
}

/// What the checks share: the files, what is known so far, and where problems go.
struct Checker<'a> {
    files: Files<'a>,
    sources: &'a Sources,
    limits: &'a Limits,
    problems: &'a mut Diagnostics,
    vocabulary: Vocabulary,
    lets: lets::Lets<'a>,
    excused: names::Excused<'a>,
    sets: sets::SetCache,
    patterns: conditions::Patterns,
    /// The outcomes of the rules so far; those that decide the same share one.
    outcomes: HashSet<Arc<Outcome>>,
    /// Where a name stands that was reported to stand for nothing.
    unknown: HashSet<Span>,
    /// The facts that something asks about; that an example gives one does not count.
    asked: HashSet<FactId>,
    /// Conditions that hold for no event, which a test in them tells already.
    never_true: HashSet<Span>,
    /// Whether part of a rule was wrong, so that nothing can be said of all rules together.
    damaged: bool,
}

/// The rules of one file, in their written order.
struct FileRules<'a> {
    unit: &'a Unit,
    edits: Vec<Edit<'a>>,
    otherwise: Option<Rule>,
}

/// Something a file does to the list of rules.
enum Edit<'a> {
    /// Adds a rule; none where it is wrong.
    Add(&'a RuleDeclaration, Option<Box<Rule>>),
    Replace(&'a RuleDeclaration, Option<Box<Rule>>),
    Disable(&'a crate::ast::Name),
}

impl<'a> Checker<'a> {
    fn new(
        files: Files<'a>,
        sources: &'a Sources,
        limits: &'a Limits,
        problems: &'a mut Diagnostics,
    ) -> Self {
        Checker {
            excused: names::Excused::new(files, sources),
            files,
            sources,
            limits,
            problems,
            vocabulary: Vocabulary::default(),
            lets: lets::Lets::default(),
            sets: sets::SetCache::default(),
            patterns: conditions::Patterns::default(),
            outcomes: HashSet::new(),
            unknown: HashSet::new(),
            asked: HashSet::new(),
            never_true: HashSet::new(),
            damaged: false,
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.problems.add(diagnostic);
    }

    /// Reports what is made only if there is still room for it.
    fn report_lazily(
        &mut self,
        code: Code,
        make: impl FnOnce(&Vocabulary, &lets::Lets<'a>) -> Diagnostic,
    ) {
        let (vocabulary, lets) = (&self.vocabulary, &self.lets);
        self.problems.push(code.severity(), || make(vocabulary, lets));
    }

    /// Finds what every name stands for, and what every rule asks and decides.
    fn resolve(&mut self) -> Vec<FileRules<'a>> {
        roles::check(self);
        enums::declare(self);
        lets::declare(self);
        facts::declare(self);
        outcomes::declare(self);
        if self.problems.wants(Severity::Warning) {
            lists::check_written(self);
        }
        lets::check(self);
        let rules = self.rules();
        lets::check_names(self);
        if self.problems.wants(Severity::Warning) {
            lists::check_changes(self);
        }
        rules
    }

    /// Resolves the rules of every policy file, the base's first.
    fn rules(&mut self) -> Vec<FileRules<'a>> {
        self.files.policies.iter().map(|unit| self.rules_of(unit)).collect()
    }

    fn rules_of(&mut self, unit: &'a Unit) -> FileRules<'a> {
        let mut edits = Vec::new();
        let mut otherwise: Option<Rule> = None;
        for declaration in &unit.ast.declarations {
            match &declaration.kind {
                DeclarationKind::Rule(rule) => {
                    edits.push(Edit::Add(rule, self.rule(unit, declaration, rule)))
                }
                DeclarationKind::Replace(rule) => {
                    edits.push(Edit::Replace(rule, self.rule(unit, declaration, rule)))
                }
                DeclarationKind::Disable(name) => edits.push(Edit::Disable(name)),
                DeclarationKind::Otherwise(last) => {
                    if let Some(first) = &otherwise {
                        self.report(second_otherwise(last.keyword, first.keyword));
                    }
                    otherwise = self.otherwise(unit, declaration, last).or(otherwise);
                }
                _ => {}
            }
        }
        FileRules { unit, edits, otherwise }
    }

    /// Resolves a rule; none where part of it is wrong.
    fn rule(
        &mut self,
        unit: &'a Unit,
        declaration: &'a crate::ast::Declaration,
        rule: &'a RuleDeclaration,
    ) -> Option<Box<Rule>> {
        let condition = self.condition(unit, &rule.condition).map(|resolved| resolved.condition);
        if self.problems.wants(Severity::Warning) && self.is_told_to_be_false(&rule.condition) {
            self.never_true.insert(rule.condition.span());
        }
        let decision = self.decision(unit, &rule.decision);
        let (Some(condition), Some((outcome, labels))) = (condition, decision) else {
            self.damaged = true;
            return None;
        };
        Some(Box::new(Rule {
            name: rule.name.as_ref().map(|name| name.text.as_str().into()),
            condition: Some(condition),
            condition_span: Some(rule.condition.span()),
            keyword: rule.keyword,
            span: declaration.span,
            outcome_span: rule.decision.outcome.span,
            outcome,
            labels,
            documentation: documentation(declaration),
            at: self.sources.place(rule.keyword).into(),
        }))
    }

    fn otherwise(
        &mut self,
        unit: &'a Unit,
        declaration: &'a crate::ast::Declaration,
        last: &'a crate::ast::OtherwiseDeclaration,
    ) -> Option<Rule> {
        let Some((outcome, labels)) = self.decision(unit, &last.decision) else {
            self.damaged = true;
            return None;
        };
        Some(Rule {
            name: Some("otherwise".into()),
            condition: None,
            condition_span: None,
            keyword: last.keyword,
            span: declaration.span,
            outcome_span: last.decision.outcome.span,
            outcome,
            labels,
            documentation: documentation(declaration),
            at: self.sources.place(last.keyword).into(),
        })
    }
}

fn documentation(declaration: &crate::ast::Declaration) -> Option<SharedText> {
    declaration.documentation.as_deref().map(SharedText::from)
}

fn second_otherwise(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(Code::SecondOtherwise, span, "a second `otherwise`")
        .also(first, "the first one")
        .help("`otherwise` is the last word, so a file has at most one")
}

/// A condition with its names resolved, and how large it is with the named ones written out.
struct Resolved {
    condition: Condition,
    depth: usize,
    tests: usize,
}
