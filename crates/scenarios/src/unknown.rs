//! What is asked for and nothing is known of may be misspelt.

use std::collections::BTreeSet;
use std::fmt;

use redress::Policy;
use redress::vocabulary::Type;
use redress_store::{Executions, Filter, Group, StoreError};

use crate::configuration::Configuration;

/// Of so many groups the errors and rules are known.
const MOST_GROUPS: usize = 1_000;

/// So much of a name is shown: whoever asks for one gives it any length.
const LONGEST_SHOWN: usize = 256;

/// A name that nothing is known of, shown with the one that was probably meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    what: String,
    near: Option<String>,
}

impl Unknown {
    /// Whether something is called much like it.
    pub fn is_near_something(&self) -> bool {
        self.near.is_some()
    }

    fn of<'n>(what: String, asked: &str, known: impl IntoIterator<Item = &'n str>) -> Self {
        Unknown { what, near: redress::suggest(asked, known).map(str::to_owned) }
    }
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

/// That a scenario is neither named by the configuration nor has anything kept of it, where that is so.
///
/// # Errors
/// Where the store cannot do it.
pub fn unknown_scenario(
    configuration: &Configuration,
    executions: &Executions,
    asked: &str,
) -> Result<Option<Unknown>, StoreError> {
    let mut known = executions.scenarios()?;
    known.extend(configuration.scenarios.keys().cloned());
    if known.iter().any(|name| name == asked) {
        return Ok(None);
    }
    let shown: String = asked.chars().take(LONGEST_SHOWN).collect();
    let what = format!("nothing is known of a scenario `{shown}`");
    Ok(Some(Unknown::of(what, asked, known.iter().map(String::as_str))))
}

/// The error and the rule of a filter that no policy names and that nothing was kept with.
///
/// # Errors
/// Where the store cannot do it.
pub fn unknown_names(
    configuration: &Configuration,
    executions: &Executions,
    filter: &Filter,
) -> Result<Vec<Unknown>, StoreError> {
    let mut unknown = Vec::new();
    let mut look = |none: &str, asked: &Option<String>, names: Names| -> Result<(), StoreError> {
        let Some(asked) = asked else { return Ok(()) };
        let known = names.known(configuration, executions)?;
        if !known.contains(asked) {
            let shown: String = asked.chars().take(LONGEST_SHOWN).collect();
            let what = format!("{none} called `{shown}`");
            unknown.push(Unknown::of(what, asked, known.iter().map(String::as_str)));
        }
        Ok(())
    };
    look("no error is", &filter.error, Names { of_policy: errors, of_group: |it| it.error })?;
    look("no rule is", &filter.rule, Names { of_policy: rules, of_group: |it| it.rule })?;
    Ok(unknown)
}

/// Where names of one kind are to be found.
struct Names {
    of_policy: fn(&Policy) -> Vec<String>,
    of_group: fn(Group) -> String,
}

impl Names {
    fn known(
        &self,
        configuration: &Configuration,
        executions: &Executions,
    ) -> Result<BTreeSet<String>, StoreError> {
        let groups = executions.groups(None, None, MOST_GROUPS)?;
        // No scenario has the empty name: it is decided as those are that the file does not name.
        let scenarios = configuration.scenarios.keys().map(String::as_str).chain([""]);
        let said =
            scenarios.flat_map(|name| (self.of_policy)(&executions.scenario_settings(name).policy));
        Ok(groups.into_iter().map(self.of_group).chain(said).collect())
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
