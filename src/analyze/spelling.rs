//! One way to write what looks inside a text, however a policy writes it.
//!
//! `like "a*"` is `starts with "a"`, `matches "^(a|b)$"` is `in ["a", "b"]`, and `matches "a|b"` is
//! `contains "a" or contains "b"`. A regular expression is looked at as the set of the texts it matches: where that
//! set, or what it leaves, is made of few simple ones, these take its place, whatever the expression looks like.

use std::collections::HashMap;
use std::sync::Arc;

use super::budget::{Budget, TooComplex};
use super::text::{Machine, search_text};
use crate::ast::TextTest;
use crate::condition::{Accepts, Condition, Pattern, Rewriter, Test, Texts, tests_of};

/// The most simple tests that one regular expression is written as.
const MOST_PARTS: usize = 16;

/// The most regular expressions that are compared with one another.
const MOST_COMPARED: usize = 32;

/// Steps for the look at one regular expression.
const STEPS: usize = 200_000;

/// So much of a text is looked into in one step.
const BYTES_A_STEP: usize = 64;

/// A character that nobody writes: where a text takes it, it takes anything.
const ANYTHING: char = '\u{f0000}';

/// The conditions with each test that looks inside a text written in the one way.
pub(crate) fn spelled<'c>(
    conditions: impl IntoIterator<Item = Option<&'c Condition>>,
) -> Vec<Option<Condition>> {
    let conditions: Vec<Option<&Condition>> = conditions.into_iter().collect();
    let mut speller = Speller::default();
    // Of expressions that match the same texts the simplest stands for all, wherever it is written.
    let mut expressions: Vec<&Arc<Pattern>> =
        tests_of(conditions.iter().copied().flatten()).filter_map(expression).collect();
    expressions.sort_by_cached_key(|pattern| simplicity(pattern));
    expressions.into_iter().for_each(|pattern| {
        speller.spelling(pattern);
    });
    let mut rewriter = Rewriter::new(|test: &Test| speller.test(test));
    conditions.into_iter().map(|condition| Some(rewriter.condition(condition?))).collect()
}

/// The regular expression that a test asks.
fn expression(test: &Test) -> Option<&Arc<Pattern>> {
    match &test.accepts {
        Accepts::Pattern(pattern) if pattern.test == TextTest::Matches => Some(pattern),
        _ => None,
    }
}

/// The order in which patterns stand where nothing else decides: the simple before the involved, the short before
/// the long.
pub(crate) fn simplicity(pattern: &Pattern) -> impl Ord + use<> {
    let kind = match pattern.test {
        TextTest::Contains => 0,
        TextTest::StartsWith => 1,
        TextTest::EndsWith => 2,
        TextTest::Like => 3,
        TextTest::Matches => 4,
    };
    (kind, pattern.text.len(), pattern.text.clone())
}

/// The texts that a pattern matches: these texts and what these patterns match, or all others.
#[derive(Default)]
struct Spelling {
    is_other: bool,
    texts: Vec<Box<str>>,
    patterns: Vec<Arc<Pattern>>,
}

impl Spelling {
    fn all() -> Self {
        Spelling { is_other: true, ..Spelling::default() }
    }

    fn text(text: &str) -> Self {
        Spelling { texts: vec![text.into()], ..Spelling::default() }
    }

    fn pattern(test: TextTest, text: &str) -> Option<Self> {
        let pattern = Pattern::new(test, text).ok()?;
        Some(Spelling { patterns: vec![Arc::new(pattern)], ..Spelling::default() })
    }

    /// What stands between stars, from the beginning of a text to its end; nothing where it cannot be written.
    fn pieces(pieces: &[&str]) -> Option<Self> {
        match pieces {
            [text] => Some(Spelling::text(text)),
            ["", ""] => Some(Spelling::all()),
            [start, ""] => Spelling::pattern(TextTest::StartsWith, start),
            ["", end] => Spelling::pattern(TextTest::EndsWith, end),
            ["", part, ""] => Spelling::pattern(TextTest::Contains, part),
            // A star stands for itself everywhere but here.
            pieces if pieces.iter().any(|piece| piece.contains('*')) => None,
            pieces => Spelling::pattern(TextTest::Like, &pieces.join("*")),
        }
    }

