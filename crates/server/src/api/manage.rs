//! What a person does with one execution.

use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use redress_store::{Edit, Execution};
use serde::Deserialize;
use serde_json::value::RawValue;
use utoipa::{IntoParams, ToSchema};

use super::{one, payload, shapes};
use crate::given::{Asked, Body, Id};
use crate::problem::Problem;
use crate::shared::Shared;
use crate::tokens::Who;

/// Why, if somebody says.
#[derive(Deserialize, ToSchema, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Reason {
    /// Why.
    #[serde(default)]
    reason: Option<String>,
}

/// Why; who closes an execution says it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Closing {
    /// Why nothing is left to do.
    reason: String,
}

/// Another payload for an execution.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Resolving {
    /// The new payload: a text as it is, anything else as the JSON that it is. The original is kept.
    #[serde(default)]
    #[schema(value_type = Option<serde_json::Value>)]
    payload: Option<Box<RawValue>>,
    /// The same, as bytes in base64.
    #[serde(default)]
    payload_base64: Option<String>,
    /// Where it is to be had, in place of a payload.
    #[serde(default)]
    reference: Option<String>,
    /// The version that was looked at; refused where the execution has changed since.
    #[serde(default)]
    version: Option<u32>,
    /// Why it was edited.
    reason: String,
}

/// Ask for a try as soon as a place is free.
#[utoipa::path(
    post, path = "/executions/{id}/retry", tag = "executions", security(("token" = [])),
    params(("id" = String, Path, description = "Its id")), request_body = Reason,
    responses(
        (status = 200, description = "The execution as it is now", body = shapes::Execution),
        (status = "default", description = "It is not done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn retry(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Id(id): Id,
    Body(Reason { reason }): Body<Reason>,
) -> Result<Json<Execution>, Problem> {
    let by = who.name.clone();
    let done = shared.ask(move |executions| {
        executions.retry(id, &who.name, reason.as_deref(), Timestamp::now())
    });
    let done = done.await?;
    tracing::info!(%id, by, "a try is asked for");
    Ok(Json(done))
}

/// Resolve an execution with another payload: it is tried with that as soon as a place is free.
#[utoipa::path(
    post, path = "/executions/{id}/resolve", tag = "executions", security(("token" = [])),
    params(("id" = String, Path, description = "Its id")), request_body = Resolving,
    responses(
        (status = 200, description = "The execution as it is now", body = shapes::Execution),
        (status = "default", description = "It is not done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn resolve(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Id(id): Id,
    Body(resolving): Body<Resolving>,
) -> Result<Json<Execution>, Problem> {
    let Resolving { payload, payload_base64, reference, version, reason } = resolving;
    let payload = payload::read(payload, payload_base64, reference)?.ok_or_else(|| {
        Problem::wrong("payload", "there is no payload")
            .fix("give a `payload`; to try it again as it is, use `retry`")
    })?;
    let by = who.name.clone();
    let edit = Edit { payload, version };
    let all = shared.clone();
    let done = shared.ask(move |executions| {
        // What a shell reads is code as much as the command is.
        all.takes_code(&one::found(executions, id)?.scenario)?;
        let done = executions.resolve(id, edit, &who.name, &reason, Timestamp::now());
        done.map_err(Problem::from)
    });
    let done = done.await?;
    tracing::info!(%id, by, "a payload is edited");
    Ok(Json(done))
}

/// Close an execution: nothing is left to do, and the reason says why.
#[utoipa::path(
    post, path = "/executions/{id}/close", tag = "executions", security(("token" = [])),
    params(("id" = String, Path, description = "Its id")), request_body = Closing,
    responses(
        (status = 200, description = "The execution as it is now", body = shapes::Execution),
        (status = "default", description = "It is not done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn close(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Id(id): Id,
    Body(Closing { reason }): Body<Closing>,
) -> Result<Json<Execution>, Problem> {
    let by = who.name.clone();
    let done =
        shared.ask(move |executions| executions.close(id, &who.name, &reason, Timestamp::now()));
    let done = done.await?;
    tracing::info!(%id, by, "an execution is closed");
    Ok(Json(done))
}

/// Delete an execution, its log and its payloads; the log of its scenario keeps a line.
#[utoipa::path(
    delete, path = "/executions/{id}", tag = "executions", security(("token" = [])),
    params(("id" = String, Path, description = "Its id"), Reason),
    responses(
        (status = 200, description = "The execution as it was", body = shapes::Execution),
        (status = "default", description = "It is not done", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn delete(
    State(shared): State<Shared>,
    Extension(who): Extension<Who>,
    Id(id): Id,
    Asked(Reason { reason }): Asked<Reason>,
) -> Result<Json<Execution>, Problem> {
    let by = who.name.clone();
    let done = shared.ask(move |executions| {
        executions.delete(id, &who.name, reason.as_deref(), Timestamp::now())
    });
    let done = done.await?;
    tracing::info!(%id, by, "an execution is deleted");
    Ok(Json(done))
}
