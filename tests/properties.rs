//! What holds of every policy and every event, tried on many made at random.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test says what is wrong by failing"
)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use redress::ast::{Constant, DeclarationKind, Example};
use redress::{Code, Decision, InMemory, Policy, PolicyLoader, Report};
use regex::Regex;
use serde_json::Value as Json;

use super::bound;
use super::generate::{self, Choices, Written};
use super::naive::{Answer, Event, Naive, Texts};

/// `PROPTEST_CASES=10000` tries more than the usual 128 of each.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig { cases: usual.cases / 2, failure_persistence: None, ..usual }
}

pub(crate) fn check(written: &Written) -> Report {
    let files = written
        .bases
        .iter()
        .fold(InMemory::new(), |files, (name, text)| files.with(name, text.as_str()));
    PolicyLoader::new().files(files).notes(true).check_text("main.policy", &written.text)
}

fn load(written: &Written) -> Policy {
    check(written)
        .into_policy()
        .unwrap_or_else(|error| panic!("{error}\n{}\n{}", shown(&written.bases), written.text))
}

fn load_alone(text: &str) -> Policy {
    load(&Written { text: text.to_owned(), bases: Texts::new() })
}

fn shown(texts: &Texts) -> String {
    texts.iter().map(|(name, text)| format!("--- {name}\n{text}---")).collect()
}

pub(crate) fn naive(written: &Written) -> Naive {
    Naive::read("main.policy", &written.text, &written.bases)
}

/// A decision without what the naive reading does not know.
fn answer(decision: &Decision) -> Answer {
    let labels = decision.labels.iter();
    Answer {
        rule: decision.rule.as_ref().map(ToString::to_string),
        at: decision.at.to_string(),
        display: decision.display.to_string(),
        labels: labels
            .map(|(key, label)| (key.to_owned(), serde_json::to_value(label).unwrap()))
            .collect(),
    }
}

/// The event fact by fact.
fn built<'p>(policy: &'p Policy, event: &Event) -> redress::Event<'p> {
    let set = |builder: redress::EventBuilder<'p>, (key, value): (&String, &Json)| match value {
        Json::Null => builder.set(key, None::<bool>),
        Json::Bool(value) => builder.set(key, *value),
        Json::Number(value) => builder.set(key, value.as_i64().unwrap()),
        Json::String(value) => builder.set(key, value.as_str()),
        other => panic!("{other} is no value"),
    };
    event.iter().fold(policy.event(), set).build().unwrap()
}

/// Decides an event given in every way; they have to agree.
fn decide<'p>(policy: &'p Policy, event: &Event) -> &'p Decision {
    let json = serde_json::to_string(event).unwrap();
    let decision = built(policy, event).decide();
    assert_eq!(policy.event_from_json(&json).unwrap().decide(), decision);
    assert_eq!(policy.event_from(event).unwrap().decide(), decision);
    for bound in bound::decide(policy, event) {
        assert_eq!(bound, *decision, "{event:?}");
    }
    decision
}

fn events(choices: &mut Choices, count: usize) -> Vec<Event> {
    (0..count).map(|_| generate::event(choices)).collect()
}

fn assert_naive_agrees(written: &Written, events: &[Event]) {
    let (policy, naive) = (load(written), naive(written));
    for event in events {
        let expected = naive.decide(event).expect("the policy has a last word");
        let decision = decide(&policy, event);
        assert_eq!(
            answer(decision),
            expected,
            "{event:?}\n{}{}",
            shown(&written.bases),
            written.text
        );
        assert_round_trip(decision);
    }
}

fn assert_round_trip(decision: &Decision) {
    let json = serde_json::to_string(decision).unwrap();
    let back: Decision = serde_json::from_str(&json).unwrap();
    assert_eq!(back, Decision { documentation: None, ..decision.clone() });
    assert_eq!(serde_json::to_string(&back).unwrap(), json);
}

