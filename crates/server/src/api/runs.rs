//! Runs of a scenario: whether one may begin, and that no retry begins beside it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use jiff::Timestamp;
use redress_store::{Begun, Off};
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
    let run = new_run()?;
    let begun = shared.ask(move |executions| {
        match executions.begin_run(&name, key.as_deref(), &run, Timestamp::now())? {
            Begun::Until(until) => Ok(Run { run, until }),
            Begun::Off(off) => Err(is_off(&off)),
            Begun::Waiting(left) => Err(waits(left)),
        }
    });
    Ok((StatusCode::CREATED, Json(begun.await?)))
}

/// What a run is called, which nobody can guess: whoever knows it can say that the run has ended.
fn new_run() -> Result<String, Problem> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        tracing::error!(%error, "the system gives no random numbers");
        Problem::ours()
    })?;
    Ok(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

fn is_off(off: &Off) -> Problem {
    let detail = format!("the scenario is switched off since {}: {}", off.since, off.why);
    let fix = "a person switches it on: POST …/switch-on";
    Problem::conflict(detail).at("path").fix(fix)
}

fn waits(left: u64) -> Problem {
    let are = if left == 1 { "execution is" } else { "executions are" };
    let detail = format!("the scenario is sequential, and {left} {are} to be resolved before");
    Problem::conflict(detail).at("path").fix("resolve them, or wait").retry_after(1)
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
