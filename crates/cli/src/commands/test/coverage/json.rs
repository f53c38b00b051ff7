//! The coverage as JSON, for programs.

use redress::analyze::{Goal, Reach};
use redress::coverage::Truth;
use redress_testing::{Coverage, GoalCoverage, PolicyCoverage, RuleCoverage, Share};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::failure::{Failure, Result};

#[derive(Serialize)]
struct Written<'a> {
    percent: usize,
    seen: usize,
    all: usize,
    policies: Vec<WrittenPolicy<'a>>,
}

#[derive(Serialize)]
struct WrittenPolicy<'a> {
    policy: &'a str,
    events: usize,
    percent: usize,
    seen: usize,
    all: usize,
    impossible: usize,
    rules: Vec<WrittenRule<'a>>,
}

#[derive(Serialize)]
struct WrittenRule<'a> {
    rule: Option<&'a str>,
    at: &'a str,
    decides: WrittenGoal<'a>,
    conditions: Vec<WrittenCondition<'a>>,
}

#[derive(Serialize)]
struct WrittenCondition<'a> {
    condition: &'a str,
    at: String,
    within: &'a [String],
    #[serde(rename = "true")]
    when_true: Option<WrittenGoal<'a>>,
    #[serde(rename = "false")]
    when_false: Option<WrittenGoal<'a>>,
    /// None where it is never unknown.
    unknown: Option<WrittenGoal<'a>>,
    holds: Option<WrittenGoal<'a>>,
    fails: Option<WrittenGoal<'a>>,
}

#[derive(Serialize)]
struct WrittenGoal<'a> {
    seen: usize,
    first: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    impossible: bool,
    /// An event that would show it.
    #[serde(skip_serializing_if = "Option::is_none")]
    example: Option<Map<String, Value>>,
}

/// One object and a line's end.
pub fn text(coverage: &Coverage) -> Result<String> {
    let Share { seen, all } = coverage.share();
    let policies = coverage.policies.iter().map(policy).collect();
    let written = Written { percent: coverage.share().percent(), seen, all, policies };
    serde_json::to_string(&written).map(|text| text + "\n").map_err(Failure::impossible)
}

fn policy(coverage: &PolicyCoverage) -> WrittenPolicy<'_> {
    let Share { seen, all } = coverage.share();
    WrittenPolicy {
        policy: &coverage.path,
        events: coverage.events,
        percent: coverage.share().percent(),
        seen,
        all,
        impossible: coverage.impossible(),
        rules: coverage
            .rules
            .iter()
            .zip(coverage.policy.rules())
            .map(|(rule, declared)| WrittenRule {
                rule: declared.name(),
                at: declared.at(),
                decides: goal(&rule.goals[0]),
                conditions: conditions(coverage, rule),
            })
            .collect(),
    }
}

fn conditions<'a>(policy: &PolicyCoverage, rule: &'a RuleCoverage) -> Vec<WrittenCondition<'a>> {
    let condition = |(at, atom): (usize, &'a redress::coverage::Atom)| {
        let find = |wanted| rule.of_atom(at).find(|goal| goal.goal == wanted).map(goal);
        WrittenCondition {
            condition: &atom.text,
            at: policy.policy.sources().place(atom.span),
            within: &atom.within,
            when_true: find(Goal::Answers(at, Truth::True)),
            when_false: find(Goal::Answers(at, Truth::False)),
            unknown: find(Goal::Answers(at, Truth::Unknown)),
            holds: find(Goal::Holds(at)),
            fails: find(Goal::Fails(at)),
        }
    };
    rule.atoms.iter().enumerate().map(condition).collect()
}

fn goal(goal: &GoalCoverage) -> WrittenGoal<'_> {
    let example = match &goal.reach {
        Some(Reach::Event(witness)) => Some(witness.values().iter().cloned().collect()),
        _ => None,
    };
    WrittenGoal {
        seen: goal.seen,
        first: goal.first.as_deref(),
        impossible: goal.is_impossible(),
        example,
    }
}
