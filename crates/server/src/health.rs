//! Whether all is well.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What is known of the parts that work by themselves.
#[derive(Debug, Default)]
pub(crate) struct Health {
    /// Policies whose files have changed and do not load; the last good ones decide.
    refused: Mutex<BTreeMap<String, String>>,
    /// Whether retries are run, and what has to be done from time to time is done.
    works: AtomicBool,
    /// Whether the server is about to end.
    is_ending: AtomicBool,
}

impl Health {
    /// The policies that were refused, with why.
    pub(crate) fn refused(&self) -> BTreeMap<String, String> {
        self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_refused(&self, refused: BTreeMap<String, String>) {
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
