//! What a request gives: its body and its parameters, read with the place of whatever is wrong.

mod words;

use std::time::Duration;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use http_body_util::LengthLimitError;
use redress_store::ExecutionId;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::shared::Shared;
use words::{IDS, Said, TOO_DEEP};

/// The body, which is JSON.
pub(crate) struct Body<T>(pub(crate) T);

/// The parameters behind the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

/// The id in the path.
pub(crate) struct Id(pub(crate) ExecutionId);

/// The name of a scenario in the path.
pub(crate) struct Name(pub(crate) String);

/// A run of a scenario in the path: what was given out when it began.
pub(crate) struct RunOf {
    pub(crate) scenario: String,
    pub(crate) run: String,
}

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        has_no_parameters(&request)?;
        let limits = shared.limits;
        let bytes = tokio::time::timeout(limits.request_timeout, read(request, limits.max_body));
        let bytes = bytes.await.map_err(|_| dawdles(limits.request_timeout))??;
        is_an_object(&bytes)?;
        let deserializer = &mut serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut *deserializer)
            .map_err(|error| wrong(&error.path().to_string(), error.inner()))?;
        deserializer.end().map_err(|error| wrong(".", &error))?;
        Ok(Body(value))
    }
}

/// Where there is a body it says everything. A `?dry_run=true` beside it would be passed over, and what was only to be tried done.
fn has_no_parameters(request: &Request) -> Result<(), Problem> {
    match request.uri().query() {
        None | Some("") => Ok(()),
        Some(_) => Err(Problem::wrong("query", "there are no parameters here")
            .fix("say it in the body, or leave it out")),
    }
}

/// An array would be read as the fields one after the other, which nobody means.
fn is_an_object(bytes: &[u8]) -> Result<(), Problem> {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    let detail = match first {
        Some(b'{') => return Ok(()),
        Some(_) => "the body is no JSON object",
        None => "the body is empty",
    };
    let problem = Problem::new(StatusCode::BAD_REQUEST, detail).at("body");
    Err(problem.fix("send a JSON object; `{}` where nothing is to be said"))
}

/// A body that does not come is the fault of who sends it, and nothing was done.
fn dawdles(limit: Duration) -> Problem {
    let detail = format!("the body was not there after {limit:?}");
    Problem::new(StatusCode::REQUEST_TIMEOUT, detail)
        .at("body")
        .fix("send all of it at once, as long as its head says; `request_timeout` under `[server]` in redress.toml says how long is waited for it")
}

/// All of the body, if that is not too much.
async fn read(request: Request, most: usize) -> Result<axum::body::Bytes, Problem> {
    let too_large = || {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, format!("the body has more than {most} bytes"))
            .at("body")
            .fix("raise `max_body` under `[server]` in redress.toml, or report a `reference`")
    };
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok());
    if length.and_then(|it| it.parse::<usize>().ok()).is_some_and(|length| length > most) {
        return Err(too_large());
    }
    axum::body::to_bytes(request.into_body(), most).await.map_err(|error| {
        match is_of_the_limit(&error) {
            true => too_large(),
            false => Problem::new(StatusCode::BAD_REQUEST, "the body ends before its end")
                .at("body")
                .fix("send all of it, as long as its head says or in chunks that can be read"),
        }
    })
}

/// Whether a body was given up since it is too large, and not since it cannot be read.
fn is_of_the_limit(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_of_the_limit)
}

fn wrong(path: &str, error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    let Said { detail, fix } = words::said(message);
    let place = match path {
        "." | "?" => format!("body, line {line}, column {column}"),
        path => format!("{path} (body, line {line}, column {column})"),
    };
    let is_json = error.classify() == serde_json::error::Category::Data || message == TOO_DEEP;
    let problem = match is_json {
        true => Problem::wrong(place, format!("the body is not as it has to be: {detail}")),
        false => Problem::new(StatusCode::BAD_REQUEST, format!("the body is no JSON: {detail}"))
            .at(place),
    };
    // Of which scenario it is, and whether that is confidential, is not known yet.
    let problem = if path.starts_with("event.") { problem.hidden() } else { problem };
    match is_json {
        true => problem.fix_if(fix),
        false => problem.fix(fix.unwrap_or_else(|| "send JSON, in UTF-8".to_owned())),
    }
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri).map(|Query(asked)| Asked(asked)).map_err(|error| {
            let text = error.body_text();
            let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            let (name, message) = text.split_once(": ").unwrap_or(("", text));
            let Said { detail, fix } = words::said(message);
            let detail = detail.replace("no field", "no parameter");
            let place = if name.is_empty() { "query".to_owned() } else { format!("query, {name}") };
            Problem::wrong(place, format!("a parameter is not as it has to be: {detail}"))
                .fix_if(fix)
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Name(text) = Name::from_request_parts(parts, state).await?;
        text.parse().map(Id).map_err(|error: redress_store::NoId| {
            Problem::not_found(error.to_string()).at("path").fix(IDS)
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        Ok(Name(names(parts, state).await?.next().unwrap_or_default()))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RunOf {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let mut names = names(parts, state).await?;
        let (scenario, run) = (names.next().unwrap_or_default(), names.next().unwrap_or_default());
        match run.len() == 32 && run.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            true => Ok(RunOf { scenario, run }),
            false => Err(Problem::not_found("there is no such run")
                .at("path")
                .fix("runs are those that `POST /v1/scenarios/NAME/runs` answers")),
        }
    }
}

/// What stands in the path for the names of its template, each within its bounds.
async fn names<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<impl Iterator<Item = String>, Problem> {
    let names = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
    let Path(names) = names.map_err(|_| {
        let problem = Problem::new(StatusCode::BAD_REQUEST, "the path is no text").at("path");
        problem.fix("write what is not ASCII as UTF-8, in percent signs")
    })?;
    let most = redress_store::LARGEST_NAME;
    let is_name =
        |name: &str| (1..=most).contains(&name.len()) && !name.chars().any(char::is_control);
    match names.iter().all(|(_, name)| is_name(name)) {
        true => Ok(names.into_iter().map(|(_, name)| name)),
        false => {
            let detail = format!("a name has 1 to {most} bytes, and no control characters");
            let fix = "lists answer the names and ids that there are";
            Err(Problem::not_found(detail).at("path").fix(fix))
        }
    }
}
