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

/// One allocation for an event, and one for each text that it keeps: a name that the vocabulary knows is none.
#[test]
fn building_an_event_allocates_once() {
    let policy = Policy::default();
    let build = |error: &str| {
        let built =
            || policy.event().set("error", error).set("module", 4).set("handler", false).build();
        let mut display = "";
        let seen = measure(|| display = &built().unwrap().decide().display);
        (display, seen.count_total)
    };
    assert_eq!(build("ConnectionError"), ("store(retry)", 1));
    assert_eq!(build("NobodyKnowsThisError"), ("fail", 2));
}

/// Every form of the index: a small policy is a table, a large one a tree with rows and literals.
#[test]
fn no_form_of_a_policy_allocates() {
    #[derive(Facts)]
    struct Interned<'a> {
        error: redress::Name<'a>,
        module: u32,
        message: Option<&'a str>,
        app: Option<&'a str>,
        size: Option<u64>,
    }
    let rule = |at: usize| match at % 4 {
        0 => format!("when app == \"a{at}\" and not (error == DataError) => stop\n"),
        1 => format!(
            "when message contains \"code {at};\" or message like \"*{at} is*\" => ignore\n"
        ),
        2 => format!("when size in {at}MB..{}MB and module > {at} => handle\n", at + 3),
        _ => format!("when message matches r\"^code {at}\\b\" and size > 2kB => rollback\n"),
    };
    let large: String = (0..400).map(rule).collect();
    for rules in ["", &large] {
        let policy = Policy::parse(&format!("extends default\n{rules}")).unwrap();
        let binding = policy.bind::<Interned<'_>>().unwrap();
        let known = policy.name("error", "RateLimitError").unwrap();
        let foreign = Policy::bundled("fusion").unwrap().name("phase", "commit").unwrap();
        for (error, message) in [(known, "code 3; code 5; code 7"), (foreign, "13 is"), (known, "")]
        {
            let failure = Interned {
                error,
                module: 9,
                message: Some(message),
                app: Some("a8"),
                size: Some(4_000_000),
            };
            binding.decide(&failure);
            let event = policy.event().set("error", error).set("module", 9).set("message", message);
            let event = event.set("app", "a8").set("size", 4_000_000).build().unwrap();
            let mut decided = None;
            let seen = measure(|| decided = Some((binding.decide(&failure), event.decide())));
            let (one, other) = decided.unwrap();
            assert_eq!(one, other);
            assert_eq!(seen.count_total, 0, "{message}");
        }
    }
}
