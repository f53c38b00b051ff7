//! Policies like those that people write, and one that is too involved to be analysed.

use std::fmt::Write;

use crate::dice::Dice;
use crate::names::OUTCOMES;

const ERRORS: [&str; 12] = [
    "ConnectionError",
    "RateLimitError",
    "DataError",
    "RuntimeError",
    "InvalidConfigurationError",
    "ModuleTimeoutError",
    "DuplicateDataError",
    "UnexpectedError",
    "OutOfSpaceError",
    "IncompleteDataError",
    "MaxFileSizeExceededError",
    "BundleValidationError",
];

/// A policy that extends the default one by rules about eight facts; one app in twenty rules is new.
pub fn realistic(rules: usize) -> String {
    let (mut dice, mut text) = (Dice::new(1), String::from("extends default\n"));
    let apps = (rules / 20).max(2);
    for rule in 0..rules {
        let condition = condition(&mut dice, apps);
        // Writing to a text cannot fail.
        let _ = writeln!(text, "rule r{rule}: when {condition} => {}", dice.one(&OUTCOMES));
    }
    text
}

fn condition(dice: &mut Dice, apps: usize) -> String {
    let mut clauses = vec![format!("app == \"app{}\"", dice.below(apps))];
    if dice.percent(70) {
        clauses.push(error(dice));
    }
    if dice.percent(40) {
        let status = dice.one(&["400", "404", "409", "422", "429", "500", "502", "503", "504"]);
        let exactly = dice.percent(50);
        clauses.push(if exactly {
            format!("status == {status}")
        } else {
            format!("status in {status}..599")
        });
    }
    let others = [
        (30, format!("attempt >= {}", 2 + dice.below(5))),
        (20, format!("module > {}", 1 + dice.below(9))),
        (20, dice.one(&["handler", "not handler"]).to_owned()),
        (15, format!("elapsed > {}m", dice.one(&["1", "5", "10", "30"]))),
        (10, format!("scenario == \"flow{}\"", dice.below(50))),
    ];
    clauses.extend(
        others.into_iter().filter(|(percent, _)| dice.percent(*percent)).map(|(_, clause)| clause),
    );
    clauses.join(" and ")
}

fn error(dice: &mut Dice) -> String {
    let first = dice.below(ERRORS.len());
    match dice.below(4) {
        0 => format!("error == {}", ERRORS[first]),
        more => {
            let names = (0..=more).map(|at| ERRORS[(first + at) % ERRORS.len()]);
            format!("error in [{}]", names.collect::<Vec<_>>().join(", "))
        }
    }
}

/// Two rules about so many facts: the first asks each, the second asks them in pairs that no order of the facts
/// brings together, so that an exact analysis has too much to look at.
pub fn in_pairs(facts: usize) -> String {
    let declared: String = (0..facts).map(|at| format!("fact b{at}: bool\n")).collect();
    let any: Vec<String> = (0..facts).map(|at| format!("b{at}")).collect();
    let far = facts / 2;
    let pairs: Vec<String> = (0..far).map(|at| format!("(b{at} and b{})", at + far)).collect();
    let (any, pairs) = (any.join(" or "), pairs.join(" or "));
    format!("{declared}when {any} => stop\nwhen {pairs} => fail\notherwise => fail\n")
}
