//! cel: the documented policy as one conditional, a family as a program a rule; variables are resolved from the event
//! without copies, as the documentation of its resolvers shows.

use std::sync::Arc;

use cel::common::types::{CelBool, CelInt, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, Env, Program, Value as Answer};
use redress_benches::{Event, Rules, Value};

use super::{Refused, UNDECIDED};
use crate::contender::Engine;
use crate::dialect::{Dialect, by_membership};

const DIALECT: Dialect =
    Dialect { and: " && ", or: " || ", not: "!", fact: "", one_of: by_membership };

/// More arms than this are not written as one conditional, which nests.
const MOST_ARMS: usize = 16;

/// The compiled rules.
pub struct Cel {
    env: Arc<Env>,
    programs: Programs,
}

enum Programs {
    Conditional(Program),
    Each(Vec<Program>),
}

impl Cel {
    /// Compiles the rules.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        let env = Arc::new(Env::stdlib());
        let conditions: Vec<String> =
            rules.0.iter().map(|rule| DIALECT.write(&rule.condition)).collect::<Result<_, _>>()?;
        let programs = if conditions.len() <= MOST_ARMS {
            let arms = conditions.iter().enumerate().map(|(at, when)| format!("{when} ? {at} : "));
            let conditional = format!("{}{}", arms.collect::<String>(), conditions.len());
            Programs::Conditional(compile(&env, &conditional)?)
        } else {
            Programs::Each(
                conditions.iter().map(|when| compile(&env, when)).collect::<Result<_, _>>()?,
            )
        };
        Ok(Cel { env, programs })
    }
}

fn compile(env: &Arc<Env>, text: &str) -> Result<Program, Refused> {
    env.compile(text).map_err(|error| error.to_string().into())
}

/// The values of an event.
pub struct Variables(Vec<(&'static str, Box<dyn Val>)>);

impl VariableResolver for Variables {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| CowVal::Borrowed(&**value))
    }
}

impl Engine for Cel {
    type Input = Variables;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        let value = |value| -> Option<Box<dyn Val>> {
            Some(match value {
                Value::Absent => return None,
                Value::Bool(value) => Box::new(CelBool::from(value)),
                Value::Number(value) => Box::new(CelInt::from(value)),
                Value::Text(value) => Box::new(CelString::from(value)),
            })
        };
        let values = event.facts().iter();
        Variables(
            values
                .filter_map(|&fact| value(event.fact(fact)).map(|value| (fact.name(), value)))
                .collect(),
        )
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.set_variable_resolver(input);
        match &self.programs {
            Programs::Conditional(program) => match program.execute(&context) {
                Ok(Answer::Int(at)) => usize::try_from(at).unwrap_or(UNDECIDED),
                _ => UNDECIDED,
            },
            Programs::Each(programs) => {
                let holds =
                    |program: &Program| matches!(program.execute(&context), Ok(Answer::Bool(true)));
                programs.iter().position(holds).unwrap_or(programs.len())
            }
        }
    }
}
