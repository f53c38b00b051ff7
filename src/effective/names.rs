//! The names that a declaration mentions as values, sets, schedules or conditions.

use crate::ast::{
    Argument, ArgumentValue, Call, Condition, Constant, DecisionExpression, Declaration,
    DeclarationKind, Element, LetValue, List, Name, Predicate, Range, RuleDeclaration,
    SetExpression, TypedForm,
};

/// Every name that may be that of a `let`.
pub(super) fn mentioned(declaration: &Declaration) -> Vec<&Name> {
    let mut names = Names(Vec::new());
    match &declaration.kind {
        DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => names.rule(rule),
        DeclarationKind::Otherwise(last) => names.decision(&last.decision),
        DeclarationKind::Fact(fact) => names.form(&fact.form),
        DeclarationKind::Let(binding) => names.value(&binding.value),
        DeclarationKind::Outcome(outcome) => {
            outcome.parameters.iter().for_each(|parameter| names.form(&parameter.form));
        }
        _ => {}
    }
    names.0
}

struct Names<'a>(Vec<&'a Name>);

impl<'a> Names<'a> {
    fn rule(&mut self, rule: &'a RuleDeclaration) {
        self.condition(&rule.condition);
        self.decision(&rule.decision);
    }

    fn decision(&mut self, decision: &'a DecisionExpression) {
        self.call(&decision.outcome);
        decision.labels.iter().for_each(|label| self.constant(&label.value));
    }

    fn form(&mut self, form: &'a TypedForm) {
        form.range.iter().for_each(|range| self.range(range));
        form.default.iter().for_each(|default| self.constant(default));
    }

    fn value(&mut self, value: &'a LetValue) {
        match value {
            LetValue::Call(call) => self.call(call),
            LetValue::List(list) => self.list(list),
            LetValue::Range(range) => self.range(range),
            LetValue::Constant(constant) => self.constant(constant),
            LetValue::Condition(condition) => self.condition(condition),
        }
    }

    fn call(&mut self, call: &'a Call) {
        call.arguments.iter().for_each(|argument| self.argument(argument));
    }

    fn argument(&mut self, argument: &'a Argument) {
        match &argument.value {
            ArgumentValue::Call(call) => self.call(call),
            ArgumentValue::List(list) => self.list(list),
            ArgumentValue::Range(range) => self.range(range),
            ArgumentValue::Constant(constant) => self.constant(constant),
        }
    }

    fn list(&mut self, list: &'a List) {
        for element in &list.elements {
            match element {
                Element::Constant(constant) => self.constant(constant),
                Element::Range(range) => self.range(range),
            }
        }
    }

    fn range(&mut self, range: &'a Range) {
        let bounds = [&range.low, &range.high].into_iter().flatten();
        bounds.for_each(|bound| self.constant(bound));
    }

    fn constant(&mut self, constant: &'a Constant) {
        if let Constant::Name(name) = constant {
            self.0.push(name);
        }
    }

    fn condition(&mut self, condition: &'a Condition) {
        for test in condition.tests() {
            self.0.push(&test.subject);
            self.predicate(&test.predicate);
        }
    }

    fn predicate(&mut self, predicate: &'a Predicate) {
        match predicate {
            Predicate::Compare { constant, .. }
            | Predicate::Text { constant, .. }
            | Predicate::In { set: SetExpression::Constant(constant), .. } => {
                self.constant(constant);
            }
            Predicate::In { set: SetExpression::List(list), .. } => self.list(list),
            Predicate::In { set: SetExpression::Range(range), .. } => self.range(range),
            Predicate::Is(_) | Predicate::Holds | Predicate::Absent | Predicate::Present => {}
        }
    }
}
