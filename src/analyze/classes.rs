//! The values of a fact, parted into classes that no test can tell apart further.
//!
//! Numbers are parted at the ends of the intervals that tests name; names and texts are grouped by the tests
//! that treat them otherwise than a name or text that no test mentions. What a test that looks inside a text
//! says of a text that is not mentioned is no matter of classes: the diagram asks it as a variable of its own.

use std::collections::HashMap;

use super::budget::{Budget, TooComplex};
use crate::condition::{Accepts, Intervals, Pattern};
use crate::decide::Value;
use crate::vocabulary::{Fact, FactId, MemberId, Type, Vocabulary};

/// Classes from the first to the last of a stretch.
pub(crate) type Stretch = (u32, u32);

/// The classes of a fact's values, and what the tests say of them.
pub(crate) struct Classes<'a> {
    pub(crate) fact: FactId,
    pub(crate) values: Values<'a>,
    /// Whether the class behind those of the values is that of an absent fact.
    pub(crate) may_be_absent: bool,
    /// Tests that look inside a text.
    pub(crate) patterns: Vec<&'a Pattern>,
    /// One for each test.
    pub(crate) answers: Vec<Answer>,
}

/// What a test says of the classes.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It asks whether there is a value.
    Presence { wanted: bool },
    /// It accepts these classes.
    Classes(Vec<Stretch>),
    /// It accepts these classes, and of the last class what the pattern says.
    Pattern { index: usize, classes: Vec<Stretch> },
}

/// The values of a fact that is not absent, by class.
pub(crate) enum Values<'a> {
    /// The class of `true`, then that of `false`.
    Bools,
    /// Each class begins at one of these and ends before the next.
    Numbers { starts: Vec<i64>, high: i64 },
    /// Of an enum.
    Members(Groups),
    /// Groups of these texts, and all others.
    Texts { texts: Vec<&'a str>, groups: Groups },
}

/// Items, by number, grouped by the tests that treat them otherwise than an item that no test mentions.
pub(crate) struct Groups {
    /// The items of each class, in order.
    pub(crate) classes: Vec<Vec<u32>>,
    class_of: Vec<u32>,
    /// Whether the last class has, beside its items, all that are not listed.
    pub(crate) open: bool,
}

