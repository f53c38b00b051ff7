//! Policies and events at random.
//!
//! Everything is a function of a list of [`Choices`]: proptest makes lists, and by shrinking a list it shrinks
//! the policy, since the first of several choices is always the plainest. What is made is right by
//! construction: with an `otherwise`, every policy loads.

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value as Json;

use super::naive::{Event, Texts};

/// Numbers to choose by; when they are used up, the plainest choice is taken.
#[derive(Clone)]
pub struct Choices {
    numbers: Vec<u16>,
    next: usize,
}

/// The numbers on one line: what was made of them is shown by the test.
impl fmt::Debug for Choices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.numbers)
    }
}

impl Choices {
    pub fn new(numbers: Vec<u16>) -> Self {
        Choices { numbers, next: 0 }
    }

    /// A number below `count`.
    pub fn below(&mut self, count: usize) -> usize {
        let number = self.numbers.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        usize::from(number) % count
    }

    /// Yes in one of `in_many` cases, not in the plainest.
    pub fn rarely(&mut self, in_many: usize) -> bool {
        self.below(in_many) == in_many - 1
    }

    pub fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    /// Up to `most` of what `make` gives, at least `least`.
    fn some(
        &mut self,
        least: usize,
        most: usize,
        mut make: impl FnMut(&mut Self) -> String,
    ) -> Vec<String> {
        let count = least + self.below(most - least + 1);
        (0..count).map(|_| make(self)).collect()
    }
}

/// Lists long enough for a policy.
pub fn choices() -> impl Strategy<Value = Choices> {
    vec(any::<u16>(), 0..400).prop_map(Choices::new)
}

/// Lists long enough for a policy of many rules.
pub fn many_choices() -> impl Strategy<Value = Choices> {
    vec(any::<u16>(), 0..4_000).prop_map(Choices::new)
}

/// What a fact's values are, as far as the generator knows.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Bool,
    Text,
    /// Values as a policy writes them, in order, and as an event gives them; whether a range may use them.
    Numbers(Vec<(String, Json)>),
    /// Names that policies may write, names that events may hold, and whether the enum is open.
    Names {
        written: Vec<&'static str>,
        given: Vec<&'static str>,
    },
}

#[derive(Clone, Debug)]
pub struct Fact {
    pub name: &'static str,
    pub kind: Kind,
    /// It may be left out of an event.
    pub may_lack: bool,
    /// It may be absent.
    pub optional: bool,
}

fn numbers(values: &[i64]) -> Kind {
    Kind::Numbers(values.iter().map(|value| (value.to_string(), Json::from(*value))).collect())
}

/// Durations or sizes in order, some of them given in the base unit.
fn quantities(values: &[(&str, Option<i64>)]) -> Kind {
    let given = |&(written, base): &(&str, Option<i64>)| {
        (written.to_owned(), base.map_or_else(|| Json::from(written), Json::from))
    };
    Kind::Numbers(values.iter().map(given).collect())
}

fn names(written: &[&'static str], others: &[&'static str]) -> Kind {
    let bare = written.iter().map(|name| name.trim_matches('"'));
    Kind::Names { written: written.to_vec(), given: bare.chain(others.iter().copied()).collect() }
}

/// The declarations that every generated policy carries, beside the standard vocabulary.
const DECLARATIONS: &str = r#"enum Colour { red, green, dark_green is green aka darkgreen, "light blue" aka "pale blue", moss is dark_green }
enum Origin open { inside, outside aka "out side", far is outside, "40001" is far }
fact colour: Colour ?
fact origin: Origin = inside
fact shade: Colour
fact count: int -5..5 = 0
fact level: int ..10 ?
fact wait: duration 1s..1h = 5m
fact bytes: size 1kB.. ?
fact label: text = "none"
fact certain: bool ?
outcome notify(to: text, by: duration = 5m, about: int = 2)
"#;

