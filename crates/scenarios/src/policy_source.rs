//! Where the policy of a scenario is.

use std::fmt;
use std::path::{Component, Path, PathBuf};

use redress::{FileProblem, FileSystem, Files, Policy, PolicyLoader};

/// Where a policy is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicySource {
    /// A bundled policy.
    Bundled(String),
    /// A file.
    File {
        /// How `redress.toml` calls it, without `.` in it: so decisions call it too, from wherever that file was opened.
        name: PathBuf,
        /// The folder that the name is a path from.
        folder: PathBuf,
    },
}

impl PolicySource {
    /// A bundled policy where there is one of this name, a path from the folder otherwise.
    pub(crate) fn of(name: &str, folder: &Path) -> Self {
        if redress::POLICIES.iter().any(|file| file.name == name) {
            return PolicySource::Bundled(name.to_owned());
        }
        let parts = Path::new(name).components().filter(|part| *part != Component::CurDir);
        PolicySource::File { name: parts.collect(), folder: folder.to_owned() }
    }

    /// The path of the file, where it is one.
    pub fn path(&self) -> Option<PathBuf> {
        match self {
            PolicySource::Bundled(_) => None,
            PolicySource::File { name, folder } => Some(folder.join(name)),
        }
    }

    /// Loads the policy.
    ///
    /// # Errors
    /// Why it does not load, in words; every problem of its files.
    pub fn load(&self) -> Result<Policy, String> {
        match self {
            PolicySource::Bundled(name) => {
                Policy::bundled(name).ok_or_else(|| format!("there is no bundled policy `{name}`"))
            }
            PolicySource::File { name, folder } => {
                let loader = PolicyLoader::new().files(Beside(folder.clone()));
                // What is wrong is told with the path that leads to it from here.
                loader.load(name).map_err(|error| {
                    let told = PolicyLoader::new().load(folder.join(name)).err();
                    told.unwrap_or(error).to_string()
                })
            }
        }
    }
}

/// The name of a bundled policy, or the path of a file.
impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicySource::Bundled(name) => f.write_str(name),
            PolicySource::File { name, folder } => folder.join(name).display().fmt(f),
        }
    }
}

/// Any file, by its path from a folder.
struct Beside(PathBuf);

impl Files for Beside {
    fn read(&self, path: &Path, limit: usize) -> Result<Vec<u8>, FileProblem> {
        let Beside(folder) = self;
        FileSystem::anywhere().read(&folder.join(path), limit)
    }
}
