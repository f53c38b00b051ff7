//! A list from beginning to end.

use super::Executions;
use crate::query::{Query, Summary};
use crate::store::StoreError;

/// The pages of a list, one after the other, each read when it is asked for; see [`Executions::pages`].
#[derive(Debug)]
pub struct Pages<'e> {
    executions: &'e Executions,
    /// The next page; nothing behind the last, and behind one that could not be read.
    query: Option<Query>,
}

impl Iterator for Pages<'_> {
    type Item = Result<Vec<Summary>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let query = self.query.take()?;
        let page = match self.executions.list(&query) {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        self.query = page.next.map(|next| Query { after: Some(next), ..query });
        Some(Ok(page.executions))
    }
}

impl Executions {
    /// What a query lists, from where it begins to the end, in pages of the size that it asks for. The last item is an error
    /// where the store cannot be read.
    ///
    /// Between two pages others may change what is kept: where it must not have more than what is there now, the query says
    /// what is the [latest](Query::latest).
    ///
    /// ```
    /// use redress_store::{Executions, Memory, Query, Report};
    /// use serde_json::json;
    ///
    /// let executions = Executions::over(Memory::new());
    /// let now: jiff::Timestamp = "2026-11-25T09:00:00Z".parse()?;
    /// for refund in 1..=5 {
    ///     let event = json!({"error": "DataError", "module": 3});
    ///     executions.report(Report::new("refunds", event, refund.to_string().as_str()), now)?;
    /// }
    /// let pages = executions.pages(Query { limit: 2, ..Query::default() });
    /// let sizes = pages.map(|page| page.map(|page| page.len())).collect::<Result<Vec<_>, _>>()?;
    /// assert_eq!(sizes, [2, 2, 1]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pages(&self, query: Query) -> Pages<'_> {
        Pages { executions: self, query: Some(query) }
    }
}
