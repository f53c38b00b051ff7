//! The file itself: read whole, and table by table.

use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

use redress_toml::Reader;

use super::{Configuration, ScenarioConfiguration, place, scenario, server};

/// A file that is larger is no list of settings.
const LARGEST_FILE: u64 = 1 << 20;

/// The text of the file.
pub(super) fn text(path: &Path) -> Result<String, String> {
    let unreadable = |error: io::Error| match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        kind => format!("the file cannot be read: {kind}"),
    };
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(format!("the file has {size} bytes, no more than {LARGEST_FILE} are read"));
    }
    fs::read_to_string(path).map_err(unreadable)
}

/// What the text says, as far as it can be read; what is wrong is told to the reader.
pub(super) fn read(reader: &mut Reader<'_>, path: &Path) -> Option<Configuration> {
    let root = reader.root()?;
    let folder = path.parent().unwrap_or(Path::new(""));
    reader.allow_only(&root, &["store", "server", "defaults", "scenario"], "the file");
    let store = place::store(reader, &root, folder);
    let server = server::read(reader, &root, folder);
    let documented = ScenarioConfiguration::default();
    let defaults = reader.table(&root, "defaults");
    let says_policy = defaults.is_some_and(|table| table.contains_key("policy"));
    let other = match defaults {
        Some(table) => scenario::read(reader, table, folder, documented, says_policy),
        None => documented,
    };
    let mut scenarios = BTreeMap::new();
    if let Some(named) = reader.table(&root, "scenario") {
        for (name, entry) in named {
            match entry.get_ref().as_table() {
                Some(table) => {
                    let read = scenario::read(reader, table, folder, other.clone(), says_policy);
                    scenarios.insert(name.get_ref().to_string(), read);
                }
                None => reader.problem(entry.span(), format!("`{}` is no table", name.get_ref())),
            }
        }
    }
    Some(Configuration { path: Some(path.to_owned()), store, server, scenarios, other })
}
