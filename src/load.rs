//! Where the text of policies comes from, and the way from there to a [`Policy`].

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

use crate::bundled::BundledFile;
use crate::diagnostic::{Diagnostic, Severity};
use crate::gather::Main;
use crate::limits::Limits;
use crate::policy::Policy;
use crate::source::Sources;

/// Something that policy files can be read from.
///
/// A server that loads other people's policies chooses [`BundledOnly`], [`InMemory`] or
/// [`FileSystem::within`]; none of them reads anything outside what it was given.
pub trait Files: Send + Sync {
    /// Reads a file, or fails; of a file longer than `limit` bytes it need not read more than one byte over.
    ///
    /// The path has no `.` and, but at its beginning, no `..` in it.
    ///
    /// # Errors
    /// Why the file cannot be had.
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, FileProblem>;
}

/// Why a file cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FileProblem {
    /// There is none of this name.
    #[error("there is no such file")]
    NotFound,
    /// Only bundled files may be named.
    #[error("only bundled policies may be named here")]
    BundledOnly,
    /// It lies outside the folder that policies may come from.
    #[error("it lies outside the folder that policies may come from")]
    Outside,
    /// It cannot be read, for the reason given.
    #[error("{0}")]
    Unreadable(String),
}

impl From<std::io::Error> for FileProblem {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => FileProblem::NotFound,
            // What the system calls it has a number that says nothing to a reader.
            std::io::ErrorKind::Other => FileProblem::Unreadable(error.to_string()),
            kind => FileProblem::Unreadable(kind.to_string()),
        }
    }
}

/// The file system, or one folder of it.
#[derive(Clone, Debug)]
pub struct FileSystem {
    root: Option<PathBuf>,
}

impl FileSystem {
    /// Every file this process can read.
    pub fn anywhere() -> Self {
        FileSystem { root: None }
    }

    /// Only what lies in this folder, symbolic links followed; paths are relative to it.
    ///
    /// A path is looked at before it is opened, so nobody who is not trusted may write into the folder meanwhile.
    ///
    /// # Errors
    /// Where the folder cannot be found.
    pub fn within(root: impl AsRef<Path>) -> std::io::Result<Self> {
        Ok(FileSystem { root: Some(root.as_ref().canonicalize()?) })
    }

    /// The path to open, which lies in the root if there is one.
    fn locate(&self, path: &Path) -> Result<PathBuf, FileProblem> {
        let Some(root) = &self.root else { return regular(path.to_owned()) };
        // What climbs out is refused before the disk is asked, so that the answer does not tell what is there.
        let climbs = path.is_relative() && path.starts_with("..");
        if climbs || (path.is_absolute() && !path.starts_with(root)) {
            return Err(FileProblem::Outside);
        }
        let real = root.join(path).canonicalize()?;
        if !real.starts_with(root) {
            return Err(FileProblem::Outside);
        }
        regular(real)
    }
}

/// The path, if it is that of a regular file: a pipe or a device may never end.
fn regular(path: PathBuf) -> Result<PathBuf, FileProblem> {
    match fs::metadata(&path)? {
        metadata if metadata.is_file() || metadata.is_dir() => Ok(path),
        _ => Err(FileProblem::Unreadable("it is not a regular file".to_owned())),
    }
}

impl Files for FileSystem {
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, FileProblem> {
        let file = fs::File::open(self.locate(path)?)?;
        let mut bytes = Vec::new();
        file.take(limit as u64 + 1).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// No files but the library's own.
#[derive(Clone, Copy, Debug, Default)]
pub struct BundledOnly;

impl Files for BundledOnly {
    fn read(&self, _: &Path, _: usize) -> Result<Vec<u8>, FileProblem> {
        Err(FileProblem::BundledOnly)
    }
}

/// Files that exist only in memory.
///
/// ```
/// use redress::{InMemory, PolicyLoader};
/// let files = InMemory::new()
///     .with("base.policy", "extends default\nwhen attempt > 5 => fail")
///     .with("team/refunds.policy", "extends \"../base.policy\"");
/// let policy = PolicyLoader::new().files(files).load("team/refunds.policy")?;
/// assert_eq!(policy.rules()[0].at(), "base.policy:2");
/// # Ok::<(), redress::LoadError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct InMemory {
    files: HashMap<PathBuf, Vec<u8>>,
}

impl InMemory {
    /// No files yet.
    pub fn new() -> Self {
        InMemory::default()
    }

