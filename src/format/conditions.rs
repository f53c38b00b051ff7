//! The layout of conditions.

use super::layout::{Layout, PARENTHESES};
use crate::ast::{Chain, Condition, Link, Predicate, SetExpression, Test};

/// The word at the end of `is absent`.
const ABSENT: &str = "absent";
/// The word at the end of `is present`.
const PRESENT: &str = "present";

impl<'a> Layout<'a> {
    pub fn condition(&mut self, condition: &'a Condition) {
        match condition {
            Condition::Chain(chain) => self.chain(chain),
            Condition::Not { keyword, inner } => {
                self.token(*keyword);
                self.space();
                self.condition(inner);
            }
            Condition::Group { span, inner } => {
                self.comments_before(span.start);
                self.block(&PARENTHESES, span.end, false, |layout| layout.inside(inner));
            }
            Condition::Test(test) => self.test(test),
        }
    }

    /// `a and b`; where it is broken the words stand deeper than what it begins with.
    fn chain(&mut self, chain: &'a Chain) {
        self.comments_before(chain.first.span().start);
        self.group(|layout| {
            layout.condition(&chain.first);
            layout.indented(|layout| layout.links(&chain.rest));
        });
    }

    /// What stands in parentheses; those set it off, so that the words of a chain need not stand deeper.
    fn inside(&mut self, condition: &'a Condition) {
        match condition {
            Condition::Chain(chain) => {
                self.condition(&chain.first);
                self.links(&chain.rest);
            }
            other => self.condition(other),
        }
    }

    fn links(&mut self, links: &'a [Link]) {
        for link in links {
            self.line();
            self.token(link.span);
            self.space();
            self.condition(&link.clause);
        }
    }

    fn test(&mut self, test: &'a Test) {
        self.token(test.subject.span);
        if test.predicate != Predicate::Holds {
            self.space();
        }
        match &test.predicate {
            Predicate::Holds => {}
            Predicate::Compare { comparator_span, constant, .. } => {
                self.token(*comparator_span);
                self.space();
                self.constant(constant);
            }
            Predicate::In { negated, set } => self.membership(*negated, set),
            Predicate::Is(name) => self.before("is", name.span),
            Predicate::Text { test, constant } => self.before(test.as_str(), constant.span()),
            Predicate::Absent => self.presence(ABSENT, test.span.end),
            Predicate::Present => self.presence(PRESENT, test.span.end),
        }
    }

    /// `not in [A, B]`
    fn membership(&mut self, negated: bool, set: &'a SetExpression) {
        let start = match set {
            SetExpression::List(list) => list.span.start,
            SetExpression::Range(range) => range.span.start,
            SetExpression::Constant(constant) => constant.span().start,
        };
        self.word(if negated { "not in" } else { "in" }, start);
        self.space();
        match set {
            SetExpression::List(list) => self.set(list),
            SetExpression::Range(range) => self.range(range),
            SetExpression::Constant(constant) => self.constant(constant),
        }
    }

    /// `is absent`, of which the second word ends at `end`.
    fn presence(&mut self, word: &'static str, end: u32) {
        self.word("is", end - word.len() as u32);
        self.space();
        self.mark(word);
    }
}
