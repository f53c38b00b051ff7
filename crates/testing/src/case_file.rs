//! A case file as its author wrote it.

use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path, PathBuf};

use redress::{LoadError, Policy, PolicyLoader};
use toml::de::{DeTable, DeValue};

use crate::case::Case;
use crate::summary::{Failure, TestResult, Verdict};
use redress_toml::{Entry, Located, Problem, Reader, did_you_mean, kind, located};

/// A file of cases, read and found to have the right form. Whether its names are those of a policy is told
/// by [running](CaseFile::run) it.
#[derive(Clone, Debug)]
pub struct CaseFile {
    path: PathBuf,
    policy: Located<PolicyName>,
    cases: Vec<Case>,
}

/// The policy that a case file is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PolicyName {
    /// A bundled policy: `default`.
    Bundled(String),
    /// A file, its path joined to the folder of the case file.
    File(PathBuf),
}

/// A case file that is wrong: every problem found, shown as `FILE:LINE: message`, one a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", located(path, problems))]
pub struct CaseFileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong; never empty.
    pub problems: Vec<Problem>,
}

impl CaseFile {
    /// Reads a file.
    ///
    /// # Errors
    /// Where it cannot be read, and as for [`parse`](CaseFile::parse).
    pub fn read(path: impl Into<PathBuf>) -> Result<Self, CaseFileError> {
        let path = path.into();
        match fs::read_to_string(&path) {
            Ok(text) => CaseFile::parse(path, &text),
            Err(error) => Err(unreadable(path, &error)),
        }
    }

    /// Reads the text of a file; the policy it names is looked for beside `path`.
    ///
    /// # Errors
    /// Everything that is not as it has to be: what is no TOML, unknown or missing keys, values of another
    /// type, no cases at all, a case that expects nothing, a name used twice.
    pub fn parse(path: impl Into<PathBuf>, text: &str) -> Result<Self, CaseFileError> {
        let (file, bad) = CaseFile::parse_each(path.into(), text)?;
        let mut problems: Vec<Problem> = bad.into_iter().flat_map(|case| case.problems).collect();
        problems.sort_by_key(|problem| problem.line);
        if problems.is_empty() {
            Ok(file)
        } else {
            Err(CaseFileError { path: file.path, problems })
        }
    }

    /// Reads a file whose bad cases do not keep the others from being run.
    ///
    /// Fails where the file is wrong as a whole; then the bad cases are told, too.
    pub(crate) fn read_each(path: &Path) -> Result<(Self, Vec<BadCase>), CaseFileError> {
        match fs::read_to_string(path) {
            Ok(text) => CaseFile::parse_each(path.to_owned(), &text),
            Err(error) => Err(unreadable(path.to_owned(), &error)),
        }
    }

