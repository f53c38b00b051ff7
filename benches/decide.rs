//! What a decision costs beside the plainest ways to reach it, in CPU time of this thread, and in turns.
//!
//! `cargo bench -p redress-benches --bench decide`

use std::hint::black_box;

use cpu_time::ThreadTime;
use redress::{Facts, Policy};
use redress_benches::{
    Event, Linear, Rules, documented, first_family, second_family, third_family,
};

/// The turns that each way has; the median of them counts.
const ROUNDS: u64 = 11;

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|it| !it.starts_with('-')).collect();
    let asked = |name: &str| wanted.is_empty() || wanted.iter().any(|it| name.contains(it));
    println!(
        "{:24} {:>9} {:>9} {:>12} {:>8}",
        "ns a decision", "unseen", "replayed", "one by one", "load ms"
    );
    if asked("documented") {
        let policy = documented();
        let events = |seed| policy.failures(seed);
        show("documented", &Policy::default(), &policy.rules, events, 10_000, 0.0);
    }
    for rules in [10, 100, 1_000, 10_000, 100_000] {
        if asked(&format!("first_{rules}")) {
            let family = &*Box::leak(Box::new(first_family(rules)));
            grown(&format!("first_{rules}"), &family.rules, |seed| family.calls(seed), 4_000_000);
        }
    }
    for rules in [100, 1_000, 10_000] {
        if asked(&format!("second_{rules}")) {
            let family = &*Box::leak(Box::new(second_family(rules)));
            grown(&format!("second_{rules}"), &family.rules, |seed| family.reports(seed), 400_000);
        }
        if asked(&format!("third_{rules}")) {
            let family = &*Box::leak(Box::new(third_family(rules)));
            grown(&format!("third_{rules}"), &family.rules, |seed| family.reports(seed), 400_000);
        }
    }
}

fn grown<T: Facts + Event, I: Iterator<Item = T>>(
    name: &str,
    rules: &Rules,
    events: impl Fn(u64) -> I,
    rule_budget: usize,
) {
    let text = rules.to_string();
    let began = ThreadTime::now();
    let mut limits = redress::Limits::default();
    limits.analysis_steps = 1_000;
    let policy = redress::PolicyLoader::bundled_only()
        .limits(limits)
        .parse("policy", text)
        .expect("it loads");
    let load = began.elapsed().as_secs_f64() * 1e3;
    let count = (rule_budget / rules.0.len()).clamp(30, 10_000);
    show(name, &policy, rules, events, count, load);
}

/// Decides the events in both ways and shows the medians; the decisions have to be equal.
fn show<T: Facts + Event, I: Iterator<Item = T>>(
    name: &str,
    policy: &Policy,
    rules: &Rules,
    events: impl Fn(u64) -> I,
    one_by_one: usize,
    load: f64,
) {
    let binding = policy.bind::<T>().expect("the type fits");
    let linear = Linear::new(rules).expect("the patterns are right");
    let place = policy.decisions().as_ptr();
    for event in events(99).take(one_by_one.min(1000)) {
        let at = (std::ptr::from_ref(binding.decide(&event)) as usize - place as usize)
            / size_of::<redress::Decision>();
        let expected = linear.decide(&event);
        assert_eq!(at, expected, "{name}");
    }
    let (mut unseen, mut replayed, mut plain) = (Vec::new(), Vec::new(), Vec::new());
    let same: Vec<T> = events(7).take(1_000).collect();
    for round in 0..ROUNDS {
        let fresh: Vec<T> = events(1_000 + round).take(10_000).collect();
        unseen.push(time(&fresh, |event| {
            black_box(binding.decide(event));
        }));
        for _ in 0..3 {
            time(&same, |event| {
                black_box(binding.decide(event));
            });
        }
        replayed.push(time(&same, |event| {
            black_box(binding.decide(event));
        }));
        plain.push(time(&fresh[..one_by_one.min(10_000)], |event| {
            black_box(linear.decide(event));
        }));
    }
    println!(
        "{name:24} {:9.1} {:9.1} {:12.1} {load:8.1}",
        median(unseen),
        median(replayed),
        median(plain),
    );
}

fn time<T>(events: &[T], mut decide: impl FnMut(&T)) -> f64 {
    let began = ThreadTime::now();
    for event in events {
        decide(black_box(event));
    }
    began.elapsed().as_secs_f64() * 1e9 / events.len() as f64
}

fn median(mut of: Vec<f64>) -> f64 {
    of.sort_by(f64::total_cmp);
    of[of.len() / 2]
}
