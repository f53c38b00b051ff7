//! What was probably meant where a syntax error is.
//!
//! Each context has a file of its own; what is right in any of them comes first and last.

use super::anywhere;
use super::condition;
use super::declaration;
use super::enumeration;
use super::expected::Expected;
use super::hint::{Hint, help};
use super::list;
use super::place::Place;
use crate::suggest::suggest;
use crate::words::KEYWORDS;

/// What people write who come from another language, and what it is called here.
pub(super) fn meant(place: &Place<'_>) -> Option<Hint> {
    anywhere::sign(place)
        .or_else(|| declaration::beginning(place))
        .or_else(|| declaration::head(place))
        .or_else(|| enumeration::meant(place))
        .or_else(|| condition::meant(place))
        .or_else(|| anywhere::number(place))
        .or_else(|| list::meant(place))
        .or_else(|| anywhere::name(place))
        .or_else(|| misspelt(place))
}

/// A keyword with a slip in it.
fn misspelt(place: &Place<'_>) -> Option<Hint> {
    let signs = place.expected.iter().filter_map(|expected| match expected {
        Expected::Sign(sign) if sign.starts_with(|c: char| c.is_ascii_alphabetic()) => Some(*sign),
        _ => None,
    });
    let expected = place.expected.iter().flat_map(|&expected| words(expected)).copied();
    let word = suggest(place.found, signs.chain(expected))?;
    Some(help(format!("did you mean `{word}`?")).write(place.span, word).guess())
}

/// The words with which something expected begins.
fn words(expected: Expected) -> &'static [&'static str] {
    match expected {
        Expected::Declaration => &KEYWORDS,
        Expected::Placement => &["before", "after"],
        Expected::When => &["when"],
        Expected::Test => &["in", "is", "contains", "like", "matches", "starts", "ends"],
        _ => &[],
    }
}
