//! What is asked for and nothing is known of may be misspelt.

use std::collections::BTreeSet;
use std::fmt;

use redress::Policy;
use redress::vocabulary::Type;
use redress_store::{Filter, Group};

use super::{Store, unanswered};
use crate::failure::{Failure, Result};
use crate::terminal;

/// Of so many groups the errors and rules are known.
const MOST_GROUPS: usize = 1_000;

/// A name that nothing is known of.
pub struct Unknown {
    what: String,
    near: Option<String>,
}

/// What it is, and which one may be meant.
impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.near {
            Some(near) => write!(f, "{}; did you mean `{near}`?", self.what),
            None => f.write_str(&self.what),
        }
    }
}

impl Store {
    /// That nothing is known of a scenario, where that is so.
    pub fn unknown_scenario(&self, asked: &str) -> Result<Option<Unknown>> {
        let mut known = self.executions().scenarios().map_err(unanswered)?;
        known.extend(self.configuration().scenarios.keys().cloned());
        if known.iter().any(|name| name == asked) {
            return Ok(None);
        }
        let near = redress::suggest(asked, known.iter().map(String::as_str)).map(str::to_owned);
        Ok(Some(Unknown { what: format!("nothing is known of a scenario `{asked}`"), near }))
    }

    /// Says so of a scenario, where one is asked for.
    pub fn note_if_unknown(&self, scenario: Option<&str>) -> Result<()> {
        let Some(asked) = scenario else { return Ok(()) };
        if let Some(unknown) = self.unknown_scenario(asked)? {
            terminal::note(unknown);
        }
        Ok(())
    }

    /// Says what of a filter nothing is known of: of errors and rules, where something like it is.
    pub fn note_what_is_unknown(&self, filter: &Filter) -> Result<()> {
        self.note_if_unknown(filter.scenario.as_deref())?;
        let names = self.unknown_names(filter)?;
        names.iter().filter(|unknown| unknown.near.is_some()).for_each(terminal::note);
        Ok(())
    }

    /// Refuses a filter that has a name nothing is known of: who misspells what is to be done would think it is done.
    pub fn refuse_what_is_unknown(&self, filter: &Filter) -> Result<()> {
        let scenario = filter.scenario.as_deref().map(|asked| self.unknown_scenario(asked));
        let mut unknown: Vec<Unknown> = scenario.transpose()?.flatten().into_iter().collect();
        unknown.extend(self.unknown_names(filter)?);
        match unknown.is_empty() {
            true => Ok(()),
            false => {
                let told: Vec<String> = unknown.iter().map(Unknown::to_string).collect();
                Err(Failure::fails(told.join("\nerror: ")))
            }
        }
    }

    /// The error and the rule of a filter that nothing is known of.
    fn unknown_names(&self, filter: &Filter) -> Result<Vec<Unknown>> {
        let mut unknown = Vec::new();
        if let Some(asked) = &filter.error {
            unknown.extend(self.unknown_name("no error is", asked, errors, |group| group.error)?);
        }
        if let Some(asked) = &filter.rule {
            unknown.extend(self.unknown_name("no rule is", asked, rules, |group| group.rule)?);
        }
        Ok(unknown)
    }

    fn unknown_name(
        &self,
        none: &str,
        asked: &str,
        of_policy: fn(&Policy) -> Vec<String>,
        of_group: fn(Group) -> String,
    ) -> Result<Option<Unknown>> {
        let groups = self.executions().groups(None, None, MOST_GROUPS).map_err(unanswered)?;
        let configuration = self.configuration();
        let scenarios = configuration.scenarios.values().chain([&configuration.other]);
        let said = scenarios.flat_map(|scenario| of_policy(&scenario.loaded));
        let known: BTreeSet<String> = groups.into_iter().map(of_group).chain(said).collect();
        if known.contains(asked) {
            return Ok(None);
        }
        let near = redress::suggest(asked, known.iter().map(String::as_str)).map(str::to_owned);
        Ok(Some(Unknown { what: format!("{none} called `{asked}`"), near }))
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