impl<'a> Classes<'a> {
    /// The classes that these tests can tell apart.
    pub(crate) fn new(
        vocabulary: &Vocabulary,
        fact: FactId,
        tests: &[&'a Accepts],
        budget: &mut Budget,
    ) -> Result<Self, TooComplex> {
        let declared = vocabulary.fact(fact);
        let patterns = tests.iter().filter_map(|test| pattern(test)).collect();
        let (values, accepted) = match declared.kind {
            Type::Bool => (Values::Bools, bools(tests)),
            Type::Int | Type::Duration | Type::Size => numbers(declared, tests, budget)?,
            Type::Enum(id) => {
                let kind = vocabulary.enum_type(id);
                members(kind.members.len(), kind.open, tests, budget)?
            }
            Type::Text => texts(tests, budget)?,
        };
        let answers = answers(tests, accepted);
        Ok(Classes { fact, values, may_be_absent: declared.optional, patterns, answers })
    }

    /// How many classes of values there are, that of an absent fact not counted; at least one.
    pub(crate) fn count(&self) -> u32 {
        match &self.values {
            Values::Bools => 2,
            Values::Numbers { starts, .. } => starts.len() as u32,
            Values::Members(groups) | Values::Texts { groups, .. } => groups.count(),
        }
    }

    /// The class of an absent fact.
    pub(crate) fn absent(&self) -> Option<u32> {
        self.may_be_absent.then(|| self.count())
    }

    /// The class that has the names or texts that are not listed.
    pub(crate) fn unlisted(&self) -> Option<u32> {
        match &self.values {
            Values::Members(groups) | Values::Texts { groups, .. } if groups.open => {
                Some(groups.count() - 1)
            }
            _ => None,
        }
    }

    /// The class of texts that no test mentions, where tests look inside them.
    pub(crate) fn looked_into(&self) -> Option<u32> {
        (!self.patterns.is_empty()).then(|| self.count() - 1)
    }

    /// The class of a value.
    pub(crate) fn class_of(&self, value: Value<'_>) -> u32 {
        match (&self.values, value) {
            (_, Value::Absent) => self.count(),
            (Values::Bools, Value::Bool(value)) => u32::from(!value),
            (Values::Numbers { starts, .. }, Value::Number(value)) => {
                starts.partition_point(|&start| start <= value).saturating_sub(1) as u32
            }
            (Values::Members(groups), Value::Member(member)) => groups.class_of(member.0),
            (Values::Texts { texts, groups }, Value::Text(text)) => {
                groups.class_of(texts.binary_search(&text).map_or(u32::MAX, |at| at as u32))
            }
            // A value of another type, which no event holds.
            _ => 0,
        }
    }

    /// The numbers in a stretch of classes, both ends included; for other facts the classes themselves.
    pub(crate) fn interval(&self, (first, last): Stretch) -> (i64, i64) {
        match &self.values {
            Values::Numbers { starts, high } => {
                let start = |class: u32| starts.get(class as usize).copied();
                (start(first).unwrap_or(*high), start(last + 1).map_or(*high, |next| next - 1))
            }
            _ => (i64::from(first), i64::from(last)),
        }
    }

    /// Keeps these patterns, in this order.
    pub(crate) fn keep_patterns(&mut self, kept: &[usize]) {
        self.patterns = kept.iter().filter_map(|&at| self.patterns.get(at).copied()).collect();
        for answer in &mut self.answers {
            if let Answer::Pattern { index, .. } = answer {
                *index = kept.iter().position(|at| at == index).unwrap_or(usize::MAX);
            }
        }
    }

    /// Takes texts of these classes, in order, for texts that no test mentions.
    pub(crate) fn forget(&mut self, forgotten: &[u32]) {
        let Values::Texts { texts, groups } = &mut self.values else { return };
        if forgotten.is_empty() {
            return;
        }
        let is_kept = |item: &u32| !contains_class(forgotten, groups.class_of(*item));
        let kept: Vec<u32> = (0..texts.len() as u32).filter(is_kept).collect();
        let renumbered = |item: u32| kept.binary_search(&item).ok().map(|at| at as u32);
        let classes = groups.classes.iter().zip(0u32..);
        let classes = classes.filter(|(_, class)| !contains_class(forgotten, *class));
        let classes: Vec<Vec<u32>> = classes
            .map(|(items, _)| items.iter().filter_map(|&item| renumbered(item)).collect())
            .collect();
        *texts = kept.iter().map(|&item| texts[item as usize]).collect();
        *groups = Groups::new(classes, texts.len(), groups.open);
        for answer in &mut self.answers {
            if let Answer::Classes(accepted) | Answer::Pattern { classes: accepted, .. } = answer {
                let all = accepted.iter().flat_map(|&(first, last)| first..=last);
                let kept = all.filter(|&class| !contains_class(forgotten, class));
                *accepted = merge(kept.map(|class| without(forgotten, class)));
            }
        }
    }

    /// What the pattern says of a class whose texts are mentioned.
    pub(crate) fn pattern_accepts(&self, pattern: usize, class: u32) -> bool {
        self.answers.iter().any(|answer| match answer {
            Answer::Pattern { index, classes } => *index == pattern && contains(classes, class),
            _ => false,
        })
    }
}

fn contains_class(classes: &[u32], class: u32) -> bool {
    classes.binary_search(&class).is_ok()
}

/// The number of a class once those forgotten are not counted.
pub(crate) fn without(forgotten: &[u32], class: u32) -> u32 {
    class - forgotten.partition_point(|&other| other < class) as u32
}

/// Whether one of the stretches holds the class.
pub(crate) fn contains(stretches: &[Stretch], class: u32) -> bool {
    let at = stretches.partition_point(|&(_, last)| last < class);
    stretches.get(at).is_some_and(|&(first, _)| first <= class)
}

/// The classes before `count` that are in none of the stretches.
pub(crate) fn complement(stretches: &[Stretch], count: u32) -> Vec<Stretch> {
    let befores = stretches.iter().map(|&(first, _)| first).chain([count]);
    let afters = [0].into_iter().chain(stretches.iter().map(|&(_, last)| last + 1));
    afters
        .zip(befores)
        .filter(|(after, before)| after < before)
        .map(|(after, before)| (after, before - 1))
        .collect()
}

impl Groups {
    fn new(classes: Vec<Vec<u32>>, items: usize, open: bool) -> Self {
        let mut class_of = vec![0; items];
        for (class, at) in classes.iter().zip(0u32..) {
            class.iter().for_each(|&item| class_of[item as usize] = at);
        }
        Groups { classes, class_of, open }
    }

