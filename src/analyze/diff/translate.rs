//! The conditions of one policy in the common vocabulary of two.

use std::sync::Arc;

use crate::condition::{Accepts, Condition, Members, Rewriter, Test, Truth};
use crate::decide;
use crate::policy::Rule;
use crate::vocabulary::{DefaultValue, FactId, MemberId};

/// How a policy reads a fact of the common vocabulary.
pub(super) struct Reading {
    /// The fact in the common vocabulary.
    pub(super) fact: FactId,
    /// By member of the common enum, what the policy takes it for; none where the numbers are the same.
    pub(super) members: Option<Vec<MemberId>>,
    /// What the policy takes an absent fact for, where the common vocabulary has no such default.
    pub(super) default: Option<DefaultValue>,
}

/// How a policy reads the events of the common vocabulary.
pub(super) struct Side {
    /// By the policy's own number of the fact.
    readings: Vec<Reading>,
    /// True of the events that the policy cannot be given.
    refuses: Option<Condition>,
}

impl Side {
    pub(super) fn new(readings: Vec<Reading>, mut refusals: Vec<Condition>) -> Self {
        let refuses = match refusals.len() {
            0 | 1 => refusals.pop(),
            _ => Some(Condition::Any(refusals.into())),
        };
        Side { readings, refuses }
    }

    /// The condition that refuses events, then those of the rules; none for `otherwise`.
    pub(super) fn conditions(&self, rules: &[Rule]) -> Vec<Option<Condition>> {
        let mut translation = Rewriter::new(|test: &Test| self.test(test));
        let never = || Condition::Any(Box::default());
        let refuses = self.refuses.clone().unwrap_or_else(never);
        let rules = rules.iter().map(|rule| Some(translation.condition(rule.condition.as_ref()?)));
        [Some(refuses)].into_iter().chain(rules).collect()
    }

    /// A test as this policy reads it.
    fn test(&self, test: &Test) -> Condition {
        let reading = &self.readings[test.fact.index()];
        let accepts = match (&test.accepts, &reading.members) {
            (Accepts::Members(members), Some(read)) => {
                Accepts::Members(Arc::new(read_as(members, read)))
            }
            (accepts, _) => accepts.clone(),
        };
        let asked =
            |accepts| Condition::Test(Test { fact: reading.fact, accepts, span: test.span });
        // An absent fact has a value here, of which the test says yes or no, and nothing is unknown.
        let on_absent = reading.default.as_ref().map(|default| says_yes(&test.accepts, default));
        match (on_absent, &test.accepts) {
            (None, _) => asked(accepts),
            (Some(yes), Accepts::Present | Accepts::Absent) => constant(yes),
            (Some(true), _) => Condition::Any([asked(accepts), asked(Accepts::Absent)].into()),
            (Some(false), _) => Condition::All([asked(accepts), asked(Accepts::Present)].into()),
        }
    }
}

/// True or false of every event.
fn constant(yes: bool) -> Condition {
    if yes { Condition::All(Box::default()) } else { Condition::Any(Box::default()) }
}

fn says_yes(accepts: &Accepts, default: &DefaultValue) -> bool {
    match accepts {
        Accepts::Present => true,
        Accepts::Absent => false,
        accepts => decide::accepts(accepts, default.value()) == Truth::True,
    }
}

/// The names of the common enum that a policy takes for members of a set.
fn read_as(members: &Members, read: &[MemberId]) -> Members {
    let exceptional = |&(member, _): &(&MemberId, u32)| {
        members.contains(*member) != members.contains(MemberId::OTHER)
    };
    let exceptions = read.iter().zip(0..).filter(exceptional).map(|(_, at)| MemberId(at));
    let listed = Members::new(exceptions);
    if members.contains(MemberId::OTHER) { listed.complement() } else { listed }
}
