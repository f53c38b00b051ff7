//! The files of the data, read.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::Result;

/// Where the data lies.
pub struct Data {
    repository: PathBuf,
}

impl Data {
    pub fn of(repository: &Path) -> Self {
        Data { repository: repository.to_owned() }
    }

    /// The text of a file of `data/`.
    pub fn text(&self, name: &str) -> Result<String> {
        self.repository_text(&format!("crates/packs/data/{name}"))
    }

    /// The text of a file anywhere in the repository.
    pub fn repository_text(&self, name: &str) -> Result<String> {
        let read = fs::read_to_string(self.repository.join(name));
        read.map_err(|error| format!("cannot read {name}: {error}").into())
    }

    /// The rows of a table.
    pub fn rows<Row: DeserializeOwned>(&self, name: &str) -> Result<Vec<Row>> {
        let text = self.text(name)?;
        let rows: std::result::Result<_, _> =
            csv::Reader::from_reader(text.as_bytes()).into_deserialize().collect();
        rows.map_err(|error| format!("{name}: {error}").into())
    }
}
