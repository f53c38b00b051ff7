//! Policies of any size for benchmarks, and events for them: always the same ones, and like those that people write.
//!
//! [`documented`] is the default policy. The others grow: [`first_family`] is keyed by application and error,
//! [`second_family`] has nothing to hash on, [`third_family`] asks anything. Their rules and events are plain data,
//! so that other engines can be given the same.

pub mod children;
mod dice;
mod documented;
mod failure;
mod first;
mod linear;
mod names;
mod realistic;
mod rule;
mod second;
#[cfg(test)]
mod tests;
mod third;

pub use dice::Dice;
pub use documented::{Documented, documented};
pub use failure::{Call, Event, Fact, Failure, Report, Value};
pub use first::{FirstFamily, KeyedRule, RULES_PER_APP, first_family};
pub use linear::Linear;
pub use names::{KNOWN, OTHER, OUTCOMES, PERMANENT, TRANSIENT, UNKNOWN};
pub use realistic::{in_pairs, realistic};
pub use rule::{Asks, Condition, Rule, Rules};
pub use second::{SecondFamily, second_family};
pub use third::{ThirdFamily, third_family};