/// Lists of numbers long enough for many events.
fn for_events() -> impl Strategy<Value = Choices> {
    proptest::collection::vec(any::<u16>(), 300..600).prop_map(Choices::new)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn deciding_agrees_with_the_naive_reading(mut choices in generate::choices(), mut more in for_events()) {
        assert_naive_agrees(&generate::policy(&mut choices, true), &events(&mut more, 16));
    }

    #[test]
    fn large_policies_agree_with_the_naive_reading(mut choices in generate::many_choices(), mut more in for_events()) {
        let written = Written { text: generate::crowd(&mut choices), bases: Texts::new() };
        let policy = PolicyLoader::bundled_only().parse("main.policy", &written.text).unwrap();
        let naive = naive(&written);
        for event in events(&mut more, 8) {
            prop_assert_eq!(answer(decide(&policy, &event)), naive.decide(&event).unwrap(), "{:?}\n{}", event, written.text);
        }
    }

    #[test]
    fn extending_agrees_with_the_naive_reading(mut choices in generate::choices(), mut more in for_events()) {
        assert_naive_agrees(&generate::extension(&mut choices), &events(&mut more, 16));
    }

    #[test]
    fn the_fingerprint_is_that_of_the_meaning(mut choices in generate::choices()) {
        let text = generate::policy(&mut choices, true).text;
        let policy = load_alone(&text);
        for (change, changed) in same_meaning(&text) {
            let other = load_alone(&changed);
            prop_assert_eq!(other.fingerprint(), policy.fingerprint(), "{}\n{}\n---\n{}", change, text, changed);
            prop_assert_eq!(other.behaviour().to_string(), policy.behaviour().to_string(), "{}\n{}", change, text);
        }
        for (change, changed) in other_meanings(&text) {
            prop_assert_ne!(load_alone(&changed).fingerprint(), policy.fingerprint(), "{}\n{}\n---\n{}", change, text, changed);
        }
    }

    #[test]
    fn what_is_in_force_is_a_policy_of_its_own(mut choices in generate::choices()) {
        let written = generate::extension(&mut choices);
        let policy = load(&written);
        let effective = policy.effective().to_string();
        let alone = load_alone(&effective);
        prop_assert_eq!(alone.fingerprint(), policy.fingerprint(), "{}\n{}\n{}", shown(&written.bases), written.text, effective);
        prop_assert_eq!(formatted(&effective), effective);
    }

    #[test]
    fn the_layout_is_one_and_means_the_same(mut choices in generate::choices()) {
        let written = generate::extension(&mut choices);
        let laid_out = Written { text: formatted(&written.text), ..written.clone() };
        prop_assert_eq!(&formatted(&laid_out.text), &laid_out.text);
        prop_assert_eq!(load(&written).fingerprint(), load(&laid_out).fingerprint());
    }

    #[test]
    fn a_gap_is_one_and_what_has_none_is_total(mut choices in generate::choices(), mut more in for_events()) {
        let written = generate::policy(&mut choices, false);
        let report = check(&written);
        let naive = naive(&written);
        let errors: Vec<_> = report.diagnostics.iter().filter(|d| d.severity == redress::Severity::Error).collect();
        match errors.as_slice() {
            [] if report.policy.is_none() => prop_assert!(naive.places().is_empty(), "{}", written.text),
            [] => for event in events(&mut more, 100) {
                prop_assert!(naive.decide(&event).is_some(), "{:?}\n{}", event, written.text);
            },
            [gap] if gap.code == Code::Gap => assert_gap(&gap.message, &naive, &written.text),
            // What has no rules at all is taken for a vocabulary.
            _ => prop_assert!(naive.places().is_empty() || errors.iter().all(|error| error.code == Code::CannotTellGap), "{report}\n{}", written.text),
        }
    }

    #[test]
    fn a_rule_reported_as_idle_never_decides(mut choices in generate::choices(), mut more in for_events()) {
        let written = generate::policy(&mut choices, true);
        let idle = idle_rules(&check(&written));
        let naive = naive(&written);
        if !idle.is_empty() {
            for event in events(&mut more, 100) {
                let at = naive.decide(&event).unwrap().at;
                prop_assert!(!idle.contains(&at), "{at} {:?}\n{}", event, written.text);
            }
        }
    }

    #[test]
    fn the_analysis_of_a_small_world_is_exact(mut choices in generate::choices()) {
        assert_exact(&generate::small_policy(&mut choices));
    }
}

