//! What came of the tests, as plain data; its text is for test output, a command may show it otherwise.

use std::fmt;
use std::path::{Component, Path};

use redress::UnknownName;

use redress_toml::Problem;

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// The files that were tested, in the order in which they were found.
    pub files: Vec<FileResult>,
}

/// What came of a file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileResult {
    /// The file, as it was found.
    pub path: String,
    /// What kind of file it is.
    pub kind: FileKind,
    /// What was tested, in the order of the file; empty for a policy that loads and has no examples.
    pub tests: Vec<TestResult>,
    /// The policy that a case file or snapshot is about: a path, or the name of a bundled one.
    pub policy: Option<String>,
}

/// The kinds of files that can be tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// `X.policy`: that it loads, and each of its examples.
    Policy,
    /// `X.cases.toml`: each of its cases.
    Cases,
    /// `X.behaviour`: that it is what `X.policy` does.
    Snapshot,
}

/// What came of one test.
#[derive(Clone, Debug, PartialEq)]
pub struct TestResult {
    /// The case's name, or the example's rule; nothing where the file as a whole was tested.
    pub name: Option<String>,
    /// The line at which it begins.
    pub line: usize,
    /// What came of it.
    pub verdict: Verdict,
    /// Names in its event that the policy does not know, but others much like them: probably slips.
    pub slips: Vec<UnknownName>,
}

/// What came of one test.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// It is as expected.
    Passed,
    /// The snapshot was written, as was asked.
    Written,
    /// It is not.
    Failed(Failure),
}

/// Why a test failed.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// The policy has errors, each `FILE:LINE:COLUMN: error[CODE]: message`.
    Policy(Vec<String>),
    /// The case file is wrong.
    CaseFile(Vec<Problem>),
    /// The decision is another.
    Decision {
        /// What is not as expected; never empty.
        differences: Vec<Difference>,
        /// The rule that decided, or its place where it has no name.
        rule: String,
        /// Where the rule is written.
        at: String,
    },
    /// The policy does something else, as a unified difference.
    Behaviour(String),
    /// The snapshot cannot be compared, for the reason given.
    Snapshot(String),
}

/// Something that a case expected and did not get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub about: Expectation,
    /// What was expected, as the case file writes it.
    pub expected: String,
    /// What there is, written alike.
    pub got: String,
}

/// What a case may expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expectation {
    /// `outcome = …`
    Outcome,
    /// `rule = …`
    Rule,
    /// `labels = …`
    Labels,
}

impl Summary {
    /// Whether there was nothing to test.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// How many tests passed, snapshots that were written included.
    pub fn passed(&self) -> usize {
        self.tests().filter(|test| test.passed()).count()
    }

    /// How many tests failed.
    pub fn failed(&self) -> usize {
        self.tests().filter(|test| !test.passed()).count()
    }

    /// The policies that load, and that nothing else was tried of: they have no example, and no case file or
    /// snapshot of the run is about them.
    pub fn untested(&self) -> impl Iterator<Item = &FileResult> {
        self.of(FileKind::Policy).filter(|file| file.tests.is_empty() && !self.is_covered(file))
    }

    fn is_covered(&self, policy: &FileResult) -> bool {
        let mut about = self.files.iter().filter_map(|file| file.policy.as_deref());
        about.any(|about| same_file(about, &policy.path))
    }

    /// How many policies were tested.
    pub fn policies(&self) -> usize {
        self.of(FileKind::Policy).count()
    }

    /// How many examples in policies were tested.
    pub fn examples(&self) -> usize {
        self.of(FileKind::Policy).map(FileResult::examples).sum()
    }

    /// How many cases were tested.
    pub fn cases(&self) -> usize {
        self.of(FileKind::Cases)
            .flat_map(|file| &file.tests)
            .filter(|test| test.name.is_some())
            .count()
    }

    /// How many snapshots were compared or written.
    pub fn snapshots(&self) -> usize {
        self.of(FileKind::Snapshot).count()
    }

    fn tests(&self) -> impl Iterator<Item = &TestResult> {
        self.files.iter().flat_map(|file| &file.tests)
    }

    fn of(&self, kind: FileKind) -> impl Iterator<Item = &FileResult> {
        self.files.iter().filter(move |file| file.kind == kind)
    }
}

