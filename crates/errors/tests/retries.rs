//! Operations are retried exactly as the policy says; the clock is tokio's, and paused.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;
use redress::{Action, Policy};
use redress_errors::{Classify, ErrorFacts, GivenUp, Reason, Retry};
use tokio::time::Instant;

/// An error of a name, which may ask to wait.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{name}")]
struct Failed {
    name: &'static str,
    retry_after: Option<Duration>,
}

impl Classify for Failed {
    fn facts(&self) -> ErrorFacts {
        ErrorFacts::new(self.name).retry_after(self.retry_after)
    }
}

fn failed(name: &'static str) -> Failed {
    Failed { name, retry_after: None }
}

/// When an operation was tried, in milliseconds from the first try, and how it ended.
type Course<T> = (Vec<u128>, Result<T, GivenUp<Failed>>);

/// Runs an operation that fails with each of these in turn, and succeeds where there are no more.
async fn course(policy: &Policy, mut errors: impl Iterator<Item = Failed>) -> Course<&'static str> {
    let begin = Instant::now();
    let tries = RefCell::new(Vec::new());
    let operation = || {
        tries.borrow_mut().push(begin.elapsed().as_millis());
        let answer = errors.next().map_or(Ok("done"), Err);
        async move { answer }
    };
    let answer = policy.retry().with("module", 1).run(operation).await;
    (tries.into_inner(), answer)
}

fn with_schedule(schedule: &str) -> Policy {
    Policy::parse(&format!(
        "when error == DataError => store(retry, after: {schedule})\notherwise => fail"
    ))
    .unwrap()
}

#[tokio::test(start_paused = true)]
async fn every_kind_of_schedule_is_kept_to_the_millisecond() {
    for (schedule, expected) in [
        ("[10m, 1h, 3h]", vec![0, 600_000, 4_200_000, 15_000_000]),
        ("every(15m, times: 3)", vec![0, 900_000, 1_800_000, 2_700_000]),
        ("exponential(30s, times: 4)", vec![0, 30_000, 90_000, 210_000, 450_000]),
        (
            "exponential(30s, factor: 3, max: 2m, times: 4)",
            vec![0, 30_000, 120_000, 240_000, 360_000],
        ),
        ("[5ms]", vec![0, 5]),
    ] {
        let policy = with_schedule(schedule);
        let (tries, answer) = course(&policy, std::iter::repeat(failed("DataError"))).await;
        assert_eq!(tries, expected, "{schedule}");
        let given_up = answer.unwrap_err();
        assert_eq!(given_up.attempts as usize, expected.len(), "{schedule}");
        assert!(
            matches!(&given_up.reason, Reason::UsedUp(decision) if decision.display == "store(retry)")
        );
        assert_eq!(given_up.error, failed("DataError"));
    }
}

#[tokio::test(start_paused = true)]
async fn jitter_is_settled_by_dice() {
    for (jitter, dice, expected) in [
        ("full", 0.25, [0, 250, 750]),
        ("full", 1.0, [0, 1_000, 3_000]),
        ("20%", 0.0, [0, 800, 2_400]),
        ("20%", 0.5, [0, 1_000, 3_000]),
        ("20%", 1.0, [0, 1_200, 3_600]),
    ] {
        let policy = with_schedule(&format!("exponential(1s, times: 2, jitter: {jitter})"));
        let begin = Instant::now();
        let tries = RefCell::new(Vec::new());
        let operation = || {
            tries.borrow_mut().push(begin.elapsed().as_millis());
            async { Err::<(), _>(failed("DataError")) }
        };
        let retrying = policy.retry().with("module", 1).dice(move || dice);
        assert!(retrying.run(operation).await.is_err());
        assert_eq!(tries.into_inner(), expected, "{jitter} at {dice}");
    }
}

