//! What was measured.

use crate::contender::Start;
use crate::contestants::is_peer;
use crate::measure::Measured;

/// The policies that decide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// The default policy.
    Documented,
    /// Keyed by application and error, with ranges.
    First,
    /// Text patterns and ranges only.
    Second,
    /// A random mix of everything.
    Third,
}

impl Family {
    /// As it is called in the document.
    pub fn name(self) -> &'static str {
        match self {
            Family::Documented => "documented policy",
            Family::First => "first family",
            Family::Second => "second family",
            Family::Third => "third family",
        }
    }
}

/// How events were met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// Again and again.
    Replayed,
    /// For the first time.
    Unseen,
}

impl Meeting {
    /// Both, in the order of the tables.
    pub const BOTH: [Meeting; 2] = [Meeting::Replayed, Meeting::Unseen];

    /// As it is called in the document.
    pub fn name(self) -> &'static str {
        match self {
            Meeting::Replayed => "replayed",
            Meeting::Unseen => "unseen",
        }
    }

    /// What a contestant takes for a decision then.
    pub fn pace(self, measured: &Measured) -> f64 {
        match self {
            Meeting::Replayed => measured.replayed,
            Meeting::Unseen => measured.unseen,
        }
    }
}

/// What the replayed events of a policy are.
#[derive(Clone, Copy, Debug)]
pub struct Sampled {
    /// The family of the policy.
    pub family: Family,
    /// Its rules.
    pub rules: usize,
    /// The events.
    pub events: usize,
    /// Those that differ.
    pub distinct: usize,
    /// Those that a rule decides, and not `otherwise`.
    pub decided: usize,
    /// The rules that decide some of them.
    pub deciding: usize,
}

/// One contestant from one starting point on one policy.
#[derive(Clone, Debug)]
pub struct Figure {
    /// The family of the policy.
    pub family: Family,
    /// Its rules.
    pub rules: usize,
    /// What the contestant came to.
    pub measured: Measured,
}

/// An engine that did not take the rules.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The engine.
    pub name: &'static str,
    /// Where.
    pub place: String,
    /// Why.
    pub reason: String,
}

/// Bytes that a loaded policy holds.
#[derive(Clone, Copy, Debug)]
pub struct AtRest {
    /// The family of the policy.
    pub family: Family,
    /// Its rules.
    pub rules: usize,
    /// The bytes.
    pub bytes: i64,
}

/// Reading a policy's text.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// The rules in it.
    pub rules: usize,
    /// The bytes of the text.
    pub text: usize,
    /// Nanoseconds that Redress takes to read, check and compile it.
    pub redress: f64,
    /// The same in a process that does nothing else, where all memory is new.
    pub alone: f64,
    /// Nanoseconds that pest takes to read it with the same grammar.
    pub pest: f64,
    /// Bytes that the loaded policy holds.
    pub bytes: i64,
}

/// One thread and two on one policy.
#[derive(Clone, Copy, Debug)]
pub struct Threads {
    /// The family of the policy.
    pub family: Family,
    /// Its rules.
    pub rules: usize,
    /// CPU nanoseconds a decision of one thread alone.
    pub alone: f64,
    /// CPU nanoseconds a decision of two threads at once, the mean of both.
    pub together: f64,
    /// The turns of each; the quickest counts.
    pub turns: usize,
    /// Decisions in a second of the clock on the wall: two threads that share a policy over one thread.
    pub shared: f64,
    /// The same with a policy each.
    pub private: f64,
    /// The same of threads that compute and share nothing at all.
    pub arithmetic: f64,
    /// Decisions in a second of the clock on the wall: two threads that share a policy over the better of the others.
    pub of_the_best: f64,
}

/// Everything that one run found.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// Events.
    pub samples: Vec<Sampled>,
    /// Decisions.
    pub figures: Vec<Figure>,
    /// Engines that did not take the rules.
    pub refusals: Vec<Refusal>,
    /// Memory.
    pub at_rest: Vec<AtRest>,
    /// Loading.
    pub loads: Vec<Load>,
    /// Threads.
    pub threads: Vec<Threads>,
}

impl Findings {
    /// What a contestant came to.
    pub fn find(
        &self,
        family: Family,
        rules: usize,
        name: &str,
        start: Start,
    ) -> Option<&Measured> {
        self.of(family, rules).find(|it| it.name == name && it.start == start)
    }

    /// All that was measured on one policy.
    pub fn of(&self, family: Family, rules: usize) -> impl Iterator<Item = &Measured> {
        self.figures
            .iter()
            .filter(move |figure| figure.family == family && figure.rules == rules)
            .map(|figure| &figure.measured)
    }

    /// The sizes of a family that were measured, in their order.
    pub fn sizes(&self, family: Family) -> Vec<usize> {
        let figures = self.figures.iter().filter(|figure| figure.family == family);
        let mut sizes: Vec<usize> = figures.map(|figure| figure.rules).collect();
        sizes.sort_unstable();
        sizes.dedup();
        sizes
    }

    /// The fastest other engine from this starting point, on events that are met so.
    pub fn fastest_peer(
        &self,
        family: Family,
        rules: usize,
        start: Start,
        meeting: Meeting,
    ) -> Option<&Measured> {
        self.of(family, rules)
            .filter(|measured| measured.start == start && is_peer(measured.name))
            .min_by(|one, other| meeting.pace(one).total_cmp(&meeting.pace(other)))
    }
}
