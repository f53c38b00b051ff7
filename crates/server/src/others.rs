//! Scenarios that redress.toml does not name and that are taken all the same: so many, since their names come from
//! outside and each takes room for ever.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use redress_store::LARGEST_NAME;

/// The names that are taken: those that something was known of when the server started, and those that came since.
pub(crate) struct Others {
    known: Mutex<BTreeSet<String>>,
    most: usize,
}

impl Others {
    pub(crate) fn new(known: impl IntoIterator<Item = String>, most: usize) -> Self {
        Others { known: Mutex::new(known.into_iter().collect()), most }
    }

    /// How many may be known at most before a new one is refused.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    /// Takes a name, unless it is one too many.
    pub(crate) fn admits(&self, name: &str) -> bool {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.contains(name) {
            return true;
        }
        if known.len() >= self.most {
            return false;
        }
        // One that is too long is refused by the store, and not to be remembered.
        if name.len() <= LARGEST_NAME {
            known.insert(name.to_owned());
        }
        true
    }
}
