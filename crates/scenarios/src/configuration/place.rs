//! Where executions are kept.

use std::path::{Path, PathBuf};

use redress_store::{Sqlite, StoreError};
use toml::de::DeTable;

use super::Configuration;
use redress_toml::Reader;

/// How the store is called where nobody says otherwise.
pub(super) const STORE: &str = "redress.db";

/// Why the store of a configuration is not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The folder that the store is to be kept in is not there.
    #[error("the store `{}` cannot be opened: there is no folder `{}`", path.display(), folder.display())]
    NoFolder {
        /// The store.
        path: PathBuf,
        /// The folder.
        folder: PathBuf,
    },
    /// A folder stands where the store should be.
    #[error("the store `{}` cannot be opened: it is a folder", .0.display())]
    IsFolder(PathBuf),
    /// The store itself does not open.
    #[error("`{}`: {error}", path.display())]
    Store {
        /// The store.
        path: PathBuf,
        /// Why.
        error: StoreError,
    },
}

impl Configuration {
    /// Opens the store, which is made where there is none.
    ///
    /// # Errors
    /// Where it cannot be opened; with its path.
    pub fn open_store(&self) -> Result<Sqlite, OpenError> {
        let path = self.store.clone();
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(OpenError::NoFolder { folder: folder.to_owned(), path });
        }
        if path.is_dir() {
            return Err(OpenError::IsFolder(path));
        }
        Sqlite::open(&path).map_err(|error| OpenError::Store { path, error })
    }

    /// Opens the store where there is one: who only looks makes none.
    ///
    /// # Errors
    /// As for [`open_store`](Self::open_store).
    pub fn open_existing_store(&self) -> Result<Option<Sqlite>, OpenError> {
        match self.store.symlink_metadata() {
            Ok(_) => self.open_store().map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(_) => self.open_store().map(Some),
        }
    }
}

/// What the file says, from its folder.
pub(super) fn store<'i>(reader: &mut Reader<'i>, root: &DeTable<'i>, folder: &Path) -> PathBuf {
    let said = reader.expected::<String>(root, "store", "a path such as `\"redress.db\"`");
    if said.as_deref() == Some("") {
        let span = root.get("store").map(toml::Spanned::span).unwrap_or_default();
        reader.problem(span, "`store`: it names no file");
    }
    folder.join(said.as_deref().unwrap_or(STORE))
}
