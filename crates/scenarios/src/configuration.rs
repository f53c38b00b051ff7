//! `redress.toml`: which scenarios there are, and how each is decided, kept and run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use redress::{Policy, PolicyLoader};
use redress_store::{Runaway, Seal, Settings};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::de::DeTable;

use redress_toml::{Problem, Reader, located};

/// A file that is larger is no list of settings.
const LARGEST_FILE: u64 = 1 << 20;

/// What a file `redress.toml` says.
///
/// ```
/// use redress_scenarios::Configuration;
///
/// let configuration = Configuration::parse("redress.toml", r#"
/// [defaults]
/// retention = "7d"
///
/// [scenario.refunds]
/// policy = "default"               # a bundled policy, or a path from this file
/// command = ["./refund", "--retry"]
/// parallel_retries = 1
/// "#)?;
/// let refunds = &configuration.scenarios["refunds"];
/// assert_eq!(refunds.settings.parallel_retries, 1);
/// assert_eq!(refunds.settings.retention.to_string(), "7d");
/// # Ok::<(), redress_scenarios::ConfigurationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Configuration {
    /// The scenarios by their names.
    pub scenarios: BTreeMap<String, ScenarioConfiguration>,
    /// How scenarios that are not named are decided and kept.
    pub other: ScenarioConfiguration,
}

/// What the file says of a scenario.
#[derive(Clone, Debug)]
pub struct ScenarioConfiguration {
    /// Where its policy is.
    pub policy: PolicySource,
    /// The policy as it is loaded.
    pub loaded: Policy,
    /// Its settings.
    pub settings: Settings,
    /// The key that encrypts its payloads.
    pub seal: Option<Seal>,
    /// The command that runs its retries: program and arguments.
    pub command: Option<Vec<String>>,
    /// How long a try may take.
    pub timeout: Duration,
}

/// Where a policy is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PolicySource {
    /// A bundled policy.
    Bundled(String),
    /// A file.
    File(PathBuf),
}

/// A file that is wrong: everything that is, shown as `FILE:LINE: message`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", located(path, problems))]
pub struct ConfigurationError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong; never empty.
    pub problems: Vec<Problem>,
}

const KEYS: [&str; 15] = [
    "policy",
    "command",
    "timeout",
    "key_file",
    "storing",
    "sequential",
    "data_loss",
    "max_records",
    "max_bytes",
    "confidential",
    "max_consecutive_errors",
    "parallel_retries",
    "runaway",
    "retention",
    "lease",
];

impl Configuration {
    /// Reads a file, and loads the policies it names.
    ///
    /// # Errors
    /// Where it cannot be read, and as for [`parse`](Self::parse).
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ConfigurationError> {
        let path = path.as_ref();
        match read_text(path) {
            Ok(text) => Configuration::parse(path, &text),
            Err(message) => {
                let problems = vec![Problem { line: 1, message }];
                Err(ConfigurationError { path: path.to_owned(), problems })
            }
        }
    }

    /// Reads the text of a file; what it names is looked for beside `path`.
    ///
    /// # Errors
    /// Everything that is wrong: unknown keys, with the one that was probably meant, values that do not fit, policies
    /// that do not load, keys that cannot be read.
    pub fn parse(path: impl AsRef<Path>, text: &str) -> Result<Self, ConfigurationError> {
        let path = path.as_ref();
        let mut reader = Reader::new(text);
        let configuration = read(&mut reader, path.parent().unwrap_or(Path::new("")));
        match (configuration, reader.finish()) {
            (Some(configuration), problems) if problems.is_empty() => Ok(configuration),
            (_, problems) => Err(ConfigurationError { path: path.to_owned(), problems }),
        }
    }
}

fn read_text(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| format!("the file cannot be read: {}", error.kind());
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(format!("the file has {size} bytes, no more than {LARGEST_FILE} are read"));
    }
    fs::read_to_string(path).map_err(unreadable)
}

fn read(reader: &mut Reader<'_>, folder: &Path) -> Option<Configuration> {
    let root = reader.root()?;
    reader.allow_only(&root, &["defaults", "scenario"], "the file");
    let documented = ScenarioConfiguration {
        policy: PolicySource::Bundled("default".to_owned()),
        loaded: Policy::default(),
        settings: Settings::default(),
        seal: None,
        command: None,
        timeout: Duration::from_secs(40),
    };
    let other = match reader.table(&root, "defaults") {
        Some(table) => scenario(reader, table, folder, documented),
        None => documented,
    };
    let mut scenarios = BTreeMap::new();
    if let Some(named) = reader.table(&root, "scenario") {
        for (name, entry) in named {
            match entry.get_ref().as_table() {
                Some(table) => {
                    let read = scenario(reader, table, folder, other.clone());
                    scenarios.insert(name.get_ref().to_string(), read);
                }
                None => reader.problem(entry.span(), format!("`{}` is no table", name.get_ref())),
            }
        }
    }
    Some(Configuration { scenarios, other })
}

