//! rhai: one compiled script; the documented policy and a family that is keyed by application use `switch`, which rhai
//! looks up by hash, and a family as it stands is an `if` a rule.

use redress_benches::{Event, Fact, FirstFamily, Rules, Value};
use rhai::{AST, Engine as Script, Scope};

use super::{Refused, UNDECIDED};
use crate::contender::Engine;
use crate::dialect::{Dialect, by_equality};

const DIALECT: Dialect =
    Dialect { and: " && ", or: " || ", not: "!", fact: "", one_of: by_equality };

/// What scripts call a fact: `module` is a word of the language.
fn variable(fact: Fact) -> &'static str {
    if fact == Fact::Module { "position" } else { fact.name() }
}

/// The compiled script.
pub struct Rhai {
    engine: Script,
    script: AST,
}

impl Rhai {
    /// A rule after the other.
    pub fn new(rules: &Rules) -> Result<Self, Refused> {
        let mut text = String::new();
        for (at, rule) in rules.0.iter().enumerate() {
            text.push_str(&format!("if {} {{ return {at}; }}\n", DIALECT.write(&rule.condition)?));
        }
        text.push_str(&rules.0.len().to_string());
        Self::of(&text)
    }

    /// The documented policy, as one would write it in this language.
    pub fn documented() -> Result<Self, Refused> {
        Self::of(
            r#"
            if position == 1 { return 0; }
            if handler { return 1; }
            switch error {
                "ConnectionError" | "RateLimitError" | "OutOfSpaceError" | "ModuleTimeoutError" => 2,
                "DataError" | "InvalidConfigurationError" | "InvalidAccessTokenError"
                | "UnexpectedError" | "MaxFileSizeExceededError" | "MaxResultsExceededError" => 3,
                _ => 4,
            }"#,
        )
    }

    /// The rules of each application behind its arm of a `switch`: an index made by hand.
    pub fn by_app(family: &FirstFamily) -> Result<Self, Refused> {
        let mut arms = vec![String::new(); family.apps.len()];
        for (at, (rule, keyed)) in family.rules.0.iter().zip(&family.keyed).enumerate() {
            let when = DIALECT.write(&rule.condition)?;
            arms[keyed.app].push_str(&format!("if {when} {{ return {at}; }}\n"));
        }
        let arms =
            family.apps.iter().zip(arms).map(|(app, arm)| format!("\"{app}\" => {{ {arm} }}"));
        let arms: Vec<String> = arms.collect();
        Self::of(&format!("switch app {{ {} }}\n{}", arms.join(",\n"), family.rules.0.len()))
    }

    fn of(text: &str) -> Result<Self, Refused> {
        let mut engine = Script::new();
        engine.set_max_expr_depths(0, 0);
        let script = engine.compile(text)?;
        Ok(Rhai { engine, script })
    }
}

impl Engine for Rhai {
    type Input = Scope<'static>;

    fn input<E: Event>(&self, event: &'static E) -> Self::Input {
        let mut scope = Scope::new();
        for &fact in event.facts() {
            match event.fact(fact) {
                Value::Absent => scope.push(variable(fact), ()),
                Value::Bool(value) => scope.push(variable(fact), value),
                Value::Number(value) => scope.push(variable(fact), value),
                Value::Text(value) => {
                    scope.push(variable(fact), rhai::ImmutableString::from(value))
                }
            };
        }
        scope
    }

    fn decide(&mut self, input: &mut Self::Input) -> usize {
        let answer = self.engine.eval_ast_with_scope::<i64>(input, &self.script);
        answer.ok().and_then(|at| usize::try_from(at).ok()).unwrap_or(UNDECIDED)
    }
}