#[tokio::test(start_paused = true)]
async fn by_chance_no_delay_is_longer_than_the_schedules() {
    let policy = with_schedule("exponential(1s, factor: 1, times: 50, jitter: full)");
    let (tries, _) = course(&policy, std::iter::repeat(failed("DataError"))).await;
    let delays: Vec<u128> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Tokio's clock has a resolution of a millisecond, and rounds up.
    assert!(delays.iter().all(|&delay| delay <= 1_001), "{delays:?}");
    assert!(delays.iter().any(|&delay| delay != delays[0]), "{delays:?}");
}

#[tokio::test(start_paused = true)]
async fn nobody_comes_back_before_the_service_wants() {
    let policy = with_schedule("[10s, 10s, 10s]");
    let asks =
        |seconds| Failed { name: "DataError", retry_after: Some(Duration::from_secs(seconds)) };
    let (tries, answer) =
        course(&policy, [asks(60), asks(1), failed("DataError")].into_iter()).await;
    assert_eq!(answer.unwrap(), "done");
    assert_eq!(tries, [0, 60_000, 70_000, 80_000]);
}

#[tokio::test(start_paused = true)]
async fn a_policy_sees_what_the_service_asks_for() {
    let policy = Policy::parse(
        "when retry_after > 1h => store(manual)
         otherwise => store(retry, after: [1s])",
    )
    .unwrap();
    let asks = Failed { name: "DataError", retry_after: Some(Duration::from_secs(7_200)) };
    let (tries, answer) = course(&policy, [asks].into_iter()).await;
    assert_eq!(tries, [0]);
    assert_eq!(answer.unwrap_err().decision().unwrap().display, "store(manual)");
}

#[tokio::test(start_paused = true)]
async fn the_policy_is_asked_about_each_error_and_attempt() {
    let policy = Policy::parse(
        "when error == DataError and attempt <= 2 => store(retry, after: every(1s, times: 9))
         when error == RateLimitError => store(retry, after: [1m, 2m, 3m, 4m])
         when error == DataError => store(manual) with owner: \"ledger\"
         otherwise => fail",
    )
    .unwrap();
    let errors = ["DataError", "RateLimitError", "RateLimitError", "DataError", "DataError"];
    let (tries, answer) = course(&policy, errors.into_iter().map(failed)).await;
    assert_eq!(tries, [0, 1_000, 121_000, 301_000]);
    let given_up = answer.unwrap_err();
    assert_eq!(given_up.attempts, 4);
    let decision = given_up.decision().unwrap();
    assert_eq!((decision.display.as_str(), decision.labels.len()), ("store(manual)", 1));
    let told = "DataError (after 4 tries: store(manual) by policy:3)";
    assert_eq!(given_up.to_string(), told);
}

#[tokio::test(start_paused = true)]
async fn what_the_policy_cannot_be_asked_is_told() {
    let policy = with_schedule("[1s]");
    let operation = || async { Err::<(), _>(failed("DataError")) };
    let given_up = policy.retry().run(operation).await.unwrap_err();
    let Reason::NoEvent(error) = &given_up.reason else { panic!("{given_up:?}") };
    assert_eq!(error.to_string(), "`module` is missing");
    assert!(given_up.decision().is_none());
}

#[tokio::test(start_paused = true)]
async fn nobody_comes_back_where_a_service_asks_not_to() {
    let policy = Policy::parse(
        "enum ErrorType += { UNAVAILABLE }
         when error == UNAVAILABLE => store(retry, after: [1s, 2s])
         otherwise => fail",
    )
    .unwrap();
    for (pushback, tries) in [("-1", 1), ("soon", 1), ("5", 3)] {
        let operation = || async move {
            let mut status = tonic::Status::unavailable("try another time");
            status.metadata_mut().insert("grpc-retry-pushback-ms", pushback.parse().unwrap());
            Err::<(), _>(status)
        };
        let given_up = policy.retry().with("module", 1).run(operation).await.unwrap_err();
        assert_eq!(given_up.attempts, tries, "{pushback}");
        assert_eq!(given_up.decision().unwrap().display, "store(retry)");
        assert_eq!(matches!(given_up.reason, Reason::Unwanted(_)), tries == 1, "{pushback}");
        let told = given_up
            .to_string()
            .ends_with("(after 1 try: the service asked not to be tried again)");
        assert_eq!(told, tries == 1, "{given_up}");
    }
}