// The fingerprint --------------------------------------------------------------------------------

fn formatted(text: &str) -> String {
    let parsed = redress::parse("main.policy", text);
    assert!(parsed.diagnostics.is_empty(), "{text}");
    redress::format::format(&parsed.ast, parsed.sources.file(parsed.ast.file))
}

/// The same policy in other words, with what is done to it.
fn same_meaning(text: &str) -> Vec<(&'static str, String)> {
    let lets = Regex::new(r"\b(is|set|range|one)(\d+)\b").unwrap();
    vec![
        ("formatted", formatted(text)),
        ("in one line", text.replace('\n', " ")),
        (
            "with comments",
            text.lines().map(|line| format!("# above\n\n{line} # behind\n")).collect(),
        ),
        ("with other names", lets.replace_all(text, "z$2$1").into_owned()),
        ("with conditions written out", inlined(text)),
    ]
}

/// The policy with every named condition in the place of its name.
fn inlined(text: &str) -> String {
    let declared = Regex::new(r"(?m)^let (is\d+) = (.*)\n").unwrap();
    let mut text = text.to_owned();
    while let Some(found) = declared.captures(&text) {
        let (name, condition) = (found[1].to_owned(), format!("({})", &found[2]));
        let rest = text.replacen(&found[0], "", 1);
        text = Regex::new(&format!(r"\b{name}\b"))
            .unwrap()
            .replace_all(&rest, condition.as_str())
            .into_owned();
    }
    text
}

/// Policies that decide or report something else, with what is done to them.
fn other_meanings(text: &str) -> Vec<(&'static str, String)> {
    let mut others = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    let rules: Vec<usize> = (0..lines.len())
        .filter(|&at| lines[at].contains("when ") && lines[at].contains(" => "))
        .collect();
    let with_line = |at: usize, line: String| {
        let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        lines[at] = line;
        lines.join("\n")
    };
    if let Some(&at) = rules.first() {
        let (head, decision) = lines[at].rsplit_once(" => ").unwrap();
        let outcome = if decision.starts_with("stop") { "fail" } else { "stop" };
        let labels = decision
            .split_once(" with ")
            .map_or(String::new(), |(_, labels)| format!(" with {labels}"));
        others.push(("another outcome", with_line(at, format!("{head} => {outcome}{labels}"))));
        let more = if labels.is_empty() { " with" } else { "," };
        others.push(("another label", with_line(at, format!("{} {more} another: 1", lines[at]))));
        let name = if lines[at].starts_with("rule ") {
            lines[at].replacen("rule ", "rule another_", 1)
        } else {
            format!("rule another: {}", lines[at])
        };
        others.push(("another name", with_line(at, name)));
    }
    if let [first, second, ..] = rules[..]
        && lines[first] != lines[second]
    {
        let mut swapped = lines.clone();
        swapped.swap(first, second);
        others.push(("another order", swapped.join("\n")));
    }
    others
}

// The analysis -----------------------------------------------------------------------------------

/// The event that the report of a gap shows really is one that no rule decides.
fn assert_gap(message: &str, naive: &Naive, text: &str) {
    let witness =
        message.strip_prefix("no rule decides the event `").and_then(|rest| rest.strip_suffix('`'));
    let event = event_of(witness.expect("the message shows the event"));
    assert_eq!(naive.decide(&event), None, "{message}\n{text}");
    let with_last_word = load_alone(&format!("{text}\notherwise => fail"));
    assert_eq!(
        decide(&with_last_word, &event).rule.as_deref(),
        Some("otherwise"),
        "{message}\n{text}"
    );
}

/// An event as an example writes it.
fn event_of(written: &str) -> Event {
    let parsed = redress::parse("event", format!("otherwise => fail example {written}"));
    assert!(parsed.diagnostics.is_empty(), "{written}");
    let DeclarationKind::Otherwise(otherwise) = &parsed.ast.declarations[0].kind else {
        panic!("{written}")
    };
    let Example { entries, .. } = &otherwise.examples[0];
    entries.iter().map(|entry| (entry.key.text.clone(), value_of(&entry.value))).collect()
}

