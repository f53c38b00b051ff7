//! The layout of values.

use super::layout::{Layout, PARENTHESES, SQUARE};
use crate::ast::{Argument, ArgumentValue, Call, Constant, Element, List, Range};

impl<'a> Layout<'a> {
    pub fn constant(&mut self, constant: &'a Constant) {
        self.token(constant.span());
    }

    /// `400..499`, never parted: a comment in it moves behind it.
    pub fn range(&mut self, range: &'a Range) {
        let [low, high] = [&range.low, &range.high]
            .map(|bound| bound.as_ref().map_or("", |bound| self.slice(bound.span())));
        self.word(low, range.span.start);
        self.mark("..");
        self.mark(high);
    }

    /// `[A, B, 500..599]`
    pub fn set(&mut self, list: &'a List) {
        self.comments_before(list.span.start);
        self.list(&SQUARE, list.span.end, &list.elements, |layout, element| match element {
            Element::Constant(constant) => layout.constant(constant),
            Element::Range(range) => layout.range(range),
        });
    }

    /// `every(15m, times: 3)`, or a name alone.
    pub fn call(&mut self, call: &'a Call) {
        self.token(call.name.span);
        if call.span.end > call.name.span.end {
            self.list(&PARENTHESES, call.span.end, &call.arguments, Self::argument);
        }
    }

    /// An outcome; empty parentheses behind its name say nothing, so they go.
    pub fn outcome_call(&mut self, call: &'a Call) {
        if call.arguments.is_empty() {
            self.token(call.name.span);
        } else {
            self.call(call);
        }
    }

    fn argument(&mut self, argument: &'a Argument) {
        if let Some(key) = &argument.key {
            self.token(key.span);
            self.mark(":");
            self.space();
        }
        match &argument.value {
            ArgumentValue::Call(call) => self.call(call),
            ArgumentValue::List(list) => self.set(list),
            ArgumentValue::Range(range) => self.range(range),
            ArgumentValue::Constant(constant) => self.constant(constant),
        }
    }
}
