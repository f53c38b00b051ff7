//! Failures: reported, and decided.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use redress::Decision;
use redress_store::{ExecutionId, Full, Kept, Off, Payload, Report, Reported};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::payload;
use super::shapes;
use crate::given::Body;
use crate::problem::Problem;
use crate::reports::Unanswered;
use crate::shared::Shared;
use crate::trace::Traceparent;
use crate::working;

/// A failed step.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Failure {
    /// The scenario whose run failed.
    scenario: String,
    /// The facts of the error, for the policy.
    #[schema(example = json!({"error": "ConnectionError", "module": 3}))]
    event: Map<String, Value>,
    /// What the failing step needs to run again: a text as it is, anything else as the JSON that it is.
    #[serde(default)]
    #[schema(value_type = Option<serde_json::Value>)]
    payload: Option<Box<RawValue>>,
    /// The same, as bytes in base64.
    #[serde(default)]
    payload_base64: Option<String>,
    /// Where it is to be had, in place of a payload.
    #[serde(default)]
    reference: Option<String>,
    /// The id of the run.
    #[serde(default)]
    run: Option<String>,
    /// The definition that the run had.
    #[serde(default)]
    definition: Option<String>,
    /// What has to happen in order, in a scenario that is sequential.
    #[serde(default)]
    key: Option<String>,
    /// What makes it the same report when it is sent again; without it every report counts.
    #[serde(default)]
    once: Option<String>,
}

/// What became of a report.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Became {
    /// It is kept.
    Stored,
    /// It was kept before: the report was sent again.
    Known,
    /// The policy does not want it to be kept; what it wants is for the reporter to do.
    Decided,
    /// The policy wants it to be kept, but the scenario keeps nothing: the run fails.
    StoringOff,
    /// There is no room, and data may be lost: it is lost, and counted.
    Lost,
}

/// What became of a report, and why.
#[derive(Serialize, ToSchema)]
pub(super) struct Answer {
    became: Became,
    /// The id of the execution that is kept.
    #[schema(value_type = Option<String>)]
    id: Option<ExecutionId>,
    /// When it is tried next; nothing where it waits for a person, where the scenario is switched off, or where nothing
    /// runs its retries.
    #[schema(value_type = Option<String>, format = DateTime)]
    due: Option<Timestamp>,
    #[schema(value_type = shapes::Decision)]
    decision: Decision,
    /// What there was no room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    full: Option<Full>,
    /// Since when and why the scenario is switched off: until a person switches it on no run of it is to begin, and what
    /// is kept of it is not tried. Not there where it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<serde_json::Value>)]
    off: Option<Off>,
    /// What the reporter should know besides: names in the event that are probably misspelt, which the policy took for names
    /// that nobody has declared; that nothing runs the retries of the scenario. Not there where there is nothing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    notes: Vec<String>,
}

