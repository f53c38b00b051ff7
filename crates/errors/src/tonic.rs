//! `tonic`.

use std::time::Duration;

use ::tonic::{Code, Status};

use crate::classify::Classify;
use crate::facts::ErrorFacts;

/// Where a server says when to come back, in milliseconds; a negative number means never, which a policy decides.
const PUSHBACK: &str = "grpc-retry-pushback-ms";

impl Classify for Status {
    fn facts(&self) -> ErrorFacts {
        let pushback = self.metadata().get(PUSHBACK).and_then(|value| value.to_str().ok());
        let wait = pushback.and_then(|written| written.parse().ok()).map(Duration::from_millis);
        ErrorFacts::new(name(self.code())).message(self.message()).retry_after(wait)
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
