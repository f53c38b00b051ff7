//! The language a second time: a slow and simple reading of the contract, to hold the library against.
//!
//! It works on the tree as it was written. Every name is looked up as text each time it is met, nothing is
//! worked out beforehand, and nothing but the parser is shared with the library. It expects policies that load.

#![allow(clippy::unwrap_used, clippy::panic, reason = "it is given policies that load")]

use std::collections::BTreeMap;

use redress::ast::{
    Ast, Chain, Comparator, Condition, Connective, Constant, DecisionExpression, DeclarationKind,
    Element, FactDeclaration, FileReference, LetDeclaration, LetOperator, LetValue, List,
    LiteralValue, MemberDeclaration, Name, OtherwiseDeclaration, Predicate, Range, RuleDeclaration,
    SetExpression, Side, Test, TextTest,
};
use redress::source::Source;
use redress::{PACKS, POLICIES, Parsed, VOCABULARY};
use serde_json::Value as Json;

/// An event as it comes: facts by name.
pub type Event = BTreeMap<String, Json>;

/// The text of files by the names under which policies name them.
pub type Texts = BTreeMap<String, String>;

/// What a policy answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The rule's name; `otherwise` for the last word.
    pub rule: Option<String>,
    /// `FILE:LINE` of the keyword.
    pub at: String,
    /// The outcome's name and variant.
    pub display: String,
    /// As JSON has them.
    pub labels: BTreeMap<String, Json>,
}

/// A value of a fact.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Bool(bool),
    /// An integer, milliseconds or bytes.
    Number(i64),
    /// A member in its right spelling, or what an open enum does not know.
    Name(String),
    Text(String),
}

/// A policy with its bases and its vocabulary, as trees.
pub struct Naive {
    /// The packs' names stand beside their trees.
    files: Vec<(Option<String>, Parsed)>,
    /// How many of the files, the last ones, are policies; the base comes first.
    policies: usize,
}

impl Naive {
    /// A policy whose bases, packs and vocabulary are bundled, or lie in `texts`.
    pub fn read(name: &str, text: &str, texts: &Texts) -> Naive {
        let mut policies = vec![redress::parse(name, text)];
        while let Some(base) = policies.last().and_then(|policy| extends(&policy.ast)) {
            policies.push(open(&base, POLICIES, texts));
        }
        policies.reverse();
        let mut files = vec![(None, vocabulary(&policies[0].ast, texts))];
        for policy in &policies {
            for pack in packs(&policy.ast) {
                let name = pack.name().text.trim_end_matches(".policy").to_owned();
                if !files.iter().any(|(known, _)| known.as_deref() == Some(name.as_str())) {
                    files.push((Some(name), open(&pack, PACKS, texts)));
                }
            }
        }
        let count = policies.len();
        files.extend(policies.into_iter().map(|policy| (None, policy)));
        Naive { files, policies: count }
    }

    /// What the first rule answers that certainly holds; nothing if there is none.
    pub fn decide(&self, event: &Event) -> Option<Answer> {
        let rules = self.rules();
        let rule = rules.into_iter().find(|rule| match rule.condition {
            Some(condition) => self.truth(condition, event) == Some(true),
            None => true,
        });
        rule.map(|rule| self.answer(&rule))
    }

    /// Whether the condition of the rule that stands on this line of the outermost file certainly holds.
    pub fn holds(&self, at: &str, event: &Event) -> bool {
        let rule = self.rules().into_iter().find(|rule| rule.at == at);
        let condition = rule.and_then(|rule| rule.condition);
        condition.is_some_and(|condition| self.truth(condition, event) == Some(true))
    }

    /// The places of all rules but `otherwise`, in order.
    pub fn places(&self) -> Vec<String> {
        let rules = self.rules().into_iter();
        rules.filter(|rule| rule.condition.is_some()).map(|rule| rule.at).collect()
    }

