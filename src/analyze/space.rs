//! The variables that the rules of a policy ask: what its diagrams are about.

use std::collections::HashMap;
use std::sync::Arc;

use super::budget::{Budget, TooComplex};
use super::classes::{Classes, Values};
use super::diagram::{Diagram, Node};
use crate::ast::TextTest;
use crate::condition::{Accepts, Condition, Intervals, Members, Test, Texts, tests_of};
use crate::vocabulary::{FactId, Vocabulary};

/// More variables are refused, because some work goes as deep as there are variables.
const MOST_VARIABLES: usize = 1_000;

/// The facts that some rule asks about, in an order, each with its classes.
pub(crate) struct Space<'a> {
    pub(crate) vocabulary: &'a Vocabulary,
    /// In the order in which diagrams ask them.
    pub(crate) facts: Vec<Classes<'a>>,
    /// By level.
    variables: Vec<Variable>,
    /// The level of a fact's first variable, by fact.
    levels: Vec<Option<u32>>,
    tests: Tests<'a>,
}

/// What one level of a diagram asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Variable {
    /// The position of the fact in [`Space::facts`].
    pub(crate) position: usize,
    /// None for the class of the fact's value; else what this pattern says of a text that no test mentions,
    /// yes being class 0 and no class 1.
    pub(crate) pattern: Option<usize>,
}

/// A test that is unlike all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Question {
    pub(crate) fact: FactId,
    /// The position of its answer in [`Classes::answers`].
    pub(crate) answer: usize,
}

impl<'a> Space<'a> {
    /// The facts in the order in which the conditions first ask them; none is that of an `otherwise`.
    pub(crate) fn new(
        vocabulary: &'a Vocabulary,
        conditions: impl IntoIterator<Item = Option<&'a Condition>>,
        budget: &mut Budget,
    ) -> Result<Self, TooComplex> {
        let mut tests = Tests::default();
        for test in tests_of(conditions.into_iter().flatten()) {
            budget.spend(1)?;
            tests.add(test);
        }
        let mut facts = Vec::with_capacity(tests.facts.len());
        for (fact, asked) in &tests.facts {
            facts.push(Classes::new(vocabulary, *fact, asked, budget)?);
        }
        let mut space =
            Space { vocabulary, facts, variables: Vec::new(), levels: Vec::new(), tests };
        space.number()?;
        Ok(space)
    }

    /// Puts the facts into another order; diagrams made before are not about this space any more.
    pub(crate) fn reorder(&mut self, order: &[FactId]) {
        let place =
            |fact: FactId| order.iter().position(|&other| other == fact).unwrap_or(order.len());
        self.facts.sort_by_key(|classes| place(classes.fact));
        // The number of variables is what it was, so that it cannot be too large now.
        let _ = self.number();
    }

    fn number(&mut self) -> Result<(), TooComplex> {
        self.variables.clear();
        self.levels = vec![None; self.vocabulary.facts().len()];
        for (position, classes) in self.facts.iter().enumerate() {
            self.levels[classes.fact.index()] = Some(self.variables.len() as u32);
            let patterns = (0..classes.patterns.len()).map(Some);
            self.variables.extend(
                [None].into_iter().chain(patterns).map(|pattern| Variable { position, pattern }),
            );
        }
        if self.variables.len() > MOST_VARIABLES { Err(TooComplex) } else { Ok(()) }
    }

    /// Whether some test looks into texts, so that not every way through a diagram can be gone.
    pub(crate) fn has_patterns(&self) -> bool {
        self.facts.iter().any(|classes| !classes.patterns.is_empty())
    }

    /// Whether some fact is a text.
    pub(crate) fn has_texts(&self) -> bool {
        self.facts.iter().any(|classes| matches!(classes.values, Values::Texts { .. }))
    }

    /// What the levels ask.
    pub(crate) fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// What a level asks; nothing behind the last.
    pub(crate) fn variable(&self, level: u32) -> Option<Variable> {
        self.variables.get(level as usize).copied()
    }

    /// The level of a variable; nothing where there is none.
    pub(crate) fn level(&self, position: usize, pattern: Option<usize>) -> Option<u32> {
        let classes = self.facts.get(position)?;
        let first = self.levels.get(classes.fact.index()).copied().flatten()?;
        match pattern {
            None => Some(first),
            Some(pattern) => (pattern < classes.patterns.len()).then(|| first + 1 + pattern as u32),
        }
    }