/// Report a failed step: the policy of its scenario decides, and what is to be stored is stored before this answers.
#[utoipa::path(
    post, path = "/report", tag = "reports", security(("token" = [])),
    request_body = Failure,
    responses(
        (status = 201, description = "It is kept", body = Answer, headers(("location" = String, description = "Where the execution is"))),
        (status = 200, description = "It is not kept, or was before", body = Answer),
        (status = "default", description = "It is not taken", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn report(
    State(shared): State<Shared>,
    headers: HeaderMap,
    Body(failure): Body<Failure>,
) -> Result<Response, Problem> {
    shared.takes_code(&failure.scenario)?;
    shared.admits(&failure.scenario, "scenario")?;
    shared.has_key(&failure.scenario)?;
    let scenario = failure.scenario.clone();
    let notes = slips(&shared, &scenario, &failure.event);
    let report = failure.report(Traceparent::of(&headers))?;
    let redress_store::Answer { became, off } =
        shared.in_time(shared.reports.report(report)).await?.map_err(unanswered)?;
    let became = became.map_err(|error| unseen(&shared, &scenario, error))?;
    let answer = Answer { off, notes, ..answer(&shared, &scenario, became) };
    Ok(answered(promised(&shared, &scenario, answer)))
}

/// What is wrong with an event. Of one that is confidential the log does not say in which fact, as its name may be made up.
fn unseen(shared: &Shared, scenario: &str, problem: impl Into<Problem>) -> Problem {
    let is_confidential = shared.executions.scenario_settings(scenario).settings.confidential;
    if is_confidential { problem.into().hidden() } else { problem.into() }
}

/// Without the time of a try that nobody makes: the scenario is off, or nothing runs its retries, which is said.
fn promised(shared: &Shared, scenario: &str, mut answer: Answer) -> Answer {
    let Some(id) = answer.id.filter(|_| answer.due.is_some()) else { return answer };
    if let Some(fix) = shared.missing_runner(scenario) {
        tracing::warn!(scenario, %id, fix, "it is kept, and nothing runs its retries");
        answer.notes.push(format!("nothing runs the retries of `{scenario}`: {fix}"));
        answer.due = None;
    }
    if answer.off.is_some() {
        answer.due = None;
    }
    answer
}

impl Failure {
    fn report(self, trace: Option<Traceparent>) -> Result<Report, Problem> {
        let payload = payload::read(self.payload, self.payload_base64, self.reference)?;
        let payload = payload.unwrap_or(Payload::Plain(Vec::new()));
        let mut report = Report::new(self.scenario, Value::Object(self.event), payload);
        report.run = self.run;
        report.definition = self.definition;
        report.key = self.key;
        report.once = self.once;
        report.trace = trace.map(|trace| trace.to_string());
        Ok(report)
    }
}

/// What names in an event are probably misspelt. The log says so as well, but of a name that is confidential not which.
fn slips(shared: &Shared, scenario: &str, event: &Map<String, Value>) -> Vec<String> {
    let settings = shared.executions.scenario_settings(scenario);
    let notes = redress_scenarios::slips(&settings.policy, event);
    working::warn_of_slips(scenario, &settings, &notes);
    notes
}

fn unanswered(why: Unanswered) -> Problem {
    let status = StatusCode::SERVICE_UNAVAILABLE;
    match why {
        Unanswered::TooMany => Problem::new(status, "too many reports wait already")
            .fix("send it again")
            .retry_after(1),
        Unanswered::Closed => Problem::new(status, "the server is about to end")
            .fix("send it again when the server has been started again")
            .retry_after(5),
    }
}

fn answer(shared: &Shared, scenario: &str, reported: Reported) -> Answer {
    let nothing = |became, decision| Answer {
        became,
        id: None,
        due: None,
        decision,
        full: None,
        off: None,
        notes: Vec::new(),
    };
    let kept = |became, Kept { id, decision, due }| Answer {
        id: Some(id),
        due,
        ..nothing(became, decision)
    };
    let answer = match reported {
        Reported::Stored(it) => {
            shared.metrics.stored(scenario);
            kept(Became::Stored, it)
        }
        Reported::Known(it) => kept(Became::Known, it),
        Reported::Decided(decision) => nothing(Became::Decided, decision),
        Reported::StoringOff(decision) => nothing(Became::StoringOff, decision),
        Reported::Lost(decision, full) => {
            tracing::error!(scenario, %full, "an execution is lost");
            Answer { full: Some(full), ..nothing(Became::Lost, decision) }
        }
    };
    if !matches!(answer.became, Became::Known) {
        shared.metrics.decided(scenario, &answer.decision);
    }
    answer
}

fn answered(answer: Answer) -> Response {
    let place =
        answer.id.and_then(|id| HeaderValue::from_str(&format!("/v1/executions/{id}")).ok());
    match (&answer.became, place) {
        (Became::Stored, Some(place)) => {
            (StatusCode::CREATED, [(header::LOCATION, place)], Json(answer)).into_response()
        }
        _ => Json(answer).into_response(),
    }
}

/// An event of a scenario.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Event {
    /// The scenario whose policy decides.
    scenario: String,
    /// The facts of the error.
    #[schema(example = json!({"error": "ConnectionError", "module": 3}))]
    event: Map<String, Value>,
}

/// Only decide: what the policy would say of an event now. Nothing is kept or counted.
#[utoipa::path(
    post, path = "/decide", tag = "reports", security(("token" = [])),
    request_body = Event,
    responses(
        (status = 200, description = "What it would say", body = shapes::Decision),
        (status = "default", description = "The event does not fit", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(super) async fn decide(
    State(shared): State<Shared>,
    Body(Event { scenario, event }): Body<Event>,
) -> Result<Json<Decision>, Problem> {
    shared.takes(&scenario, "scenario")?;
    // A reference, so that there is nothing to encrypt.
    let nothing = Payload::Reference(String::new());
    let report = Report::new(scenario.clone(), Value::Object(event), nothing);
    let decision = shared.ask(move |executions| executions.decide(report, Timestamp::now()));
    decision.await.map(Json).map_err(|problem| unseen(&shared, &scenario, problem))
}
