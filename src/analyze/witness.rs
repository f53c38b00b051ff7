//! One event out of many: a way through a diagram, written down.

use std::collections::HashMap;
use std::fmt;

use serde_json::Value as Json;

use super::budget::{Budget, TooComplex};
use super::classes::{Classes, Values, contains};
use super::diagram::{Diagram, Node};
use super::prune::{Known, Pruner};
use super::regions::{Choice, Region};
use super::space::{Space, Variable};
use super::text::fresh;
use super::written::{name as quoted_name, quoted};
use crate::condition::Pattern;
use crate::decide::Value;
use crate::event::{Event, EventError, Given, Held, json};
use crate::policy::Policy;
use crate::vocabulary::{Fact, FactId, MemberId, Type, Vocabulary};

/// An event of a certain kind, in the fewest words: what may be left out and does not matter is left out.
///
/// It is written as behind `example`: `{ error: ConnectionError, module: 2 }`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    facts: Vec<(String, String)>,
    values: Vec<(String, Json)>,
}

impl Witness {
    /// What is said of the facts; those that have to be given are given.
    fn new(vocabulary: &Vocabulary, said: impl Fn(FactId) -> Option<Held>) -> Self {
        let mut witness = Witness { facts: Vec::new(), values: Vec::new() };
        for (id, fact) in vocabulary.facts() {
            let any = || any_value(vocabulary, fact);
            if let Some(value) = said(id).or_else(|| fact.is_required().then(any)) {
                witness.facts.push((fact.name.clone(), written(vocabulary, fact, &value)));
                witness.values.push((fact.name.clone(), json(vocabulary, fact.kind, &value)));
            }
        }
        witness
    }

    /// The facts in the order of the vocabulary, each with its value as a policy writes it.
    pub fn facts(&self) -> &[(String, String)] {
        &self.facts
    }

    /// The same with each value as an event in JSON gives it.
    pub fn values(&self) -> &[(String, Json)] {
        &self.values
    }

    /// The facts as an event takes them.
    pub fn given(&self) -> impl Iterator<Item = (&str, Given<'_>)> {
        self.values.iter().map(|(name, value)| (name.as_str(), given(value)))
    }

    /// The event, for a policy with the vocabulary that the witness is about.
    ///
    /// # Errors
    /// Where the policy has another vocabulary that the facts do not fit.
    pub fn event<'p, A>(&self, policy: &'p Policy<A>) -> Result<Event<'p, A>, EventError> {
        self.given().fold(policy.event(), |event, (name, value)| event.set(name, value)).build()
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

/// A value that [`json`] made of one that a fact holds.
fn given(value: &Json) -> Given<'_> {
    match value {
        Json::Null => Given::Null,
        Json::Bool(value) => Given::from(*value),
        Json::String(text) => Given::from(text.as_str()),
        Json::Number(number) => {
            number.as_i64().map_or_else(|| Given::Number(number.to_string().into()), Given::Int)
        }
        Json::Array(_) => Given::Unfit("a list".into()),
        Json::Object(_) => Given::Unfit("an object".into()),
    }
}

/// An event for which the pruned diagram gives `number`, if there is one.
///
/// # Errors
/// Also where it cannot be told, since all that leads there are answers of patterns that are beyond the analysis.
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
    let values = |classes: &Classes<'_>| {
        let fact = space.vocabulary.fact(classes.fact);
        chosen.get(&classes.fact).cloned().unwrap_or_else(|| unchosen(space.vocabulary, fact))
    };
    let values: Vec<Held> = space.facts.iter().map(values).collect();
    if look_up(space, diagram, root, &values) != number {
        debug_assert!(
            pruner.free().next().is_some(),
            "a way through a pruned diagram is an event's"
        );
        return Err(TooComplex);
    }
    Ok(Some(Witness::new(space.vocabulary, |id| chosen.get(&id).cloned())))
}

