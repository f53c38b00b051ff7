//! What is asked for and nothing is known of may be misspelt.

use std::collections::BTreeSet;

use redress::Policy;
use redress::vocabulary::Type;
use redress_store::{Filter, Group};

use super::{Store, unanswered};
use crate::failure::Result;
use crate::terminal;

/// Of so many groups the errors and rules are known.
const MOST_GROUPS: usize = 1_000;

impl Store {
    /// That nothing is known of a scenario, where that is so, and which one may be meant.
    pub fn unknown_scenario(&self, asked: &str) -> Result<Option<String>> {
        let mut known = self.executions().scenarios().map_err(unanswered)?;
        known.extend(self.configuration().scenarios.keys().cloned());
        if known.iter().any(|name| name == asked) {
            return Ok(None);
        }
        let near = redress::suggest(asked, known.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        Ok(Some(format!("nothing is known of a scenario `{asked}`{near}")))
    }

    /// Says so of a scenario, where one is asked for.
    pub fn note_if_unknown(&self, scenario: Option<&str>) -> Result<()> {
        let Some(asked) = scenario else { return Ok(()) };
        if let Some(unknown) = self.unknown_scenario(asked)? {
            terminal::note(unknown);
        }
        Ok(())
    }

    /// Says what of a filter nothing is known of, where something like it is.
    pub fn note_what_is_unknown(&self, filter: &Filter) -> Result<()> {
        self.note_if_unknown(filter.scenario.as_deref())?;
        if let Some(asked) = &filter.error {
            self.note_if_misspelt("no error is called", asked, errors, |group| group.error)?;
        }
        if let Some(asked) = &filter.rule {
            self.note_if_misspelt("no rule is called", asked, rules, |group| group.rule)?;
        }
        Ok(())
    }

    fn note_if_misspelt(
        &self,
        none: &str,
        asked: &str,
        of_policy: fn(&Policy) -> Vec<String>,
        of_group: fn(Group) -> String,
    ) -> Result<()> {
        let groups = self.executions().groups(None, None, MOST_GROUPS).map_err(unanswered)?;
        let configuration = self.configuration();
        let scenarios = configuration.scenarios.values().chain([&configuration.other]);
        let said = scenarios.flat_map(|scenario| of_policy(&scenario.loaded));
        let known: BTreeSet<String> = groups.into_iter().map(of_group).chain(said).collect();
        let near = redress::suggest(asked, known.iter().map(String::as_str));
        if let (false, Some(near)) = (known.contains(asked), near) {
            terminal::note(format_args!("{none} `{asked}`; did you mean `{near}`?"));
        }
        Ok(())
    }
}

/// The types of errors that a policy names.
fn errors(policy: &Policy) -> Vec<String> {
    let vocabulary = policy.vocabulary();
    let kind = vocabulary.find_fact("error").map(|fact| vocabulary.fact(fact).kind);
    let Some(Type::Enum(types)) = kind else { return Vec::new() };
    vocabulary.enum_type(types).members.iter().map(|member| member.name.clone()).collect()
}

/// The rules of a policy that have a name.
fn rules(policy: &Policy) -> Vec<String> {
    policy.rules().iter().filter_map(|rule| rule.name().map(str::to_owned)).collect()
}
