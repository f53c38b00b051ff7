//! HTTP by `reqwest`.

use std::time::{Duration, SystemTime};

use ::http::header::{DATE, RETRY_AFTER};
use ::http::{HeaderMap, StatusCode};
use reqwest::Response;

use crate::classify::Classify;
use crate::facts::ErrorFacts;
use crate::status::error_of_status;

/// A call that failed: no answer came, or one whose status is an error, with what it asks for.
///
/// `reqwest`'s own error for a status does not keep the answer's headers, so that its `Retry-After` would be lost.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpFailure {
    /// There was no answer, or it could not be read.
    #[error(transparent)]
    NoAnswer(#[from] reqwest::Error),
    /// The answer was an error.
    #[error("the service answered {status}")]
    Answer {
        /// Its status.
        status: StatusCode,
        /// How long it asked to wait.
        retry_after: Option<Duration>,
    },
}

impl HttpFailure {
    /// The answer, where its status is no error.
    ///
    /// # Errors
    /// The status, along with how long to wait, where it is one of 400 to 599.
    pub fn check(response: Response) -> Result<Response, HttpFailure> {
        let status = response.status();
        if !status.is_client_error() && !status.is_server_error() {
            return Ok(response);
        }
        let retry_after = retry_after(response.headers(), SystemTime::now());
        Err(HttpFailure::Answer { status, retry_after })
    }
}

impl Classify for HttpFailure {
    fn facts(&self) -> ErrorFacts {
        match self {
            HttpFailure::NoAnswer(error) => error.facts(),
            HttpFailure::Answer { status, retry_after } => {
                of_status(*status).message(self.to_string()).retry_after(*retry_after)
            }
        }
    }
}

impl Classify for reqwest::Error {
    fn facts(&self) -> ErrorFacts {
        let facts = match self.status() {
            Some(status) => of_status(status),
            None if self.is_timeout() => ErrorFacts::new("ModuleTimeoutError"),
            None if self.is_builder() || self.is_redirect() => {
                ErrorFacts::new("InvalidConfigurationError")
            }
            None if self.is_decode() => ErrorFacts::new("DataError"),
            None => ErrorFacts::new("ConnectionError"),
        };
        facts.message(self.to_string())
    }
}

/// The name that the standard vocabulary has for what a status says, and the status.
fn of_status(status: StatusCode) -> ErrorFacts {
    ErrorFacts::new(error_of_status(status.as_u16())).with("status", status.as_u16())
}

/// How long the header asks to wait: seconds, or until a date, which is seen from that of the answer, where it has one: the
/// clock of the service may be another than ours.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name| Some(headers.get(name)?.to_str().ok()?.trim());
    let written = text(RETRY_AFTER)?;
    if let Ok(seconds) = written.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(written).ok()?;
    let answered = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
    // A date that is over asks for no wait.
    Some(date.duration_since(answered.unwrap_or(now)).unwrap_or_default())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails where something is not as it should be")]
mod tests {
    use super::*;

    fn asked(written: &str) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, written.parse().unwrap());
        // 1994-11-06 08:49:37
        retry_after(&headers, SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777))
    }

    #[test]
    fn a_wait_is_asked_for_in_seconds_or_by_a_date() {
        assert_eq!(asked("120"), Some(Duration::from_secs(120)));
        assert_eq!(asked(" 0 "), Some(Duration::ZERO));
        assert_eq!(asked("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_secs(60)));
        assert_eq!(asked("Sun, 06 Nov 1994 08:49:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("-1"), None);
        assert_eq!(asked("soon"), None);
        assert_eq!(retry_after(&HeaderMap::new(), SystemTime::UNIX_EPOCH), None);
    }

    #[test]
    fn a_date_is_seen_from_that_of_its_answer() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, "Sun, 06 Nov 1994 08:50:37 GMT".parse().unwrap());
        headers.insert(DATE, "Sun, 06 Nov 1994 08:50:30 GMT".parse().unwrap());
        // Our clock says 1970, or 2033.
        for now in [0, 2_000_000_000] {
            let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now);
            assert_eq!(retry_after(&headers, now), Some(Duration::from_secs(7)));
        }
    }

    #[test]
    fn every_status_has_a_name_of_the_standard_vocabulary() {
        let policy = redress::Policy::default();
        let enums: Vec<_> = policy.vocabulary().enums().filter(|e| e.name == "ErrorType").collect();
        for status in 400..600 {
            let facts = of_status(StatusCode::from_u16(status).unwrap());
            let Some(redress::Given::Text(name)) = facts.get("error") else { panic!("{facts:?}") };
            assert!(enums[0].member(name).is_some(), "{status}: {name}");
            assert!(facts.with("module", 2).event(&policy).is_ok());
        }
    }
}
