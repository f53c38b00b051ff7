//! The third family: each rule a random mix of all kinds of questions, `or` and `not` included.

use crate::dice::Dice;
use crate::failure::{Fact, Report};
use crate::names::{KNOWN, OUTCOMES, UNKNOWN};
use crate::rule::{Asks, Condition, Rule, Rules};
use crate::second::{messages, pattern, range};

/// Rules that ask anything about everything.
#[derive(Clone, Debug)]
pub struct ThirdFamily {
    /// The rules, as data.
    pub rules: Rules,
    apps: Vec<String>,
    messages: Vec<String>,
}

/// So many rules; applications and texts grow with them.
pub fn third_family(rules: usize) -> ThirdFamily {
    let mut dice = Dice::new(3);
    let apps: Vec<String> = (0..(rules / 15).max(2)).map(|app| format!("a{app}")).collect();
    let data: Vec<Rule> = (0..rules)
        .map(|_| Rule {
            condition: condition(&mut dice, &apps, rules),
            outcome: dice.one(&OUTCOMES),
        })
        .collect();
    ThirdFamily { rules: Rules(data), apps, messages: messages(&mut dice, rules) }
}

/// Two to four clauses, of which at least one is about something that few events have: rules that most events
/// meet would decide all of them, and nothing behind them would be asked.
fn condition(dice: &mut Dice, apps: &[String], rules: usize) -> Condition {
    let mut clauses = vec![rare(dice, apps, rules)];
    for _ in 0..1 + dice.below(3) {
        let clause = clause(dice, apps, rules);
        clauses.insert(dice.below(clauses.len() + 1), clause);
    }
    Condition::All(clauses)
}

fn rare(dice: &mut Dice, apps: &[String], rules: usize) -> Condition {
    match dice.below(10) {
        0..5 => app(dice, apps),
        5..8 => Condition::Test(Fact::Message, pattern(dice, rules)),
        _ => {
            let either =
                vec![app(dice, apps), Condition::Test(Fact::Message, pattern(dice, rules))];
            Condition::Any(either)
        }
    }
}

fn clause(dice: &mut Dice, apps: &[String], rules: usize) -> Condition {
    match dice.below(10) {
        0..6 => atom(dice, apps, rules),
        6..8 => Condition::Not(Box::new(atom(dice, apps, rules))),
        _ => {
            let some = (0..2 + dice.below(2)).map(|_| atom(dice, apps, rules)).collect();
            let any = Condition::Any(some);
            if dice.percent(30) { Condition::Not(Box::new(any)) } else { any }
        }
    }
}

fn atom(dice: &mut Dice, apps: &[String], rules: usize) -> Condition {
    const NUMBERS: [Fact; 5] =
        [Fact::Module, Fact::Status, Fact::Attempt, Fact::Elapsed, Fact::Size];
    const OPTIONAL: [Fact; 4] = [Fact::App, Fact::Status, Fact::Elapsed, Fact::Size];
    match dice.below(20) {
        0..6 => errors(dice),
        6 => Condition::Test(Fact::Error, Asks::Is("InvalidConfigurationError")),
        7..13 => {
            let fact = dice.one(&NUMBERS);
            Condition::Test(fact, range(dice, fact))
        }
        13..15 => Condition::Test(Fact::Handler, Asks::IsTrue),
        15..17 => app(dice, apps),
        17..19 => Condition::Test(Fact::Message, pattern(dice, rules)),
        _ => Condition::Test(dice.one(&OPTIONAL), Asks::Absent),
    }
}

fn errors(dice: &mut Dice) -> Condition {
    let first = dice.below(KNOWN.len());
    let names = (0..1 + dice.below(4)).map(|at| KNOWN[(first + at) % KNOWN.len()].to_owned());
    Condition::Test(Fact::Error, Asks::OneOf(names.collect()))
}

fn app(dice: &mut Dice, apps: &[String]) -> Condition {
    let first = dice.below(apps.len());
    let names = (0..1 + dice.below(2)).map(|at| apps[(first + at) % apps.len()].clone());
    let mut names: Vec<String> = names.collect();
    names.dedup();
    Condition::Test(Fact::App, Asks::OneOf(names))
}

impl ThirdFamily {
    /// Reports without end, another sequence for each seed; what is optional is absent in one of eight.
    pub fn reports(&self, seed: u64) -> impl Iterator<Item = Report<'_>> {
        let mut dice = Dice::new(seed);
        std::iter::repeat_with(move || Report {
            error: if dice.percent(8) { dice.one(&UNKNOWN) } else { dice.one(&KNOWN) },
            module: 1 + dice.below(20) as u32,
            handler: dice.percent(15),
            app: dice.percent(88).then(|| dice.text(&self.apps)),
            status: dice.percent(88).then(|| dice.within(400, 599) as u16),
            attempt: 1 + dice.below(9) as u32,
            message: dice.percent(88).then(|| dice.text(&self.messages)),
            elapsed: dice.percent(88).then(|| dice.within(1, 600_000) as u32),
            size: dice.percent(88).then(|| dice.within(1, 600_000) as u32),
        })
    }
}