/// All facts, those of the standard vocabulary first.
pub fn facts() -> Vec<Fact> {
    let fact = |name, kind, may_lack, optional| Fact { name, kind, may_lack, optional };
    let errors = &[
        "ConnectionError",
        "RateLimitError",
        "DataError",
        "InvalidConfigurationError",
        "InvalidAccessTokenError",
        "UnexpectedError",
        "UnestimatedError",
        "MaxFileSizeExceeedError",
    ];
    let colours = || {
        names(
            &["red", "green", "dark_green", "darkgreen", "\"light blue\"", "\"pale blue\"", "moss"],
            &[],
        )
    };
    let positive = || numbers(&[1, 2, 3, 4, 10, i64::MAX]);
    vec![
        fact("error", names(errors, &["SomethingElse", "", "dataError"]), false, false),
        fact("module", positive(), false, false),
        fact("shade", colours(), false, false),
        fact("handler", Kind::Bool, true, false),
        fact("storing", Kind::Bool, true, false),
        fact(
            "phase",
            names(&["operation", "commit", "rollback", "initialization", "finalization"], &[]),
            true,
            false,
        ),
        fact("attempt", positive(), true, false),
        fact("status", numbers(&[100, 404, 429, 500, 503, 599]), true, true),
        fact("exit_code", numbers(&[i64::MIN, -1, 0, 1, 2, i64::MAX]), true, true),
        fact("app", Kind::Text, true, true),
        fact("message", Kind::Text, true, true),
        fact(
            "elapsed",
            quantities(&[
                ("0ms", None),
                ("500ms", Some(500)),
                ("1s", None),
                ("60s", None),
                ("1m", Some(60_000)),
                ("1h", None),
                ("1d", None),
            ]),
            true,
            true,
        ),
        fact(
            "size",
            quantities(&[
                ("0B", None),
                ("1000B", Some(1000)),
                ("1kB", None),
                ("1KiB", None),
                ("20MB", Some(20_000_000)),
                ("1GiB", None),
            ]),
            true,
            true,
        ),
        fact("colour", colours(), true, true),
        fact(
            "origin",
            names(&["inside", "outside", "\"out side\"", "far", "\"40001\""], &["nowhere", ""]),
            true,
            false,
        ),
        fact("count", numbers(&[-5, -4, -1, 0, 1, 4, 5]), true, false),
        fact("level", numbers(&[i64::MIN, -7, 0, 9, 10]), true, true),
        fact(
            "wait",
            quantities(&[
                ("1s", None),
                ("5m", Some(300_000)),
                ("300s", None),
                ("59m", None),
                ("1h", None),
            ]),
            true,
            false,
        ),
        fact(
            "bytes",
            quantities(&[("1kB", None), ("1001B", Some(1001)), ("1MB", None), ("1TiB", None)]),
            true,
            true,
        ),
        fact("label", Kind::Text, true, false),
        fact("certain", Kind::Bool, true, true),
    ]
}

const TEXTS: &[&str] =
    &["HTTP 500", "timeout", "", "none", "a", "aXb", "é\nzwei", "*", "ledger HTTP 503"];
const PATTERNS: &[&str] = &[
    "contains \"HTTP\"",
    "starts with \"HTTP\"",
    "ends with \"t\"",
    "like \"HTTP 5*\"",
    "like \"*HTTP*\"",
    "like \"*\"",
    "like \"a*b\"",
    "like \"\"",
    "matches \"^a\"",
    "matches r\"5\\d\\d$\"",
    "matches \"(?i)http\"",
    "contains \"\"",
    "ends with \"é\\nzwei\"",
    "like \"é*i\"",
    "matches r\".\"",
    "contains \"*\"",
];
const OUTCOMES: &[&str] = &[
    "stop",
    "fail",
    "handle",
    "ignore",
    "rollback",
    "commit",
    "store(manual)",
    "store(retry)",
    "store(retry, after: [1m, 60s])",
    "store(retry, after: every(15m, times: 3))",
    "store(retry, after: exponential(30s, max: 1h, times: 8, jitter: full))",
    "resume(with: \"nothing\")",
    "store(retry, after: standard)",
    "notify(to: \"ops\")",
    "notify(about: 3, to: \"ops\", by: 90m)",
];

/// A policy: the outermost file, the files it is built on, and where it is nothing but the rules of one file.
#[derive(Clone, Debug)]
pub struct Written {
    pub text: String,
    pub bases: Texts,
}

/// Writes one file.
struct Writer<'c> {
    choices: &'c mut Choices,
    facts: Vec<Fact>,
    /// Before the names of everything that the file declares, so that files do not clash.
    prefix: &'static str,
    declarations: Vec<String>,
    /// Named conditions.
    conditions: Vec<String>,
    /// Named sets, with the positions of the facts they fit.
    sets: Vec<(String, usize)>,
    /// Named constants likewise.
    constants: Vec<(String, usize)>,
    rules: Vec<String>,
}

