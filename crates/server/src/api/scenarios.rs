//! Scenarios: whether they are on, what they keep, what they lost.

use std::collections::BTreeSet;
use std::ops::Bound;

use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use redress_scenarios::ShownScenario;
use redress_store::{Executions, ManageError, ScenarioEntry};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::list::{USUAL, at_most};
use super::shapes;
use crate::given::{Asked, Body, Name};
use crate::problem::Problem;
use crate::shared::Shared;
use crate::tokens::Who;

/// Which scenarios are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Named {
    /// How many a page has: 50, or as many as are asked for, up to 1,000.
    limit: Option<usize>,
    /// Behind this name: what the page before said was `next`.
    after: Option<String>,
}

/// A page of scenarios.
#[derive(Serialize, ToSchema)]
pub(super) struct Scenarios {
    #[schema(value_type = Vec<shapes::Scenario>)]
    scenarios: Vec<ShownScenario>,
    /// Where the next page begins; nothing where this is the last.
    next: Option<String>,
}

/// List the scenarios that are configured, or that something is known of, a page at a time.
#[utoipa::path(
    get, path = "/scenarios", tag = "scenarios", security(("token" = [])), params(Named),
    responses(
        (status = 200, description = "A page, by their names", body = Scenarios),
        (status = "default", description = "They cannot be read", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list(
    State(shared): State<Shared>,
    Asked(Named { limit, after }): Asked<Named>,
) -> Result<Json<Scenarios>, Problem> {
    let limit = at_most(limit, USUAL)?;
    let all = shared.clone();
    let scenarios = shared.ask(move |executions| {
        let mut names: BTreeSet<String> = executions.scenarios()?.into_iter().collect();
        names.extend(all.configuration.scenarios.keys().cloned());
        let begin = after.map_or(Bound::Unbounded, Bound::Excluded);
        let mut behind = names.range((begin, Bound::Unbounded)).cloned();
        let page: Vec<String> = behind.by_ref().take(limit).collect();
        let next = behind.next().and_then(|_| page.last().cloned());
        let shown = page.iter().map(|name| ShownScenario::of(&all.configuration, executions, name));
        Ok::<_, Problem>(Scenarios { scenarios: shown.collect::<Result<_, _>>()?, next })
    });
    scenarios.await.map(Json)
}

/// Get a scenario. One that nothing is known of is as its settings are.
#[utoipa::path(
    get, path = "/scenarios/{name}", tag = "scenarios", security(("token" = [])),
    params(("name" = String, Path, description = "Its name")),
    responses(
        (status = 200, description = "The scenario", body = shapes::Scenario),
        (status = "default", description = "It cannot be read", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(shared): State<Shared>,
    Asked(Nothing {}): Asked<Nothing>,
    Name(name): Name,
) -> Result<Json<ShownScenario>, Problem> {
    let all = shared.clone();
    let scenario = shared.ask(move |executions| {
        all.knows(executions, &name, "path")?;
        ShownScenario::of(&all.configuration, executions, &name).map_err(Problem::from)
    });
    scenario.await.map(Json)
}

/// How much of a log is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Newest {
    /// How many lines: 100, or as many as are asked for, up to 1,000.
    limit: Option<usize>,
}

/// Get the log of a scenario, the newest line first: when it was switched on and off, what was deleted.
#[utoipa::path(
    get, path = "/scenarios/{name}/log", tag = "scenarios", security(("token" = [])),
    params(("name" = String, Path, description = "Its name"), Newest),
    responses(
        (status = 200, description = "The log", body = Vec<shapes::ScenarioEntry>),
        (status = "default", description = "It cannot be read", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn log(
    State(shared): State<Shared>,
    Name(name): Name,
    Asked(Newest { limit }): Asked<Newest>,
) -> Result<Json<Vec<ScenarioEntry>>, Problem> {
    let limit = at_most(limit, 100)?;
    let all = shared.clone();
    let log = shared.ask(move |executions| {
        all.knows(executions, &name, "path")?;
        executions.scenario_log(&name, limit).map_err(Problem::from)
    });
    log.await.map(Json)
}

/// Nothing more is to be said.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Nothing {}

/// Why a scenario is switched.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Switching {
    /// Why, for the log.
    #[serde(default)]
    reason: Option<String>,
}

/// Whether a scenario was switched.
#[derive(Serialize, ToSchema)]
pub(super) struct Switched {
    /// Whether that changed anything.
    changed: bool,
}

/// Switch a scenario on; failures in a row are counted anew.
#[utoipa::path(
    post, path = "/scenarios/{name}/switch-on", tag = "scenarios", security(("token" = [])),
    params(("name" = String, Path, description = "Its name")), request_body = Switching,
    responses(
        (status = 200, description = "It is on", body = Switched),
        (status = "default", description = "It is not done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn switch_on(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Name(name): Name,
    Body(why): Body<Switching>,
) -> Result<Json<Switched>, Problem> {
    switch(&shared, (who, why), name, "a scenario is switched on", Executions::switch_on).await
}

/// Switch a scenario off: no run may begin, and no retry but those that a person asks for.
#[utoipa::path(
    post, path = "/scenarios/{name}/switch-off", tag = "scenarios", security(("token" = [])),
    params(("name" = String, Path, description = "Its name")), request_body = Switching,
    responses(
        (status = 200, description = "It is off", body = Switched),
        (status = "default", description = "It is not done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn switch_off(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Name(name): Name,
    Body(why): Body<Switching>,
) -> Result<Json<Switched>, Problem> {
    switch(&shared, (who, why), name, "a scenario is switched off", Executions::switch_off).await
}

/// Switches the scenario of a name, for somebody and a reason.
type Switch = fn(&Executions, &str, &str, Option<&str>, Timestamp) -> Result<bool, ManageError>;

/// Switches a scenario, and says so in the log where it is done.
async fn switch(
    shared: &Shared,
    (who, Switching { reason }): (Who, Switching),
    name: String,
    what: &str,
    switched: Switch,
) -> Result<Json<Switched>, Problem> {
    let (all, by, scenario) = (shared.clone(), who.name.clone(), name.clone());
    let done = shared.ask(move |executions| {
        all.knows(executions, &name, "path")?;
        let now = Timestamp::now();
        switched(executions, &name, &who.name, reason.as_deref(), now).map_err(Problem::from)
    });
    let changed = done.await?;
    if changed {
        tracing::info!(scenario, by, "{what}");
    }
    Ok(Json(Switched { changed }))
}
