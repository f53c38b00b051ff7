//! Conditions with every name resolved: the form that is decided, analysed and fingerprinted.

mod rewrite;
mod walk;

use std::sync::Arc;

use regex::Regex;
use regex_automata::nfa::thompson::NFA;
use regex_syntax::hir::{Hir, HirKind};

use crate::ast::TextTest;
use crate::source::Span;
use crate::vocabulary::{FactId, MemberId};

pub(crate) use rewrite::Rewriter;
pub(crate) use walk::tests_of;

/// Something that is true, false or unknown of an event.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// True where all are; at least two.
    All(Box<[Condition]>),
    /// True where one is; at least two.
    Any(Box<[Condition]>),
    /// True where the other is false.
    Not(Box<Condition>),
    /// A named condition, shared by all who name it.
    Named(Arc<NamedCondition>),
    /// One question about one fact.
    Test(Test),
}

/// A condition that a `let` names.
#[derive(Debug)]
pub(crate) struct NamedCondition {
    pub(crate) name: String,
    pub(crate) condition: Condition,
}

/// One question about one fact: does its value belong to a set? Unknown where the fact is absent.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) fact: FactId,
    pub(crate) accepts: Accepts,
    /// Where the question is written.
    pub(crate) span: Span,
}

/// The values a test says yes to.
#[derive(Clone, Debug)]
pub(crate) enum Accepts {
    /// Of a `bool`.
    Bools { on_false: bool, on_true: bool },
    /// Of an `int`, `duration` or `size`.
    Numbers(Arc<Intervals>),
    /// Of an enum.
    Members(Arc<Members>),
    /// Of a `text`: these, or all but these.
    Texts { texts: Arc<Texts>, negated: bool },
    /// Of a `text`: what a pattern matches.
    Pattern(Arc<Pattern>),
    /// Certainly no value: `is absent`.
    Absent,
    /// Certainly a value: `is present`.
    Present,
}

/// A set of whole numbers as intervals, sorted, disjoint and not adjacent, both ends included.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub(crate) struct Intervals(Vec<(i64, i64)>);

impl Intervals {
    /// The union of intervals in any order; those whose ends are the wrong way round are empty.
    pub(crate) fn new(mut intervals: Vec<(i64, i64)>) -> Self {
        intervals.retain(|&(low, high)| low <= high);
        intervals.sort_unstable();
        let mut union: Vec<(i64, i64)> = Vec::with_capacity(intervals.len());
        for (low, high) in intervals {
            match union.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => union.push((low, high)),
            }
        }
        Intervals(union)
    }

    /// All numbers that are not in this set.
    pub(crate) fn complement(&self) -> Self {
        let mut gaps = Vec::with_capacity(self.0.len() + 1);
        let mut next = Some(i64::MIN);
        for &(low, high) in &self.0 {
            if let Some(from) = next.filter(|&from| from < low) {
                gaps.push((from, low - 1));
            }
            next = high.checked_add(1);
        }
        if let Some(from) = next {
            gaps.push((from, i64::MAX));
        }
        Intervals(gaps)
    }

    /// The numbers of this set that are not in the other.
    pub(crate) fn without(&self, other: &Intervals) -> Self {
        let mut left = Vec::new();
        let mut others = other.0.iter().peekable();
        for &(low, high) in &self.0 {
            let mut next = Some(low);
            while let (Some(from), Some(&&(other_low, other_high))) = (next, others.peek()) {
                if other_low > high {
                    break;
                }
                if from < other_low {
                    left.push((from, other_low - 1));
                }
                next = other_high.checked_add(1).map(|after| after.max(from));
                if other_high > high {
                    break;
                }
                others.next();
            }
            left.extend(next.filter(|&from| from <= high).map(|from| (from, high)));
        }
        Intervals(left)
    }

    pub(crate) fn contains(&self, value: i64) -> bool {
        let at = self.0.partition_point(|&(_, high)| high < value);
        self.0.get(at).is_some_and(|&(low, _)| low <= value)
    }

    pub(crate) fn as_slice(&self) -> &[(i64, i64)] {
        &self.0
    }
}