/// A policy of one file.
pub fn policy(choices: &mut Choices, otherwise: bool) -> Written {
    let mut writer = Writer::new(choices, "");
    writer.declare();
    writer.rules(0, 6);
    if !otherwise {
        writer.close();
    }
    let text = writer.finish(DECLARATIONS, otherwise);
    Written { text, bases: Texts::new() }
}

/// A policy of one file with many rules.
pub fn crowd(choices: &mut Choices) -> String {
    let mut writer = Writer::new(choices, "");
    writer.declare();
    writer.rules(8, 150);
    writer.finish(DECLARATIONS, true)
}

/// A policy that extends another, which may extend the default policy.
pub fn extension(choices: &mut Choices) -> Written {
    let mut base = Writer::new(choices, "base_");
    base.declare();
    base.rules(2, 5);
    let on_default = base.choices.rarely(2);
    let (sets, constants, conditions) =
        (base.sets.clone(), base.constants.clone(), base.conditions.clone());
    let mut names: Vec<String> = base
        .rules
        .iter()
        .filter_map(|rule| Some(rule.strip_prefix("rule ")?.split([':', ' ']).next()?.to_owned()))
        .collect();
    let head = if on_default { "extends default\n" } else { "" };
    let base = base.finish(&format!("{head}{DECLARATIONS}"), true);
    if on_default {
        names.extend(["first_module", "handled", "retryable", "review"].map(str::to_owned));
    }

    let mut child = Writer::new(choices, "");
    child.sets.clone_from(&sets);
    child.constants = constants;
    child.conditions = conditions;
    child.declare();
    child.edit(&names, &sets);
    child.rules(0, 4);
    let otherwise = child.choices.rarely(2);
    let text = child.finish("extends \"base.policy\"\n", otherwise);
    Written { text, bases: Texts::from([("base.policy".to_owned(), base)]) }
}

impl<'c> Writer<'c> {
    fn new(choices: &'c mut Choices, prefix: &'static str) -> Self {
        Writer {
            choices,
            facts: facts(),
            prefix,
            declarations: Vec::new(),
            conditions: vec!["no_handler".to_owned()],
            sets: Vec::new(),
            constants: Vec::new(),
            rules: Vec::new(),
        }
    }

    fn finish(mut self, head: &str, otherwise: bool) -> String {
        if otherwise {
            let decision = self.decision();
            let at = self.choices.below(self.rules.len() + 1);
            let at = self.rules.len() - at;
            self.rules.insert(at, format!("otherwise => {decision}"));
        }
        format!("{head}{}\n{}\n", self.declarations.join("\n"), self.rules.join("\n"))
    }

    // Declarations -------------------------------------------------------------------------------

    fn declare(&mut self) {
        for at in 0..self.choices.below(7) {
            let declaration = match self.choices.below(5) {
                0 => self.named_condition(at),
                1 | 2 => self.named_set(at),
                3 => self.named_constant(at),
                _ => self.named_range(at),
            };
            self.declarations.push(declaration);
        }
    }

    fn named_condition(&mut self, at: usize) -> String {
        let name = format!("{}is{at}", self.prefix);
        let condition = if self.choices.rarely(4) { self.bare() } else { self.condition(2) };
        self.conditions.push(name.clone());
        format!("let {name} = {condition}")
    }

    fn named_set(&mut self, at: usize) -> String {
        let (fact, list) = self.list_of_any();
        let name = format!("{}set{at}", self.prefix);
        self.sets.push((name.clone(), fact));
        format!("let {name} = {list}")
    }

    fn named_constant(&mut self, at: usize) -> String {
        let fact = self.choices.below(self.facts.len());
        let constant = self.constant(fact);
        let name = format!("{}one{at}", self.prefix);
        self.constants.push((name.clone(), fact));
        format!("let {name} = {constant}")
    }

    fn named_range(&mut self, at: usize) -> String {
        let fact = self.ordered();
        let range = self.range(fact);
        let name = format!("{}range{at}", self.prefix);
        self.sets.push((name.clone(), fact));
        format!("let {name} = {range}")
    }

    // Values -------------------------------------------------------------------------------------

    fn ordered(&mut self) -> usize {
        let ordered: Vec<usize> = (0..self.facts.len())
            .filter(|&at| matches!(self.facts[at].kind, Kind::Numbers(_)))
            .collect();
        ordered[self.choices.below(ordered.len())]
    }

