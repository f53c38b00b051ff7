//! The second family: text patterns and ranges only, nothing to hash on.

use crate::dice::Dice;
use crate::failure::{Fact, Report};
use crate::names::{KNOWN, OUTCOMES};
use crate::rule::{Asks, Condition, Rule, Rules};

/// The texts that the messages of one run are drawn from.
const MESSAGES: usize = 10_000;

pub(crate) const SERVICES: [&str; 16] = [
    "billing",
    "ledger",
    "mailer",
    "search",
    "orders",
    "catalogue",
    "stock",
    "users",
    "uploads",
    "reports",
    "sync",
    "webhook",
    "archive",
    "payments",
    "calendar",
    "tickets",
];

const PROBLEMS: [&str; 12] = [
    "refused the connection",
    "timed out",
    "answered with garbage",
    "is over its quota",
    "rejected the token",
    "lost the lock",
    "ran out of space",
    "saw a duplicate key",
    "cannot parse the body",
    "is read-only",
    "reset the stream",
    "failed a constraint",
];

/// Rules that look for something in the message, and at ranges of numbers.
#[derive(Clone, Debug)]
pub struct SecondFamily {
    /// The rules, as data.
    pub rules: Rules,
    messages: Vec<String>,
}

/// So many rules; what they look for grows with them.
pub fn second_family(rules: usize) -> SecondFamily {
    let mut dice = Dice::new(2);
    let data = (0..rules).map(|_| Rule {
        condition: Condition::All(clauses(&mut dice, rules)),
        outcome: dice.one(&OUTCOMES),
    });
    let data = data.collect();
    SecondFamily { rules: Rules(data), messages: messages(&mut dice, rules) }
}

fn clauses(dice: &mut Dice, rules: usize) -> Vec<Condition> {
    let mut clauses = vec![Condition::Test(Fact::Message, pattern(dice, rules))];
    for fact in [Fact::Status, Fact::Attempt, Fact::Elapsed, Fact::Size] {
        if dice.percent(40) {
            clauses.push(Condition::Test(fact, range(dice, fact)));
        }
    }
    clauses
}

/// A range of the values that events have of this fact.
pub(crate) fn range(dice: &mut Dice, fact: Fact) -> Asks {
    let (least, greatest) = match fact {
        Fact::Status => (400, 599),
        Fact::Attempt => (2, 9),
        Fact::Module => (2, 20),
        _ => (1, 600_000),
    };
    let (one, other) = (dice.within(least, greatest), dice.within(least, greatest));
    match dice.below(4) {
        0 => Asks::Within(Some(one), None),
        1 => Asks::Within(None, Some(one)),
        _ => Asks::Within(Some(one.min(other)), Some(one.max(other))),
    }
}

/// Something that few messages have, in every way to look for it.
pub(crate) fn pattern(dice: &mut Dice, rules: usize) -> Asks {
    let (service, problem) = (dice.one(&SERVICES), dice.one(&PROBLEMS));
    let (node, code) = (dice.below(nodes(rules)), dice.below(codes(rules)));
    match dice.below(100) {
        0..25 => Asks::Contains(format!("{service}-{node} {problem}")),
        25..40 => Asks::Contains(format!("code {code};")),
        40..60 => Asks::StartsWith(format!("{service}-{node} ")),
        60..80 => Asks::EndsWith(format!("code {code}; node {node}")),
        80..97 => Asks::Like(format!("{service}-{node} *code {code};*")),
        _ => Asks::Matches(format!("^{service}-[0-9]+ {problem}: code {code};")),
    }
}

/// The nodes of each service.
fn nodes(rules: usize) -> usize {
    (rules / 10).max(5)
}

/// The codes that problems have.
fn codes(rules: usize) -> usize {
    (rules / 5).max(10)
}

pub(crate) fn messages(dice: &mut Dice, rules: usize) -> Vec<String> {
    let message = |dice: &mut Dice| {
        let (service, problem) = (dice.one(&SERVICES), dice.one(&PROBLEMS));
        let (node, code) = (dice.below(nodes(rules)), dice.below(codes(rules)));
        format!("{service}-{node} {problem}: code {code}; node {node}")
    };
    (0..MESSAGES).map(|_| message(dice)).collect()
}

impl SecondFamily {
    /// Reports without end, another sequence for each seed; all have a message and all numbers.
    pub fn reports(&self, seed: u64) -> impl Iterator<Item = Report<'_>> {
        let mut dice = Dice::new(seed);
        std::iter::repeat_with(move || Report {
            error: dice.one(&KNOWN),
            module: 1 + dice.below(20) as u32,
            handler: false,
            app: None,
            status: Some(dice.within(400, 599) as u16),
            attempt: 1 + dice.below(9) as u32,
            message: Some(dice.text(&self.messages)),
            elapsed: Some(dice.within(1, 600_000) as u32),
            size: Some(dice.within(1, 600_000) as u32),
        })
    }
}
