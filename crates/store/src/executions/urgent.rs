//! What is not resolved, by urgency: lists of their own, one after the other, that have pages as one.

use std::fmt;
use std::str::FromStr;

use super::Executions;
use crate::place::{NoPlace, Place};
use crate::query::{Filter, Order, Query, Summary};
use crate::state::Status;
use crate::store::StoreError;

/// What waits for a person, what is being tried, and what is going to be, the next first.
const PARTS: [(Status, Order); 3] = [
    (Status::Unresolved, Order::Newest),
    (Status::InProgress, Order::Newest),
    (Status::Pending, Order::Due),
];

/// A place in a list by urgency.
///
/// An execution whose status changes moves to another part of the list. So who turns pages while things move may see it
/// twice, or not at all; what stays as it is is seen once.
///
/// Written as a text, the status that its part has, and the place there, unless it is the beginning:
/// `pending:17.1764061200000`.
///
/// ```
/// let place: redress_store::UrgentPlace = "pending:17.1764061200000".parse()?;
/// assert_eq!(place.to_string(), "pending:17.1764061200000");
/// assert_eq!("pending".parse::<redress_store::UrgentPlace>()?.to_string(), "pending");
/// assert!("17".parse::<redress_store::UrgentPlace>().is_err());
/// # Ok::<(), redress_store::NoPlace>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UrgentPlace {
    part: usize,
    behind: Option<Place>,
}

/// A page of a list by urgency.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UrgentPage {
    /// What it shows.
    pub executions: Vec<Summary>,
    /// Where the next page begins; nothing where this is the last.
    pub next: Option<UrgentPlace>,
}

impl Executions {
    /// A page of what is not resolved, by urgency: what waits for a person, what is being tried, and what is going to be, the
    /// next first. As many as `limit` says, as in a [`Query`].
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub fn urgent(
        &self,
        filter: &Filter,
        limit: usize,
        after: Option<UrgentPlace>,
    ) -> Result<UrgentPage, StoreError> {
        let size = Query { limit, ..Query::default() }.size();
        let begin = after.unwrap_or(UrgentPlace { part: 0, behind: None });
        self.read(|reading| {
            let (mut executions, mut behind) = (Vec::new(), begin.behind);
            for (part, (status, order)) in PARTS.into_iter().enumerate().skip(begin.part) {
                if filter.status.is_some_and(|asked| asked != status) {
                    continue;
                }
                let room = size - executions.len();
                let filter = Filter { status: Some(status), ..filter.clone() };
                // Where the page is full, one more says that this part is not empty.
                let query =
                    Query { filter, order, limit: room.max(1), after: behind, latest: None };
                let page = reading.list(&query)?;
                if room == 0 && !page.executions.is_empty() {
                    let next = Some(UrgentPlace { part, behind: None });
                    return Ok(UrgentPage { executions, next });
                }
                executions.extend(page.executions);
                if page.next.is_some() {
                    let next = Some(UrgentPlace { part, behind: page.next });
                    return Ok(UrgentPage { executions, next });
                }
                behind = None;
            }
            Ok(UrgentPage { executions, next: None })
        })
    }
}

impl fmt::Display for UrgentPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(name(PARTS[self.part].0))?;
        self.behind.map_or(Ok(()), |place| write!(f, ":{place}"))
    }
}

/// As JSON names a status, without a space.
fn name(status: Status) -> &'static str {
    match status {
        Status::Unresolved => "unresolved",
        Status::Pending => "pending",
        Status::InProgress => "in_progress",
        Status::Resolved => "resolved",
    }
}

impl FromStr for UrgentPlace {
    type Err = NoPlace;

    fn from_str(text: &str) -> Result<Self, NoPlace> {
        let (part, place) = match text.split_once(':') {
            Some((part, place)) => (part, Some(place)),
            None => (text, None),
        };
        let part = PARTS.iter().position(|(status, _)| name(*status) == part);
        let part = part.ok_or_else(|| NoPlace::of(text))?;
        let place = place.map(|place| place.parse::<Place>().map_err(|_| NoPlace::of(text)));
        Ok(UrgentPlace { part, behind: place.transpose()? })
    }
}
