//! How much of a policy the tests put to use: see `docs/testing.md` for what is counted, and why.

use std::path::{Component, Path, PathBuf};

use redress::analyze::{Goal, Reach};
use redress::coverage::{Atom, Observation, Truth};
use redress::{Event, Policy, PolicyLoader};

use crate::case_file::{CaseFile, PolicyName};
use crate::summary::{FileKind, FileResult, Summary};

/// What the tests of a run put to use, for each policy that they are about.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// In the order in which the run came to them.
    pub policies: Vec<PolicyCoverage>,
}

/// What the tests put to use of a policy.
#[derive(Clone, Debug)]
pub struct PolicyCoverage {
    /// The policy's file, or the name of a bundled one.
    pub path: String,
    /// The policy.
    pub policy: Policy,
    /// How many events the tests have.
    pub events: usize,
    /// One a rule, in the order of the policy's rules.
    pub rules: Vec<RuleCoverage>,
}

/// What the tests put to use of a rule.
#[derive(Clone, Debug)]
pub struct RuleCoverage {
    /// Its tests as they are written.
    pub atoms: Vec<Atom>,
    /// What there is to be seen of it: that it decides, then of each of its tests the answers and the effect.
    pub goals: Vec<GoalCoverage>,
}

/// Whether something was seen.
#[derive(Clone, Debug)]
pub struct GoalCoverage {
    /// What there is to be seen.
    pub goal: Goal,
    /// How many events show it.
    pub seen: usize,
    /// `FILE:LINE` of the first test that shows it.
    pub first: Option<String>,
    /// Where no test does, what event would.
    pub reach: Option<Reach>,
}

/// Something out of all there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// What was seen.
    pub seen: usize,
    /// What can be seen.
    pub all: usize,
}

impl Share {
    /// The whole percents of it, rounded down, so that 100 means all; of nothing, all.
    pub fn percent(self) -> usize {
        (self.seen * 100).checked_div(self.all).unwrap_or(100)
    }

    fn of<'a>(goals: impl IntoIterator<Item = &'a GoalCoverage>) -> Self {
        let possible = goals.into_iter().filter(|goal| !goal.is_impossible());
        possible.fold(Share::default(), |share, goal| Share {
            seen: share.seen + usize::from(goal.is_seen()),
            all: share.all + 1,
        })
    }
}

impl GoalCoverage {
    /// Whether a test shows it.
    pub fn is_seen(&self) -> bool {
        self.seen > 0
    }

    /// Whether no event can show it, which is proved.
    pub fn is_impossible(&self) -> bool {
        self.reach == Some(Reach::Never)
    }

    /// Whether a test could show it and none does.
    pub fn is_missing(&self) -> bool {
        !self.is_seen() && !self.is_impossible()
    }

    /// The position of the rule's test that it is about.
    pub fn atom(&self) -> Option<usize> {
        match self.goal {
            Goal::Decides => None,
            Goal::Answers(atom, _) | Goal::Holds(atom) | Goal::Fails(atom) => Some(atom),
        }
    }
}

impl RuleCoverage {
    fn new(policy: &Policy, rule: usize) -> Self {
        let atoms = policy.atoms(rule);
        let of_atom = |(at, atom): (usize, &Atom)| {
            let answers = Truth::ALL
                .into_iter()
                .filter(|truth| *truth != Truth::Unknown || atom.can_be_unknown)
                .map(move |truth| Goal::Answers(at, truth));
            answers.chain([Goal::Holds(at), Goal::Fails(at)]).collect::<Vec<_>>()
        };
        let of_atoms = atoms.iter().enumerate().flat_map(of_atom);
        let goals = std::iter::once(Goal::Decides).chain(of_atoms);
        let unseen = |goal| GoalCoverage { goal, seen: 0, first: None, reach: None };
        RuleCoverage { goals: goals.map(unseen).collect(), atoms }
    }

    /// How many events it decides.
    pub fn decided(&self) -> usize {
        self.goals.first().map_or(0, |goal| goal.seen)
    }

    /// Whether it can decide no event, which is proved.
    pub fn can_never_decide(&self) -> bool {
        self.goals.first().is_some_and(GoalCoverage::is_impossible)
    }

    /// What of its tests no event can show, which is proved.
    pub fn impossible(&self) -> impl Iterator<Item = &GoalCoverage> {
        self.goals.iter().filter(|goal| goal.is_impossible() && goal.goal != Goal::Decides)
    }

