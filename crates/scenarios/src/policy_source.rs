//! Where the policy of a scenario is.

use std::fmt;
use std::path::{Path, PathBuf};

use redress::{Policy, PolicyLoader};

/// Where a policy is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicySource {
    /// A bundled policy.
    Bundled(String),
    /// A file.
    File(PathBuf),
}

impl PolicySource {
    /// A bundled policy where there is one of this name, a path from the folder otherwise.
    pub(crate) fn of(name: &str, folder: &Path) -> Self {
        match redress::POLICIES.iter().any(|file| file.name == name) {
            true => PolicySource::Bundled(name.to_owned()),
            false => PolicySource::File(folder.join(name)),
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
            PolicySource::File(path) => {
                PolicyLoader::new().load(path).map_err(|error| error.to_string())
            }
        }
    }
}

/// The name of a bundled policy, or the path of a file.
impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PolicySource::Bundled(name) => f.write_str(name),
            PolicySource::File(path) => path.display().fmt(f),
        }
    }
}
