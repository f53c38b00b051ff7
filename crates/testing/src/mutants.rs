//! Small changes to a policy, each of which a test should notice.

mod changes;

use std::path::Path;

use redress::analyze::{Diff, Witness};
use redress::{Policy, PolicyLoader};

use crate::case_file::CaseFile;
use crate::summary::{FileKind, FileResult, Summary};
use changes::Change;

/// What became of the changes to a policy.
#[derive(Clone, Debug)]
pub struct Mutants {
    /// The policy's file.
    pub path: String,
    /// How many changes a test notices.
    pub noticed: usize,
    /// How many changes change no decision, which is proved.
    pub equivalent: usize,
    /// How many changes were too complex to be compared with the policy, or were not tried behind ten of that kind.
    pub unsure: usize,
    /// The changes that no test notices, in the order of the file.
    pub survivors: Vec<Survivor>,
}

/// A change that no test notices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Survivor {
    /// `FILE:LINE` of what is changed.
    pub at: String,
    /// What is changed, in words.
    pub change: String,
    /// An event that is decided otherwise.
    pub witness: Witness,
    /// What the policy decides then.
    pub old: String,
    /// What the changed policy decides.
    pub new: String,
}

/// So many changes may turn out to be too complex to be compared, each of which takes all the steps that a comparison
/// may take; what comes behind them is not tried.
pub const MOST_UNSURE: usize = 10;

/// What became of one change.
enum Fate {
    /// The changed policy is refused for other reasons than its examples.
    Refused,
    Equivalent,
    Unsure,
    Noticed,
    Survived(Box<Diff>),
}

impl Mutants {
    /// Tries the changes to every policy that the tests of a run are about and that is no bundled one.
    pub(crate) fn of(
        summary: &Summary,
        loader: &PolicyLoader,
        watch: &mut dyn FnMut(usize, usize),
    ) -> Vec<Mutants> {
        let policies = summary.files.iter().filter(|file| file.kind == FileKind::Policy);
        let subjects: Vec<(Subject<'_>, Vec<Change>)> = policies
            .filter_map(|file| Subject::new(file, summary, loader))
            .map(|subject| {
                let changes = changes::all(&subject.text);
                (subject, changes)
            })
            .collect();
        let all = subjects.iter().map(|(_, changes)| changes.len()).sum();
        let mut tried = 0;
        let mut one_more = || {
            tried += 1;
            watch(tried, all);
        };
        subjects.iter().map(|(subject, changes)| subject.try_all(changes, &mut one_more)).collect()
    }

    /// How many changes there are, those that change nothing left out.
    pub fn all(&self) -> usize {
        self.noticed + self.unsure + self.survivors.len()
    }
}

/// A policy with the tests that are to notice its changes.
struct Subject<'l> {
    loader: &'l PolicyLoader,
    path: String,
    text: String,
    /// The text with spaces for the examples, so that what the rules do can be looked at without them.
    bare: String,
    policy: Policy,
    /// Each with the cases that pass as long as nothing is changed, by their positions.
    cases: Vec<(CaseFile, Vec<usize>)>,
}

impl<'l> Subject<'l> {
    fn new(file: &FileResult, summary: &Summary, loader: &'l PolicyLoader) -> Option<Self> {
        let policy = loader.load(&file.path).ok()?;
        let (_, source) = policy.sources().iter().next()?;
        let text = source.text().to_owned();
        let bare = changes::without_examples(&text);
        let about = |case: &&FileResult| {
            case.kind == FileKind::Cases
                && case.policy.as_deref().is_some_and(|policy| same(policy, &file.path))
        };
        let cases = summary.files.iter().filter(about);
        let cases = cases.filter_map(|cases| CaseFile::read_each(Path::new(&cases.path)).ok());
        let policy = loader.parse(&file.path, &bare).ok()?;
        let with_passing = |cases: CaseFile| {
            let passing = passing(&cases, &policy);
            (cases, passing)
        };
        let cases = cases.map(|(cases, _)| with_passing(cases)).collect();
        Some(Subject { loader, path: file.path.clone(), text, bare, policy, cases })
    }

    fn try_all(&self, changes: &[Change], one_more: &mut dyn FnMut()) -> Mutants {
        let mut mutants = Mutants {
            path: self.path.clone(),
            noticed: 0,
            equivalent: 0,
            unsure: 0,
            survivors: Vec::new(),
        };
        for change in changes {
            if mutants.unsure >= MOST_UNSURE {
                mutants.unsure += 1;
                one_more();
                continue;
            }
            match self.fate(change) {
                Fate::Refused => {}
                Fate::Equivalent => mutants.equivalent += 1,
                Fate::Unsure => mutants.unsure += 1,
                Fate::Noticed => mutants.noticed += 1,
                Fate::Survived(diff) => mutants.survivors.extend(self.survivor(change, &diff)),
            }
            one_more();
        }
        mutants
    }

    fn fate(&self, change: &Change) -> Fate {
        let Ok(changed) = self.loader.parse(&self.path, change.apply(&self.bare)) else {
            return Fate::Refused;
        };
        let is_noticed = self.is_noticed(change);
        // What a case shows to be decided otherwise need not be compared exactly, which takes far longer.
        if is_noticed && self.is_seen(&changed) {
            return Fate::Noticed;
        }
        match self.policy.diff(&changed) {
            Err(_) => Fate::Unsure,
            Ok(diff) if diff.changes.is_empty() => Fate::Equivalent,
            Ok(_) if is_noticed => Fate::Noticed,
            Ok(diff) => Fate::Survived(Box::new(diff)),
        }
    }

    /// Whether the event of a case is decided otherwise.
    fn is_seen(&self, changed: &Policy) -> bool {
        let cases = self.cases.iter().flat_map(|(cases, _)| cases.cases());
        let mut pairs = cases
            .filter_map(|case| Some((case.event(&self.policy).ok()?, case.event(changed).ok()?)));
        pairs.any(|(before, after)| {
            let (before, after) = (before.decide(), after.decide());
            before.outcome != after.outcome || before.labels != after.labels
        })
    }

    /// Whether an example is not decided by its rule any more, or a case fails that does not otherwise.
    fn is_noticed(&self, change: &Change) -> bool {
        let Ok(changed) = self.loader.parse(&self.path, change.apply(&self.text)) else {
            return true;
        };
        let fails = |(cases, passing): &(CaseFile, Vec<usize>)| {
            let results = cases.run(&changed);
            passing.iter().any(|&at| !results[at].passed())
        };
        self.cases.iter().any(fails)
    }

    fn survivor(&self, change: &Change, diff: &Diff) -> Option<Survivor> {
        let first = diff.changes.first()?;
        let decision = |decision: &Option<String>| decision.clone().unwrap_or_default();
        Some(Survivor {
            at: format!("{}:{}", self.path, change.line(&self.text)),
            change: change.words.clone(),
            witness: first.regions.first()?.witness.clone(),
            old: decision(&first.old),
            new: decision(&first.new),
        })
    }
}

/// The positions of the cases that pass.
fn passing(cases: &CaseFile, policy: &Policy) -> Vec<usize> {
    let results = cases.run(policy).into_iter().enumerate();
    results.filter(|(_, result)| result.passed()).map(|(at, _)| at).collect()
}

/// Whether two names are of one file.
fn same(a: &str, b: &str) -> bool {
    let real = |name: &str| std::fs::canonicalize(name).ok();
    a == b || (real(a).is_some() && real(a) == real(b))
}
