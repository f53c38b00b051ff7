//! The bundled packs, written from the data of those whose word they take.
//!
//! `data/` holds the data as it was published, `data/README.md` says where it comes from. Each pack has a module that
//! reads it and gives the text of a policy file in the one layout; `redress-packs` writes the files, and the tests
//! hold the bundled policies to the data.

mod aws;
mod data;
mod grpc;
mod http;
mod kafka;
mod make;
mod origin;
mod page;
mod postgres;

use std::error::Error;
use std::path::{Path, PathBuf};

/// What cannot be read or written, in words.
pub type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// A pack as it is to stand in `rules/packs/`.
#[derive(Clone, Debug)]
pub struct Pack {
    /// The word behind `use`.
    pub name: &'static str,
    /// The whole file.
    pub text: String,
}

impl Pack {
    /// The name of its file.
    pub fn file(&self) -> String {
        format!("{}.policy", self.name)
    }
}

/// The repository that this program is part of.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Writes all packs anew from the data in a repository.
///
/// # Errors
/// Where the data cannot be read, or says something that no pack foresees.
pub fn packs(repository: &Path) -> Result<Vec<Pack>> {
    let data = data::Data::of(repository);
    let origins = origin::Origins::read(&data)?;
    let written = [
        ("aws", aws::write(&data, origins.of("aws")?)),
        ("grpc", grpc::write(&data, origins.of("grpc")?)),
        ("http", http::write(&data, origins.of("http")?)),
        ("kafka", kafka::write(&data, origins.of("kafka")?)),
        ("make", make::write(&data, origins.of("make")?)),
        ("postgres", postgres::write(&data, origins.of("postgres")?)),
    ];
    let pack = |(name, text): (&'static str, Result<String>)| {
        let text = text.map_err(|problem| format!("the pack `{name}`: {problem}"))?;
        Ok(Pack { name, text })
    };
    written.into_iter().map(pack).collect()
}
