//! Places in lists.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::query::Order;

/// A place in a list that stays where it is while others come and go. It is good for lists of the same order.
///
/// Written as a text, the number of the execution; in a list by due time `17.1764061200000`, with that time in
/// milliseconds.
///
/// ```
/// let place: redress_store::Place = "17.1764061200000".parse()?;
/// assert_eq!((place.number, place.to_string().as_str()), (17, "17.1764061200000"));
/// assert_eq!("seventeen".parse::<redress_store::Place>().unwrap_err().to_string(), "`seventeen` is no place in a list");
/// # Ok::<(), redress_store::NoPlace>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Place {
    /// The number that the store gave what is shown there; what was stored later has a higher one.
    pub number: i64,
    /// When it was due; nothing in a list that is not by due time.
    pub due: Option<Timestamp>,
}

/// A text that is no place in a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no place in a list")]
pub struct NoPlace(String);

impl NoPlace {
    /// A text from outside may be long; what is shown of it is not.
    pub(crate) fn of(text: &str) -> Self {
        NoPlace(text.chars().take(60).flat_map(char::escape_default).collect())
    }
}

impl Place {
    /// Whether what is here comes behind another place in a list of this order.
    pub(crate) fn is_behind(self, other: Place, order: Order) -> bool {
        match order {
            Order::Newest => self.number < other.number,
            Order::Oldest => self.number > other.number,
            Order::Due => (self.due, self.number) > (other.due, other.number),
        }
    }

    /// Puts places in order.
    pub(crate) fn sort(places: &mut [Place], order: Order) {
        match order {
            Order::Newest => places.sort_unstable_by_key(|place| std::cmp::Reverse(place.number)),
            Order::Oldest => places.sort_unstable_by_key(|place| place.number),
            Order::Due => places.sort_unstable_by_key(|place| (place.due, place.number)),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)?;
        self.due.map_or(Ok(()), |due| write!(f, ".{}", due.as_millisecond()))
    }
}

impl From<Place> for String {
    fn from(place: Place) -> String {
        place.to_string()
    }
}

impl FromStr for Place {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let no_place = || NoPlace::of(text);
        let (number, due) = match text.split_once('.') {
            Some((number, due)) => (number, Some(due)),
            None => (text, None),
        };
        let number = number.parse().map_err(|_| no_place())?;
        let due =
            due.map(|due| due.parse().ok().and_then(|due| Timestamp::from_millisecond(due).ok()));
        match due {
            Some(None) => Err(no_place()),
            due => Ok(Place { number, due: due.flatten() }),
        }
    }
}

impl TryFrom<String> for Place {
    type Error = NoPlace;

    fn try_from(text: String) -> Result<Self, NoPlace> {
        text.parse()
    }
}