    // Names --------------------------------------------------------------------------------------

    fn declarations(&self) -> impl DoubleEndedIterator<Item = (Option<&str>, &DeclarationKind)> {
        self.files.iter().flat_map(|(pack, file)| {
            file.ast.declarations.iter().map(move |one| (pack.as_deref(), &one.kind))
        })
    }

    fn fact(&self, name: &str) -> Option<&FactDeclaration> {
        self.declarations().find_map(|(_, kind)| match kind {
            DeclarationKind::Fact(fact) if fact.name.text == name => Some(fact),
            _ => None,
        })
    }

    fn lets(&self, name: &str) -> impl Iterator<Item = &LetDeclaration> {
        self.declarations().filter_map(move |(pack, kind)| match kind {
            DeclarationKind::Let(one) => {
                let full = pack.map(|pack| format!("{pack}.{}", one.name));
                (one.name.text == name || full.as_deref() == Some(name)).then_some(one)
            }
            _ => None,
        })
    }

    /// What a `let` stands for, changes left out.
    fn let_value(&self, name: &str) -> Option<&LetValue> {
        self.lets(name).find(|one| one.operator == LetOperator::Define).map(|one| &one.value)
    }

    fn members(&self, of: &str) -> impl Iterator<Item = &MemberDeclaration> {
        self.declarations().flat_map(move |(_, kind)| match kind {
            DeclarationKind::Enum(one) if one.name.text == of => &one.members[..],
            _ => &[],
        })
    }

    /// The right spelling of a name in an enum, or the name itself.
    fn spell(&self, of: &str, name: &str) -> String {
        let mut members = self.members(of);
        let spelt = members.find(|member| {
            member.name.text == name || member.spellings.iter().any(|one| one.text == name)
        });
        spelt.map_or(name, |member| &member.name.text).to_owned()
    }

    // Values -------------------------------------------------------------------------------------

    /// What the event says of a fact; nothing where it is absent.
    fn value(&self, fact: &FactDeclaration, event: &Event) -> Option<Value> {
        let kind = &fact.form.type_name.text;
        match event.get(&fact.name.text) {
            None | Some(Json::Null) => {
                fact.form.default.as_ref().map(|default| self.constant(kind, default))
            }
            Some(Json::Bool(value)) => Some(Value::Bool(*value)),
            Some(Json::Number(number)) => {
                Some(Value::Number(number.as_i64().unwrap_or_else(|| minus_zero(number))))
            }
            Some(Json::String(text)) => Some(match kind.as_str() {
                "text" => Value::Text(text.clone()),
                "duration" | "size" => Value::Number(quantity(text)),
                _ => Value::Name(self.spell(kind, text)),
            }),
            Some(other) => panic!("{other} is no value of a fact"),
        }
    }

    /// A literal, or what a name stands for where a value of this type is wanted.
    fn constant(&self, kind: &str, constant: &Constant) -> Value {
        match constant {
            Constant::Literal(literal) => match &literal.value {
                LiteralValue::Bool(value) => Value::Bool(*value),
                LiteralValue::Int(value) => Value::Number(*value),
                LiteralValue::Duration(duration) => Value::Number(quantity(&duration.to_string())),
                LiteralValue::Size(size) => Value::Number(quantity(&size.to_string())),
                // A member whose name is no identifier is written in quotes.
                LiteralValue::Text(text) if kind != "text" => Value::Name(self.spell(kind, text)),
                LiteralValue::Text(text) => Value::Text(text.clone()),
                LiteralValue::Percentage(_) | LiteralValue::Wrong => panic!("no value of a fact"),
            },
            Constant::Name(name) => match self.let_value(&name.text) {
                Some(LetValue::Constant(inner)) => self.constant(kind, inner),
                Some(_) => panic!("`{name}` is no constant"),
                None => Value::Name(self.spell(kind, &name.text)),
            },
        }
    }

