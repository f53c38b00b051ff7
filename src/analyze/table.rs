//! What a policy does, written out: as a decision table, and as stable text.

use std::fmt;

use super::budget::{Budget, TooComplex};
use super::build::Builder;
use super::conditions;
use super::layout::lay_out;
use super::numbers::Numbers;
use super::regions::Region;
use super::show::{cells, condition};
use super::space::Space;
use super::spelling::spelled;
use crate::condition::Condition;
use crate::decision::{Fingerprint, Outcome};
use crate::labels::Labels;
use crate::policy::{Policy, Rule};
use crate::vocabulary::Vocabulary;

/// A policy as a decision table: what it does with every event, each in exactly one row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The names of the facts that matter, one a column.
    pub facts: Vec<String>,
    /// In the order of the rules.
    pub rows: Vec<Row>,
}

/// The events of a [`Table`] that one rule decides for the same reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The values of each fact, such as `2..`, `other than ConnectionError` or `absent`; empty where any will do.
    pub cells: Vec<String>,
    /// The same as people say it, `over 5m` for `300001ms..`, in the pieces that commas part.
    pub readable: Vec<Vec<String>>,
    /// The position of the deciding rule in [`Policy::rules`].
    pub rule: usize,
}

/// What a policy does, as stable text for snapshot tests.
///
/// Each region of events stands with its outcome and labels, written as rules of the language that do not
/// overlap, so that they could stand in any order. Names, layout, and the order of rules that do not overlap
/// do not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    regions: Result<Vec<(String, String)>, TooComplex>,
    /// Stands for what cannot be written out, so that no change of it goes unseen.
    policy: Option<Fingerprint>,
}

impl Behaviour {
    /// Whether it could be written out; the text of one that could not has the policy's fingerprint in its place.
    pub fn is_written_out(&self) -> bool {
        self.regions.is_ok()
    }
}

impl<A> Policy<A> {
    /// What the policy does, as stable text that changes when the policy does something else.
    ///
    /// Policies with one vocabulary that do the same have the same text. Tests that look into texts are shown in the
    /// simplest way: `like "a*"` and `matches "^a"` as `starts with "a"`. What is left of how they are written are
    /// regular expressions that few simple tests do not say, texts parted by tests none of which is the other
    /// policy's, and needless ones among very many patterns of one fact.
    ///
    /// ```
    /// let policy = redress::Policy::parse(
    ///     "rule early: when module == first => stop
    ///      otherwise => fail",
    /// )?;
    /// assert_eq!(
    ///     policy.behaviour().to_string(),
    ///     "when module == 1\n  => stop\nwhen module in 2..\n  => fail\n"
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn behaviour(&self) -> Behaviour {
        let behaviour = behaviour(self.vocabulary(), self.rules(), self.budget());
        let policy = behaviour.regions.is_err().then(|| self.fingerprint());
        Behaviour { policy, ..behaviour }
    }

    /// The policy as a decision table.
    ///
    /// # Errors
    /// Where the policy is too complex to be analysed exactly, or has more than 10,000 rows.
    ///
    /// ```
    /// let table = redress::Policy::default().table()?;
    /// assert_eq!(table.facts, ["module", "handler", "error"]);
    /// assert_eq!(table.rows[1].cells, ["2..", "true", ""]);
    /// assert_eq!(table.rows[2].readable[2][..2], ["ConnectionError", "RateLimitError"]);
    /// # Ok::<(), redress::analyze::TooComplex>(())
    /// ```
    pub fn table(&self) -> Result<Table, TooComplex> {
        table(self.vocabulary(), self.rules(), self.budget())
    }
}

fn table(vocabulary: &Vocabulary, rules: &[Rule], budget: Budget) -> Result<Table, TooComplex> {
    let conditions = spelled(conditions(rules));
    let (space, regions) = parted(vocabulary, &conditions, budget, &|rule| rule as u32 + 1)?;
    let matters =
        |position: &usize| regions.iter().any(|region| !region.choices[*position].is_any());
    let columns: Vec<usize> = (0..space.facts.len()).filter(matters).collect();
    let name = |&column: &usize| vocabulary.fact(space.facts[column].fact).name.clone();
    let row = |region| {
        let (exact, readable) = (cells(&space, region, false), cells(&space, region, true));
        Row {
            cells: columns.iter().map(|&column| exact[column].join(", ")).collect(),
            readable: columns.iter().map(|&column| readable[column].clone()).collect(),
            rule: region.number as usize - 1,
        }
    };
    let mut rows: Vec<Row> = regions.iter().map(row).collect();
    rows.sort_by_key(|row| row.rule);
    Ok(Table { facts: columns.iter().map(name).collect(), rows })
}

pub(super) fn behaviour(vocabulary: &Vocabulary, rules: &[Rule], budget: Budget) -> Behaviour {
    let mut decisions = Numbers::new();
    let numbers: Vec<u32> =
        rules.iter().map(|rule| decisions.number(decision_by_value(rule))).collect();
    let conditions = spelled(conditions(rules));
    let regions = parted(vocabulary, &conditions, budget, &|rule| numbers[rule] + 1).map(
        |(space, regions)| {
            let decision = |number: u32| decisions.get(number - 1).cloned().unwrap_or_default();
            regions
                .iter()
                .map(|region| (condition(&space, region), decision(region.number)))
                .collect()
        },
    );
    Behaviour { regions, policy: None }
}

/// The regions that the conditions of rules part all events into; `number` says, from 1, which rules are to be told
/// apart.
pub(super) fn parted<'a>(
    vocabulary: &'a Vocabulary,
    conditions: &'a [Option<Condition>],
    mut budget: Budget,
    number: &dyn Fn(usize) -> u32,
) -> Result<(Space<'a>, Vec<Region>), TooComplex> {
    let conditions = || conditions.iter().map(Option::as_ref);
    let space = Space::new(vocabulary, conditions(), &mut budget)?;
    let mut builder = Builder::new(&space, budget);
    let conditions = builder.conditions(conditions())?;
    let decided = builder.decided(&conditions, number)?;
    let diagram = builder.diagram;
    lay_out(space, diagram, decided)
}

/// The outcome and the labels, as a rule writes them.
pub(crate) fn decision(rule: &Rule) -> String {
    written(&rule.outcome, &rule.labels)
}

/// The outcome and the labels in one spelling: the same text for all that say the same.
pub(super) fn decision_by_value(rule: &Rule) -> String {
    written(&rule.outcome.by_value(), &rule.labels.by_value())
}

fn written(outcome: &Outcome, labels: &Labels) -> String {
    let labels: Vec<String> =
        labels.iter().map(|(name, label)| format!("{name}: {label}")).collect();
    match labels.is_empty() {
        true => outcome.to_string(),
        false => format!("{outcome} with {}", labels.join(", ")),
    }
}

impl fmt::Display for Behaviour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ok(regions) = &self.regions else {
            writeln!(f, "# the behaviour is too complex to be written out")?;
            return self.policy.iter().try_for_each(|policy| writeln!(f, "# {policy}"));
        };
        for (condition, decision) in regions {
            match condition.as_str() {
                "" => writeln!(f, "otherwise\n  => {decision}")?,
                condition => writeln!(f, "when {condition}\n  => {decision}")?,
            }
        }
        Ok(())
    }
}