    fn parse_each(path: PathBuf, text: &str) -> Result<(Self, Vec<BadCase>), CaseFileError> {
        let mut reader = Reader::new(text);
        let parts = read_parts(&mut reader, &path);
        let mut problems = reader.finish();
        match parts {
            Some(Parts { policy: Some(policy), cases, bad }) if problems.is_empty() => {
                Ok((CaseFile { path, policy, cases }, bad))
            }
            parts => {
                let bad = parts.into_iter().flat_map(|parts| parts.bad);
                problems.extend(bad.flat_map(|case| case.problems));
                problems.sort_by_key(|problem| problem.line);
                Err(CaseFileError { path, problems })
            }
        }
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The policy it is about.
    pub fn policy(&self) -> &PolicyName {
        &self.policy.value
    }

    /// Its cases, in their order; never empty.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// Loads the policy it is about.
    ///
    /// # Errors
    /// Where the policy cannot be read or is refused; the problem's line is that of the policy's name.
    pub fn load(&self, loader: &PolicyLoader) -> Result<Policy, Problem> {
        match self.policy() {
            PolicyName::Bundled(name) => Policy::bundled(name).ok_or_else(|| {
                self.policy.problem(format!("the bundled policy `{name}` does not load"))
            }),
            PolicyName::File(path) => {
                loader.load(path).map_err(|error| self.policy.problem(refusal(path, &error)))
            }
        }
    }

    /// Runs every case against a policy.
    pub fn run(&self, policy: &Policy) -> Vec<TestResult> {
        self.cases.iter().map(|case| case.run(policy)).collect()
    }
}

/// Why a policy is not there to be tested.
fn refusal(path: &Path, error: &LoadError) -> String {
    match error {
        LoadError::Unreadable { problem, .. } => {
            let names = redress::POLICIES.iter().map(|file| file.name);
            let suggestion =
                did_you_mean(&path.file_name().unwrap_or_default().to_string_lossy(), names);
            format!("the policy `{}` cannot be read: {problem}{suggestion}", path.display())
        }
        _ => format!("the policy `{}` has errors\n{error}", path.display()),
    }
}

fn unreadable(path: PathBuf, error: &std::io::Error) -> CaseFileError {
    let problem = Problem { line: 0, message: format!("the file cannot be read: {error}") };
    CaseFileError { path, problems: vec![problem] }
}

/// A case that cannot be run.
#[derive(Debug)]
pub(crate) struct BadCase {
    name: Option<String>,
    line: usize,
    problems: Vec<Problem>,
}

impl BadCase {
    /// A failure that says what is wrong with it.
    pub(crate) fn into_result(self) -> TestResult {
        let name = self.name.unwrap_or_else(|| "a case without a name".to_owned());
        let verdict = Verdict::Failed(Failure::CaseFile(self.problems));
        TestResult { name: Some(name), line: self.line, verdict, slips: Vec::new() }
    }
}

/// What could be read of a file.
struct Parts {
    policy: Option<Located<PolicyName>>,
    cases: Vec<Case>,
    bad: Vec<BadCase>,
}

fn read_parts(reader: &mut Reader<'_>, path: &Path) -> Option<Parts> {
    let root = reader.root()?;
    reader.allow_only(&root, &["policy", "case"], "a case file");
    let policy = reader.required_text(&root, "policy", 0..0, "the file");
    let (cases, bad) = read_cases(reader, &root)?;
    let policy =
        policy.map(|Located { value, line }| Located { value: policy_name(path, value), line });
    Some(Parts { policy, cases, bad })
}

fn policy_name(path: &Path, name: String) -> PolicyName {
    if redress::POLICIES.iter().any(|file| file.name == name) {
        return PolicyName::Bundled(name);
    }
    PolicyName::File(joined(path.parent().unwrap_or(Path::new("")), Path::new(&name)))
}

/// The path without the folders that a `..` behind them takes back, as the loader reads it.
fn joined(folder: &Path, path: &Path) -> PathBuf {
    folder.join(path).components().fold(PathBuf::new(), |mut joined, component| {
        let takes_back = component == Component::ParentDir
            && matches!(joined.components().next_back(), Some(Component::Normal(_)));
        if takes_back {
            joined.pop();
        } else if component != Component::CurDir {
            joined.push(component);
        }
        joined
    })
}

fn read_cases<'i>(
    reader: &mut Reader<'i>,
    root: &DeTable<'i>,
) -> Option<(Vec<Case>, Vec<BadCase>)> {
    let Some(entry) = root.get("case") else {
        reader.problem(0..0, "the file has no cases; write each as a `[[case]]`");
        return None;
    };
    let DeValue::Array(array) = entry.get_ref() else {
        reader.problem(
            entry.span(),
            format!("`case` is {}, expected a list; write `[[case]]`", kind(entry.get_ref())),
        );
        return None;
    };
    if array.is_empty() {
        reader.problem(entry.span(), "the file has no cases; write each as a `[[case]]`");
    }
    let (mut cases, mut bad) = (Vec::new(), Vec::new());
    let mut taken = HashMap::new();
    for entry in array {
        let (case, mut problems) = reader.apart(|reader| Case::read(reader, entry));
        let (name, line) = (name_of(entry), reader.line(entry.span()));
        let first = name.clone().map(|name| *taken.entry(name).or_insert(line));
        if let Some(first) = first.filter(|&first| first != line) {
            let name = name.as_deref().unwrap_or_default();
            let message = format!("the case of line {first} has the name `{name}` already");
            problems.push(Problem { line, message });
        }
        match case.filter(|_| problems.is_empty()) {
            Some(case) => cases.push(case),
            None => bad.push(BadCase { name, line, problems }),
        }
    }
    Some((cases, bad))
}

fn name_of(case: Entry<'_, '_>) -> Option<String> {
    match case.get_ref().as_table()?.get("name")?.get_ref() {
        DeValue::String(name) => Some(name.to_string()),
        _ => None,
    }
}
