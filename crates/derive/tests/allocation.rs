//! Deciding allocates nothing.

use allocation_counter::measure;
use redress::Policy;
use redress_derive::Facts;

#[derive(Facts)]
struct Failure<'a> {
    error: &'a str,
    module: u32,
    phase: Phase,
    message: Option<String>,
    retry_after: Option<std::time::Duration>,
}

#[derive(Facts)]
#[facts(rename_all = "lowercase")]
enum Phase {
    Operation,
    Commit,
}

const POLICY: &str = r#"
extends default
rule commits: when phase == commit and message is present => rollback
when message contains "busy" or message like "HTTP 5*" or message matches "(?i)time.?out" => store(retry)
when retry_after > 5m => store(manual)
"#;

#[test]
fn deciding_allocates_nothing() {
    let binding = Policy::parse(POLICY).unwrap().bind::<Failure<'_>>().unwrap();
    let failure = |error, message: &str| Failure {
        error,
        module: 4,
        phase: Phase::Operation,
        message: Some(message.to_owned()),
        retry_after: Some(std::time::Duration::from_secs(60)),
    };
    let cases = [
        (failure("DataError", "HTTP 503"), "store(retry)"),
        (failure("DataError", "a Time-Out at the far end"), "store(retry)"),
        (failure("NobodyKnowsThisError", "no"), "fail"),
        (failure("ConnectionError", "no"), "store(retry)"),
        (Failure { phase: Phase::Commit, ..failure("DataError", "no") }, "rollback"),
        (
            Failure { retry_after: Some(std::time::Duration::MAX), ..failure("DataError", "no") },
            "store(manual)",
        ),
        (Failure { message: None, retry_after: None, ..failure("DataError", "") }, "store(manual)"),
    ];
    for (failure, expected) in &cases {
        // The first time a regular expression is used on a thread it makes room to work in.
        binding.decide(failure);
        let mut display = "";
        let seen = measure(|| display = &binding.decide(failure).display);
        assert_eq!(display, *expected, "{}", failure.error);
        assert_eq!(seen.count_total, 0, "{}", failure.error);
    }
    // The counter does count.
    assert_eq!(measure(|| drop(std::hint::black_box(vec![1_u8]))).count_total, 1);
}
