//! What a person does with one execution.

use axum::extract::State;
use axum::{Extension, Json};
use jiff::Timestamp;
use redress_store::{Edit, Execution, ExecutionId, Executions};
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
    let work = move |executions: &Executions, by: &str| {
        executions.retry(id, by, reason.as_deref(), Timestamp::now())
    };
    carry_out(&shared, who, id, "a try is asked for", work).await
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
    let edit = Edit { payload, version };
    let all = shared.clone();
    let work = move |executions: &Executions, by: &str| {
        // What a shell reads is code as much as the command is.
        all.takes_code(&one::found(executions, id)?.scenario)?;
        let done = executions.resolve(id, edit, by, &reason, Timestamp::now());
        done.map_err(Problem::from)
    };
    carry_out(&shared, who, id, "a payload is edited", work).await
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
    let work = move |executions: &Executions, by: &str| {
        executions.close(id, by, &reason, Timestamp::now())
    };
    carry_out(&shared, who, id, "an execution is closed", work).await
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
    let work = move |executions: &Executions, by: &str| {
        executions.delete(id, by, reason.as_deref(), Timestamp::now())
    };
    carry_out(&shared, who, id, "an execution is deleted", work).await
}

/// Does what somebody wants, and says so in the log where it is done: what is refused has not happened.
async fn carry_out<E: Into<Problem> + Send + 'static>(
    shared: &Shared,
    who: Who,
    id: ExecutionId,
    what: &str,
    work: impl FnOnce(&Executions, &str) -> Result<Execution, E> + Send + 'static,
) -> Result<Json<Execution>, Problem> {
    let by = who.name.clone();
    let done = shared.ask(move |executions| work(executions, &who.name)).await?;
    tracing::info!(%id, by, "{what}");
    Ok(Json(done))
}
