//! Runs of a scenario: whether one may begin, and that no retry begins beside it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use redress_store::{Executions, Gate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::scenarios::Nothing;
use crate::given::{Body, Name, RunOf};
use crate::problem::Problem;
use crate::shared::Shared;

/// A run that wants to begin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Beginning {
    /// What has to happen in order, in a scenario that is sequential.
    #[serde(default)]
    key: Option<String>,
}

/// A run that may go on.
#[derive(Serialize, ToSchema)]
pub(super) struct Run {
    /// What it is called when it is renewed and ended.
    run: String,
    /// Until when no retry begins beside it, unless it is renewed.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// How a run ended.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Ending {
    /// Whether it succeeded, or ended with a warning. What failed is reported.
    succeeded: bool,
}

/// Begin a run, if it may: the scenario is on, and where it is sequential nothing is left to resolve. No retry begins
/// beside it.
#[utoipa::path(
    post, path = "/scenarios/{name}/runs", tag = "runs", security(("token" = [])),
    params(("name" = String, Path, description = "The scenario")), request_body = Beginning,
    responses(
        (status = 201, description = "It may begin", body = Run),
        (status = 409, description = "It may not, and why", body = Problem, content_type = "application/problem+json"),
        (status = "default", description = "Nobody can say", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn begin(
    State(shared): State<Shared>,
    Name(name): Name,
    Body(Beginning { key }): Body<Beginning>,
) -> Result<(StatusCode, Json<Run>), Problem> {
    shared.admits(&name, "path")?;
    let run = shared.ask(move |executions| match executions.gate(&name, key.as_deref())? {
        Gate::Open => hold(executions, &name, format!("{:032x}", fastrand::u128(..))),
        Gate::Off(off) => {
            let detail = format!("the scenario is switched off since {}: {}", off.since, off.why);
            Err(Problem::conflict(detail)
                .at("path")
                .fix("a person switches it on: POST …/switch-on"))
        }
        Gate::Waiting(left) => {
            let are = if left == 1 { "execution is" } else { "executions are" };
            let detail =
                format!("the scenario is sequential, and {left} {are} to be resolved before");
            let problem = Problem::conflict(detail).at("path");
            Err(problem.fix("resolve them, or wait").retry_after(1))
        }
    });
    Ok((StatusCode::CREATED, Json(run.await?)))
}

fn hold(executions: &Executions, scenario: &str, run: String) -> Result<Run, Problem> {
    let until = executions.hold(scenario, &run, Timestamp::now())?;
    Ok(Run { run, until })
}

/// Say that a run goes on.
#[utoipa::path(
    post, path = "/scenarios/{name}/runs/{run}/renew", tag = "runs", security(("token" = [])),
    params(("name" = String, Path, description = "The scenario"), ("run" = String, Path, description = "The run")),
    request_body = Nothing,
    responses(
        (status = 200, description = "It goes on", body = Run),
        (status = "default", description = "It is not known", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn renew(
    State(shared): State<Shared>,
    RunOf { scenario, run }: RunOf,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<Run>, Problem> {
    shared.admits(&scenario, "path")?;
    shared.ask(move |executions| hold(executions, &scenario, run)).await.map(Json)
}

/// Say that a run has ended; after a success errors in a row are counted anew. What failed is reported by itself.
#[utoipa::path(
    post, path = "/scenarios/{name}/runs/{run}/end", tag = "runs", security(("token" = [])),
    params(("name" = String, Path, description = "The scenario"), ("run" = String, Path, description = "The run")),
    request_body = Ending,
    responses(
        (status = 204, description = "Retries may begin"),
        (status = "default", description = "It is not known", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end(
    State(shared): State<Shared>,
    RunOf { scenario, run }: RunOf,
    Body(Ending { succeeded }): Body<Ending>,
) -> Result<StatusCode, Problem> {
    shared.takes(&scenario, "path")?;
    let ended = shared.ask(move |executions| {
        executions.let_go(&scenario, &run)?;
        if succeeded { executions.run_succeeded(&scenario) } else { Ok(()) }
    });
    ended.await.map(|()| StatusCode::NO_CONTENT)
}