/// A set of an enum's members: those listed, or every name but those listed.
///
/// A test for one member out of very many takes no more room than one out of few.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Members {
    /// A bit for each member that is listed, from that of number `64 * start` to the last one.
    bits: Box<[u64]>,
    start: u32,
    /// Whether it has all but those listed, and so the names that the enum does not know.
    other: bool,
}

impl Members {
    pub(crate) fn new(members: impl IntoIterator<Item = MemberId>) -> Self {
        let mut members: Vec<MemberId> = members.into_iter().collect();
        members.sort_unstable();
        let word = |member: &MemberId| member.0 / 64;
        let start = members.first().map_or(0, word);
        let length = members.last().map_or(0, |last| word(last) - start + 1);
        let mut bits = vec![0; length as usize];
        for member in members {
            bits[(word(&member) - start) as usize] |= 1 << (member.0 % 64);
        }
        Members { bits: bits.into(), start, other: false }
    }

    /// Every name that is not in this set.
    pub(crate) fn complement(&self) -> Self {
        Members { other: !self.other, ..self.clone() }
    }

    /// Whether it has all but those listed; where the bits of these begin, and the bits.
    pub(crate) fn as_words(&self) -> (bool, u32, &[u64]) {
        (self.other, self.start, &self.bits)
    }

    /// The members listed, in their order.
    pub(crate) fn listed(&self) -> impl Iterator<Item = MemberId> {
        let bits = |word: u64| (0..64u32).filter(move |bit| word >> bit & 1 == 1);
        self.bits
            .iter()
            .zip(self.start..)
            .flat_map(move |(&word, at)| bits(word).map(move |bit| MemberId(at * 64 + bit)))
    }

    pub(crate) fn contains(&self, member: MemberId) -> bool {
        let at = (member.0 / 64).wrapping_sub(self.start) as usize;
        let listed = self.bits.get(at).is_some_and(|word| word >> (member.0 % 64) & 1 == 1);
        listed != self.other
    }
}

/// A sorted set of texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Texts(Vec<Box<str>>);

impl Texts {
    pub(crate) fn new(mut texts: Vec<Box<str>>) -> Self {
        texts.sort_unstable();
        texts.dedup();
        Texts(texts)
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.0.binary_search_by(|candidate| candidate.as_ref().cmp(text)).is_ok()
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.0.iter().map(AsRef::as_ref)
    }
}

/// In bytes: the longest text of a `matches` or a `like`.
const LONGEST_PATTERN: usize = 256 * 1024;

/// In bytes: what the analysis makes of one byte of a `like`.
const COMPILED_BYTE: usize = 64;

/// In bytes: what is looked for of a longer literal. So many literals at most can end at one place of a text, which
/// bounds what there is to note at each.
const LONGEST_LITERAL: usize = 32;

/// A test of text that looks inside it.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    pub(crate) test: TextTest,
    /// As the author wrote it, escapes resolved.
    pub(crate) text: String,
    /// For `matches`.
    regex: Option<Regex>,
}

impl Pattern {
    /// Compiles a pattern; the error of a `matches` that is no regular expression, or too large a one.
    pub(crate) fn new(test: TextTest, text: &str) -> Result<Self, regex::Error> {
        // Reading the text of a pattern takes far more room than the text.
        let compiled = matches!(test, TextTest::Matches | TextTest::Like);
        if compiled && text.len() > LONGEST_PATTERN {
            return Err(regex::Error::CompiledTooBig(LONGEST_PATTERN));
        }
        let regex = (test == TextTest::Matches).then(|| Regex::new(text)).transpose()?;
        Ok(Pattern { test, text: text.to_owned(), regex })
    }

