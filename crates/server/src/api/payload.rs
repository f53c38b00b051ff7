//! Payloads as a request gives them, and as they are answered.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redress_store::Payload;
use serde::de::IgnoredAny;
use serde_json::json;
use serde_json::value::RawValue;

use crate::problem::Problem;

/// The payload of one of three fields; nothing where none is given.
///
/// They stand in the body of a report and in that of an edit: if serde flattened them from one type, it would take fields that
/// there are not in silence, and a payload could no longer be kept as it is written.
pub(super) fn read(
    payload: Option<Box<RawValue>>,
    base64: Option<String>,
    reference: Option<String>,
) -> Result<Option<Payload>, Problem> {
    match (payload, base64, reference) {
        (None, None, None) => Ok(None),
        (Some(value), None, None) => Ok(Some(Payload::Plain(text(&value)))),
        (None, Some(text), None) => match STANDARD.decode(text.as_bytes()) {
            Ok(bytes) => Ok(Some(Payload::Plain(bytes))),
            Err(_) => Err(Problem::wrong("payload_base64", "it is no base64")
                .fix("write it with `+`, `/` and `=` at its end, as RFC 4648 has it")),
        },
        (None, None, Some(place)) => Ok(Some(Payload::Reference(place))),
        _ => Err(Problem::wrong(
            "payload, payload_base64, reference",
            "a payload is given in one way, and these are several",
        )
        .fix("send one of the three")),
    }
}

/// A text is given as it is, anything else as the JSON that it is.
fn text(value: &RawValue) -> Vec<u8> {
    match serde_json::from_str::<String>(value.get()) {
        Ok(text) => text.into_bytes(),
        Err(_) => value.get().as_bytes().to_vec(),
    }
}

/// The payload as the answer, where it may be seen; a reference may say as much as what it leads to.
pub(super) fn answer(payload: Payload, is_confidential: bool) -> Response {
    match (payload, is_confidential) {
        (Payload::Reference(place), false) => {
            axum::Json(json!({"reference": place})).into_response()
        }
        (Payload::Plain(bytes), false) => shown(bytes),
        (payload, _) => hidden(&payload).into_response(),
    }
}

fn shown(bytes: Vec<u8>) -> Response {
    let kind = match serde_json::from_slice::<IgnoredAny>(&bytes) {
        Ok(_) => "application/json",
        Err(_) => "application/octet-stream",
    };
    // Whoever wrote it may mean it for the browser of whoever looks.
    let attached = HeaderValue::from_static("attachment");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, attached),
    ];
    (headers, bytes).into_response()
}

fn hidden(payload: &Payload) -> Problem {
    let detail = format!("the payload is confidential, {} bytes are kept", payload.bytes().len());
    let fix = match payload {
        Payload::Reference(_) => {
            "edit it on the machine of the server: `redress executions resolve --edit`"
        }
        _ => "who has its key can edit it: `redress executions resolve --edit`",
    };
    Problem::new(StatusCode::FORBIDDEN, detail).at("path").fix(fix)
}
