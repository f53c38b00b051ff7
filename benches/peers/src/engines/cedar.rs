//! cedar-policy: a `permit` a rule; of the policies that permit, the first is the rule that decides.
//!
//! Cedar answers whether something is allowed, and has no order of policies: it asks all of them, always.

use cedar_policy::{
    Authorizer, Context, Entities, EntityUid, Policy, PolicyId, PolicySet, Request,
    RestrictedExpression,
};
use redress_benches::{Event, Rules, Value};

use super::{Refused, UNDECIDED};
use crate::contender::Engine;
use crate::dialect::{Dialect, list};

const DIALECT: Dialect = Dialect {
    and: " && ",
    or: " || ",
    not: "!",
    fact: "context.",
    one_of: |fact, names| match names {
        [only] => format!("{fact} == \"{only}\""),
        several => format!("{}.contains({fact})", list(several)),
    },
};

/// The policies, parsed.
pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    /// Who asks, what for and about what: none of it matters to the rules.
    anybody: [EntityUid; 3],
    rules: usize,
}

impl Cedar {
    /// Parses a policy a rule.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        let policy = |at: usize, condition| {
            let when = DIALECT.write(condition)?;
            let text = format!("permit(principal, action, resource) when {{ {when} }};");
            Ok::<_, Refused>(Policy::parse(Some(PolicyId::new(at.to_string())), text)?)
        };
        let conditions = rules.0.iter().map(|rule| &rule.condition).enumerate();
        let policies: Vec<Policy> =
            conditions.map(|(at, condition)| policy(at, condition)).collect::<Result<_, _>>()?;
        Ok(Cedar {
            authorizer: Authorizer::new(),
            policies: PolicySet::from_policies(policies)?,
            entities: Entities::empty(),
            anybody: ["Step::\"s\"".parse()?, "Action::\"fail\"".parse()?, "Run::\"r\"".parse()?],
            rules: rules.0.len(),
        })
    }
}

impl Engine for Cedar {
    type Input = Option<Request>;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        let facts = event.facts().iter().filter_map(|&fact| {
            let value = match event.fact(fact) {
                Value::Absent => return None,
                Value::Bool(value) => RestrictedExpression::new_bool(value),
                Value::Number(value) => RestrictedExpression::new_long(value),
                Value::Text(value) => RestrictedExpression::new_string(value.to_owned()),
            };
            Some((fact.name().to_owned(), value))
        });
        let [principal, action, resource] = self.anybody.clone();
        let context = Context::from_pairs(facts).ok()?;
        Request::new(principal, action, resource, context, None).ok()
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        let Some(request) = input else { return UNDECIDED };
        let answer = self.authorizer.is_authorized(request, &self.policies, &self.entities);
        let permitting = answer.diagnostics().reason();
        let rules = permitting.map(|policy| AsRef::<str>::as_ref(policy).parse::<usize>());
        rules.map(|rule| rule.unwrap_or(UNDECIDED)).min().unwrap_or(self.rules)
    }
}
