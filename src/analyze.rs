//! The exact analysis over classes of events.
