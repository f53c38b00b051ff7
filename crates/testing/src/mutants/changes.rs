//! The changes that are tried, as edits of a policy's text.

use std::ops::Range;

use redress::ast::{
    Ast, Chain, Comparator, Condition, Connective, Constant, DecisionExpression, Declaration,
    DeclarationKind, Example, LetValue, List, Literal, LiteralValue, Placement, Predicate,
    RuleDeclaration, SetExpression, Test,
};
use redress::source::Span;

/// One change.
#[derive(Clone, Debug)]
pub(super) struct Change {
    /// What is changed, in words.
    pub(super) words: String,
    /// In the order of the text; they do not overlap.
    edits: Vec<Edit>,
}

/// A stretch of the text and what takes its place.
#[derive(Clone, Debug)]
struct Edit {
    range: Range<usize>,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
enum Piece {
    Text(String),
    /// What stands elsewhere in the text.
    Of(Range<usize>),
}

impl Edit {
    fn text(span: Span, text: impl Into<String>) -> Self {
        Edit { range: span.range(), pieces: vec![Piece::Text(text.into())] }
    }

    fn of(range: Range<usize>, other: Range<usize>) -> Self {
        Edit { range, pieces: vec![Piece::Of(other)] }
    }
}

impl Change {
    /// The text with the change made; it may have spaces where the one that is read has something else.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut changed = String::with_capacity(text.len() + 16);
        let mut at = 0;
        for edit in &self.edits {
            changed += &text[at..edit.range.start];
            for piece in &edit.pieces {
                changed += match piece {
                    Piece::Text(new) => new,
                    Piece::Of(range) => &text[range.clone()],
                };
            }
            at = edit.range.end;
        }
        changed + &text[at..]
    }

    /// The line, from 1, of the first thing changed.
    pub(super) fn line(&self, text: &str) -> usize {
        let start = self.edits.first().map_or(0, |edit| edit.range.start);
        1 + text[..start].matches('\n').count()
    }
}

fn parsed(text: &str) -> Ast {
    redress::parse("policy", text).ast
}

/// The text with spaces in place of its examples.
pub(super) fn without_examples(text: &str) -> String {
    let ast = parsed(text);
    let examples = ast.declarations.iter().flat_map(|declaration| examples(&declaration.kind));
    let mut bare = String::with_capacity(text.len());
    for example in examples {
        bare += &text[bare.len()..example.span.range().start];
        let blank = |byte: u8| if byte == b'\n' { '\n' } else { ' ' };
        bare.extend(text.as_bytes()[example.span.range()].iter().map(|&byte| blank(byte)));
    }
    bare += &text[bare.len()..];
    bare
}

fn examples(declaration: &DeclarationKind) -> &[Example] {
    match declaration {
        DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => &rule.examples,
        DeclarationKind::Otherwise(otherwise) => &otherwise.examples,
        _ => &[],
    }
}

/// Every change to a policy, in the order of its text.
pub(super) fn all(text: &str) -> Vec<Change> {
    let ast = parsed(text);
    let mut changes = Changes { text, changes: Vec::new() };
    let decisions = changes.decisions(&ast);
    for (at, declaration) in ast.declarations.iter().enumerate() {
        match &declaration.kind {
            DeclarationKind::Rule(rule) => {
                changes.rule(rule, &decisions);
                changes.order(declaration, rule, &ast.declarations[at + 1..]);
            }
            DeclarationKind::Replace(rule) => changes.rule(rule, &decisions),
            DeclarationKind::Otherwise(last) => changes.decision(&last.decision, &decisions),
            DeclarationKind::Let(declared) => match &declared.value {
                LetValue::Condition(condition) => changes.condition(condition),
                LetValue::List(list) => changes.list(list),
                _ => {}
            },
            _ => {}
        }
    }
    changes.changes.sort_by_key(|change| change.edits.first().map(|edit| edit.range.start));
    changes.changes
}

struct Changes<'t> {
    text: &'t str,
    changes: Vec<Change>,
}