    /// With one more file.
    #[must_use]
    pub fn with(mut self, path: impl AsRef<Path>, text: impl Into<Vec<u8>>) -> Self {
        self.files.insert(normalise(path.as_ref()), text.into());
        self
    }
}

impl Files for InMemory {
    fn read(&self, path: &Path, _: usize) -> Result<Vec<u8>, FileProblem> {
        self.files.get(path).cloned().ok_or(FileProblem::NotFound)
    }
}

/// Takes `.` out of a path and `..` with what stands before it.
pub(crate) fn normalise(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir
                if matches!(normal.components().next_back(), Some(Component::Normal(_))) =>
            {
                normal.pop();
            }
            Component::ParentDir if normal.has_root() => {}
            other => normal.push(other),
        }
    }
    normal
}

/// Loads policies: from where, within which limits, over which vocabulary.
///
/// ```no_run
/// use redress::{FileSystem, Limits, PolicyLoader};
/// let loader = PolicyLoader::new().files(FileSystem::within("policies")?).limits(Limits::strict());
/// let policy = loader.load("refunds.policy")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PolicyLoader {
    pub(crate) files: Box<dyn Files>,
    pub(crate) limits: Limits,
    /// Name and text of a vocabulary to use where a policy names none.
    pub(crate) vocabulary: Option<(String, String)>,
    /// Whether notes are wanted.
    pub(crate) notes: bool,
}

impl Default for PolicyLoader {
    fn default() -> Self {
        PolicyLoader::new()
    }
}

impl PolicyLoader {
    /// Reads from the whole file system, within the default limits, over the standard vocabulary.
    pub fn new() -> Self {
        PolicyLoader {
            files: Box::new(FileSystem::anywhere()),
            limits: Limits::default(),
            vocabulary: None,
            notes: false,
        }
    }

    /// Reads nothing but bundled files.
    pub fn bundled_only() -> Self {
        PolicyLoader::new().files(BundledOnly)
    }

    /// Reads from these files instead.
    #[must_use]
    pub fn files(mut self, files: impl Files + 'static) -> Self {
        self.files = Box::new(files);
        self
    }

    /// Keeps to these limits instead.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Uses this vocabulary instead of the standard one, where a policy names none.
    #[must_use]
    pub fn vocabulary(mut self, name: impl Into<String>, text: impl Into<String>) -> Self {
        self.vocabulary = Some((name.into(), text.into()));
        self
    }

    /// Also tells what is worth knowing though nothing is suspicious about it; usually it does not.
    #[must_use]
    pub fn notes(mut self, wanted: bool) -> Self {
        self.notes = wanted;
        self
    }

    /// Loads a policy file and what it names.
    ///
    /// What is suspicious but not wrong is not looked for, which takes far longer: that is [`check`](Self::check).
    ///
    /// # Errors
    /// [`LoadError::Unreadable`] if the file itself cannot be read, [`LoadError::Refused`] with every
    /// problem found if the policy is wrong.
    pub fn load(&self, path: impl AsRef<Path>) -> Result<Policy, LoadError> {
        let path = path.as_ref();
        let bytes = self.read(path)?;
        self.policy(Main { name: &path.to_string_lossy(), text: &bytes, bundled: None })
    }

    /// Loads a policy from its text; `name` is what diagnostics and decisions call it, and what the paths
    /// in it are relative to.
    ///
    /// # Errors
    /// [`LoadError::Refused`] with every problem found.
    pub fn parse(&self, name: &str, text: impl AsRef<[u8]>) -> Result<Policy, LoadError> {
        self.policy(Main { name, text: text.as_ref(), bundled: None })
    }

    /// Loads one of the library's own files, marked as such.
    ///
    /// # Errors
    /// [`LoadError::Refused`] where it is no policy.
    pub fn load_bundled(&self, file: &BundledFile) -> Result<Policy, LoadError> {
        self.policy(Main::bundled(file))
    }

    /// Everything that is wrong or suspicious in a policy file.
    ///
    /// # Errors
    /// [`LoadError::Unreadable`] if the file itself cannot be read.
    pub fn check(&self, path: impl AsRef<Path>) -> Result<Report, LoadError> {
        let path = path.as_ref();
        let bytes = self.read(path)?;
        Ok(self.report(Main { name: &path.to_string_lossy(), text: &bytes, bundled: None }))
    }

