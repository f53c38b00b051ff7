//! The distinct retry policies of the service configurations.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::StatusCode;
use crate::Result;
use crate::data::Data;
use crate::page::list;

/// What is configured of a method, or of all methods of a service.
#[derive(Deserialize)]
struct Entry {
    file: String,
    max_attempts: Option<u32>,
    initial_backoff: String,
    max_backoff: String,
    multiplier: String,
    codes: String,
}

/// All that is configured.
pub struct Configurations {
    /// How many files there are.
    pub files: usize,
    /// How many entries they have, those that do not retry included.
    pub entries: usize,
    /// The policies, each with the number of entries that have it.
    pub policies: BTreeMap<RetryPolicy, usize>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct RetryPolicy {
    pub codes: Codes,
    pub backoff: Backoff,
}

/// Status codes in the order of their numbers.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Codes(Vec<(u8, String)>);

/// How long is waited.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub struct Backoff {
    /// In milliseconds, as all delays are.
    initial: u64,
    longest: u64,
    /// In hundredths.
    factor: u64,
    /// The first call counted.
    attempts: Option<u32>,
}

pub fn read(data: &Data, statuses: &[StatusCode]) -> Result<Configurations> {
    let entries: Vec<Entry> = data.rows("grpc/googleapis_retry_policies.csv")?;
    let files: BTreeSet<&str> = entries.iter().map(|entry| entry.file.as_str()).collect();
    let mut policies = BTreeMap::new();
    for entry in entries.iter().filter(|entry| !entry.codes.is_empty()) {
        let policy = RetryPolicy {
            codes: Codes::read(&entry.codes, statuses)?,
            backoff: Backoff::read(entry)?,
        };
        *policies.entry(policy).or_default() += 1;
    }
    Ok(Configurations { files: files.len(), entries: entries.len(), policies })
}

impl Codes {
    fn read(written: &str, statuses: &[StatusCode]) -> Result<Self> {
        let find = |name: &str| {
            let status = statuses.iter().find(|status| status.name == name);
            status
                .map(|status| (status.code, status.name.clone()))
                .ok_or_else(|| format!("there is no code {name}"))
        };
        let mut codes = written.split('|').map(find).collect::<std::result::Result<Vec<_>, _>>()?;
        codes.sort_unstable();
        Ok(Codes(codes))
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, name)| name.as_str())
    }

    /// The name of the set: `deadline_exceeded_unavailable`.
    pub fn name(&self) -> String {
        self.names().collect::<Vec<_>>().join("_").to_lowercase()
    }
}

impl Backoff {
    fn read(entry: &Entry) -> Result<Self> {
        Ok(Backoff {
            initial: milliseconds(&entry.initial_backoff)?,
            longest: milliseconds(&entry.max_backoff)?,
            factor: thousandths(&entry.multiplier)? / 10,
            attempts: entry.max_attempts,
        })
    }

    /// The name of the schedule: `from_100ms_to_60s_by_1_3`.
    pub fn name(&self) -> String {
        let factor = self.factor_text().replace('.', "_");
        let attempts =
            self.attempts.map(|attempts| format!("_attempts_{attempts}")).unwrap_or_default();
        format!(
            "from_{}_to_{}_by_{factor}{attempts}",
            duration(self.initial),
            duration(self.longest)
        )
    }

    fn factor_text(&self) -> String {
        let text = format!("{}.{:02}", self.factor / 100, self.factor % 100);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }

    pub fn remark(&self) -> &'static str {
        if self.attempts.is_some() { "" } else { ", which go on until the deadline" }
    }

    /// The schedule as a policy writes it.
    pub fn written(&self) -> String {
        let delays = self.delays();
        if !self.factor.is_multiple_of(100) {
            return list(delays.into_iter().map(duration));
        }
        let Backoff { initial, longest, factor, .. } = self;
        let (start, max, factor, times) =
            (duration(*initial), duration(*longest), factor / 100, delays.len());
        format!("exponential({start}, factor: {factor}, max: {max}, times: {times})")
    }

    /// Each to the nearest millisecond.
    fn delays(&self) -> Vec<u64> {
        let factor = self.factor as f64 / 100.0;
        let delay = |number: i32| {
            let grown = self.initial as f64 * factor.powi(number);
            (grown.round() as u64).min(self.longest)
        };
        let grown = (0..).map(delay);
        match self.attempts {
            Some(attempts) => grown.take(attempts.saturating_sub(1) as usize).collect(),
            None => {
                let mut delays: Vec<u64> =
                    grown.take_while(|delay| *delay < self.longest).collect();
                delays.push(self.longest);
                delays
            }
        }
    }
}

/// `0.100s` and `5s`.
fn milliseconds(seconds: &str) -> Result<u64> {
    let number = seconds.strip_suffix('s').ok_or_else(|| format!("`{seconds}` has no unit"))?;
    thousandths(number)
}

/// A decimal number of a few places, counted in thousandths.
fn thousandths(number: &str) -> Result<u64> {
    let value: f64 = number.parse().map_err(|_| format!("`{number}` is no number"))?;
    let thousandths = (value * 1000.0).round();
    let exact = value >= 0.0 && (value * 1000.0 - thousandths).abs() < 1e-6;
    if exact {
        Ok(thousandths as u64)
    } else {
        Err(format!("`{number}` has too many places").into())
    }
}

/// Milliseconds as a policy writes them.
fn duration(milliseconds: u64) -> String {
    if milliseconds.is_multiple_of(1000) {
        format!("{}s", milliseconds / 1000)
    } else {
        format!("{milliseconds}ms")
    }
}