    /// What was seen of all there is.
    pub fn share(&self) -> Share {
        Share::of(&self.goals)
    }

    /// What there is to be seen of one of its tests.
    pub fn of_atom(&self, atom: usize) -> impl Iterator<Item = &GoalCoverage> {
        self.goals.iter().filter(move |goal| goal.atom() == Some(atom))
    }

    /// How many of its tests are covered in full.
    pub fn atoms_covered(&self) -> Share {
        let missing = |atom| self.of_atom(atom).any(GoalCoverage::is_missing);
        let seen = (0..self.atoms.len()).filter(|&atom| !missing(atom)).count();
        Share { seen, all: self.atoms.len() }
    }

    /// What is missing, without what follows from other things missing: a test never seen true cannot have
    /// been what makes the rule hold.
    pub fn missing(&self) -> impl Iterator<Item = &GoalCoverage> {
        self.goals.iter().filter(|goal| goal.is_missing() && !self.follows(goal.goal))
    }

    /// What there is to be seen, in words: that `attempt > 3` is false, for instance.
    pub fn words(&self, goal: Goal) -> String {
        let question = |atom: usize| question(&self.atoms[atom]);
        match goal {
            Goal::Decides => "the rule deciding".to_owned(),
            Goal::Answers(atom, Truth::Unknown) => {
                format!("{} unknown, without `{}`", question(atom), self.atoms[atom].fact)
            }
            Goal::Answers(atom, truth) => format!("{} {}", question(atom), truth.as_str()),
            Goal::Holds(atom) => format!("{} being what makes the rule hold", question(atom)),
            Goal::Fails(atom) => {
                format!("{} being all that keeps the rule from holding", question(atom))
            }
        }
    }

    fn follows(&self, goal: Goal) -> bool {
        let (atom, made_by): (usize, fn(Truth, Truth) -> bool) = match goal {
            Goal::Decides | Goal::Answers(..) => return false,
            Goal::Holds(atom) => (atom, |truth, wanted| truth == wanted),
            Goal::Fails(atom) => (atom, |truth, wanted| truth != wanted),
        };
        let wanted = if self.atoms[atom].negated { Truth::False } else { Truth::True };
        let seen = |goal: &GoalCoverage| {
            matches!(goal.goal, Goal::Answers(_, truth) if made_by(truth, wanted)) && goal.is_seen()
        };
        !self.of_atom(atom).any(seen)
    }

    fn count(&mut self, decides: bool, observation: &Observation, place: &str) {
        for goal in &mut self.goals {
            if shows(goal.goal, decides, observation) {
                goal.seen += 1;
                goal.first.get_or_insert_with(|| place.to_owned());
            }
        }
    }
}

/// Whether what is known of a rule on an event shows a goal.
pub(crate) fn shows(goal: Goal, decides: bool, observation: &Observation) -> bool {
    let counts = |atom: usize| observation.tests[atom].counts;
    match goal {
        Goal::Decides => decides,
        Goal::Answers(atom, truth) => observation.tests[atom].truth == truth,
        Goal::Holds(atom) => counts(atom) && observation.holds == Truth::True,
        Goal::Fails(atom) => counts(atom) && observation.holds != Truth::True,
    }
}

/// The condition in backticks, with the named ones that it is part of.
fn question(atom: &Atom) -> String {
    let within: String = atom.within.iter().map(|name| format!("{name}: ")).collect();
    format!("`{within}{}`", atom.text)
}

impl PolicyCoverage {
    /// Whether of something that was not seen it is not known whether it can be.
    pub fn is_unsure(&self) -> bool {
        let goals = self.rules.iter().flat_map(|rule| &rule.goals);
        goals.filter(|goal| !goal.is_seen()).any(|goal| matches!(goal.reach, Some(Reach::Unsure)))
    }

    /// A policy of which nothing was tried yet.
    pub fn new(path: impl Into<String>, policy: Policy) -> Self {
        let rules = (0..policy.rules().len()).map(|rule| RuleCoverage::new(&policy, rule));
        PolicyCoverage { path: path.into(), rules: rules.collect(), policy, events: 0 }
    }

    /// What was seen of all there is.
    pub fn share(&self) -> Share {
        Share::of(self.rules.iter().flat_map(|rule| &rule.goals))
    }

    /// How much no event can show.
    pub fn impossible(&self) -> usize {
        let goals = self.rules.iter().flat_map(|rule| &rule.goals);
        goals.filter(|goal| goal.is_impossible()).count()
    }

