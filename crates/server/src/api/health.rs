//! Whether the server is well, and what it has measured.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use redress_scenarios::Role;
use redress_store::{ScenarioState, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::access;
use crate::problem::Problem;
use crate::shared::Shared;

/// Whether the process lives.
#[utoipa::path(
    get, path = "/healthz", tag = "server",
    responses((status = 200, description = "It lives", body = String, content_type = "text/plain")),
)]
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether it can do its work, part by part.
#[derive(Serialize, ToSchema)]
pub(super) struct Readiness {
    /// Whether it is to be given work.
    ready: bool,
    /// Whether the store can be read.
    store: Part,
    /// Whether retries are run and the store is tended.
    workers: Part,
    /// Whether all policies are as their files are. Where a file is wrong the last good policy decides, so the server
    /// stays ready.
    policies: Part,
}

/// A part of the server.
#[derive(Serialize, ToSchema)]
pub(super) struct Part {
    /// Whether it is well.
    well: bool,
    /// What is wrong, for those who may look.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wrong: Vec<String>,
}

impl Part {
    fn of(wrong: Vec<String>) -> Self {
        Part { well: wrong.is_empty(), wrong }
    }
}

/// Whether the server can do its work.
#[utoipa::path(
    get, path = "/readyz", tag = "server",
    responses(
        (status = 200, description = "It can; a policy that was refused shows in `policies`", body = Readiness),
        (status = 503, description = "It cannot", body = Readiness),
    )
)]
pub(super) async fn readyz(State(shared): State<Shared>, headers: HeaderMap) -> Response {
    let store = shared.ask(|executions| executions.next_time().map(drop)).await;
    let wrong = |what: &str, is_well: bool| match is_well {
        true => Vec::new(),
        false => vec![what.to_owned()],
    };
    let works = shared.health.works() && !shared.health.is_ending();
    let refused = shared.health.refused();
    let mut readiness = Readiness {
        ready: store.is_ok() && works,
        store: Part::of(
            store.err().map(|problem| problem.detail().to_owned()).into_iter().collect(),
        ),
        workers: Part::of(wrong("retries are not run, or the server is about to end", works)),
        policies: Part::of(refused),
    };
    if !access::who(&shared, &headers).is_ok_and(|who| who.may(Role::Read)) {
        for part in [&mut readiness.store, &mut readiness.workers, &mut readiness.policies] {
            part.wrong.clear();
        }
    }
    let status = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(readiness)).into_response()
}

/// What is measured, as Prometheus reads it.
#[utoipa::path(
    get, path = "/metrics", tag = "server", security(("token" = [])),
    responses(
        (status = 200, description = "The figures", body = String, content_type = "application/openmetrics-text"),
        (status = "default", description = "They cannot be read", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn metrics(State(shared): State<Shared>) -> Result<Response, Problem> {
    let figures = shared.ask(|executions| {
        let state = |name: String| -> Result<(String, ScenarioState), StoreError> {
            executions.scenario(&name).map(|state| (name, state))
        };
        let states: Vec<_> =
            executions.scenarios()?.into_iter().map(state).collect::<Result<_, _>>()?;
        Ok::<_, StoreError>((executions.counts(Timestamp::now())?, states))
    });
    let (counts, states) = figures.await?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], shared.metrics.text(&counts, &states)).into_response())
}
