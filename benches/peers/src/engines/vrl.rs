//! vrl: one program, compiled against the types of the facts, run over a target that it only reads.

use std::collections::BTreeMap;

use redress_benches::{Event, Rules, Value};
use vrl::compiler::state::{ExternalEnv, RuntimeState};
use vrl::compiler::{CompileConfig, Context, Program, TargetValue, TimeZone};
use vrl::value::kind::Collection;
use vrl::value::{Kind, Secrets, Value as Datum};

use super::{Refused, UNDECIDED};
use crate::contender::Engine;
use crate::dialect::{Dialect, by_equality};

const DIALECT: Dialect =
    Dialect { and: " && ", or: " || ", not: "!", fact: ".", one_of: by_equality };

/// The compiled program.
pub struct Vrl {
    program: Program,
    state: RuntimeState,
    timezone: TimeZone,
}

impl Vrl {
    /// Compiles the rules as one chain of `if` and `else if`.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        let mut text = String::new();
        for (at, rule) in rules.0.iter().enumerate() {
            text.push_str(&format!("if {} {{ {at} }} else ", DIALECT.write(&rule.condition)?));
        }
        text.push_str(&format!("{{ {} }}", rules.0.len()));
        let result = vrl::compiler::compile_with_external(
            &text,
            &[],
            &ExternalEnv::new_with_kind(kind(), Kind::object(Collection::empty())),
            CompileConfig::default(),
        );
        let program = result.map_err(|problems| format!("{problems:?}"))?.program;
        Ok(Vrl { program, state: RuntimeState::default(), timezone: TimeZone::default() })
    }
}

fn kind() -> Kind {
    let facts = [
        ("error", Kind::bytes()),
        ("app", Kind::bytes()),
        ("module", Kind::integer()),
        ("status", Kind::integer()),
        ("attempt", Kind::integer()),
        ("handler", Kind::boolean()),
    ];
    let facts: BTreeMap<_, _> = facts.into_iter().map(|(name, kind)| (name.into(), kind)).collect();
    Kind::object(Collection::from(facts))
}

impl Engine for Vrl {
    type Input = TargetValue;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        let facts = event.facts().iter().filter_map(|&fact| {
            let value = match event.fact(fact) {
                Value::Absent => return None,
                Value::Bool(value) => Datum::from(value),
                Value::Number(value) => Datum::from(value),
                Value::Text(value) => Datum::from(value),
            };
            Some((fact.name().into(), value))
        });
        TargetValue {
            value: Datum::Object(facts.collect()),
            metadata: Datum::Object(BTreeMap::new()),
            secrets: Secrets::default(),
        }
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        let mut context = Context::new(input, &mut self.state, &self.timezone);
        let answer = self.program.resolve(&mut context).ok();
        let at = answer.and_then(|answer| answer.as_integer());
        at.and_then(|at| usize::try_from(at).ok()).unwrap_or(UNDECIDED)
    }
}