/// A number of failures in a time, or `false` for no guard.
#[derive(Deserialize)]
#[serde(untagged)]
enum Guard {
    On(Runaway),
    Off(bool),
}

/// What a table says, over what holds without it.
fn scenario<'i>(
    reader: &mut Reader<'i>,
    table: &DeTable<'i>,
    folder: &Path,
    mut read: ScenarioConfiguration,
) -> ScenarioConfiguration {
    reader.allow_only(table, &KEYS, "a scenario");
    settings(reader, table, &mut read.settings);
    if let Some(command) = reader.expected::<Vec<String>>(
        table,
        "command",
        "a list of texts: a program and its arguments",
    ) {
        if command.is_empty() {
            problem(reader, table, "command", "it has no program");
        }
        read.command = Some(command);
    }
    if let Some(timeout) = reader.expected::<redress::Duration>(table, "timeout", DURATION) {
        if timeout.milliseconds() == 0 {
            problem(reader, table, "timeout", "no try would end in time");
        }
        read.timeout = timeout.into();
    }
    if let Some(name) =
        reader.expected::<String>(table, "policy", "the name of a bundled policy, or a path")
    {
        read.policy = PolicySource::of(&name, folder);
        match read.policy.load() {
            Ok(policy) => read.loaded = policy,
            Err(message) => problem(reader, table, "policy", &message),
        }
    }
    if let Some(file) = reader.expected::<String>(table, "key_file", "a path") {
        match read_key(&folder.join(file)) {
            Ok(key) => read.seal = Some(Seal::new(key)),
            Err(message) => problem(reader, table, "key_file", &message),
        }
    }
    read
}

fn problem(reader: &mut Reader<'_>, table: &DeTable<'_>, key: &str, message: &str) {
    let span = table.get(key).map(toml::Spanned::span).unwrap_or_default();
    reader.problem(span, format!("`{key}`: {message}"));
}

const DURATION: &str = "a duration such as `\"10s\"`";

fn settings<'i>(reader: &mut Reader<'i>, table: &DeTable<'i>, settings: &mut Settings) {
    let switches = [
        ("storing", &mut settings.storing),
        ("sequential", &mut settings.sequential),
        ("data_loss", &mut settings.data_loss),
        ("confidential", &mut settings.confidential),
    ];
    for (key, setting) in switches {
        take(reader, table, key, "`true` or `false`", setting);
    }
    take(reader, table, "max_records", "a whole number", &mut settings.max_records);
    take(reader, table, "max_bytes", "a size such as `\"1GiB\"`", &mut settings.max_bytes);
    take(reader, table, "parallel_retries", "a whole number", &mut settings.parallel_retries);
    take(reader, table, "retention", DURATION, &mut settings.retention);
    take(reader, table, "lease", DURATION, &mut settings.lease);
    if table.contains_key("lease") && settings.lease.milliseconds() < SHORTEST_LEASE {
        problem(reader, table, "lease", "a worker could not be heard of in time; 1s is the least");
    }
    let errors = "a whole number, or 0 for never";
    if let Some(most) = reader.expected::<u32>(table, "max_consecutive_errors", errors) {
        settings.max_consecutive_errors = (most > 0).then_some(most);
    }
    let guard = "`{ failures = 10, within = \"2m\" }`, or `false` for none";
    match reader.expected::<Guard>(table, "runaway", guard) {
        Some(Guard::On(runaway)) => settings.runaway = Some(runaway),
        Some(Guard::Off(false)) => settings.runaway = None,
        Some(Guard::Off(true)) => problem(reader, table, "runaway", &format!("expected {guard}")),
        None => {}
    }
}

/// In milliseconds; a lease is renewed three times before it runs out.
const SHORTEST_LEASE: i64 = 1_000;

fn take<'i, T: DeserializeOwned>(
    reader: &mut Reader<'i>,
    table: &DeTable<'i>,
    key: &str,
    expected: &str,
    setting: &mut T,
) {
    if let Some(value) = reader.expected(table, key, expected) {
        *setting = value;
    }
}

impl PolicySource {
    /// A bundled policy where there is one of this name, a path from the folder otherwise.
    fn of(name: &str, folder: &Path) -> Self {
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

/// A key is 64 hexadecimal digits, alone in its file. What is wrong with it never shows what it is.
fn read_key(path: &Path) -> Result<[u8; 32], String> {
    let text = read_text(path)?;
    let digits: Vec<u8> =
        text.trim().chars().map_while(|digit| digit.to_digit(16)?.try_into().ok()).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    let whole = digits.len() == text.trim().len();
    bytes
        .try_into()
        .ok()
        .filter(|_| whole)
        .ok_or_else(|| "the file has no key: 64 hexadecimal digits are expected".to_owned())
}
