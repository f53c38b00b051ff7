//! What the file says of serving executions over HTTP.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use toml::de::DeTable;

use super::scenario::{duration, problem, take};
use redress_toml::Reader;

/// How executions are served over HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerConfiguration {
    /// Where it listens; by default port 7420 of this machine alone.
    pub listen: SocketAddr,
    /// Who may ask; where there is nobody, everybody on this machine.
    pub tokens: Vec<TokenConfiguration>,
    /// The largest body of a request, in bytes.
    pub max_body: usize,
    /// How many connections there may be at once.
    pub max_connections: usize,
    /// How long a request may take.
    pub request_timeout: Duration,
    /// How many retries run at once, of all scenarios.
    pub parallel_retries: usize,
    /// How long what is under way may take when the server is told to stop.
    pub grace: Duration,
    /// Whether scenarios are taken that the file does not name. By default they are not: a misspelt one would be kept
    /// where nobody looks for it, and whoever may report could fill the disk with names.
    pub other_scenarios: bool,
    /// Of how many scenarios that the file does not name something is kept; a new one more is refused.
    pub max_other_scenarios: usize,
}

/// A token that somebody asks with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenConfiguration {
    /// Who has it: the name that stands in logs.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Where the token is.
    pub source: TokenSource,
}

/// Where a token is; it is never in the file itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenSource {
    /// In a file, alone.
    File(PathBuf),
    /// In a variable of the environment.
    Environment(String),
}

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Look at everything.
    Read,
    /// Report failures, have them decided, begin and end runs.
    Report,
    /// Everything.
    Manage,
}

impl ServerConfiguration {
    /// The variables of the environment that tokens are in, which are nobody's but the server's.
    pub fn secret_variables(&self) -> impl Iterator<Item = &str> {
        self.tokens.iter().filter_map(|token| match &token.source {
            TokenSource::Environment(variable) => Some(variable.as_str()),
            TokenSource::File(_) => None,
        })
    }
}

impl Default for ServerConfiguration {
    fn default() -> Self {
        ServerConfiguration {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 7420)),
            tokens: Vec::new(),
            max_body: 4 << 20,
            max_connections: 512,
            request_timeout: Duration::from_secs(30),
            parallel_retries: 64,
            grace: Duration::from_secs(10),
            other_scenarios: false,
            max_other_scenarios: 1_000,
        }
    }
}

const KEYS: [&str; 9] = [
    "listen",
    "tokens",
    "max_body",
    "max_connections",
    "request_timeout",
    "parallel_retries",
    "grace",
    "other_scenarios",
    "max_other_scenarios",
];

/// What the table says, over what holds without it.
pub(super) fn read<'i>(
    reader: &mut Reader<'i>,
    root: &DeTable<'i>,
    folder: &Path,
) -> ServerConfiguration {
    let mut read = ServerConfiguration::default();
    let Some(table) = reader.table(root, "server") else { return read };
    reader.allow_only(table, &KEYS, "the server");
    take(
        reader,
        table,
        "listen",
        "an address and a port such as `\"127.0.0.1:7420\"`",
        &mut read.listen,
    );
    take(reader, table, "other_scenarios", "`true` or `false`", &mut read.other_scenarios);
    let number = "a whole number, 1 or more";
    for (key, setting) in [
        ("max_connections", &mut read.max_connections),
        ("parallel_retries", &mut read.parallel_retries),
        ("max_other_scenarios", &mut read.max_other_scenarios),
    ] {
        take(reader, table, key, number, setting);
        if *setting == 0 {
            problem(reader, table, key, "nothing would ever be done; 1 is the least");
        }
    }
    if let Some(size) =
        reader.expected::<redress::Size>(table, "max_body", "a size such as `\"4MiB\"`")
    {
        read.max_body = usize::try_from(size.bytes()).unwrap_or(usize::MAX);
    }
    for (key, setting) in
        [("request_timeout", &mut read.request_timeout), ("grace", &mut read.grace)]
    {
        if let Some(time) = duration(reader, table, key) {
            *setting = time.into();
        }
    }
    if read.request_timeout.is_zero() {
        problem(reader, table, "request_timeout", "no request would be answered in time");
    }
    if let Some(tokens) = reader.table(table, "tokens") {
        read.tokens = tokens
            .iter()
            .filter_map(|(name, entry)| match entry.get_ref().as_table() {
                Some(table) => token(reader, name.get_ref(), table, folder),
                None => {
                    reader.problem(entry.span(), format!("`{}` is no table", name.get_ref()));
                    None
                }
            })
            .collect();
    }
    read
}

fn token<'i>(
    reader: &mut Reader<'i>,
    name: &str,
    table: &DeTable<'i>,
    folder: &Path,
) -> Option<TokenConfiguration> {
    reader.allow_only(table, &["roles", "file", "variable"], "a token");
    let spans = table.values().map(toml::Spanned::span);
    let span = spans.min_by_key(|span| span.start).unwrap_or_default();
    let roles = reader.expected::<Vec<Role>>(
        table,
        "roles",
        "a list of `\"read\"`, `\"report\"`, `\"manage\"`",
    );
    let file = reader.expected::<String>(table, "file", "a path");
    let variable =
        reader.expected::<String>(table, "variable", "the name of a variable of the environment");
    if !table.contains_key("roles") || roles.as_ref().is_some_and(Vec::is_empty) {
        let what = "it may do nothing: `roles` is to have `\"read\"`, `\"report\"` or `\"manage\"`";
        reader.problem(span.clone(), format!("token `{name}`: {what}"));
    }
    let source = match (file, variable) {
        (Some(file), None) => TokenSource::File(folder.join(file)),
        (None, Some(variable)) => TokenSource::Environment(variable),
        _ => {
            let what = "it stands in a `file` or in a `variable` of the environment; one of them is to be given";
            reader.problem(span, format!("token `{name}`: {what}"));
            return None;
        }
    };
    Some(TokenConfiguration { name: name.to_owned(), roles: roles?, source })
}
