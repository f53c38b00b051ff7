//! Runs what was found.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};

use redress::ast::{DeclarationKind, Example};
use redress::source::{FileId, Sources};
use redress::{BundledFile, Code, Diagnostic, Policy, PolicyLoader, Report, Severity};

use crate::case_file::{BadCase, CaseFile, PolicyName};
use crate::coverage::Coverage;
use crate::find::{Found, find};
use crate::mutants::Mutants;
use crate::snapshot;
use crate::summary::{Failure, FileKind, FileResult, Summary, TestResult, Verdict};

/// Why a run could not be carried out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TestError {
    /// A path that was given, or a folder below it, cannot be read.
    #[error("cannot read `{}`: {problem}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// A snapshot cannot be written.
    #[error("cannot write `{}`: {problem}", path.display())]
    Unwritable {
        /// The path.
        path: PathBuf,
        /// Why.
        problem: io::Error,
    },
    /// A file that was given is nothing that can be tested.
    #[error("`{}` cannot be tested; its name ends in neither `.policy`, `.cases.toml` nor `.behaviour`", path.display())]
    NotATest {
        /// The path.
        path: PathBuf,
    },
}

impl TestError {
    pub(crate) fn unreadable(path: &Path, problem: io::Error) -> Self {
        TestError::Unreadable { path: path.to_owned(), problem }
    }
}

/// Runs the tests of files and folders.
///
/// In a folder, and all below it, are tested: every `X.policy`, that it loads and its examples hold;
/// `X.behaviour` beside it, that it says what the policy does; every `X.cases.toml`.
#[derive(Debug, Default)]
pub struct Runner {
    loader: PolicyLoader,
    update: bool,
    filter: Option<String>,
}

impl Runner {
    /// Loads policies as [`PolicyLoader::new`] does, and writes nothing.
    pub fn new() -> Self {
        Runner::default()
    }

    /// Loads policies with this loader instead.
    #[must_use]
    pub fn loader(mut self, loader: PolicyLoader) -> Self {
        self.loader = loader;
        self
    }

    /// Whether to write the snapshot of every policy, instead of comparing those that exist.
    #[must_use]
    pub fn update(mut self, update: bool) -> Self {
        self.update = update;
        self
    }

    /// Runs only the tests with this text in their file's path, their case's name or their example's rule.
    /// A policy or case file that is wrong as a whole fails all the same, as nobody can tell what is in it.
    #[must_use]
    pub fn filter(mut self, text: impl Into<String>) -> Self {
        self.filter = Some(text.into());
        self
    }

    /// Runs what can be tested at these paths, or in the bundled policies of these names; a file that is found
    /// twice, once.
    ///
    /// # Errors
    /// Where a path does not exist, is nothing that can be tested, or cannot be read; where a snapshot cannot
    /// be written. What is wrong in a file found is a failure, not an error.
    pub fn run<P: AsRef<Path>>(
        &self,
        paths: impl IntoIterator<Item = P>,
    ) -> Result<Summary, TestError> {
        let mut summary = Summary::default();
        let mut done = HashSet::new();
        for path in paths {
            if let Some(file) = bundled(path.as_ref()) {
                summary.files.push(self.bundled(file));
                continue;
            }
            for found in find(path.as_ref())? {
                if done.insert(found.path.clone()) {
                    summary.files.extend(self.file(&found, &mut done)?);
                }
            }
        }
        if let Some(text) = &self.filter {
            filter(&mut summary, text);
        }
        Ok(summary)
    }

    /// What the tests that a summary is of put to use of the policies they are about.
    ///
    /// The files are read once more; tests that the summary does not have are left out.
    pub fn coverage(&self, summary: &Summary) -> Coverage {
        Coverage::of(summary, &self.loader)
    }

    /// Tries small changes to the policies of a summary, and says which of them no example and no case of the
    /// summary's files notices. Bundled policies are left out.
    pub fn mutants(&self, summary: &Summary) -> Vec<Mutants> {
        self.mutants_watched(summary, &mut |_, _| {})
    }

