//! Decides a program's own errors: its types as facts, its own type as outcome.
//!
//! ```sh
//! cargo run --example decide_errors
//! ```

use std::error::Error;
use std::time::Duration;

use redress::{Action, Policy, Store};
use redress_derive::Facts;

/// What went wrong in a step of the program.
#[derive(Facts)]
struct Failure<'a> {
    error: Kind,
    module: u32,
    handler: bool,
    app: &'a str,
    status: Option<u16>,
    elapsed: Duration,
    #[facts(skip)]
    request: u64,
}

/// The errors it knows; `bind` finds one that the policy does not.
#[derive(Facts, Debug)]
enum Kind {
    ConnectionError,
    RateLimitError,
    DataError,
}

const POLICY: &str = r#"
extends default

# The ledger is slow at night; a long wait there is no reason to try for days.
rule slow_ledger: when app == "ledger" and elapsed > 30s => store(retry, after: [1m, 5m])
"#;

fn main() -> Result<(), Box<dyn Error>> {
    // Whatever does not fit is found in these two lines; after them, deciding cannot fail.
    let policy: Policy<Action> = Policy::parse(POLICY)?.typed()?;
    let failures = policy.bind::<Failure>()?;

    for failure in happened() {
        let decision = failures.decide(&failure);
        let rule = decision.rule.as_deref().unwrap_or(&decision.at);
        match &decision.outcome {
            Action::Store(Store::Retry { after }) => {
                let first = after.delay(1).unwrap_or_default();
                println!(
                    "request {}: again in {first:?}, {} tries ({rule})",
                    failure.request,
                    after.len()
                );
            }
            Action::Store(Store::Manual) => {
                println!("request {}: kept for a person ({rule})", failure.request)
            }
            other => println!("request {}: {other:?} ({rule})", failure.request),
        }
    }
    Ok(())
}

fn happened() -> Vec<Failure<'static>> {
    let failure = |error, module, app, status, seconds, request| {
        let elapsed = Duration::from_secs(seconds);
        Failure { error, module, handler: false, app, status, elapsed, request }
    };
    vec![
        failure(Kind::ConnectionError, 1, "shop", None, 2, 1),
        failure(Kind::RateLimitError, 3, "shop", Some(429), 1, 2),
        failure(Kind::ConnectionError, 4, "ledger", None, 40, 3),
        failure(Kind::DataError, 4, "ledger", Some(422), 1, 4),
    ]
}
