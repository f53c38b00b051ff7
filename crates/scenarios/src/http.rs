//! An address that runs tries: the payload is posted to it, its answer says how the try ended.

mod answer;
mod endpoint;

use std::io::{ErrorKind, Read};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use redress_store::{Outcome, Payload};
use serde::de::IgnoredAny;
use ureq::http::Response;
use ureq::{Agent, Body, RequestBuilder, typestate::WithBody};

use crate::runner::{Runner, Task};
use answer::Answer;
pub use endpoint::Endpoint;

/// So much of an answer is read; the facts of an error are no longer.
const LARGEST_ANSWER: u64 = 32 << 10;

/// What calls endpoints; it keeps connections, so one serves all scenarios of a program.
///
/// No redirect is followed, so that a payload and its token go nowhere but to the address that was given; and no proxy
/// is asked, whatever the environment says.
#[derive(Clone, Debug)]
pub struct Client(Agent);

impl Default for Client {
    fn default() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("redress/", env!("CARGO_PKG_VERSION")))
            .accept("application/json, text/plain;q=0.9, */*;q=0.5");
        Client(config.build().new_agent())
    }
}

/// An address that runs tries.
///
/// The payload is posted, with the headers `Idempotency-Key`, `Redress-Scenario`, `Redress-Execution` and
/// `Redress-Attempt`, and `traceparent` where the report had one. Of a payload that is kept by reference, the
/// place is in `Redress-Reference` and the body is empty. An answer of 200 to 299 is success; anything else is the next
/// event.
///
/// A call cannot be given up before its time is up; what it does after its lease was lost is refused.
#[derive(Clone, Debug)]
pub struct HttpRunner {
    endpoint: Endpoint,
    timeout: Option<Duration>,
    client: Client,
}

impl HttpRunner {
    /// An endpoint whose answer, to its last byte, may take so long; nothing: as long as it likes.
    pub fn new(endpoint: Endpoint, timeout: Option<Duration>, client: Client) -> Self {
        HttpRunner { endpoint, timeout, client }
    }

    fn call(&self, task: &Task) -> Result<Answer, (&'static str, String)> {
        let request = self.authorized(self.request(task))?;
        let sent = match &task.payload {
            Payload::Plain(bytes) => request.send(bytes.as_slice()),
            Payload::Sealed(_) | Payload::Reference(_) => request.send_empty(),
        };
        sent.map(read).map_err(unanswered)
    }

    fn request(&self, task: &Task) -> RequestBuilder<WithBody> {
        let Client(agent) = &self.client;
        let config = agent.post(self.endpoint.url()).config().timeout_global(self.timeout);
        let mut request = config
            .build()
            .header("idempotency-key", &task.idempotency_key)
            .header("redress-scenario", written(&task.scenario))
            .header("redress-execution", &task.execution)
            .header("redress-attempt", task.attempt);
        if let Payload::Reference(place) = &task.payload {
            request = request.header("redress-reference", written(place));
        }
        if let Some(trace) = &task.traceparent {
            request = request.header("traceparent", trace);
        }
        for (name, value) in self.endpoint.headers() {
            request = request.header(name, value);
        }
        if self.endpoint.has_content_type() {
            return request;
        }
        match &task.payload {
            Payload::Plain(bytes) => request.content_type(content_type(bytes)),
            Payload::Sealed(_) | Payload::Reference(_) => request,
        }
    }

    /// The token is read for every call: one that is changed on disk counts at once.
    fn authorized(
        &self,
        request: RequestBuilder<WithBody>,
    ) -> Result<RequestBuilder<WithBody>, (&'static str, String)> {
        match self.endpoint.token() {
            None => Ok(request),
            Some(Ok(token)) => Ok(request.header("authorization", format!("Bearer {token}"))),
            Some(Err(why)) => Err(("InvalidAccessTokenError", format!("`token_file`: {why}"))),
        }
    }
}

impl Runner for HttpRunner {
    fn run(&self, task: &Task) -> Outcome {
        let start = Instant::now();
        match self.call(task) {
            Ok(answer) if answer.is_success() => Outcome::Succeeded,
            Ok(answer) => {
                Outcome::Failed(answer.event(&task.policy, start.elapsed(), Timestamp::now()))
            }
            Err((error, message)) => {
                Outcome::Failed(answer::unanswered(error, &message, start.elapsed()))
            }
        }
    }
}

/// What stands in a header is ASCII; anything else is written as percent signs and digits, as in an address.
fn written(text: &str) -> String {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'%';
    let mut written = String::with_capacity(text.len());
    for byte in text.as_bytes() {
        match plain(byte) {
            true => written.push(char::from(*byte)),
            false => written.push_str(&format!("%{byte:02X}")),
        }
    }
    written
}

/// JSON is said to be so: most that are posted to read nothing else.
fn content_type(payload: &[u8]) -> &'static str {
    match serde_json::from_slice::<IgnoredAny>(payload) {
        Ok(_) => "application/json",
        Err(_) => "application/octet-stream",
    }
}

/// The part of an answer that is looked at; where reading it fails, what came until then.
fn read(mut response: Response<Body>) -> Answer {
    let text = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let (retry_after, date) = (text("retry-after"), text("date"));
    let location = text("location");
    let status = response.status().as_u16();
    let mut body = Vec::new();
    let _ = response.body_mut().as_reader().take(LARGEST_ANSWER).read_to_end(&mut body);
    Answer { status, retry_after, date, location, body }
}

/// Which error it is that no answer came, and why.
fn unanswered(error: ureq::Error) -> (&'static str, String) {
    match error {
        ureq::Error::Timeout(_) => ("ModuleTimeoutError", "no answer came in time".to_owned()),
        ureq::Error::HostNotFound => ("ConnectionError", "the host is not known".to_owned()),
        ureq::Error::Io(error) if error.kind() == ErrorKind::TimedOut => {
            ("ModuleTimeoutError", format!("no answer came in time: {error}"))
        }
        ureq::Error::Io(error) => ("ConnectionError", format!("there is no connection: {error}")),
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            ("InvalidConfigurationError", format!("it cannot be called: {error}"))
        }
        error => ("ConnectionError", format!("no answer can be read: {error}")),
    }
}
