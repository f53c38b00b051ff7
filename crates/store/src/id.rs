//! The ids of executions.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The id of an execution: a UUID of version 7, so that ids sort by the time at which they were given.
///
/// Shown as 32 hexadecimal digits; hyphens are accepted when it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExecutionId(#[serde(with = "uuid::serde::simple")] Uuid);

/// A text that is no id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no id of an execution: 32 hexadecimal digits are expected")]
pub struct NoId(String);

impl ExecutionId {
    /// An id given at this time, with the part that is left to chance.
    pub(crate) fn new(now: Timestamp, chance: [u8; 10]) -> Self {
        let milliseconds = now.as_millisecond().max(0).unsigned_abs();
        ExecutionId(uuid::Builder::from_unix_timestamp_millis(milliseconds, &chance).into_uuid())
    }

    /// Its 16 bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// The id with these bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        ExecutionId(Uuid::from_bytes(bytes))
    }
}

impl fmt::Display for ExecutionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.simple().fmt(f)
    }
}

impl FromStr for ExecutionId {
    type Err = NoId;

    fn from_str(text: &str) -> Result<Self, NoId> {
        // A text from outside may be long; what is shown of it is not.
        let no_id = || NoId(text.chars().take(60).flat_map(char::escape_default).collect());
        Uuid::try_parse(text).map(ExecutionId).map_err(|_| no_id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_sorts_by_its_time() {
        let early = ExecutionId::new(Timestamp::from_millisecond(1_000).unwrap(), [255; 10]);
        let late = ExecutionId::new(Timestamp::from_millisecond(1_001).unwrap(), [0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!(ExecutionId::from_bytes(*late.as_bytes()), late);
        assert_eq!(
            "\u{1b}x".parse::<ExecutionId>().unwrap_err().to_string(),
            "`\\u{1b}x` is no id of an execution: 32 hexadecimal digits are expected"
        );
    }
}
