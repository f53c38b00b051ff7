//! Errors of input and output.

use std::io::{Error, ErrorKind};

use crate::classify::Classify;
use crate::facts::ErrorFacts;

impl Classify for Error {
    fn facts(&self) -> ErrorFacts {
        ErrorFacts::new(name(self.kind())).message(self.to_string())
    }
}

/// The name that the standard vocabulary has for a kind; where it has none, the kind's own, which a policy may declare.
fn name(kind: ErrorKind) -> String {
    let name = match kind {
        ErrorKind::ConnectionRefused
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::NotConnected
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof
        | ErrorKind::HostUnreachable
        | ErrorKind::NetworkUnreachable
        | ErrorKind::NetworkDown => "ConnectionError",
        ErrorKind::TimedOut => "ModuleTimeoutError",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "OutOfSpaceError",
        ErrorKind::FileTooLarge => "MaxFileSizeExceededError",
        ErrorKind::InvalidData | ErrorKind::InvalidInput => "DataError",
        ErrorKind::AlreadyExists => "DuplicateDataError",
        ErrorKind::PermissionDenied
        | ErrorKind::NotFound
        | ErrorKind::AddrInUse
        | ErrorKind::AddrNotAvailable
        | ErrorKind::ReadOnlyFilesystem
        | ErrorKind::Unsupported => "InvalidConfigurationError",
        other => return format!("{other:?}"),
    };
    name.to_owned()
}
