//! What is observed of rules and tests, held against a reading of the tree as it was written.

use std::collections::HashMap;

use proptest::prelude::*;
use redress::analyze::{Goal, Reach};
use redress::ast::{Condition, Connective, Constant, DeclarationKind, LetValue, Predicate};
use redress::coverage::{Observation, Truth};
use redress::{Event, Policy, PolicyLoader};
use serde_json::Value as Json;

use super::generate::{self, Choices};
use super::naive;

/// The conditions and the other names that the `let`s of a policy stand for.
struct Lets(HashMap<String, LetValue>);

impl Lets {
    fn of(policy: &Policy) -> Self {
        let mut lets = HashMap::new();
        for (_, source) in policy.sources().iter() {
            for declaration in redress::parse(source.name(), source.text()).ast.declarations {
                if let DeclarationKind::Let(declared) = declaration.kind {
                    lets.entry(declared.name.text).or_insert(declared.value);
                }
            }
        }
        Lets(lets)
    }

    /// The truth of a condition, given those of its tests in the order in which they are written.
    fn truth(&self, condition: &Condition, tests: &mut impl Iterator<Item = Truth>) -> Truth {
        match condition {
            Condition::Group { inner, .. } => self.truth(inner, tests),
            Condition::Not { inner, .. } => match self.truth(inner, tests) {
                Truth::True => Truth::False,
                Truth::False => Truth::True,
                Truth::Unknown => Truth::Unknown,
            },
            Condition::Chain(chain) => {
                let first = self.truth(&chain.first, tests);
                chain.rest.iter().fold(first, |truth, link| {
                    let other = self.truth(&link.clause, tests);
                    match (link.connective, truth, other) {
                        (Connective::And, Truth::True, other) => other,
                        (Connective::And, Truth::Unknown, Truth::True) => Truth::Unknown,
                        (Connective::And, Truth::Unknown, other) => other,
                        (Connective::And, Truth::False, _) => Truth::False,
                        (Connective::Or, Truth::False, other) => other,
                        (Connective::Or, Truth::Unknown, Truth::False) => Truth::Unknown,
                        (Connective::Or, Truth::Unknown, other) => other,
                        (Connective::Or, Truth::True, _) => Truth::True,
                    }
                })
            }
            Condition::Test(test) if test.predicate == Predicate::Holds => {
                self.named(&test.subject.text, tests)
            }
            Condition::Test(_) => tests.next().unwrap(),
        }
    }

    fn named(&self, name: &str, tests: &mut impl Iterator<Item = Truth>) -> Truth {
        match self.0.get(name) {
            Some(LetValue::Condition(condition)) => self.truth(condition, tests),
            Some(LetValue::Constant(Constant::Name(other))) => self.named(&other.text, tests),
            _ => tests.next().unwrap(),
        }
    }
}

/// The condition of a rule, read once more.
fn condition(policy: &Policy, rule: usize) -> Option<Condition> {
    let written = policy.sources().slice(policy.rules()[rule].condition_span()?);
    let parsed = redress::parse("rule", format!("when {written} => stop"));
    parsed.ast.declarations.into_iter().find_map(|declaration| match declaration.kind {
        DeclarationKind::Rule(rule) => Some(rule.condition),
        _ => None,
    })
}

fn event<'p>(policy: &'p Policy, event: &naive::Event) -> Event<'p> {
    policy.event_from(event).unwrap()
}

/// Whether an observation, of the rule that decides or not, shows a goal.
fn shows(goal: Goal, decides: bool, seen: &Observation) -> bool {
    match goal {
        Goal::Decides => decides,
        Goal::Answers(at, truth) => seen.tests[at].truth == truth,
        Goal::Holds(at) => seen.tests[at].counts && seen.holds == Truth::True,
        Goal::Fails(at) => seen.tests[at].counts && seen.holds != Truth::True,
    }
}

fn goals(policy: &Policy) -> Vec<(usize, Goal)> {
    let of_atom = |at| {
        let answers = Truth::ALL.map(|truth| Goal::Answers(at, truth));
        answers.into_iter().chain([Goal::Holds(at), Goal::Fails(at)])
    };
    let of_rule = |rule| {
        let atoms = 0..policy.atoms(rule).len();
        std::iter::once(Goal::Decides).chain(atoms.flat_map(of_atom)).map(move |goal| (rule, goal))
    };
    (0..policy.rules().len()).flat_map(of_rule).collect()
}