    /// Everything that is wrong or suspicious in the text of a policy.
    pub fn check_text(&self, name: &str, text: impl AsRef<[u8]>) -> Report {
        self.report(Main { name, text: text.as_ref(), bundled: None })
    }

    /// Everything that is wrong or suspicious in one of the library's own files, marked as such.
    pub fn check_bundled(&self, file: &BundledFile) -> Report {
        self.report(Main::bundled(file))
    }

    fn read(&self, path: &Path) -> Result<Vec<u8>, LoadError> {
        let read = self.files.read(&normalise(path), self.limits.file_bytes);
        read.map_err(|problem| LoadError::Unreadable { path: path.to_owned(), problem })
    }

    /// Looks for errors alone. Where there are any, somebody has to mend the policy, and is told everything.
    fn policy(&self, main: Main<'_>) -> Result<Policy, LoadError> {
        match crate::build(self, main, Severity::Error).policy {
            Some(policy) => Ok(policy),
            None => self.report(main).into_policy(),
        }
    }

    fn report(&self, main: Main<'_>) -> Report {
        let least = if self.notes { Severity::Note } else { Severity::Warning };
        crate::build(self, main, least)
    }
}

impl fmt::Debug for PolicyLoader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PolicyLoader").field("limits", &self.limits).finish_non_exhaustive()
    }
}

/// What a check found.
#[derive(Debug)]
pub struct Report {
    /// The files that were read.
    pub sources: Sources,
    /// The problems, in the order of their places.
    pub diagnostics: Vec<Diagnostic>,
    /// How many more there were than the limit keeps.
    pub suppressed: usize,
    /// The policy, if it is not refused; a vocabulary or pack checked by itself gives none.
    pub policy: Option<Policy>,
    /// How many errors there were, those beyond the limit included.
    pub(crate) errors: usize,
    /// How many notes there were, those beyond the limit included.
    pub(crate) notes: usize,
}

impl Report {
    /// A report of errors only.
    pub(crate) fn refused(sources: Sources, diagnostics: Vec<Diagnostic>) -> Self {
        let errors = diagnostics.len();
        Report { sources, diagnostics, suppressed: 0, policy: None, errors, notes: 0 }
    }

    /// How many errors there are, those beyond the limit included.
    pub fn errors(&self) -> usize {
        self.errors
    }

    /// How many warnings there are, those beyond the limit included.
    pub fn warnings(&self) -> usize {
        (self.diagnostics.len() + self.suppressed).saturating_sub(self.errors + self.notes)
    }

    /// How many notes there are, those beyond the limit included; none unless they were
    /// [asked for](PolicyLoader::notes).
    pub fn notes(&self) -> usize {
        self.notes
    }

    /// The policy.
    ///
    /// # Errors
    /// [`LoadError::Refused`] where there is none.
    pub fn into_policy(mut self) -> Result<Policy, LoadError> {
        self.policy.take().ok_or_else(|| LoadError::Refused(Box::new(self)))
    }
}

/// One line a problem: `FILE:LINE:COLUMN: error[CODE]: message`.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, diagnostic) in self.diagnostics.iter().enumerate() {
            let line_break = if at == 0 { "" } else { "\n" };
            write!(f, "{line_break}{}", diagnostic.one_line(&self.sources))?;
        }
        match self.suppressed {
            0 => Ok(()),
            more => write!(f, "\nand {more} more"),
        }
    }
}

/// Why there is no policy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// The policy file itself cannot be read.
    #[error("cannot read {}: {problem}", path.display())]
    Unreadable {
        /// The path as it was given.
        path: PathBuf,
        /// Why.
        problem: FileProblem,
    },
    /// The policy is wrong. Shows the errors, one a line.
    #[error("{}", Errors(.0))]
    Refused(Box<Report>),
}

impl LoadError {
    /// The report of a refused policy.
    pub fn report(&self) -> Option<&Report> {
        match self {
            LoadError::Refused(report) => Some(report),
            LoadError::Unreadable { .. } => None,
        }
    }
}

/// The errors of a report without its warnings.
struct Errors<'a>(&'a Report);

impl fmt::Display for Errors<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let errors =
            self.0.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
        let lines: Vec<String> =
            errors.map(|error| error.one_line(&self.0.sources).to_string()).collect();
        match lines.is_empty() {
            true => f.write_str("the file is no policy: it declares no rules"),
            false => f.write_str(&lines.join("\n")),
        }
    }
}
