//! What errors of other crates are in the words of the vocabulary.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};
use std::time::Duration;

use redress::{Given, Policy};
use redress_errors::{Classify, ErrorFacts, HttpFailure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

fn text(facts: &ErrorFacts, fact: &str) -> Option<String> {
    match facts.get(fact)? {
        Given::Text(text) => Some(text.to_string()),
        Given::Int(number) => Some(number.to_string()),
        other => panic!("{other:?}"),
    }
}

fn name(error: &impl Classify) -> String {
    text(&error.facts(), "error").unwrap()
}

#[test]
fn errors_of_input_and_output_are_decided_by_the_default_policy() {
    let policy = Policy::default();
    for (kind, name, decision) in [
        (ErrorKind::ConnectionRefused, "ConnectionError", "store(retry)"),
        (ErrorKind::ConnectionReset, "ConnectionError", "store(retry)"),
        (ErrorKind::BrokenPipe, "ConnectionError", "store(retry)"),
        (ErrorKind::UnexpectedEof, "ConnectionError", "store(retry)"),
        (ErrorKind::TimedOut, "ModuleTimeoutError", "store(retry)"),
        (ErrorKind::StorageFull, "OutOfSpaceError", "store(retry)"),
        (ErrorKind::InvalidData, "DataError", "store(manual)"),
        (ErrorKind::FileTooLarge, "MaxFileSizeExceededError", "store(manual)"),
        (ErrorKind::PermissionDenied, "InvalidConfigurationError", "store(manual)"),
        (ErrorKind::AlreadyExists, "DuplicateDataError", "fail"),
        (ErrorKind::Interrupted, "Interrupted", "fail"),
    ] {
        let facts = io::Error::new(kind, "the disk says no").facts();
        assert_eq!(text(&facts, "error").as_deref(), Some(name), "{kind:?}");
        assert_eq!(text(&facts, "message").as_deref(), Some("the disk says no"));
        let event =
            facts.with("module", 2).event(&policy).map(|event| event.decide().display.clone());
        assert_eq!(event.unwrap(), decision, "{kind:?}");
    }
}

#[test]
fn a_fact_that_a_vocabulary_does_not_have_is_left_out() {
    let vocabulary =
        "enum ErrorType open { A }\nfact error: ErrorType\noutcome fail\noutcome stop\n";
    let policy = redress::PolicyLoader::bundled_only()
        .vocabulary("own.policy", vocabulary)
        .parse("p.policy", "when error == A => stop\notherwise => fail")
        .unwrap();
    let facts = io::Error::other("a message that nothing there is called").facts();
    assert_eq!(facts.event(&policy).unwrap().decide().display, "fail");
}

/// A server that reads what it is sent first, answers so, and hangs up.
async fn server(answer: &'static [u8]) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let _ = connection.read(&mut [0; 1024]).await;
            let _ = connection.write_all(answer).await;
        }
    });
    address
}

async fn get(address: std::net::SocketAddr) -> Result<reqwest::Response, reqwest::Error> {
    reqwest::get(format!("http://{address}/")).await
}

#[tokio::test]
async fn an_answer_keeps_its_status_and_what_it_asks_for() {
    let busy = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n";
    let address = server(busy).await;
    let failure = HttpFailure::check(get(address).await.unwrap()).unwrap_err();
    let facts = failure.facts();
    assert_eq!(text(&facts, "error").as_deref(), Some("RateLimitError"));
    assert_eq!(text(&facts, "status").as_deref(), Some("429"));
    assert_eq!(text(&facts, "retry_after").as_deref(), Some("30000"));
    // The error of the client itself does not keep the header.
    let facts = get(address).await.unwrap().error_for_status().unwrap_err().facts();
    assert_eq!(text(&facts, "error").as_deref(), Some("RateLimitError"));
    assert_eq!(text(&facts, "status").as_deref(), Some("429"));
    assert_eq!(text(&facts, "retry_after"), None);
    let fine = server(b"HTTP/1.1 204 No Content\r\n\r\n").await;
    assert!(HttpFailure::check(get(fine).await.unwrap()).is_ok());
}

#[tokio::test]
async fn calls_without_an_answer_are_told_apart() {
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(name(&get(closed).await.unwrap_err()), "ConnectionError");
    let no_answer = server(b"").await;
    assert_eq!(name(&HttpFailure::from(get(no_answer).await.unwrap_err())), "ConnectionError");
    let no_address = reqwest::get("http://[").await.unwrap_err();
    assert_eq!(name(&no_address), "InvalidConfigurationError");
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let client = reqwest::Client::builder().timeout(Duration::from_millis(20)).build().unwrap();
    let address = format!("http://{}/", silent.local_addr().unwrap());
    assert_eq!(name(&client.get(address).send().await.unwrap_err()), "ModuleTimeoutError");
}

