//! The other engines, each with the encoding that its own documentation recommends.

pub mod cedar;
pub mod cel;
pub mod datalogic;
pub mod evalexpr;
pub mod regorus;
pub mod rhai;
pub mod vrl;
pub mod wirefilter;
pub mod zen;

pub use crate::entries::Refused;

/// What an engine says that cannot decide; no check accepts it.
pub const UNDECIDED: usize = usize::MAX;
