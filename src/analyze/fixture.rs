//! Small vocabularies and rules for the tests of the analysis, made by hand or by chance.

use std::sync::Arc;

use proptest::prelude::*;

use crate::ast::TextTest;
use crate::condition::{
    Accepts, Condition, Intervals, Members, NamedCondition, Pattern, Test, Texts,
};
use crate::decide::{Value, Values};
use crate::decision::Outcome;
use crate::event::Held;
use crate::labels::Labels;
use crate::names::{ByName, Names};
use crate::policy::Rule;
use crate::source::{FileId, Span};
use crate::vocabulary::{
    DefaultValue, EnumId, EnumType, Fact, FactId, Member, MemberId, Type, Vocabulary,
};

pub(super) const HANDLER: FactId = FactId(0);
pub(super) const MODULE: FactId = FactId(2);
pub(super) const ERROR: FactId = FactId(4);

fn span() -> Span {
    Span::new(FileId(0), 0..0)
}

pub(super) fn enumeration(name: &str, open: bool, names: &[&str]) -> EnumType {
    let member = |name: &&str| Member {
        name: (*name).to_owned(),
        parent: None,
        spellings: Vec::new(),
        span: span(),
    };
    let spellings = names.iter().zip(0..).map(|(name, at)| ((*name).to_owned(), MemberId(at)));
    EnumType {
        name: name.to_owned(),
        open,
        members: names.iter().map(member).collect(),
        spellings: spellings.collect(),
        span: span(),
    }
}

/// A fact of any value.
pub(super) fn fact(name: &str, kind: Type, optional: bool) -> Fact {
    let (low, high) = (i64::MIN, i64::MAX);
    Fact {
        name: name.to_owned(),
        kind,
        low,
        high,
        optional,
        default: None,
        documentation: None,
        span: span(),
    }
}

pub(super) fn of_facts(enums: Vec<EnumType>, facts: Vec<Fact>) -> Vocabulary {
    let mut fact_names = Names::new();
    facts.iter().zip(0..).for_each(|(fact, at)| {
        fact_names.insert(&fact.name, at);
    });
    Vocabulary { fact_names, enum_names: ByName::default(), outcomes: Vec::new(), enums, facts }
}

/// A fact of every kind.
pub(super) fn vocabulary() -> Vocabulary {
    let facts = vec![
        Fact { default: Some(DefaultValue::Bool(false)), ..fact("handler", Type::Bool, false) },
        fact("storing", Type::Bool, true),
        Fact { low: 1, ..fact("module", Type::Int, false) },
        Fact { low: 0, high: 9, ..fact("status", Type::Int, true) },
        fact("error", Type::Enum(EnumId(0)), false),
        fact("phase", Type::Enum(EnumId(1)), true),
        fact("message", Type::Text, true),
        Fact {
            default: Some(DefaultValue::Text("ledger".to_owned())),
            ..fact("app", Type::Text, false)
        },
    ];
    let errors = enumeration("ErrorType", true, &["Connection", "Rate", "Data", "40001"]);
    let phases = enumeration("Phase", false, &["operation", "commit", "rollback"]);
    of_facts(vec![errors, phases], facts)
}

pub(super) fn rule(condition: Option<Condition>, outcome: &str) -> Rule {
    Rule {
        name: None,
        condition,
        condition_span: None,
        keyword: span(),
        span: span(),
        outcome_span: span(),
        outcome: Outcome { name: outcome.into(), variant: None, arguments: Arc::default() }.into(),
        labels: Labels::default(),
        documentation: None,
        at: "test:1".into(),
    }
}

pub(super) fn test(fact: FactId, accepts: Accepts) -> Condition {
    Condition::Test(Test { fact, accepts, span: span() })
}

pub(super) fn is_true(fact: FactId) -> Condition {
    test(fact, Accepts::Bools { on_false: false, on_true: true })
}

pub(super) fn numbers(fact: FactId, intervals: &[(i64, i64)]) -> Condition {
    test(fact, Accepts::Numbers(Arc::new(Intervals::new(intervals.to_vec()))))
}

pub(super) fn members(fact: FactId, members: &[u32]) -> Condition {
    let members = Members::new(members.iter().map(|&member| MemberId(member)));
    test(fact, Accepts::Members(Arc::new(members)))
}

pub(super) fn texts(fact: FactId, texts: &[&str], negated: bool) -> Condition {
    let texts = Texts::new(texts.iter().map(|&text| text.into()).collect());
    test(fact, Accepts::Texts { texts: Arc::new(texts), negated })
}

pub(super) fn pattern(fact: FactId, kind: TextTest, text: &str) -> Condition {
    test(fact, Accepts::Pattern(Arc::new(Pattern::new(kind, text).unwrap())))
}

pub(super) fn not(condition: Condition) -> Condition {
    Condition::Not(Box::new(condition))
}

pub(super) fn all(clauses: Vec<Condition>) -> Condition {
    Condition::All(clauses.into())
}

pub(super) fn either(clauses: Vec<Condition>) -> Condition {
    Condition::Any(clauses.into())
}

