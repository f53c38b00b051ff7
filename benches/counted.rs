//! What loading allocates, counted: it grows with the number of rules and no faster.

use allocation_counter::{AllocationInfo, measure};
use redress::Policy;
use redress_benches::{first_family, realistic};

/// What it takes to load a policy that is kept.
fn loading(text: &str) -> AllocationInfo {
    let mut loaded = None;
    let seen = measure(|| loaded = Policy::parse(text).ok());
    assert!(loaded.is_some(), "the policy loads");
    seen
}

/// So many times the rules; a power of two, so that tables that double are as full as before.
const TIMES: usize = 16;

fn many_rules_take_as_many_times_as_much(written: impl Fn(usize) -> String) {
    // What a policy takes whatever its size, such as its vocabulary, is not counted.
    let none = loading("extends default\n");
    let [few, many] = [600, 600 * TIMES].map(|rules| loading(&written(rules)));
    let grown = |of: fn(&AllocationInfo) -> u64| {
        (of(&many) - of(&none)) as f64 / (of(&few) - of(&none)) as f64
    };
    let allocations = grown(|seen| seen.count_total);
    let bytes = grown(|seen| seen.bytes_total);
    let at_most = grown(|seen| seen.bytes_max);
    for (what, times) in [("allocations", allocations), ("bytes", bytes), ("peak", at_most)] {
        assert!(times < 1.1 * TIMES as f64, "{what}: {times:.1} times as much");
    }
}

#[test]
fn loading_the_first_family_is_linear() {
    many_rules_take_as_many_times_as_much(|rules| first_family(rules).rules.to_string());
}

#[test]
fn loading_realistic_rules_is_linear() {
    many_rules_take_as_many_times_as_much(realistic);
}

#[test]
fn loading_rules_with_examples_is_linear() {
    many_rules_take_as_many_times_as_much(|rules| {
        let rule = |at| {
            let condition = format!("when app == \"app{at}\" => fail");
            let example = format!("example {{ app: \"app{at}\", error: DataError, module: 2 }}");
            format!("rule r{at}: {condition}\n    {example}\n")
        };
        format!("extends default\n{}", (0..rules).map(rule).collect::<String>())
    });
}

#[test]
fn a_rule_takes_few_allocations_and_little_memory_at_rest() {
    const RULES: u64 = 5_000;
    let seen = loading(&first_family(RULES as usize).rules.to_string());
    let allocations = seen.count_total / RULES;
    assert!(allocations < 72, "{allocations} allocations a rule");
    let at_rest = seen.bytes_current.unsigned_abs() / RULES;
    assert!(at_rest <= 1_000, "{at_rest} bytes a rule at rest");
}

#[test]
fn the_default_policy_is_read_once() {
    let _ = Policy::default();
    assert_eq!(measure(|| drop(Policy::default())).count_total, 0);
}