    fn number(&self, constant: &Constant) -> i64 {
        match self.constant("int", constant) {
            Value::Number(number) => number,
            other => panic!("{other:?} is no number"),
        }
    }

    // Sets ---------------------------------------------------------------------------------------

    fn in_range(&self, value: &Value, range: &Range) -> bool {
        let Value::Number(value) = value else { panic!("{value:?} has no order") };
        range.low.as_ref().is_none_or(|low| self.number(low) <= *value)
            && range.high.as_ref().is_none_or(|high| *value <= self.number(high))
    }

    fn in_list(&self, kind: &str, value: &Value, list: &List) -> bool {
        list.elements.iter().any(|element| match element {
            Element::Range(range) => self.in_range(value, range),
            Element::Constant(constant) => self.in_constant(kind, value, constant),
        })
    }

    /// Whether the value is the constant, or in the set that it names.
    fn in_constant(&self, kind: &str, value: &Value, constant: &Constant) -> bool {
        let Constant::Name(name) = constant else { return self.constant(kind, constant) == *value };
        match self.let_value(&name.text) {
            Some(LetValue::List(_)) => self.in_named_list(kind, value, &name.text),
            Some(LetValue::Range(range)) => self.in_range(value, range),
            Some(LetValue::Constant(inner)) => self.in_constant(kind, value, inner),
            _ => self.constant(kind, constant) == *value,
        }
    }

    /// The definition first, then what each file adds and takes away, the base's first.
    fn in_named_list(&self, kind: &str, value: &Value, name: &str) -> bool {
        let mut inside = false;
        for one in self.lets(name) {
            let LetValue::List(list) = &one.value else { panic!("`{name}` is no list") };
            let listed = self.in_list(kind, value, list);
            inside = match one.operator {
                LetOperator::Define => listed,
                LetOperator::Grow => inside || listed,
                LetOperator::Shrink => inside && !listed,
            };
        }
        inside
    }

    // Conditions ---------------------------------------------------------------------------------

    /// Yes, no, or nothing where it is not known.
    fn truth(&self, condition: &Condition, event: &Event) -> Option<bool> {
        match condition {
            Condition::Chain(chain) => self.chain(chain, event),
            Condition::Not { inner, .. } => self.truth(inner, event).map(|truth| !truth),
            Condition::Group { inner, .. } => self.truth(inner, event),
            Condition::Test(test) => self.test(test, event),
        }
    }

    fn chain(&self, chain: &Chain, event: &Event) -> Option<bool> {
        let mut truths = vec![self.truth(&chain.first, event)];
        truths.extend(chain.rest.iter().map(|link| self.truth(&link.clause, event)));
        let decisive = chain.rest[0].connective == Connective::Or;
        if truths.contains(&Some(decisive)) {
            Some(decisive)
        } else if truths.contains(&None) {
            None
        } else {
            Some(!decisive)
        }
    }

    /// What a name that stands alone says.
    fn named(&self, name: &Name, event: &Event) -> Option<bool> {
        match self.let_value(&name.text) {
            Some(LetValue::Condition(condition)) => self.truth(condition, event),
            Some(LetValue::Constant(Constant::Name(inner))) => self.named(inner, event),
            Some(_) => panic!("`{name}` is no condition"),
            None => match self.value(self.fact(&name.text).unwrap(), event)? {
                Value::Bool(value) => Some(value),
                other => panic!("{other:?} is no condition"),
            },
        }
    }