    fn condition(&self, test: &Test) -> Condition {
        let asked = |accepts| Condition::Test(Test { fact: test.fact, accepts, span: test.span });
        let mut clauses: Vec<Condition> = self
            .patterns
            .iter()
            .map(|pattern| asked(Accepts::Pattern(Arc::clone(pattern))))
            .collect();
        let texts = Arc::new(Texts::new(self.texts.clone()));
        if clauses.is_empty() {
            return asked(Accepts::Texts { texts, negated: self.is_other });
        }
        if !self.texts.is_empty() {
            clauses.insert(0, asked(Accepts::Texts { texts, negated: false }));
        }
        let condition = match clauses.len() {
            1 => clauses.remove(0),
            _ => Condition::Any(clauses.into()),
        };
        if self.is_other { Condition::Not(Box::new(condition)) } else { condition }
    }
}

#[derive(Default)]
struct Speller {
    known: HashMap<(TextTest, String), Arc<Spelling>>,
    /// Regular expressions that stay what they are.
    kept: Vec<(Arc<Pattern>, Arc<Machine>, Arc<Spelling>)>,
}

impl Speller {
    fn test(&mut self, test: &Test) -> Condition {
        match &test.accepts {
            Accepts::Pattern(pattern) => self.spelling(pattern).condition(test),
            _ => Condition::Test(test.clone()),
        }
    }

    fn spelling(&mut self, pattern: &Arc<Pattern>) -> Arc<Spelling> {
        let key = (pattern.test, pattern.text.clone());
        if let Some(known) = self.known.get(&key) {
            return Arc::clone(known);
        }
        let found = match pattern.test {
            TextTest::Matches => self.expression(pattern),
            _ => simple(pattern).map(Arc::new),
        };
        let spelling = found.unwrap_or_else(|| Arc::new(as_written(pattern)));
        self.known.insert(key, Arc::clone(&spelling));
        spelling
    }

    /// A regular expression in simple tests, or as another one that matches the same texts.
    fn expression(&mut self, pattern: &Arc<Pattern>) -> Option<Arc<Spelling>> {
        let machine = Arc::new(Machine::new(&pattern.as_regex()).ok()?);
        for wanted in [true, false] {
            let texts = Language { pattern, machine: &machine, wanted };
            if let Some(parts) = texts.parts(&mut Budget::new(STEPS)).ok().flatten() {
                return Some(Arc::new(Spelling { is_other: !wanted, ..parts }));
            }
        }
        let same = |(_, other, _): &&(Arc<Pattern>, Arc<Machine>, Arc<Spelling>)| {
            are_equal(&machine, other).unwrap_or(false)
        };
        if let Some((.., spelling)) = self.kept.iter().find(same) {
            return Some(Arc::clone(spelling));
        }
        let spelling = Arc::new(as_written(pattern));
        if self.kept.len() < MOST_COMPARED {
            self.kept.push((Arc::clone(pattern), machine, Arc::clone(&spelling)));
        }
        Some(spelling)
    }
}

fn as_written(pattern: &Arc<Pattern>) -> Spelling {
    Spelling { patterns: vec![Arc::clone(pattern)], ..Spelling::default() }
}

/// What a test other than `matches` says, with no star that says nothing.
fn simple(pattern: &Pattern) -> Option<Spelling> {
    let text = pattern.text.as_str();
    match pattern.test {
        _ if text.is_empty() && pattern.test != TextTest::Like => Some(Spelling::all()),
        TextTest::Like => {
            let pieces: Vec<&str> = text.split('*').collect();
            let last = pieces.len() - 1;
            let says_something =
                |&(at, piece): &(usize, &str)| at == 0 || at == last || !piece.is_empty();
            let pieces = pieces.into_iter().enumerate().filter(says_something);
            Spelling::pieces(&pieces.map(|(_, piece)| piece).collect::<Vec<_>>())
        }
        _ => Spelling::pattern(pattern.test, text),
    }
}

/// The texts that a regular expression matches, or those that it does not.
struct Language<'p> {
    pattern: &'p Pattern,
    machine: &'p Arc<Machine>,
    wanted: bool,
}