/// An event of a region: in words, and the value of each fact of the space.
pub(crate) fn of_region<'s, 'a>(
    space: &'s Space<'a>,
    pruner: &mut Pruner<'s, 'a>,
    region: &Region,
    budget: &mut Budget,
) -> Result<(Witness, Vec<Held>), TooComplex> {
    let mut said = HashMap::new();
    let mut values = Vec::with_capacity(space.facts.len());
    for (position, (classes, choice)) in space.facts.iter().zip(&region.choices).enumerate() {
        let fact = space.vocabulary.fact(classes.fact);
        let unsaid = fact.unsaid();
        let value = if !fact.is_required() && is_chosen(classes, choice, unsaid) {
            Held::from(unsaid)
        } else {
            let value = chosen(space, pruner, position, choice, budget)?;
            said.insert(classes.fact, value.clone());
            value
        };
        values.push(value);
    }
    Ok((Witness::new(space.vocabulary, |id| said.get(&id).cloned()), values))
}

/// Whether a value is among those that are chosen.
fn is_chosen(classes: &Classes<'_>, choice: &Choice, value: Value<'_>) -> bool {
    let has =
        |&(pattern, wanted): &(usize, bool)| looks_like(classes.patterns[pattern], value) == wanted;
    choice.classes.as_ref().is_none_or(|chosen| contains(chosen, classes.class_of(value)))
        && choice.demands.iter().all(has)
}

/// The first of the values that are chosen.
fn chosen<'s, 'a>(
    space: &'s Space<'a>,
    pruner: &mut Pruner<'s, 'a>,
    position: usize,
    choice: &Choice,
    budget: &mut Budget,
) -> Result<Held, TooComplex> {
    let classes = &space.facts[position];
    let first = choice.classes.as_ref().and_then(|chosen| chosen.first());
    let class = first.map_or(0, |&(first, _)| first);
    if choice.demands.is_empty() && Some(class) != classes.looked_into() {
        return Ok(value_of(space.vocabulary, classes, class));
    }
    let mut known = None;
    for &(pattern, wanted) in &choice.demands {
        let variable = Variable { position, pattern: Some(pattern) };
        // Regions are those of a pruned diagram, so there is such a text.
        let learned = pruner.learn(known, variable, wanted, budget)?;
        debug_assert!(learned.is_some(), "a region of a pruned diagram has a text");
        known = Some(learned.ok_or(TooComplex)?);
    }
    Ok(Held::Text(pruner.text(known, position).into()))
}

