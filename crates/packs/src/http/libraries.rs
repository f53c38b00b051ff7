//! What client libraries retry, as they answered when they were run.

use std::collections::BTreeMap;

use crate::Result;
use crate::data::Data;

/// A column of the data.
struct Column {
    heading: &'static str,
    /// What the pack calls it.
    name: &'static str,
    /// What its comment calls it.
    title: &'static str,
    /// Whether it is one of those that were counted together: one a library, asked for a GET.
    votes: bool,
}

const COLUMNS: &[Column] = &[
    column("airbyte_cdk", "airbyte_cdk", "Airbyte's development kit", true),
    column("axios_retry", "axios_retry", "axios-retry", true),
    column("azure_core_GET", "azure_core", "Azure's core library for Python", true),
    column(
        "azure_core_POST",
        "azure_core_post",
        "Azure's core library for Python, for a POST",
        false,
    ),
    column("botocore_legacy_retry_json", "botocore_legacy", "botocore in its legacy mode", true),
    column("botocore_standard", "botocore_standard", "botocore in its standard mode", true),
    column("google_api_core", "google_api_core", "google-api-core", true),
    column("google_cloud_storage", "google_cloud_storage", "google-cloud-storage", true),
    column("got", "got", "got", true),
    column("is_retry_allowed", "is_retry_allowed", "is-retry-allowed", false),
    column("octokit_plugin_retry", "octokit_plugin_retry", "Octokit's retry plugin", true),
    column("smithy_js", "smithy_js", "Smithy for JavaScript", true),
    column("stripe", "stripe", "Stripe's library for Python", true),
    column("undici", "undici", "undici", true),
    column("urllib3_default_GET", "urllib3", "urllib3", false),
    column(
        "urllib3_default_GET_with_RetryAfter",
        "urllib3_with_retry_after",
        "urllib3 where the answer says Retry-After",
        false,
    ),
];

const fn column(
    heading: &'static str,
    name: &'static str,
    title: &'static str,
    votes: bool,
) -> Column {
    Column { heading, name, title, votes }
}

/// What one library retries.
pub struct Library {
    pub name: &'static str,
    pub title: &'static str,
    votes: bool,
    pub statuses: Vec<u16>,
    pub errors: Vec<String>,
    /// Whether it was asked about network errors at all.
    asked_errors: bool,
}

pub struct Libraries {
    pub all: Vec<Library>,
    errors: Vec<String>,
}

type Row = BTreeMap<String, String>;

pub fn read(data: &Data) -> Result<Libraries> {
    let python: Vec<Row> = data.rows("http/http_status_verdicts_py.csv")?;
    let node: Vec<Row> = data.rows("http/js_verdicts.csv")?;
    nothing_unforeseen(&python, &node)?;
    let (statuses, errors): (Vec<Row>, Vec<Row>) =
        node.into_iter().partition(|row| row["kind"] == "status");
    let of_column = |column: &Column| {
        let python = python.iter().filter_map(|row| retried(row, column, "status"));
        let node = statuses.iter().filter_map(|row| retried(row, column, "value"));
        let statuses: std::result::Result<Vec<u16>, _> =
            python.chain(node).map(|status| status.parse()).collect();
        let of_errors = errors.iter().filter_map(|row| retried(row, column, "value"));
        let asked = |row: &Row| row.get(column.heading).is_some_and(|verdict| !verdict.is_empty());
        Ok(Library {
            name: column.name,
            title: column.title,
            votes: column.votes,
            statuses: statuses?,
            errors: of_errors.map(str::to_owned).collect(),
            asked_errors: errors.iter().any(asked),
        })
    };
    let all = COLUMNS.iter().map(of_column).collect::<Result<_>>()?;
    let errors =
        errors.into_iter().map(|mut row| row.remove("value").unwrap_or_default()).collect();
    Ok(Libraries { all, errors })
}

/// What a row is about, if this column retries it.
fn retried<'r>(row: &'r Row, column: &Column, about: &str) -> Option<&'r str> {
    let verdict = row.get(column.heading)?;
    let yes =
        verdict == "true" || verdict.starts_with("RETRY") || verdict.starts_with("RATE_LIMITED");
    yes.then(|| row[about].as_str())
}

/// A heading that is no library of ours would be a word that is passed over.
fn nothing_unforeseen(python: &[Row], node: &[Row]) -> Result<()> {
    let known = |heading: &str| {
        ["status", "phrase", "kind", "value"].contains(&heading)
            || COLUMNS.iter().any(|column| column.heading == heading)
    };
    let rows = [python.first(), node.first()];
    match rows.into_iter().flatten().flat_map(Row::keys).find(|heading| !known(heading)) {
        Some(heading) => Err(format!("no name is known for the column `{heading}`").into()),
        None => Ok(()),
    }
}

impl Libraries {
    /// How many have a vote.
    pub fn voters(&self) -> usize {
        self.all.iter().filter(|library| library.votes).count()
    }

    /// The statuses that at least so many of these retry.
    pub fn with_votes(&self, votes: usize) -> Vec<u16> {
        let mut counts: BTreeMap<u16, usize> = BTreeMap::new();
        for library in self.all.iter().filter(|library| library.votes) {
            for status in &library.statuses {
                *counts.entry(*status).or_default() += 1;
            }
        }
        counts.into_iter().filter(|(_, count)| *count >= votes).map(|(status, _)| status).collect()
    }

    /// The network errors that were asked about.
    pub fn errors(&self) -> Vec<&str> {
        self.errors.iter().map(String::as_str).collect()
    }

    /// Those that every library retries that was asked about them.
    pub fn agreed_errors(&self) -> Vec<&str> {
        let mut asked = self.all.iter().filter(|library| library.asked_errors);
        let all = |error: &&str| {
            asked.clone().all(|library| library.errors.iter().any(|one| one == error))
        };
        let agreed = self.errors().into_iter().filter(all).collect();
        if asked.next().is_some() { agreed } else { Vec::new() }
    }
}
