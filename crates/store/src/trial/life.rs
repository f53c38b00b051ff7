//! The pure state machine, asked everything in every state: the table of transitions, and the log that comes to the
//! same as the record.

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use redress::Policy;
use serde_json::json;

use crate::entry::{Entry, Happening, Stored, Waiting};
use crate::execution::Execution;
use crate::id::ExecutionId;
use crate::life::{Command, Ended, INTERRUPTIONS, LOG_ENTRIES, Refusal, next};
use crate::payload::PayloadKind;
use crate::state::{State, Status};

fn decided(error: &str) -> (serde_json::Map<String, serde_json::Value>, redress::Decision) {
    let event = json!({"error": error, "module": 3});
    let policy = Policy::default();
    let decision = policy.event_from(&event).unwrap().decide().clone();
    let event = event.as_object().unwrap().clone();
    (event, redress::Decision { documentation: None, ..decision })
}

fn stored(error: &str, now: Timestamp) -> (Execution, Entry) {
    let (event, decision) = decided(error);
    let stored = Stored {
        scenario: "refunds".to_owned(),
        sequence: 1,
        run: None,
        definition: None,
        sealed_definition: None,
        recorded: false,
        key: None,
        once: None,
        trace: None,
        origin: None,
        next: next(&decision, &event, 0, now, 0.0),
        event,
        sealed_event: None,
        decision,
        payload: PayloadKind::Plain,
        size: 10,
    };
    let execution = Execution::stored(ExecutionId::from_bytes([1; 16]), now, &stored);
    (execution, Entry { number: 1, at: now, what: Happening::Stored(Box::new(stored)) })
}