    /// The same; `watch` is told how many changes are tried and how many there are in all.
    pub fn mutants_watched(
        &self,
        summary: &Summary,
        watch: &mut dyn FnMut(usize, usize),
    ) -> Vec<Mutants> {
        Mutants::of(summary, &self.loader, watch)
    }

    fn file(
        &self,
        found: &Found,
        done: &mut HashSet<PathBuf>,
    ) -> Result<Vec<FileResult>, TestError> {
        match found.kind {
            FileKind::Policy => self.policy(&found.path, done),
            FileKind::Cases => Ok(vec![self.cases(&found.path)]),
            FileKind::Snapshot => self.lone_snapshot(&found.path).map(|result| vec![result]),
        }
    }

    /// A policy, its examples and its snapshot.
    fn policy(
        &self,
        path: &Path,
        done: &mut HashSet<PathBuf>,
    ) -> Result<Vec<FileResult>, TestError> {
        let report = match self.loader.check(path) {
            Ok(report) => report,
            Err(error) => {
                return Ok(vec![FileResult::whole(
                    shown(path),
                    FileKind::Policy,
                    refused(error.to_string()),
                )]);
            }
        };
        let mut results = vec![checked(shown(path), &report)];
        let snapshot = snapshot::beside(path);
        if let Some(policy) = &report.policy
            && (snapshot.exists() || self.update)
            && done.insert(snapshot.clone())
        {
            results.push(self.snapshot(&snapshot, policy)?);
        }
        Ok(results)
    }

    fn snapshot(&self, path: &Path, policy: &Policy) -> Result<FileResult, TestError> {
        let wanted = self.filter.as_ref().is_none_or(|text| shown(path).contains(text));
        let write = self.update && wanted;
        let verdict =
            if write { snapshot::write(path, policy)? } else { snapshot::compare(path, policy) };
        let result = FileResult::whole(shown(path), FileKind::Snapshot, verdict);
        Ok(result.about(shown(&snapshot::policy_of(path))))
    }

    /// A snapshot whose policy was not tested before it.
    fn lone_snapshot(&self, path: &Path) -> Result<FileResult, TestError> {
        let policy = snapshot::policy_of(path);
        match self.loader.load(&policy) {
            Ok(policy) => self.snapshot(path, &policy),
            Err(error) => {
                let reason = format!("the policy `{}` does not load\n{error}", shown(&policy));
                let verdict = Verdict::Failed(Failure::Snapshot(reason));
                Ok(FileResult::whole(shown(path), FileKind::Snapshot, verdict))
            }
        }
    }

    fn cases(&self, path: &Path) -> FileResult {
        let refused = |problems| Verdict::Failed(Failure::CaseFile(problems));
        let (file, bad) = match CaseFile::read_each(path) {
            Ok(read) => read,
            Err(error) => {
                return FileResult::whole(shown(path), FileKind::Cases, refused(error.problems));
            }
        };
        let mut tests = match file.load(&self.loader) {
            Ok(policy) => file.run(&policy),
            Err(problem) => vec![TestResult::whole(refused(vec![problem]))],
        };
        tests.extend(bad.into_iter().map(BadCase::into_result));
        tests.sort_by_key(|test| test.line);
        let policy = match file.policy() {
            PolicyName::Bundled(name) => name.clone(),
            PolicyName::File(path) => shown(path),
        };
        FileResult { path: shown(path), kind: FileKind::Cases, tests, policy: Some(policy) }
    }

    /// One of the library's own policies, and its examples.
    fn bundled(&self, file: &BundledFile) -> FileResult {
        checked(file.file.to_owned(), &self.loader.check_bundled(file))
    }
}

/// The library's own policy that a bare word names, unless there is a file or folder of this name.
fn bundled(path: &Path) -> Option<&'static BundledFile> {
    let named = redress::POLICIES.iter().find(|file| path.as_os_str() == file.name);
    named.filter(|_| !path.exists())
}

