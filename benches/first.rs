//! The first family: rules keyed by application and error, with ranges.

use crate::dice::Dice;
use crate::failure::{Call, Fact};
use crate::names::{KNOWN, OUTCOMES, UNKNOWN};
use crate::rule::{Asks, Condition, Rule, Rules};

/// So many rules, on average, are about one application.
pub const RULES_PER_APP: usize = 15;

/// Like `when app == "a7" and error in [X, Y] and status in 400..499 and attempt < 4 => …`.
#[derive(Clone, Debug)]
pub struct FirstFamily {
    /// The rules, as data.
    pub rules: Rules,
    /// The same rules, as what they are keyed by.
    pub keyed: Vec<KeyedRule>,
    /// The names of the applications.
    pub apps: Vec<String>,
}

/// A rule of the first family.
#[derive(Clone, Debug)]
pub struct KeyedRule {
    /// The application, by its position.
    pub app: usize,
    /// The errors, one to three.
    pub errors: Vec<&'static str>,
    /// The least and the greatest status.
    pub status: Option<(u16, u16)>,
    /// The first attempt that is too late.
    pub attempt_below: Option<u32>,
}

/// So many rules; the applications grow with them.
pub fn first_family(rules: usize) -> FirstFamily {
    let mut dice = Dice::new(1);
    let apps: Vec<String> =
        (0..(rules / RULES_PER_APP).max(2)).map(|app| format!("a{app}")).collect();
    let keyed: Vec<KeyedRule> = (0..rules).map(|_| keyed(&mut dice, apps.len())).collect();
    let rules = keyed
        .iter()
        .map(|rule| Rule { condition: condition(rule, &apps), outcome: dice.one(&OUTCOMES) });
    FirstFamily { rules: Rules(rules.collect()), keyed, apps }
}

fn keyed(dice: &mut Dice, apps: usize) -> KeyedRule {
    const STATUSES: [(u16, u16); 6] =
        [(400, 499), (500, 599), (429, 429), (500, 503), (400, 409), (404, 404)];
    let first = dice.below(KNOWN.len());
    let errors = (0..1 + dice.below(3)).map(|at| KNOWN[(first + at) % KNOWN.len()]).collect();
    KeyedRule {
        app: dice.below(apps),
        errors,
        status: dice.percent(80).then(|| dice.one(&STATUSES)),
        attempt_below: dice.percent(70).then(|| 2 + dice.below(5) as u32),
    }
}

fn condition(rule: &KeyedRule, apps: &[String]) -> Condition {
    let errors = rule.errors.iter().map(|&name| name.to_owned()).collect();
    let mut clauses = vec![
        Condition::Test(Fact::App, Asks::OneOf(vec![apps[rule.app].clone()])),
        Condition::Test(Fact::Error, Asks::OneOf(errors)),
    ];
    if let Some((low, high)) = rule.status {
        let within = Asks::Within(Some(low.into()), Some(high.into()));
        clauses.push(Condition::Test(Fact::Status, within));
    }
    if let Some(limit) = rule.attempt_below {
        clauses
            .push(Condition::Test(Fact::Attempt, Asks::Within(None, Some(i64::from(limit) - 1))));
    }
    Condition::All(clauses)
}

impl FirstFamily {
    /// Calls without end, another sequence for each seed: three in four are like a rule asks, the others are not,
    /// or are about an application or an error that no rule names.
    pub fn calls(&self, seed: u64) -> impl Iterator<Item = Call<'_>> {
        let mut dice = Dice::new(seed);
        std::iter::repeat_with(move || self.call(&mut dice))
    }

    fn call(&self, dice: &mut Dice) -> Call<'_> {
        const STATUSES: [u16; 9] = [400, 404, 409, 422, 429, 500, 502, 503, 504];
        let rule = &self.keyed[dice.below(self.keyed.len())];
        let (mut app, mut error) = (self.apps[rule.app].as_str(), dice.one(&rule.errors));
        match dice.below(100) {
            0..4 => app = "elsewhere",
            4..8 => error = dice.one(&UNKNOWN),
            8..15 => error = dice.one(&KNOWN),
            _ => {}
        }
        let (low, high) = rule.status.unwrap_or((400, 599));
        let within = dice.within(low.into(), high.into()) as u16;
        let (anything, attempts) = (dice.one(&STATUSES), if dice.percent(70) { 2 } else { 7 });
        Call {
            app,
            error,
            module: 1 + dice.below(20) as u32,
            status: if dice.percent(85) { within } else { anything },
            attempt: 1 + dice.below(attempts) as u32,
        }
    }
}
