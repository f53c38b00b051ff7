//! The layout of declarations.

use super::layout::{BRACES, Item, Layout, PARENTHESES};
use crate::ast::{
    Constant, DecisionExpression, Declaration, DeclarationKind, EnumDeclaration, Example,
    FileReference, LabelEntry, LetDeclaration, LetOperator, LetValue, MemberDeclaration, Name,
    OtherwiseDeclaration, OutcomeDeclaration, Placement, RuleDeclaration, Side, TypedForm,
};
use crate::source::Span;

impl<'a> Layout<'a> {
    pub fn declaration(&mut self, declaration: &'a Declaration) {
        self.paragraph();
        self.comments_before(declaration.span.start);
        self.kind(&declaration.kind, declaration.span);
        self.comments_left_in(declaration.span);
    }

    fn kind(&mut self, kind: &'a DeclarationKind, span: Span) {
        let start = span.start;
        match kind {
            DeclarationKind::Version(version) => self.simple("policy", start, version.span),
            DeclarationKind::Vocabulary(file) => {
                self.simple("vocabulary", start, file.name().span);
            }
            DeclarationKind::Extends(file) => self.simple("extends", start, file.name().span),
            DeclarationKind::Use(packs) => self.packs(packs, start),
            DeclarationKind::Enum(enumeration) => self.enumeration(enumeration, span),
            DeclarationKind::Fact(fact) => self.fact(&fact.name, &fact.form, start),
            DeclarationKind::Let(binding) => self.binding(binding, start),
            DeclarationKind::Outcome(outcome) => self.outcome(outcome, span),
            DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => self.rule(rule),
            DeclarationKind::Disable(name) => self.simple("disable", start, name.span),
            DeclarationKind::Otherwise(otherwise) => self.otherwise(otherwise),
        }
    }

    /// `policy 1`
    fn simple(&mut self, keyword: &'static str, start: u32, object: Span) {
        self.word(keyword, start);
        self.space();
        self.token(object);
    }

    /// `use aws, http`
    fn packs(&mut self, packs: &'a [FileReference], start: u32) {
        self.word("use", start);
        self.lined_up(packs, |layout, pack| layout.token(pack.name().span));
    }

    /// Items behind a keyword, on its line or below it.
    fn lined_up<T>(&mut self, items: &'a [T], item: Item<'a, T>) {
        self.group(|layout| {
            layout.indented(|layout| {
                layout.line();
                layout.items(items, item);
            });
        });
    }

    // The vocabulary -----------------------------------------------------------------------------

    /// `enum Phase { operation, commit }`; over several lines the members need no commas.
    fn enumeration(&mut self, enumeration: &'a EnumDeclaration, span: Span) {
        self.simple("enum", span.start, enumeration.name.span);
        self.space();
        if enumeration.grows {
            self.mark("+=");
            self.space();
        }
        if let Some(open) = enumeration.open {
            self.token(open);
            self.space();
        }
        let members = &enumeration.members;
        self.block(&BRACES, span.end, members.is_empty(), |layout| {
            layout.lines(members, Self::member);
        });
    }

    /// `A is B aka C, aka D`
    fn member(&mut self, member: &'a MemberDeclaration) {
        self.comments_before(member.name.span.start);
        self.group(|layout| {
            layout.token(member.name.span);
            if let Some(parent) = &member.parent {
                layout.space();
                layout.before("is", parent.span);
            }
            layout.indented(|layout| layout.spellings(&member.spellings));
        });
    }

    fn spellings(&mut self, spellings: &'a [Name]) {
        for (index, spelling) in spellings.iter().enumerate() {
            if index > 0 {
                self.mark(",");
            }
            self.line();
            self.before("aka", spelling.span);
        }
    }

    /// `fact status: int 100..599 ?`
    fn fact(&mut self, name: &'a Name, form: &'a TypedForm, start: u32) {
        self.simple("fact", start, name.span);
        self.form(form);
    }

    /// `: int 1.. = 1`
    fn form(&mut self, form: &'a TypedForm) {
        self.mark(":");
        self.space();
        self.token(form.type_name.span);
        if let Some(range) = &form.range {
            self.space();
            self.range(range);
        }
        if let Some(optional) = form.optional {
            self.space();
            self.token(optional);
        }
        if let Some(default) = &form.default {
            self.space();
            self.before("=", default.span());
        }
    }