    fn test(&self, test: &Test, event: &Event) -> Option<bool> {
        if test.predicate == Predicate::Holds {
            return self.named(&test.subject, event);
        }
        let fact = self.fact(&test.subject.text).unwrap();
        let kind = &fact.form.type_name.text;
        let value = self.value(fact, event);
        match &test.predicate {
            Predicate::Absent => Some(value.is_none()),
            Predicate::Present => Some(value.is_some()),
            Predicate::Holds => unreachable!(),
            Predicate::Compare { comparator, constant, .. } => {
                Some(compare(&value?, *comparator, &self.constant(kind, constant)))
            }
            Predicate::In { negated, set } => Some(self.in_set(kind, &value?, set) != *negated),
            Predicate::Is(name) => Some(self.is_kind_of(kind, &value?, &name.text)),
            Predicate::Text { test, constant } => match (value?, self.constant(kind, constant)) {
                (Value::Text(text), Value::Text(sought)) => Some(text_test(*test, &text, &sought)),
                other => panic!("{other:?} are no texts"),
            },
        }
    }

    fn in_set(&self, kind: &str, value: &Value, set: &SetExpression) -> bool {
        match set {
            SetExpression::List(list) => self.in_list(kind, value, list),
            SetExpression::Range(range) => self.in_range(value, range),
            SetExpression::Constant(constant) => self.in_constant(kind, value, constant),
        }
    }

    fn is_kind_of(&self, kind: &str, value: &Value, ancestor: &str) -> bool {
        let Value::Name(name) = value else { panic!("{value:?} is no name") };
        let ancestor = match self.let_value(ancestor) {
            Some(LetValue::Constant(constant)) => self.constant(kind, constant),
            _ => Value::Name(self.spell(kind, ancestor)),
        };
        if Value::Name(name.clone()) == ancestor {
            return true;
        }
        let Value::Name(ancestor) = ancestor else { panic!("{ancestor:?} is no name") };
        let parents = self.members(kind).filter(|member| member.name.text == *name);
        let mut parents = parents.filter_map(|member| member.parent.as_ref());
        parents.any(|parent| {
            self.is_kind_of(kind, &Value::Name(self.spell(kind, &parent.text)), &ancestor)
        })
    }

    // Rules --------------------------------------------------------------------------------------

    /// The rules in the order in which they are asked.
    fn rules(&self) -> Vec<Rule<'_>> {
        let mut places: Vec<Place<'_>> = Vec::new();
        let mut otherwise = None;
        for (_, file) in &self.files[self.files.len() - self.policies..] {
            otherwise = last_word(file).or(otherwise);
            places = extended(places, file);
        }
        let mut rules = Vec::new();
        places.into_iter().for_each(|place| place.gather(&mut rules));
        rules.extend(otherwise);
        rules
    }

    fn answer(&self, rule: &Rule<'_>) -> Answer {
        let call = &rule.decision.outcome;
        let variant = call.arguments.iter().find(|argument| argument.key.is_none());
        let display = match variant.map(|argument| &argument.value) {
            Some(redress::ast::ArgumentValue::Constant(Constant::Name(word))) => {
                format!("{}({word})", call.name)
            }
            _ => call.name.text.clone(),
        };
        let labels = rule.decision.labels.iter();
        let labels = labels.map(|label| (label.key.text.clone(), self.label(&label.value)));
        Answer { rule: rule.name.clone(), at: rule.at.clone(), display, labels: labels.collect() }
    }

    fn label(&self, constant: &Constant) -> Json {
        match constant {
            Constant::Literal(literal) => literal_as_json(&literal.value),
            Constant::Name(name) => match self.let_value(&name.text) {
                Some(LetValue::Constant(inner)) => self.label(inner),
                _ => panic!("`{name}` is no label"),
            },
        }
    }
}

// Files ------------------------------------------------------------------------------------------

fn find<T>(ast: &Ast, pick: impl Fn(&DeclarationKind) -> Option<T>) -> Option<T> {
    ast.declarations.iter().find_map(|declaration| pick(&declaration.kind))
}

fn extends(ast: &Ast) -> Option<FileReference> {
    find(ast, |kind| match kind {
        DeclarationKind::Extends(base) => Some(base.clone()),
        _ => None,
    })
}

