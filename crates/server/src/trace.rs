//! Requests as spans, with the trace they are part of, as W3C Trace Context tells it.

use std::fmt;
use std::str::FromStr;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::logging;
use crate::problem::Problem;
use crate::shared::Shared;
use crate::tokens::Who;

/// The header `traceparent`, version 00: whose trace a request is part of, and the span it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Traceparent {
    trace: u128,
    parent: u64,
    flags: u8,
}

impl Traceparent {
    /// A trace of its own, for who did not bring one.
    fn begin() -> Self {
        let parent = fastrand::u64(1..);
        Traceparent { trace: fastrand::u128(1..), parent, flags: 0 }
    }

    /// The trace, as the log has it.
    pub(crate) fn trace_id(&self) -> String {
        format!("{:032x}", self.trace)
    }

    /// What the request says; nothing where it says nothing, or not what is to be said.
    pub(crate) fn of(headers: &HeaderMap) -> Option<Self> {
        headers.get("traceparent")?.to_str().ok()?.parse().ok()
    }
}

impl FromStr for Traceparent {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let hexadecimal =
            |text: &str| text.bytes().all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'));
        let mut parts = text.split('-');
        let (version, trace, parent, flags) =
            (|| Some((parts.next()?, parts.next()?, parts.next()?, parts.next()?)))().ok_or(())?;
        let lengths = (version.len(), trace.len(), parent.len(), flags.len()) == (2, 32, 16, 2);
        let all = [version, trace, parent, flags].into_iter().all(hexadecimal);
        // A later version may have more behind; version ff is none.
        let ends = version != "00" || parts.next().is_none();
        if !lengths || !all || !ends || version == "ff" {
            return Err(());
        }
        let trace = u128::from_str_radix(trace, 16).map_err(drop)?;
        let parent = u64::from_str_radix(parent, 16).map_err(drop)?;
        let flags = u8::from_str_radix(flags, 16).map_err(drop)?;
        (trace != 0 && parent != 0).then_some(Traceparent { trace, parent, flags }).ok_or(())
    }
}

impl fmt::Display for Traceparent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.parent, self.flags)
    }
}

/// Answers a request within its span.
pub(crate) async fn request(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let begun = Instant::now();
    let trace = Traceparent::of(request.headers()).unwrap_or_else(Traceparent::begin);
    let method = known(request.method());
    let route = match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None => "none".to_owned(),
    };
    let span = tracing::info_span!(
        "request",
        trace_id = trace.trace_id(),
        parent_id = format!("{:016x}", trace.parent),
        method,
        route,
    );
    let response = next.run(request).instrument(span.clone()).await;
    let took = begun.elapsed();
    shared.metrics.answered(method, &route, response.status().as_u16(), took);
    span.in_scope(|| log(&response, logging::in_milliseconds(took)));
    response
}

/// The method, if it is one of those there are: whoever asks can make up others, and figures must not grow with them.
fn known(method: &Method) -> &'static str {
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.into_iter().find(|known| *known == method.as_str()).unwrap_or("other")
}

fn log(response: &Response, took_ms: f64) {
    let status = response.status().as_u16();
    let by = response.extensions().get::<Who>().map(|who| who.name.as_str());
    let problem = response.extensions().get::<Problem>();
    match status {
        500.. => {
            let problem = problem.map(Problem::detail);
            tracing::error!(status, took_ms, by, problem, "a request failed");
        }
        // What is wrong with it may tell what was in it.
        400.. => {
            let place = problem.and_then(Problem::place);
            tracing::info!(status, took_ms, by, place, "a request was refused");
        }
        _ => tracing::debug!(status, took_ms, by, "answered"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what is wrong by failing")]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_reads_back_and_nonsense_is_none() {
        let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(text.parse::<Traceparent>().unwrap().to_string(), text);
        let own = Traceparent::begin();
        assert_eq!(own.to_string().parse(), Ok(own));
        let later = "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-is-new";
        assert!(later.parse::<Traceparent>().is_ok());
        for nonsense in [
            "",
            "00",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-+af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ] {
            assert_eq!(nonsense.parse::<Traceparent>(), Err(()), "{nonsense}");
        }
    }
}