fn value_of(constant: &Constant) -> Json {
    match constant {
        Constant::Name(name) => Json::from(name.text.clone()),
        Constant::Literal(literal) => crate::naive::literal_as_json(&literal.value),
    }
}

/// The places of the rules that are reported never to decide.
fn idle_rules(report: &Report) -> BTreeSet<String> {
    let idle = report
        .diagnostics
        .iter()
        .filter(|d| matches!(d.code, Code::UnreachableRule | Code::NeverTrue));
    idle.map(|d| report.sources.place(d.primary.span)).collect()
}

/// Over a world of which all events can be counted out, the analysis says neither too much nor too little.
fn assert_exact(rules: &str) {
    let header = "vocabulary \"small.policy\"\n";
    let written = Written {
        text: format!("{header}{rules}"),
        bases: Texts::from([("small.policy".to_owned(), generate::SMALL_VOCABULARY.to_owned())]),
    };
    let (report, naive, events) = (check(&written), naive(&written), generate::small_events());
    let deciding: Vec<Option<String>> =
        events.iter().map(|event| naive.decide(event).map(|answer| answer.at)).collect();
    let has = |code: Code| report.diagnostics.iter().any(|d| d.code == code);
    assert_eq!(has(Code::Gap), deciding.contains(&None), "{report}\n{rules}");
    assert_eq!(report.policy.is_none(), has(Code::Gap), "{report}\n{rules}");
    if let Some(gap) = report.diagnostics.iter().find(|d| d.code == Code::Gap) {
        let witness = gap.message.split('`').nth(1).unwrap();
        assert_eq!(naive.decide(&event_of(witness)), None, "{report}\n{rules}");
    }
    let places = naive.places();
    let those = |test: &dyn Fn(&String) -> bool| -> BTreeSet<String> {
        places.iter().filter(|at| test(at)).cloned().collect()
    };
    let never = those(&|at| !events.iter().any(|event| naive.holds(at, event)));
    let always = those(&|at| events.iter().all(|event| naive.holds(at, event)));
    assert_eq!(places_of(&report, Code::NeverTrue), never, "{report}\n{rules}");
    assert_eq!(places_of(&report, Code::AlwaysTrue), always, "{report}\n{rules}");
    // What a rule for every event leaves to do for those behind it is told by that rule.
    let first = places.iter().position(|at| always.contains(at)).unwrap_or(places.len());
    let idle = those(&|at| !deciding.contains(&Some(at.clone())));
    let reported = those(&|at| idle_rules(&report).contains(at));
    let behind: BTreeSet<String> = places.iter().skip(first + 1).cloned().collect();
    assert!(reported.is_subset(&idle), "{report}\n{rules}");
    assert!(idle.difference(&reported).all(|at| behind.contains(at)), "{report}\n{rules}");
    assert_redundant(&report, &naive, &events, rules);
    assert_overlaps(&report, &naive, &events, rules);
    if !has(Code::Gap) {
        super::clauses::assert_parts(&written, &report, &events);
    }
}

