//! Whether all is well.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is known of the parts that work by themselves.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// Why policies whose files have changed do not load; the last good ones decide.
    refused: Mutex<Vec<String>>,
    /// Whether retries are run, and what has to be done from time to time is done.
    works: AtomicBool,
    /// Whether the server is about to end.
    is_ending: AtomicBool,
}

impl Health {
    /// Why policies were refused.
    pub(crate) fn refused(&self) -> Vec<String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_refused(&self, refused: Vec<String>) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner) = refused;
    }

    pub(crate) fn works(&self) -> bool {
        self.works.load(Ordering::Relaxed)
    }

    pub(crate) fn set_works(&self, works: bool) {
        self.works.store(works, Ordering::Relaxed);
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.is_ending.load(Ordering::Relaxed)
    }

    pub(crate) fn end(&self) {
        self.is_ending.store(true, Ordering::Relaxed);
    }
}
