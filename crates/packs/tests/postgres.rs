//! PostgreSQL's SQLSTATEs, and the verdicts of Npgsql and Spring.

use std::collections::BTreeSet;

use redress::Policy;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::tally::{Expected, Tally, data, decide, policy, rows};

#[derive(Deserialize)]
struct Code {
    sqlstate: String,
    #[serde(rename = "macro")]
    constant: String,
    npgsql_transient: bool,
    spring_transient: bool,
}

fn event(sqlstate: &str) -> Json {
    json!({"error": sqlstate, "module": 2})
}

fn by(set: &str) -> Policy {
    policy(&format!(
        "extends postgres\n\
         replace postgres_agreed: when module != first and no_handler and error in {set} => store(retry)"
    ))
}

#[test]
fn every_sqlstate_is_decided_as_npgsql_and_spring_say() {
    let codes: Vec<Code> = rows("postgres/sqlstate_verdicts.csv");
    let mut tally = Tally::new("postgres");
    let mut hold = |who: &str, policy: &Policy, retried: fn(&Code) -> bool| {
        let expected = |code: &Code| (event(&code.sqlstate), Expected::retry_if(retried(code)));
        tally.hold(who, "SQLSTATEs", policy, codes.iter().map(expected));
    };
    hold("Npgsql: postgres.npgsql", &by("postgres.npgsql"), |code| code.npgsql_transient);
    hold("Spring: postgres.spring", &by("postgres.spring"), |code| code.spring_transient);
    hold("both: `extends postgres`", &Policy::bundled("postgres").unwrap(), |code| {
        code.npgsql_transient && code.spring_transient
    });
    hold("one of the two: postgres.disputed", &by("postgres.disputed"), |code| {
        code.npgsql_transient != code.spring_transient
    });
    insta::assert_snapshot!(tally.finish());
}

#[test]
fn the_two_drivers_agree_about_two() {
    let codes: Vec<Code> = rows("postgres/sqlstate_verdicts.csv");
    let (npgsql, spring) = (by("postgres.npgsql"), by("postgres.spring"));
    let retried = |policy: &Policy, code: &Code| {
        decide(policy, &event(&code.sqlstate)).display == "store(retry)"
    };
    let either = codes.iter().filter(|code| retried(&npgsql, code) || retried(&spring, code));
    assert_eq!(either.count(), 25);
    let both = codes.iter().filter(|code| retried(&npgsql, code) && retried(&spring, code));
    let both: Vec<&str> = both.map(|code| code.sqlstate.as_str()).collect();
    assert_eq!(both, ["40001", "40P01"]);
    let pack = redress::PACKS.iter().find(|pack| pack.name == "postgres").unwrap();
    assert!(pack.text.contains(
        "# The two drivers call 25 codes transient between them, and agree on 2: 40001 and 40P01."
    ));
}

/// What PostgreSQL itself lists is what there are verdicts of, and what the pack knows.
#[test]
fn every_line_of_errcodes_is_a_member_of_its_class() {
    let text = data("postgres/errcodes.txt");
    let lines = text.lines().filter(|line| {
        !line.is_empty() && !line.starts_with(['#', ' ']) && !line.starts_with("Section:")
    });
    let listed: BTreeSet<(&str, &str)> = lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let sqlstate = words.next().unwrap();
            (sqlstate, words.nth(1).unwrap())
        })
        .collect();
    let codes: Vec<Code> = rows("postgres/sqlstate_verdicts.csv");
    let judged: BTreeSet<(&str, &str)> =
        codes.iter().map(|code| (code.sqlstate.as_str(), code.constant.as_str())).collect();
    assert_eq!(listed, judged);
    assert_eq!(listed.len(), 266);
    let classes: BTreeSet<&str> = listed.iter().map(|(sqlstate, _)| &sqlstate[..2]).collect();
    for class in &classes {
        let policy = by(&format!("postgres.class_{class}"));
        for (sqlstate, _) in &listed {
            let expected = sqlstate.starts_with(class);
            assert_eq!(
                decide(&policy, &event(sqlstate)).display == "store(retry)",
                expected,
                "{class} {sqlstate}"
            );
        }
    }
}
