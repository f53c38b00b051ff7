//! Reads the files of a policy once more, and finds in them what is in force.

use std::collections::{HashMap, HashSet};

use super::lists::{Let, Lets, Written};
use super::names::mentioned;
use super::{Disabled, Effective, EffectiveRule, Part, PartKind};
use crate::analyze::written;
use crate::ast::{Ast, DecisionExpression, Declaration, DeclarationKind, RuleDeclaration};
use crate::diagnostic::{Diagnostics, Severity};
use crate::parse::parse_file;
use crate::policy::{Policy, Rule};
use crate::source::{FileId, Role, Source, Sources, Span};
use crate::vocabulary::{EnumType, Member, Vocabulary};

/// A file of a policy, read.
pub(super) struct File {
    pub(super) ast: Ast,
}

impl File {
    pub(super) fn role<'s>(&self, sources: &'s Sources) -> &'s Role {
        sources.file(self.ast.file).role()
    }
}

pub(super) fn effective<A>(policy: &Policy<A>) -> Effective {
    let sources = policy.sources();
    let files = read(sources);
    let vocabulary = policy.vocabulary();
    let lets = Lets::new(sources, vocabulary, &files);
    let gatherer = Gatherer { sources, vocabulary, files: &files, lets: &lets };
    gatherer.effective(policy)
}

/// All files in the order in which what they declare comes into being: the vocabulary's, the packs', the
/// policies', each base before what builds on it.
fn read(sources: &Sources) -> Vec<File> {
    let of =
        |wanted: fn(&Role) -> bool| sources.iter().filter(move |(_, file)| wanted(file.role()));
    let vocabulary: Vec<_> = of(|role| *role == Role::Vocabulary).collect();
    let packs = of(|role| matches!(role, Role::Pack(_)));
    let policies: Vec<_> = of(|role| *role == Role::Policy).collect();
    // A file is read before those that it names; of packs none names another.
    let order = vocabulary.into_iter().rev().chain(packs).chain(policies.into_iter().rev());
    order.map(|(file, _)| File { ast: parse(sources, file) }).collect()
}

/// What was read when the policy was loaded, so that nothing can be wrong with it.
fn parse(sources: &Sources, file: FileId) -> Ast {
    parse_file(sources, file, &mut Diagnostics::new(0, Severity::Error))
}

struct Gatherer<'a> {
    sources: &'a Sources,
    vocabulary: &'a Vocabulary,
    files: &'a [File],
    lets: &'a Lets<'a>,
}

impl<'a> Gatherer<'a> {
    fn effective<A>(&self, policy: &Policy<A>) -> Effective {
        let declarations: HashMap<Span, &Declaration> = self
            .policies()
            .flat_map(|file| &file.ast.declarations)
            .map(|declaration| (declaration.span, declaration))
            .collect();
        let rules: Vec<(&Rule, &Declaration)> = policy
            .rules()
            .iter()
            .filter_map(|rule| Some((rule, *declarations.get(&rule.span())?)))
            .collect();
        let used = self.used(rules.iter().map(|&(_, declaration)| declaration));
        Effective {
            fingerprint: policy.fingerprint(),
            files: self.policies().rev().map(|file| self.source(file).name().to_owned()).collect(),
            vocabulary: self.own_vocabulary().map(|file| self.source(file).name().to_owned()),
            packs: self.packs().map(|file| pack(self.source(file))).collect(),
            given: self.given(&used),
            parts: self.parts(&used),
            changes: self.changes(),
            rules: rules.iter().map(|(rule, declaration)| self.rule(rule, declaration)).collect(),
            disabled: self.disabled(),
        }
    }

    // Files ---------------------------------------------------------------------------------------