impl Language<'_> {
    /// The simple tests that say yes to these texts and to no others; nothing if there are no such tests, or too many.
    ///
    /// The first text there is belongs to the first test, the first text that is left to the next one. Each test is
    /// the most general one, and of those there is just one set that is made of these texts: so what they are depends
    /// on the texts alone.
    fn parts(&self, budget: &mut Budget) -> Result<Option<Spelling>, TooComplex> {
        let mut all = Spelling::default();
        let mut left = vec![(Machine::of_texts()?, true), (Arc::clone(self.machine), self.wanted)];
        while let Some(text) = search_text(left.clone(), &[], budget)? {
            let pieces = self.most_general(&text, budget)?;
            let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
            let part = Spelling::pieces(&pieces).filter(|part| !part.is_other);
            let Some(part) = part.filter(|_| left.len() < 2 + MOST_PARTS) else { return Ok(None) };
            let regex = match part.patterns.first() {
                Some(pattern) => pattern.as_regex(),
                None => format!(r"\A{}\z", regex::escape(&text)),
            };
            let machine = Arc::new(Machine::new(&regex)?);
            let beyond = vec![
                left[0].clone(),
                (Arc::clone(&machine), true),
                (left[1].0.clone(), !self.wanted),
            ];
            if search_text(beyond, &[], budget)?.is_some() {
                return Ok(None);
            }
            left.push((machine, false));
            all.texts.extend(part.texts);
            all.patterns.extend(part.patterns);
        }
        all.patterns.sort_by_cached_key(|pattern| simplicity(pattern));
        Ok(Some(all))
    }

    /// The most general of the simple tests that say yes to a text and to none but these texts, in the pieces between
    /// which anything may stand.
    ///
    /// Where these texts are made of simple tests, one of those says yes to all that a test does whenever it does so
    /// with what nobody writes in the gaps: so one look is enough, and no two tests that are most general overlap in
    /// such a way that which come first would matter. Where they are not, the tests that come of it say too much or
    /// go on without an end, and that is noticed.
    fn most_general(&self, text: &str, budget: &mut Budget) -> Result<Vec<String>, TooComplex> {
        let mut pieces = vec![text.to_owned()];
        'wider: loop {
            for wider in wider(&pieces).collect::<Vec<_>>() {
                budget.spend(1 + text.len() / BYTES_A_STEP)?;
                if self.has(&wider) {
                    pieces = wider;
                    continue 'wider;
                }
            }
            return Ok(pieces);
        }
    }

    /// Whether a text is among these where each gap has a character that nobody writes.
    fn has(&self, pieces: &[String]) -> bool {
        let mut gap = [0; 4];
        self.pattern.accepts(&pieces.join(ANYTHING.encode_utf8(&mut gap))) == self.wanted
    }
}

/// The pieces with one more gap between two characters, or with one character less beside a gap or in its place.
fn wider(pieces: &[String]) -> impl Iterator<Item = Vec<String>> {
    let in_two = |at: usize, before: &str, behind: &str| {
        let parts = [before.to_owned(), behind.to_owned()];
        [&pieces[..at], &parts, &pieces[at + 1..]].concat()
    };
    let gaps = pieces.iter().enumerate().flat_map(move |(at, piece)| {
        // At an end that is a gap already there is nothing to gain.
        let is_new = move |&place: &usize| {
            (place > 0 || at == 0 && !piece.is_empty())
                && (place < piece.len() || at + 1 == pieces.len() && !piece.is_empty())
        };
        let places = piece.char_indices().map(|(place, _)| place).chain([piece.len()]);
        places.filter(is_new).map(move |place| in_two(at, &piece[..place], &piece[place..]))
    });
    let fewer = pieces.iter().enumerate().flat_map(move |(at, piece)| {
        piece.char_indices().map(move |(place, character)| {
            let wider = in_two(at, &piece[..place], &piece[place + character.len_utf8()..]);
            without_needless(wider)
        })
    });
    gaps.chain(fewer)
}

/// The pieces but for those of which nothing is left between two gaps.
fn without_needless(mut pieces: Vec<String>) -> Vec<String> {
    let last = pieces.len() - 1;
    let mut at = 0;
    pieces.retain(|piece| {
        at += 1;
        at == 1 || at == last + 1 || !piece.is_empty()
    });
    pieces
}

/// Whether two expressions match the same texts.
fn are_equal(one: &Arc<Machine>, other: &Arc<Machine>) -> Result<bool, TooComplex> {
    let texts = Machine::of_texts()?;
    for wanted in [true, false] {
        let machines = vec![(texts.clone(), true), (one.clone(), wanted), (other.clone(), !wanted)];
        if search_text(machines, &[], &mut Budget::new(STEPS))?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}
