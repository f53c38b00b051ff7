//! The status codes of gRPC.

/// Every code but `OK`, in the order of their numbers, which begin with 1.
pub(super) const CODES: [&str; 16] = [
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
];

/// The code with this name, in whatever case.
pub(super) fn by_name(name: &str) -> Option<&'static str> {
    CODES.into_iter().find(|code| code.eq_ignore_ascii_case(name))
}

/// The code with this number.
pub(super) fn by_number(number: u64) -> Option<&'static str> {
    let position = usize::try_from(number).ok()?.checked_sub(1)?;
    CODES.get(position).copied()
}
