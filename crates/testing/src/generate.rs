//! Cases that show what the tests of a policy leave out.

use std::fmt::Write;

use redress::analyze::{Reach, Witness};
use redress::{Decision, Given};
use toml::Value;

use crate::coverage::{GoalCoverage, PolicyCoverage, shows};
use crate::expected::as_value;

/// Something missing: the positions of the rule and of its goal.
type Missing = (usize, usize);

/// An event with what is missing that it shows.
struct Candidate<'c> {
    witness: &'c Witness,
    shows: Vec<Missing>,
}

impl PolicyCoverage {
    /// A case file with few cases that together show all that is missing and can be shown, with what the policy
    /// decides as what is expected; nothing where nothing is missing. `policy` is how the file names the policy.
    pub fn case_file(&self, policy: &str) -> Option<String> {
        let chosen = self.choose();
        if chosen.is_empty() {
            return None;
        }
        let mut text = format!(
            "# Cases that show what the other tests of `{policy}` leave out, made by `redress test --generate`.\n\
             # What they expect is what the policy decided then: look at each before you keep it.\n\
             policy = {}\n",
            Value::from(policy)
        );
        for (at, candidate) in chosen.iter().enumerate() {
            let is_new = |place: &&Missing| !is_shown(&chosen[..at], **place);
            let new: Vec<Missing> = candidate.shows.iter().filter(is_new).copied().collect();
            text += &self.case(at + 1, candidate.witness, &new);
        }
        Some(text)
    }

    /// Events that show all that is missing; none of them can be left out.
    fn choose(&self) -> Vec<Candidate<'_>> {
        let mut candidates = self.candidates();
        let mut left: Vec<Missing> = self
            .missing()
            .map(|(place, _)| place)
            .filter(|place| is_shown(&candidates, *place))
            .collect();
        let mut chosen: Vec<Candidate<'_>> = Vec::new();
        while !left.is_empty() {
            let gain = |candidate: &Candidate<'_>| {
                left.iter().filter(|place| candidate.shows.contains(place)).count()
            };
            // Of equal ones the first, so that the same policy gives the same file.
            let gains = candidates.iter().map(gain).enumerate();
            let best = gains.max_by_key(|&(at, gain)| (gain, std::cmp::Reverse(at)));
            debug_assert!(best.is_some_and(|best| best.1 > 0), "what is left is shown by an event");
            let Some((best, _)) = best else { break };
            let candidate = candidates.remove(best);
            left.retain(|place| !candidate.shows.contains(place));
            chosen.push(candidate);
        }
        self.without_needless(chosen)
    }

    fn without_needless<'c>(&self, mut chosen: Vec<Candidate<'c>>) -> Vec<Candidate<'c>> {
        let mut at = 0;
        while at < chosen.len() {
            let candidate = chosen.remove(at);
            if candidate.shows.iter().all(|place| is_shown(&chosen, *place)) {
                continue;
            }
            chosen.insert(at, candidate);
            at += 1;
        }
        chosen
    }

    fn missing(&self) -> impl Iterator<Item = (Missing, &GoalCoverage)> {
        self.rules.iter().enumerate().flat_map(|(rule, covered)| {
            let goals = covered.goals.iter().enumerate();
            goals.filter(|(_, goal)| goal.is_missing()).map(move |(at, goal)| ((rule, at), goal))
        })
    }

    /// The events that the analysis found, each once.
    fn candidates(&self) -> Vec<Candidate<'_>> {
        let mut candidates: Vec<Candidate<'_>> = Vec::new();
        for (_, goal) in self.missing() {
            let Some(Reach::Event(witness)) = &goal.reach else { continue };
            if candidates.iter().all(|candidate| candidate.witness != witness) {
                candidates.push(Candidate { witness, shows: self.shown_by(witness) });
            }
        }
        candidates
    }

    fn shown_by(&self, witness: &Witness) -> Vec<Missing> {
        let event = witness.event(&self.policy);
        debug_assert!(event.is_ok(), "a witness is an event of its policy");
        let Ok(event) = event else { return Vec::new() };
        let deciding = event.deciding_rule();
        let observations: Vec<_> = (0..self.rules.len()).map(|rule| event.observe(rule)).collect();
        let shown = self
            .missing()
            .filter(|((rule, _), goal)| shows(goal.goal, *rule == deciding, &observations[*rule]));
        shown.map(|(place, _)| place).collect()
    }

    /// A case, above it what it is the first to show.
    fn case(&self, number: usize, witness: &Witness, shows: &[Missing]) -> String {
        let mut text = String::from("\n");
        for &(rule, goal) in shows {
            let covered = &self.rules[rule];
            let title = self.policy.rules()[rule].title();
            line(&mut text, format_args!("# {title}: {}", covered.words(covered.goals[goal].goal)));
        }
        if let Ok(event) = witness.event(&self.policy) {
            text += &expected(number, witness, event.decide());
        }
        text
    }
}

fn is_shown(candidates: &[Candidate<'_>], place: Missing) -> bool {
    candidates.iter().any(|candidate| candidate.shows.contains(&place))
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "{line}");
}

fn expected(number: usize, witness: &Witness, decision: &Decision) -> String {
    let mut text = String::from("[[case]]\n");
    let decider = decision.rule.as_ref().unwrap_or(&decision.at);
    line(&mut text, format_args!("name = {}", Value::from(format!("{number}: {decider} decides"))));
    let facts: Vec<String> =
        witness.given().map(|(fact, value)| format!("{fact} = {}", written(value))).collect();
    match facts.is_empty() {
        true => line(&mut text, format_args!("event = {{}}")),
        false => line(&mut text, format_args!("event = {{ {} }}", facts.join(", "))),
    }
    let outcome = match decision.outcome.arguments.is_empty() {
        true => Value::from(decision.display.as_str()),
        false => as_value(&decision.outcome),
    };
    line(&mut text, format_args!("outcome = {outcome}"));
    if let Some(rule) = &decision.rule {
        line(&mut text, format_args!("rule = {}", Value::from(rule.as_str())));
    }
    if !decision.labels.is_empty() {
        line(&mut text, format_args!("labels = {}", as_value(&decision.labels)));
    }
    text
}

fn written(given: Given<'_>) -> Value {
    match given {
        Given::Bool(value) => Value::from(value),
        Given::Int(value) => Value::from(value),
        Given::Text(text) => Value::from(text.into_owned()),
        _ => {
            debug_assert!(false, "a witness says what facts are in booleans, numbers and texts");
            Value::from("")
        }
    }
}
