//! What the policies of the benchmarks are worth only if it is so.

use std::collections::BTreeSet;

use redress::{Facts, Policy};

use crate::{
    Event, Linear, Rules, documented, first_family, realistic, second_family, third_family,
};

const EVENTS: usize = 2_000;

/// The rule of each event, in the policy and in the plainest interpreter of the same data.
fn decisions<E: Event + Facts>(
    policy: &Policy,
    rules: &Rules,
    events: impl Iterator<Item = E>,
) -> Vec<usize> {
    let (binding, linear) = (policy.bind::<E>().unwrap(), Linear::new(rules).unwrap());
    let names: Vec<&str> = policy.rules().iter().map(|rule| rule.title()).collect();
    let decide = |event: E| {
        let expected = linear.decide(&event);
        let decision = binding.decide(&event);
        let title = decision.rule.as_deref().unwrap_or(&decision.at);
        assert_eq!(names[expected], title);
        expected
    };
    events.take(EVENTS).map(decide).collect()
}

/// The share of events that some rule decides, in percent, and the number of rules that decide some.
fn spread(decisions: &[usize], rules: &Rules) -> (usize, usize) {
    let decided = decisions.iter().filter(|&&rule| rule < rules.0.len());
    let distinct: BTreeSet<_> = decided.clone().collect();
    (decided.count() * 100 / decisions.len(), distinct.len())
}

#[test]
fn the_documented_rules_are_those_of_the_default_policy() {
    let documented = documented();
    let decisions = decisions(&Policy::default(), &documented.rules, documented.failures(1));
    let (decided, rules) = spread(&decisions, &documented.rules);
    assert!((60..95).contains(&decided), "{decided} %");
    assert_eq!(rules, 4);
}

#[test]
fn most_calls_meet_a_rule_of_the_first_family() {
    let family = first_family(1_000);
    let policy = Policy::parse(&family.rules.to_string()).unwrap();
    let decisions = decisions(&policy, &family.rules, family.calls(1));
    let (decided, rules) = spread(&decisions, &family.rules);
    assert!((60..95).contains(&decided), "{decided} %");
    assert!(rules > 300, "{rules} rules");
}

#[test]
fn many_rules_of_the_second_family_decide() {
    let family = second_family(1_000);
    let policy = Policy::parse(&family.rules.to_string()).unwrap();
    let decisions = decisions(&policy, &family.rules, family.reports(1));
    let (decided, rules) = spread(&decisions, &family.rules);
    assert!((10..95).contains(&decided), "{decided} %");
    assert!(rules > 100, "{rules} rules");
}

#[test]
fn many_rules_of_the_third_family_decide() {
    let family = third_family(1_000);
    let policy = Policy::parse(&family.rules.to_string()).unwrap();
    let decisions = decisions(&policy, &family.rules, family.reports(1));
    let (decided, rules) = spread(&decisions, &family.rules);
    assert!((10..100).contains(&decided), "{decided} %");
    assert!(rules > 100, "{rules} rules");
}

#[test]
fn realistic_rules_load() {
    assert_eq!(Policy::parse(&realistic(100)).unwrap().rules().len(), 105);
}
