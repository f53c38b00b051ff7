//! The pack `grpc`: the status codes, and the retry policies of public service configurations.

mod policies;

use std::collections::BTreeMap;

use serde::Deserialize;

use self::policies::{Backoff, Codes, RetryPolicy};
use crate::Result;
use crate::data::Data;
use crate::origin::Origin;
use crate::page::{Page, member_list};

/// A status code.
#[derive(Deserialize)]
pub struct StatusCode {
    code: u8,
    name: String,
    /// What is said about calling again.
    calling_again: String,
}

pub fn write(data: &Data, origin: &Origin) -> Result<String> {
    let statuses: Vec<StatusCode> = data.rows("grpc/status_codes.csv")?;
    let configurations = policies::read(data, &statuses)?;
    let mut page = Page::new("grpc", origin, &remarks(&configurations));
    page.members(
        "The status codes.",
        "ErrorType",
        statuses.iter().map(|status| (status.name.as_str(), status.code.to_string())),
    );
    meanings(&mut page, &statuses)?;
    let policies = &configurations.policies;
    let mut by_codes: BTreeMap<&Codes, usize> = BTreeMap::new();
    let mut by_backoff: BTreeMap<&Backoff, usize> = BTreeMap::new();
    for (RetryPolicy { codes, backoff }, entries) in policies {
        *by_codes.entry(codes).or_default() += entries;
        *by_backoff.entry(backoff).or_default() += entries;
    }
    page.table(
        "The distinct policies, with the number of method entries that have each.",
        table(policies),
    );
    for (codes, entries) in by_codes {
        page.declare(
            &format!("The codes of {}.", count(entries)),
            format!("let {} = {}", codes.name(), member_list(codes.names())),
        );
    }
    for (backoff, entries) in by_backoff {
        page.declare(
            &format!("The delays of {}{}.", count(entries), backoff.remark()),
            format!("let {} = {}", backoff.name(), backoff.written()),
        );
    }
    page.finish()
}

fn count(entries: usize) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

fn remarks(configurations: &policies::Configurations) -> Vec<String> {
    let policies = &configurations.policies;
    let codes: std::collections::BTreeSet<&Codes> =
        policies.keys().map(|policy| &policy.codes).collect();
    let retried: usize = policies.values().sum();
    vec![
        format!(
            "{} method entries of {} configurations: {retried} retry, by {} policies with {} sets \
            of codes, of which no code is in all. A set has the name of its codes; a schedule \
            that of its first and longest delay, the factor, and the attempts where they are \
            limited.",
            configurations.entries,
            configurations.files,
            policies.len(),
            codes.len(),
        ),
        "gRPC draws each delay at random around these. A configuration without a number of \
        attempts goes on until the call's deadline; its schedule ends where the delays have grown \
        to the longest."
            .to_owned(),
    ]
}

/// What the codes mean to who calls again.
fn meanings(page: &mut Page, statuses: &[StatusCode]) -> Result<()> {
    let said = statuses.iter().filter(|status| !status.calling_again.is_empty());
    let line = |status: &StatusCode| format!("{}: \"{}\"", status.name, status.calling_again);
    page.table(
        "What google/rpc/code.proto says about calling again; of other codes it says nothing.",
        said.map(line),
    );
    let just_the_call =
        statuses.iter().filter(|status| status.calling_again.contains("just the failing call"));
    let names: Vec<&str> = just_the_call.map(|status| status.name.as_str()).collect();
    if names.is_empty() {
        return Err("no code lets a client retry just the failing call".into());
    }
    page.declare(
        "The codes after which just the failing call may be made again.",
        format!("let retriable = {}", member_list(names)),
    );
    Ok(())
}

/// The policies, the most frequent first.
fn table(policies: &BTreeMap<RetryPolicy, usize>) -> Vec<String> {
    let mut sorted: Vec<_> = policies.iter().collect();
    sorted.sort_by_key(|(_, entries)| std::cmp::Reverse(**entries));
    let line = |(policy, entries): (&RetryPolicy, &usize)| {
        format!("{entries:>5}  {}  after {}", policy.codes.name(), policy.backoff.name())
    };
    sorted.into_iter().map(line).collect()
}