    fn count(&self) -> u32 {
        self.classes.len() as u32
    }

    /// The listed items of these classes, in order.
    pub(crate) fn items(&self, classes: &[Stretch]) -> Vec<u32> {
        let classes = classes.iter().flat_map(|&(first, last)| first as usize..=last as usize);
        let mut items: Vec<u32> =
            classes.flat_map(|class| self.classes[class].iter().copied()).collect();
        items.sort_unstable();
        items
    }

    /// Whether items that are not listed are in one of these classes.
    pub(crate) fn has_unlisted(&self, classes: &[Stretch]) -> bool {
        self.open && contains(classes, self.count() - 1)
    }

    /// The class of an item; of one that is not listed the last.
    fn class_of(&self, item: u32) -> u32 {
        self.class_of.get(item as usize).copied().unwrap_or(self.count() - 1)
    }
}

fn pattern<'a>(test: &&'a Accepts) -> Option<&'a Pattern> {
    match test {
        Accepts::Pattern(pattern) => Some(pattern),
        _ => None,
    }
}

/// Puts together what was found for each test.
fn answers(tests: &[&Accepts], accepted: Vec<Vec<Stretch>>) -> Vec<Answer> {
    let mut patterns = 0..;
    let answer = |(test, classes): (&&Accepts, Vec<Stretch>)| match test {
        Accepts::Present => Answer::Presence { wanted: true },
        Accepts::Absent => Answer::Presence { wanted: false },
        Accepts::Pattern(_) => Answer::Pattern { index: patterns.next().unwrap_or(0), classes },
        _ => Answer::Classes(classes),
    };
    tests.iter().zip(accepted).map(answer).collect()
}

fn bools(tests: &[&Accepts]) -> Vec<Vec<Stretch>> {
    let stretches = |test: &&Accepts| match **test {
        Accepts::Bools { on_false, on_true } => {
            let classes = [(on_true, 0), (on_false, 1)];
            merge(classes.into_iter().filter(|(accepted, _)| *accepted).map(|(_, class)| class))
        }
        _ => Vec::new(),
    };
    tests.iter().map(stretches).collect()
}

/// Joins classes in order to stretches.
fn merge(classes: impl IntoIterator<Item = u32>) -> Vec<Stretch> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for class in classes {
        match stretches.last_mut() {
            Some(last) if last.1 + 1 == class => last.1 = class,
            _ => stretches.push((class, class)),
        }
    }
    stretches
}

type Parted<'a> = (Values<'a>, Vec<Vec<Stretch>>);

/// Parts the numbers of a fact at the ends of intervals.
fn numbers<'a>(
    fact: &Fact,
    tests: &[&'a Accepts],
    budget: &mut Budget,
) -> Result<Parted<'a>, TooComplex> {
    let (low, high) = (fact.low.min(fact.high), fact.high);
    let clipped = |intervals: &Intervals| -> Vec<(i64, i64)> {
        let clipped = intervals.as_slice().iter().map(|&(from, to)| (from.max(low), to.min(high)));
        clipped.filter(|(from, to)| from <= to).collect()
    };
    let sets: Vec<Vec<(i64, i64)>> = tests
        .iter()
        .map(|test| match test {
            Accepts::Numbers(intervals) => clipped(intervals),
            _ => Vec::new(),
        })
        .collect();
    budget.spend(sets.iter().map(Vec::len).sum())?;
    let ends = sets.iter().flatten().flat_map(|&(from, to)| [Some(from), to.checked_add(1)]);
    let mut starts: Vec<i64> =
        ends.flatten().filter(|start| (low..=high).contains(start)).collect();
    starts.push(low);
    starts.sort_unstable();
    starts.dedup();
    let class = |value: i64| starts.partition_point(|&start| start <= value) as u32 - 1;
    let stretches =
        |set: Vec<(i64, i64)>| set.into_iter().map(|(from, to)| (class(from), class(to))).collect();
    let accepted = sets.into_iter().map(stretches).collect();
    Ok((Values::Numbers { starts, high }, accepted))
}

