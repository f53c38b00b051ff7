//! The analysis against single events: what it says of all must hold for each.

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::budget::Budget;
use super::build::Builder;
use super::classes::contains;
use super::fixture::*;
use super::prune::Pruner;
use super::regions::Region;
use super::space::Space;
use super::spelling::spelled;
use super::table::{behaviour, parted};
use super::*;
use crate::ast::TextTest;
use crate::condition::{Accepts, Condition, Truth};
use crate::decide::{Value, Values, evaluate};
use crate::event::Held;
use crate::vocabulary::{EnumId, FactId, Type};

const STEPS: usize = 4_000_000;
/// All rules stand in one file.
fn wanted() -> Wanted {
    Wanted { file: FileId(0), lists: HashMap::new(), notes: true }
}

/// The first rule that certainly holds, if any.
fn deciding(rules: &[Rule], event: &Given) -> Option<usize> {
    let holds =
        |rule: &Rule| rule.condition.as_ref().is_none_or(|c| evaluate(c, event) == Truth::True);
    rules.iter().position(holds)
}

/// Reads a witness back as the event that it describes.
fn event(vocabulary: &Vocabulary, witness: &Witness) -> Given {
    let values = vocabulary.facts().map(|(_, fact)| {
        let written = witness.facts().iter().find(|(name, _)| *name == fact.name);
        let Some((_, written)) = written else {
            assert!(!fact.is_required(), "{} is missing in {witness}", fact.name);
            return fact.default.as_ref().map_or(Held::Absent, |default| default.value().into());
        };
        read(vocabulary, fact.kind, written)
    });
    Given(values.collect())
}

fn read(vocabulary: &Vocabulary, kind: Type, written: &str) -> Held {
    let text = || serde_json::from_str::<String>(written).unwrap();
    match kind {
        Type::Bool => Held::Bool(written == "true"),
        Type::Int | Type::Duration | Type::Size => Held::Number(written.parse().unwrap()),
        Type::Text => Held::Text(text().into()),
        Type::Enum(id) => {
            let name = if written.starts_with('"') { text() } else { written.to_owned() };
            let other = || Held::Other(name.clone().into());
            vocabulary.enum_type(id).member(&name).map_or_else(other, Held::Member)
        }
    }
}