/// Rules that earlier ones take events from are told, and which of them decide otherwise; each with its event.
fn assert_overlaps(report: &Report, naive: &Naive, events: &[Event], rules: &str) {
    let places = naive.places();
    let outcome = |at: &str| {
        let line: usize = at.rsplit(':').next().unwrap().parse().unwrap();
        rules.lines().nth(line - 2).unwrap().rsplit(" => ").next().unwrap().to_owned()
    };
    let deciding = |event: &Event| naive.decide(event).map(|answer| answer.at);
    let (mut partly, mut overlapping) = (BTreeSet::new(), BTreeSet::new());
    for (at, rule) in places.iter().enumerate() {
        let held: Vec<&Event> = events.iter().filter(|event| naive.holds(rule, event)).collect();
        let deciders: BTreeSet<String> = held.iter().filter_map(|event| deciding(event)).collect();
        if !deciders.contains(rule) {
            continue;
        }
        if deciders.len() > 1 {
            partly.insert(rule.clone());
        }
        let beyond =
            |first: &String| events.iter().any(|e| naive.holds(first, e) && !naive.holds(rule, e));
        let first = places[..at].iter().filter(|first| deciders.contains(*first));
        let clashing = first.filter(|first| outcome(first) != outcome(rule) && beyond(first));
        overlapping.extend(clashing.map(|first| format!("`{first}` and `{rule}`")));
    }
    assert_eq!(places_of(report, Code::PartlyCovered), partly, "{report}\n{rules}");
    let told = report.diagnostics.iter().filter(|d| d.code == Code::Overlap);
    let told: BTreeSet<String> =
        told.map(|d| d.message.replace(" overlap and decide differently", "")).collect();
    assert_eq!(told, overlapping, "{report}\n{rules}");
    let with_events = [Code::PartlyCovered, Code::Overlap];
    for note in report.diagnostics.iter().filter(|d| with_events.contains(&d.code)) {
        for label in &note.secondary {
            let event = event_of(label.text.split('`').nth(1).unwrap());
            assert_eq!(deciding(&event), Some(report.sources.place(label.span)), "{report}");
            assert!(naive.holds(&report.sources.place(note.primary.span), &event), "{report}");
        }
    }
}

/// What is reported to change nothing when it is taken away does so, and nothing that does so goes unsaid.
fn assert_redundant(report: &Report, naive: &Naive, events: &[Event], rules: &str) {
    let lines: Vec<&str> = rules.lines().collect();
    let line = |at: &str| at.rsplit(':').next().unwrap().parse::<usize>().unwrap() - 2;
    let outcome = |at: usize| lines[at].rsplit(" => ").next().unwrap();
    let mut places: Vec<usize> = naive.places().iter().map(|at| line(at)).collect();
    places.extend(lines.iter().position(|line| line.starts_with("otherwise")));
    let holds = |at: usize, event: &Event| {
        lines[at].starts_with("otherwise") || naive.holds(&format!("main.policy:{}", at + 2), event)
    };
    // Each event with the lines that hold for it, in their order.
    let holding: Vec<Vec<usize>> = events
        .iter()
        .map(|event| places.iter().copied().filter(|&at| holds(at, event)).collect())
        .collect();
    let deciding: BTreeSet<usize> = holding.iter().filter_map(|at| at.first().copied()).collect();
    let decided = |holding: &Vec<usize>, gone: &BTreeSet<usize>| {
        holding.iter().find(|at| !gone.contains(at)).map(|&at| outcome(at))
    };
    let nothing = BTreeSet::new();
    let alike = |gone: &BTreeSet<usize>| {
        holding.iter().all(|holding| decided(holding, gone) == decided(holding, &nothing))
    };
    let is_rule = |at: &usize| !lines[*at].starts_with("otherwise");
    let alone: BTreeSet<usize> = deciding
        .iter()
        .copied()
        .filter(|at| is_rule(at) && alike(&BTreeSet::from([*at])))
        .collect();
    let reported: BTreeSet<usize> =
        places_of(report, Code::RedundantRule).iter().map(|at| line(at)).collect();
    assert!(reported.is_subset(&alone), "{report}\n{rules}");
    assert!(alike(&reported), "{report}\n{rules}");
    // What never decides is told, too, and all that is told may be taken away at once.
    let dead = places.iter().copied().filter(|at| !deciding.contains(at));
    assert!(alike(&reported.iter().copied().chain(dead).collect()), "{report}\n{rules}");
    let leans = |at: &usize| {
        let next = holding.iter().filter(|holding| holding.first() == Some(at));
        next.filter_map(|holding| holding.get(1))
            .any(|next| reported.contains(next) || !deciding.contains(next))
    };
    assert!(alone.difference(&reported).all(leans), "{report}\n{rules}");
}

pub(crate) fn places_of(report: &Report, code: Code) -> BTreeSet<String> {
    report
        .diagnostics
        .iter()
        .filter(|d| d.code == code)
        .map(|d| report.sources.place(d.primary.span))
        .collect()
}