fn packs(ast: &Ast) -> Vec<FileReference> {
    let packs = find(ast, |kind| match kind {
        DeclarationKind::Use(packs) => Some(packs.clone()),
        _ => None,
    });
    packs.unwrap_or_default()
}

fn vocabulary(base: &Ast, texts: &Texts) -> Parsed {
    let named = find(base, |kind| match kind {
        DeclarationKind::Vocabulary(file) => Some(file.clone()),
        _ => None,
    });
    match named {
        Some(file) => open(&file, &[VOCABULARY], texts),
        None => redress::parse(VOCABULARY.file, VOCABULARY.text),
    }
}

fn open(file: &FileReference, bundled: &[redress::BundledFile], texts: &Texts) -> Parsed {
    match file {
        FileReference::Bundled(name) => {
            let file = bundled.iter().find(|file| file.name == name.text).unwrap();
            redress::parse(file.file, file.text)
        }
        FileReference::Path(path) => redress::parse(&path.text, &texts[&path.text]),
    }
}

// Rules ------------------------------------------------------------------------------------------

/// A rule as it takes part.
#[derive(Clone)]
struct Rule<'a> {
    name: Option<String>,
    at: String,
    /// None for `otherwise`.
    condition: Option<&'a Condition>,
    decision: &'a DecisionExpression,
}

/// Where a rule stands, or stood before it was disabled, with what is put right before and after it.
struct Place<'a> {
    rule: Option<Rule<'a>>,
    before: Vec<Place<'a>>,
    after: Vec<Place<'a>>,
}

impl<'a> Place<'a> {
    fn of(rule: Rule<'a>) -> Self {
        Place { rule: Some(rule), before: Vec::new(), after: Vec::new() }
    }

    fn gather(self, rules: &mut Vec<Rule<'a>>) {
        self.before.into_iter().for_each(|place| place.gather(rules));
        rules.extend(self.rule);
        self.after.into_iter().for_each(|place| place.gather(rules));
    }

    /// The place of the rule with this name, here or at what hangs here.
    fn find(&mut self, name: &str) -> Option<&mut Place<'a>> {
        if self.rule.as_ref().is_some_and(|rule| rule.name.as_deref() == Some(name)) {
            return Some(self);
        }
        self.before.iter_mut().chain(&mut self.after).find_map(|place| place.find(name))
    }
}

fn at(source: &Source, offset: u32) -> String {
    let line = source.text()[..offset as usize].matches('\n').count() + 1;
    format!("{}:{line}", source.name())
}

fn rule<'a>(file: &'a Parsed, declared: &'a RuleDeclaration) -> Rule<'a> {
    Rule {
        name: declared.name.as_ref().map(|name| name.text.clone()),
        at: at(file.sources.file(file.ast.file), declared.keyword.start),
        condition: Some(&declared.condition),
        decision: &declared.decision,
    }
}

fn last_word(file: &Parsed) -> Option<Rule<'_>> {
    file.ast.declarations.iter().find_map(|declaration| match &declaration.kind {
        DeclarationKind::Otherwise(OtherwiseDeclaration { keyword, decision, .. }) => Some(Rule {
            name: Some("otherwise".to_owned()),
            at: at(file.sources.file(file.ast.file), keyword.start),
            condition: None,
            decision,
        }),
        _ => None,
    })
}