    /// Counts an event of this policy; `place` is that of the test it comes from.
    pub(crate) fn count(&mut self, event: &Event<'_>, place: &str) {
        self.events += 1;
        let deciding = event.deciding_rule();
        for (at, rule) in self.rules.iter_mut().enumerate() {
            rule.count(at == deciding, &event.observe(at), place);
        }
    }

    /// Looks for events that show what no test does, and for proofs that there are none.
    pub(crate) fn search(&mut self) {
        let policy = self.policy.clone();
        let mut unseen: Vec<((usize, Goal), &mut GoalCoverage)> = Vec::new();
        for (at, rule) in self.rules.iter_mut().enumerate() {
            let goals = rule.goals.iter_mut().filter(|goal| !goal.is_seen());
            unseen.extend(goals.map(|goal| ((at, goal.goal), goal)));
        }
        let wanted: Vec<(usize, Goal)> = unseen.iter().map(|(wanted, _)| *wanted).collect();
        for ((_, goal), reach) in unseen.into_iter().zip(policy.reach(&wanted)) {
            goal.reach = Some(reach);
        }
    }
}

impl Coverage {
    /// What was seen of all there is, in all policies together.
    pub fn share(&self) -> Share {
        Share::of(
            self.policies.iter().flat_map(|policy| &policy.rules).flat_map(|rule| &rule.goals),
        )
    }

    /// What the tests of a run put to use; policies that do not load are left out.
    pub(crate) fn of(summary: &Summary, loader: &PolicyLoader) -> Self {
        let mut coverage = Coverage::default();
        for file in &summary.files {
            match file.kind {
                FileKind::Policy => coverage.examples(file, loader),
                FileKind::Cases => coverage.cases(file, loader),
                FileKind::Snapshot => {}
            }
        }
        coverage.policies.iter_mut().for_each(PolicyCoverage::search);
        coverage
    }

    /// Counts the examples of a policy that were run.
    fn examples(&mut self, file: &FileResult, loader: &PolicyLoader) {
        let bundled = redress::POLICIES.iter().find(|bundled| bundled.file == file.path);
        let (name, loaded) = match bundled.filter(|_| !Path::new(&file.path).exists()) {
            Some(bundled) => (bundled.name.to_owned(), Policy::bundled(bundled.name)),
            None => (file.path.clone(), loader.load(&file.path).ok()),
        };
        let Some(policy) = loaded else { return };
        let coverage = self.of_policy(name, &policy);
        for (span, event) in policy.examples() {
            let line = policy.sources().file(span.file).line(span.start as usize);
            if was_run(file, line) {
                coverage.count(&event, &policy.sources().place(span));
            }
        }
    }

    /// Counts the cases of a file that were run.
    fn cases(&mut self, file: &FileResult, loader: &PolicyLoader) {
        let Ok((cases, _)) = CaseFile::read_each(Path::new(&file.path)) else { return };
        let Ok(policy) = cases.load(loader) else { return };
        let name = match cases.policy() {
            PolicyName::Bundled(name) => name.clone(),
            PolicyName::File(path) => path.display().to_string(),
        };
        let coverage = self.of_policy(name, &policy);
        for case in cases.cases().iter().filter(|case| was_run(file, case.line())) {
            if let Ok(event) = case.event(&policy) {
                coverage.count(&event, &format!("{}:{}", file.path, case.line()));
            }
        }
    }

    /// The coverage of a policy, which is one however it is named.
    fn of_policy(&mut self, name: String, policy: &Policy) -> &mut PolicyCoverage {
        let real = |name: &str| std::fs::canonicalize(name).unwrap_or_else(|_| name.into());
        let wanted = real(&name);
        let known = self.policies.iter().position(|policy| real(&policy.path) == wanted);
        let at = known.unwrap_or_else(|| {
            self.policies.push(PolicyCoverage::new(without_dots(&name), policy.clone()));
            self.policies.len() - 1
        });
        &mut self.policies[at]
    }
}

/// Whether the test at this line is among those of the run.
fn was_run(file: &FileResult, line: usize) -> bool {
    file.tests.iter().any(|test| test.line == line && test.name.is_some())
}

/// The path without a `./`.
fn without_dots(path: &str) -> String {
    let parts = Path::new(path).components().filter(|part| *part != Component::CurDir);
    parts.collect::<PathBuf>().display().to_string()
}
