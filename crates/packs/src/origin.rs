//! Where a pack's data comes from, as it stands at the top of its file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::Result;
use crate::data::Data;

/// What `sources.toml` says of one pack.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// What the pack is about.
    pub about: String,
    /// Whose word it takes, each with its version.
    pub source: Vec<String>,
    /// How old that is.
    pub date: String,
    /// The licence it is given under, with the copyright.
    pub licence: String,
    /// What the licence wants to be repeated.
    #[serde(default)]
    pub notice: String,
}

/// `sources.toml`.
pub struct Origins(BTreeMap<String, Origin>);

impl Origins {
    pub fn read(data: &Data) -> Result<Self> {
        Ok(Origins(toml::from_str(&data.text("sources.toml")?)?))
    }

    pub fn of(&self, pack: &str) -> Result<&Origin> {
        self.0.get(pack).ok_or_else(|| format!("sources.toml has no `{pack}`").into())
    }
}