impl Changes<'_> {
    fn add(&mut self, words: String, edits: Vec<Edit>) {
        self.changes.push(Change { words, edits });
    }

    /// What is written in a stretch, on one line.
    fn written(&self, range: Range<usize>) -> String {
        self.text[range].split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Where each decision of the policy is written, those written alike once.
    fn decisions(&self, ast: &Ast) -> Vec<Range<usize>> {
        let mut decisions: Vec<Range<usize>> = Vec::new();
        for declaration in &ast.declarations {
            let decision = match &declaration.kind {
                DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => &rule.decision,
                DeclarationKind::Otherwise(last) => &last.decision,
                _ => continue,
            };
            let range = whole(decision);
            if decisions
                .iter()
                .all(|known| self.written(known.clone()) != self.written(range.clone()))
            {
                decisions.push(range);
            }
        }
        decisions
    }

    fn rule(&mut self, rule: &RuleDeclaration, decisions: &[Range<usize>]) {
        self.condition(&rule.condition);
        self.decision(&rule.decision, decisions);
    }

    /// Takes the policy's next other decision, or its first.
    fn decision(&mut self, decision: &DecisionExpression, decisions: &[Range<usize>]) {
        let range = whole(decision);
        let own = self.written(range.clone());
        let own_at = decisions.iter().position(|other| self.written(other.clone()) == own);
        let next = own_at.map_or(0, |at| (at + 1) % decisions.len().max(1));
        let Some(other) = decisions.get(next).filter(|_| Some(next) != own_at) else { return };
        let words = format!("`{own}` made `{}`", self.written(other.clone()));
        self.add(words, vec![Edit::of(range, other.clone())]);
    }

    /// Changes places with the next rule, where both are placed alike.
    fn order(&mut self, declaration: &Declaration, rule: &RuleDeclaration, rest: &[Declaration]) {
        let next = rest.iter().find_map(|next| match &next.kind {
            DeclarationKind::Rule(other) => Some((next, other)),
            _ => None,
        });
        let Some((next, other)) = next else { return };
        if place(rule.placement.as_ref()) != place(other.placement.as_ref()) {
            return;
        }
        let (one, two) = (declaration.span.range(), next.span.range());
        let name = |rule: &RuleDeclaration, default: &str| {
            rule.name.as_ref().map_or_else(|| default.to_owned(), |name| format!("`{name}`"))
        };
        let words =
            format!("{} put behind {}", name(rule, "the rule"), name(other, "the next one"));
        self.add(words, vec![Edit::of(one.clone(), two.clone()), Edit::of(two, one)]);
    }

    fn condition(&mut self, condition: &Condition) {
        match condition {
            Condition::Chain(chain) => self.chain(chain),
            Condition::Not { inner, .. } | Condition::Group { inner, .. } => self.condition(inner),
            Condition::Test(test) => self.test(test),
        }
    }

    fn chain(&mut self, chain: &Chain) {
        let other = |connective| match connective {
            Connective::And => ("and", "or"),
            Connective::Or => ("or", "and"),
        };
        if let Some(first) = chain.rest.first() {
            let (old, new) = other(first.connective);
            let edits = chain.rest.iter().map(|link| Edit::text(link.span, new)).collect();
            let whole = self.written(Condition::Chain(chain.clone()).span().range());
            self.add(format!("`{old}` made `{new}` in `{whole}`"), edits);
        }
        self.condition(&chain.first);
        chain.rest.iter().for_each(|link| self.condition(&link.clause));
    }

    fn test(&mut self, test: &Test) {
        let range = test.span.range();
        let text = |text: &str| Piece::Text(text.to_owned());
        let pieces = vec![text("not ("), Piece::Of(range.clone()), text(")")];
        let words = format!("`{}` turned into its opposite", self.written(range.clone()));
        self.add(words, vec![Edit { range, pieces }]);
        match &test.predicate {
            Predicate::Compare { comparator, comparator_span, .. } => {
                self.comparator(test, *comparator, *comparator_span);
            }
            Predicate::In { set: SetExpression::List(list), .. } => self.list(list),
            Predicate::In { set: SetExpression::Range(range), .. } => {
                self.bound(test, range.low.as_ref(), 1);
                self.bound(test, range.high.as_ref(), -1);
            }
            _ => {}
        }
    }

    fn comparator(&mut self, test: &Test, comparator: Comparator, span: Span) {
        let other = match comparator {
            Comparator::Less => Comparator::LessOrEqual,
            Comparator::LessOrEqual => Comparator::Less,
            Comparator::Greater => Comparator::GreaterOrEqual,
            Comparator::GreaterOrEqual => Comparator::Greater,
            Comparator::Equal | Comparator::NotEqual => return,
        };
        let whole = self.written(test.span.range());
        let words = format!("`{}` made `{}` in `{whole}`", comparator.as_str(), other.as_str());
        self.add(words, vec![Edit::text(span, other.as_str())]);
    }

    /// Takes the outermost number out of a range.
    fn bound(&mut self, test: &Test, bound: Option<&Constant>, step: i64) {
        let Some(Constant::Literal(Literal { span, value: LiteralValue::Int(value) })) = bound
        else {
            return;
        };
        let Some(other) = value.checked_add(step) else { return };
        let whole = self.written(test.span.range());
        let words = format!("`{value}` made `{other}` in `{whole}`");
        self.add(words, vec![Edit::text(*span, other.to_string())]);
    }

    /// Drops each member of a list of several.
    fn list(&mut self, list: &List) {
        if list.elements.len() < 2 {
            return;
        }
        for (at, element) in list.elements.iter().enumerate() {
            let own = element.span().range();
            let range = match list.elements.get(at + 1) {
                Some(next) => own.start..next.span().range().start,
                None => list.elements[at - 1].span().range().end..own.end,
            };
            let words = format!("`{}` dropped from the list", self.written(own));
            self.add(words, vec![Edit { range, pieces: Vec::new() }]);
        }
    }
}

/// The outcome with its labels.
fn whole(decision: &DecisionExpression) -> Range<usize> {
    let outcome = decision.outcome.span.range();
    let end = decision.labels.last().map_or(outcome.end, |label| label.value.span().range().end);
    outcome.start..end
}

fn place(placement: Option<&Placement>) -> Option<(redress::ast::Side, &str)> {
    placement.map(|placement| (placement.side, placement.anchor.text.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str = "let busy = [A, B]
rule one: when error in busy and not (attempt > 3) => store(retry) with owner: \"é\" example { error: A }
rule two: when status in 400..499 => stop
  example { message: \"é\",
    status: 400 }
otherwise => fail
";

    #[test]
    fn a_text_without_examples_has_all_else_in_its_place() {
        let bare = without_examples(POLICY);
        assert_eq!(bare.len(), POLICY.len());
        assert_eq!(bare.matches('\n').count(), POLICY.matches('\n').count());
        assert!(bare.contains("owner: \"é\"") && !bare.contains("example"), "{bare}");
        assert_eq!(bare.find("otherwise"), POLICY.find("otherwise"));
    }

    #[test]
    fn each_change_is_made_where_it_says() {
        let changes = all(POLICY);
        let made = |change: &Change| {
            let text = change.apply(POLICY);
            let lines: Vec<&str> = text.lines().collect();
            format!(
                "{}: {} | {}",
                change.line(POLICY),
                change.words,
                lines[change.line(POLICY) - 1]
            )
        };
        insta::assert_snapshot!(changes.iter().map(made).collect::<Vec<_>>().join("\n"));
    }
}
