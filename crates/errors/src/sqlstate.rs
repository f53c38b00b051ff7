//! Errors of a database, by SQLSTATE.

use std::error::Error;

use crate::classify::Classify;
use crate::facts::ErrorFacts;

/// An error that a database answered with: its name is its SQLSTATE, as in the pack `postgres`.
pub(crate) fn answered(code: &str, message: &str) -> ErrorFacts {
    ErrorFacts::new(code).message(message)
}

/// What the error of input and output says that stands behind another one.
pub(crate) fn behind(error: &(dyn Error + 'static)) -> Option<ErrorFacts> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            return Some(error.facts());
        }
        source = error.source();
    }
    None
}
