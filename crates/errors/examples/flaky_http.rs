//! A call that fails twice and is retried as a policy says.
//!
//! `cargo run -p redress-errors --example flaky_http`

use redress::Policy;
use redress_errors::{GivenUp, HttpFailure, Retry};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// What the program's owner decides, and may change without the program: which answers are worth another call.
const POLICY: &str = "
    # The service is busy or being restarted. It is asked again, and not before it wants to be.
    rule busy: when status in [429, 503] and attempt <= 4 => store(retry, after: exponential(100ms, times: 4))

    # It cannot be reached at all.
    rule unreachable: when error == ConnectionError and status is absent => store(retry, after: every(5s, times: 3))

    otherwise => fail
";

type Failed = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Failed> {
    let policy = Policy::parse(POLICY)?;
    let address = serve_flakily(2).await?;
    match fetch(&policy, &address).await {
        Ok(text) => println!("{text}"),
        Err(given_up) => println!("{given_up}"),
    }
    Ok(())
}

/// Asks until there is an answer, or the policy has had enough.
async fn fetch(policy: &Policy, address: &str) -> Result<String, GivenUp<HttpFailure>> {
    let client = reqwest::Client::new();
    let call = || async {
        let answer = HttpFailure::check(client.get(address).send().await?)?;
        Ok(answer.text().await?)
    };
    policy.retry().with("module", 2).with("app", "orders").run(call).await
}

/// A server that is busy so many times, asks to wait for a second each time, and then answers.
async fn serve_flakily(busy: usize) -> Result<String, Failed> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}/orders", listener.local_addr()?);
    tokio::spawn(async move {
        for call in 0.. {
            let Ok((mut connection, _)) = listener.accept().await else { break };
            let _ = connection.read(&mut [0; 1024]).await;
            let answer = if call < busy {
                "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            } else {
                "HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\n3 orders"
            };
            let _ = connection.write_all(answer.as_bytes()).await;
        }
    });
    Ok(address)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;

    // Paused, tokio's clock moves on at once where all wait for it, and so tells exactly how long they would have.

    #[tokio::test(start_paused = true)]
    async fn a_busy_service_is_asked_again_when_it_wants_to_be() -> Result<(), Failed> {
        let policy = Policy::parse(POLICY)?;
        let address = serve_flakily(2).await?;
        let begin = Instant::now();
        let answer = fetch(&policy, &address).await;
        assert_eq!(answer.ok().as_deref(), Some("3 orders"));
        let waited = begin.elapsed();
        assert!(
            (Duration::from_secs(2)..Duration::from_millis(2_100)).contains(&waited),
            "{waited:?}"
        );
        Ok(())
    }

    #[tokio::test(start_paused = true)]
    async fn a_service_that_stays_busy_is_given_up() -> Result<(), Failed> {
        let policy = Policy::parse(POLICY)?;
        let address = serve_flakily(usize::MAX).await?;
        let begin = Instant::now();
        let Err(given_up) = fetch(&policy, &address).await else {
            return Err("it answered".into());
        };
        assert_eq!(given_up.attempts, 5);
        assert_eq!(given_up.decision().map(|decision| decision.display.as_str()), Some("fail"));
        assert_eq!(
            given_up.to_string(),
            "the service answered 503 Service Unavailable (after 5 tries: fail by policy:8)"
        );
        // Each wait is the longer of the schedule's and the service's: 100ms, 200ms, 400ms, 800ms and a second.
        let waited = begin.elapsed();
        assert!(
            (Duration::from_secs(4)..Duration::from_millis(4_100)).contains(&waited),
            "{waited:?}"
        );
        Ok(())
    }
}