impl FileResult {
    /// A file that was tested as a whole.
    pub(crate) fn whole(path: String, kind: FileKind, verdict: Verdict) -> Self {
        FileResult { path, kind, tests: vec![TestResult::whole(verdict)], policy: None }
    }

    /// Says which policy it is about.
    pub(crate) fn about(mut self, policy: impl Into<String>) -> Self {
        self.policy = Some(policy.into());
        self
    }

    /// How many examples of a policy were tested.
    pub fn examples(&self) -> usize {
        self.tests
            .iter()
            .filter(|test| self.kind == FileKind::Policy && test.name.is_some())
            .count()
    }

    /// Whether everything in it passed.
    pub fn passed(&self) -> bool {
        self.tests.iter().all(TestResult::passed)
    }

    /// Why a test of this file failed, in several lines, its places as `FILE:LINE`.
    pub fn reason(&self, failure: &Failure) -> String {
        let place =
            |problem: &Problem| format!("{}:{}: {}", self.path, problem.line, problem.message);
        match failure {
            Failure::CaseFile(problems) => lines(&problems.iter().map(place).collect::<Vec<_>>()),
            _ => failure.to_string(),
        }
    }

    /// What failed in it.
    pub fn failures(&self) -> impl Iterator<Item = (&TestResult, &Failure)> {
        self.tests.iter().filter_map(|test| match &test.verdict {
            Verdict::Failed(failure) => Some((test, failure)),
            Verdict::Passed | Verdict::Written => None,
        })
    }
}

impl TestResult {
    /// A file as a whole.
    pub(crate) fn whole(verdict: Verdict) -> Self {
        TestResult { name: None, line: 1, verdict, slips: Vec::new() }
    }

    /// Its name and line; nothing where the file as a whole was tested.
    pub fn title(&self) -> Option<String> {
        self.name.as_ref().map(|name| format!("{name} (line {})", self.line))
    }

    /// Whether it did not fail.
    pub fn passed(&self) -> bool {
        !matches!(self.verdict, Verdict::Failed(_))
    }
}

/// What failed, and a last line with the numbers.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in self.files.iter().filter(|file| !file.passed()) {
            writeln!(f, "{}", file.path)?;
            for (test, failure) in file.failures() {
                if let Some(title) = test.title() {
                    writeln!(f, "  {title}")?;
                }
                writeln!(f, "    {}", file.reason(failure).replace('\n', "\n    "))?;
            }
        }
        for file in self.untested() {
            writeln!(f, "no cases: {}", file.path)?;
        }
        write!(f, "{} passed, {} failed", self.passed(), self.failed())
    }
}

/// The name and line, and under it why the test failed, if it did.
impl fmt::Display for TestResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.title(), &self.verdict) {
            (Some(title), Verdict::Failed(failure)) => {
                write!(f, "{title}\n  {}", failure.to_string().replace('\n', "\n  "))
            }
            (None, Verdict::Failed(failure)) => failure.fmt(f),
            (title, Verdict::Passed) => {
                write!(f, "{}: passed", title.as_deref().unwrap_or("all of it"))
            }
            (title, Verdict::Written) => {
                write!(f, "{}: written", title.as_deref().unwrap_or("all of it"))
            }
        }
    }
}

/// Several lines, the last without an end.
impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Policy(errors) => f.write_str(&errors.join("\n")),
            Failure::CaseFile(problems) => f.write_str(&lines(problems)),
            Failure::Decision { differences, rule, at } => {
                write!(f, "{}\ndecided by {rule} ({at})", lines(differences))
            }
            Failure::Behaviour(difference) => f.write_str(difference.trim_end()),
            Failure::Snapshot(reason) => f.write_str(reason),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: expected {}, got {}", self.about, self.expected, self.got)
    }
}

impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Expectation::Outcome => "outcome",
            Expectation::Rule => "rule",
            Expectation::Labels => "labels",
        })
    }
}

/// Whether two paths are alike but for a `./`.
fn same_file(a: &str, b: &str) -> bool {
    let parts = |path| Path::new(path).components().filter(|part| *part != Component::CurDir);
    parts(a).eq(parts(b))
}

pub(crate) fn lines(items: &[impl fmt::Display]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