/// Takes a future only if another thread may go on with it.
fn sent<F: Future + Send>(future: F) -> F {
    future
}

#[tokio::test(start_paused = true)]
async fn a_retry_can_be_sent_to_another_thread() {
    let policy = with_schedule("[1s]");
    let operation = || async { Err::<(), _>(failed("DataError")) };
    let run = sent(policy.retry().with("module", 1).run(operation));
    let slept = |wait| tokio::time::sleep(wait);
    let with_sleep = sent(policy.retry().with("module", 1).run_with_sleep(operation, slept));
    assert_eq!(run.await.unwrap_err().attempts, 2);
    assert_eq!(with_sleep.await.unwrap_err().attempts, 2);
}

#[tokio::test(start_paused = true)]
async fn decisions_come_in_the_type_of_the_host() {
    let policy: Policy<Action> = Policy::default().typed().unwrap();
    let operation = || async { Err::<(), _>(failed("InvalidAccessTokenError")) };
    let given_up = policy.retry().with("module", 1).run(operation).await.unwrap_err();
    assert_eq!(given_up.decision().unwrap().outcome, Action::Stop);
}

#[tokio::test(start_paused = true)]
async fn a_retry_can_be_spawned() {
    let policy = with_schedule("[1s]");
    let task = tokio::spawn(async move {
        let operation = || async { Err::<(), _>(failed("DataError")) };
        policy.retry().with("module", 1).run(operation).await.unwrap_err().attempts
    });
    assert_eq!(task.await.unwrap(), 2);
}

fn schedules() -> impl Strategy<Value = String> {
    let delays = prop::collection::vec(0..100_000u32, 1..6).prop_map(|delays| {
        let delays: Vec<String> = delays.iter().map(|delay| format!("{delay}ms")).collect();
        format!("[{}]", delays.join(", "))
    });
    let every = (0..100_000u32, 1..6u32)
        .prop_map(|(interval, times)| format!("every({interval}ms, times: {times})"));
    let growing =
        (0..10_000u32, 1..5u32, 1..60_000u32, 1..6u32).prop_map(|(start, factor, max, times)| {
            format!("exponential({start}ms, factor: {factor}, max: {max}ms, times: {times})")
        });
    prop_oneof![delays, every, growing]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_blocks_waits_as_long_as_who_awaits(schedule in schedules(), failures in 0..8usize) {
        let policy = with_schedule(&schedule);
        let slept = Rc::new(RefCell::new(Vec::new()));
        let heard = Rc::clone(&slept);
        let mut left = failures;
        let blocking = policy.retry().with("module", 1).run_blocking_with_sleep(
            || {
                let answer = if left == 0 { Ok("done") } else { Err(failed("DataError")) };
                left = left.saturating_sub(1);
                answer
            },
            move |wait| heard.borrow_mut().push(wait.as_millis()),
        );
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let errors = std::iter::repeat_n(failed("DataError"), failures);
        let (tries, awaited) = runtime.unwrap().block_on(course(&policy, errors));
        let waited: Vec<u128> = tries.windows(2).map(|pair| pair[1] - pair[0]).collect();
        prop_assert_eq!(&*slept.borrow(), &waited);
        prop_assert_eq!(blocking.is_ok(), awaited.is_ok());
        let attempts = |answer: Result<_, GivenUp<Failed>>| answer.err().map(|given_up| given_up.attempts);
        prop_assert_eq!(attempts(blocking), attempts(awaited));
    }
}
