//! What a request gives: its body and its parameters, read with the place of whatever is wrong.

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use redress_store::ExecutionId;
use serde::de::DeserializeOwned;

use crate::problem::Problem;
use crate::shared::Shared;

/// The body, which is JSON.
pub(crate) struct Body<T>(pub(crate) T);

/// The parameters behind the question mark.
pub(crate) struct Asked<T>(pub(crate) T);

/// The id in the path.
pub(crate) struct Id(pub(crate) ExecutionId);

/// The name of a scenario in the path.
pub(crate) struct Name(pub(crate) String);

impl<T: DeserializeOwned> FromRequest<Shared> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, shared: &Shared) -> Result<Self, Problem> {
        let bytes = read(request, shared.limits.max_body).await?;
        let deserializer = &mut serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut *deserializer)
            .map_err(|error| wrong(&error.path().to_string(), error.inner()))?;
        deserializer.end().map_err(|error| wrong(".", &error))?;
        Ok(Body(value))
    }
}

/// All of the body, if that is not too much.
pub(crate) async fn read(request: Request, most: usize) -> Result<axum::body::Bytes, Problem> {
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
        // axum hides which of the two it was; a body that is cut short has nobody left to be told.
        let is_cut = std::error::Error::source(&error).is_some_and(|it| it.is::<hyper::Error>());
        match is_cut {
            true => {
                Problem::new(StatusCode::BAD_REQUEST, "the body ends before its end").at("body")
            }
            false => too_large(),
        }
    })
}

fn wrong(path: &str, error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let detail = error.to_string();
    let detail = detail.split(" at line ").next().unwrap_or_default();
    let place = match path {
        "." | "?" => format!("body, line {line}, column {column}"),
        path => format!("{path} (body, line {line}, column {column})"),
    };
    let status = match error.classify() {
        serde_json::error::Category::Data => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::BAD_REQUEST,
    };
    Problem::new(status, format!("the body is not as it has to be: {detail}")).at(place)
}

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri).map(|Query(asked)| Asked(asked)).map_err(|error| {
            let text = error.body_text();
            let said = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            Problem::wrong("query", format!("the parameters are not as they have to be: {said}"))
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Name(text) = Name::from_request_parts(parts, state).await?;
        text.parse().map(Id).map_err(|error: redress_store::NoId| {
            Problem::not_found(error.to_string())
                .at("path")
                .fix("ids are those that reports and lists answer")
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let names = Path::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let names = names
            .map_err(|_| Problem::new(StatusCode::BAD_REQUEST, "the path is no text").at("path"))?;
        let first = names.0.into_iter().next().map(|(_, name)| name).unwrap_or_default();
        let (name, most) = (first, redress_store::LARGEST_NAME);
        match name.len() {
            1.. if name.len() <= most => Ok(Name(name)),
            _ => Err(Problem::not_found(format!("a name has 1 to {most} bytes")).at("path")),
        }
    }
}