#[test]
fn a_status_of_grpc_goes_by_its_code() {
    let mut status = tonic::Status::unavailable("try another time");
    status.metadata_mut().insert("grpc-retry-pushback-ms", "1500".parse().unwrap());
    let facts = status.facts();
    assert_eq!(text(&facts, "error").as_deref(), Some("UNAVAILABLE"));
    assert_eq!(text(&facts, "message").as_deref(), Some("try another time"));
    assert_eq!(text(&facts, "retry_after").as_deref(), Some("1500"));
    assert!(!facts.is_without_retry());
    for never in ["-1", "soon", "1.5", ""] {
        status.metadata_mut().insert("grpc-retry-pushback-ms", never.parse().unwrap());
        let facts = status.facts();
        assert_eq!(text(&facts, "retry_after"), None, "{never}");
        assert!(facts.is_without_retry(), "{never}");
    }
    for code in 0..=16 {
        let code = tonic::Code::from(code);
        let name = name(&tonic::Status::new(code, ""));
        // `InvalidArgument` and `INVALID_ARGUMENT`
        assert_eq!(name.replace('_', "").to_lowercase(), format!("{code:?}").to_lowercase());
    }
}

/// An error that a database answers with.
#[derive(Debug)]
struct Answered(Option<&'static str>);

impl fmt::Display for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it says no")
    }
}

impl Error for Answered {}

impl sqlx::error::DatabaseError for Answered {
    fn message(&self) -> &str {
        "it says no"
    }

    fn code(&self) -> Option<Cow<'_, str>> {
        self.0.map(Cow::from)
    }

    fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}

#[test]
fn an_error_of_sqlx_goes_by_its_code_or_its_kind() {
    let answered = |code| sqlx::Error::Database(Box::new(Answered(code)));
    for (error, expected) in [
        (answered(Some("40001")), "40001"),
        (answered(None), "UnexpectedError"),
        (sqlx::Error::Io(ErrorKind::ConnectionReset.into()), "ConnectionError"),
        (sqlx::Error::PoolTimedOut, "ModuleTimeoutError"),
        (sqlx::Error::PoolClosed, "ConnectionError"),
        (sqlx::Error::RowNotFound, "DataError"),
        (sqlx::Error::Configuration("no host".into()), "InvalidConfigurationError"),
        (sqlx::Error::Tls(Box::new(Wrapped(ErrorKind::TimedOut.into()))), "ModuleTimeoutError"),
        (sqlx::Error::Tls("bad certificate".into()), "ConnectionError"),
    ] {
        assert_eq!(name(&error), expected, "{error:?}");
    }
    assert_eq!(text(&answered(Some("40001")).facts(), "message").as_deref(), Some("it says no"));
}

/// An error with one of input and output behind it.
#[derive(Debug, thiserror::Error)]
#[error("wrapped")]
struct Wrapped(#[source] io::Error);

#[tokio::test]
async fn an_error_of_postgres_goes_by_its_sqlstate() {
    let fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";
    let mut message = vec![b'E'];
    message.extend((fields.len() as u32 + 4).to_be_bytes());
    message.extend(fields);
    let address = server(message.leak()).await;
    let facts = connect(address).await.facts();
    assert_eq!(text(&facts, "error").as_deref(), Some("57P03"));
    assert_eq!(text(&facts, "message").as_deref(), Some("the database system is starting up"));
    let policy = Policy::parse(
        "enum ErrorType += { \"57P03\" }
         when error == \"57P03\" => store(retry, after: [1s])
         otherwise => fail",
    )
    .unwrap();
    assert_eq!(facts.with("module", 1).event(&policy).unwrap().decide().display, "store(retry)");
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    assert_eq!(name(&connect(closed).await), "ConnectionError");
    assert_eq!(name(&connect(server(b"").await).await), "ConnectionError");
    let settings = tokio_postgres::connect("host=a port=none", tokio_postgres::NoTls).await;
    assert_eq!(name(&settings.map(drop).unwrap_err()), "RuntimeError");
}

async fn connect(address: std::net::SocketAddr) -> tokio_postgres::Error {
    let settings = format!("host={} port={} user=a", address.ip(), address.port());
    tokio_postgres::connect(&settings, tokio_postgres::NoTls).await.map(drop).unwrap_err()
}
