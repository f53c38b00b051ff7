//! `redress explain --rule`: what would have to change so that a rule decides.

use std::io::Write;

use redress::analyze::{FactChange, Nearest};
use redress::{Decision, Event, Policy, Rule};
use serde::Serialize;
use serde_json::Value as Json;

use super::super::decide::decision_line;
use super::super::wording::{Count, as_arguments, for_shell};
use super::write_columns;
use crate::arguments::{Explain, Format};
use crate::failure::{Failure, Result, Status};
use crate::terminal::{self, Visible};

/// Says it of one event and the rule of this name.
pub fn run(arguments: &Explain, policy: &Policy, event: &Event<'_>, name: &str) -> Result {
    let position = find(policy, name)?;
    let nearest = event.nearest(position).map_err(|error| {
        Failure::impossible(format_args!(
            "whether a rule can decide is not known: the policy is {error}"
        ))
    })?;
    let answer = Answer { arguments, policy, event, rule: &policy.rules()[position], nearest };
    let mut output = terminal::output();
    match arguments.format {
        Format::Human => answer.write_human(&mut output)?,
        Format::Json => {
            serde_json::to_writer(&mut output, &answer.written()).map_err(std::io::Error::from)?;
            writeln!(output)?;
        }
    }
    output.flush()?;
    Ok(Status::Done)
}

/// The position of a rule by its name or its place.
fn find(policy: &Policy, name: &str) -> Result<usize> {
    let rules = policy.rules();
    let by_name = rules.iter().position(|rule| rule.name() == Some(name));
    if let Some(position) = by_name.or_else(|| rules.iter().position(|rule| rule.at() == name)) {
        return Ok(position);
    }
    let names = rules.iter().filter_map(Rule::name);
    let titles = || rules.iter().map(Rule::title);
    let reason = match redress::suggest(name, names.chain(rules.iter().map(Rule::at))) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", titles().collect::<Vec<_>>().join(", ")),
    };
    Err(Failure::fails(format_args!("there is no rule `{name}`; {reason}")))
}

/// What is to be said.
struct Answer<'a> {
    arguments: &'a Explain,
    policy: &'a Policy,
    event: &'a Event<'a>,
    rule: &'a Rule,
    nearest: Nearest,
}