    /// A value of a fact, written out.
    fn literal(&mut self, fact: usize) -> String {
        match &self.facts[fact].kind {
            Kind::Bool => self.choices.one(&["true", "false"]).to_owned(),
            Kind::Text => quoted(self.choices.one(TEXTS)),
            Kind::Numbers(values) => values[self.choices.below(values.len())].0.clone(),
            Kind::Names { written, .. } => written[self.choices.below(written.len())].to_owned(),
        }
    }

    /// A value of a fact, written out or by a name.
    fn constant(&mut self, fact: usize) -> String {
        let named: Vec<&String> =
            self.constants.iter().filter(|(_, of)| *of == fact).map(|(name, _)| name).collect();
        if !named.is_empty() && self.choices.rarely(3) {
            return named[self.choices.below(named.len())].clone();
        }
        self.literal(fact)
    }

    fn range(&mut self, fact: usize) -> String {
        let Kind::Numbers(values) = &self.facts[fact].kind else { return self.literal(fact) };
        let (a, b) = (self.choices.below(values.len()), self.choices.below(values.len()));
        let (low, high) = (&values[a.min(b)].0, &values[a.max(b)].0);
        match self.choices.below(3) {
            0 => format!("{low}..{high}"),
            1 => format!("{low}.."),
            _ => format!("..{high}"),
        }
    }

    fn list(&mut self, fact: usize) -> String {
        let ordered = matches!(self.facts[fact].kind, Kind::Numbers(_));
        let sets: Vec<String> =
            self.sets.iter().filter(|(_, of)| *of == fact).map(|(name, _)| name.clone()).collect();
        let count = 1 + self.choices.below(4);
        let elements: Vec<String> = (0..count)
            .map(|_| match self.choices.below(4) {
                2 if ordered => self.range(fact),
                3 if !sets.is_empty() => sets[self.choices.below(sets.len())].clone(),
                _ => self.constant(fact),
            })
            .collect();
        let comma = if self.choices.rarely(5) { "," } else { "" };
        format!("[{}{comma}]", elements.join(", "))
    }

    fn list_of_any(&mut self) -> (usize, String) {
        let fact = self.choices.below(self.facts.len());
        let fact = if self.facts[fact].kind == Kind::Bool { 0 } else { fact };
        (fact, self.list(fact))
    }

    // Conditions ---------------------------------------------------------------------------------

    fn condition(&mut self, depth: usize) -> String {
        if depth == 0 {
            return self.atom();
        }
        match self.choices.below(6) {
            0 | 1 => self.atom(),
            2 => self.negation(depth),
            3 | 4 => self.chain(depth, "and"),
            _ => self.chain(depth, "or"),
        }
    }

    fn negation(&mut self, depth: usize) -> String {
        match self.choices.below(3) {
            0 => format!("not {}", self.atom()),
            1 => format!("not ({})", self.condition(depth - 1)),
            _ => format!("not not ({})", self.condition(depth - 1)),
        }
    }

    fn chain(&mut self, depth: usize, word: &str) -> String {
        let clauses = self.choices.some(0, 1, |_| String::new()).len() + 2;
        let clauses: Vec<String> = (0..clauses).map(|_| self.clause(depth - 1)).collect();
        clauses.join(&format!(" {word} "))
    }

    fn clause(&mut self, depth: usize) -> String {
        if depth == 0 || self.choices.below(3) == 0 {
            self.atom()
        } else {
            format!("({})", self.condition(depth))
        }
    }

    /// Something that is a condition by itself.
    fn bare(&mut self) -> String {
        let named = self.conditions.len();
        let bools: Vec<&str> = self
            .facts
            .iter()
            .filter(|fact| fact.kind == Kind::Bool)
            .map(|fact| fact.name)
            .collect();
        let at = self.choices.below(named + bools.len());
        if at < bools.len() {
            bools[at].to_owned()
        } else {
            self.conditions[at - bools.len()].clone()
        }
    }

    fn atom(&mut self) -> String {
        let fact = self.choices.below(self.facts.len() + 3);
        if fact >= self.facts.len() {
            return self.bare();
        }
        let name = self.facts[fact].name;
        if self.facts[fact].optional && self.choices.rarely(5) {
            return format!("{name} is {}", self.choices.one(&["absent", "present"]));
        }
        match self.facts[fact].kind {
            Kind::Bool => self.bool_atom(fact),
            Kind::Text => self.text_atom(fact),
            Kind::Numbers(_) => self.number_atom(fact),
            Kind::Names { .. } => self.name_atom(fact),
        }
    }

