//! One event out of many: a way through a diagram, written down.

use std::collections::HashMap;
use std::fmt;

use super::budget::TooComplex;
use super::classes::{Classes, Values};
use super::diagram::{Diagram, Node};
use super::prune::{Known, Pruner};
use super::space::{Space, Variable};
use super::text::fresh;
use super::written;
use crate::condition::Pattern;
use crate::decide::Value;
use crate::vocabulary::{Fact, FactId, Type, Vocabulary};

/// An event of a certain kind, in the fewest words: what may be left out and does not matter is left out.
///
/// It is written as behind `example`: `{ error: ConnectionError, module: 2 }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    facts: Vec<(String, String)>,
}

impl Witness {
    /// The facts in the order of the vocabulary, each with its value as a policy writes it.
    pub fn facts(&self) -> &[(String, String)] {
        &self.facts
    }
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entries: Vec<String> =
            self.facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        if entries.is_empty() {
            f.write_str("{}")
        } else {
            write!(f, "{{ {} }}", entries.join(", "))
        }
    }
}

/// An event for which the pruned diagram gives `number`, if there is one.
pub(crate) fn find<'s, 'a>(
    space: &'s Space<'a>,
    diagram: &mut Diagram,
    pruner: &mut Pruner<'s, 'a>,
    root: Node,
    number: u32,
) -> Result<Option<Witness>, TooComplex> {
    let mut finder =
        Finder { space, diagram, pruner, target: Node::number(number), leads: HashMap::new() };
    if !finder.leads(root)? {
        return Ok(None);
    }
    let chosen = finder.walk(root)?;
    let entries = space.vocabulary.facts().filter_map(|(id, fact)| {
        let value = match chosen.get(&id) {
            Some(value) => value.clone(),
            None => fact.is_required().then(|| any_value(space.vocabulary, fact)),
        };
        Some((fact.name.clone(), value?))
    });
    Ok(Some(Witness { facts: entries.collect() }))
}

struct Finder<'f, 's, 'a> {
    space: &'s Space<'a>,
    diagram: &'f mut Diagram,
    pruner: &'f mut Pruner<'s, 'a>,
    target: Node,
    /// Whether a way from the node leads to the target.
    leads: HashMap<Node, bool>,
}

impl Finder<'_, '_, '_> {
    fn leads(&mut self, node: Node) -> Result<bool, TooComplex> {
        if node == self.target || node.as_number().is_some() {
            return Ok(node == self.target);
        }
        if let Some(&leads) = self.leads.get(&node) {
            return Ok(leads);
        }
        self.diagram.budget.spend(1)?;
        let mut leads = false;
        for run in self.diagram.shared_runs(node).iter() {
            leads = leads || self.leads(run.child)?;
        }
        self.leads.insert(node, leads);
        Ok(leads)
    }

    /// Goes to the target and takes down the values of the facts on the way; none for those left out.
    fn walk(&mut self, root: Node) -> Result<HashMap<FactId, Option<String>>, TooComplex> {
        let space = self.space;
        let mut chosen = HashMap::new();
        let mut node = root;
        while let Some(variable) = space.variable(self.diagram.level(node)) {
            let classes = &space.facts[variable.position];
            let fact = space.vocabulary.fact(classes.fact);
            let left_out = self.follow(node, variable.position, unsaid(fact));
            let (next, value) = if !fact.is_required() && self.leads(left_out)? {
                (left_out, None)
            } else {
                let (next, value) = self.choose(node, variable.position)?;
                (next, Some(value))
            };
            chosen.insert(classes.fact, value);
            node = next;
        }
        Ok(chosen)
    }

    /// What is left to ask once the value of a fact is known.
    fn follow(&self, node: Node, position: usize, value: Value<'_>) -> Node {
        let classes = &self.space.facts[position];
        let mut node = node;
        while let Some(variable) =
            self.space.variable(self.diagram.level(node)).filter(|v| v.position == position)
        {
            let class = match variable.pattern {
                Some(pattern) => u32::from(!looks_like(classes.patterns[pattern], value)),
                None => classes.class_of(value),
            };
            node = self.diagram.child(node, class);
        }
        node
    }

    /// The first value that leads to the target.
    fn choose(&mut self, node: Node, position: usize) -> Result<(Node, String), TooComplex> {
        let classes = &self.space.facts[position];
        let asks_class = |variable: Variable| variable.pattern.is_none();
        let (mut next, mut class) = (node, classes.looked_into().unwrap_or(0));
        if self.space.variable(self.diagram.level(node)).is_some_and(asks_class) {
            for run in self.diagram.shared_runs(node).iter() {
                if self.leads(run.child)? {
                    (next, class) = (run.child, run.from);
                    break;
                }
            }
        }
        if Some(class) == classes.looked_into() {
            return self.look_inside(next, position);
        }
        Ok((next, value_of(self.space.vocabulary, classes, class)))
    }

    /// The first answers of patterns that lead to the target, and a text that has them given.
    fn look_inside(&mut self, node: Node, position: usize) -> Result<(Node, String), TooComplex> {
        let (mut node, mut known) = (node, None);
        while let Some(variable) =
            self.space.variable(self.diagram.level(node)).filter(|v| v.position == position)
        {
            // A pruned diagram always has an answer.
            (node, known) = self.answer(node, known, variable)?.ok_or(TooComplex)?;
        }
        Ok((node, written::quoted(&self.pruner.text(known, position))))
    }

    /// The first answer of a pattern that some text makes it give and that leads to the target.
    fn answer(
        &mut self,
        node: Node,
        known: Known,
        variable: Variable,
    ) -> Result<Option<(Node, Known)>, TooComplex> {
        for (class, wanted) in [(0, true), (1, false)] {
            let next = self.diagram.child(node, class);
            let learned = self.pruner.learn(known, variable, wanted, &mut self.diagram.budget)?;
            if learned.is_some() && self.leads(next)? {
                return Ok(Some((next, learned)));
            }
        }
        Ok(None)
    }
}