    fn source(&self, file: &File) -> &'a Source {
        self.sources.file(file.ast.file)
    }

    /// The policies, each base before what builds on it.
    fn policies(&self) -> impl DoubleEndedIterator<Item = &'a File> {
        let sources = self.sources;
        self.files.iter().filter(move |file| *file.role(sources) == Role::Policy)
    }

    fn packs(&self) -> impl Iterator<Item = &'a File> {
        let sources = self.sources;
        self.files.iter().filter(move |file| matches!(file.role(sources), Role::Pack(_)))
    }

    /// The vocabulary that the policies name, if it is not the standard one.
    fn own_vocabulary(&self) -> Option<&'a File> {
        let of_vocabulary = |file: &&File| *file.role(self.sources) == Role::Vocabulary;
        let named = self.files.iter().rev().find(of_vocabulary)?;
        (!self.source(named).is_bundled()).then_some(named)
    }

    /// The files that give names to the policies, the standard vocabulary left out.
    fn givers(&self) -> impl Iterator<Item = &'a File> {
        let sources = self.sources;
        self.files
            .iter()
            .filter(move |file| *file.role(sources) != Role::Policy)
            .filter(move |file| !is_standard(sources.file(file.ast.file)))
    }

    // Names ---------------------------------------------------------------------------------------

    /// The names of the `let`s that the rules in force lead to, and what else of the policies is in force.
    fn used<'d>(&self, rules: impl Iterator<Item = &'d Declaration>) -> HashSet<String> {
        let mut used = HashSet::new();
        rules.for_each(|rule| self.use_names(rule, &mut used));
        let files = self.givers().chain(self.policies());
        for declaration in files.flat_map(|file| &file.ast.declarations) {
            if matches!(declaration.kind, DeclarationKind::Fact(_) | DeclarationKind::Outcome(_)) {
                self.use_names(declaration, &mut used);
            }
        }
        let given = self.lets.iter().filter(|binding| !self.is_of_policy(binding));
        for change in given.flat_map(|binding| &binding.changes) {
            self.use_names(change.declaration, &mut used);
        }
        used
    }

    /// Adds the `let`s that a declaration leads to.
    fn use_names(&self, declaration: &Declaration, used: &mut HashSet<String>) {
        let mut open = self.lets_named(declaration);
        while let Some(binding) = open.pop() {
            // A list from which something was taken is shown with its values.
            let is_resolved = self.is_of_policy(binding) && binding.shrinks();
            if used.insert(binding.name.clone()) && !is_resolved {
                open.extend(self.lets_named(binding.written.declaration));
                let changes = binding.changes.iter();
                open.extend(changes.flat_map(|change| self.lets_named(change.declaration)));
            }
        }
    }

    fn lets_named(&self, declaration: &Declaration) -> Vec<&'a Let<'a>> {
        let here = |file: &&File| file.ast.file == declaration.span.file;
        let Some(file) = self.files.iter().find(here) else { return Vec::new() };
        let names = mentioned(declaration).into_iter();
        names.filter_map(|name| self.lets.find(file, &name.text)).collect()
    }

    // Parts ---------------------------------------------------------------------------------------

    fn given(&self, used: &HashSet<String>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for file in self.givers() {
            parts.extend(self.enums(file, true));
            parts.extend(self.plain(file));
        }
        let lets = self.lets.iter().filter(|binding| !self.is_of_policy(binding));
        let shown = lets.filter(|binding| {
            let standard = is_standard(self.source(binding.written.file));
            if standard { !binding.changes.is_empty() } else { used.contains(&binding.name) }
        });
        parts.extend(shown.map(|binding| self.binding(binding, self.lets.value_in_full(binding))));
        parts
    }

    fn parts(&self, used: &HashSet<String>) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for file in self.policies() {
            parts.extend(self.enums(file, false));
            parts.extend(self.plain(file));
        }
        let lets = self.lets.iter().filter(|binding| self.is_of_policy(binding));
        let shown = lets.filter(|binding| used.contains(&binding.name));
        parts.extend(shown.map(|binding| self.binding(binding, self.lets.value(binding))));
        parts
    }

    fn is_of_policy(&self, binding: &Let<'_>) -> bool {
        *binding.written.file.role(self.sources) == Role::Policy
    }

    /// The changes to sets of the vocabulary and the packs, in the order in which they are made.
    fn changes(&self) -> Vec<Part> {
        let given = self.lets.iter().filter(|binding| !self.is_of_policy(binding));
        let mut changes: Vec<&Written<'_>> = given
            .flat_map(|binding| &binding.changes)
            .filter(|change| *change.file.role(self.sources) == Role::Policy)
            .collect();
        let place = |change: &&Written<'_>| {
            self.files.iter().position(|file| file.ast.file == change.file.ast.file)
        };
        changes.sort_by_key(|change| (place(change), change.declaration.span.start));
        let part = |change: &Written<'_>| {
            self.written(PartKind::Let, &change.binding.name.text, change.declaration)
        };
        changes.into_iter().map(part).collect()
    }

    /// The facts and outcomes of a file.
    fn plain(&self, file: &'a File) -> impl Iterator<Item = Part> {
        file.ast.declarations.iter().filter_map(|declaration| match &declaration.kind {
            DeclarationKind::Fact(fact) => {
                Some(self.written(PartKind::Fact, &fact.name.text, declaration))
            }
            DeclarationKind::Outcome(outcome) => {
                Some(self.written(PartKind::Outcome, &outcome.name.text, declaration))
            }
            _ => None,
        })
    }

    /// The enums of a file, with the members that it was the first to declare; `short` leaves comments out.
    fn enums(&self, file: &'a File, short: bool) -> impl Iterator<Item = Part> {
        file.ast.declarations.iter().filter_map(move |declaration| {
            let DeclarationKind::Enum(declared) = &declaration.kind else { return None };
            let name = &declared.name.text;
            let kind = self.vocabulary.enum_type(self.vocabulary.find_enum(name)?);
            let within = |member: &&Member| {
                let span = member.span;
                span.file == file.ast.file
                    && declaration.span.range().contains(&(span.start as usize))
            };
            let members: Vec<&Member> = kind.members.iter().filter(within).collect();
            if declared.grows && members.is_empty() {
                return None;
            }
            let mut part = self.written(PartKind::Enum, name, declaration);
            if short || members.len() < declared.members.len() {
                part.text = written_enum(kind, declared.grows, &members);
            }
            Some(part)
        })
    }

    fn binding(&self, binding: &Let<'_>, value: String) -> Part {
        let mut part = self.written(PartKind::Let, &binding.name, binding.written.declaration);
        let as_declared = binding.changes.is_empty() && self.is_of_policy(binding);
        if !as_declared {
            part.text = format!("let {} = {value}", binding.name);
        }
        let place = |change: &Written<'_>| self.sources.place(change.declaration.span);
        part.changed = binding.changes.iter().map(place).collect();
        part
    }

    /// A declaration as it is written.
    fn written(&self, kind: PartKind, name: &str, declaration: &Declaration) -> Part {
        Part {
            kind,
            name: name.to_owned(),
            text: self.sources.slice(declaration.span).to_owned(),
            at: self.sources.place(declaration.span),
            changed: Vec::new(),
            documentation: declaration.documentation.clone(),
        }
    }

    // Rules ---------------------------------------------------------------------------------------

    fn rule(&self, rule: &Rule, declaration: &Declaration) -> EffectiveRule {
        let text = match &declaration.kind {
            DeclarationKind::Rule(written) | DeclarationKind::Replace(written) => {
                self.rule_text(written)
            }
            DeclarationKind::Otherwise(last) => {
                format!(
                    "otherwise => {}",
                    self.decision(last.decision.outcome.span, &last.decision)
                )
            }
            _ => String::new(),
        };
        EffectiveRule {
            text,
            at: rule.at().to_owned(),
            replaces: self.replaced(declaration),
            documentation: rule.documentation().map(str::to_owned),
        }
    }

    fn rule_text(&self, rule: &RuleDeclaration) -> String {
        let body = self.decision(rule.condition.span(), &rule.decision);
        match &rule.name {
            Some(name) => format!("rule {}: when {body}", self.sources.slice(name.span)),
            None => format!("when {body}"),
        }
    }

    /// What stands from a place to the end of a decision.
    fn decision(&self, from: Span, decision: &DecisionExpression) -> &'a str {
        let last = decision.labels.last().map_or(decision.outcome.span, |label| label.value.span());
        self.sources.slice(from.to(last))
    }

    /// The places of the declarations that one replaces, the latest first.
    fn replaced(&self, declaration: &Declaration) -> Vec<String> {
        match &declaration.kind {
            DeclarationKind::Replace(rule) => {
                let name = rule.name.as_ref().map_or("", |name| &name.text);
                self.declared_before(declaration.span.file, name)
            }
            DeclarationKind::Otherwise(_) => {
                let others =
                    self.bases(declaration.span.file).flat_map(|file| &file.ast.declarations);
                let others =
                    others.filter(|other| matches!(other.kind, DeclarationKind::Otherwise(_)));
                others.map(|other| self.sources.place(other.span)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The policies that a file builds on, the nearest first.
    fn bases(&self, file: FileId) -> impl Iterator<Item = &'a File> {
        self.policies().rev().skip_while(move |base| base.ast.file != file).skip(1)
    }

    /// The places where a rule that a file edits is declared, the latest first: its replacements, then itself.
    fn declared_before(&self, file: FileId, name: &str) -> Vec<String> {
        let mut places = Vec::new();
        for declaration in self.bases(file).flat_map(|base| &base.ast.declarations) {
            let (DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule)) = &declaration.kind
            else {
                continue;
            };
            if rule.name.as_ref().is_some_and(|declared| declared.text == name) {
                places.push(self.sources.place(declaration.span));
                if matches!(declaration.kind, DeclarationKind::Rule(_)) {
                    break;
                }
            }
        }
        places
    }

    fn disabled(&self) -> Vec<Disabled> {
        let declarations = self.policies().flat_map(|file| &file.ast.declarations);
        let disabled = |declaration: &Declaration| {
            let DeclarationKind::Disable(name) = &declaration.kind else { return None };
            let at = self.declared_before(declaration.span.file, &name.text).into_iter().next()?;
            Some(Disabled { rule: name.text.clone(), at, by: self.sources.place(declaration.span) })
        };
        declarations.filter_map(disabled).collect()
    }
}

/// Whether a file is the standard vocabulary.
fn is_standard(source: &Source) -> bool {
    source.is_bundled() && *source.role() == Role::Vocabulary
}

/// A pack as `use` names it.
fn pack(source: &Source) -> String {
    match source.role() {
        Role::Pack(name) if source.is_bundled() => name.clone(),
        _ => written::quoted(source.name()),
    }
}

/// `enum Fault open { A, B is A aka C }`
fn written_enum(kind: &EnumType, grows: bool, members: &[&Member]) -> String {
    let how = match (grows, kind.open) {
        (true, _) => "+= ",
        (false, true) => "open ",
        (false, false) => "",
    };
    let members: Vec<String> = members.iter().map(|member| written_member(kind, member)).collect();
    format!("enum {} {how}{{ {} }}", written::name(&kind.name), members.join(", "))
}

fn written_member(kind: &EnumType, member: &Member) -> String {
    let parent = member.parent.and_then(|parent| kind.name_of(parent));
    let parent = parent.map_or_else(String::new, |parent| format!(" is {}", written::name(parent)));
    let spellings: Vec<String> = member
        .spellings
        .iter()
        .map(|spelling| format!(" aka {}", written::name(spelling)))
        .collect();
    format!("{}{parent}{}", written::name(&member.name), spellings.join(","))
}