/// What an event says of each fact.
#[derive(Clone, Debug)]
pub(super) struct Given(pub(super) Vec<Held>);

impl Values for Given {
    fn value(&self, fact: FactId) -> Value<'_> {
        self.0[fact.index()].value()
    }
}

/// Short texts over few characters: many of them hit the patterns.
fn short_text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[ab]{0,4}", 1 => "[abé ]{0,3}"]
}

fn patterns() -> impl Strategy<Value = (TextTest, String)> {
    const REGEXES: [&str; 10] =
        ["a+b", "^a", "b$", "^$", "a.b", "[^a]", "(?i)AB", "a|bb", "^(a|b)*$", "[^\\s\\S]"];
    prop_oneof![
        ("[ab]{1,2}", 0..3usize).prop_map(|(text, at)| {
            ([TextTest::Contains, TextTest::StartsWith, TextTest::EndsWith][at], text)
        }),
        "[ab*]{1,3}".prop_map(|text| (TextTest::Like, text)),
        proptest::sample::select(&REGEXES[..])
            .prop_map(|regex| (TextTest::Matches, regex.to_owned())),
    ]
}

/// A question about some fact.
fn any_test() -> impl Strategy<Value = Condition> {
    let bools = (0..2u32, any::<(bool, bool)>()).prop_map(|(fact, (on_false, on_true))| {
        test(FactId(fact), Accepts::Bools { on_false, on_true })
    });
    let interval = (0..7i64, 0..9i64).prop_map(|(low, length)| (low, low + length));
    let ranges = (2..4u32, proptest::collection::vec(interval, 0..3), any::<bool>()).prop_map(
        |(fact, intervals, negated)| {
            let set = Intervals::new(intervals);
            let set = if negated { set.complement() } else { set };
            test(FactId(fact), Accepts::Numbers(Arc::new(set)))
        },
    );
    let sets = (4..6u32, proptest::collection::vec(0..4u32, 0..3), any::<bool>()).prop_map(
        |(fact, chosen, negated)| {
            let count = if fact == 4 { 4 } else { 3 };
            let chosen = chosen.into_iter().filter(|&member| member < count);
            let set = Members::new(chosen.map(MemberId));
            let set = if negated { set.complement() } else { set };
            test(FactId(fact), Accepts::Members(Arc::new(set)))
        },
    );
    let literals = (6..8u32, proptest::collection::vec("[ab]{0,2}", 0..3), any::<bool>()).prop_map(
        |(fact, chosen, negated)| {
            let chosen: Vec<&str> = chosen.iter().map(String::as_str).collect();
            texts(FactId(fact), &chosen, negated)
        },
    );
    let looks =
        (6..8u32, patterns()).prop_map(|(fact, (kind, text))| pattern(FactId(fact), kind, &text));
    let presence = (0..8u32, any::<bool>()).prop_map(|(fact, present)| {
        test(FactId(fact), if present { Accepts::Present } else { Accepts::Absent })
    });
    prop_oneof![2 => bools, 3 => ranges, 3 => sets, 2 => literals, 3 => looks, 1 => presence]
}

pub(super) fn any_condition() -> impl Strategy<Value = Condition> {
    any_test().prop_recursive(3, 10, 3, |inner| {
        let clauses = || proptest::collection::vec(inner.clone(), 2..4);
        prop_oneof![
            clauses().prop_map(all),
            clauses().prop_map(either),
            inner.clone().prop_map(not),
            inner.clone().prop_map(|condition| {
                Condition::Named(Arc::new(NamedCondition { name: "named".to_owned(), condition }))
            }),
        ]
    })
}

/// Up to six rules; the last may be `otherwise`.
pub(super) fn any_rules() -> impl Strategy<Value = Vec<Rule>> {
    (proptest::collection::vec((any_condition(), 0..3usize), 0..6), any::<bool>()).prop_map(
        |(conditions, otherwise)| {
            let outcomes = ["stop", "fail", "handle"];
            let rules =
                conditions.into_iter().map(|(condition, at)| rule(Some(condition), outcomes[at]));
            rules.chain(otherwise.then(|| rule(None, "fail"))).collect()
        },
    )
}

pub(super) fn any_event() -> impl Strategy<Value = Given> {
    let maybe = |held: BoxedStrategy<Held>| prop_oneof![3 => held, 1 => Just(Held::Absent)].boxed();
    let bools = || any::<bool>().prop_map(Held::Bool).boxed();
    let member = |count: u32| (0..count).prop_map(|member| Held::Member(MemberId(member)));
    let error = prop_oneof![4 => member(4), 1 => Just(Held::Other("Else".into()))].boxed();
    let text = || short_text().prop_map(|text| Held::Text(text.into())).boxed();
    (
        bools(),
        maybe(bools()),
        (1..9i64).prop_map(Held::Number),
        maybe((0..10i64).prop_map(Held::Number).boxed()),
        error,
        maybe(member(3).boxed()),
        maybe(text()),
        text(),
    )
        .prop_map(|(a, b, c, d, e, f, g, h)| Given(vec![a, b, c, d, e, f, g, h]))
}