/// What a fact is where an event does not say.
fn unsaid(fact: &Fact) -> Value<'_> {
    fact.default.as_ref().map_or(Value::Absent, |default| default.value())
}

fn looks_like(pattern: &Pattern, value: Value<'_>) -> bool {
    matches!(value, Value::Text(text) if pattern.accepts(text))
}

/// A value of a class whose texts are not looked into.
fn value_of(vocabulary: &Vocabulary, classes: &Classes<'_>, class: u32) -> String {
    let kind = vocabulary.fact(classes.fact).kind;
    match (&classes.values, kind) {
        (Values::Bools, _) => (class == 0).to_string(),
        (Values::Numbers { .. }, _) => {
            let (low, high) = classes.interval((class, class));
            vocabulary.show_number(kind, 0.max(low).min(high)).to_string()
        }
        (Values::Members(groups), Type::Enum(id)) => match groups.classes[class as usize].first() {
            Some(&member) => written::name(&vocabulary.enum_type(id).members[member as usize].name),
            None => unknown_name(vocabulary, kind),
        },
        (Values::Texts { texts, groups }, _) => match groups.classes[class as usize].first() {
            Some(&text) => written::quoted(texts[text as usize]),
            None => {
                written::quoted(&fresh("something else", |text| texts.binary_search(&text).is_ok()))
            }
        },
        (Values::Members(_), _) => String::new(),
    }
}

/// A name that an open enum does not know.
fn unknown_name(vocabulary: &Vocabulary, kind: Type) -> String {
    let Type::Enum(id) = kind else { return String::new() };
    written::quoted(&fresh("SomethingElse", |name| vocabulary.enum_type(id).member(name).is_some()))
}

/// A value for a fact that does not matter but has to be given.
fn any_value(vocabulary: &Vocabulary, fact: &Fact) -> String {
    match fact.kind {
        Type::Bool => "false".to_owned(),
        Type::Int | Type::Duration | Type::Size => {
            vocabulary.show_number(fact.kind, 0.max(fact.low).min(fact.high)).to_string()
        }
        Type::Text => written::quoted("something"),
        Type::Enum(id) => match vocabulary.enum_type(id).members.first() {
            Some(member) => written::name(&member.name),
            None => unknown_name(vocabulary, fact.kind),
        },
    }
}
