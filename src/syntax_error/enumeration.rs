//! What is written otherwise between the braces of an enum, and before them.

use super::anywhere::in_quotes;
use super::expected::Expected;
use super::hint::{Hint, help};
use super::place::Place;

/// What was meant in the declaration of an enum.
pub(super) fn meant(place: &Place<'_>) -> Option<Hint> {
    if place.keyword() != "enum" {
        return None;
    }
    match place.found {
        "=" if place.expects(Expected::Sign("+=")) => Some(grown_or_new(place)),
        "-" if place.is_inside_a_name() && place.expects(Expected::Member) => {
            Some(in_quotes(place))
        }
        _ => None,
    }
}

/// `enum E = { … }`
fn grown_or_new(place: &Place<'_>) -> Hint {
    help("`+=` adds members to an enum that is there; a new one is declared without a sign")
        .write(place.span, "+=")
        .guess()
        .fix("take it away", place.span_of(place.previous_end..place.at + 1), "")
        .guess()
}
