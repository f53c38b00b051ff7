//! What is asked for and nothing is known of may be misspelt.

use redress_scenarios::{Unknown, unknown_names, unknown_scenario};
use redress_store::Filter;

use super::{Store, unanswered};
use crate::failure::{Failure, Result};
use crate::terminal;

impl Store {
    /// That nothing is known of a scenario, where that is so.
    pub fn unknown_scenario(&self, asked: &str) -> Result<Option<Unknown>> {
        unknown_scenario(self.configuration(), self.executions(), asked).map_err(unanswered)
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
        names.iter().filter(|unknown| unknown.is_near_something()).for_each(terminal::note);
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
        unknown_names(self.configuration(), self.executions(), filter).map_err(unanswered)
    }
}
