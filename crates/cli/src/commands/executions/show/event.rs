//! The event of an execution, as it is shown and as it is given to a command.

use redress::vocabulary::{DefaultValue, Fact, Type, Vocabulary};
use redress::{Duration, Size};
use redress_store::Execution;
use serde_json::Value as Json;

use super::Page;

/// Facts that have a line of their own, or are seen beside them: the scenario in the name, the size in the payload.
const TOLD_ELSEWHERE: [&str; 4] = ["error", "message", "scenario", "size"];

impl Page<'_> {
    /// The facts that are told nowhere else and that are not what they would be if nobody said: `module 2, exit_code 75`.
    pub fn other_facts(&self) -> String {
        let mut others = self.given_facts();
        others.retain(|(name, _)| !TOLD_ELSEWHERE.contains(&name.as_str()));
        let told = others.iter().map(|(name, value)| format!("{name} {}", plain(value)));
        told.collect::<Vec<_>>().join(", ")
    }

    /// The facts that have to be given for an event to be this one, with their units.
    pub fn given_facts(&self) -> Vec<(String, Json)> {
        let Execution { event, .. } = self.execution;
        let said = event.iter().filter(|(name, value)| !self.is_default(name, value));
        said.map(|(name, value)| (name.clone(), self.with_unit(name, value))).collect()
    }

    /// A value as a person writes it: numbers that are durations or sizes have their unit.
    fn with_unit(&self, name: &str, value: &Json) -> Json {
        let kind = self.with_fact(name, |_, fact| fact.kind);
        match (kind, value.as_i64()) {
            (Some(Type::Duration), Some(number)) => {
                Duration::from_milliseconds(number).to_string().into()
            }
            (Some(Type::Size), Some(number)) => Size::from_bytes(number).to_string().into(),
            _ => value.clone(),
        }
    }

    /// Whether the fact would have this value if it were not said.
    fn is_default(&self, name: &str, value: &Json) -> bool {
        let is_it = |vocabulary: &Vocabulary, fact: &Fact| match (fact.default.as_ref()?, fact.kind)
        {
            (DefaultValue::Bool(default), _) => Some(value.as_bool()? == *default),
            (DefaultValue::Int(default), _) => Some(value.as_i64()? == *default),
            (DefaultValue::Duration(default), _) => Some(value.as_i64()? == default.milliseconds()),
            (DefaultValue::Size(default), _) => Some(value.as_i64()? == default.bytes()),
            (DefaultValue::Text(default), _) => Some(value.as_str()? == default),
            (DefaultValue::Member(default), Type::Enum(types)) => {
                Some(value.as_str()? == vocabulary.enum_type(types).name_of(*default)?)
            }
            (DefaultValue::Member(_), _) => None,
        };
        self.with_fact(name, is_it).flatten() == Some(true)
    }

    /// What the vocabulary of its policy says of a fact.
    fn with_fact<T>(&self, name: &str, of: impl FnOnce(&Vocabulary, &Fact) -> T) -> Option<T> {
        let scenario = self.store.executions().scenario_settings(&self.execution.scenario);
        let vocabulary = scenario.policy.vocabulary();
        let fact = vocabulary.find_fact(name)?;
        Some(of(vocabulary, vocabulary.fact(fact)))
    }
}

/// A value without the quotes of JSON.
pub fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
