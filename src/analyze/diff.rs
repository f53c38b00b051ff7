//! What a change of a policy changes: the events that are decided otherwise, and nothing else.
//!
//! Both policies are read in one vocabulary that has all that either knows. There each is a diagram, the two
//! are zipped into one of what changes, and its regions are the answer. Two policies that behave alike give
//! the diagram of nothing, so equal ones are proved equal.

mod common;
mod compare;
mod region;
mod translate;
mod vocabulary;

use serde_json::Value as Json;

use super::budget::TooComplex;
use super::space::Space;
use super::spelling::spelled;
use super::witness::Witness;
use crate::policy::Policy;
use common::common;
use compare::{Comparison, Side};

/// What becomes of the events when one policy takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// The largest first, otherwise in the order of the events.
    pub changes: Vec<Change>,
    /// What is new, gone or otherwise in the vocabulary, a line each. By itself it changes no decision.
    pub vocabulary: Vec<String>,
}

/// How much a change changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Every event is decided as before.
    Patch,
    /// Events that only `otherwise` decided, or that could not be, have a rule now.
    Minor,
    /// Any other event is decided otherwise, or cannot be given any more.
    Major,
}

impl Verdict {
    /// `patch`, `minor` or `major`.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Patch => "patch",
            Verdict::Minor => "minor",
            Verdict::Major => "major",
        }
    }
}

/// A decision that another one takes the place of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Outcome and labels as a rule writes them; none where the old policy cannot be given such events.
    pub old: Option<String>,
    /// Outcome and labels as a rule writes them; none where the new policy cannot be given such events.
    pub new: Option<String>,
    /// How much this changes.
    pub verdict: Verdict,
    /// The events, in regions that do not overlap.
    pub regions: Vec<ChangedRegion>,
}

/// Events for which one decision takes the place of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedRegion {
    /// The facts that matter.
    pub facts: Vec<RegionFact>,
    /// The same as a condition of the language; empty for all events.
    pub condition: String,
    /// One of the events.
    pub witness: Witness,
    /// The position in the old policy of the rule that decides the witness.
    pub old_rule: Option<usize>,
    /// The position in the new policy of the rule that decides the witness.
    pub new_rule: Option<usize>,
    /// The positions in the old policy of all rules that decide some of the events, in order.
    pub old_rules: Vec<usize>,
    /// The positions in the new policy of all rules that decide some of the events, in order.
    pub new_rules: Vec<usize>,
}

/// The values of one fact that a region has.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegionFact {
    /// The fact's name.
    pub name: String,
    /// The same as people say it, in the pieces that commas part, as [`Row::readable`](super::Row::readable).
    pub words: Vec<String>,
    /// Values that the region has; where it has all `other` ones, those that it has not.
    pub values: Vec<RegionValue>,
    /// Whether the region has all values but those listed.
    pub other: bool,
    /// Whether the region has events without the fact, too.
    pub absent: bool,
    /// What tests that look inside a text are to say.
    pub texts: Vec<RegionText>,
}

/// Values of a fact, as an event in JSON gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegionValue {
    /// A name, a text, or a yes or no.
    One(Json),
    /// Numbers, durations or sizes, both ends included.
    Range {
        /// The lowest; none where it is the lowest there is.
        from: Option<Json>,
        /// The highest; none where it is the highest there is.
        to: Option<Json>,
    },
}

/// What a test that looks inside a text is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionText {
    /// `contains`, `starts with`, `ends with`, `like` or `matches`.
    pub test: String,
    /// What it looks for.
    pub text: String,
    /// Whether it is to say yes.
    pub holds: bool,
}

/// A fact that cannot be compared, because the two policies disagree about what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// Its name.
    pub fact: String,
    /// Its type in the old policy.
    pub old: String,
    /// Its type in the new policy.
    pub new: String,
}

/// Why two policies cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DiffError {
    /// They disagree about the types of facts.
    #[error("{}", clashes(.0))]
    Clashes(Vec<Clash>),
    /// It would take too much work, or the answer too much room.
    #[error(transparent)]
    TooComplex(#[from] TooComplex),
}

fn clashes(clashes: &[Clash]) -> String {
    let clash = |Clash { fact, old, new }: &Clash| {
        format!("the fact `{fact}` is of type `{old}` in the old policy and `{new}` in the new one")
    };
    clashes.iter().map(clash).collect::<Vec<_>>().join("; ")
}

impl Diff {
    /// How much all of it changes.
    pub fn verdict(&self) -> Verdict {
        self.changes.iter().map(|change| change.verdict).max().unwrap_or(Verdict::Patch)
    }
}

impl<A> Policy<A> {
    /// What changes where `new` takes the place of this policy, exactly.
    ///
    /// Outcomes, their arguments and labels are behaviour; names, comments, layout and the order of rules that
    /// do not overlap are not. A fact or a name that only one of the two policies knows means nothing to the
    /// other.
    ///
    /// # Errors
    /// Where the two disagree about the type of a fact, or are too complex to be compared exactly.
    ///
    /// ```
    /// use redress::{Policy, analyze::Verdict};
    /// let new = Policy::parse("extends default\nwhen module > 1 and attempt > 3 => fail")?;
    /// let diff = Policy::default().diff(&new)?;
    /// assert_eq!(diff.verdict(), Verdict::Major);
    /// assert_eq!(diff.changes[0].old.as_deref(), Some("handle"));
    /// assert_eq!(diff.changes[0].regions[0].condition, "module in 2.. and attempt in 4.. and handler");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn diff<B>(&self, new: &Policy<B>) -> Result<Diff, DiffError> {
        if self.fingerprint() == new.fingerprint() {
            return Ok(Diff { changes: Vec::new(), vocabulary: Vec::new() });
        }
        let common = common(self.vocabulary(), new.vocabulary()).map_err(DiffError::Clashes)?;
        let old_conditions = common.old.conditions(self.rules());
        let new_conditions = common.new.conditions(new.rules());
        // Of one spelling both, so that what is the same is seen to be at once.
        let both = old_conditions.iter().chain(&new_conditions);
        let mut old_conditions = spelled(both.map(Option::as_ref));
        let new_conditions = old_conditions.split_off(self.rules().len() + 1);
        let mut budget = self.budget().or_more(new.budget());
        let all = old_conditions.iter().chain(&new_conditions).map(Option::as_ref);
        let space = Space::new(&common.vocabulary, all, &mut budget)?;
        let comparison = Comparison::new(
            Side { conditions: &old_conditions, rules: self.rules() },
            Side { conditions: &new_conditions, rules: new.rules() },
        );
        Ok(Diff {
            changes: comparison.changes(space, budget)?,
            vocabulary: vocabulary::changes(self.vocabulary(), new.vocabulary()),
        })
    }
}
