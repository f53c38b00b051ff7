//! `sqlx`.

use ::sqlx::Error;

use crate::classify::Classify;
use crate::facts::ErrorFacts;
use crate::sqlstate::{answered, behind};

impl Classify for Error {
    fn facts(&self) -> ErrorFacts {
        let name = match self {
            Error::Database(error) => {
                let message = error.message();
                return match error.code() {
                    Some(code) => answered(&code, message),
                    None => ErrorFacts::new("UnexpectedError").message(message),
                };
            }
            Error::Io(error) => return error.facts(),
            Error::Tls(_) => return behind(self).unwrap_or_else(|| connection(self)),
            Error::PoolTimedOut => "ModuleTimeoutError",
            Error::PoolClosed | Error::Protocol(_) | Error::WorkerCrashed => {
                return connection(self);
            }
            Error::Configuration(_) | Error::InvalidArgument(_) => "InvalidConfigurationError",
            Error::RowNotFound
            | Error::TypeNotFound { .. }
            | Error::ColumnIndexOutOfBounds { .. }
            | Error::ColumnNotFound(_)
            | Error::ColumnDecode { .. }
            | Error::Encode(_)
            | Error::Decode(_) => "DataError",
            _ => "UnexpectedError",
        };
        ErrorFacts::new(name).message(self.to_string())
    }
}

fn connection(error: &Error) -> ErrorFacts {
    ErrorFacts::new("ConnectionError").message(error.to_string())
}
