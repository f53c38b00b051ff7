//! Runs of a scenario: whether one may begin, and that no retry begins beside it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use redress_store::Gate;
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
        Gate::Open => {
            let run = format!("{:032x}", fastrand::u128(..));
            let until = executions.hold(&name, &run, Timestamp::now())?;
            Ok(Run { run, until })
        }
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

/// A run that is not under way. It is not told what became of it: of what has ended, and of what was never handed out, nothing
/// is kept.
fn not_under_way() -> Problem {
    Problem::not_found(
        "there is no such run under way: it has ended, was not heard of in time, or never began",
    )
    .at("path")
    .fix("begin a new one, where one is to go on; where its end was sent before, it is done")
}

/// Say that a run goes on. One that is not under way any more, or never was, is answered 404.
#[utoipa::path(
    post, path = "/scenarios/{name}/runs/{run}/renew", tag = "runs", security(("token" = [])),
    params(("name" = String, Path, description = "The scenario"), ("run" = String, Path, description = "The run")),
    request_body = Nothing,
    responses(
        (status = 200, description = "It goes on", body = Run),
        (status = "default", description = "It is not under way", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn renew(
    State(shared): State<Shared>,
    RunOf { scenario, run }: RunOf,
    Body(Nothing {}): Body<Nothing>,
) -> Result<Json<Run>, Problem> {
    shared.takes(&scenario, "path")?;
    let renewed = shared.ask(move |executions| {
        let until = executions.hold_on(&scenario, &run, Timestamp::now())?;
        until.map(|until| Run { run, until }).ok_or_else(not_under_way)
    });
    renewed.await.map(Json)
}

/// Say that a run has ended; after a success errors in a row are counted anew. What failed is reported by itself. An end counts
/// once: where it is sent again, or the run was not under way any more, nothing changes, and the answer is 404.
#[utoipa::path(
    post, path = "/scenarios/{name}/runs/{run}/end", tag = "runs", security(("token" = [])),
    params(("name" = String, Path, description = "The scenario"), ("run" = String, Path, description = "The run")),
    request_body = Ending,
    responses(
        (status = 204, description = "Retries may begin"),
        (status = "default", description = "It is not under way", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn end(
    State(shared): State<Shared>,
    RunOf { scenario, run }: RunOf,
    Body(Ending { succeeded }): Body<Ending>,
) -> Result<StatusCode, Problem> {
    shared.takes(&scenario, "path")?;
    let ended = shared.ask(move |executions| executions.end_run(&scenario, &run, succeeded));
    match ended.await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(not_under_way()),
    }
}