fn policy(choices: &mut Choices) -> Policy {
    let text = generate::policy(choices, true).text;
    PolicyLoader::bundled_only().parse("main.policy", text).unwrap()
}

fn config() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, cases: 48, ..ProptestConfig::default() }
}

fn for_events() -> impl Strategy<Value = Choices> {
    proptest::collection::vec(any::<u16>(), 300..600).prop_map(Choices::new)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_rule_is_what_its_tests_make_it(mut choices in generate::choices(), mut more in for_events()) {
        let policy = policy(&mut choices);
        let lets = Lets::of(&policy);
        let conditions: Vec<Option<Condition>> =
            (0..policy.rules().len()).map(|rule| condition(&policy, rule)).collect();
        for _ in 0..12 {
            let event = event(&policy, &generate::event(&mut more));
            for (rule, condition) in conditions.iter().enumerate() {
                let seen = event.observe(rule);
                let Some(condition) = condition else { continue };
                let truths: Vec<Truth> = seen.tests.iter().map(|test| test.truth).collect();
                let whole = |truths: &[Truth]| {
                    let mut tests = truths.iter().copied();
                    let truth = lets.truth(condition, &mut tests);
                    assert!(tests.next().is_none(), "every test is read");
                    truth
                };
                prop_assert_eq!(whole(&truths), seen.holds);
                prop_assert_eq!(policy.atoms(rule).len(), truths.len());
                for (at, test) in seen.tests.iter().enumerate() {
                    let with = |truth| {
                        let mut truths = truths.clone();
                        truths[at] = truth;
                        whole(&truths) == Truth::True
                    };
                    prop_assert_eq!(test.counts, with(Truth::True) != with(Truth::False));
                }
            }
        }
    }

    #[test]
    fn an_event_shows_its_goal_and_none_shows_what_none_can(
        mut choices in generate::choices(),
        mut more in for_events(),
    ) {
        let policy = policy(&mut choices);
        let goals = goals(&policy);
        let events: Vec<_> = (0..12).map(|_| generate::event(&mut more)).collect();
        for (&(rule, goal), reach) in goals.iter().zip(policy.reach(&goals)) {
            match reach {
                Reach::Event(witness) => {
                    let event = witness.event(&policy).unwrap();
                    let seen = event.observe(rule);
                    prop_assert!(shows(goal, event.deciding_rule() == rule, &seen), "{} {:?}", witness, goal);
                }
                Reach::Never => for given in &events {
                    let event = event(&policy, given);
                    let seen = event.observe(rule);
                    prop_assert!(!shows(goal, event.deciding_rule() == rule, &seen), "{:?} {:?}", given, goal);
                },
                Reach::Unsure => {}
            }
        }
    }
}

#[test]
fn what_no_event_can_show_is_proved() {
    let text = "when status is present and status >= 500 => fail otherwise => stop";
    let policy = Policy::parse(text).unwrap();
    let unknown = (0, Goal::Answers(0, Truth::Unknown));
    let needless = (0, Goal::Fails(0));
    let status = (0, Goal::Fails(1));
    let reached = policy.reach(&[unknown, needless, status]);
    assert_eq!(reached[..2], [Reach::Never, Reach::Never]);
    let Reach::Event(witness) = &reached[2] else { panic!("{reached:?}") };
    assert_eq!(witness.to_string(), "{ error: ConnectionError, module: 1, status: 100 }");
}

#[test]
fn a_witness_is_an_event_whatever_is_written_in_it() {
    let text = r#"when message == "a \"b\"\n" and elapsed > 1s and size == 3kB and app == "true" => fail
        otherwise => stop"#;
    let policy = Policy::parse(text).unwrap();
    let reached = policy.reach(&[(0, Goal::Decides)]);
    let Reach::Event(witness) = &reached[0] else { panic!("{reached:?}") };
    assert_eq!(witness.event(&policy).unwrap().deciding_rule(), 0, "{witness}");
}

#[test]
fn examples_are_events() {
    let text = "when attempt > 1 => fail example { error: DataError, module: 2, attempt: 3 } otherwise => stop";
    let policy = Policy::parse(text).unwrap();
    let examples: Vec<(usize, Json)> = policy
        .examples()
        .map(|(span, event)| (span.range().start, Json::from(event.deciding_rule())))
        .collect();
    assert_eq!(examples, [(25, Json::from(0))]);
}
