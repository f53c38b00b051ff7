//! wirefilter-engine: a compiled filter a rule, asked in their order over one context that is used again.

use redress_benches::{Event, Rules, Value};
use wirefilter::{ExecutionContext, Filter, Scheme};

use super::Refused;
use crate::contender::Engine;
use crate::dialect::Dialect;

const DIALECT: Dialect = Dialect {
    and: " && ",
    or: " || ",
    not: "!",
    fact: "",
    one_of: |fact, names| braces(fact, names),
};

fn braces(fact: &str, names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    format!("{fact} in {{{}}}", names.join(" "))
}

/// The filters, in the order of the rules.
pub struct Wirefilter {
    scheme: &'static Scheme,
    filters: Vec<Filter<'static>>,
}

impl Wirefilter {
    /// Compiles a filter a rule.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        let scheme: &'static Scheme = Box::leak(Box::new(scheme()));
        let filter = |condition| {
            let text: &'static str = Box::leak(DIALECT.write(condition)?.into_boxed_str());
            let parsed = scheme.parse(text).map_err(|error| error.to_string())?;
            Ok::<_, Refused>(parsed.compile())
        };
        let filters = rules.0.iter().map(|rule| filter(&rule.condition));
        Ok(Wirefilter { scheme, filters: filters.collect::<Result<_, _>>()? })
    }
}

fn scheme() -> Scheme {
    wirefilter::Scheme! {
        error: Bytes,
        module: Int,
        handler: Bool,
        app: Bytes,
        status: Int,
        attempt: Int,
    }
}

fn fill(context: &mut ExecutionContext<'static>, event: &'static impl Event) {
    for &fact in event.facts() {
        // A field that is refused keeps its value, and the check finds what is decided wrongly.
        let _ = match event.fact(fact) {
            Value::Bool(value) => context.set_field_value(fact.name(), value),
            Value::Number(value) => context.set_field_value(fact.name(), value as i32),
            Value::Text(value) => context.set_field_value(fact.name(), value),
            Value::Absent => Ok(()),
        };
    }
}

impl Engine for Wirefilter {
    type Input = ExecutionContext<'static>;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        let mut context = ExecutionContext::new(self.scheme);
        fill(&mut context, event);
        context
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        let holds = |filter: &Filter<'static>| filter.execute(input) == Ok(true);
        self.filters.iter().position(holds).unwrap_or(self.filters.len())
    }

    fn decide_each<E: Event>(&mut self, events: &'static [E], decided: &mut Vec<usize>) {
        let mut context = ExecutionContext::new(self.scheme);
        for event in events {
            fill(&mut context, event);
            decided.push(self.decide(&mut context));
        }
    }
}