    fn bool_atom(&mut self, fact: usize) -> String {
        let name = self.facts[fact].name;
        match self.choices.below(3) {
            0 => name.to_owned(),
            1 => format!("{name} == {}", self.constant(fact)),
            _ => format!("{name} != {}", self.constant(fact)),
        }
    }

    fn text_atom(&mut self, fact: usize) -> String {
        let name = self.facts[fact].name;
        match self.choices.below(4) {
            0 => self.equality(fact),
            1 => self.membership(fact),
            _ => format!("{name} {}", self.choices.one(PATTERNS)),
        }
    }

    fn number_atom(&mut self, fact: usize) -> String {
        let name = self.facts[fact].name;
        match self.choices.below(5) {
            0 => self.equality(fact),
            1 => self.membership(fact),
            2 => format!("{name} {} {}", self.choices.one(&["in", "not in"]), self.range(fact)),
            _ => format!(
                "{name} {} {}",
                self.choices.one(&["<", "<=", ">", ">="]),
                self.constant(fact)
            ),
        }
    }

    fn name_atom(&mut self, fact: usize) -> String {
        let name = self.facts[fact].name;
        match self.choices.below(3) {
            0 => self.equality(fact),
            1 => self.membership(fact),
            _ => format!("{name} is {}", self.literal(fact)),
        }
    }

    fn equality(&mut self, fact: usize) -> String {
        let name = self.facts[fact].name;
        format!("{name} {} {}", self.choices.one(&["==", "!="]), self.constant(fact))
    }

    fn membership(&mut self, fact: usize) -> String {
        let (name, word) = (self.facts[fact].name, self.choices.one(&["in", "not in"]));
        let sets: Vec<String> =
            self.sets.iter().filter(|(_, of)| *of == fact).map(|(name, _)| name.clone()).collect();
        if !sets.is_empty() && self.choices.rarely(2) {
            return format!("{name} {word} {}", sets[self.choices.below(sets.len())]);
        }
        format!("{name} {word} {}", self.list(fact))
    }

    // Rules --------------------------------------------------------------------------------------

    fn rules(&mut self, least: usize, most: usize) {
        let count = least + self.choices.below(most - least + 1);
        for at in 0..count {
            let head = if self.choices.below(3) == 2 {
                String::new()
            } else {
                format!("rule {}r{at}: ", self.prefix)
            };
            let body = self.body();
            self.rules.push(format!("{head}{body}"));
        }
    }

    fn body(&mut self) -> String {
        let condition = self.condition(3);
        format!("when {condition} => {}", self.decision())
    }

    fn decision(&mut self) -> String {
        let outcome = self.choices.one(OUTCOMES);
        let mut labels = Vec::new();
        for key in ["owner", "notify", "when", "limit"] {
            if self.choices.rarely(4) {
                let value =
                    self.choices.one(&["\"ledger\"", "true", "3", "-1", "90m", "\"\"", "first"]);
                labels.push(format!("{key}: {value}"));
            }
        }
        if labels.is_empty() {
            outcome.to_owned()
        } else {
            format!("{outcome} with {}", labels.join(", "))
        }
    }

    /// Rules that between them leave nothing over, most of the time.
    fn close(&mut self) {
        let fact = self.choices.below(self.facts.len());
        let (name, optional) = (self.facts[fact].name, self.facts[fact].optional);
        let tests = match &self.facts[fact].kind {
            Kind::Bool => [name.to_owned(), format!("not {name}")],
            Kind::Numbers(_) => {
                let constant = self.constant(fact);
                [format!("{name} <= {constant}"), format!("{name} > {constant}")]
            }
            Kind::Names { .. } | Kind::Text => {
                let list = self.list(fact);
                [format!("{name} in {list}"), format!("{name} not in {list}")]
            }
        };
        if optional && !self.choices.rarely(4) {
            let decision = self.decision();
            self.rules.push(format!("when {name} is absent => {decision}"));
        }
        for test in tests {
            if !self.choices.rarely(8) {
                let decision = self.decision();
                self.rules.push(format!("when {test} => {decision}"));
            }
        }
    }

