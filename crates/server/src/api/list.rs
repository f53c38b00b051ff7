//! Lists of executions, and what they have in common.

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use redress_scenarios::{Unknown, unknown_names};
use redress_store::{Executions, Filter, Group, Order, Page, Place, Query, Status};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::shapes;
use crate::given::Asked;
use crate::problem::Problem;
use crate::shared::Shared;

/// Which executions are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Listed {
    /// Those of this scenario.
    scenario: Option<String>,
    /// Those of this status.
    #[param(value_type = Option<shapes::Status>)]
    status: Option<Status>,
    /// Those whose last error is of this type.
    error: Option<String>,
    /// Those whose last error was decided by this rule.
    rule: Option<String>,
    /// Those whose last error has this text in its message, as far as a list shows that; what is confidential never does.
    message: Option<String>,
    /// Those that were stored at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    since: Option<Timestamp>,
    /// Those that were stored before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    before: Option<Timestamp>,
    /// In what order; by default the newest comes first.
    #[param(value_type = Option<shapes::Order>)]
    order: Option<Order>,
    /// How many a page has: 50, or as many as are asked for, up to 1,000.
    limit: Option<usize>,
    /// Behind this place: what the page before said was `next`.
    #[param(value_type = Option<String>)]
    after: Option<Place>,
}

impl Listed {
    fn query(self) -> Result<Query, Problem> {
        let Listed { scenario, status, error, rule, message, since, before, order, limit, after } =
            self;
        let filter = Filter { scenario, status, error, rule, message, since, before };
        let (order, limit) = (order.unwrap_or_default(), at_most(limit, USUAL)?);
        Ok(Query { filter, order, limit, after, latest: None })
    }

    /// Which are meant, where there are no pages.
    pub(super) fn filter_alone(self) -> Result<Filter, Problem> {
        if self.order.is_some() || self.limit.is_some() || self.after.is_some() {
            let detail = "all are exported, in the order in which they were stored";
            return Err(Problem::wrong("query, order, limit, after", detail)
                .fix("leave these parameters out"));
        }
        Ok(self.query()?.filter)
    }
}

/// How many a page has where nobody says.
pub(super) const USUAL: usize = 50;

/// How many are asked for: `usual` where nobody says, and no more than a page can have.
pub(super) fn at_most(limit: Option<usize>, usual: usize) -> Result<usize, Problem> {
    match limit {
        Some(0) => Err(Problem::wrong("query, limit", "a page of nothing is asked for")
            .fix("ask for 1 or more, or leave `limit` out")),
        limit => Ok(limit.unwrap_or(usual).min(redress_store::LARGEST_PAGE)),
    }
}

/// A page, and what was probably meant where there is nothing on it.
#[derive(Serialize)]
pub(super) struct Told {
    #[serde(flatten)]
    page: Page,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
}

/// List executions, a page at a time.
#[utoipa::path(
    get, path = "/executions", tag = "executions", security(("token" = [])), params(Listed),
    responses(
        (status = 200, description = "A page", body = shapes::Page),
        (status = "default", description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(shared): State<Shared>,
    Asked(asked): Asked<Listed>,
) -> Result<Json<Told>, Problem> {
    let (query, all) = (asked.query()?, shared.clone());
    let page = shared.ask(move |executions| {
        is_known(&all, executions, query.filter.scenario.as_deref())?;
        let page = executions.list(&query)?;
        let unknown = match page.executions.is_empty() && query.after.is_none() {
            true => unknown_names(&all.configuration, executions, &query.filter)?,
            false => Vec::new(),
        };
        let misspelt = unknown.iter().filter(|unknown| unknown.is_near_something());
        Ok::<_, Problem>(Told { page, notes: misspelt.map(Unknown::to_string).collect() })
    });
    page.await.map(Json)
}

/// What is to be counted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Grouped {
    /// Only executions of this scenario.
    scenario: Option<String>,
    /// Only those with this text in the message of their last error, as far as a list shows that.
    message: Option<String>,
    /// How many groups: 50, or as many as are asked for, up to 1,000.
    limit: Option<usize>,
}

/// Count what is not resolved by scenario, error, rule and status; the largest groups come first.
#[utoipa::path(
    get, path = "/executions/groups", tag = "executions", security(("token" = [])), params(Grouped),
    responses(
        (status = 200, description = "The groups", body = Vec<shapes::Group>),
        (status = "default", description = "A parameter is wrong", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn groups(
    State(shared): State<Shared>,
    Asked(Grouped { scenario, message, limit }): Asked<Grouped>,
) -> Result<Json<Vec<Group>>, Problem> {
    let limit = at_most(limit, USUAL)?;
    let all = shared.clone();
    let groups = shared.ask(move |executions| {
        is_known(&all, executions, scenario.as_deref())?;
        executions.groups(scenario.as_deref(), message.as_deref(), limit).map_err(Problem::from)
    });
    groups.await.map(Json)
}

/// An empty list would say of a misspelt scenario that all is well.
pub(super) fn is_known(
    shared: &Shared,
    executions: &Executions,
    scenario: Option<&str>,
) -> Result<(), Problem> {
    scenario.map_or(Ok(()), |scenario| shared.knows(executions, scenario, "query, scenario"))
}