    /// How many bytes the compiled pattern takes up, more or less.
    pub(crate) fn memory(&self) -> usize {
        let compiled = match self.test {
            TextTest::Like => self.text.len() * COMPILED_BYTE,
            _ => self
                .regex
                .as_ref()
                .and_then(|regex| NFA::new(regex.as_str()).ok())
                .map_or(0, |nfa| nfa.memory_usage()),
        };
        self.text.len() + compiled
    }

    /// The same test as a regular expression, for the analysis.
    pub(crate) fn as_regex(&self) -> String {
        match self.test {
            TextTest::Contains => regex::escape(&self.text),
            TextTest::StartsWith => format!(r"\A{}", regex::escape(&self.text)),
            TextTest::EndsWith => format!(r"{}\z", regex::escape(&self.text)),
            TextTest::Like => like_to_regex(&self.text),
            TextTest::Matches => self.text.clone(),
        }
    }

    pub(crate) fn accepts(&self, text: &str) -> bool {
        match self.test {
            TextTest::Contains => text.contains(&self.text),
            TextTest::StartsWith => text.starts_with(&self.text),
            TextTest::EndsWith => text.ends_with(&self.text),
            TextTest::Like => is_like(text, &self.text),
            TextTest::Matches => self.regex.as_ref().is_some_and(|regex| regex.is_match(text)),
        }
    }

    /// Bytes that every text has somewhere which the pattern accepts, as many as can be told; empty for none.
    pub(crate) fn literal(&self) -> Vec<u8> {
        let mut literal = match self.test {
            TextTest::Contains | TextTest::StartsWith | TextTest::EndsWith => {
                self.text.clone().into_bytes()
            }
            TextTest::Like => {
                let longest = self.text.split('*').max_by_key(|piece| piece.len());
                longest.unwrap_or_default().into()
            }
            TextTest::Matches => {
                regex_syntax::parse(&self.text).map_or_else(|_| Vec::new(), |hir| required(&hir))
            }
        };
        literal.truncate(LONGEST_LITERAL);
        literal
    }

    /// Whether a text that has the [`literal`](Self::literal) is one that the pattern accepts.
    pub(crate) fn is_literal(&self) -> bool {
        self.test == TextTest::Contains && self.text.len() <= LONGEST_LITERAL
    }
}

/// The longest bytes that stand somewhere in all that a regular expression finds.
fn required(hir: &Hir) -> Vec<u8> {
    match hir.kind() {
        HirKind::Literal(literal) => literal.0.to_vec(),
        HirKind::Capture(group) => required(&group.sub),
        HirKind::Repetition(repeated) if repeated.min > 0 => required(&repeated.sub),
        HirKind::Concat(parts) => {
            parts.iter().map(required).max_by_key(Vec::len).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

/// Whether the whole text is like the pattern, `*` standing for anything.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let Some(last) = pieces.next_back() else { return rest.is_empty() };
    let Some(mut rest) = rest.strip_suffix(last) else { return false };
    // The first place where a piece stands leaves the most to those behind it.
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    true
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.test == other.test && self.text == other.text
    }
}

/// `HTTP 5*` as a regular expression over the whole text, line breaks included.
fn like_to_regex(text: &str) -> String {
    let pieces: Vec<String> = text.split('*').map(regex::escape).collect();
    format!(r"(?s)\A{}\z", pieces.join(".*"))
}

/// What is known of a condition on an event: Kleene's three truth values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Truth {
    /// Certainly no.
    False,
    /// Neither, because a fact is absent.
    Unknown,
    /// Certainly yes.
    True,
}

impl Truth {
    /// All three, the one a rule fires on first.
    pub const ALL: [Truth; 3] = [Truth::True, Truth::False, Truth::Unknown];

    /// `true`, `false` or `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Truth::False => "false",
            Truth::Unknown => "unknown",
            Truth::True => "true",
        }
    }

    pub(crate) fn negate(self) -> Self {
        match self {
            Truth::False => Truth::True,
            Truth::Unknown => Truth::Unknown,
            Truth::True => Truth::False,
        }
    }
}

impl From<bool> for Truth {
    fn from(value: bool) -> Self {
        if value { Truth::True } else { Truth::False }
    }
}
