//! The default policy's rules as plain data, and failures for it.

use crate::dice::Dice;
use crate::failure::{Fact, Failure};
use crate::names::{OTHER, PERMANENT, TRANSIENT, UNKNOWN};
use crate::rule::{Asks, Condition, Rule, Rules};

/// What the bundled policy `default` says: its four documented rules.
#[derive(Clone, Debug)]
pub struct Documented {
    /// The rules, as data; the bundled policy says the same.
    pub rules: Rules,
}

/// The documented policy.
pub fn documented() -> Documented {
    let first = Condition::Test(Fact::Module, Asks::Within(Some(1), Some(1)));
    let later = || Condition::Not(Box::new(first.clone()));
    let handler = Condition::Test(Fact::Handler, Asks::IsTrue);
    let unhandled = |errors: &[&str]| {
        let errors = Asks::OneOf(errors.iter().map(|&name| name.to_owned()).collect());
        let no_handler = Condition::Not(Box::new(handler.clone()));
        Condition::All(vec![later(), no_handler, Condition::Test(Fact::Error, errors)])
    };
    let rules = vec![
        Rule { condition: first.clone(), outcome: "stop" },
        Rule { condition: Condition::All(vec![later(), handler.clone()]), outcome: "handle" },
        Rule { condition: unhandled(&TRANSIENT), outcome: "store(retry)" },
        Rule { condition: unhandled(&PERMANENT), outcome: "store(manual)" },
    ];
    Documented { rules: Rules(rules) }
}

impl Documented {
    /// Failures without end, another sequence for each seed.
    pub fn failures(&self, seed: u64) -> impl Iterator<Item = Failure<'static>> + use<> {
        let mut dice = Dice::new(seed);
        std::iter::repeat_with(move || Failure {
            error: error(&mut dice),
            module: if dice.percent(12) { 1 } else { 2 + dice.below(18) as u32 },
            handler: dice.percent(15),
        })
    }
}

/// Errors that pass are the most frequent, names that nobody declared are rare.
fn error(dice: &mut Dice) -> &'static str {
    let names: &[&str] = match dice.below(100) {
        0..45 => &TRANSIENT,
        45..75 => &PERMANENT,
        75..92 => &OTHER,
        _ => &UNKNOWN,
    };
    dice.one(names)
}