    /// Edits of a base that has rules and sets of these names.
    fn edit(&mut self, names: &[String], sets: &[(String, usize)]) {
        let mut anchors = Vec::new();
        for name in names {
            match self.choices.below(5) {
                1 => self.rules.push(format!("disable {name}")),
                2 => {
                    let body = self.body();
                    self.rules.push(format!("replace {name}: {body}"));
                    anchors.push(name);
                }
                _ => anchors.push(name),
            }
        }
        for at in 0..self.choices.below(4).min(anchors.len() * 3) {
            let anchor = anchors[self.choices.below(anchors.len())];
            let side = self.choices.one(&["before", "after"]);
            let body = self.body();
            self.rules.push(format!("rule placed{at} {side} {anchor}: {body}"));
        }
        for (name, fact) in sets.iter().filter(|(name, _)| name.starts_with("base_set")) {
            if self.choices.rarely(2) {
                let operator = self.choices.one(&["+=", "-="]);
                let element = self.literal(*fact);
                self.declarations.push(format!("let {name} {operator} [{element}]"));
            }
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}

/// An event with a value, or none, for each fact.
pub fn event(choices: &mut Choices) -> Event {
    let mut event = Event::new();
    for fact in facts() {
        if fact.may_lack && choices.below(2) == 0 {
            if choices.rarely(4) {
                event.insert(fact.name.to_owned(), Json::Null);
            }
            continue;
        }
        let value = match &fact.kind {
            Kind::Bool => Json::from(choices.below(2) == 1),
            Kind::Text => Json::from(choices.one(TEXTS)),
            Kind::Numbers(values) => values[choices.below(values.len())].1.clone(),
            Kind::Names { given, .. } => Json::from(given[choices.below(given.len())]),
        };
        event.insert(fact.name.to_owned(), value);
    }
    event
}

// Small worlds -----------------------------------------------------------------------------------

/// A vocabulary so small that all its events can be counted out.
pub const SMALL_VOCABULARY: &str = "enum E { a, b, c is b }
enum O open { x, y is x }
fact p: bool
fact q: bool ?
fact n: int 1..3
fact k: int 0..1 ?
fact e: E ?
fact o: O
outcome stop
outcome fail
";

/// All events of the [`SMALL_VOCABULARY`], one for each class where there are endlessly many.
pub fn small_events() -> Vec<Event> {
    let worlds: [(&str, Vec<Json>); 6] = [
        ("p", vec![true.into(), false.into()]),
        ("q", vec![Json::Null, true.into(), false.into()]),
        ("n", vec![1.into(), 2.into(), 3.into()]),
        ("k", vec![Json::Null, 0.into(), 1.into()]),
        ("e", vec![Json::Null, "a".into(), "b".into(), "c".into()]),
        ("o", vec!["x".into(), "y".into(), "other".into()]),
    ];
    worlds.iter().fold(vec![Event::new()], |events, (name, values)| {
        let with = |event: &Event, value: &Json| {
            let mut event = event.clone();
            event.insert((*name).to_owned(), value.clone());
            event
        };
        events.iter().flat_map(|event| values.iter().map(move |value| with(event, value))).collect()
    })
}

/// Rules over the [`SMALL_VOCABULARY`], one a line.
pub fn small_policy(choices: &mut Choices) -> String {
    let count = 1 + choices.below(7);
    let mut text = String::new();
    for _ in 0..count {
        let condition = small_condition(choices, 3);
        text.push_str(&format!("when {condition} => {}\n", choices.one(&["stop", "fail"])));
    }
    if choices.rarely(3) {
        text.push_str("otherwise => fail\n");
    }
    text
}

fn small_condition(choices: &mut Choices, depth: usize) -> String {
    const ATOMS: &[&str] = &[
        "p",
        "q",
        "n == 1",
        "n in 2..",
        "n != 3",
        "n in [1, 3]",
        "k == 0",
        "k < 1",
        "k >= 1",
        "e == a",
        "e is b",
        "e in [a, c]",
        "e != b",
        "o == x",
        "o is x",
        "o != y",
        "o not in [x, y]",
        "q is absent",
        "k is present",
        "e is absent",
        "not p",
        "not q",
        "not e is b",
    ];
    if depth == 0 {
        return choices.one(ATOMS).to_owned();
    }
    match choices.below(5) {
        0 | 1 => choices.one(ATOMS).to_owned(),
        2 => format!("not ({})", small_condition(choices, depth - 1)),
        word => {
            let word = if word == 3 { " and " } else { " or " };
            let clauses: Vec<String> = (0..2 + choices.below(2))
                .map(|_| format!("({})", small_condition(choices, depth - 1)))
                .collect();
            clauses.join(word)
        }
    }
}
