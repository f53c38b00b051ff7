//! One execution: what it is, what happened to it, what it needs to run.

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use jiff::Timestamp;
use redress_scenarios::ShownExecution;
use redress_store::{Entry, Execution, ExecutionId, Executions};
use serde::Deserialize;
use utoipa::IntoParams;

use super::scenarios::Nothing;
use super::{payload, shapes};
use crate::given::{Asked, Id};
use crate::problem::Problem;
use crate::shared::Shared;

/// The execution, or that there is none.
pub(super) fn found(executions: &Executions, id: ExecutionId) -> Result<Execution, Problem> {
    executions.get(id)?.ok_or_else(|| unknown(id))
}

fn unknown(id: ExecutionId) -> Problem {
    redress_store::ManageError::Unknown(id).into()
}

/// Get an execution: what failed, how that was decided, where it stands.
#[utoipa::path(
    get, path = "/executions/{id}", tag = "executions", security(("token" = [])),
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The execution", body = shapes::Execution),
        (status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get(
    State(shared): State<Shared>,
    Asked(Nothing {}): Asked<Nothing>,
    Id(id): Id,
) -> Result<Json<ShownExecution>, Problem> {
    let shown =
        shared.ask(move |executions| match ShownExecution::of(executions, id, Timestamp::now()) {
            Ok(found) => found.ok_or_else(|| unknown(id)),
            Err(error) => Err(Problem::from(error)),
        });
    shown.await.map(Json)
}

/// Get the log of an execution: what happened, in order; what the execution is follows from it.
#[utoipa::path(
    get, path = "/executions/{id}/log", tag = "executions", security(("token" = [])),
    params(("id" = String, Path, description = "Its id")),
    responses(
        (status = 200, description = "The log", body = Vec<shapes::Entry>),
        (status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn log(
    State(shared): State<Shared>,
    Asked(Nothing {}): Asked<Nothing>,
    Id(id): Id,
) -> Result<Json<Vec<Entry>>, Problem> {
    let log = shared.ask(move |executions| match executions.log(id) {
        Ok(log) if log.is_empty() => Err(unknown(id)),
        log => log.map_err(Problem::from),
    });
    log.await.map(Json)
}

/// Which payload is asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Edition {
    /// The edition: 1 is the original; by default the last.
    edition: Option<u32>,
}

/// Get the payload of an execution as it was given; what is confidential is not shown.
#[utoipa::path(
    get, path = "/executions/{id}/payload", tag = "executions", security(("token" = [])),
    params(("id" = String, Path, description = "Its id"), Edition),
    responses(
        (status = 200, description = "The payload; where it is kept by reference, the reference", body = String, content_type = "application/octet-stream"),
        (status = 403, description = "It is confidential", body = Problem, content_type = "application/problem+json"),
        (status = "default", description = "There is none", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn payload(
    State(shared): State<Shared>,
    Id(id): Id,
    Asked(Edition { edition }): Asked<Edition>,
) -> Result<Response, Problem> {
    let found = shared.ask(move |executions| {
        let execution = found(executions, id)?;
        let edition = edition.unwrap_or(execution.edition);
        let none = || {
            Problem::not_found(format!("there is no edition {edition}"))
                .at("query, edition")
                .fix(format!("the last is {}", execution.edition))
        };
        let payload = executions.payload(id, edition)?.ok_or_else(none)?;
        Ok::<_, Problem>((payload, executions.is_confidential(&execution)))
    });
    let (payload, is_confidential) = found.await?;
    Ok(payload::answer(payload, is_confidential))
}