    /// What is left to ask once the patterns of a fact have answered as for a class of mentioned texts.
    pub(crate) fn answered(
        &self,
        diagram: &Diagram,
        node: Node,
        position: usize,
        class: u32,
    ) -> Node {
        let mut node = node;
        while let Some(Variable { position: asked, pattern: Some(pattern) }) =
            self.variable(diagram.level(node))
            && asked == position
        {
            let says_yes = self.facts[position].pattern_accepts(pattern, class);
            node = diagram.child(node, u32::from(!says_yes));
        }
        node
    }

    /// Keeps by fact these patterns, in this order, and no mention of these classes of texts; diagrams made before
    /// are not about this space any more.
    pub(crate) fn reduce(&mut self, patterns: &[Vec<usize>], classes: &[Vec<u32>]) {
        for (fact, (patterns, classes)) in self.facts.iter_mut().zip(patterns.iter().zip(classes)) {
            fact.keep_patterns(patterns);
            fact.forget(classes);
        }
        // The number of variables has not grown, so that it cannot be too large now.
        let _ = self.number();
    }

    /// The level at which the class of a fact is asked, and its classes; nothing where no rule asks about it.
    pub(crate) fn find(&self, fact: FactId) -> Option<(u32, &Classes<'a>)> {
        let level = self.levels.get(fact.index()).copied().flatten()?;
        Some((level, &self.facts[self.variable(level)?.position]))
    }

    pub(crate) fn question(&self, test: &'a Test) -> Option<Question> {
        self.tests.find(test)
    }
}

/// A test's meaning: tests that ask alike are equal.
#[derive(PartialEq, Eq, Hash)]
enum Asked<'a> {
    Bools(bool, bool),
    Numbers(&'a Intervals),
    Members(&'a Members),
    Texts(&'a Texts, bool),
    Pattern(TextTest, &'a str),
    Absent,
    Present,
}

impl<'a> From<&'a Accepts> for Asked<'a> {
    fn from(accepts: &'a Accepts) -> Self {
        match accepts {
            Accepts::Bools { on_false, on_true } => Asked::Bools(*on_false, *on_true),
            Accepts::Numbers(intervals) => Asked::Numbers(intervals),
            Accepts::Members(members) => Asked::Members(members),
            Accepts::Texts { texts, negated } => Asked::Texts(texts, *negated),
            Accepts::Pattern(pattern) => Asked::Pattern(pattern.test, &pattern.text),
            Accepts::Absent => Asked::Absent,
            Accepts::Present => Asked::Present,
        }
    }
}

/// Where a set that tests share lies in memory, so that a large one is looked at only once.
fn address(accepts: &Accepts) -> Option<(usize, bool)> {
    match accepts {
        Accepts::Numbers(intervals) => Some((Arc::as_ptr(intervals) as usize, false)),
        Accepts::Members(members) => Some((Arc::as_ptr(members) as usize, false)),
        Accepts::Texts { texts, negated } => Some((Arc::as_ptr(texts) as usize, *negated)),
        Accepts::Pattern(pattern) => Some((Arc::as_ptr(pattern) as usize, false)),
        Accepts::Bools { .. } | Accepts::Absent | Accepts::Present => None,
    }
}

/// All tests of the rules, each once, by fact.
#[derive(Default)]
struct Tests<'a> {
    /// In the order in which the rules first ask about them.
    facts: Vec<(FactId, Vec<&'a Accepts>)>,
    positions: HashMap<FactId, usize>,
    known: HashMap<(FactId, Asked<'a>), Question>,
    addresses: HashMap<(FactId, usize, bool), Question>,
}

impl<'a> Tests<'a> {
    fn add(&mut self, test: &'a Test) {
        if self.at_address(test).is_some() {
            return;
        }
        let position = *self.positions.entry(test.fact).or_insert_with(|| {
            self.facts.push((test.fact, Vec::new()));
            self.facts.len() - 1
        });
        let asked = &mut self.facts[position].1;
        let question =
            *self.known.entry((test.fact, Asked::from(&test.accepts))).or_insert_with(|| {
                asked.push(&test.accepts);
                Question { fact: test.fact, answer: asked.len() - 1 }
            });
        if let Some((address, negated)) = address(&test.accepts) {
            self.addresses.insert((test.fact, address, negated), question);
        }
    }

    fn at_address(&self, test: &Test) -> Option<Question> {
        let (address, negated) = address(&test.accepts)?;
        self.addresses.get(&(test.fact, address, negated)).copied()
    }

    fn find(&self, test: &'a Test) -> Option<Question> {
        self.at_address(test)
            .or_else(|| self.known.get(&(test.fact, Asked::from(&test.accepts))).copied())
    }
}