/// Whether the event lies in the region.
fn lies_in(space: &Space<'_>, region: &Region, event: &Given) -> bool {
    space.facts.iter().zip(&region.choices).all(|(classes, choice)| {
        let value = event.value(classes.fact);
        let in_classes = choice
            .classes
            .as_ref()
            .is_none_or(|stretches| contains(stretches, classes.class_of(value)));
        let looks = |text: &str| {
            choice.demands.iter().all(|&(at, wanted)| classes.patterns[at].accepts(text) == wanted)
        };
        in_classes
            && (choice.demands.is_empty() || matches!(value, Value::Text(text) if looks(text)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Every finding comes with an event, and no event contradicts a finding.
    #[test]
    fn findings_hold(rules in any_rules(), events in proptest::collection::vec(any_event(), 40)) {
        let vocabulary = vocabulary();
        let findings = analyze(&vocabulary, &rules, wanted(), STEPS).unwrap();
        if let Some(gap) = &findings.gap {
            prop_assert_eq!(deciding(&rules, &event(&vocabulary, gap)), None, "{}", gap);
        }
        let dead: Vec<usize> = findings.unreachable.iter().map(|unreachable| unreachable.rule).collect();
        for event in &events {
            let decided = deciding(&rules, event);
            prop_assert!(decided.is_some() || findings.gap.is_some());
            prop_assert!(decided.is_none_or(|rule| !dead.contains(&rule)));
            covers_agree(&rules, &findings, event, decided)?;
        }
        witnesses_decide(&vocabulary, &rules, &findings)?;
        covers_are_needed(&vocabulary, &rules, &findings)?;
    }

    /// Every event lies in exactly one region, that of the rule that decides it.
    #[test]
    fn regions_part_all_events(rules in any_rules(), events in proptest::collection::vec(any_event(), 40)) {
        let vocabulary = vocabulary();
        let conditions = spelled(conditions(&rules));
        let (space, regions) = parted(&vocabulary, &conditions, Budget::new(STEPS), &|rule| rule as u32 + 1).unwrap();
        for event in &events {
            let found: Vec<usize> = regions.iter().filter(|region| lies_in(&space, region, event))
                .map(|region| region.number as usize - 1).collect();
            let decided: Vec<usize> = deciding(&rules, event).into_iter().collect();
            prop_assert_eq!(found, decided, "{:?}", event);
        }
    }

    /// How a policy is written does not show in its behaviour.
    #[test]
    fn behaviour_is_stable(rules in any_rules()) {
        let vocabulary = vocabulary();
        let text = behaviour(&vocabulary, &rules, Budget::new(STEPS)).to_string();
        let mut rewritten: Vec<Rule> = Vec::new();
        for written in &rules {
            let condition = written.condition.clone().map(|c| not(either(vec![not(c.clone()), not(c)])));
            rewritten.push(rule(condition, &written.outcome.name));
            rewritten.push(written.clone());
        }
        prop_assert_eq!(behaviour(&vocabulary, &rewritten, Budget::new(STEPS)).to_string(), text);
    }
}

/// A text that is one only because something mentions or looks for it beside does not tell others apart.
#[test]
fn what_is_asked_beside_takes_no_place() {
    const APP: FactId = FactId(7);
    let vocabulary = vocabulary();
    let never = || test(HANDLER, Accepts::Bools { on_false: false, on_true: false });
    let rules = |beside: Option<Condition>| {
        let another = all(vec![never(), beside.unwrap_or_else(never)]);
        [
            rule(Some(either(vec![another, pattern(APP, TextTest::Matches, "[^a]")])), "stop"),
            rule(Some(not(pattern(APP, TextTest::Like, "*a"))), "stop"),
        ]
    };
    let text = |beside| behaviour(&vocabulary, &rules(beside), Budget::new(STEPS)).to_string();
    let alone = text(None);
    assert_eq!(text(Some(pattern(APP, TextTest::StartsWith, "a"))), alone);
    assert_eq!(text(Some(texts(APP, &[""], false))), alone);
}

/// What a behaviour does without a pattern, it does not ask again when it is made to say it in one way.
#[test]
fn a_needless_pattern_does_not_come_back() {
    const STATUS: FactId = FactId(3);
    const MESSAGE: FactId = FactId(6);
    const APP: FactId = FactId(7);
    let vocabulary = vocabulary();
    let never = test(HANDLER, Accepts::Bools { on_false: false, on_true: false });
    let first = either(vec![
        test(STATUS, Accepts::Present),
        all(vec![pattern(MESSAGE, TextTest::Matches, "[^a]"), texts(APP, &[""], false)]),
        either(vec![never, pattern(MESSAGE, TextTest::StartsWith, "a")]),
    ]);
    let second = all(vec![pattern(MESSAGE, TextTest::Contains, "a"), numbers(STATUS, &[])]);
    let steps = || Budget::new(STEPS);
    let rules = [rule(Some(first), "stop"), rule(Some(second.clone()), "stop")];
    let text = behaviour(&vocabulary, &rules, steps()).to_string();
    let rules = [rule(Some(second), "fail"), rules[0].clone()];
    assert_eq!(behaviour(&vocabulary, &rules, steps()).to_string(), text);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// How texts are looked into, what is asked beside, and what is asked first do not show in the behaviour.
    #[test]
    fn behaviour_does_not_depend_on_patterns(rules in any_rules(), beside in any_condition(), first in any_condition()) {
        let vocabulary = vocabulary();
        let text = behaviour(&vocabulary, &rules, Budget::new(STEPS)).to_string();
        let never = all(vec![first.clone(), not(first)]);
        let mut rewritten = vec![rule(Some(never), "stop")];
        for written in &rules {
            let condition = written.condition.as_ref().map(|condition| {
                let respelled = respelled(condition);
                either(vec![all(vec![beside.clone(), respelled.clone()]), respelled])
            });
            rewritten.push(rule(condition, &written.outcome.name));
        }
        prop_assert_eq!(behaviour(&vocabulary, &rewritten, Budget::new(STEPS)).to_string(), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// What is found beside patterns that are beyond the analysis holds for every event, and every event is in the
    /// region of the rule that decides it.
    #[test]
    fn what_is_found_holds_whatever_a_pattern_answers(
        rules in any_rules(),
        events in proptest::collection::vec(any_event(), 40),
    ) {
        let vocabulary = vocabulary();
        let clouded = |written: &Rule| rule(written.condition.as_ref().map(clouded), &written.outcome.name);
        let rules: Vec<Rule> = rules.iter().map(clouded).collect();
        let findings = analyze(&vocabulary, &rules, wanted(), STEPS).unwrap();
        if let Some(gap) = &findings.gap {
            prop_assert_eq!(deciding(&rules, &event(&vocabulary, gap)), None, "{}", gap);
        }
        for overlapped in &findings.overlapped {
            let decided = |witness| deciding(&rules, &event(&vocabulary, witness));
            prop_assert_eq!(decided(&overlapped.left), Some(overlapped.rule));
            for taker in &overlapped.by {
                prop_assert_eq!(decided(&taker.takes), Some(taker.rule));
            }
        }
        let conditions = spelled(conditions(&rules));
        let (space, regions) =
            parted(&vocabulary, &conditions, Budget::new(STEPS), &|rule| rule as u32 + 1).unwrap();
        for event in &events {
            let decided = deciding(&rules, event);
            prop_assert!(decided.is_some() || findings.gap.is_some() || findings.may_have_gap);
            let dead = findings.unreachable.iter().any(|dead| Some(dead.rule) == decided);
            prop_assert!(!dead, "{:?}", event);
            covers_agree(&rules, &findings, event, decided)?;
            let found: Vec<usize> = regions.iter().filter(|region| lies_in(&space, region, event))
                .map(|region| region.number as usize - 1).collect();
            prop_assert_eq!(found, decided.into_iter().collect::<Vec<_>>(), "{:?}", event);
        }
    }
}

/// A fact that has to be given is given a value; that is no other one than the event was found with.
#[test]
fn a_witness_beside_what_is_beyond_the_analysis_is_of_its_rule() {
    const MODULE: FactId = FactId(2);
    const APP: FactId = FactId(7);
    let vocabulary = vocabulary();
    let beyond = |regex: &str| pattern(APP, TextTest::Matches, &format!(r"(?:{regex})|\bzz\b"));
    let later = numbers(MODULE, &[(2, i64::MAX)]);
    let rules =
        [rule(Some(beyond("[^a]")), "stop"), rule(Some(either(vec![later, beyond("b")])), "stop")];
    let findings = analyze(&vocabulary, &rules, wanted(), STEPS).unwrap();
    for overlapped in &findings.overlapped {
        let left = event(&vocabulary, &overlapped.left);
        assert_eq!(deciding(&rules, &left), Some(overlapped.rule), "{}", overlapped.left);
    }
}

/// The same condition of texts without a word `zz`, with patterns that no automaton can tell everything of.
fn clouded(condition: &Condition) -> Condition {
    match condition {
        Condition::All(clauses) => all(clauses.iter().map(clouded).collect()),
        Condition::Any(clauses) => either(clauses.iter().map(clouded).collect()),
        Condition::Not(inner) => not(clouded(inner)),
        Condition::Named(named) => clouded(&named.condition),
        Condition::Test(written) => match &written.accepts {
            Accepts::Pattern(clear) => {
                let regex = format!(r"(?:{})|\bzz\b", clear.as_regex());
                pattern(written.fact, TextTest::Matches, &regex)
            }
            _ => condition.clone(),
        },
    }
}

/// The same condition with other words for what looks inside a text.
fn respelled(condition: &Condition) -> Condition {
    match condition {
        Condition::All(clauses) => all(clauses.iter().map(respelled).collect()),
        Condition::Any(clauses) => either(clauses.iter().map(respelled).collect()),
        Condition::Not(inner) => not(respelled(inner)),
        Condition::Named(named) => respelled(&named.condition),
        Condition::Test(written) => match &written.accepts {
            // A regular expression may be one that nothing else says.
            Accepts::Pattern(written_pattern) if written_pattern.test != TextTest::Matches => {
                let regex = format!("(?:{})", written_pattern.as_regex());
                pattern(written.fact, TextTest::Matches, &regex)
            }
            Accepts::Texts { texts, negated: false } => {
                let texts: Vec<String> = texts.iter().map(regex::escape).collect();
                let regex = match texts.is_empty() {
                    true => "[^\\s\\S]".to_owned(),
                    false => format!("\\A(?:{})\\z", texts.join("|")),
                };
                pattern(written.fact, TextTest::Matches, &regex)
            }
            _ => condition.clone(),
        },
    }
}

/// Policies of each list behave alike.
const ALIKE: [&[&str]; 13] = [
    &[r#"contains "a""#, r#"like "*a*""#, r#"matches "a""#, r#"matches "(?s)^.*a+.*$""#],
    &[
        r#"starts with "a""#,
        r#"like "a*""#,
        r#"like "a**""#,
        r#"matches "^a""#,
        r#"matches r"\Aa""#,
    ],
    &[r#"ends with "a""#, r#"like "*a""#, r#"matches "a$""#],
    &[r#"== "a""#, r#"like "a""#, r#"matches "^a$""#, r#"in ["a"]"#],
    &[r#"in ["a", "b", ""]"#, r#"matches "^[ab]?$""#, r#"matches r"\A(a|b|)\z""#],
    &[r#"matches "timeout|timed out""#, r#"matches "time(out|d out)""#],
    &[r#"like "a*b""#, r#"matches "(?s)^a.*b$""#, r#"like "a**b""#],
    &[r#"is present"#, r#"matches "^|a""#, r#"like "*""#, r#"contains """#],
    &[
        r#"contains "timeout" or message starts with "time""#,
        r#"matches "timeout|^time""#,
        r#"matches "^time|timeout""#,
    ],
    &[r#"contains "ba" or message starts with "b""#, r#"matches "ba|^b""#, r#"matches "^b|ba""#],
    &[r#"contains "ab" or message ends with "b""#, r#"matches "ab|b$""#],
    &[r#"contains "timed out" or message ends with "out""#, r#"matches "timed out|out$""#],
    &[r#"== "ab" or message like "b*a" or message contains "c""#, r#"matches "(?s)^ab$|^b.*a$|c""#],
];

#[test]
fn one_way_to_look_into_a_text_is_shown() {
    let behaviour = |text: &str| crate::Policy::parse(text).unwrap().behaviour().to_string();
    let one = |test: &str| behaviour(&format!("when message {test} => stop\notherwise => fail"));
    let mut shown = String::new();
    for tests in ALIKE {
        for test in tests {
            assert_eq!(one(test), one(tests[0]), "{test}");
        }
        shown.push_str(&one(tests[0]));
    }
    let redundant = r#"
        when message contains "ab" => stop
        when message contains "a" => stop
        when message contains "b" => handle
        otherwise => fail"#;
    let plain = r#"
        when not (message contains "a") and message contains "b" => handle
        when message contains "a" => stop
        otherwise => fail"#;
    assert_eq!(behaviour(redundant), behaviour(plain));
    shown.push_str(&behaviour(plain));
    let joined = r#"when message contains "timeout" or message contains "timed out" => stop otherwise => fail"#;
    assert_eq!(one(r#"matches "timeout|timed out""#), behaviour(joined));
    let twice = r#"matches r"\A\d\d*\z" or message matches r"^\d+$""#;
    assert_eq!(one(twice), one(r#"matches r"^\d+$""#));
    insta::assert_snapshot!(shown);
}

/// No event lies in the condition of a covered rule that no rule said to cover it holds for.
fn covers_agree(
    rules: &[Rule],
    findings: &Findings,
    event: &Given,
    decided: Option<usize>,
) -> Result<(), TestCaseError> {
    let holds = |rule: usize| {
        rules[rule].condition.as_ref().is_none_or(|c| evaluate(c, event) == Truth::True)
    };
    for unreachable in &findings.unreachable {
        if holds(unreachable.rule) {
            prop_assert!(!unreachable.condition_never_true);
            prop_assert!(decided.is_some_and(|rule| rule < unreachable.rule));
            prop_assert!(unreachable.covered_by.iter().any(|&rule| holds(rule)));
        }
    }
    for &rule in &findings.always_true {
        prop_assert!(holds(rule));
    }
    Ok(())
}

/// Of the rules that cover another, none can be left out.
fn covers_are_needed(
    vocabulary: &Vocabulary,
    rules: &[Rule],
    findings: &Findings,
) -> Result<(), TestCaseError> {
    let dies_behind = |covering: Vec<usize>, rule: usize| {
        let last = covering.len();
        let some: Vec<Rule> =
            covering.into_iter().chain([rule]).map(|at| rules[at].clone()).collect();
        let found = analyze(vocabulary, &some, wanted(), STEPS).unwrap().unreachable;
        found.iter().any(|dead| dead.rule == last)
    };
    for Unreachable { rule, covered_by, .. } in &findings.unreachable {
        prop_assert!(dies_behind(covered_by.clone(), *rule));
        for left_out in covered_by {
            let others = covered_by.iter().copied().filter(|other| other != left_out).collect();
            prop_assert!(!dies_behind(others, *rule), "{left_out} is not needed for {rule}");
        }
    }
    Ok(())
}

/// Each rule that is not said to be unreachable, covered, always or never true has an event that shows it.
fn witnesses_decide(
    vocabulary: &Vocabulary,
    rules: &[Rule],
    findings: &Findings,
) -> Result<(), TestCaseError> {
    let mut budget = Budget::new(STEPS);
    let space = Space::new(vocabulary, conditions(rules), &mut budget).unwrap();
    let mut builder = Builder::new(&space, budget);
    let conditions = builder.conditions(conditions(rules)).unwrap();
    let decided = builder.decided(&conditions, number).unwrap();
    let mut pruner = Pruner::new(&space);
    let decided = pruner.prune(&mut builder.diagram, decided).unwrap();
    for (rule, &condition) in conditions.iter().enumerate() {
        let witness =
            witness::find(&space, &mut builder.diagram, &mut pruner, decided, number(rule))
                .unwrap();
        let dead = findings.unreachable.iter().find(|unreachable| unreachable.rule == rule);
        prop_assert_eq!(witness.is_none(), dead.is_some());
        if let Some(witness) = witness {
            prop_assert_eq!(
                deciding(rules, &event(vocabulary, &witness)),
                Some(rule),
                "{}",
                witness
            );
        }
        let condition = pruner.prune(&mut builder.diagram, condition).unwrap();
        let never = witness::find(&space, &mut builder.diagram, &mut pruner, condition, 1).unwrap();
        prop_assert!(dead.is_none_or(|dead| dead.condition_never_true == never.is_none()));
        let fails = witness::find(&space, &mut builder.diagram, &mut pruner, condition, 0).unwrap();
        let always = findings.always_true.contains(&rule) || rules[rule].is_otherwise();
        prop_assert_eq!(fails.is_none(), always);
        if let (Some(fails), Some(written)) = (fails, &rules[rule].condition) {
            prop_assert_ne!(evaluate(written, &event(vocabulary, &fails)), Truth::True);
        }
    }
    Ok(())
}

/// The documented product in small: rules as the default policy has them.
fn default_rules() -> Vec<Rule> {
    let first = || numbers(MODULE, &[(1, 1)]);
    let quiet = || not(is_true(HANDLER));
    vec![
        rule(Some(first()), "stop"),
        rule(Some(all(vec![not(first()), is_true(HANDLER)])), "handle"),
        rule(Some(all(vec![not(first()), quiet(), members(ERROR, &[0, 1])])), "retry"),
        rule(None, "fail"),
    ]
}

#[test]
fn behaviour_is_written_as_rules_that_do_not_overlap() {
    let expected = "\
when module == 1
  => stop
when module in 2.. and handler
  => handle
when module in 2.. and not handler and error in [Connection, Rate]
  => retry
when module in 2.. and not handler and error not in [Connection, Rate]
  => fail
";
    assert_eq!(
        behaviour(&vocabulary(), &default_rules(), Budget::new(STEPS)).to_string(),
        expected
    );
}

const TOUR: &str = r#"
    extends default
    when status in [429, 503..599] or retry_after >= 10m => store(retry, after: [1m]) with owner: "me", tries: 3
    when status is absent and phase in [commit, rollback] => rollback
    when app in ["a\"b", "abc"] and trigger != manual => ignore
    when app starts with "ab" and storing => resume(with: "nothing")
    when message matches r"^\d+$" and not (exit_code in -5..0) => commit
    when size > 20MB and error == "Odd name" => fail
    enum ErrorType += { "Odd name" }
"#;

#[test]
fn behaviour_is_a_policy_that_behaves_alike() {
    for text in ["extends default", "extends fusion", TOUR, "otherwise => fail"] {
        let policy = crate::Policy::parse(text).unwrap();
        let written = policy.behaviour().to_string();
        let names = match text {
            TOUR => "enum ErrorType += { \"Odd name\" }\n".to_owned(),
            "extends fusion" => facts_of_fusion(),
            _ => String::new(),
        };
        let again = crate::Policy::parse(&format!("{names}{written}")).unwrap();
        assert_eq!(again.behaviour().to_string(), written);
    }
}

#[test]
fn a_policy_is_asked_within_the_limits_it_was_loaded_with() {
    let few = crate::Limits { analysis_steps: 10, ..crate::Limits::default() };
    let loader = crate::PolicyLoader::bundled_only().limits(few);
    let policy = &loader.parse("policy", "extends default").unwrap();
    assert_eq!(policy.table().map(|table| table.rows.len()), Err(crate::analyze::TooComplex));
    assert!(policy.behaviour().to_string().starts_with("# the behaviour is too complex"));
    let other = loader.parse("other", "extends default\nwhen module == 2 => fail").unwrap();
    assert!(policy.diff(&other).is_err());
    assert!(crate::Policy::default().diff(&other).is_ok());
    assert!(policy.diff(policy).is_ok_and(|diff| diff.changes.is_empty()));
}

/// What the bundled policy declares beside the vocabulary, each on one line.
fn facts_of_fusion() -> String {
    let fusion = crate::POLICIES.iter().find(|file| file.name == "fusion").unwrap();
    let declares = |line: &&str| line.starts_with("enum ") || line.starts_with("fact ");
    fusion.text.lines().filter(declares).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn behaviour_says_every_kind_of_thing() {
    let policy = crate::Policy::parse(
        "when status in [429, 503..599] and retry_after >= 10m => store(retry, after: [1m]) with owner: \"me\", tries: 3
         when app in [\"a\\\"b\", \"abc\"] and phase in [commit, rollback] => rollback
         when app starts with \"ab\" and storing => resume(with: \"nothing\")
         otherwise => fail",
    );
    let behaviour = policy.unwrap().behaviour().to_string();
    insta::assert_snapshot!(behaviour);
}

#[test]
fn a_table_says_what_matters() {
    let policy = crate::Policy::parse(
        "when status is absent and app in [\"a\", \"b\"] => ignore
         when message contains \"late\" and not message like \"*late\" => store(manual)
         when status in [..399, 500] => stop
         otherwise => fail",
    );
    let table = policy.unwrap().table().unwrap();
    let row = |row: &Row| format!("{} => {}\n", row.cells.join(" | "), row.rule);
    let text: String = table.rows.iter().map(row).collect();
    insta::assert_snapshot!(format!("{}\n{text}", table.facts.join(" | ")));
}

/// A vocabulary with a large open enum, a number and many booleans.
fn large(members: usize, bools: usize) -> Vocabulary {
    let names: Vec<String> = (0..members).map(|at| format!("Error{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut facts = vec![
        fact("error", Type::Enum(EnumId(0)), false),
        fact("attempt", Type::Int, false),
        fact("message", Type::Text, true),
    ];
    let named: Vec<String> = (0..bools).map(|at| format!("b{at}")).collect();
    facts.extend(named.iter().map(|name| fact(name, Type::Bool, false)));
    of_facts(vec![enumeration("Big", true, &names)], facts)
}

const BIG_ERROR: FactId = FactId(0);
const ATTEMPT: FactId = FactId(1);
const TEXT: FactId = FactId(2);

fn timed<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let start = std::time::Instant::now();
    let done = work();
    eprintln!("{name}: {:?}", start.elapsed());
    done
}

#[test]
fn ten_thousand_rules_are_analysed() {
    let vocabulary = large(10_000, 2);
    let mut rules: Vec<Rule> = (0..10_000)
        .map(|at| {
            let clauses =
                vec![members(BIG_ERROR, &[at]), numbers(ATTEMPT, &[(0, i64::from(at % 50))])];
            rule(Some(all(clauses)), "stop")
        })
        .collect();
    rules.push(rule(Some(members(BIG_ERROR, &[17])), "fail"));
    rules.push(rule(
        Some(all(vec![members(BIG_ERROR, &[17]), numbers(ATTEMPT, &[(90, 99)])])),
        "fail",
    ));
    let findings = timed("many rules", || analyze(&vocabulary, &rules, wanted(), STEPS)).unwrap();
    let unreachable =
        Unreachable { rule: 10_001, covered_by: vec![10_000], condition_never_true: false };
    assert_eq!(findings.unreachable, [unreachable]);
    assert_eq!(
        findings.gap.unwrap().to_string(),
        "{ error: Error0, attempt: -1, b0: false, b1: false }"
    );
}

#[test]
fn what_would_take_too_long_is_refused() {
    let vocabulary = large(4, 60);
    let bit = |at: u32| is_true(FactId(3 + at));
    let pairs = (0..30).map(|at| all(vec![bit(at), bit(at + 30)])).collect();
    let order = either((0..60).map(bit).collect());
    let rules = [rule(Some(order), "stop"), rule(Some(either(pairs)), "fail")];
    let findings = timed("pairs", || analyze(&vocabulary, &rules, wanted(), STEPS));
    assert_eq!(findings, Err(TooComplex));
}

#[test]
fn only_the_rules_that_are_needed_cover_another() {
    let vocabulary = large(4, 0);
    let attempts = |from, to| rule(Some(numbers(ATTEMPT, &[(from, to)])), "stop");
    // The first two take part of what the last could decide, but the third holds for all of it.
    let rules =
        [attempts(2, 2), attempts(3, 4), attempts(1, 9), attempts(2, 8), rule(None, "fail")];
    let findings = analyze(&vocabulary, &rules, wanted(), STEPS).unwrap();
    let covered = Unreachable { rule: 3, covered_by: vec![2], condition_never_true: false };
    assert_eq!(findings.unreachable, [covered]);
}

#[test]
fn many_looks_into_one_text_are_analysed() {
    let vocabulary = large(4, 1);
    let mut rules: Vec<Rule> = (0..200)
        .map(|at| rule(Some(pattern(TEXT, TextTest::Contains, &format!("word{at:03}"))), "stop"))
        .collect();
    rules.push(rule(Some(pattern(TEXT, TextTest::Contains, "a word0070")), "fail"));
    let findings = timed("contains", || analyze(&vocabulary, &rules, wanted(), STEPS)).unwrap();
    assert_eq!(findings.unreachable[0].rule, 200);
    assert_eq!(findings.unreachable.len(), 1);
}

#[test]
fn patterns_that_exclude_each_other_are_seen() {
    let vocabulary = large(4, 1);
    let looks = |kind, text| pattern(TEXT, kind, text);
    let digits = looks(TextTest::Matches, r"^HTTP \d{3}$");
    let rules = [
        rule(Some(digits.clone()), "stop"),
        rule(
            Some(all(vec![looks(TextTest::Like, "HTTP *"), looks(TextTest::EndsWith, "x")])),
            "fail",
        ),
        rule(Some(all(vec![digits, looks(TextTest::Contains, "timeout")])), "handle"),
        rule(
            Some(all(vec![looks(TextTest::StartsWith, "a"), looks(TextTest::StartsWith, "b")])),
            "handle",
        ),
    ];
    let findings = analyze(&vocabulary, &rules, wanted(), STEPS).unwrap();
    let never = |rule| Unreachable { rule, covered_by: vec![], condition_never_true: true };
    assert_eq!(findings.unreachable, [never(2), never(3)]);
}

#[test]
fn word_boundaries_are_found_between_ascii_characters_only() {
    let vocabulary = large(4, 0);
    let word = pattern(TEXT, TextTest::Matches, r"\btime\b");
    let rules = [rule(Some(word.clone()), "stop"), rule(Some(not(word.clone())), "fail")];
    assert_eq!(analyze(&vocabulary, &rules, wanted(), STEPS).unwrap().unreachable, []);
    let never = all(vec![word, not(pattern(TEXT, TextTest::Contains, "time"))]);
    // Whether such a text has letters beyond ASCII around it is not looked at: so it is not said to be none.
    let findings =
        analyze(&vocabulary, &[rule(Some(never), "stop"), rule(None, "fail")], wanted(), STEPS);
    let findings = findings.unwrap();
    assert_eq!((findings.unreachable.len(), findings.beyond.len()), (0, 1));
    assert!(!findings.complete);
}
