//! What was refused of many, as it is told.

use std::fmt::Display;

use crate::terminal;

/// So many are told one by one.
const MOST_TOLD: usize = 20;

/// Why some were refused, and how many.
pub struct Refused<W> {
    pub many: u64,
    pub why: W,
}

/// Says of the first why they were refused, and how many others were: `and 7 more lines refused`.
pub fn complain_of(
    refused: u64,
    whys: impl IntoIterator<Item = Refused<impl Display>>,
    what_others: &str,
) {
    let mut untold = refused;
    for Refused { many, why } in whys.into_iter().take(MOST_TOLD) {
        terminal::complain(why);
        untold = untold.saturating_sub(many);
    }
    if untold > 0 {
        terminal::complain(format_args!("and {untold} {what_others} refused"));
    }
}
