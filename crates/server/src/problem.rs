//! What is answered where something is wrong: problems as RFC 9457 has them, with place, reason and fix.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use redress_store::{ManageError, NoPace, Refusal, ReportError, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// Something is wrong: where, what, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is, for people; `about:blank` in the words of RFC 9457.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What kind of problem it is, for people.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is wrong.
    detail: String,
    /// Where: a field of the body, a parameter, a header.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// After so many seconds it may be tried again.
    #[serde(skip)]
    retry_after: Option<u16>,
    /// Whether the log is not told where exactly.
    #[serde(skip)]
    is_hidden: bool,
}

/// How a problem is said to be one.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What is wrong has no more characters than this, and its place no more than the next: both quote what was given, and neither an
/// answer nor a line of the log is to be as large as whoever asks makes it.
const LONGEST_DETAIL: usize = 2_000;
const LONGEST_PLACE: usize = 200;

fn cut(text: String, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

impl Problem {
    pub(crate) fn new(status: StatusCode, detail: impl Into<String>) -> Self {
        Problem {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Something is wrong"),
            status: status.as_u16(),
            detail: cut(detail.into(), LONGEST_DETAIL),
            place: None,
            fix: None,
            retry_after: None,
            is_hidden: false,
        }
    }

    pub(crate) fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(cut(place.into(), LONGEST_PLACE));
        self
    }

    /// Keeps names that were given out of the log: an event has them from who knows where.
    pub(crate) fn hidden(mut self) -> Self {
        self.is_hidden = true;
        self
    }

    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    pub(crate) fn fix_if(self, fix: Option<String>) -> Self {
        match fix {
            Some(fix) => self.fix(fix),
            None => self,
        }
    }

    pub(crate) fn retry_after(mut self, seconds: u16) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// What is wrong and what to do, in a line.
    pub(crate) fn told(&self) -> String {
        match &self.fix {
            Some(fix) => format!("{}; {fix}", self.detail),
            None => self.detail.clone(),
        }
    }

    /// Where, for the log; of what is hidden only in which part of the body.
    pub(crate) fn place(&self) -> Option<&str> {
        let place = self.place.as_deref()?;
        if self.is_hidden { place.split('.').next() } else { Some(place) }
    }

    /// What is given is not what is asked for.
    pub(crate) fn wrong(place: impl Into<String>, detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, detail).at(place)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::NOT_FOUND, detail)
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Problem::new(StatusCode::CONFLICT, detail)
    }

    /// A mistake of this program; what it is stands in the log, as it may say what is not for everybody.
    pub(crate) fn ours() -> Self {
        let detail = "the server has made a mistake; its log says more";
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
            .fix("look before it is asked for again: what was asked for may be done")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, wait) = (self.status(), self.retry_after);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, MEDIA_TYPE)], body).into_response();
        if let Some(wait) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        if status == StatusCode::REQUEST_TIMEOUT {
            // What still comes of the body is not to be taken for a request.
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        // For the log, which would otherwise know nothing but the status.
        response.extensions_mut().insert(self);
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let detail = error.to_string();
        match error {
            StoreError::Full(_) => Problem::new(StatusCode::INSUFFICIENT_STORAGE, detail)
                .fix("make room on the disk that has the store"),
            StoreError::Busy(_) => Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                .fix("try again; where it stays so, end the program that holds the store")
                .retry_after(1),
            StoreError::Closed => Problem::new(StatusCode::SERVICE_UNAVAILABLE, detail)
                .fix("ask again when the server has been started again"),
            StoreError::Unreadable { .. } => {
                Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
                    .fix("delete it; the log of its scenario keeps a line")
            }
            _ => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
                .fix("mend the store, or its disk, and ask again"),
        }
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        let detail = error.to_string();
        match error {
            ReportError::NoMap => Problem::wrong("event", detail).fix("send a JSON object"),
            ReportError::Event(error) => {
                let keys: Vec<String> = error
                    .problems
                    .iter()
                    .filter_map(|problem| Some(format!("event.{}", problem.key()?)))
                    .collect();
                let place = if keys.is_empty() { "event".to_owned() } else { keys.join(", ") };
                Problem::wrong(place, detail)
                    .fix("send the facts that the policy of the scenario knows, with values that fit")
            }
            ReportError::Empty { what } => {
                Problem::wrong(what, detail).fix("give it a name, or leave it out where it need not be")
            }
            ReportError::Control { what } => {
                Problem::wrong(what, detail).fix("give it a name of letters, digits and signs that can be seen")
            }
            ReportError::TooLarge { what, .. } => {
                let fix = match what {
                    "payload" => "report a `reference` in its place",
                    _ => "make it shorter",
                };
                Problem::new(StatusCode::PAYLOAD_TOO_LARGE, detail).at(what).fix(fix)
            }
            ReportError::Confidential => Problem::wrong("payload", detail)
                .fix("set `key_file` of the scenario in redress.toml, or report a `reference`"),
            ReportError::Seal(_) => Problem::new(StatusCode::INTERNAL_SERVER_ERROR, detail)
                .fix("mend the key of the scenario, and start the server again"),
            ReportError::OtherScenario(_) => {
                Problem::wrong("scenario", detail).fix("report it by itself")
            }
            ReportError::Full(_) => Problem::new(StatusCode::INSUFFICIENT_STORAGE, detail)
                .fix("resolve or delete executions of the scenario, or raise its limits; then switch it on"),
            ReportError::Store(error) => error.into(),
        }
    }
}

/// Where it stands that something cannot be done to an execution as it is, and what can be done.
fn in_the_way(refusal: &Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Changed(_) => ("version", "get it, and send the version that it has then"),
        Refusal::Resolved => ("path", "nothing is left to do; it can be deleted"),
        Refusal::LogFull => ("path", "close or delete it"),
        _ => ("path", "wait until its try has ended, and ask again"),
    }
}

impl From<ManageError> for Problem {
    fn from(error: ManageError) -> Self {
        let detail = error.to_string();
        match error {
            ManageError::Unknown(_) => Problem::not_found(detail)
                .at("path")
                .fix("it may be deleted: the log of its scenario keeps a line"),
            ManageError::Refused(Refusal::NoReason) => {
                Problem::wrong("reason", detail).fix("say why, for the log")
            }
            ManageError::Refused(refusal) => {
                let (place, fix) = in_the_way(&refusal);
                Problem::conflict(detail).at(place).fix(fix)
            }
            ManageError::Editions => {
                Problem::conflict(detail).at("path").fix("try it as it is, close it or delete it")
            }
            ManageError::Full(_) => Problem::new(StatusCode::INSUFFICIENT_STORAGE, detail)
                .at("payload")
                .fix("close or delete executions of the scenario, or raise its limits"),
            ManageError::Given(error) => error.into(),
            ManageError::Store(error) => error.into(),
        }
    }
}

impl From<NoPace> for Problem {
    fn from(error: NoPace) -> Self {
        Problem::wrong(error.place(), error.to_string()).fix(error.fix())
    }
}