/// Items of which a test says otherwise than of those that are not listed.
struct Exceptions {
    items: Vec<u32>,
    /// What it says of those that are not listed.
    elsewhere: bool,
}

fn members<'a>(
    count: usize,
    open: bool,
    tests: &[&'a Accepts],
    budget: &mut Budget,
) -> Result<Parted<'a>, TooComplex> {
    let mut exceptions = Vec::with_capacity(tests.len());
    for test in tests {
        exceptions.push(match test {
            Accepts::Members(set) => {
                let items: Vec<u32> = set.listed().map(|member| member.0).collect();
                budget.spend(1 + items.len())?;
                Exceptions { items, elsewhere: set.contains(MemberId::OTHER) }
            }
            _ => Exceptions { items: Vec::new(), elsewhere: false },
        });
    }
    let (groups, accepted) = group(count, open, &exceptions, budget)?;
    Ok((Values::Members(groups), accepted))
}

fn texts<'a>(tests: &[&'a Accepts], budget: &mut Budget) -> Result<Parted<'a>, TooComplex> {
    let named = |test: &&'a Accepts| match test {
        Accepts::Texts { texts, .. } => Some(texts.iter()),
        _ => None,
    };
    budget.spend(tests.iter().filter_map(named).map(|texts| texts.len()).sum())?;
    let mut all: Vec<&str> = tests.iter().filter_map(named).flatten().collect();
    all.sort_unstable();
    all.dedup();
    let mut exceptions = Vec::with_capacity(tests.len());
    for test in tests {
        let position = |text: &str| all.binary_search(&text).ok().map(|at| at as u32);
        exceptions.push(match test {
            Accepts::Texts { texts, negated } => Exceptions {
                items: texts.iter().filter_map(position).collect(),
                elsewhere: *negated,
            },
            Accepts::Pattern(pattern) => {
                budget.spend(all.len())?;
                let accepted = (0u32..).zip(&all).filter(|(_, text)| pattern.accepts(text));
                Exceptions { items: accepted.map(|(at, _)| at).collect(), elsewhere: false }
            }
            _ => Exceptions { items: Vec::new(), elsewhere: false },
        });
    }
    let (groups, accepted) = group(all.len(), true, &exceptions, budget)?;
    Ok((Values::Texts { texts: all, groups }, accepted))
}

/// Groups items by the tests they are exceptions to, in the order of their first items; the class that has
/// those that are not listed is the last. Gives for each test the classes it accepts, too.
fn group(
    count: usize,
    open: bool,
    tests: &[Exceptions],
    budget: &mut Budget,
) -> Result<(Groups, Vec<Vec<Stretch>>), TooComplex> {
    budget.spend(count + tests.iter().map(|test| test.items.len()).sum::<usize>())?;
    let mut signatures: Vec<Vec<u32>> = vec![Vec::new(); count];
    for (test, at) in tests.iter().zip(0u32..) {
        test.items.iter().for_each(|&item| signatures[item as usize].push(at));
    }
    let mut known: HashMap<&[u32], usize> = HashMap::new();
    let mut classes: Vec<Vec<u32>> = Vec::new();
    let mut exceptional: Vec<Vec<u32>> = vec![Vec::new(); tests.len()];
    let mut unmentioned = Vec::new();
    for (signature, item) in signatures.iter().zip(0u32..) {
        if open && signature.is_empty() {
            unmentioned.push(item);
            continue;
        }
        let class = *known.entry(signature).or_insert_with(|| {
            signature
                .iter()
                .for_each(|&test| exceptional[test as usize].push(classes.len() as u32));
            classes.push(Vec::new());
            classes.len() - 1
        });
        classes[class].push(item);
    }
    // An enum without members would have no class at all; one of no values does no harm.
    if open || classes.is_empty() {
        classes.push(unmentioned);
    }
    let accepted = tests.iter().zip(exceptional).map(|(test, exceptional)| {
        let stretches = merge(exceptional);
        if test.elsewhere { complement(&stretches, classes.len() as u32) } else { stretches }
    });
    let accepted = accepted.collect();
    Ok((Groups::new(classes, count, open), accepted))
}
