//! The settings of a scenario.

use std::time::Duration;

use redress::Policy;
use serde::{Deserialize, Serialize};

use crate::seal::Seal;

/// The settings of a scenario; the default is the documented one, with storing switched on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Off: what the policy wants to store fails instead, and the run is rolled back.
    pub storing: bool,
    /// On: executions of one key, or without keys all of the scenario's, are tried one after the other in the order
    /// in which they were stored, and new runs wait until none is left.
    pub sequential: bool,
    /// What happens to an execution that cannot be stored. On: it is lost, counted and shown. Off: whoever
    /// reports it is refused, and the scenario is switched off.
    pub data_loss: bool,
    /// How many executions may be kept that are not resolved.
    pub max_records: u64,
    /// How many bytes they may have.
    pub max_bytes: redress::Size,
    /// On: payloads are kept encrypted or by reference only; definitions and the texts of errors encrypted, or without
    /// a key not at all.
    pub confidential: bool,
    /// After so many failed runs in a row the scenario is switched off; nothing: never.
    pub max_consecutive_errors: Option<u32>,
    /// How many retries run at once.
    pub parallel_retries: u32,
    /// How many failures in how short a time switch the scenario off; nothing: none.
    pub runaway: Option<Runaway>,
    /// How long resolved executions are kept.
    pub retention: redress::Duration,
    /// How long a worker may be silent before its try counts as interrupted.
    pub lease: redress::Duration,
}

/// So many failures without a success between them, in so short a time.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Runaway {
    /// How many.
    pub failures: u32,
    /// In what time.
    pub within: redress::Duration,
}

/// Errors that do not count to the failed runs in a row, as documented.
pub const UNCOUNTED: [&str; 4] =
    ["DataError", "DuplicateDataError", "ConnectionError", "ModuleTimeoutError"];

const SECOND: i64 = 1_000;
const DAY: i64 = 24 * 60 * 60 * SECOND;

impl Default for Settings {
    fn default() -> Self {
        let duration = redress::Duration::from_milliseconds;
        Settings {
            storing: true,
            sequential: false,
            data_loss: false,
            max_records: 100,
            max_bytes: redress::Size::from_bytes(1 << 30),
            confidential: false,
            max_consecutive_errors: Some(3),
            parallel_retries: 3,
            runaway: Some(Runaway { failures: 10, within: duration(120 * SECOND) }),
            retention: duration(30 * DAY),
            lease: duration(10 * SECOND),
        }
    }
}

impl Settings {
    pub(crate) fn lease(&self) -> Duration {
        Duration::from(self.lease).max(Duration::from_millis(1))
    }
}

/// A scenario as the host knows it: what decides its errors, and its settings.
#[derive(Clone, Debug, Default)]
pub struct Scenario {
    /// What decides its errors.
    pub policy: Policy,
    /// Its settings.
    pub settings: Settings,
    /// The key that encrypts its payloads, where they are confidential.
    pub seal: Option<Seal>,
}