/// The number that a diagram gives for the values of the facts of a space.
fn look_up(space: &Space<'_>, diagram: &Diagram, root: Node, values: &[Held]) -> u32 {
    let mut node = root;
    while let Some(variable) = space.variable(diagram.level(node)) {
        node = follow(space, diagram, node, variable.position, values[variable.position].value());
    }
    node.as_number().unwrap_or(0)
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

    /// Goes to the target and takes down the values of the facts on the way that are not left out.
    fn walk(&mut self, root: Node) -> Result<HashMap<FactId, Held>, TooComplex> {
        let space = self.space;
        let mut chosen = HashMap::new();
        let mut node = root;
        while let Some(variable) = space.variable(self.diagram.level(node)) {
            let classes = &space.facts[variable.position];
            let fact = space.vocabulary.fact(classes.fact);
            let left_out = follow(space, self.diagram, node, variable.position, fact.unsaid());
            if !fact.is_required() && self.leads(left_out)? {
                node = left_out;
            } else {
                let (next, value) = self.choose(node, variable.position)?;
                chosen.insert(classes.fact, value);
                node = next;
            }
        }
        Ok(chosen)
    }

    /// The first value that leads to the target.
    fn choose(&mut self, node: Node, position: usize) -> Result<(Node, Held), TooComplex> {
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
    fn look_inside(&mut self, node: Node, position: usize) -> Result<(Node, Held), TooComplex> {
        let (mut node, mut known) = (node, None);
        while let Some(variable) =
            self.space.variable(self.diagram.level(node)).filter(|v| v.position == position)
        {
            let answer = self.answer(node, known, variable)?;
            debug_assert!(answer.is_some(), "a pruned diagram always has an answer");
            (node, known) = answer.ok_or(TooComplex)?;
        }
        Ok((node, Held::Text(self.pruner.text(known, position).into())))
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
fn looks_like(pattern: &Pattern, value: Value<'_>) -> bool {
    matches!(value, Value::Text(text) if pattern.accepts(text))
}

/// What is left to ask once the value of a fact is known.
pub(crate) fn follow(
    space: &Space<'_>,
    diagram: &Diagram,
    node: Node,
    position: usize,
    value: Value<'_>,
) -> Node {
    let classes = &space.facts[position];
    let mut node = node;
    while let Some(variable) =
        space.variable(diagram.level(node)).filter(|variable| variable.position == position)
    {
        let class = match variable.pattern {
            Some(pattern) => u32::from(!looks_like(classes.patterns[pattern], value)),
            None => classes.class_of(value),
        };
        node = diagram.child(node, class);
    }
    node
}

/// A value of a class whose texts are not looked into.
pub(crate) fn value_of(vocabulary: &Vocabulary, classes: &Classes<'_>, class: u32) -> Held {
    let kind = vocabulary.fact(classes.fact).kind;
    if Some(class) == classes.absent() {
        return Held::Absent;
    }
    match &classes.values {
        Values::Bools => Held::Bool(class == 0),
        Values::Numbers { .. } => {
            let (low, high) = classes.interval((class, class));
            Held::Number(0.max(low).min(high))
        }
        Values::Members(groups) => match groups.classes[class as usize].first() {
            Some(&member) => Held::Member(MemberId(member)),
            None => unknown_name(vocabulary, kind),
        },
        Values::Texts { texts, groups } => match groups.classes[class as usize].first() {
            Some(&text) => Held::Text(texts[text as usize].into()),
            None => Held::Text(
                fresh("something else", |text| texts.binary_search(&text).is_ok()).into(),
            ),
        },
    }
}

/// A name that an open enum does not know.
fn unknown_name(vocabulary: &Vocabulary, kind: Type) -> Held {
    let known = |name: &str| match kind {
        Type::Enum(id) => vocabulary.enum_type(id).member(name).is_some(),
        _ => false,
    };
    Held::Other(fresh("SomethingElse", known).into())
}

/// What an event has of a fact that does not matter.
fn unchosen(vocabulary: &Vocabulary, fact: &Fact) -> Held {
    match fact.is_required() {
        true => any_value(vocabulary, fact),
        false => Held::from(fact.unsaid()),
    }
}

/// A value for a fact that does not matter but has to be given.
fn any_value(vocabulary: &Vocabulary, fact: &Fact) -> Held {
    match fact.kind {
        Type::Bool => Held::Bool(false),
        Type::Int | Type::Duration | Type::Size => Held::Number(0.max(fact.low).min(fact.high)),
        Type::Text => Held::Text("something".into()),
        Type::Enum(id) => match vocabulary.enum_type(id).members.first() {
            Some(_) => Held::Member(MemberId(0)),
            None => unknown_name(vocabulary, fact.kind),
        },
    }
}

/// A value as a policy writes it.
pub(crate) fn written(vocabulary: &Vocabulary, fact: &Fact, value: &Held) -> String {
    match (value, fact.kind) {
        (Held::Unsaid | Held::Absent, _) => String::new(),
        (Held::Bool(value), _) => value.to_string(),
        (Held::Number(value), kind) => vocabulary.show_number(kind, *value).to_string(),
        (Held::Member(member), Type::Enum(id)) => {
            quoted_name(vocabulary.enum_type(id).name_of(*member).unwrap_or_default())
        }
        (Held::Member(_), _) => String::new(),
        (Held::Other(text) | Held::Text(text), _) => quoted(text),
    }
}