    /// `let transient += [ConnectionError]`
    fn binding(&mut self, binding: &'a LetDeclaration, start: u32) {
        self.simple("let", start, binding.name.span);
        self.space();
        self.mark(match binding.operator {
            LetOperator::Define => "=",
            LetOperator::Grow => "+=",
            LetOperator::Shrink => "-=",
        });
        self.space();
        match &binding.value {
            LetValue::Call(call) => self.call(call),
            LetValue::List(list) => self.set(list),
            LetValue::Range(range) => self.range(range),
            LetValue::Constant(constant) => self.constant(constant),
            LetValue::Condition(condition) => self.condition(condition),
        }
    }

    /// `outcome store(retry, after: schedule = standard)`
    fn outcome(&mut self, outcome: &'a OutcomeDeclaration, span: Span) {
        self.simple("outcome", span.start, outcome.name.span);
        if outcome.variant.is_some() || !outcome.parameters.is_empty() {
            self.block(&PARENTHESES, span.end, false, |layout| layout.parameters(outcome));
        }
    }

    /// `retry, after: schedule = standard`
    fn parameters(&mut self, outcome: &'a OutcomeDeclaration) {
        if let Some(variant) = &outcome.variant {
            self.token(variant.span);
            self.separator(outcome.parameters.is_empty());
        }
        self.items(&outcome.parameters, |layout, parameter| {
            layout.token(parameter.name.span);
            layout.form(&parameter.form);
        });
    }

    // Rules --------------------------------------------------------------------------------------

    /// `rule early before first_module: when phase == initialization => stop`
    fn rule(&mut self, rule: &'a RuleDeclaration) {
        self.group(|layout| {
            layout.token(rule.keyword);
            match &rule.name {
                Some(name) => layout.named(name, rule),
                None => layout.indented(|layout| layout.body(rule)),
            }
        });
    }

    /// What follows the keyword of a named rule.
    fn named(&mut self, name: &'a Name, rule: &'a RuleDeclaration) {
        self.space();
        self.token(name.span);
        if let Some(placement) = &rule.placement {
            self.space();
            self.placement(placement);
        }
        self.mark(":");
        self.indented(|layout| {
            layout.line();
            layout.word("when", rule.condition.span().start);
            layout.body(rule);
        });
    }

    fn placement(&mut self, placement: &'a Placement) {
        let side = match placement.side {
            Side::Before => "before",
            Side::After => "after",
        };
        self.before(side, placement.anchor.span);
    }

    /// What follows the word `when`.
    fn body(&mut self, rule: &'a RuleDeclaration) {
        self.space();
        self.condition(&rule.condition);
        self.line();
        self.token(rule.arrow);
        self.decision(&rule.decision);
        self.examples(&rule.examples);
    }

    /// `otherwise => fail`
    fn otherwise(&mut self, otherwise: &'a OtherwiseDeclaration) {
        self.token(otherwise.keyword);
        self.space();
        self.word("=>", otherwise.decision.outcome.span.start);
        self.decision(&otherwise.decision);
        self.indented(|layout| layout.examples(&otherwise.examples));
    }

    /// What follows the arrow.
    fn decision(&mut self, decision: &'a DecisionExpression) {
        self.space();
        self.outcome_call(&decision.outcome);
        if let Some(first) = decision.labels.first() {
            self.group(|layout| layout.labels(first.key.span.start, &decision.labels));
        }
    }

    /// `with owner: "ledger", notify: true`; on a line of its own first, then one label a line.
    fn labels(&mut self, start: u32, labels: &'a [LabelEntry]) {
        self.indented(|layout| {
            layout.line();
            layout.word("with", start);
            layout.lined_up(labels, |layout, label| layout.entry(&label.key, &label.value));
        });
    }

    fn examples(&mut self, examples: &'a [Example]) {
        for example in examples {
            self.paragraph();
            self.word("example", example.span.start);
            self.space();
            self.list(&BRACES, example.span.end, &example.entries, |layout, entry| {
                layout.entry(&entry.key, &entry.value);
            });
        }
    }

    /// `module: 4`
    fn entry(&mut self, key: &'a Name, value: &'a Constant) {
        self.token(key.span);
        self.mark(":");
        self.space();
        self.constant(value);
    }
}
