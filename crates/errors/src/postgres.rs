//! `tokio_postgres`.

use tokio_postgres::Error;

use crate::classify::Classify;
use crate::facts::ErrorFacts;
use crate::sqlstate::{answered, behind};

impl Classify for Error {
    fn facts(&self) -> ErrorFacts {
        if let Some(error) = self.as_db_error() {
            return answered(error.code().code(), error.message());
        }
        let message = self.to_string();
        let facts = behind(self).unwrap_or_else(|| {
            // What neither the database nor the system says is about how the program uses them.
            let name = if self.is_closed() { "ConnectionError" } else { "RuntimeError" };
            ErrorFacts::new(name)
        });
        facts.message(message)
    }
}