/// What somebody wants, as numbers that a test can shrink.
#[derive(Clone, Debug)]
enum Wish {
    Start,
    Well { stale: bool },
    Badly { stale: bool, error: &'static str },
    Interrupt,
    Ask { wait: u64 },
    Close { reason: &'static str },
}

fn wish() -> impl Strategy<Value = Wish> {
    let errors = prop::sample::select(vec![
        "ConnectionError",
        "RateLimitError",
        "DataError",
        "RuntimeError",
    ]);
    prop_oneof![
        4 => Just(Wish::Start),
        1 => any::<bool>().prop_map(|stale| Wish::Well { stale }),
        4 => (prop::bool::weighted(0.2), errors).prop_map(|(stale, error)| Wish::Badly { stale, error }),
        2 => Just(Wish::Interrupt),
        1 => (0..1000u64).prop_map(|wait| Wish::Ask { wait }),
        1 => prop::sample::select(vec!["", " ", "paid by hand"]).prop_map(|reason| Wish::Close { reason }),
    ]
}

fn command(wish: &Wish, execution: &Execution, now: Timestamp) -> Command {
    let version = |stale: bool| execution.version - u32::from(stale);
    let took = Duration::from_secs(1);
    match *wish {
        Wish::Start => Command::Start { worker: "worker".to_owned() },
        Wish::Well { stale } => Command::End { version: version(stale), took, how: Ended::Well },
        Wish::Badly { stale, error } => {
            let (event, decision) = decided(error);
            let how = Ended::Badly {
                event,
                sealed_event: None,
                decision: Box::new(decision),
                chance: 0.5,
            };
            Command::End { version: version(stale), took, how }
        }
        Wish::Interrupt => Command::Interrupt,
        Wish::Ask { wait } => Command::Ask {
            by: "alice".to_owned(),
            reason: None,
            due: now + Duration::from_secs(wait),
            gap: (wait % 2 == 0).then_some(wait),
            edited: None,
        },
        Wish::Close { reason } => {
            Command::Close { by: "alice".to_owned(), reason: reason.to_owned() }
        }
    }
}

/// The documented table, as plainly as possible: where a wish may lead, or that it is refused.
fn table(from: &Execution, wish: &Wish, is_due: bool) -> &'static [Status] {
    use Status::{InProgress, Pending, Resolved, Unresolved};
    // What is asked for, begins, ends, and may then be closed.
    let is_full = from.version + 4 > LOG_ENTRIES;
    match (from.status(), wish) {
        (Pending, Wish::Start) if is_due => &[InProgress],
        (InProgress, Wish::Well { stale: false }) => &[Resolved],
        (InProgress, Wish::Badly { stale: false, .. } | Wish::Interrupt) if is_full => {
            &[Unresolved]
        }
        (InProgress, Wish::Badly { stale: false, error: "ConnectionError" | "RateLimitError" }) => {
            &[Pending, Unresolved]
        }
        (InProgress, Wish::Badly { stale: false, .. }) => &[Unresolved],
        (InProgress, Wish::Interrupt) => &[Pending, Unresolved],
        (Unresolved | Pending, Wish::Ask { .. }) if !is_full => &[Pending],
        (Unresolved | Pending, Wish::Close { reason: "paid by hand" }) => &[Resolved],
        _ => &[],
    }
}

proptest! {
    #[test]
    fn the_record_is_what_its_log_comes_to_and_moves_as_documented(
        error in prop::sample::select(vec!["ConnectionError", "DataError"]),
        wishes in prop::collection::vec((wish(), 0..100_000u64), 1..60),
    ) {
        let mut now = Timestamp::from_second(1_700_000_000).unwrap();
        let (mut execution, first) = stored(error, now);
        let mut log = vec![first];
        for (wish, wait) in wishes {
            now += Duration::from_secs(wait);
            let is_due = execution.due().is_some_and(|due| due <= now);
            let allowed = table(&execution, &wish, is_due);
            match execution.after(command(&wish, &execution, now), now) {
                Err(_) => prop_assert!(allowed.is_empty(), "{wish:?} is refused: {execution:?}"),
                Ok((after, entry)) => {
                    let to = after.status();
                    prop_assert!(allowed.contains(&to), "{wish:?} leads to {to}: {execution:?}");
                    log.push(entry);
                    execution = after;
                }
            }
            let told = Execution::from_log(execution.id, &log).unwrap();
            prop_assert_eq!(&told, &execution);
            prop_assert!(execution.steps as usize <= 5 && execution.interruptions <= INTERRUPTIONS);
            prop_assert!(execution.version <= LOG_ENTRIES);
        }
        // What is written down reads back.
        let written = serde_json::to_string(&log).unwrap();
        let read: Vec<Entry> = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(&read, &log);
        let shown = serde_json::to_string(&execution).unwrap();
        prop_assert_eq!(serde_json::from_str::<Execution>(&shown).unwrap(), execution);
    }

    #[test]
    fn a_log_with_a_piece_missing_or_twice_is_no_story(
        wishes in prop::collection::vec((wish(), 0..100_000u64), 5..30),
        at in any::<prop::sample::Index>(),
    ) {
        let mut now = Timestamp::from_second(1_700_000_000).unwrap();
        let (mut execution, first) = stored("ConnectionError", now);
        let mut log = vec![first];
        for (wish, wait) in wishes {
            now += Duration::from_secs(wait);
            if let Ok((after, entry)) = execution.after(command(&wish, &execution, now), now) {
                log.push(entry);
                execution = after;
            }
        }
        let at = at.index(log.len());
        let mut twice = log.clone();
        twice.insert(at, log[at].clone());
        prop_assert!(Execution::from_log(execution.id, &twice).is_err());
        if at + 1 < log.len() {
            log.remove(at);
            prop_assert!(Execution::from_log(execution.id, &log).is_err());
        }
    }
}

/// An execution that is asked for as often as its log has room.
fn asked_for_to_the_last() -> (Execution, Timestamp) {
    let now = Timestamp::UNIX_EPOCH;
    let (mut execution, _) = stored("ConnectionError", now);
    let ask = |execution: &Execution| {
        execution.after(command(&Wish::Ask { wait: 0 }, execution, now), now)
    };
    while let Ok((after, _)) = ask(&execution) {
        execution = after;
    }
    assert_eq!(ask(&execution), Err(Refusal::LogFull));
    (execution, now)
}

#[test]
fn what_was_asked_for_last_is_tried_and_its_end_is_taken_and_what_it_leaves_is_closed() {
    for end in [Wish::Badly { stale: false, error: "ConnectionError" }, Wish::Interrupt] {
        let (mut execution, now) = asked_for_to_the_last();
        for wish in [Wish::Start, end] {
            (execution, _) = execution.after(command(&wish, &execution, now), now).unwrap();
        }
        assert_eq!(execution.state, State::Unresolved { why: Waiting::LogFull });
        let close = command(&Wish::Close { reason: "paid by hand" }, &execution, now);
        let (closed, entry) = execution.after(close, now).unwrap();
        assert_eq!((closed.status(), entry.number), (Status::Resolved, LOG_ENTRIES));
    }
    let (execution, now) = asked_for_to_the_last();
    let (begun, _) = execution.after(command(&Wish::Start, &execution, now), now).unwrap();
    let (ended, _) = begun.after(command(&Wish::Well { stale: false }, &begun, now), now).unwrap();
    assert_eq!(ended.status(), Status::Resolved);
}

/// As an older program left it, which kept no room for what has to follow.
#[test]
fn a_try_that_runs_though_its_log_is_full_is_given_up_and_can_be_closed() {
    let (execution, now) = asked_for_to_the_last();
    let (begun, _) = execution.after(command(&Wish::Start, &execution, now), now).unwrap();
    let full = Execution { version: LOG_ENTRIES, ..begun };
    let (left, _) = full.after(Command::Interrupt, now).unwrap();
    assert_eq!(left.state, State::Unresolved { why: Waiting::LogFull });
    let close = command(&Wish::Close { reason: "paid by hand" }, &left, now);
    assert_eq!(left.after(close, now).unwrap().0.status(), Status::Resolved);
}