impl Answer<'_> {
    fn write_human(&self, output: &mut dyn Write) -> Result<()> {
        writeln!(output, "{}\n", decision_line(self.event.decide()))?;
        match &self.nearest {
            Nearest::Changes(changes) if changes.is_empty() => {
                Ok(writeln!(output, "{} decides it already", self.title())?)
            }
            Nearest::Changes(changes) => self.write_changes(output, changes),
            Nearest::Never { condition_never_true: true, .. } => Ok(writeln!(
                output,
                "{} decides no event: its condition is never true",
                self.title()
            )?),
            Nearest::Never { covered_by, .. } => self.write_cover(output, covered_by),
        }
    }

    /// `first_module (default.policy:22)`
    fn title(&self) -> String {
        let at = Visible(self.rule.at());
        self.rule.name().map_or_else(|| at.to_string(), |name| format!("{name} ({at})"))
    }

    fn write_changes(&self, output: &mut dyn Write, changes: &[FactChange]) -> Result<()> {
        let verb = if changes.len() == 1 { "is" } else { "are" };
        let decision = self.rule.outcome().display();
        let facts = Count(changes.len(), "fact");
        writeln!(output, "{} would decide {decision} if {facts} {verb} changed", self.title())?;
        let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "absent".to_owned());
        let row = |change: &FactChange| {
            [change.fact.clone(), format!("{} → {}", shown(&change.before), shown(&change.after))]
        };
        write_columns(output, changes.iter().map(row).collect())?;
        match self.command(changes) {
            Some(command) => Ok(writeln!(output, "\n    {}", Visible(&command))?),
            None => Ok(()),
        }
    }

    /// The changed event as a command to try.
    fn command(&self, changes: &[FactChange]) -> Option<String> {
        let facts = as_arguments(&self.changed(changes))?;
        let policy = self.arguments.policy.policy.as_ref().and_then(|name| name.to_str());
        let policy = policy.filter(|name| !name.is_empty());
        let policy = policy.map(|name| format!("--policy {}", for_shell(name)));
        let words = ["redress decide".to_owned(), policy.unwrap_or_default(), facts];
        let words = words.into_iter().filter(|word| !word.is_empty());
        Some(words.collect::<Vec<_>>().join(" "))
    }

    /// The facts as they were given, with the changes; what is to be absent is left out.
    fn changed(&self, changes: &[FactChange]) -> Vec<(String, Json)> {
        let change = |key: &str| changes.iter().find(|change| change.fact == key);
        let given = self.arguments.facts.iter();
        let kept = given.map(|fact| match change(&fact.key) {
            Some(change) => (fact.key.clone(), change.json.clone()),
            None => (fact.key.clone(), self.value(&fact.key)),
        });
        let is_given = |key: &str| self.arguments.facts.iter().any(|fact| fact.key == key);
        let added = changes.iter().filter(|change| !is_given(&change.fact));
        kept.chain(added.map(|change| (change.fact.clone(), change.json.clone())))
            .filter(|(_, value)| !value.is_null())
            .collect()
    }

    /// What the event says of a fact.
    fn value(&self, name: &str) -> Json {
        let id = self.policy.vocabulary().find_fact(name);
        id.map_or(Json::Null, |id| self.event.json(id))
    }

    fn write_cover(&self, output: &mut dyn Write, covered_by: &[usize]) -> Result<()> {
        writeln!(
            output,
            "{} decides no event: wherever it holds, an earlier rule decides",
            self.title()
        )?;
        let row = |&position: &usize| {
            let rule = &self.policy.rules()[position];
            match rule.name() {
                Some(name) => [name.to_owned(), rule.at().to_owned()],
                None => [rule.at().to_owned(), String::new()],
            }
        };
        write_columns(output, covered_by.iter().map(row).collect())
    }

    fn written(&self) -> Written<'_> {
        let rule = |rule| WrittenRule::from(rule);
        let rules = self.policy.rules();
        let (changes, covered_by, condition_never_true) = match &self.nearest {
            Nearest::Changes(changes) => (Some(changes), None, false),
            Nearest::Never { covered_by, condition_never_true } => {
                let covered_by = covered_by.iter().map(|&position| rule(&rules[position]));
                (None, Some(covered_by.collect()), *condition_never_true)
            }
        };
        let event = changes.map(|changes| self.changed(changes).into_iter().collect());
        let change = |change| self.written_change(change);
        Written {
            decision: self.event.decide(),
            rule: rule(self.rule),
            changes: changes.map(|changes| changes.iter().map(change).collect()),
            event,
            covered_by,
            condition_never_true,
        }
    }

    fn written_change<'c>(&self, change: &'c FactChange) -> WrittenChange<'c> {
        WrittenChange { fact: &change.fact, before: self.value(&change.fact), after: &change.json }
    }
}

#[derive(Serialize)]
struct Written<'a> {
    /// What is decided now.
    decision: &'a Decision,
    rule: WrittenRule<'a>,
    /// None where no event is decided by the rule.
    changes: Option<Vec<WrittenChange<'a>>>,
    /// The changed event.
    event: Option<serde_json::Map<String, Json>>,
    covered_by: Option<Vec<WrittenRule<'a>>>,
    condition_never_true: bool,
}

#[derive(Serialize)]
struct WrittenRule<'a> {
    rule: Option<&'a str>,
    at: &'a str,
    display: String,
}

impl<'a> From<&'a Rule> for WrittenRule<'a> {
    fn from(rule: &'a Rule) -> Self {
        WrittenRule { rule: rule.name(), at: rule.at(), display: rule.outcome().display() }
    }
}

#[derive(Serialize)]
struct WrittenChange<'a> {
    fact: &'a str,
    before: Json,
    after: &'a Json,
}
