//! `tonic`.

use std::time::Duration;

use ::tonic::{Code, Status};

use crate::classify::Classify;
use crate::facts::ErrorFacts;

/// Where a server says when to come back, in milliseconds; what is no such number asks never to come back.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

impl Classify for Status {
    fn facts(&self) -> ErrorFacts {
        let facts = ErrorFacts::new(name(self.code())).message(self.message());
        let Some(pushback) = self.metadata().get(PUSHBACK) else { return facts };
        match pushback.to_str().ok().and_then(|written| written.parse().ok()) {
            Some(wait) => facts.retry_after(Some(Duration::from_millis(wait))),
            None => facts.without_retry(),
        }
    }
}

/// The code as the protocol writes it, and the pack `grpc`.
fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}
