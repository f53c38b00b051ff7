//! What an error is, in the words of a vocabulary.

use crate::facts::ErrorFacts;

/// Errors that say what they are in the words of the standard vocabulary and the packs.
///
/// An error of your own takes what its source says and adds what it knows better:
///
/// ```
/// use redress_errors::{Classify, ErrorFacts};
///
/// enum LedgerError { Closed, Io(std::io::Error) }
///
/// impl Classify for LedgerError {
///     fn facts(&self) -> ErrorFacts {
///         match self {
///             LedgerError::Closed => ErrorFacts::new("LedgerClosedError"),
///             LedgerError::Io(error) => error.facts(),
///         }
///         .with("app", "ledger")
///     }
/// }
/// ```
pub trait Classify {
    /// What is known of it.
    fn facts(&self) -> ErrorFacts;
}

impl<E: Classify + ?Sized> Classify for &E {
    fn facts(&self) -> ErrorFacts {
        (**self).facts()
    }
}

impl<E: Classify + ?Sized> Classify for Box<E> {
    fn facts(&self) -> ErrorFacts {
        (**self).facts()
    }
}
