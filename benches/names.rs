//! The names that policies and events of the benchmarks are made of.

/// Errors that the default policy retries.
pub const TRANSIENT: [&str; 4] =
    ["ConnectionError", "RateLimitError", "OutOfSpaceError", "ModuleTimeoutError"];

/// Errors that the default policy keeps for a person.
pub const PERMANENT: [&str; 6] = [
    "DataError",
    "InvalidConfigurationError",
    "InvalidAccessTokenError",
    "UnexpectedError",
    "MaxFileSizeExceededError",
    "MaxResultsExceededError",
];

/// Errors that the vocabulary knows and the default policy does not name.
pub const OTHER: [&str; 8] = [
    "RuntimeError",
    "InconsistencyError",
    "BundleValidationError",
    "AccountValidationError",
    "DuplicateDataError",
    "IncompleteDataError",
    "ScenarioTimeoutError",
    "ExecutionInterruptedError",
];

/// Errors that the vocabulary does not know.
pub const UNKNOWN: [&str; 6] = [
    "DecodeError",
    "PaymentDeclinedError",
    "KeyError",
    "QuotaProjectMismatchError",
    "TlsHandshakeError",
    "ConnectionErrors",
];

/// Errors that the vocabulary knows.
pub const KNOWN: [&str; 18] = {
    let (mut known, mut at) = ([""; 18], 0);
    while at < known.len() {
        known[at] = match at {
            0..4 => TRANSIENT[at],
            4..10 => PERMANENT[at - 4],
            _ => OTHER[at - 10],
        };
        at += 1;
    }
    known
};

/// What the rules of a generated policy decide.
pub const OUTCOMES: [&str; 6] =
    ["fail", "stop", "store(manual)", "store(retry)", "ignore", "rollback"];