fn checked(path: String, report: &Report) -> FileResult {
    FileResult { path, kind: FileKind::Policy, tests: examples(report), policy: None }
}

/// Leaves what the filter asks for.
fn filter(summary: &mut Summary, text: &str) {
    let untested: Vec<String> = summary.untested().map(|file| file.path.clone()).collect();
    for FileResult { path, kind, tests, .. } in &mut summary.files {
        let named = |test: &TestResult| test.name.as_ref().is_some_and(|name| name.contains(text));
        let broken = |test: &TestResult| {
            *kind != FileKind::Snapshot && test.name.is_none() && !test.passed()
        };
        tests.retain(|test| path.contains(text) || named(test) || broken(test));
    }
    let is_asked_for = |path: &String| path.contains(text) && untested.contains(path);
    summary.files.retain(|file| !file.tests.is_empty() || is_asked_for(&file.path));
}

/// Each example of the policy; the policy as a whole where it has other errors, for then nobody looked at the
/// examples.
fn examples(report: &Report) -> Vec<TestResult> {
    let errors: Vec<&Diagnostic> = report
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .collect();
    let about_examples =
        |error: &&Diagnostic| matches!(error.code, Code::WrongExample | Code::BadExample);
    let others: Vec<&Diagnostic> =
        errors.iter().copied().filter(|error| !about_examples(error)).collect();
    if !others.is_empty() {
        return vec![TestResult::whole(failed(&report.sources, &others))];
    }
    if report.errors() > errors.len() {
        // Not every error was kept, so that an example without one may have one all the same.
        return vec![TestResult::whole(failed(&report.sources, &errors))];
    }
    each_example(&report.sources, &errors)
}

/// The examples of the first file, which is the policy's own.
fn each_example(sources: &Sources, errors: &[&Diagnostic]) -> Vec<TestResult> {
    let Some((file, source)) = sources.iter().next() else { return Vec::new() };
    let ast = redress::parse(source.name(), source.text()).ast;
    let mut tests = Vec::new();
    for declaration in &ast.declarations {
        let place =
            || format!("{}:{}", source.name(), source.line(declaration.span.start as usize));
        for example in declared_examples(&declaration.kind) {
            let wrong: Vec<&Diagnostic> =
                errors.iter().copied().filter(|error| is_within(error, file, example)).collect();
            let verdict = if wrong.is_empty() { Verdict::Passed } else { failed(sources, &wrong) };
            let rule = rule_name(&declaration.kind).map_or_else(place, str::to_owned);
            tests.push(TestResult {
                name: Some(rule),
                line: source.line(example.span.start as usize),
                verdict,
                slips: Vec::new(),
            });
        }
    }
    tests
}

fn declared_examples(declaration: &DeclarationKind) -> &[Example] {
    match declaration {
        DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => &rule.examples,
        DeclarationKind::Otherwise(otherwise) => &otherwise.examples,
        _ => &[],
    }
}

fn rule_name(declaration: &DeclarationKind) -> Option<&str> {
    match declaration {
        DeclarationKind::Rule(rule) | DeclarationKind::Replace(rule) => {
            rule.name.as_ref().map(|name| name.text.as_str())
        }
        DeclarationKind::Otherwise(_) => Some("otherwise"),
        _ => None,
    }
}

fn is_within(error: &Diagnostic, file: FileId, example: &Example) -> bool {
    let span = error.primary.span;
    span.file == file && example.span.start <= span.start && span.end <= example.span.end
}

/// Each error in one line, and what there is to say about it under it.
fn failed(sources: &Sources, errors: &[&Diagnostic]) -> Verdict {
    let help = |error: &Diagnostic| {
        error.help.as_ref().map_or_else(String::new, |help| format!("\n  {help}"))
    };
    let lines = errors.iter().map(|error| format!("{}{}", error.one_line(sources), help(error)));
    Verdict::Failed(Failure::Policy(lines.collect()))
}

fn refused(reason: String) -> Verdict {
    Verdict::Failed(Failure::Policy(vec![reason]))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
