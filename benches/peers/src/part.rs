//! The parts of a run.

use clap::ValueEnum;

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Everybody on the default policy.
    Documented,
    /// The first family: keyed by application and error.
    First,
    /// The second and the third family.
    Others,
    /// Loading, beside pest.
    Loading,
    /// One thread and two.
    Threads,
    /// What the programs of `benches/sections/` print.
    Sections,
}
