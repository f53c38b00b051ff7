//! evalexpr: an operator tree a rule, evaluated in their order over a context of our own, which it allows.

use evalexpr::{Context, EvalexprError, EvalexprResult, Node, Value as Datum, build_operator_tree};
use redress_benches::{Event, Rules, Value};

use super::Refused;
use crate::contender::Engine;
use crate::dialect::{Dialect, by_equality};

const DIALECT: Dialect =
    Dialect { and: " && ", or: " || ", not: "!", fact: "", one_of: by_equality };

/// The trees, in the order of the rules.
pub struct Evalexpr(Vec<Node>);

impl Evalexpr {
    /// Builds a tree a rule.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        let tree = |condition| Ok::<_, Refused>(build_operator_tree(&DIALECT.write(condition)?)?);
        Ok(Evalexpr(rules.0.iter().map(|rule| tree(&rule.condition)).collect::<Result<_, _>>()?))
    }
}

/// The values of an event.
pub struct Variables(Vec<(&'static str, Datum)>);

impl Context for Variables {
    fn get_value(&self, identifier: &str) -> Option<&Datum> {
        self.0.iter().find(|(name, _)| *name == identifier).map(|(_, value)| value)
    }

    fn call_function(&self, identifier: &str, _argument: &Datum) -> EvalexprResult<Datum> {
        Err(EvalexprError::FunctionIdentifierNotFound(identifier.to_owned()))
    }

    fn are_builtin_functions_disabled(&self) -> bool {
        true
    }

    fn set_builtin_functions_disabled(&mut self, _disabled: bool) -> EvalexprResult<()> {
        Ok(())
    }
}

impl Engine for Evalexpr {
    type Input = Variables;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        let facts = event.facts().iter().map(|&fact| {
            let value = match event.fact(fact) {
                Value::Absent => Datum::Empty,
                Value::Bool(value) => Datum::Boolean(value),
                Value::Number(value) => Datum::Int(value),
                Value::Text(value) => Datum::String(value.to_owned()),
            };
            (fact.name(), value)
        });
        Variables(facts.collect())
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        let holds = |tree: &Node| tree.eval_boolean_with_context(input) == Ok(true);
        self.0.iter().position(holds).unwrap_or(self.0.len())
    }
}