/// The base's places with what a file that extends it says.
fn extended<'a>(mut base: Vec<Place<'a>>, file: &'a Parsed) -> Vec<Place<'a>> {
    let mut front = Vec::new();
    let mut anchored: Vec<(&str, Side, Vec<Place<'a>>)> = Vec::new();
    for declaration in &file.ast.declarations {
        match &declaration.kind {
            DeclarationKind::Disable(name) => found(&mut base, &name.text).rule = None,
            DeclarationKind::Replace(declared) => {
                let name = &declared.name.as_ref().unwrap().text;
                found(&mut base, name).rule = Some(rule(file, declared));
            }
            DeclarationKind::Rule(declared) => {
                let place = Place::of(rule(file, declared));
                let Some(placement) = &declared.placement else {
                    front.push(place);
                    continue;
                };
                let anchor = placement.anchor.text.as_str();
                match anchored.iter_mut().find(|(a, s, _)| *a == anchor && *s == placement.side) {
                    Some((_, _, places)) => places.push(place),
                    None => anchored.push((anchor, placement.side, vec![place])),
                }
            }
            _ => {}
        }
    }
    for (anchor, side, mut places) in anchored {
        let anchor = found(&mut base, anchor);
        let there = if side == Side::Before { &mut anchor.before } else { &mut anchor.after };
        places.append(there);
        *there = places;
    }
    front.append(&mut base);
    front
}

fn found<'p, 'a>(places: &'p mut [Place<'a>], name: &str) -> &'p mut Place<'a> {
    places.iter_mut().find_map(|place| place.find(name)).unwrap()
}

// Tests ------------------------------------------------------------------------------------------

fn compare(value: &Value, comparator: Comparator, constant: &Value) -> bool {
    let ordered = || match (value, constant) {
        (Value::Number(value), Value::Number(constant)) => value.cmp(constant),
        other => panic!("{other:?} have no order"),
    };
    match comparator {
        Comparator::Equal => value == constant,
        Comparator::NotEqual => value != constant,
        Comparator::Less => ordered().is_lt(),
        Comparator::LessOrEqual => ordered().is_le(),
        Comparator::Greater => ordered().is_gt(),
        Comparator::GreaterOrEqual => ordered().is_ge(),
    }
}

fn text_test(test: TextTest, text: &str, sought: &str) -> bool {
    match test {
        TextTest::Contains => text.contains(sought),
        TextTest::StartsWith => text.starts_with(sought),
        TextTest::EndsWith => text.ends_with(sought),
        TextTest::Like => like(text, sought),
        TextTest::Matches => regex::Regex::new(sought).unwrap().is_match(text),
    }
}

/// Whether the whole text is like the pattern, `*` standing for anything.
fn like(text: &str, pattern: &str) -> bool {
    let Some(wanted) = pattern.chars().next() else { return text.is_empty() };
    let rest = &pattern[wanted.len_utf8()..];
    if wanted == '*' {
        return text.char_indices().any(|(at, _)| like(&text[at..], rest)) || like("", rest);
    }
    text.strip_prefix(wanted).is_some_and(|text| like(text, rest))
}

/// Milliseconds or bytes.
fn quantity(text: &str) -> i64 {
    let digits = text.chars().take_while(char::is_ascii_digit).count();
    let unit = match &text[digits..] {
        "ms" | "B" => 1,
        "s" | "kB" => 1_000,
        "m" => 60 * 1_000,
        "h" => 60 * 60 * 1_000,
        "d" => 24 * 60 * 60 * 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        "GiB" => 1024 * 1024 * 1024,
        "TiB" => 1024 * 1024 * 1024 * 1024,
        other => panic!("`{other}` is no unit"),
    };
    text[..digits].parse::<i64>().unwrap() * unit
}

/// A literal as events and decisions show it in JSON.
pub fn literal_as_json(literal: &LiteralValue) -> Json {
    match literal {
        LiteralValue::Bool(value) => Json::from(*value),
        LiteralValue::Int(value) => Json::from(*value),
        LiteralValue::Duration(value) => Json::from(value.to_string()),
        LiteralValue::Size(value) => Json::from(value.to_string()),
        LiteralValue::Text(value) => Json::from(value.clone()),
        other => panic!("{other:?} is no value of a fact or label"),
    }
}

/// The one integer that `serde_json` takes for a float.
fn minus_zero(number: &serde_json::Number) -> i64 {
    assert_eq!(number.as_f64(), Some(0.0), "{number} is no integer");
    0
}
